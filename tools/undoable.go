package tools

import (
	"context"
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

// What can be undone is said in the same words before something is done, in its answer, by list_changes and by undo_change.

const (
	cannotBeUndone = "cannot be undone"
	unlessDeleted  = ", unless undo_change is called with delete_created: true"
)

// canUndo says what of a change can be undone: "can be undone", and what stays. Empty where it changed nothing. how is said behind
// "can be undone", and creates is what it does, or did, to contacts that were not there.
func canUndo(p journal.Prospect, how, creates string) string {
	by := fmt.Sprintf("by change %d", p.UndoneBy)
	open, created := p.Open+p.Others, ""
	if p.Created > 0 {
		created = text.Count(p.Created, "contact") + " that it " + creates
	}
	switch {
	case open+p.Created == 0 && p.UndoneBy != 0 && p.Unknown+len(p.Final) > 0:
		return "undone " + by + " as far as it can be"
	case open+p.Created == 0 && p.UndoneBy != 0:
		return "undone " + by
	case open+p.Created == 0 && p.Unknown+len(p.Final) > 0:
		return cannotBeUndone
	case open+p.Created == 0:
		return ""
	case open == 0 && p.UndoneBy != 0:
		return "undone in part " + by + "; " + created + " " + stays(p.Created) + unlessDeleted
	case open == 0:
		return "can be undone only by deleting " + created + " (undo_change with delete_created: true)"
	case p.UndoneBy != 0:
		return "undone in part " + by + "; what is left can be undone" + how + " as far as nobody has changed it since"
	}
	said := "can be undone" + how
	if p.Unknown > 0 {
		said += ", except for " + text.Count(p.Unknown, "contact") + " of whom it is not known what they were before"
	}
	if p.Created > 0 {
		said += "; " + created + " " + stays(p.Created) + unlessDeleted
	}
	return said
}

// undoable says of a plan, before it is carried out, whether what it does can be undone.
func (box *Toolbox) undoable(planned bulk.Status) string {
	spec, p := planned.Spec, journal.Prospect{Unknown: planned.Together - planned.Spec.Before}
	switch {
	case planned.Kind == bulk.Event:
		return "It cannot be undone: automations may send mail at once."
	case planned.Kind == bulk.Suppress:
		return "It cannot be undone. " + suppressions.Final
	case !box.Journal.IsOn():
		return "It cannot be undone: this server records no changes (--journal off)."
	case spec.Final != "":
		return "It cannot be undone. " + spec.Final
	case p.Unknown > 0 && spec.Before == 0 && planned.Tool == "import_contacts":
		return "It can be undone only if it creates all of them: without a fresh snapshot it is not known what they were before. Take one with " +
			"search_contacts and refresh: true, and preview again."
	case p.Unknown > 0 && spec.Before == 0:
		return "It cannot be undone: so many are sent at once, and what they were before is not known."
	case !box.offers("undo_change"):
		return ""
	}
	if spec.Compared != nil {
		p.Created = spec.Compared.Creates
	}
	p.Open = planned.Total - p.Created - p.Unknown
	if p.Others = len(spec.CreateLists) + len(spec.CreateFields); planned.Source.SaidNo > 0 {
		p.Others++
	}
	said := canUndo(p, box.forDays(), "creates")
	switch planned.Kind {
	case bulk.Undo:
		return "The undo itself " + said + "."
	case bulk.Delete:
		said += ": who was deleted is created again, with a new id"
	}
	return "It " + said + "."
}

func (box *Toolbox) forDays() string {
	return " with undo_change for " + text.Count(box.Journal.Days(), "day")
}

// canNowUndo says of an import that has ended whether it can be undone, and of what runs what a preview says; empty for other jobs.
func (box *Toolbox) canNowUndo(ctx context.Context, job bulk.Status) string {
	if job.Kind != bulk.Import || job.State == bulk.Planned {
		return ""
	}
	if !job.State.Ended() || !box.Journal.IsOn() {
		return box.undoable(job)
	}
	change, err := box.Journal.InShort(ctx, job.Change)
	if err != nil || !box.offers("undo_change") { // list_changes tells
		return ""
	}
	said := canUndo(change.Prospect, box.forDays(), "created")
	if said == "" {
		return ""
	}
	if p := change.Prospect; p.Open+p.Others+p.Created == 0 && len(p.Final) > 0 {
		said += ". " + strings.TrimSuffix(p.Final[0], ".")
	}
	return "It " + said + "."
}
