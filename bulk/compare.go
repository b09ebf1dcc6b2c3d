package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
)

// Known is a contact as somebody knows it to be at Mailtrap.
type Known struct {
	Email, Status string
	ListIDs       []int64
	Fields        apiclient.Values // those that have a value, by merge tag
}

// Everybody visits all contacts of the account, each once.
type Everybody func(ctx context.Context, visit func(Known) error) error

// Compared is what a source comes to when it is held against the contacts that are there.
type Compared struct {
	Creates      int `json:"creates,omitempty"`
	Updates      int `json:"updates,omitempty"` // contacts whose fields differ
	Joins        int `json:"joins,omitempty"`   // contacts that join a list, those that are created not counted
	Leaves       int `json:"leaves,omitempty"`  // contacts that leave the list
	Unsubscribes int `json:"unsubscribes,omitempty"`
	Unchanged    int `json:"unchanged,omitempty"`
	// Fields is how many contacts get another value, by merge tag.
	Fields map[string]int `json:"fields,omitempty"`
}

// comparison holds the contacts of a source against those that are there. It implements intake.Stage for the source; what
// differs then goes to the plan's own stage.
type comparison struct {
	*stage
	rows        *store.Scratch
	tx          *sql.Tx
	insert      *sql.Stmt
	update      *sql.Stmt
	find        *sql.Stmt
	list        int64 // contacts that are on it and not in the source leave it; 0: nobody leaves anything
	unsubscribe bool  // those who are not in the source are unsubscribed
	thereBy     route // how those are sent who are there
	createsNone bool  // whoever is in the source is there
	result      Compared
	vanished    []single // who leaves or is unsubscribed, until they are written down
}

// The states of a compared row.
const (
	rowNew     = 0 // nobody of the address is there
	rowDiffers = 1
	rowSame    = 2
)

func (s *Service) compare(ctx context.Context, stage *stage) (c *comparison, err error) {
	rows, err := s.store.Scratch(ctx)
	if err != nil {
		return nil, err
	}
	c = &comparison{stage: stage, rows: rows, result: Compared{Fields: map[string]int{}}}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if err := exec(ctx, rows, `CREATE TABLE row (email TEXT PRIMARY KEY, content BLOB NOT NULL, state INTEGER NOT NULL) WITHOUT ROWID`); err != nil {
		return nil, err
	}
	if c.tx, err = rows.BeginTx(ctx, nil); err != nil {
		return nil, err
	}
	for _, p := range []struct {
		statement **sql.Stmt
		query     string
	}{
		{&c.insert, `INSERT INTO row (email, content, state) VALUES (?, ?, ?)`},
		{&c.update, `UPDATE row SET content = ?, state = ? WHERE email = ?`},
		{&c.find, `SELECT content FROM row WHERE email = ?`},
	} {
		if *p.statement, err = c.tx.PrepareContext(ctx, p.query); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *comparison) close() {
	if c.tx != nil {
		_ = c.tx.Rollback() // nothing of it is kept
	}
	if err := c.rows.Close(); err != nil {
		c.service.log.Warn("a temporary file could not be removed", "cause", err)
	}
}

// Contacts implements intake.Stage.
func (c *comparison) Contacts(ctx context.Context, chunk intake.Chunk) error {
	return eachRow(chunk.JSON, func(contact row, line []byte) error {
		_, err := c.insert.ExecContext(ctx, contact.Email, line, rowNew)
		return err
	})
}

// against goes through the contacts that are there and notes what differs.
func (c *comparison) against(ctx context.Context, everybody Everybody) error {
	err := everybody(ctx, func(known Known) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		var content []byte
		err := c.find.QueryRowContext(ctx, strings.ToLower(known.Email)).Scan(&content)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return c.vanish(ctx, known)
		case err != nil:
			return err
		}
		return c.differ(ctx, known, content)
	})
	if err != nil {
		return err
	}
	return c.flushVanished(ctx)
}

// differ reduces a row to what differs from the contact that is there.
func (c *comparison) differ(ctx context.Context, known Known, content []byte) error {
	var row apiclient.ImportRow
	if err := json.Unmarshal(content, &row); err != nil {
		return err
	}
	row.Email = strings.ToLower(row.Email)
	for tag, value := range row.Fields {
		if same(value, known.Fields[tag]) {
			delete(row.Fields, tag)
		} else {
			c.result.Fields[tag]++
		}
	}
	joins := slices.DeleteFunc(intake.Union(row.AddToLists, c.job.Spec.joined()), func(id int64) bool { return slices.Contains(known.ListIDs, id) })
	leaves := slices.DeleteFunc(intake.Union(row.RemoveFrom, c.job.Spec.left()), func(id int64) bool { return !slices.Contains(known.ListIDs, id) })
	creates := slices.ContainsFunc(c.job.Spec.CreateLists, func(list NewList) bool { return list.All })
	if len(row.Fields) > 0 {
		c.result.Updates++
	}
	if len(joins) > 0 || creates {
		c.result.Joins++
	}
	if len(row.Fields)+len(joins)+len(leaves) == 0 && !creates {
		c.result.Unchanged++
		_, err := c.update.ExecContext(ctx, content, rowSame, row.Email)
		return err
	}
	row.AddToLists, row.RemoveFrom = joins, leaves
	changed, err := json.Marshal(row)
	if err != nil {
		return err
	}
	_, err = c.update.ExecContext(ctx, changed, rowDiffers, row.Email)
	return err
}

// vanish notes a contact that is there and not in the source.
func (c *comparison) vanish(ctx context.Context, known Known) error {
	leaves := c.list != 0 && slices.Contains(known.ListIDs, c.list)
	unsubscribes := c.unsubscribe && known.Status != apiclient.Unsubscribed && (leaves || c.list == 0)
	one := single{contact: strings.ToLower(known.Email)}
	if unsubscribes {
		c.result.Unsubscribes++
		one.task = taskUnsubscribe
	}
	if leaves {
		c.result.Leaves++
		one.own.RemoveFrom = []int64{c.list}
	}
	if !leaves && !unsubscribes {
		return nil
	}
	if c.vanished = append(c.vanished, one); len(c.vanished) < itemsAtOnce {
		return nil
	}
	return c.flushVanished(ctx)
}

func (c *comparison) flushVanished(ctx context.Context) error {
	defer func() { c.vanished = c.vanished[:0] }()
	return c.alone(ctx, c.vanished)
}

// stageDifferences hands what differs to the plan.
func (c *comparison) stageDifferences(ctx context.Context) error {
	rows, err := c.tx.QueryContext(ctx, `SELECT content, state FROM row WHERE state <> ? ORDER BY email`, rowSame)
	if err != nil {
		return err
	}
	defer rows.Close()
	to := sorter{stage: c.stage, there: c.thereBy, missing: mayCreate}
	if c.createsNone {
		to.missing = mustNotCreate
	}
	for rows.Next() {
		var content []byte
		var state int
		if err := rows.Scan(&content, &state); err != nil {
			return err
		}
		if state == rowNew {
			c.result.Creates++
		}
		if err := to.put(ctx, content, state == rowNew); err != nil {
			return err
		}
	}
	return errors.Join(rows.Err(), to.flush(ctx))
}

// same compares a value of a source with the one that is known.
func same(value, known any) bool {
	switch {
	case value == nil || value == "":
		return known == nil || known == ""
	case known == nil:
		return false
	}
	if number, ok := value.(json.Number); ok {
		a, err := number.Float64()
		b, isNumber := floatOf(known)
		if err == nil && isNumber {
			return a == b
		}
	}
	return fmt.Sprint(value) == fmt.Sprint(known)
}

func floatOf(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}
