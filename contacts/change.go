package contacts

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"mailtrap-contacts-mcp/apiclient"
)

// Change is what is wanted of a contact. Zero values leave things as they are.
type Change struct {
	Email        string           // a new address, checked and lower-cased
	Fields       apiclient.Values // by merge tag; nil clears
	AddTo        []int64
	RemoveFrom   []int64
	Unsubscribed *bool
	// Consent is the caller's word on how an unsubscribed person agreed to be subscribed again, and ConsentAt when it was given,
	// if that was not just now: it is not of somebody who may have unsubscribed since.
	Consent   string
	ConsentAt time.Time
}

// IsEmpty reports whether nothing is asked for.
func (c Change) IsEmpty() bool {
	return c.Email == "" && len(c.Fields) == 0 && len(c.AddTo) == 0 && len(c.RemoveFrom) == 0 && c.Unsubscribed == nil
}

// Difference is one thing about a contact that a write changed.
type Difference struct {
	// What is "email", "status", "list" or "field".
	What string
	// Name is the merge tag of a field; ListID the list that was joined (After true) or left (After false).
	Name          string
	ListID        int64
	Before, After any
}

func (c Change) resubscribes() bool { return c.Unsubscribed != nil && !*c.Unsubscribed }

// To is a contact as the change leaves it.
func (c Change) To(contact apiclient.Contact) apiclient.Contact {
	if c.Email != "" {
		contact.Email = c.Email
	}
	if c.Unsubscribed != nil {
		contact.Status = apiclient.Subscribed
		if *c.Unsubscribed {
			contact.Status = apiclient.Unsubscribed
		}
	}
	fields := maps.Clone(contact.Fields)
	if fields == nil {
		fields = apiclient.Values{}
	}
	maps.Copy(fields, c.Fields)
	contact.Fields = fields
	lists := slices.DeleteFunc(slices.Clone(contact.ListIDs), func(id int64) bool { return slices.Contains(c.RemoveFrom, id) })
	for _, id := range c.AddTo {
		if !slices.Contains(lists, id) {
			lists = append(lists, id)
		}
	}
	contact.ListIDs = lists
	return contact
}

// Missing is the part of a change that a contact does not show.
func (c Change) Missing(contact apiclient.Contact) []Difference {
	return c.remaining(contact).differences(contact)
}

// Made reports whether a contact has nothing but what the change would have given to a new one.
func (c Change) Made(contact apiclient.Contact) bool {
	for tag, value := range contact.Fields {
		if !isUnset(value) && !sameValue(value, c.Fields[tag]) {
			return false
		}
	}
	return len(Without(contact.ListIDs, c.AddTo)) == 0
}

// Changes reports whether the change would change a contact.
func (c Change) Changes(contact apiclient.Contact) bool {
	left := c.remaining(contact)
	return !left.IsEmpty()
}

// remaining is the part of a change that a contact does not show yet.
func (c Change) remaining(contact apiclient.Contact) Change {
	left := Change{Consent: c.Consent, ConsentAt: c.ConsentAt}
	if c.Email != "" && c.Email != contact.Email {
		left.Email = c.Email
	}
	for tag, value := range c.Fields {
		if !sameValue(contact.Fields[tag], value) {
			if left.Fields == nil {
				left.Fields = apiclient.Values{}
			}
			left.Fields[tag] = value
		}
	}
	for _, id := range c.AddTo {
		if !slices.Contains(contact.ListIDs, id) {
			left.AddTo = append(left.AddTo, id)
		}
	}
	for _, id := range c.RemoveFrom {
		if slices.Contains(contact.ListIDs, id) {
			left.RemoveFrom = append(left.RemoveFrom, id)
		}
	}
	if c.Unsubscribed != nil && *c.Unsubscribed != (contact.Status == apiclient.Unsubscribed) {
		left.Unsubscribed = c.Unsubscribed
	}
	return left
}

// differences describes a change against the contact it is made to, in a fixed order.
func (c Change) differences(before apiclient.Contact) []Difference {
	var found []Difference
	if c.Email != "" {
		found = append(found, Difference{What: "email", Before: before.Email, After: c.Email})
	}
	if c.Unsubscribed != nil {
		after := apiclient.Subscribed
		if *c.Unsubscribed {
			after = apiclient.Unsubscribed
		}
		found = append(found, Difference{What: "status", Before: before.Status, After: after})
	}
	for _, tag := range slices.Sorted(maps.Keys(c.Fields)) {
		found = append(found, Difference{What: "field", Name: tag, Before: before.Fields[tag], After: c.Fields[tag]})
	}
	for _, id := range c.AddTo {
		found = append(found, Difference{What: "list", ListID: id, Before: false, After: true})
	}
	for _, id := range c.RemoveFrom {
		found = append(found, Difference{What: "list", ListID: id, Before: true, After: false})
	}
	return found
}

// sameValue compares field values as the API keeps them: numbers by value, an empty text like an unset one.
func sameValue(a, b any) bool {
	if isUnset(a) || isUnset(b) {
		return isUnset(a) && isUnset(b)
	}
	numberA, okA := a.(json.Number)
	numberB, okB := b.(json.Number)
	if okA && okB {
		return sameNumber(numberA, numberB)
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}

func isUnset(v any) bool { return v == nil || v == "" }

func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	intA, errA := a.Int64()
	intB, errB := b.Int64()
	if errA == nil && errB == nil {
		return intA == intB
	}
	floatA, errA := a.Float64()
	floatB, errB := b.Float64()
	return errA == nil && errB == nil && floatA == floatB
}

// Gives are the things that a change is about, without their values: which fields it sets, which lists are joined (After true)
// or left, and which status it gives.
func (c Change) Gives() []Difference {
	given := c.differences(apiclient.Contact{})
	for i, one := range given {
		if given[i].Before = nil; one.What == "field" {
			given[i].After = nil
		}
	}
	return given
}
