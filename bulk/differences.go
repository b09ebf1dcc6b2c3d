package bulk

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/intake"
)

// listsDiffer is the condition that a contact joins or leaves a list.
func (c *comparison) listsDiffer() string {
	condition := `0`
	for _, list := range c.joined {
		condition += ` OR NOT ` + isOn("met.lists", list)
	}
	for _, list := range c.job.Spec.left() {
		condition += ` OR ` + isOn("met.lists", list)
	}
	if c.own {
		condition += ` OR EXISTS (SELECT 1 FROM json_each(source.joins) WHERE instr(met.lists, ',' || value || ',') = 0)
			OR EXISTS (SELECT 1 FROM json_each(source.leaves) WHERE instr(met.lists, ',' || value || ',') > 0)`
	}
	return condition
}

// stageDifferences hands what differs to the plan.
func (c *comparison) stageDifferences(ctx context.Context) error {
	rows, err := c.rows.QueryContext(ctx, `SELECT 1, name, content, '', '', '' FROM source
			WHERE held = 0 AND n NOT IN (SELECT n FROM met WHERE n IS NOT NULL)
		UNION ALL SELECT 0, met.email, source.content, met.status, met.lists, met.differs FROM met JOIN source ON source.n = met.n
			WHERE met.held = 0 AND (instr(met.differs, 'x') > 0 OR `+c.listsDiffer()+`) ORDER BY 2`)
	if err != nil {
		return err
	}
	defer rows.Close()
	to := sorter{stage: c.stage, tags: c.tags, chunks: map[route]*intake.Chunk{}}
	for rows.Next() {
		var isNew bool
		var name, status, lists, differs string
		var content []byte
		if err := rows.Scan(&isNew, &name, &content, &status, &lists, &differs); err != nil {
			return err
		}
		one := intake.RowWith(c.tags, name, content)
		by := c.thereBy
		switch {
		case isNew:
			one, by = c.created(one)
		default:
			one = c.changed(one, lists, differs)
			if status == apiclient.Unsubscribed { // whoever is gone meanwhile would be created as a subscriber
				by = mustNotCreate
				c.noteUnsubscribed(name)
			}
		}
		if len(c.changing) < sampled {
			shown, err := one.Contact()
			if err != nil {
				return err
			}
			c.changing = append(c.changing, shown)
		}
		if err := to.put(ctx, one, by, !isNew && one.TakesAway()); err != nil {
			return err
		}
	}
	return errors.Join(rows.Err(), to.flush(ctx))
}

// created is a contact that is not there, and how it is sent.
func (c *comparison) created(one intake.Row) (intake.Row, route) {
	c.result.Creates++
	c.result.Valued = c.result.Valued || one.Fields() != nil
	if c.truth {
		one = one.With(func(int) bool { return true }, c.joined, one.Leaves())
	}
	if c.createsNone {
		return one, mustNotCreate
	}
	c.join(intake.Union(one.Joins(), c.joined))
	return one, mayCreate
}

// changed is what differs of a contact that is there.
func (c *comparison) changed(one intake.Row, lists, differs string) intake.Row {
	on := func(id int64) bool { return strings.Contains(lists, ","+strconv.FormatInt(id, 10)+",") }
	var joins, leaves []int64
	for _, id := range intake.Union(one.Joins(), c.joined) {
		if !on(id) {
			joins = append(joins, id)
		}
	}
	for _, id := range intake.Union(one.Leaves(), c.job.Spec.left()) {
		if on(id) {
			leaves = append(leaves, id)
		}
	}
	updates := 0
	one = one.With(func(at int) bool {
		if differs[at] == 'x' {
			c.result.Fields[c.tags[at]]++
			updates = 1
		}
		return differs[at] == 'x'
	}, joins, leaves)
	c.result.Unchanged--
	c.result.Updates += updates
	c.result.Joins += min(len(joins), 1)
	c.result.Leaves += min(len(leaves), 1)
	c.join(joins)
	return one
}

// join counts lists that a contact joins.
func (c *comparison) join(lists []int64) {
	for _, id := range lists {
		c.result.Lists[id]++
	}
}

// stageMissing hands those who are missing from the source to the plan.
func (c *comparison) stageMissing(ctx context.Context) error {
	rows, err := c.rows.QueryContext(ctx, `SELECT email, status FROM met WHERE n IS NULL ORDER BY email`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var singles []single
	for rows.Next() {
		var one single
		var status string
		if err := rows.Scan(&one.contact, &status); err != nil {
			return err
		}
		if len(c.missing) < sampled {
			c.missing = append(c.missing, intake.Contact{Email: one.contact, Missing: true})
		}
		if c.unsubscribe && status != apiclient.Unsubscribed {
			c.result.Unsubscribes++
			one.task = taskUnsubscribe
		}
		if c.list != 0 {
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

// noteUnsubscribed counts a contact that changes and is unsubscribed.
func (c *comparison) noteUnsubscribed(email string) {
	if c.unsubscribed.Count++; c.unsubscribed.Count <= sampled {
		c.unsubscribed.Examples = append(c.unsubscribed.Examples, email)
	}
}

// conclude makes the plan say of its source what the comparison has come to.
func (c *comparison) conclude(source *intake.Summary) {
	c.job.Spec.Compared = &c.result
	source.Sample = slices.Concat(c.changing, c.missing)
	source.Unsubscribed = c.unsubscribed
}

// sampled is how many of those who change a plan shows, and how many of those who are missing.
const sampled = 5

// sorter stages the contacts of a comparison by how they are sent.
type sorter struct {
	stage   *stage
	tags    []string // of their values
	chunks  map[route]*intake.Chunk
	singles []single
}

// put takes a contact. Whoever loses something is written alone.
func (t *sorter) put(ctx context.Context, one intake.Row, by route, alone bool) error {
	if alone {
		if t.singles = append(t.singles, single{contact: one.Name(), own: ownOf(one)}); len(t.singles) < itemsAtOnce {
			return nil
		}
		return t.flushSingles(ctx)
	}
	chunk := t.chunks[by]
	if chunk != nil && chunk.Add(one) {
		return nil
	}
	if chunk != nil {
		if err := t.stage.together(ctx, by, *chunk); err != nil {
			return err
		}
	}
	t.chunks[by] = &intake.Chunk{Rows: intake.RowsOf(t.tags)}
	t.chunks[by].Add(one)
	return nil
}

func (t *sorter) flushSingles(ctx context.Context) error {
	err := t.stage.alone(ctx, t.singles)
	t.singles = t.singles[:0]
	return err
}

// flush stages what is left.
func (t *sorter) flush(ctx context.Context) error {
	for _, by := range []route{mayCreate, wereThere, mustNotCreate} {
		if chunk := t.chunks[by]; chunk != nil {
			if err := t.stage.together(ctx, by, *chunk); err != nil {
				return err
			}
		}
	}
	return t.flushSingles(ctx)
}
