package tools

import (
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/text"
)

// doesWhat says what a job does to each of its contacts.
func doesWhat(status bulk.Status) string {
	spec := status.Spec
	var does []string
	switch status.Kind {
	case bulk.Import, bulk.Update:
		if spec.Compared == nil && status.Creates() {
			does = append(does, "create or update")
		}
	case bulk.Delete:
		does = append(does, "delete")
	case bulk.Event:
		does = append(does, "fire "+text.Quote(spec.Event.Name))
	case bulk.Suppress:
		does = append(does, "suppress "+suppressedMail(*spec.Suppress))
	}
	if spec.Undo != nil {
		does = append(does, fmt.Sprintf("set back to before change %d (%s)", spec.Undo.Change, text.Word(spec.Undo.Tool, 60)))
	}
	if len(spec.Fields) > 0 {
		does = append(does, "set "+strings.Join(describeValues(spec.Fields), ", "))
	}
	join, create := joined(spec)
	if len(join) > 0 {
		does = append(does, "add to "+describeLists(join))
	}
	if len(create) > 0 {
		does = append(does, "create "+text.Listing(create, 10)+" and add to "+pronoun(len(create)))
	}
	if own := ownLists(spec); len(own) > 0 {
		does = append(does, "add to the lists of its row ("+text.Listing(own, 10)+")")
	}
	if len(spec.Leave) > 0 {
		does = append(does, "take off "+describeLists(viewLists(spec.Leave)))
	}
	if spec.LeaveAll {
		does = append(does, "take off all lists")
	}
	if spec.Unsubscribed != nil {
		does = append(does, map[bool]string{true: "unsubscribe", false: "subscribe again"}[*spec.Unsubscribed])
	}
	switch {
	case spec.Unsubscribe && spec.Sync:
		does = append(does, "unsubscribe those who are missing from the source")
	case spec.Unsubscribe:
		does = append(does, "unsubscribe those who unsubscribed or complained by the file")
	}
	return strings.Join(does, "; ")
}

// ownLists are the names of the lists that single contacts of an import join.
func ownLists(spec bulk.Spec) (names []string) {
	if !spec.OwnLists || spec.SyncTo != nil {
		return nil
	}
	for _, list := range spec.Relies.Lists {
		if !slices.Contains(spec.Join, list) && !slices.Contains(spec.Leave, list) {
			names = append(names, viewList(list).String())
		}
	}
	for _, list := range spec.CreateLists {
		if !list.All {
			names = append(names, text.Quote(list.Name))
		}
	}
	return names
}

// joined are the lists that all contacts of a job join, and the names of those that are still to be created.
func joined(spec bulk.Spec) (join []ListView, create []string) {
	join = viewLists(spec.Join)
	for _, list := range spec.CreateLists {
		switch {
		case list.ID == 0 && list.All:
			create = append(create, text.Quote(list.Name))
		case list.All:
			join = append(join, ListView{ID: list.ID, Name: text.Clean(list.Name)})
		}
	}
	return join, create
}

// didWhat says in a few words what a job did to each of its contacts, and what those were to whom there was nothing to do;
// empty where it does several things.
func didWhat(status bulk.Status) (did, was string) {
	spec := status.Spec
	join, create := joined(spec)
	many := func(lists []ListView, one, several string) string {
		if len(lists) == 1 {
			return one
		}
		return several
	}
	switch {
	case status.Kind == bulk.Undo:
		return "set back", "as before already"
	case status.Kind == bulk.Delete:
		return "deleted", ""
	case status.Kind == bulk.Event:
		return "fired " + text.Quote(spec.Event.Name), "named twice"
	case status.Kind == bulk.Suppress:
		return "suppressed " + suppressedMail(*spec.Suppress), "suppressed already"
	case status.Kind != bulk.Update || len(spec.Fields)+len(create) > 0 || spec.Unsubscribed != nil || spec.Compared != nil:
	case len(join) > 0 && !spec.LeaveAll && len(spec.Leave) == 0:
		return "added to " + describeLists(join), many(join, "on it already", "on them already")
	case len(join) == 0 && spec.LeaveAll:
		return "removed from all their lists", "on no list"
	case len(join) == 0 && len(spec.Leave) > 0:
		left := viewLists(spec.Leave)
		return "removed from " + describeLists(left), many(left, "not on it", "on none of them")
	}
	return "", ""
}

func pronoun(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}
