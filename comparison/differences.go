package comparison

import (
	"context"
	"database/sql"
	"iter"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
)

// Difference is a contact of the source that is to be created, or of which something differs: that alone is in its row.
type Difference struct {
	intake.Row
	// New is set when it is not there, and Unsubscribed when it is, and is unsubscribed.
	New, Unsubscribed bool
}

// Differences are the contacts that differ, by address. The counts have them when all were visited.
func (c *Comparison) Differences(ctx context.Context) iter.Seq2[Difference, error] {
	return store.Each(ctx, c.rows, c.difference, `SELECT 1, name, content, '', '', '' FROM source
			WHERE held = 0 AND n NOT IN (SELECT n FROM met WHERE n IS NOT NULL)
		UNION ALL SELECT 0, met.email, source.content, met.status, met.lists, met.differs FROM met JOIN source ON source.n = met.n
			WHERE met.held = 0 AND (instr(met.differs, 'x') > 0 OR `+c.listsDiffer()+`) ORDER BY 2`)
}

// difference reads one.
func (c *Comparison) difference(rows *sql.Rows) (d Difference, err error) {
	var name, status, lists, differs string
	var content []byte
	if err := rows.Scan(&d.New, &name, &content, &status, &lists, &differs); err != nil {
		return d, err
	}
	d.Row, d.Unsubscribed = intake.RowWith(c.tags, name, content), status == apiclient.Unsubscribed
	if d.New {
		d.Row = c.created(d.Row)
	} else {
		d.Row = c.changed(d.Row, lists, differs)
	}
	return d, nil
}

// listsDiffer is the condition that a contact joins or leaves a list.
func (c *Comparison) listsDiffer() string {
	condition := `0`
	for _, list := range c.rules.Joined {
		condition += ` OR NOT ` + isOn("met.lists", list)
	}
	for _, list := range c.rules.Left {
		condition += ` OR ` + isOn("met.lists", list)
	}
	if c.own {
		condition += ` OR EXISTS (SELECT 1 FROM json_each(source.joins) WHERE instr(met.lists, ',' || value || ',') = 0)
			OR EXISTS (SELECT 1 FROM json_each(source.leaves) WHERE instr(met.lists, ',' || value || ',') > 0)`
	}
	return condition
}

// created is a contact that is not there.
func (c *Comparison) created(one intake.Row) intake.Row {
	c.counts.Creates++
	c.counts.Valued = c.counts.Valued || one.Fields() != nil
	if c.rules.Whole {
		one = one.With(func(int) bool { return true }, c.rules.Joined, one.Leaves())
	}
	c.join(intake.Union(one.Joins(), c.rules.Joined))
	return one
}

// changed is what differs of a contact that is there.
func (c *Comparison) changed(one intake.Row, lists, differs string) intake.Row {
	on := func(id int64) bool { return strings.Contains(lists, ","+strconv.FormatInt(id, 10)+",") }
	var joins, leaves []int64
	for _, id := range intake.Union(one.Joins(), c.rules.Joined) {
		if !on(id) {
			joins = append(joins, id)
		}
	}
	for _, id := range intake.Union(one.Leaves(), c.rules.Left) {
		if on(id) {
			leaves = append(leaves, id)
		}
	}
	updates := 0
	one = one.With(func(at int) bool {
		if differs[at] == 'x' {
			c.counts.Fields[c.tags[at]]++
			updates = 1
		}
		return differs[at] == 'x'
	}, joins, leaves)
	c.counts.Unchanged--
	c.counts.Updates += updates
	c.counts.Joins += min(len(joins), 1)
	c.counts.Leaves += min(len(leaves), 1)
	c.join(joins)
	return one
}

// join counts lists that a contact joins.
func (c *Comparison) join(lists []int64) {
	for _, id := range lists {
		c.counts.Lists[id]++
	}
}

// Gone is a contact that is missing from the source: it leaves a list, where that is not 0, and may be unsubscribed.
type Gone struct {
	Email       string
	Leaves      int64
	Unsubscribe bool
}

// Missing are those who are missing from the source, by address. The counts have them when all were visited.
func (c *Comparison) Missing(ctx context.Context) iter.Seq2[Gone, error] {
	return store.Each(ctx, c.rows, func(rows *sql.Rows) (Gone, error) {
		one := Gone{Leaves: c.rules.List}
		var status string
		if err := rows.Scan(&one.Email, &status); err != nil {
			return one, err
		}
		if one.Unsubscribe = c.rules.Unsubscribe && status != apiclient.Unsubscribed; one.Unsubscribe {
			c.counts.Unsubscribes++
		}
		if one.Leaves != 0 {
			c.counts.Leaves++
		}
		return one, nil
	}, `SELECT email, status FROM met WHERE n IS NULL ORDER BY email`)
}
