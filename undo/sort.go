package undo

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/journal"
)

// Request is a change that is to be undone.
type Request struct {
	Change journal.Change
	// DeleteCreated also deletes those whom an import created.
	DeleteCreated bool
	// Now are the contacts as they are now, by the Key of their writes; nil where nobody has looked. Of one that is missing from it
	// nothing is known, and one without an address is not there.
	Now map[string]contacts.Found
}

// Key is what the contact of a write is known by: its id, or its address.
func Key(write journal.Entry) string {
	if write.Action == journal.Delete {
		return strings.ToLower(write.Name)
	}
	return strings.ToLower(cmp.Or(write.Subject, write.Name))
}

// Sorted is what becomes of a change's writes to contacts.
type Sorted struct {
	// Writes are turned back, in this order.
	Writes []journal.Entry
	// Creates, Deletes and Resubscribes are how many of them do that; Gets how many contacts get what back, by what that is.
	Creates, Deletes, Resubscribes int
	Gets                           map[contacts.Difference]int
	// Unlooked is how many of them nobody has looked at.
	Unlooked int
	// Kept are those that are left alone, by why; Stays those whom an import created and who stay.
	Kept  map[string][]string
	Stays []string
	// AsBefore is how many contacts are as they were before, and Undone how many writes are undone already.
	AsBefore, Undone int
}

// ForJob reports that undoing a change is a job: it wrote to many contacts, or to some of them many in a request.
func ForJob(change journal.Change) bool {
	alone, parts := 0, 0
	for _, write := range change.Writes {
		switch {
		case write.Kind != journal.Contact || !write.IsOpen():
		case write.Part != 0:
			parts++
		default:
			alone++
		}
	}
	return parts > 0 || alone > AtOnce
}

// AtOnce is how many contacts are undone without a job.
const AtOnce = 50

// Sort tells which writes of a change are turned back.
func (s Service) Sort(ctx context.Context, request Request) (Sorted, error) {
	sorted := Sorted{Gets: map[contacts.Difference]int{}, Kept: map[string][]string{}}
	for _, write := range slices.Backward(request.Change.Writes) {
		switch {
		case write.Kind != journal.Contact || !write.Touched():
			continue
		case write.UndoneBy != 0:
			sorted.Undone++
			continue
		case write.Final != "":
			sorted.Kept[write.Final] = append(sorted.Kept[write.Final], write.Name)
			continue
		case write.Part != 0 && write.Action == journal.Create && !request.DeleteCreated:
			sorted.Stays = append(sorted.Stays, write.Name)
			continue
		}
		if err := s.sort(ctx, write, request.Now, &sorted); err != nil {
			return sorted, err
		}
	}
	slices.Reverse(sorted.Stays) // as they were given
	return sorted, nil
}

func (s Service) sort(ctx context.Context, write journal.Entry, now map[string]contacts.Found, into *Sorted) error {
	found, looked := now[Key(write)]
	back, err := s.Judge(ctx, write, found, false)
	switch {
	case err != nil:
		return err
	case !looked:
		into.Unlooked++
	case back.Verdict == AsBefore:
		into.AsBefore++
		return nil
	case back.Verdict != Possible:
		into.Kept[back.Why()] = append(into.Kept[back.Why()], write.Name)
		return nil
	}
	into.Writes = append(into.Writes, write)
	switch write.Action {
	case journal.Create:
		into.Deletes++
	case journal.Delete:
		into.Creates++
	}
	if back.Resubscribes() {
		into.Resubscribes++
	}
	for _, one := range back.Change.Gives() {
		into.Gets[one]++
	}
	return nil
}
