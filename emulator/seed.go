package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Contact is a contact as seeded or seen by a test.
type Contact struct {
	ID     string // UUID
	Email  string // lower case
	Status string // subscribed or unsubscribed
	// Fields are values by merge tag: string, int64, float64 or bool. Unset fields are absent.
	Fields    map[string]any
	ListIDs   []int64 // ascending
	CreatedAt time.Time
	UpdatedAt time.Time
}

// All methods below act on the first account, past limits, window and rate limits. A seed that makes no sense, such as
// a contact in a list that does not exist, is a mistake in the caller and panics.

// AddList adds a list and returns its id.
func (e *Emulator) AddList(name string) int64 {
	a, unlock := e.first()
	defer unlock()
	return a.addList(name).ID
}

// AddField adds a field and returns its id. dataType is text, integer, float, boolean or date.
func (e *Emulator) AddField(name, dataType, mergeTag string) int64 {
	a, unlock := e.first()
	defer unlock()
	if !slices.Contains(dataTypes, dataType) || a.fieldByTag(mergeTag) != nil {
		panic(fmt.Sprintf("emulator: cannot add field %q of type %q", mergeTag, dataType))
	}
	return a.addField(name, dataType, mergeTag).ID
}

// AddContact adds a contact and returns its id. A missing ID, Status or time is filled in.
func (e *Emulator) AddContact(contact Contact) string {
	a, unlock := e.first()
	defer unlock()
	return must(a.seed(contact)).id.String()
}

// AddContacts adds the n contacts that make returns for 0 to n-1.
func (e *Emulator) AddContacts(n int, make func(i int) Contact) {
	a, unlock := e.first()
	defer unlock()
	a.contacts.grow(n)
	for i := range n {
		must(a.seed(make(i)))
	}
}

// AddSuppression puts an address on the suppression list, for example ("a@b.co", "hard bounce", "bulk", "b.co").
// Contacts created for it later are unsubscribed.
func (e *Emulator) AddSuppression(email, type_, stream, domain string) {
	a, unlock := e.first()
	defer unlock()
	a.suppressions.add(e.newSuppression(email, type_, stream, domain, e.config.Now()))
}

// LiftSuppressions takes an address off the suppression list.
func (e *Emulator) LiftSuppressions(email string) {
	a, unlock := e.first()
	defer unlock()
	l := &a.suppressions
	l.items = slices.DeleteFunc(l.items, func(s suppression) bool { return strings.EqualFold(s.Email, email) })
	delete(l.emails, strings.ToLower(email))
}

// UseField makes a field impossible to delete: the attempt answers 422 with these messages. Without any, it can be
// deleted again.
func (e *Emulator) UseField(mergeTag string, usage ...string) {
	a, unlock := e.first()
	defer unlock()
	f := a.fieldByTag(mergeTag)
	if f == nil {
		panic(fmt.Sprintf("emulator: no field %q to use", mergeTag))
	}
	f.usage = usage
}

// Contact returns the contact with that e-mail, without writes that are not applied yet.
func (e *Emulator) Contact(email string) (Contact, bool) {
	a, unlock := e.first()
	defer unlock()
	r := a.contacts.find(strings.ToLower(email))
	if r == nil {
		return Contact{}, false
	}
	return a.contact(r), true
}

// Len returns the number of contacts, without those whose creation is not applied yet.
func (e *Emulator) Len() int {
	a, unlock := e.first()
	defer unlock()
	return a.contacts.len()
}

// Events returns the latest events fired on any account, oldest first, at most 100,000.
func (e *Emulator) Events() []Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.events.all()
}

// Lists returns the lists, oldest first.
func (e *Emulator) Lists() []List {
	a, unlock := e.first()
	defer unlock()
	return slices.Clone(a.lists)
}

// Fields returns the fields, oldest first.
func (e *Emulator) Fields() []Field {
	a, unlock := e.first()
	defer unlock()
	return slices.Clone(a.fields)
}

// first locks the emulator and returns the first account as it is now.
func (e *Emulator) first() (a *account, unlock func()) {
	e.mu.Lock()
	a = e.accounts[0]
	a.schedule.run(e.config.Now())
	return a, e.mu.Unlock
}

// must is for what a caller of this package seeds.
func must[T any](seeded T, err error) T {
	if err != nil {
		panic("emulator: cannot add " + err.Error())
	}
	return seeded
}

func (a *account) seed(contact Contact) (*record, error) {
	email := strings.ToLower(contact.Email)
	now := a.emulator.config.Now()
	if contact.CreatedAt.IsZero() {
		contact.CreatedAt = now
	}
	if contact.UpdatedAt.IsZero() {
		contact.UpdatedAt = contact.CreatedAt
	}
	r := a.newRecord(email, contact.CreatedAt)
	r.updated = contact.UpdatedAt.UnixMilli()
	if contact.ID != "" {
		r.id = uuid.MustParse(contact.ID)
	}
	if contact.Status != "" {
		r.unsubscribed = contact.Status == "unsubscribed"
	}
	if email == "" || a.idOf(email) != uuid.Nil || a.contacts.get(r.id) != nil || !a.haveLists(contact.ListIDs) {
		return nil, fmt.Errorf("contact %s: its e-mail or id is empty or taken, or a list is unknown", contact.Email)
	}
	r.lists = withLists(nil, contact.ListIDs, nil)
	var err error
	if r.values, err = a.seedValues(contact); err != nil {
		return nil, err
	}
	a.contacts.insert(r)
	return r, nil
}

func (a *account) seedValues(contact Contact) ([]value, error) {
	if len(contact.Fields) == 0 {
		return nil, nil
	}
	set := make([]slotValue, 0, len(contact.Fields))
	for tag, given := range contact.Fields {
		f := a.fieldByTag(tag)
		raw, err := json.Marshal(given)
		if f == nil || err != nil {
			return nil, fmt.Errorf("contact %s: there is no field with the merge tag %q for %v", contact.Email, tag, given)
		}
		v, problem := parseValue(f.DataType, raw)
		if problem != "" {
			return nil, fmt.Errorf("contact %s: %s %v %s", contact.Email, tag, given, problem)
		}
		set = append(set, slotValue{f.slot, v})
	}
	return withValues(nil, set), nil
}

func (a *account) contact(r *record) Contact {
	fields := map[string]any{}
	for _, f := range a.fields {
		if v := r.value(f).plain(); v != nil {
			fields[f.MergeTag] = v
		}
	}
	return Contact{
		ID:        r.id.String(),
		Email:     r.email,
		Status:    r.status(),
		Fields:    fields,
		ListIDs:   a.existingLists(r.lists),
		CreatedAt: time.UnixMilli(r.created).UTC(),
		UpdatedAt: time.UnixMilli(r.updated).UTC(),
	}
}
