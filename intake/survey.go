package intake

import (
	"context"
	"slices"

	"mailtrap-contacts-mcp/coerce"
	"mailtrap-contacts-mcp/optout"
)

// A column as a whole has to answer some things: in which order its dates are written, and what type of field would hold a
// column that has none. Where the answer changes how rows are read, the file is read once more.

// survey is what the columns of a file hold, each nil where it is not asked.
type survey struct {
	profiles []*coerce.Profile
	mail     []*optout.Values // for who may be mailed
}

// surveyOf asks the columns of dates and those without a field for a profile, and all but that of the addresses for who
// may be mailed.
func surveyOf(plan *columnPlan) *survey {
	asked := &survey{make([]*coerce.Profile, len(plan.columns)), make([]*optout.Values, len(plan.columns))}
	for i, column := range plan.columns {
		switch {
		case column.field != nil && coerce.IsProfiled(column.field.DataType):
			asked.profiles[i] = coerce.NewProfile(column.name, column.field.DataType, plan.manner(i))
		case column.unknown && column.name != "":
			asked.profiles[i] = coerce.NewProfile(column.name, "", plan.manner(i))
		}
		if i != plan.email && !slices.Contains(plan.emails, i) && !isOwnColumn(column.name) {
			asked.mail[i] = column.holds.Fresh()
		}
	}
	return asked
}

// readAll reads all rows for what their columns hold.
func (s *survey) readAll(ctx context.Context, rows *source, plan *columnPlan, limits bounds, read func()) error {
	newWorker := func() func(*batch) { return func(b *batch) { b.survey(plan) } }
	return eachBatch(ctx, rows, limits, newWorker, func(b *batch) error {
		s.merge(b.found)
		read()
		return nil
	})
}

// survey sees what the columns of a batch hold.
func (b *batch) survey(plan *columnPlan) {
	b.found = surveyOf(plan)
	b.each(func(row, _ int, cells []string) {
		if b.broken[row] == "" && plan.misfit(cells) == "" {
			b.found.add(cells)
		}
	})
}

// merge adds what the rows behind hold.
func (s *survey) merge(later *survey) {
	for i, profile := range later.profiles {
		if profile != nil {
			s.profiles[i].Merge(profile)
		}
	}
	for i, values := range later.mail {
		if values != nil {
			s.mail[i].Merge(values)
		}
	}
}

// needsOrder tells whether a column of dates or numbers has some that can be read only when their order or sign is known.
func (s *survey) needsOrder() bool {
	return slices.ContainsFunc(s.profiles, func(p *coerce.Profile) bool { return p != nil && p.IsOpen() })
}

func (s *survey) add(cells []string) {
	for i, values := range s.mail {
		if values != nil && i < len(cells) {
			values.Add(cells[i], 1)
		}
	}
	for i, profile := range s.profiles {
		if profile != nil {
			profile.Add(cell(cells, i))
		}
	}
}
