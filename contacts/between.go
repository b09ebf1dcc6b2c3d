package contacts

import (
	"maps"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
)

// Between is the change that makes one state of a contact into another. It is empty when the two do not differ in anything
// that can be written.
func Between(from, to apiclient.Contact) Change {
	var change Change
	if to.Email != from.Email {
		change.Email = to.Email
	}
	if to.Status != from.Status {
		unsubscribed := to.Status == apiclient.Unsubscribed
		change.Unsubscribed = &unsubscribed
	}
	tags := maps.Clone(from.Fields)
	if tags == nil {
		tags = apiclient.Values{}
	}
	maps.Copy(tags, to.Fields)
	for tag := range tags {
		if !sameValue(from.Fields[tag], to.Fields[tag]) {
			if change.Fields == nil {
				change.Fields = apiclient.Values{}
			}
			change.Fields[tag] = to.Fields[tag]
		}
	}
	change.AddTo = Without(to.ListIDs, from.ListIDs)
	change.RemoveFrom = Without(from.ListIDs, to.ListIDs)
	return change
}

// Without are ids without some.
func Without(ids, taken []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(taken, id) })
}

// Differences are what two states of a contact differ in, in a fixed order.
func Differences(before, after apiclient.Contact) []Difference {
	return Between(before, after).differences(before)
}
