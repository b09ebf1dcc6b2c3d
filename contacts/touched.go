package contacts

import (
	"slices"
	"strings"
	"sync"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// maxTouched is how many contacts the memory for suggestions holds.
const maxTouched = 100

// touched remembers who was looked up or written last, for as long as the process runs: Mailtrap cannot list contacts, so
// these are the only addresses that can be suggested. Who is deleted is forgotten. The zero value is empty and ready.
type touched struct {
	mu     sync.Mutex
	people []person // the newest last
}

type person struct{ id, email string }

// looked notes what came of a look-up.
func (t *touched) looked(ref apiclient.ContactRef, found Found, err error) {
	switch {
	case err == nil:
		t.add(found.Contact)
	case fault.Is(err, fault.NotFound):
		t.drop(ref)
	}
}

func (t *touched) add(contact apiclient.Contact) {
	t.mu.Lock()
	defer t.mu.Unlock()
	email := strings.ToLower(contact.Email)
	t.people = slices.DeleteFunc(t.people, func(p person) bool { return p.id == contact.ID || p.email == email })
	t.people = append(t.people, person{id: contact.ID, email: email})
	t.people = slices.Delete(t.people, 0, max(0, len(t.people)-maxTouched))
}

func (t *touched) drop(ref apiclient.ContactRef) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.people = slices.DeleteFunc(t.people, func(p person) bool { return p.id == ref.String() || p.email == ref.String() })
}

// Touched returns the addresses of the contacts that were looked up or written one by one lately, the newest first.
func (s *Service) Touched() []string {
	t := &s.recent.touched
	t.mu.Lock()
	defer t.mu.Unlock()
	addresses := make([]string, 0, len(t.people))
	for _, p := range slices.Backward(t.people) {
		addresses = append(addresses, text.Clean(p.email))
	}
	return addresses
}
