package tools

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/undo"
)

// undoing turns writes to contacts back.
func (box *Toolbox) undoing() undo.Service {
	return undo.Service{Contacts: box.Contacts, Catalog: box.Catalog, Journal: box.Journal}
}

// contactBack is how a write of a contact is undone; wholly is as for stepBack.
func (box *Toolbox) contactBack(ctx context.Context, write journal.Entry, wholly bool) (*step, error) {
	back, err := box.undoing().Look(ctx, write, wholly)
	if err != nil {
		return nil, err
	}
	who := "The contact " + text.Word(back.Found.Email, 80)
	switch back.Verdict {
	case undo.AsBefore:
		return nil, nil
	case undo.NotThere:
		return nil, box.changedSince(ctx, write, "The contact "+text.Word(write.Name, 80), "it does not exist any more")
	case undo.Another:
		return nil, box.changedSince(ctx, write, who, "there is one with this address again, id "+text.Word(back.Found.ID, 40))
	case undo.NotOurs:
		there := "the contact " + text.Word(back.Found.Email, 80) + " (id " + text.Word(back.Found.ID, 40) + ")"
		return nil, box.unidentified(ctx, write, there, "delete_contact")
	case undo.Changed:
		if !wholly {
			return &step{stays: back.Why()}, nil
		}
		return nil, box.changedSince(ctx, write, who, box.tellDifferences(ctx, back.After, back.Found.Contact))
	case undo.Lost:
		return &step{stays: "what it would restore no longer exists: " + text.Listing(back.Gone, 10) + "."}, nil
	}
	return box.stepOf(ctx, back), nil
}

// stepOf says what turning a write back does.
func (box *Toolbox) stepOf(ctx context.Context, back undo.Back) *step {
	who := text.Word(back.Found.Email, 80)
	next := &step{write: back.Write, warning: lost(back.Gone)}
	consent := ""
	switch back.Write.Action {
	case journal.Create:
		next.what, next.grave, next.warning = "delete "+who, true, "Creating it again would give it a new UUID."
	case journal.Delete:
		next.what = fmt.Sprintf("create %s again (%s)%s", text.Word(back.Before.Email, 80), text.Word(back.Before.Status, 40),
			box.onLists(ctx, back.Again.ListIDs))
		next.grave = true
		next.warning = strings.TrimSpace("It gets a new UUID, and automations that start with a new contact or on its lists may fire. " +
			next.warning)
	default:
		next.what = "set " + who + " back: " + box.tellDifferences(ctx, back.Found.Contact, back.Change.To(back.Found.Contact))
	}
	if back.Resubscribes() {
		next.resubscribes = back.Found.Email
		next.warning = strings.TrimSpace("It subscribes them again, to which the operator has to agree; if they cannot be asked, " +
			"use update_contact with consent. " + next.warning)
		consent = undo.Agreed(back.Write.At.Format(time.DateTime))
	}
	next.do = func(ctx context.Context) error { return box.undoing().Do(ctx, back, consent) }
	return next
}

// lost says what an undo cannot bring back.
func lost(gone []string) string {
	if len(gone) == 0 {
		return ""
	}
	return "Gone since, and not restored: " + text.Listing(gone, 10) + "."
}
