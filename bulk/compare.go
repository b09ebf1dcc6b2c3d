package bulk

import (
	"bytes"
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
	Leaves       int `json:"leaves,omitempty"`  // contacts that leave a list
	Unsubscribes int `json:"unsubscribes,omitempty"`
	Unchanged    int `json:"unchanged,omitempty"`
	// Held is how many contacts stay as they are because their rows were rejected.
	Held int `json:"held,omitempty"`
	// Missing is how many contacts of a target are not in the source of a sync; Kept of them stay all the same, because the
	// source may not be whole.
	Missing int `json:"missing,omitempty"`
	Kept    int `json:"kept,omitempty"`
	// Target is how many contacts the target of a sync has.
	Target int `json:"target,omitempty"`
	// Fields is how many contacts get another value, by merge tag, and Blank how many keep theirs because the source has an
	// empty cell for it.
	Fields map[string]int `json:"fields,omitempty"`
	Blank  map[string]int `json:"blank,omitempty"`
	// Lists is how many contacts join a list that they are not on, those that are created among them, by the list's id.
	Lists map[int64]int `json:"lists,omitempty"`
	// Valued is set when contacts are created with values.
	Valued bool `json:"valued,omitempty"`
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
	hold        *sql.Stmt
	list        int64    // contacts that are on it and not in the source leave it; 0: nobody leaves anything
	unsubscribe bool     // those who are not in the source are unsubscribed
	thereBy     route    // how those are sent who are there
	createsNone bool     // whoever is in the source is there
	tags        []string // the fields that the source has columns for, by merge tag
	joined      []int64  // the lists that everybody joins
	result      Compared
	changing    []intake.Contact // some of those who are created or changed
	missing     []intake.Contact // some of those who are taken away
}

// The states of a compared row.
const (
	rowNew     = 0 // nobody of the address is there
	rowDiffers = 1
	rowSame    = 2
	rowHeld    = 3 // the source names them, and its row was rejected: they stay as they are
	// there, and not in the source:
	rowLeaves        = 4
	rowEnds          = 5 // they are unsubscribed
	rowLeavesAndEnds = 6

	rowDiffersOut = 7 // as rowDiffers, of somebody who has unsubscribed
)

func (s *Service) compare(ctx context.Context, stage *stage) (c *comparison, err error) {
	rows, err := s.store.Scratch(ctx)
	if err != nil {
		return nil, err
	}
	c = &comparison{stage: stage, rows: rows, joined: stage.job.Spec.joinedByAll(),
		result: Compared{Fields: map[string]int{}, Blank: map[string]int{}, Lists: map[int64]int{}}}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if err := exec(ctx, rows, `CREATE TABLE row (email TEXT PRIMARY KEY, content BLOB NOT NULL,
		state INTEGER NOT NULL) WITHOUT ROWID`); err != nil {
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
		{&c.find, `SELECT content, state FROM row WHERE email = ?`},
		{&c.hold, `INSERT INTO row (email, content, state) VALUES (?, x'', 3) ON CONFLICT (email) DO NOTHING`},
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
	return chunk.Rows.Each(func(one intake.Row) error {
		line := one.AppendJSON(nil, one.Fields(), one.Joins(), one.Leaves())
		_, err := c.insert.ExecContext(ctx, intake.PersonKey(one.Name()), line, rowNew)
		return err
	})
}

// against goes through the contacts that are there and notes what differs.
func (c *comparison) against(ctx context.Context, everybody Everybody) error {
	err := everybody(ctx, func(known Known) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.list == 0 || slices.Contains(known.ListIDs, c.list) {
			c.result.Target++
		}
		var content []byte
		var state int
		err := c.find.QueryRowContext(ctx, intake.PersonKey(known.Email)).Scan(&content, &state)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return c.vanish(ctx, known)
		case err != nil:
			return err
		case state == rowHeld:
			c.result.Held++
			return nil
		}
		return c.differ(ctx, known, content)
	})
	if err != nil {
		return err
	}
	return nil
}

// differ reduces a row to what differs from the contact that is there.
func (c *comparison) differ(ctx context.Context, known Known, content []byte) error {
	var row apiclient.ImportRow
	if err := json.Unmarshal(content, &row); err != nil {
		return err
	}
	row.Email = strings.ToLower(known.Email) // the form that the account has
	key := intake.PersonKey(row.Email)
	for _, tag := range c.tags {
		if _, written := row.Fields[tag]; !written && known.Fields[tag] != nil && known.Fields[tag] != "" {
			c.result.Blank[tag]++
		}
	}
	for tag, value := range row.Fields {
		if same(value, known.Fields[tag]) {
			delete(row.Fields, tag)
		} else {
			c.result.Fields[tag]++
		}
	}
	joins := slices.DeleteFunc(intake.Union(row.AddToLists, c.joined), func(id int64) bool { return slices.Contains(known.ListIDs, id) })
	leaves := slices.DeleteFunc(intake.Union(row.RemoveFrom, c.job.Spec.left()),
		func(id int64) bool { return !slices.Contains(known.ListIDs, id) })
	if len(row.Fields)+len(joins)+len(leaves) == 0 {
		c.result.Unchanged++
		_, err := c.update.ExecContext(ctx, content, rowSame, key)
		return err
	}
	c.result.Updates += min(len(row.Fields), 1)
	c.result.Joins += min(len(joins), 1)
	c.join(joins)
	c.result.Leaves += min(len(leaves), 1)
	row.AddToLists, row.RemoveFrom = joins, leaves
	changed, err := json.Marshal(row)
	if err != nil {
		return err
	}
	state := rowDiffers
	if known.Status == apiclient.Unsubscribed {
		state = rowDiffersOut
	}
	_, err = c.update.ExecContext(ctx, changed, state, key)
	return err
}

// join counts lists that a contact joins.
func (c *comparison) join(lists []int64) {
	for _, id := range lists {
		c.result.Lists[id]++
	}
}

// joinNew counts the lists that a contact joins who is created.
func (c *comparison) joinNew(content []byte) error {
	if c.createsNone {
		return nil
	}
	if !bytes.Contains(content, []byte(`"list_ids_included":`)) { // as most often
		c.join(c.joined)
		return nil
	}
	var one row
	err := json.Unmarshal(content, &one)
	c.join(intake.Union(one.AddToLists, c.joined))
	return err
}

// vanish notes a contact that is there and not in the source.
func (c *comparison) vanish(ctx context.Context, known Known) error {
	leaves := c.list != 0 && slices.Contains(known.ListIDs, c.list)
	unsubscribed := c.unsubscribe && known.Status != apiclient.Unsubscribed && (leaves || c.list == 0)
	state := rowLeaves
	switch {
	case !leaves && !unsubscribed:
		return nil
	case !leaves:
		state = rowEnds
	case unsubscribed:
		state = rowLeavesAndEnds
	}
	c.result.Missing++
	_, err := c.insert.ExecContext(ctx, strings.ToLower(known.Email), []byte{}, state)
	return err
}

// stageMissing hands those who are missing from the source to the plan.
func (c *comparison) stageMissing(ctx context.Context) error {
	rows, err := c.tx.QueryContext(ctx, `SELECT email, state FROM row WHERE state IN (4, 5, 6) ORDER BY email`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var singles []single
	for rows.Next() {
		var one single
		var state int
		if err := rows.Scan(&one.contact, &state); err != nil {
			return err
		}
		if len(c.missing) < sampled {
			c.missing = append(c.missing, intake.Contact{Email: one.contact, Missing: true})
		}
		if state != rowLeaves {
			c.result.Unsubscribes++
			one.task = taskUnsubscribe
		}
		if state != rowEnds {
			c.result.Leaves++
			one.own.RemoveFrom = []int64{c.list}
		}
		if singles = append(singles, one); len(singles) == itemsAtOnce {
			if err := c.alone(ctx, singles); err != nil {
				return err
			}
			singles = singles[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return c.alone(ctx, singles)
}

// sampled is how many of those who change a plan shows, and how many of those who are missing.
const sampled = 5

// stageDifferences hands what differs to the plan.
func (c *comparison) stageDifferences(ctx context.Context) error {
	rows, err := c.tx.QueryContext(ctx, `SELECT content, state FROM row WHERE state IN (0, 1, 7) ORDER BY email`)
	if err != nil {
		return err
	}
	defer rows.Close()
	// Whoever has unsubscribed and is gone meanwhile would be created as a subscriber, so that they are not created at all.
	to := sorter{stage: c.stage, routes: [...]route{rowNew: mayCreate, rowDiffers: c.thereBy, rowDiffersOut: mustNotCreate}}
	if c.createsNone {
		to.routes[rowNew] = mustNotCreate
	}
	for rows.Next() {
		var content []byte
		var state int
		if err := rows.Scan(&content, &state); err != nil {
			return err
		}
		if state == rowNew {
			c.result.Creates++
			c.result.Valued = c.result.Valued || bytes.Contains(content, []byte(`,"fields":`))
			if err := c.joinNew(content); err != nil {
				return err
			}
		}
		if len(c.changing) < sampled {
			var one intake.Contact
			if err := json.Unmarshal(content, &one); err != nil {
				return err
			}
			c.changing = append(c.changing, one)
		}
		if err := to.put(ctx, content, state); err != nil {
			return err
		}
	}
	return errors.Join(rows.Err(), to.flush(ctx))
}

// conclude makes the plan say of its source what the comparison has come to.
func (c *comparison) conclude(source *intake.Summary) {
	c.job.Spec.Compared = &c.result
	source.Sample = slices.Concat(c.changing, c.missing)
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
