package tools

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// contactBack is how a write of a contact is undone.
func (box *Toolbox) contactBack(ctx context.Context, write journal.Entry) (*step, error) {
	var before, after apiclient.Contact
	hadBefore, hasAfter := decodeImage(write.Before, &before), decodeImage(write.After, &after)
	switch {
	case write.Action == journal.Create && hasAfter:
		return box.createBack(ctx, write, after)
	case write.Action == journal.Update && hadBefore && hasAfter:
		return box.updateBack(ctx, write, before, after)
	case write.Action == journal.Delete && hadBefore:
		return box.deleteBack(ctx, write, before)
	}
	return nil, fmt.Errorf("the journal does not hold what undoing write %d needs", write.ID)
}

// present looks for the contact of a write: by its id, else by the address that it was written under.
func (box *Toolbox) present(ctx context.Context, id, email string) (found contacts.Found, there bool, err error) {
	name := id
	if name == "" {
		name = email
	}
	ref, err := apiclient.ParseContact(name)
	if err != nil {
		return found, false, err
	}
	found, err = box.Contacts.Get(ctx, ref)
	if fault.Is(err, fault.NotFound) {
		return found, false, nil
	}
	return found, err == nil, err
}

func (box *Toolbox) createBack(ctx context.Context, write journal.Entry, after apiclient.Contact) (*step, error) {
	found, there, err := box.present(ctx, write.Subject, write.Name)
	switch {
	case err != nil || !there:
		return nil, err
	case write.Subject == "":
		return nil, box.unidentified(ctx, write, "the contact "+text.Word(found.Email, 80)+" (id "+text.Word(found.ID, 40)+")", "delete_contact")
	}
	if !contacts.Between(after, found.Contact).IsEmpty() {
		return nil, box.changedSince(ctx, write, "The contact "+text.Word(found.Email, 80), box.tellDifferences(ctx, after, found.Contact))
	}
	return &step{
		write: write, what: "delete " + text.Word(found.Email, 80), grave: true,
		warning: "Creating it again would give it a new UUID.",
		do:      func(ctx context.Context) error { return box.Contacts.Delete(ctx, found) },
	}, nil
}

func (box *Toolbox) updateBack(ctx context.Context, write journal.Entry, before, after apiclient.Contact) (*step, error) {
	found, there, err := box.present(ctx, write.Subject, write.Name)
	switch {
	case err != nil:
		return nil, err
	case !there:
		return nil, box.changedSince(ctx, write, "The contact "+text.Word(write.Name, 80), "it does not exist any more")
	case contacts.Between(found.Contact, before).IsEmpty():
		return nil, nil // the write had no effect, or somebody has undone it
	case !contacts.Between(after, found.Contact).IsEmpty():
		return nil, box.changedSince(ctx, write, "The contact "+text.Word(found.Email, 80), box.tellDifferences(ctx, after, found.Contact))
	}
	again, gone, err := box.onListsStillThere(ctx, before, found.ListIDs)
	if err != nil {
		return nil, err
	}
	back := contacts.Between(found.Contact, again)
	if back.IsEmpty() {
		return &step{stays: "what it would restore no longer exists: " + text.Listing(gone, 10) + "."}, nil
	}
	next := &step{write: write, what: "set " + text.Word(found.Email, 80) + " back: " +
		box.tellDifferences(ctx, found.Contact, again), warning: lost(gone)}
	if back.Unsubscribed != nil && !*back.Unsubscribed {
		next.resubscribes = found.Email
		next.warning = strings.TrimSpace("It subscribes them again, to which the operator has to agree; if they cannot be asked, " +
			"use update_contact with consent. " + next.warning)
		back.Consent = fmt.Sprintf("the operator agreed to undoing change of %s", write.At.Format(time.DateTime))
	}
	next.do = func(ctx context.Context) error {
		_, err := box.Contacts.Apply(ctx, found, back)
		return err
	}
	return next, nil
}

// deleteBack creates a deleted contact again, as far as its lists and fields are still there.
func (box *Toolbox) deleteBack(ctx context.Context, write journal.Entry, before apiclient.Contact) (*step, error) {
	found, there, err := box.present(ctx, "", before.Email)
	switch {
	case err != nil:
		return nil, err
	case there && found.ID == before.ID:
		return nil, nil // it was never deleted
	case there:
		return nil, box.changedSince(ctx, write, "The contact "+text.Word(before.Email, 80),
			"there is one with this address again, id "+text.Word(found.ID, 40))
	}
	again, gone, err := box.stillThere(ctx, before)
	if err != nil {
		return nil, err
	}
	warning := strings.TrimSpace("It gets a new UUID, and automations that start with a new contact or on its lists may fire. " + lost(gone))
	return &step{
		write: write, grave: true, warning: warning,
		what: fmt.Sprintf("create %s again (%s)%s", text.Word(before.Email, 80), text.Word(before.Status, 40), box.onLists(ctx, again.ListIDs)),
		do: func(ctx context.Context) error {
			_, err := box.Contacts.Create(ctx, contacts.Creation{NewContact: again, Unsubscribed: before.Status == apiclient.Unsubscribed})
			return err
		},
	}, nil
}

// stillThere is a contact without the lists and fields that are gone since.
func (box *Toolbox) stillThere(ctx context.Context, before apiclient.Contact) (again apiclient.NewContact, gone []string, err error) {
	before, gone, err = box.onListsStillThere(ctx, before, nil)
	if err != nil {
		return again, nil, err
	}
	again = apiclient.NewContact{Email: before.Email, Fields: apiclient.Values{}, ListIDs: before.ListIDs}
	fields, err := box.Catalog.Fields(ctx)
	if err != nil {
		return again, nil, err
	}
	known := map[string]bool{}
	for _, field := range fields {
		known[field.MergeTag] = true
	}
	for _, tag := range slices.Sorted(maps.Keys(before.Fields)) {
		switch value := before.Fields[tag]; {
		case value == nil || value == "":
		case known[tag]:
			again.Fields[tag] = value
		default:
			gone = append(gone, "field "+text.Word(tag, 80))
		}
	}
	return again, gone, nil
}

// onListsStillThere is a contact without the lists that are gone since, unless it is on them now.
func (box *Toolbox) onListsStillThere(ctx context.Context, before apiclient.Contact, now []int64) (apiclient.Contact, []string, error) {
	lists, err := box.Catalog.ListNames(ctx, before.ListIDs)
	if err != nil {
		return before, nil, err
	}
	var kept []int64
	var gone []string
	for _, list := range lists {
		if list.Name == "" && !slices.Contains(now, list.ID) {
			gone = append(gone, fmt.Sprintf("list %d", list.ID))
			continue
		}
		kept = append(kept, list.ID)
	}
	before.ListIDs = kept
	return before, gone, nil
}

// lost says what an undo cannot bring back.
func lost(gone []string) string {
	if len(gone) == 0 {
		return ""
	}
	return "Gone since, and not restored: " + text.Listing(gone, 10) + "."
}
