package contacts

import (
	"encoding/json"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestAnUpdateSaysWhatChanged(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		e.AddContact(emulator.Contact{Email: anna, ListIDs: []int64{1}, Fields: map[string]any{"first_name": "Anna", "age": 30}})
		updated := must[Updated](t)(s.Update(background, ref(t, anna), Change{
			Email: "new@example.com", Fields: apiclient.Values{"first_name": "Anne", "age": json.Number("30"), "last_name": nil},
			AddTo: []int64{1, 2}, RemoveFrom: []int64{}, Unsubscribed: new(true),
		}))
		want := []Difference{
			{What: "email", Before: anna, After: "new@example.com"}, {What: "status", Before: "subscribed", After: "unsubscribed"},
			{What: "field", Name: "first_name", Before: "Anna", After: "Anne"}, {What: "list", ListID: 2, Before: false, After: true},
		}
		if diff := cmp.Diff(want, updated.Differences); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		contact := settled(t, e, "new@example.com")
		if contact.Status != "unsubscribed" || contact.Fields["first_name"] != "Anne" || len(contact.ListIDs) != 2 || contact.Fields["age"] != int64(30) {
			t.Errorf("got %+v", contact)
		}
		if updated.Contact.Email != "new@example.com" || updated.Resubscribe {
			t.Errorf("got %+v", updated)
		}
	})
}

func TestAnUpdateSendsOnlyWhatIsNotThereYetAndByUUID(t *testing.T) {
	e, s := newService(t, emulator.Config{})
	id := e.AddContact(emulator.Contact{Email: anna, ListIDs: []int64{1}, Fields: map[string]any{"first_name": "Anna"}})
	must[Updated](t)(s.Update(background, ref(t, anna), Change{Fields: apiclient.Values{"first_name": "Anna", "age": json.Number("30")}, AddTo: []int64{1}, RemoveFrom: []int64{2}}))
	requests := e.Requests()
	last := requests[len(requests)-1]
	const body = `{"contact":{"email":"anna@example.com","fields":{"age":30}}}`
	if last.Path != "/api/accounts/1111111/contacts/"+id || string(last.Body) != body {
		t.Errorf("sent %s %s", last.Path, last.Body)
	}
}

func TestNothingIsSentWhenNothingChanges(t *testing.T) {
	e, s := newService(t, emulator.Config{})
	e.AddContact(emulator.Contact{Email: anna, ListIDs: []int64{1}, Fields: map[string]any{"first_name": "Anna", "age": 42}})
	for name, change := range map[string]Change{
		"the same value": {Fields: apiclient.Values{"first_name": "Anna"}}, "the same number": {Fields: apiclient.Values{"age": json.Number("42.0")}}, "unset stays unset": {Fields: apiclient.Values{"last_name": ""}},
		"on the list already": {AddTo: []int64{1}}, "not on it anyway": {RemoveFrom: []int64{2}}, "subscribed already": {Unsubscribed: new(false)}, "the same address": {Email: anna},
	} {
		updated, err := s.Update(background, ref(t, anna), change)
		if err != nil || len(updated.Differences) != 0 || updated.Contact.Email != anna {
			t.Errorf("%s: got %+v, %v", name, updated, err)
		}
	}
	if n := count(e, "PATCH"); n != 0 {
		t.Errorf("%d updates were sent", n)
	}
}

func TestAnUpdateOfNothingOrOfOneListTwoWaysIsRefusedWithoutARequest(t *testing.T) {
	e, s := newService(t, emulator.Config{})
	_, err := s.Update(background, ref(t, anna), Change{Consent: "they said so"})
	wantFault(t, err, fault.InvalidInput, "changes nothing")
	_, err = s.Apply(background, Found{}, Change{})
	wantFault(t, err, fault.InvalidInput)
	_, err = s.Update(background, ref(t, anna), Change{AddTo: []int64{1, 2}, RemoveFrom: []int64{2}})
	wantFault(t, err, fault.InvalidInput, "List 2", "both added and removed")
	if len(e.Requests()) != 0 {
		t.Errorf("%d requests", len(e.Requests()))
	}
}

func TestAnUpdateNeverCreatesAnybody(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		_, err := s.Update(background, ref(t, anna), Change{AddTo: []int64{1}})
		wantFault(t, err, fault.NotFound, anna, "create_contact")
		if e.Len() != 0 || count(e, "PATCH") != 0 {
			t.Errorf("%d contacts", e.Len())
		}
	})
}

func TestAWriteRightAfterAnotherArrives(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		created := must[apiclient.Contact](t)(s.Create(background, newAnna()))
		for i, change := range []Change{
			{AddTo: []int64{2}}, {Fields: apiclient.Values{"age": json.Number("30")}}, {RemoveFrom: []int64{1}, Fields: apiclient.Values{"first_name": nil}},
		} {
			updated := must[Updated](t)(s.Update(background, ref(t, anna), change))
			if len(updated.Differences) == 0 || updated.Contact.ID != created.ID {
				t.Errorf("update %d: got %+v", i, updated)
			}
		}
		contact := settled(t, e, anna)
		want := emulator.Contact{ID: created.ID, Email: anna, Status: "subscribed", Fields: map[string]any{"age": int64(30)}, ListIDs: []int64{2}, CreatedAt: contact.CreatedAt, UpdatedAt: contact.UpdatedAt}
		if diff := cmp.Diff(want, contact); diff != "" || e.Len() != 1 {
			t.Errorf("%d contacts (-want +got):\n%s", e.Len(), diff)
		}
	})
}

func TestTwoUpdatesAtOnceBothArrive(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		e.AddContact(emulator.Contact{Email: anna})
		var group sync.WaitGroup
		for _, change := range []Change{{AddTo: []int64{1}}, {Fields: apiclient.Values{"first_name": "Anna"}}} {
			group.Go(func() { must[Updated](t)(s.Update(background, ref(t, anna), change)) })
		}
		group.Wait()
		if contact := settled(t, e, anna); len(contact.ListIDs) != 1 || contact.Fields["first_name"] != "Anna" {
			t.Errorf("got %+v", contact)
		}
	})
}

func TestAnUpdateAtOnceWithAChangeOfAddressDoesNotUndoIt(t *testing.T) {
	const moved = "new@example.com"
	address, list := Change{Email: moved}, Change{AddTo: []int64{1}}
	for name, changes := range map[string][]Change{"the address first": {address, list}, "the list first": {list, address}} {
		t.Run(name, func(t *testing.T) {
			inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
				e.AddContact(emulator.Contact{Email: anna})
				before := must[Found](t)(s.Get(background, ref(t, anna)))
				var group sync.WaitGroup
				for _, change := range changes {
					group.Go(func() { must[Updated](t)(s.Apply(background, before, change)) })
					synctest.Wait() // so that they take their turns in this order
				}
				group.Wait()
				if contact := settled(t, e, moved); len(contact.ListIDs) != 1 {
					t.Errorf("got %+v", contact)
				}
			})
		})
	}
}

func TestAnAddressThatSomebodyElseChangedAfterOurWriteIsKept(t *testing.T) {
	inBubble(t, "in between", func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		e.AddContact(emulator.Contact{Email: anna})
		must[Updated](t)(s.Update(background, ref(t, anna), Change{AddTo: []int64{1}}))
		time.Sleep(time.Second) // in the bubble
		must[Updated](t)(serviceOn(t, e).Update(background, ref(t, anna), Change{Email: "new@example.com"}))
		must[Updated](t)(s.Update(background, ref(t, "new@example.com"), Change{AddTo: []int64{2}}))
		if contact := settled(t, e, "new@example.com"); len(contact.ListIDs) != 2 {
			t.Errorf("got %+v", contact)
		}
	})
}

func TestALostUpdateIsRepeated(t *testing.T) {
	for name, f := range map[string]emulator.Fault{
		"lost before": {Do: emulator.LoseBefore, Times: 2}, "lost after": {Do: emulator.LoseAfter, Times: 2}, "a 500": {Status: 500, Times: 2}, "silent": {Do: emulator.Hang, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
				e.AddContact(emulator.Contact{Email: anna})
				f.Method = "PATCH"
				e.Inject(f)
				updated := must[Updated](t)(s.Update(background, ref(t, anna), Change{AddTo: []int64{1}}))
				if contact := settled(t, e, anna); len(contact.ListIDs) != 1 || len(updated.Differences) != 1 {
					t.Errorf("got %+v", contact)
				}
			})
		})
	}
}

func TestADropThatLastsIsAConflict(t *testing.T) {
	inBubble(t, "200 and nothing done", func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		created := must[apiclient.Contact](t)(s.Create(background, newAnna()))
		e.Inject(emulator.Fault{Method: "PATCH", Status: 200, Body: `{"action":"updated","data":{"id":"` + created.ID + `","email":"` + anna + `","list_ids":[1,2]}}`})
		_, err := s.Update(background, ref(t, anna), Change{AddTo: []int64{2}})
		wantFault(t, err, fault.Conflict, "did not carry it out")
		if n := count(e, "PATCH"); n != 2 {
			t.Errorf("%d updates were sent, want the first and one more", n)
		}
	})
}

// Guarantee 5.3.
func TestAnAnswerWithoutAStatusIsLookedUp(t *testing.T) {
	inBubble(t, "done", func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		id := e.AddContact(emulator.Contact{Email: anna, Status: "unsubscribed"})
		e.Inject(emulator.Fault{Method: "PATCH", Status: 200, Body: `{"action":"updated","data":{"id":"` + id + `","email":"` + anna + `","list_ids":[2]}}`, Times: 1})
		updated := must[Updated](t)(s.Update(background, ref(t, anna), Change{AddTo: []int64{2}}))
		if contact := settled(t, e, anna); len(contact.ListIDs) != 1 || updated.Contact.Status != "unsubscribed" || count(e, "PATCH") != 2 {
			t.Errorf("got %+v, %+v after %d updates", contact, updated, count(e, "PATCH"))
		}
	})
}

func TestAnUpdateOfAContactThatTheAPIDoesNotFindYetWaits(t *testing.T) {
	inBubble(t, "404 within the window", func(t *testing.T) {
		e, s := newService(t, emulator.Config{ApplyDelay: 5 * time.Second})
		must[apiclient.Contact](t)(s.Create(background, newAnna()))
		e.Inject(emulator.Fault{Method: "PATCH", Status: 404, Body: `{"error":"Not Found"}`, Times: 3})
		must[Updated](t)(s.Update(background, ref(t, anna), Change{AddTo: []int64{2}}))
		if contact := settled(t, e, anna); len(contact.ListIDs) != 2 {
			t.Errorf("got %+v", contact)
		}
	})
}

func TestAnAddressThatIsTakenIsTold(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		e.AddContact(emulator.Contact{Email: anna})
		e.AddContact(emulator.Contact{Email: "bob@example.com"})
		_, err := s.Update(background, ref(t, anna), Change{Email: "bob@example.com", AddTo: []int64{1}})
		wantFault(t, err, fault.AlreadyExists, "bob@example.com", "Nothing was changed")
		if contact := settled(t, e, anna); len(contact.ListIDs) != 0 || e.Len() != 2 {
			t.Errorf("got %+v", contact)
		}
	})
}

func TestAContactIsFoundByItsNewAddressAtOnce(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		id := e.AddContact(emulator.Contact{Email: anna})
		must[Updated](t)(s.Update(background, ref(t, anna), Change{Email: "new@example.com"}))
		if found := must[Found](t)(s.Get(background, ref(t, "new@example.com"))); found.ID != id || found.Email != "new@example.com" {
			t.Errorf("got %+v", found)
		}
		settled(t, e, "new@example.com")
		_, err := s.Get(background, ref(t, anna))
		wantFault(t, err, fault.NotFound)
	})
}

func TestNobodyIsResubscribedWithoutConsent(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		e.AddContact(emulator.Contact{Email: anna, Status: "unsubscribed"})
		_, err := s.Update(background, ref(t, anna), Change{Unsubscribed: new(false), AddTo: []int64{1}})
		wantFault(t, err, fault.ConsentRequired, anna, "Nothing was changed")
		if count(e, "PATCH") != 0 {
			t.Error("an update was sent")
		}
		updated := must[Updated](t)(s.Update(background, ref(t, anna), Change{Unsubscribed: new(false), Consent: "form of 3 May"}))
		if contact := settled(t, e, anna); contact.Status != "subscribed" || !updated.Resubscribe || len(updated.Differences) != 1 {
			t.Errorf("got %+v, %+v", contact, updated)
		}
	})
}

func TestAContactUnsubscribedAMomentAgoNeedsConsentToo(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		e.AddContact(emulator.Contact{Email: anna})
		must[Updated](t)(s.Update(background, ref(t, anna), Change{Unsubscribed: new(true)}))
		_, err := s.Update(background, ref(t, anna), Change{Unsubscribed: new(false)})
		wantFault(t, err, fault.ConsentRequired)
	})
}

func TestASuppressedAddressStaysUnsubscribedAndThatIsTold(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		e.AddSuppression(anna, "hard bounce", "bulk", "example.com")
		e.AddContact(emulator.Contact{Email: anna})
		_, err := s.Update(background, ref(t, anna), Change{Unsubscribed: new(false), Consent: "by phone"})
		wantFault(t, err, fault.Conflict, "keeps the contact "+anna+" unsubscribed", "suppressed")
		time.Sleep(time.Minute) // in the bubble
		updated := must[Updated](t)(s.Update(background, ref(t, anna), Change{Unsubscribed: new(false), Consent: "by phone", AddTo: []int64{1}}))
		if len(updated.Differences) != 1 || updated.Differences[0].What != "list" || updated.Resubscribe || updated.Contact.Status != "unsubscribed" {
			t.Errorf("got %+v", updated)
		}
	})
}
