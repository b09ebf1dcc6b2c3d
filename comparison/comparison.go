// Package comparison compares the contacts of a source with those of the account: it puts them into a table, joins it with that
// of a snapshot, and tells who differs, and in what.
package comparison

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
)

// There are the contacts of the account.
type There interface {
	// Beside makes them readable in a database of one connection, as audience.Snapshot does.
	Beside(ctx context.Context, db *sql.DB) (columns map[string]string, err error)
}

// Rules say what the contacts of a source are to be like.
type Rules struct {
	// Joined and Left are the lists that all of them join and leave.
	Joined, Left []int64
	// Whole is set when the source says who is to be there. Then List is the list that whoever is not in it leaves, 0 for none,
	// and with Unsubscribe they are unsubscribed.
	Whole       bool
	List        int64
	Unsubscribe bool
}

// Comparison is one comparison: first Add and Hold are told who is in the source, then Against compares it with those who are
// there, and Differences and Missing tell who differs.
type Comparison struct {
	rules  Rules
	counts Counts
	rows   *store.Scratch
	tx     *sql.Tx // while the source is put down
	insert *sql.Stmt
	tags   []string // of the source's values
	own    bool     // contacts of the source name lists
}

// New begins one. It has to be closed.
func New(ctx context.Context, kept *store.Store, rules Rules) (*Comparison, error) {
	rows, err := kept.Scratch(ctx)
	if err != nil {
		return nil, err
	}
	c := &Comparison{rows: rows, rules: rules,
		counts: Counts{Fields: map[string]int{}, Blank: map[string]int{}, Lists: map[int64]int{}}}
	c.tx, err = rows.BeginTx(context.WithoutCancel(ctx), nil) // ctx is of the reading only
	if err == nil {
		err = store.Exec(ctx, c.tx, `CREATE TABLE rejected (person, name)`)
	}
	if err != nil {
		_ = c.Close() // which says no more than err
		return nil, err
	}
	return c, nil
}

// Close removes what was put down.
func (c *Comparison) Close() error {
	if c.tx != nil {
		_ = c.tx.Rollback() // nothing of it is kept
	}
	return c.rows.Close()
}

// begin makes the table of the source, with a column for each value (v0, v1, …): NULL where a contact has none, and an empty
// text where it is to be taken away.
func (c *Comparison) begin(ctx context.Context, tags []string) (err error) {
	if c.insert != nil {
		return nil
	}
	c.tags = tags
	columns := []string{"person", "name", "held", "content", "joins", "leaves"}
	for at := range tags {
		columns = append(columns, "v"+strconv.Itoa(at))
	}
	all := strings.Join(columns, ", ")
	if err := store.Exec(ctx, c.tx, `CREATE TABLE source (n INTEGER PRIMARY KEY, `+all+`)`); err != nil {
		return err
	}
	c.insert, err = c.tx.PrepareContext(ctx, `INSERT INTO source (`+all+`) VALUES (?`+strings.Repeat(", ?", len(columns)-1)+`)`)
	return err
}

// Tags are those of the source's values.
func (c *Comparison) Tags() []string { return c.tags }

// Counts are what it has found so far.
func (c *Comparison) Counts() Counts { return c.counts }

// Add takes contacts of the source.
func (c *Comparison) Add(ctx context.Context, contacts intake.Rows) error {
	tags, err := contacts.Tags()
	if err == nil {
		err = c.begin(ctx, tags)
	}
	if err != nil {
		return err
	}
	given := make([]any, 6+len(c.tags))
	return contacts.Each(func(one intake.Row) error {
		clear(given)
		given[0], given[1], given[2], given[3] = intake.PersonKey(one.Name()), one.Name(), false, one.Values()
		if joins, leaves := one.Joins(), one.Leaves(); len(joins)+len(leaves) > 0 {
			given[4], given[5], c.own = idsText(joins), idsText(leaves), true
		}
		for at, value := range one.All {
			given[6+at] = cellOf(value)
		}
		_, err := c.insert.ExecContext(ctx, given...)
		return err
	})
}

// Hold takes somebody who is in the source, and whose row was rejected.
func (c *Comparison) Hold(ctx context.Context, email string) error {
	// It may come before the contacts, whose values the table of the source needs.
	return store.Exec(ctx, c.tx, `INSERT INTO rejected (person, name) VALUES ($1, $2)`, intake.PersonKey(email), email)
}

// idsText is ids as JSON.
func idsText(ids []int64) any {
	written, _ := json.Marshal(ids) // of numbers
	return string(written)
}

// cellOf is a value as the table of the source has it.
func cellOf(value []byte) any {
	switch value[0] {
	case '"':
		var s string
		_ = json.Unmarshal(value, &s) // it was written as JSON
		return s
	case 'n':
		return ""
	}
	if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(string(value), 64); err == nil && strings.ContainsAny(string(value), ".eE") {
		return f
	}
	return string(value) // true and false, and numbers with more digits than an integer
}

// Against joins the source with those who are there. For each contact that both have, and for those who may be missing from the
// source, it notes where they are the same: a letter for each column, x where they differ and b where only the source is blank.
func (c *Comparison) Against(ctx context.Context, there There) error {
	if err := c.begin(ctx, nil); err != nil {
		return err
	}
	if err := store.Exec(ctx, c.tx, `INSERT INTO source (person, name, held) SELECT person, name, 1 FROM rejected`); err != nil {
		return err
	}
	if err := c.tx.Commit(); err != nil {
		return err
	}
	known, err := there.Beside(ctx, c.rows.DB)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		`CREATE INDEX person ON source (person, held)`, `CREATE TABLE other (email TEXT PRIMARY KEY, person TEXT NOT NULL)`,
		`CREATE TABLE met (n INTEGER, held INTEGER, email TEXT, status TEXT, lists TEXT, differs TEXT)`,
	} {
		if err := store.Exec(ctx, c.rows, statement); err != nil {
			return err
		}
	}
	if err := c.noteForms(ctx); err != nil {
		return err
	}
	gone := `0`
	switch {
	case c.rules.List != 0:
		gone = isOn("there.lists", c.rules.List)
	case c.rules.Unsubscribe:
		gone = `there.status <> '` + apiclient.Unsubscribed + `'`
	}
	// Of two rows of one person the one that was rejected counts last.
	err = store.Exec(ctx, c.rows, `INSERT INTO met SELECT source.n, source.held, there.email, there.status, there.lists, `+c.differs(known)+`
		FROM there LEFT JOIN other ON other.email = there.email
		LEFT JOIN source ON source.n = (SELECT n FROM source WHERE person = coalesce(other.person, there.email) ORDER BY held LIMIT 1)
		WHERE source.n IS NOT NULL OR `+gone)
	if err != nil {
		return err
	}
	return c.count(ctx)
}

// noteForms notes the people of addresses that are written in more than one way.
func (c *Comparison) noteForms(ctx context.Context) error {
	emails, err := store.Collect(ctx, c.rows, func(rows *sql.Rows) (email string, err error) {
		err = rows.Scan(&email)
		return email, err
	}, `SELECT email FROM there WHERE email GLOB '*[^ -~]*' OR instr(email, 'xn--') > 0`)
	if err != nil {
		return err
	}
	for _, email := range emails {
		person := intake.PersonKey(email)
		if person == email {
			continue
		}
		if err := store.Exec(ctx, c.rows, `INSERT INTO other (email, person) VALUES ($1, $2)`, email, person); err != nil {
			return err
		}
	}
	return nil
}

// isOn is the condition that a set of lists has one.
func isOn(set string, list int64) string { return fmt.Sprintf("instr(%s, ',%d,') > 0", set, list) }

// differs is the expression of a letter for each of the source's values. Numbers are compared as numbers, and all else as texts.
func (c *Comparison) differs(known map[string]string) string {
	letters := []string{`''`}
	for at, tag := range c.tags {
		value, theirs := "source.v"+strconv.Itoa(at), "NULL"
		if column := known[tag]; column != "" {
			theirs = "there." + column
		}
		letters = append(letters, fmt.Sprintf(`CASE WHEN %[1]s IS NULL THEN CASE WHEN coalesce(%[2]s, '') = '' THEN '.' ELSE 'b' END
			WHEN %[1]s IS coalesce(%[2]s, '') OR CAST(%[1]s AS TEXT) = CAST(coalesce(%[2]s, '') AS TEXT) THEN '.' ELSE 'x' END`, value, theirs))
	}
	return strings.Join(letters, " || ")
}

// count counts what the join has found.
func (c *Comparison) count(ctx context.Context) error {
	target := `1`
	if c.rules.List != 0 {
		target = isOn("lists", c.rules.List)
	}
	counts := []string{`(SELECT count(*) FROM there WHERE ` + target + `)`, `coalesce(sum(held), 0)`, `count(*) - count(n)`,
		`count(n) - coalesce(sum(held), 0)`, `count(*) FILTER (WHERE held = 1 AND status <> '` + apiclient.Unsubscribed + `')`,
		`(SELECT count(DISTINCT person) FROM source WHERE held = 1 AND n NOT IN (SELECT n FROM met WHERE n IS NOT NULL)
			AND person NOT IN (SELECT person FROM source WHERE held = 0))`}
	var held, optOuts, strangers int
	to := []any{&c.counts.Target, &held, &c.counts.Missing, &c.counts.Unchanged, &optOuts, &strangers}
	blank := make([]int, len(c.tags))
	for at := range c.tags {
		counts = append(counts, fmt.Sprintf(`count(*) FILTER (WHERE held = 0 AND substr(differs, %d, 1) = 'b')`, at+1))
		to = append(to, &blank[at])
	}
	err := c.rows.QueryRowContext(ctx, `SELECT `+strings.Join(counts, ", ")+` FROM met`).Scan(to...)
	if c.rules.Whole {
		c.counts.Held = held
	} else { // only those who opted out are held then
		c.counts.Unsubscribes, c.counts.OutAlready, c.counts.OutNotThere = optOuts, held-optOuts, strangers
	}
	for at, tag := range c.tags {
		if blank[at] > 0 {
			c.counts.Blank[tag] = blank[at]
		}
	}
	return err
}
