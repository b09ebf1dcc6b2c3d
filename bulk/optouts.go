package bulk

import (
	"context"
	"path/filepath"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/journal"
)

// OptedOut implements intake.Stage. Whoever said no is remembered once the plan is carried out.
func (g *stage) OptedOut(ctx context.Context, emails []string) error {
	file := ""
	if g.job.Spec.Source != givenRows {
		file = filepath.Base(g.job.Spec.Source)
	}
	if err := g.service.journal.StageOptOuts(ctx, g.job.ID, file, emails); err != nil || !g.job.unsubscribes() {
		return err
	}
	singles := make([]single, len(emails))
	for i, email := range emails {
		singles[i] = single{contact: email, task: taskUnsubscribe}
	}
	return g.alone(ctx, singles)
}

// unsubscribes reports that a job unsubscribes those whom its source names as unsubscribed: in a sync, unsubscribing is for those
// who are missing.
func (j *job) unsubscribes() bool { return j.Spec.Unsubscribe && !j.Spec.Sync }

// optOuts remembers who said no in what a job imports, or turns that back where it undoes such a change.
func (s *Service) optOuts(ctx context.Context, j *job) error {
	var err error
	switch {
	case j.Source.SaidNo > 0:
		err = s.journal.RememberOptOuts(ctx, j.ID, j.Source.SaidNo)
	case j.Spec.Undo != nil && j.Spec.Undo.OptOuts != 0:
		err = s.turnOptOutsBack(ctx, j.Spec.Undo.OptOuts)
	default:
		return nil
	}
	j.Tally.Remembered = err == nil
	return err
}

// turnOptOutsBack undoes the write that remembered people who said no, or forgot them. One that is not kept any more stays.
func (s *Service) turnOptOutsBack(ctx context.Context, id int64) error {
	write, err := s.journal.Write(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || write.UndoneBy != 0 {
		return err
	}
	return s.journal.TurnOptOutsBack(journal.Undoing(ctx, write.ID), write)
}

// bar finds those who may not be imported, because they were deleted here while unsubscribed, or said no in what was imported,
// since the plan was made: a long import holds its rows for many minutes. Who only said no is updated all the same by what must
// not create anybody: that subscribes nobody.
func (s *Service) bar(ctx context.Context, j *job, c chunk) (taken, error) {
	people, err := s.journal.People(ctx)
	if err != nil || people.IsEmpty() {
		return nil, err
	}
	out := taken{}
	err = c.content.Each(func(one intake.Row) error {
		why, err := people.OptOut(ctx, one.Name())
		if err != nil || why == nil || why.IsOfSource() && c.isStrict(j) {
			return err
		}
		cells, err := one.Cells(j.Source.Tags)
		out[one.Name()] = intake.Rejected{Reason: neverUnasked(why), Cells: cells}
		return err
	})
	return out, err
}

// neverUnasked is why somebody is not imported of whom Mailtrap itself may know nothing; empty of anybody else.
func neverUnasked(why *journal.OptOut) string {
	const needs = "update_contact with create_if_missing, unsubscribed: false and consent"
	switch {
	case why == nil:
		return ""
	case why.IsOfSource():
		return "this person unsubscribed or complained by " + why.Source() + "; it takes their consent: " + needs
	}
	return "this person was deleted here while unsubscribed, and an import would subscribe them; it needs their consent: " + needs
}
