package undo

import (
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/journal"
)

// Before is what is kept of a contact until it is written together with others: the values and lists that are about to be
// changed; or that there was none.
type Before struct {
	New    bool             `json:"new,omitempty"`
	Fields apiclient.Values `json:"fields,omitempty"`
	Lists  []int64          `json:"lists,omitempty"`
}

// BeforeOf is what a contact has of some fields and lists.
func BeforeOf(found apiclient.Contact, tags []string, lists []int64) Before {
	was := Before{Fields: make(apiclient.Values, len(tags))}
	for _, tag := range tags {
		was.Fields[tag] = found.Fields[tag]
	}
	for _, list := range lists {
		if slices.Contains(found.ListIDs, list) && !slices.Contains(was.Lists, list) {
			was.Lists = append(was.Lists, list)
		}
	}
	return was
}

// Part is what a write to many contacts does to this one; false where that is nothing.
func (b Before) Part(email string, change contacts.Change) (part journal.Write, does bool) {
	part = journal.Write{Action: journal.Update, Kind: journal.Contact, Name: email}
	if b.New {
		part.Action, part.After = journal.Create, apiclient.Contact{Email: email, Status: apiclient.Subscribed, Fields: change.Fields,
			ListIDs: change.AddTo}
		return part, true
	}
	was := apiclient.Contact{Email: email, Fields: b.Fields, ListIDs: b.Lists}
	is := change.To(was)
	part.Before, part.After = was, is
	return part, !contacts.Between(was, is).IsEmpty()
}
