package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/undo"
)

// step undoes one write.
type step struct {
	write   journal.Entry
	what    string // "delete ann@example.com"
	warning string
	// grave steps lose something, so that the operator is asked.
	grave bool
	// deletes a list or field: with many contacts on it, only when the operator agrees.
	deletes *deletion
	// resubscribes whom: the operator has to agree, because a change of ours is no consent.
	resubscribes string
	suppressed   bool     // so that Mailtrap keeps them unsubscribed
	gone         []string // what it cannot bring back
	do           func(context.Context) error
	// stays says why there is nothing that can be done; the other steps are done all the same.
	stays string
}

// undoPlan is how a change is undone.
type undoPlan struct {
	change journal.Change
	steps  []step
	kept   []string
	// sorted is set of a change that is undone as a job; asOf says how old what it says is, and plan is the job's.
	sorted        *undo.Sorted
	deleteCreated bool
	asOf, plan    string
}

func (u undoPlan) asks() bool {
	if u.sorted != nil {
		return false
	}
	for _, step := range u.steps {
		if step.grave || step.resubscribes != "" {
			return true
		}
	}
	return false
}

// planUndo says how a change is undone, as the account is now: it looks at up to fifty contacts. It is a conflict when
// something has changed since.
func (box *Toolbox) planUndo(ctx context.Context, in UndoChangeInput) (*undoPlan, error) {
	change, err := box.Journal.Find(ctx, in.ChangeID)
	if err != nil {
		return nil, err
	}
	if err := box.mayUndo(ctx, change); err != nil {
		return nil, err
	}
	planned := &undoPlan{change: change, deleteCreated: in.DeleteCreated}
	if undo.ForJob(change) {
		sorted, asOf, err := box.sortedUndo(ctx, change, in)
		if err != nil {
			return nil, err
		}
		if planned.sorted, planned.asOf = &sorted, asOf; len(sorted.Writes) > 0 {
			return planned, nil
		}
		planned.kept, planned.sorted = leftAlone(sorted), nil
		if n := sorted.AsBefore; n > 0 {
			planned.kept = append(planned.kept, text.Count(n, "contact")+" "+isOrAre(n)+" as before already")
		}
	}
	undoneBy, wholly := int64(0), !toSeveral(change)
	for i := len(change.Writes) - 1; i >= 0; i-- {
		write := change.Writes[i]
		switch {
		case !write.Touched():
			continue
		case write.UndoneBy != 0:
			undoneBy = write.UndoneBy
			continue
		case write.Part != 0 || write.Kind == journal.Contacts && write.Final == "": // which are undone as a job
			continue
		case write.Final != "":
			planned.kept = append(planned.kept, box.tell(ctx, write)+". "+write.Final)
			continue
		}
		next, err := box.stepBack(ctx, write, wholly)
		if fault.Is(err, fault.Conflict) && write.Kind == journal.Contact && len(change.Writes) > 1 {
			next, err = &step{stays: fault.From(err).What}, nil
		}
		if err != nil {
			return nil, err
		}
		if next == nil {
			planned.kept = append(planned.kept, box.tell(ctx, write)+": "+asBefore(write))
			continue
		}
		if next.stays != "" {
			planned.kept = append(planned.kept, box.tell(ctx, write)+": "+next.stays)
			continue
		}
		planned.steps = append(planned.steps, *next)
	}
	if len(planned.steps) == 0 {
		return nil, nothingToUndo(planned, undoneBy)
	}
	box.noteSuppressed(ctx, planned.steps)
	return planned, nil
}

// mayUndo refuses to undo what a tool made that is not offered, and what is still being made.
func (box *Toolbox) mayUndo(ctx context.Context, change journal.Change) error {
	tool, err := box.madeWith(ctx, change)
	switch {
	case err != nil:
		return err
	case !box.offers(tool):
		return bulk.NotOffered(fmt.Sprintf("Change %d", change.ID), tool)
	}
	return box.stillMade(ctx, change.ID)
}

// stillMade refuses to undo a change whose job has not ended: it would go on changing contacts afterwards.
func (box *Toolbox) stillMade(ctx context.Context, id int64) error {
	running, err := box.Bulk.Writing(ctx)
	at := slices.IndexFunc(running, func(job bulk.Status) bool { return job.Change == id })
	if err != nil || at < 0 {
		return err
	}
	job := running[at].ID
	return fault.New(fault.Conflict, fmt.Sprintf("Change %d is still being made, by the job %s.", id, job),
		"Undone now, it would change more contacts afterwards.",
		"Nothing was changed. Wait until get_job shows that the job has ended, or stop it with cancel_job; then call undo_change again.")
}

// undoes are the tools that make changes which can be undone.
var undoes = []string{
	"create_contact", "update_contact", "delete_contact", "create_list", "rename_list", "add_to_list", "remove_from_list",
	"create_field", "update_field", "import_contacts", "bulk_update_contacts", "bulk_delete_contacts", "sync_contacts",
}

// madeWith is the tool that a change was made with; of one that undid others, the tool of the first of them.
func (box *Toolbox) madeWith(ctx context.Context, change journal.Change) (string, error) {
	for last := change; change.Undoes != 0; last = change {
		var err error
		change, err = box.Journal.Find(ctx, change.Undoes)
		switch {
		case fault.Is(err, fault.NotFound) && !slices.ContainsFunc(undoes, func(tool string) bool { return !box.offers(tool) }):
			return last.Tool, nil // whatever the first was made with, which is not kept any more, is offered
		case fault.Is(err, fault.NotFound):
			return "", fault.New(fault.Conflict, fmt.Sprintf("Change %d cannot be undone.", last.ID),
				fmt.Sprintf("It undid change %d, which is not kept any more, so that it is not known with which tool that was made, ",
					last.Undoes)+"and this server does not offer all of them.",
				"Nothing was changed; tell the operator what the change was, and ask what to do.")
		case err != nil:
			return "", err
		}
	}
	return change.Tool, nil
}

// onItsWay is how long after a write the account may still show what was there before it (observed: 3 to 10 seconds).
const onItsWay = 15 * time.Second

// asBefore says of a write that there is nothing to undo of it, as far as can be seen.
func asBefore(write journal.Entry) string {
	if time.Since(write.At) < onItsWay {
		return "Mailtrap shows it as it was before; what was sent within the last ten seconds may still be on its way."
	}
	return "it is as it was before already."
}

// sentences are the first of some statements, one after the other, and how many there are besides.
func sentences(said []string, limit int) string {
	shown := make([]string, 0, limit+1)
	for _, one := range said[:min(limit, len(said))] {
		first, size := utf8.DecodeRuneInString(one)
		shown = append(shown, string(unicode.ToUpper(first))+strings.TrimSuffix(one[size:], ".")+".")
	}
	if more := len(said) - len(shown); more > 0 {
		shown = append(shown, "The same goes for "+text.Number(more)+" more.")
	}
	return strings.Join(shown, " ")
}

func nothingToUndo(planned *undoPlan, undoneBy int64) error {
	id, p := planned.change.ID, planned.change.Prospect
	switch {
	case p.Created > 0 && !planned.deleteCreated:
		return fault.New(fault.Conflict, fmt.Sprintf("Change %d %s.", id, canUndo(journal.Prospect{Created: p.Created}, "", "created")),
			sentences(planned.kept, 3), "Nothing was changed; ask the operator whether these contacts are to be deleted.")
	case len(planned.kept) > 0:
		return fault.New(fault.Conflict, fmt.Sprintf("Change %d cannot be undone.", id), sentences(planned.kept, 3),
			"Nothing was changed; tell the operator what the change was, and ask what to do.")
	case undoneBy != 0:
		return fault.New(fault.Conflict, fmt.Sprintf("Change %d has been undone already, by change %d.", id, undoneBy), "",
			fmt.Sprintf("Nothing was changed; to redo it, undo change %d.", undoneBy))
	}
	return fault.New(fault.Conflict, fmt.Sprintf("Change %d changed nothing.", id), "It was refused, or never sent.",
		"There is nothing to undo; list_changes shows the others.")
}

// toSeveral reports that a change was to more than one contact: of each, only what it touched has to be as it left it.
func toSeveral(change journal.Change) bool {
	first := ""
	for _, write := range change.Writes {
		if write.Kind != journal.Contact || !write.Touched() {
			continue
		}
		if key := undo.Key(write); first != "" && key != first {
			return true
		}
		first = undo.Key(write)
	}
	return false
}

// stepBack is how one write is undone; nil when the account is already as it was before it. wholly has a contact be as the write
// left it in everything.
func (box *Toolbox) stepBack(ctx context.Context, write journal.Entry, wholly bool) (*step, error) {
	switch write.Kind {
	case journal.Contact:
		return box.contactBack(ctx, write, wholly)
	case journal.List:
		return box.listBack(ctx, write)
	case journal.Field:
		return box.fieldBack(ctx, write)
	case journal.OptOuts:
		return box.optOutsBack(ctx, write)
	}
	return nil, fmt.Errorf("a write of a %s can be undone, and nobody knows how", write.Kind)
}

// changedSince is the refusal to undo what somebody has changed since.
func (box *Toolbox) changedSince(ctx context.Context, write journal.Entry, what, differs string) error {
	why := "The change was: " + box.tell(ctx, write) + ". Since then: " + strings.TrimSuffix(differs, ".") + "."
	if gone, err := box.undoing().Gone(ctx, write); err == nil && gone {
		return fault.New(fault.Conflict, what+" has changed since.", why,
			"Nothing was changed. What was deleted cannot be brought back: tell the operator, and ask what to do.")
	}
	if later := box.undoableLater(ctx, write); later != 0 {
		return fault.New(fault.Conflict, what+" has changed since.", why,
			fmt.Sprintf("Nothing was changed. Change %d came later: undo that one first, or make the change you want directly.", later))
	}
	return fault.New(fault.Conflict, what+" has changed since.", why,
		"Nothing was changed. Ask the operator what they want and set that directly; a change made within the last ten seconds "+
			"may still be on its way.")
}

// undoableLater is the newest change to the same thing after a write, if it can be undone as the account is now; else 0.
func (box *Toolbox) undoableLater(ctx context.Context, than journal.Entry) int64 {
	id, of, err := box.Journal.Later(ctx, than)
	if err != nil || id == 0 {
		return 0
	}
	change, err := box.Journal.Find(ctx, of)
	at := slices.IndexFunc(change.Writes, func(write journal.Entry) bool { return write.ID == id })
	if err != nil || at < 0 || !change.Writes[at].IsOpen() || box.mayUndo(ctx, change) != nil {
		return 0
	}
	if back, err := box.stepBack(ctx, change.Writes[at], !toSeveral(change)); err != nil || back == nil || back.stays != "" {
		return 0
	}
	return of
}

// unidentified is the refusal to undo the creation of what was not answered: what has the name now may be somebody else's.
func (box *Toolbox) unidentified(ctx context.Context, write journal.Entry, there, deleteWith string) error {
	next := "Nothing was changed. Ask the operator whether it is the one."
	if box.offers(deleteWith) {
		next = "Nothing was changed. Ask the operator whether it is the one, and delete it with " + deleteWith + " if so."
	}
	return fault.New(fault.Conflict, "Whether "+there+" is what this change created is not known.",
		"The change was: "+box.tell(ctx, write)+". Mailtrap's answer was lost, and the name alone does not tell whose it is.", next)
}

// describe is the steps, one in a line, as a question shows them.
func (u undoPlan) describe() string {
	said := make([]string, 0, len(u.steps))
	for _, step := range u.steps {
		line := "- " + text.ClipProse(step.what, 300)
		if step.resubscribes != "" {
			line += " — agreeing says that they want this mail"
		}
		said = append(said, line)
	}
	kept, omitted := capped(said, questionWidth)
	if omitted > 0 {
		kept = append(kept, "- and "+text.Count(omitted, "more step"))
	}
	return strings.Join(kept, "\n")
}
