package bulk

import (
	"context"

	"mailtrap-contacts-mcp/comparison"
	"mailtrap-contacts-mcp/intake"
)

// comparing compares the contacts of a source with those of the account, and stages those that differ. It implements
// intake.Stage for the source.
type comparing struct {
	*stage
	*comparison.Comparison
	whole          bool  // the source says who is to be there
	newBy, thereBy route // how those are sent who are not there, and those who are
}

func (s *Service) comparing(ctx context.Context, stage *stage, rules comparison.Rules) (*comparing, error) {
	begun, err := comparison.New(ctx, s.store, rules)
	return &comparing{stage: stage, Comparison: begun, whole: rules.Whole, newBy: mayCreate, thereBy: wereThere}, err
}

func (c *comparing) close() {
	if err := c.Close(); err != nil {
		c.service.log.Warn("a temporary file could not be removed", "cause", err)
	}
}

// Contacts implements intake.Stage.
func (c *comparing) Contacts(ctx context.Context, chunk intake.Chunk) error {
	return c.Add(ctx, chunk.Rows)
}

// Rejected implements intake.Stage.
func (c *comparing) Rejected(ctx context.Context, columns []string, rows []intake.Rejected) error {
	for _, row := range rows {
		if row.Email == "" || !c.whole {
			continue
		}
		if err := c.Hold(ctx, row.Email); err != nil {
			return err
		}
	}
	return c.stage.Rejected(ctx, columns, rows)
}

// OptedOut implements intake.Stage. Those whom a sync's source says not to mail are among the rejected, and nobody is
// unsubscribed for it.
func (c *comparing) OptedOut(ctx context.Context, emails []string) error {
	if c.job.unsubscribes() {
		for _, email := range emails {
			if err := c.Hold(ctx, email); err != nil {
				return err
			}
		}
	}
	return c.stage.OptedOut(ctx, emails)
}

// sampled is how many of those who change a plan shows, and how many of those who are missing.
const sampled = 5

// stageDifferences hands what differs to the plan, and some of it to what it says of its source.
func (c *comparing) stageDifferences(ctx context.Context, source *intake.Summary) error {
	to := sorter{stage: c.stage, tags: c.Tags(), chunks: map[route]*intake.Chunk{}}
	source.Sample, source.Unsubscribed = nil, intake.Doubtful{}
	for one, err := range c.Differences(ctx) {
		if err != nil {
			return err
		}
		by := c.thereBy
		switch {
		case one.New:
			by = c.newBy
		case one.Unsubscribed: // whoever is gone meanwhile would be created as a subscriber
			by = mustNotCreate
			if source.Unsubscribed.Count++; source.Unsubscribed.Count <= sampled {
				source.Unsubscribed.Examples = append(source.Unsubscribed.Examples, one.Name())
			}
		}
		if len(source.Sample) < sampled {
			shown, err := one.Contact()
			if err != nil {
				return err
			}
			source.Sample = append(source.Sample, shown)
		}
		if err := to.put(ctx, one.Row, by, !one.New && one.TakesAway()); err != nil {
			return err
		}
	}
	return to.flush(ctx)
}

// stageMissing hands those who are missing from the source to the plan, and some of them to what it says of its source.
func (c *comparing) stageMissing(ctx context.Context, source *intake.Summary) error {
	var singles []single
	sampledUntil := len(source.Sample) + sampled
	for gone, err := range c.Missing(ctx) {
		if err != nil {
			return err
		}
		if len(source.Sample) < sampledUntil {
			source.Sample = append(source.Sample, intake.Contact{Email: gone.Email, Missing: true})
		}
		one := single{contact: gone.Email}
		if gone.Unsubscribe {
			one.task = taskUnsubscribe
		}
		if gone.Leaves != 0 {
			one.own.RemoveFrom = []int64{gone.Leaves}
		}
		if singles = append(singles, one); len(singles) == itemsAtOnce {
			if err := c.alone(ctx, singles); err != nil {
				return err
			}
			singles = singles[:0]
		}
	}
	return c.alone(ctx, singles)
}

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
