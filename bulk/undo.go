package bulk

import (
	"context"
	"slices"
	"time"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/undo"
)

// Undoing is what an Undo job turns back.
type Undoing struct {
	Change int64     `json:"change"`
	Tool   string    `json:"tool"`
	At     time.Time `json:"at"`
	// Creates is how many contacts are created again, Deletes how many are deleted, and Resubscribes how many would get mail
	// again; at most, where nobody looked.
	Creates      int `json:"creates,omitempty"`
	Deletes      int `json:"deletes,omitempty"`
	Resubscribes int `json:"resubscribes,omitempty"`
	// OptOuts is the write that remembered people who said no, or forgot them again, and that is turned back as well; 0 for none.
	OptOuts int64 `json:"opt_outs,omitempty"`
	// People is how many that are, and Forgets is set where they are forgotten.
	People  int  `json:"people,omitempty"`
	Forgets bool `json:"forgets,omitempty"`
}

// PlanUndo plans to turn writes to contacts back, in their order: each is looked at when its turn comes, and left alone where
// something has changed since.
func (s *Service) PlanUndo(ctx context.Context, undoing Undoing, writes []journal.Entry) (Status, error) {
	call := journal.CallOf(ctx)
	call.Undoes = undoing.Change
	same, err := s.same(ctx, Undo, undoing.Change, undoing.Deletes, len(writes))
	if err != nil {
		return Status{}, err
	}
	spec := Spec{Undo: &undoing, Same: same}
	return s.plan(journal.In(ctx, call), Undo, spec, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
		singles := make([]single, 0, len(writes))
		for _, write := range writes {
			ref, err := undo.Ref(write)
			if err != nil {
				return nil, err
			}
			singles = append(singles, single{contact: ref.String(), own: row{Email: write.Name, Write: write.ID}})
		}
		return &intake.Summary{Read: len(singles), Contacts: len(singles)}, stage.alone(ctx, singles)
	})
}

// undoOne turns one write back.
func (s *Service) undoOne(ctx context.Context, j *job, it *item) (outcome, said string, failed error) {
	write, err := s.journal.Write(ctx, it.own.Write)
	switch {
	case fault.Is(err, fault.NotFound):
		return itemRefused, fault.From(err).What, nil
	case err != nil:
		return "", "", recorded(err)
	case write.Final != "":
		return itemRefused, write.Final, nil
	case it.state == itemSending && write.UndoneBy != 0: // the server was stopped after it was recorded
		return itemDone, "", nil
	}
	turning := undo.Service{Contacts: j.by.contacts, Catalog: j.by.catalog, Journal: s.journal}
	back, err := turning.Look(ctx, write, false)
	if err != nil {
		return judged(err)
	}
	switch {
	case it.state == itemSending && back.Verdict == undo.Another && back.IsAgain():
		return itemDone, "", nil
	case back.Verdict == undo.AsBefore:
		return settled(*it), "", nil
	case back.Verdict != undo.Possible:
		it.contact = write.Name
		return itemRefused, back.Why(), nil
	}
	if err := s.mayHaveLeft(ctx, j, *it, false); err != nil {
		return "", "", err
	}
	consent := ""
	if back.Resubscribes() && j.call.Confirmed {
		consent = undo.Agreed(j.Spec.Undo.At)
	}
	if err := turning.Do(journal.Undoing(ctx, write.ID), back, consent); err != nil {
		it.contact = write.Name
		return s.unsent(ctx, j, *it, err)
	}
	if len(back.Gone) > 0 {
		said = "without what is gone since: " + text.Listing(back.Gone, 10)
	}
	return itemDone, said, nil
}

// eachOnce leaves out those of some items whose contact is among the ones before: of two writes to one contact the later is
// turned back first.
func eachOnce(items []item) []item {
	seen := map[string]bool{}
	return slices.DeleteFunc(items, func(one item) bool {
		again := seen[one.own.Email]
		seen[one.own.Email] = one.own.Email != ""
		return again
	})
}
