package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// readCreation checks the body of POST /contacts.
func (a *account) readCreation(body params) (email string, ch *change, found problems) {
	email, problem := body.text("email")
	switch {
	case problem == "must be a string":
		found.add("email", "Email is invalid")
	case problem != "":
		found.add("email", problem)
	default:
		if problem := emailProblem(email); problem == "is invalid" {
			found.add("email", "Email is invalid") // the spec's wording for this endpoint only
		} else if problem != "" {
			found.add("email", problem)
		}
	}
	email = strings.ToLower(email)

	ch = &change{}
	ch.values = a.readValues(body, &found)
	ids, ok := body.ids("list_ids")
	if !ok || !a.haveLists(ids) {
		found.add("list_ids", "contains invalid data") // that unknown lists are refused is inferred
	}
	ch.include = ids
	ch.unsubscribed = a.readUnsubscribed(email, body, &found) // not in the spec, but clients send it; unknown
	return email, ch, found
}

// readUpdate checks the body of a PATCH. The keys and their order are those of the spec's example. "list_ids" is
// ignored: it is not in the spec, though some clients offer it.
func (a *account) readUpdate(r *record, body params) (ch *change, found problems) {
	ch = &change{}
	if body.given("email") { // required by the spec, left out by some SDKs
		email, problem := body.text("email")
		if problem == "" {
			problem = emailProblem(email)
		}
		email = strings.ToLower(email)
		switch {
		case problem == "top level domain is too short":
			found.add("email", problem)
		case problem != "":
			found.add("email", "is invalid")
		case email != r.email:
			ch.email = email // that it moves the contact to the new address is inferred
			if owner := a.idOf(email); owner != uuid.Nil && owner != r.id {
				found.add("email", "has already been taken")
			}
		}
	}
	a.readListChanges(body, ch, &found)
	target := r.email
	if ch.email != "" {
		target = ch.email
	}
	ch.unsubscribed = a.readUnsubscribed(target, body, &found)
	return ch, found
}

// readListChanges reads fields, list_ids_included and list_ids_excluded, which updates and import rows share.
func (a *account) readListChanges(body params, ch *change, found *problems) {
	included, okIncluded := body.ids("list_ids_included")
	excluded, okExcluded := body.ids("list_ids_excluded")
	if both := common(included, excluded); len(both) > 0 {
		found.add("base", fmt.Sprintf("same list_ids %s are specified both as included and excluded", enumerate(both)))
	}
	ch.values = a.readValues(body, found)
	if !okIncluded || !a.haveLists(included) {
		found.add("list_id_included", "contains invalid data") // the key is "list_id" in the spec
	}
	if !okExcluded || !a.haveLists(excluded) {
		found.add("list_id_excluded", "contains invalid data")
	}
	ch.include, ch.exclude = included, excluded
}

// readValues checks "fields". A bad value is a problem of its merge tag. A merge tag that does not exist is a problem
// of "fields", in the spec's words for imports; for single contacts that is inferred.
func (a *account) readValues(body params, found *problems) []slotValue {
	given, ok := body.object("fields")
	if !ok {
		found.add("fields", "must be a hash")
		return nil
	}
	values := make([]slotValue, 0, len(given))
	var unknown []string
	for _, tag := range sortedKeys(given) {
		f := a.fieldByTag(tag)
		if f == nil {
			unknown = append(unknown, tag)
			continue
		}
		v, problem := parseValue(f.DataType, given[tag])
		if problem != "" {
			found.add(tag, problem)
			continue
		}
		values = append(values, slotValue{f.slot, v})
	}
	if len(unknown) > 0 {
		found.add("fields", "contains invalid values: "+strings.Join(unknown, ", "))
	}
	return values
}

// readUnsubscribed reads the flag. False re-subscribes, but a suppressed address stays unsubscribed. What the real
// API does on false is unknown: its clients say this, its help pages say that nobody can be re-subscribed by hand.
func (a *account) readUnsubscribed(email string, body params, found *problems) *bool {
	if !body.given("unsubscribed") {
		return nil
	}
	var unsubscribed bool
	if json.Unmarshal(body["unsubscribed"], &unsubscribed) != nil {
		found.add("unsubscribed", "is invalid")
		return nil
	}
	if !unsubscribed && a.suppressions.has(email) {
		unsubscribed = true
	}
	return &unsubscribed
}

// common returns what stands in both ascending lists.
func common(a, b []int64) []int64 {
	var both []int64
	for _, id := range a {
		if _, found := slices.BinarySearch(b, id); found {
			both = append(both, id)
		}
	}
	return both
}

// enumerate writes "1, 2 and 3".
func enumerate(ids []int64) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = strconv.FormatInt(id, 10)
	}
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func sortedKeys(p params) []string {
	keys := make([]string, 0, len(p))
	for key := range p {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
