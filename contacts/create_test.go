package contacts

import (
	"context"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func newAnna() Creation {
	return Creation{NewContact: apiclient.NewContact{Email: anna, Fields: apiclient.Values{"first_name": "Anna"}, ListIDs: []int64{1}}}
}

func TestAContactIsCreatedAndSeenAtOnce(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		created := must[apiclient.Contact](t)(s.Create(background, newAnna()))
		for _, name := range []string{anna, created.ID} {
			found := must[Found](t)(s.Get(background, ref(t, name)))
			if found.ID != created.ID || found.Fields["first_name"] != "Anna" || len(found.ListIDs) != 1 {
				t.Errorf("%s: got %+v", name, found)
			}
			if _, stored := e.Contact(anna); stored == found.Pending {
				t.Errorf("%s: pending is %v", name, found.Pending)
			}
		}
		if contact := settled(t, e, anna); contact.ID != created.ID {
			t.Errorf("got %+v", contact)
		}
		if found := must[Found](t)(s.Get(background, ref(t, anna))); found.Pending {
			t.Error("it is pending for ever")
		}
	})
}

func TestALostAnswerLeavesExactlyOneContact(t *testing.T) {
	for name, faults := range map[string][]emulator.Fault{
		"lost before":             {{Do: emulator.LoseBefore, Times: 1}},
		"lost after":              {{Do: emulator.LoseAfter, Times: 1}},
		"a 500":                   {{Status: 500, Times: 1}},
		"truncated":               {{Do: emulator.TruncateBody, Times: 1}},
		"a page in between":       {{Status: 200, Body: "<html>", Times: 1}},
		"null":                    {{Status: 201, Body: "null", Times: 1}},
		"silent":                  {{Do: emulator.Hang, Times: 1}},
		"lost after, then before": {{Do: emulator.LoseAfter, Times: 1}, {Do: emulator.LoseBefore, Times: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
				for _, f := range faults {
					f.Method = "POST"
					e.Inject(f)
				}
				created, err := s.Create(background, newAnna())
				if fault.Is(err, fault.OutcomeUnknown) && len(faults) == 2 { // twice lost within the window: nobody can know
					if contact := settled(t, e, anna); contact.Fields["first_name"] != "Anna" || e.Len() != 1 {
						t.Errorf("got %+v, %d contacts", contact, e.Len())
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if contact := settled(t, e, anna); contact.ID != created.ID || e.Len() != 1 {
					t.Errorf("got %+v, %d contacts", contact, e.Len())
				}
				if n := count(e, "POST"); n > 2 {
					t.Errorf("%d creates were sent", n)
				}
			})
		})
	}
}

func TestTwiceLostAfterIsFoundByALook(t *testing.T) {
	inBubble(t, "applied at once", func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		e.Inject(emulator.Fault{Method: "POST", Do: emulator.LoseBefore, Times: 1}, emulator.Fault{Method: "POST", Do: emulator.LoseAfter, Times: 1})
		created := must[apiclient.Contact](t)(s.Create(background, newAnna()))
		if contact := settled(t, e, anna); contact.ID != created.ID || count(e, "POST") != 2 {
			t.Errorf("got %+v after %d creates", contact, count(e, "POST"))
		}
	})
}

func TestACreateWhoseOutcomeStaysUnknownSaysSo(t *testing.T) {
	inBubble(t, "no answer at all", func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		e.Inject(emulator.Fault{Do: emulator.LoseAfter})
		_, err := s.Create(background, newAnna())
		wantFault(t, err, fault.OutcomeUnknown, "Look with get_contact "+anna+"; if it is missing, create it again")
		if count(e, "POST") != 1 || e.Len() != 1 {
			t.Errorf("%d creates, %d contacts", count(e, "POST"), e.Len())
		}
	})
	inBubble(t, "no create is answered", func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		e.Inject(emulator.Fault{Method: "POST", Do: emulator.LoseBefore})
		_, err := s.Create(background, newAnna())
		wantFault(t, err, fault.OutcomeUnknown)
		if count(e, "POST") != 2 {
			t.Errorf("%d creates", count(e, "POST"))
		}
	})
}

func TestAnAddressThatIsThereIsToldWithWhoItIs(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		first := must[apiclient.Contact](t)(s.Create(background, newAnna()))
		want := []string{"There is a contact " + anna + " already.", "id " + first.ID + ": subscribed", `on "News"`, "update_contact"}
		again := newAnna()
		again.Email = " ANNA@Example.com "
		_, err := s.Create(background, again) // in the window: 409
		wantFault(t, err, fault.AlreadyExists, want...)
		_, err = serviceOn(t, e).Create(background, newAnna()) // by somebody who does not remember it
		wantFault(t, err, fault.AlreadyExists, want...)
		settled(t, e, anna)
		_, err = s.Create(background, newAnna()) // later: 422
		wantFault(t, err, fault.AlreadyExists, want...)
		if e.Len() != 1 {
			t.Errorf("%d contacts", e.Len())
		}
	})
}

func TestALostCreateIsToldFromAnOlderContactByMailtrapsClock(t *testing.T) {
	for _, ahead := range []time.Duration{-time.Hour, time.Hour} {
		config := emulator.Config{Now: func() time.Time { return time.Now().Add(ahead) }}
		inBubble(t, "our own, while Mailtrap is ahead by "+ahead.String(), func(t *testing.T) {
			e, s := newService(t, config)
			e.Inject(emulator.Fault{Method: "POST", Do: emulator.LoseAfter, Times: 1})
			created := must[apiclient.Contact](t)(s.Create(background, newAnna()))
			if contact := settled(t, e, anna); contact.ID != created.ID {
				t.Errorf("got %+v", contact)
			}
		})
		inBubble(t, "somebody else's of half an hour ago, while Mailtrap is ahead by "+ahead.String(), func(t *testing.T) {
			e, s := newService(t, config)
			like := emulator.Contact{Email: anna, CreatedAt: config.Now().Add(-30 * time.Minute), ListIDs: newAnna().ListIDs, Fields: newAnna().Fields}
			id := e.AddContact(like)
			e.Inject(emulator.Fault{Method: "POST", Do: emulator.LoseAfter, Times: 1})
			_, err := s.Create(background, newAnna())
			wantFault(t, err, fault.AlreadyExists, id)
		})
	}
}

func TestALostCreateOfAnOldContactsAddressIsNoSuccess(t *testing.T) {
	for name, do := range map[string]emulator.Action{"lost before": emulator.LoseBefore, "lost after": emulator.LoseAfter} {
		inBubble(t, name, func(t *testing.T) {
			e, s := newService(t, emulator.Config{})
			id := e.AddContact(emulator.Contact{Email: anna, CreatedAt: time.Now().Add(-time.Hour)})
			e.Inject(emulator.Fault{Method: "POST", Do: do, Times: 1})
			_, err := s.Create(background, newAnna())
			wantFault(t, err, fault.AlreadyExists, id)
		})
	}
}

func TestALostCreateDoesNotClaimSomebodyElsesNewContact(t *testing.T) {
	for name, do := range map[string]emulator.Action{"lost before": emulator.LoseBefore, "lost after": emulator.LoseAfter} {
		for what, there := range map[string]emulator.Contact{
			"another name": {Fields: map[string]any{"first_name": "Bob"}, ListIDs: []int64{1}}, "not on the list": {Fields: map[string]any{"first_name": "Anna"}},
		} {
			inBubble(t, name+", "+what, func(t *testing.T) {
				e, s := newService(t, emulator.Config{})
				there.Email, there.CreatedAt = anna, time.Now().Add(-30*time.Second)
				id := e.AddContact(there)
				e.Inject(emulator.Fault{Method: "POST", Do: do, Times: 1})
				_, err := s.Create(background, newAnna())
				wantFault(t, err, fault.AlreadyExists, id)
			})
		}
		t.Run(name+", written by this server", func(t *testing.T) {
			inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
				first := must[apiclient.Contact](t)(s.Create(background, newAnna()))
				e.Inject(emulator.Fault{Method: "POST", Do: do, Times: 1})
				_, err := s.Create(background, newAnna())
				wantFault(t, err, fault.AlreadyExists, first.ID)
			})
		})
	}
}

func TestA409ThatNeverBecomesAContactIsStillTold(t *testing.T) {
	inBubble(t, "somebody else's write", func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		e.Inject(emulator.Fault{Method: "POST", Status: 409, Body: `{"errors":"Contact exists"}`})
		_, err := s.Create(background, newAnna())
		wantFault(t, err, fault.AlreadyExists, "written by somebody else right now")
	})
}

func TestACreateIsRefusedForWhatIsNoAddress(t *testing.T) {
	e, s := newService(t, emulator.Config{})
	for _, email := range []string{"", "lists/5", "..", "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132", "a@b", "a b@example.com"} {
		_, err := s.Create(background, Creation{NewContact: apiclient.NewContact{Email: email}})
		wantFault(t, err, fault.InvalidInput, "The address", "Nothing was sent")
	}
	if len(e.Requests()) != 0 {
		t.Errorf("%d requests", len(e.Requests()))
	}
}

func TestWhatTheAPIRefusesIsToldInItsWords(t *testing.T) {
	e, s := newService(t, emulator.Config{ContactLimit: 1})
	e.AddContact(emulator.Contact{Email: "first@example.com"})
	_, err := s.Create(background, newAnna())
	wantFault(t, err, fault.LimitReached, `base: "contacts limit reached"`)
	_, err = s.Create(background, Creation{NewContact: apiclient.NewContact{Email: anna, ListIDs: []int64{99}}})
	wantFault(t, err, fault.InvalidInput, "list_ids")
}

func TestACreateCancelledInTheWindowEndsAtOnce(t *testing.T) {
	inBubble(t, "while it waits for the contact to appear", func(t *testing.T) {
		e, s := newService(t, emulator.Config{ApplyDelay: 10 * time.Second})
		e.Inject(emulator.Fault{Method: "POST", Do: emulator.LoseAfter, Times: 1})
		ctx, cancel := context.WithTimeout(background, 2*time.Second)
		defer cancel()
		start := time.Now()
		_, err := s.Create(ctx, newAnna())
		wantFault(t, err, fault.OutcomeUnknown)
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("took %s", took)
		}
	})
}
