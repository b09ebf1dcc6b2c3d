package emulator

import (
	"slices"

	"github.com/google/uuid"
)

// record is a stored contact. It is never changed, only replaced: an export holds on to the records as they were, and
// a million of them stay small.
type record struct {
	id           uuid.UUID
	email        string  // lower case
	values       []value // by Field.slot; shorter than the number of slots if the last ones are unset
	lists        []int64 // ascending; may name deleted lists, which are left out wherever it is shown
	created      int64   // epoch milliseconds
	updated      int64
	unsubscribed bool
	posted       bool // created by a single write, neither imported nor seeded
}

func (r *record) status() string {
	if r.unsubscribed {
		return "unsubscribed"
	}
	return "subscribed"
}

// value returns what the field holds, "" for nothing.
func (r *record) value(f Field) value {
	if f.slot < len(r.values) {
		return r.values[f.slot]
	}
	return ""
}

// change is a validated write to a contact.
type change struct {
	email        string // the new address; "" keeps it
	values       []slotValue
	include      []int64
	exclude      []int64
	unsubscribed *bool // nil keeps the status
}

type slotValue struct {
	slot  int
	value value
}

// appliedTo returns the record after the change.
func (c *change) appliedTo(r *record, nowMillis int64) *record {
	changed := *r
	changed.updated = nowMillis
	if c.email != "" {
		changed.email = c.email
	}
	if c.unsubscribed != nil {
		changed.unsubscribed = *c.unsubscribed
	}
	changed.values = withValues(r.values, c.values)
	changed.lists = withLists(r.lists, c.include, c.exclude)
	return &changed
}

func withValues(old []value, set []slotValue) []value {
	if len(set) == 0 {
		return old
	}
	size := len(old)
	for _, s := range set {
		size = max(size, s.slot+1)
	}
	values := make([]value, size)
	copy(values, old)
	for _, s := range set {
		values[s.slot] = s.value
	}
	return values
}

func withLists(old, include, exclude []int64) []int64 {
	if len(include) == 0 && len(exclude) == 0 {
		return old
	}
	lists := slices.Concat(old, include)
	slices.Sort(lists)
	lists = slices.Compact(lists)
	lists = slices.DeleteFunc(lists, func(id int64) bool { return slices.Contains(exclude, id) })
	return slices.Clip(lists)
}
