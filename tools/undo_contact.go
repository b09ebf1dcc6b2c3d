package tools

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
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
	switch {
	case back.Verdict == undo.AsBefore:
		return nil, nil
	case back.Verdict == undo.Possible:
		return box.stepOf(ctx, back), nil
	case back.Verdict == undo.Lost || !wholly:
		return &step{stays: back.Why()}, nil
	case back.Verdict == undo.NotThere:
		return nil, box.changedSince(ctx, write, "The contact "+text.Word(write.Name, 80), back.Why())
	case back.Verdict == undo.Another:
		return nil, box.changedSince(ctx, write, who, back.Why()+", id "+text.Word(back.Found.ID, 40))
	case back.Verdict == undo.NotOurs:
		there := "the contact " + text.Word(back.Found.Email, 80) + " (id " + text.Word(back.Found.ID, 40) + ")"
		return nil, box.unidentified(ctx, write, there, "delete_contact")
	}
	return nil, box.changedSince(ctx, write, who, box.tellDifferences(ctx, back.After, back.Found.Contact))
}

// stepOf says what turning a write back does.
func (box *Toolbox) stepOf(ctx context.Context, back undo.Back) *step {
	who := text.Word(back.Found.Email, 80)
	next := &step{write: back.Write, warning: lost(back.Gone), gone: back.Gone}
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
		if out, err := box.Contacts.OptedOut(ctx, back.Before.Email); err == nil && out != nil && back.Before.Status != apiclient.Unsubscribed {
			next.warning = "They want no mail as far as is known, so that this is refused: it takes a new consent. " + next.warning
		}
	default:
		next.what = "set " + who + " back: " + box.tellDifferences(ctx, back.Found.Contact, back.Change.To(back.Found.Contact))
		if edited := contacts.Between(back.After, back.Found.Contact); back.Write.Part == 0 && !edited.IsEmpty() {
			next.warning = strings.TrimSpace("Edited otherwise since (" + box.tellDifferences(ctx, back.After, back.Found.Contact) +
				"): that stays. " + next.warning)
		}
	}
	if back.Resubscribes() {
		next.resubscribes = back.Found.Email
		next.warning = strings.TrimSpace("It subscribes them again, to which the operator has to agree; if they cannot be asked, " +
			"use update_contact with consent. " + next.warning)
		consent = undo.Agreed(back.Write.At)
	}
	if back.TakesConsentBack() {
		next.warning = strings.TrimSpace("The consent given for it no longer counts. " + next.warning)
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

// Of those whom an undo subscribes again, so many are looked up on the sending side, in so much time.
const (
	mostChecked = 3
	checkingFor = 5 * time.Second
)

// noteSuppressed notes of the first who would get mail again that their addresses are suppressed. Where that cannot be found out in
// a moment, Mailtrap's answer will tell.
func (box *Toolbox) noteSuppressed(ctx context.Context, steps []step) {
	var checked []CheckedView
	var at []int
	for i, step := range steps {
		if step.resubscribes != "" && len(at) < mostChecked {
			checked, at = append(checked, CheckedView{Contact: step.resubscribes}), append(at, i)
		}
	}
	if len(at) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkingFor)
	defer cancel()
	_ = box.addSuppressions(ctx, checked) // who was not seen has no suppressions
	for i, one := range checked {
		if len(one.Suppressions) > 0 {
			step := &steps[at[i]]
			step.suppressed, step.warning = true, suppressedStays+" "+lost(step.gone)
		}
	}
}

const suppressedStays = "Its address is suppressed, and Mailtrap usually keeps such a contact unsubscribed: the operator can look at it " +
	"under Suppressions in Mailtrap."
