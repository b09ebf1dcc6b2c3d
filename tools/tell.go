package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// tell says in one line what a write did, or was to do.
func (box *Toolbox) tell(ctx context.Context, write journal.Entry) string {
	name := text.Clip(write.Name, 80)
	switch write.Kind {
	case journal.Contact:
		return box.tellContact(ctx, write, name)
	case journal.List:
		return tellList(write)
	case journal.Field:
		return tellField(write)
	case journal.Event, journal.Suppression:
		one := firedOrSuppressed(write)
		switch {
		case name == "" && write.Kind == journal.Event:
			return "fired an event"
		case name == "":
			return "suppressed an address that was erased since"
		}
		return one.head + text.Word(write.Subject, 80) + one.tail
	case journal.Contacts:
		return "imported " + name
	case journal.OptOuts:
		return tellOptOuts(write)
	}
	return string(write.Action) + " " + string(write.Kind) + " " + name
}

func (box *Toolbox) tellContact(ctx context.Context, write journal.Entry, name string) string {
	if name == "" {
		return string(write.Action) + "d a contact that was erased since"
	}
	name = text.Word(write.Name, 80)
	var before, after apiclient.Contact
	hadBefore, hasAfter := decodeImage(write.Before, &before), decodeImage(write.After, &after)
	switch {
	case write.Action == journal.Create && hasAfter:
		return fmt.Sprintf("created %s (%s)%s", name, text.Word(after.Status, 40), box.onLists(ctx, after.ListIDs))
	case write.Action == journal.Delete && hadBefore:
		return fmt.Sprintf("deleted %s (was %s)%s", name, text.Word(before.Status, 40), box.onLists(ctx, before.ListIDs))
	case write.Action == journal.Update && hadBefore && hasAfter:
		return "updated " + name + ": " + box.tellDifferences(ctx, before, after)
	}
	return string(write.Action) + "d " + name
}

func (box *Toolbox) onLists(ctx context.Context, ids []int64) string {
	if len(ids) == 0 {
		return ""
	}
	return " on " + describeLists(box.listViews(ctx, ids))
}

// tellDifferences says what one state of a contact has that another has not.
func (box *Toolbox) tellDifferences(ctx context.Context, before, after apiclient.Contact) string {
	var said []string
	for _, difference := range contacts.Differences(before, after) {
		view := box.changeView(ctx, difference)
		one := view.String()
		if view.What == "email" {
			one += whatOfAddress(unquoted(view.Before), unquoted(view.After))
		}
		said = append(said, one)
	}
	if len(said) == 0 {
		return "nothing"
	}
	return strings.Join(said, "; ")
}

// whatOfAddress says of two addresses that look alike when they are masked what of them differs.
func whatOfAddress(before, after string) string {
	if text.Mask(before) != text.Mask(after) {
		return ""
	}
	name, domain, _ := strings.Cut(before, "@")
	switch otherName, otherDomain, _ := strings.Cut(after, "@"); {
	case domain == otherDomain:
		return " (another name, the same domain)"
	case name == otherName:
		return " (the same name, another domain)"
	}
	return " (another name, another domain)"
}

func tellList(write journal.Entry) string {
	var before, after apiclient.List
	hadBefore, hasAfter := decodeImage(write.Before, &before), decodeImage(write.After, &after)
	switch {
	case write.Action == journal.Create && hasAfter:
		return "created the list " + viewList(after).String()
	case write.Action == journal.Delete && hadBefore:
		return "deleted the list " + viewList(before).String()
	case hadBefore && hasAfter:
		return fmt.Sprintf("renamed the list %s to %s", viewList(before), text.Quote(after.Name))
	}
	return string(write.Action) + "d the list " + text.Quote(write.Name)
}

func tellField(write journal.Entry) string {
	var before, after apiclient.Field
	hadBefore, hasAfter := decodeImage(write.Before, &before), decodeImage(write.After, &after)
	switch {
	case write.Action == journal.Create && hasAfter:
		return "created the field " + viewField(after).String()
	case write.Action == journal.Delete && hadBefore:
		return "deleted the field " + viewField(before).String()
	case hadBefore && hasAfter:
		return fmt.Sprintf("changed the field %s to %s", viewField(before), viewField(after))
	}
	return string(write.Action) + "d the field " + text.Quote(write.Name)
}

// decodeImage reads what the journal keeps of a state; false when it keeps nothing.
func decodeImage(image json.RawMessage, into any) bool {
	return len(image) > 0 && json.Unmarshal(image, into) == nil
}
