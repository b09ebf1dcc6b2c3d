package contacts

import (
	"context"
	"maps"
	"strings"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/journal"
)

// recentFor is how long a write of ours counts over what the API shows: its apply window with room to spare.
const recentFor = 20 * time.Second

// recent remembers the contacts this server wrote in the last seconds, as the API answered them.
type recent struct {
	mu      sync.Mutex
	byID    map[string]recentWrite
	byEmail map[string]string    // address to UUID
	gone    map[string]time.Time // by UUID or address, when it was found or made to be gone
	pruned  time.Time

	touched touched
}

type recentWrite struct {
	contact apiclient.Contact
	at      time.Time
}

func newRecent() *recent {
	return &recent{byID: map[string]recentWrite{}, byEmail: map[string]string{}, gone: map[string]time.Time{}}
}

func (r *recent) remember(contact apiclient.Contact) {
	r.touched.add(contact)
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.prune(now)
	r.dropAddress(contact.ID)
	r.byID[contact.ID] = recentWrite{contact: contact, at: now}
	r.byEmail[strings.ToLower(contact.Email)] = contact.ID
}

// dropAddress forgets the address of a contact, unless it has become another one's.
func (r *recent) dropAddress(id string) {
	email := strings.ToLower(r.byID[id].contact.Email)
	if r.byEmail[email] == id {
		delete(r.byEmail, email)
	}
}

// prune keeps the memory to the writes of a few windows.
func (r *recent) prune(now time.Time) {
	if now.Sub(r.pruned) < recentFor {
		return
	}
	r.pruned = now
	expired := func(write recentWrite) bool { return now.Sub(write.at) >= recentFor }
	maps.DeleteFunc(r.byEmail, func(_, id string) bool { return expired(r.byID[id]) })
	maps.DeleteFunc(r.gone, func(_ string, at time.Time) bool { return now.Sub(at) >= recentFor })
	maps.DeleteFunc(r.byID, func(_ string, write recentWrite) bool { return expired(write) })
}

func (r *recent) find(ref apiclient.ContactRef) (recentWrite, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	write, ok := r.byID[r.id(ref)]
	if !ok || time.Since(write.at) >= recentFor {
		return recentWrite{}, false
	}
	return write, true
}

// latest is when a contact was written here, or was gone.
func (r *recent) latest(ref apiclient.ContactRef, id string) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	latest := r.byID[id].at
	for _, key := range []string{ref.String(), id} {
		if r.gone[key].After(latest) {
			latest = r.gone[key]
		}
	}
	return latest
}

func (r *recent) forget(ref apiclient.ContactRef) {
	r.touched.drop(ref)
	r.mu.Lock()
	defer r.mu.Unlock()
	id := r.id(ref)
	for _, key := range []string{ref.String(), id} {
		r.gone[key] = time.Now()
	}
	r.dropAddress(id)
	delete(r.byID, id)
}

func (r *recent) id(ref apiclient.ContactRef) string {
	if ref.ByUUID() {
		return ref.String()
	}
	return r.byEmail[ref.String()]
}

// recording is how long after a write of ours the journal has it: that is no later one.
const recording = time.Second

// justWritten is a contact as it was written in the last seconds: by this server, or, as the journal knows, by another one on
// the data folder. Its values stand under the merge tags that their fields have now.
func (s *Service) justWritten(ctx context.Context, ref apiclient.ContactRef) (apiclient.Contact, bool) {
	own, known := s.recent.find(ref)
	theirs, at, others := s.journal.Recent(ctx, ref.String(), recentFor)
	if !others || at.Before(s.recent.latest(ref, theirs.ID).Add(recording)) {
		theirs, at, others = own.contact, own.at, known
	}
	if !others {
		return apiclient.Contact{}, false
	}
	retags, err := s.journal.Retags(ctx, at)
	if err == nil {
		theirs.Fields, _ = journal.Retagged(theirs.Fields, retags)
	}
	return theirs, err == nil
}
