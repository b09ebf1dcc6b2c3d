package tools

import (
	"context"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// saidNo are so many people who said no in what was imported, as a sentence begins with them.
func saidNo(n int) string {
	if n == 1 {
		return "1 person who unsubscribed or complained"
	}
	return text.Number(n) + " people who unsubscribed or complained"
}

// remembers says what becomes of those who said no in the source of a job, or in that of a change that it undoes.
func remembers(status bulk.Status) string {
	n, is, comes := status.Source.SaidNo, " are remembered", "once this is carried out"
	until := ": nothing imports or creates them later without their consent"
	who := saidNo(n) + " by the source"
	if undoing := status.Spec.Undo; undoing != nil && undoing.OptOuts != 0 {
		n, who = undoing.People, saidNo(undoing.People)+" by what change "+text.Number(int(undoing.Change))+" imported"
		if undoing.Forgets {
			is, until = " are forgotten", ": later imports may subscribe them, unless they are held back for another reason"
		}
	}
	if n == 1 {
		is = " is" + is[len(" are"):]
	}
	switch done := status.Tally.Remembered; {
	case n == 0:
		return ""
	case !done && status.State.Ended():
		return who + is + " only when a job begins, and this one did not."
	case !done:
		return who + is + " " + comes + until + "."
	case status.Change != 0 && status.Spec.Undo == nil:
		return who + is + until + "; undo_change forgets them again."
	}
	return who + is + until + "."
}

// tellOptOuts says that people were remembered who said no, or forgotten again.
func tellOptOuts(write journal.Entry) string {
	did := "remembered "
	if write.Action == journal.Forgetting {
		did = "forgot "
	}
	return did + optOutsIn(write)
}

func optOutsIn(write journal.Entry) string {
	var of journal.Remembered
	decodeImage(write.After, &of)
	source := " by the rows of the call"
	if write.Name != "" {
		source = " by the file " + text.Quote(text.Clip(write.Name, 120))
	}
	return saidNo(of.People) + source
}

// optOutsBack is how it is undone that people were remembered who said no in what was imported, or forgotten again.
func (box *Toolbox) optOutsBack(ctx context.Context, write journal.Entry) (*step, error) {
	what, warning, err := box.turnsOptOuts(ctx, write)
	return &step{write: write, what: what, warning: warning, grave: write.Action == journal.Remembering,
		do: func(ctx context.Context) error { return box.Journal.TurnOptOutsBack(ctx, write) }}, err
}

// turnsOptOuts says what undoing such a write does, and for whom it makes no difference.
func (box *Toolbox) turnsOptOuts(ctx context.Context, write journal.Entry) (what, warning string, err error) {
	if write.Action == journal.Forgetting {
		return "remember again " + optOutsIn(write), "", nil
	}
	also, err := box.Journal.AlsoOut(ctx, write)
	if also > 0 {
		warning = text.Count(also, "address") + " of them " + stays(also) + " held back for another reason: another import, or the " +
			"deletion of the contact."
	}
	return "forget " + optOutsIn(write), warning, err
}

// optOutsOf is the write of a change that remembered people who said no, or forgot them, and can be undone.
func optOutsOf(change journal.Change) (journal.Entry, bool) {
	for _, write := range change.Writes {
		if write.Kind == journal.OptOuts && write.IsOpen() {
			return write, true
		}
	}
	return journal.Entry{}, false
}
