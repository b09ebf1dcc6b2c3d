package undo

import (
	"slices"
	"time"

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
	// Created is when Mailtrap says it was created, to tell it from one that takes its place; zero where it does not.
	Created time.Time `json:"created,omitzero"`
}

// BeforeOf is what a contact has of some fields and lists.
func BeforeOf(found apiclient.Contact, tags []string, lists []int64) Before {
	was := Before{Fields: make(apiclient.Values, len(tags)), Created: found.CreatedAt.Time}
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

// Part is what a write to many contacts, sent when Mailtrap's clock showed this time, does to this one; false where that is
// nothing.
func (b Before) Part(email string, change contacts.Change, sent time.Time) (part journal.Write, does bool) {
	part = journal.Write{Action: journal.Update, Kind: journal.Contact, Name: email}
	if b.New {
		part.Action, part.After = journal.Create, apiclient.Contact{Email: email, Status: apiclient.Subscribed, Fields: change.Fields,
			ListIDs: change.AddTo, CreatedAt: apiclient.Timestamp{Time: sent}}
		return part, true
	}
	was := apiclient.Contact{Email: email, Fields: b.Fields, ListIDs: b.Lists, CreatedAt: apiclient.Timestamp{Time: b.Created}}
	is := change.To(was)
	part.Before, part.After = was, is
	return part, !contacts.Between(was, is).IsEmpty()
}
