package emulator

import (
	"time"

	"github.com/google/uuid"
)

// unapplied holds the contact writes that are answered but not applied yet (observed: 3 to 10 seconds on a real account).
// Until then a read shows the old state, and a second write to the contact is refused or dropped.
type unapplied struct {
	inFlight  map[uuid.UUID]*pendingWrite
	reserved  map[string]uuid.UUID // e-mails that will be in the table
	creations int
}

type pendingWrite struct {
	creates *record // nil for a change to a contact that is there
	id      uuid.UUID
	change  *change
	done    bool
}

func newUnapplied() unapplied {
	return unapplied{
		inFlight: map[uuid.UUID]*pendingWrite{},
		reserved: map[string]uuid.UUID{},
	}
}

// create stores a new contact, at once or when the window is over.
func (a *account) create(r *record, now time.Time) {
	delay := a.emulator.config.ApplyDelay
	if delay <= 0 {
		a.contacts.insert(r)
		return
	}
	a.unapplied.creations++
	a.unapplied.reserved[r.email] = r.id
	a.applyLater(&pendingWrite{creates: r, id: r.id}, now.Add(delay))
}

// lagging reports whether a PATCH by e-mail still takes the contact for a new one and fails with "has already been
// taken". Observed for one to two minutes after a create, where writes took up to ten seconds to apply; hence twelve
// times ApplyDelay. That it always fails is the emulator's choice (observed: it "can"). Imported contacts have no
// such time (unknown).
func (a *account) lagging(r *record, now time.Time) bool {
	lag := latePatchFactor * a.emulator.config.ApplyDelay
	return r.posted && now.UnixMilli() < r.created+lag.Milliseconds()
}

// update changes a stored contact, at once or when the window is over.
func (a *account) update(r *record, ch *change, now time.Time) {
	delay := a.emulator.config.ApplyDelay
	if delay <= 0 {
		a.contacts.replace(ch.appliedTo(r, now.UnixMilli()))
		return
	}
	if ch.email != "" {
		a.unapplied.reserved[ch.email] = r.id
	}
	a.applyLater(&pendingWrite{id: r.id, change: ch}, now.Add(delay))
}

func (a *account) applyLater(w *pendingWrite, due time.Time) {
	a.unapplied.inFlight[w.id] = w
	a.schedule.at(due, func() { a.apply(w, due) })
}

// apply makes a pending write take effect, once. A contact that was deleted meanwhile stays deleted.
func (a *account) apply(w *pendingWrite, now time.Time) {
	if w.done {
		return
	}
	w.done = true
	delete(a.unapplied.inFlight, w.id)
	if w.creates != nil {
		a.unapplied.creations--
		delete(a.unapplied.reserved, w.creates.email)
		a.contacts.insert(w.creates)
		return
	}
	delete(a.unapplied.reserved, w.change.email)
	if r := a.contacts.get(w.id); r != nil {
		a.contacts.replace(w.change.appliedTo(r, now.UnixMilli()))
	}
}

// hurry applies what is pending for an e-mail before its time, so that an import neither misses nor doubles it.
func (a *account) hurry(email string, now time.Time) {
	id, ok := a.unapplied.reserved[email]
	if !ok {
		r := a.contacts.find(email)
		if r == nil {
			return
		}
		id = r.id
	}
	if w := a.unapplied.inFlight[id]; w != nil {
		a.apply(w, now)
	}
}

// underWrite returns the contact as it will be, if a write to it is in flight.
func (a *account) underWrite(id uuid.UUID) *record {
	w := a.unapplied.inFlight[id]
	if w == nil {
		return nil
	}
	if w.creates != nil {
		return w.creates
	}
	return a.contacts.get(id)
}
