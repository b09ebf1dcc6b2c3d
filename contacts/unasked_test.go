package contacts

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
)

// foundAndDeleted is Anna's contact as it was looked up, and deleted by somebody else a moment later.
func foundAndDeleted(t *testing.T, e *emulator.Emulator, s *Service) Found {
	t.Helper()
	e.AddContact(emulator.Contact{Email: anna, Status: apiclient.Unsubscribed})
	found := must[Found](t)(s.Get(background, ref(t, anna)))
	time.Sleep(time.Second) // in the bubble
	if err := deleteBy(background, serviceOn(t, e), ref(t, anna)); err != nil {
		t.Fatal(err)
	}
	return found
}

// Guarantee 3.5.
func TestAnUpdateOfADeletedContactCreatesNobodyUnnoticed(t *testing.T) {
	for _, upserts := range []bool{false, true} {
		for _, c := range []struct {
			loses bool // the first answer
			lag   time.Duration
		}{{}, {true, 0}, {true, 3 * time.Second}} {
			synctest.Test(t, func(t *testing.T) {
				e, s := newService(t, emulator.Config{UpsertByID: upserts, ApplyDelay: c.lag})
				found := foundAndDeleted(t, e, s)
				if c.loses {
					e.Inject(emulator.Fault{Method: "PATCH", Do: emulator.LoseAfter, Times: 1})
				}
				_, err := s.Apply(background, found, Change{AddTo: []int64{1}})
				if !upserts {
					if !fault.Is(err, fault.NotFound) && !apiclient.IsKind(err, apiclient.NotFound) || errors.Is(err, ErrCreated) || e.Len() != 0 {
						t.Errorf("%v, %d contacts", err, e.Len())
					}
					return
				}
				if !errors.Is(err, ErrCreated) {
					t.Errorf("somebody was created (%+v): %v", c, err)
				}
				wantFault(t, err, fault.Conflict, anna, "exists again")
				changes, _, err := s.journal.List(background, journal.Filter{Limit: 10}) // it tells what was made, and that it is not undone
				if err != nil || len(changes) != 1 || changes[0].Writes[0].Final == "" || changes[0].Writes[0].Subject == found.ID {
					t.Errorf("the journal has %+v, %v", changes, err)
				}
			})
		}
	}
}

// Guarantee 3.1.
func TestAnUpdateDoesNotBringBackWhomThisServerDeletes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, s := newService(t, emulator.Config{UpsertByID: true})
		e.AddContact(emulator.Contact{Email: anna})
		found := must[Found](t)(s.Get(background, ref(t, anna)))
		if err := s.Delete(background, found); err != nil { // a call that runs at the same time
			t.Fatal(err)
		}
		_, err := s.Apply(background, found, Change{AddTo: []int64{1}})
		wantFault(t, err, fault.NotFound)
		if e.Len() != 0 {
			t.Error("the contact is there again")
		}
	})
}

// Guarantee 3.1.
func TestADeletionCountsFromItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, s := newService(t, emulator.Config{UpsertByID: true})
		e.AddContact(emulator.Contact{Email: anna})
		e.Inject(emulator.Fault{Method: "DELETE", Status: 503, Times: 1})
		found, deletion := must[Found](t)(s.Get(background, ref(t, anna))), make(chan error)
		go func() { deletion <- s.Delete(background, found) }()
		time.Sleep(time.Millisecond)
		seen := must[Found](t)(s.Get(background, ref(t, anna))) // while the deletion waits for another try
		if err := <-deletion; err != nil {
			t.Fatal(err)
		}
		_, err := s.Apply(background, seen, Change{AddTo: []int64{1}})
		wantFault(t, err, fault.NotFound)
		if e.Len() != 0 {
			t.Error("the contact is there again")
		}
	})
}

// Guarantee 3.1.
func TestWhomAnUpdateBroughtBackIsDeletedThoughItsJobIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, s := newService(t, emulator.Config{UpsertByID: true, ApplyDelay: 3 * time.Second})
		e.AddContact(emulator.Contact{Email: anna})
		found := must[Found](t)(s.Get(background, ref(t, anna)))
		if err := s.Delete(background, found); err != nil {
			t.Fatal(err)
		}
		job, cancel := context.WithCancel(background)
		time.AfterFunc(time.Second, cancel)
		_, err := s.By(s.api.Until(job)).Apply(background, found, Change{AddTo: []int64{1}})
		wantFault(t, err, fault.NotFound)
		time.Sleep(time.Minute)
		if e.Len() != 0 {
			t.Error("the contact is there again")
		}
	})
}

// deleted reports whether an address is kept as deleted here.
func deleted(t *testing.T, s *Service, email string) bool {
	t.Helper()
	people, err := s.journal.People(background, email)
	if err != nil {
		t.Fatal(err)
	}
	is, err := people.Are(background, email, journal.Deleted)
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// Guarantee 3.1.
func TestDeletedContactsAreKnownUntilTheyAreCreatedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		must[apiclient.Contact](t)(s.Create(background, newAnna()))
		if deleted(t, s, anna) {
			t.Error("nobody has deleted her")
		}
		if err := deleteBy(background, s, ref(t, anna)); err != nil {
			t.Fatal(err)
		}
		if !deleted(t, s, anna) {
			t.Error("she was deleted, and that is not known")
		}
		must[apiclient.Contact](t)(s.Create(background, newAnna()))
		if deleted(t, s, anna) {
			t.Error("she is a contact again")
		}
		e.Inject(emulator.Fault{Method: "DELETE", Status: 403, Times: 1})
		if err := deleteBy(background, s, ref(t, anna)); err == nil || deleted(t, s, anna) {
			t.Errorf("she was not deleted: %v", err)
		}
		must[Updated](t)(s.Update(background, ref(t, anna), Change{Email: "new@example.com"}))
		if !deleted(t, s, anna) || deleted(t, s, "new@example.com") {
			t.Error("nobody has the old address any more, and somebody the new one")
		}
	})
}
