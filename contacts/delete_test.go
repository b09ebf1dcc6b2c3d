package contacts

import (
	"context"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestADeletedContactIsGone(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		id := e.AddContact(emulator.Contact{Email: anna})
		for _, name := range []string{anna, id} {
			err := deleteBy(background, s, ref(t, name))
			if name == id {
				wantFault(t, err, fault.NotFound, id)
			} else if err != nil {
				t.Error(err)
			}
			_, err = s.Get(background, ref(t, name))
			wantFault(t, err, fault.NotFound)
		}
		if e.Len() != 0 {
			t.Errorf("%d contacts", e.Len())
		}
	})
}

func TestADeleteRightAfterACreateLeavesNobody(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		created := must[apiclient.Contact](t)(s.Create(background, newAnna()))
		if err := deleteBy(background, s, ref(t, anna)); err != nil {
			t.Fatal(err)
		}
		_, err := s.Get(background, ref(t, created.ID))
		wantFault(t, err, fault.NotFound)
		time.Sleep(time.Minute) // in the bubble
		if e.Len() != 0 {
			t.Errorf("%d contacts have come back", e.Len())
		}
	})
}

func TestADeleteRightAfterAnUpdateLeavesNobody(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		id := e.AddContact(emulator.Contact{Email: anna})
		must[Updated](t)(s.Update(background, ref(t, anna), Change{AddTo: []int64{1}}))
		if err := deleteBy(background, s, ref(t, id)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // in the bubble
		if e.Len() != 0 {
			t.Errorf("%d contacts have come back", e.Len())
		}
	})
}

func TestALostDeleteIsRepeatedAndSucceeds(t *testing.T) {
	for name, f := range map[string]emulator.Fault{
		"lost before": {Do: emulator.LoseBefore, Times: 1}, "lost after": {Do: emulator.LoseAfter, Times: 1}, "a 500": {Status: 500, Times: 1}, "silent": {Do: emulator.Hang, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
				e.AddContact(emulator.Contact{Email: anna})
				f.Method = "DELETE"
				e.Inject(f)
				if err := deleteBy(background, s, ref(t, anna)); err != nil || e.Len() != 0 {
					t.Errorf("got %v, %d contacts", err, e.Len())
				}
			})
		})
	}
}

func TestADeleteOfANewContactThatNeverAppearsIsNotFound(t *testing.T) {
	inBubble(t, "somebody else deleted it", func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		must[apiclient.Contact](t)(s.Create(background, newAnna()))
		if err := deleteBy(background, serviceOn(t, e), ref(t, anna)); err != nil {
			t.Fatal(err)
		}
		wantFault(t, deleteBy(background, s, ref(t, anna)), fault.NotFound)
		_, err := s.Get(background, ref(t, anna))
		wantFault(t, err, fault.NotFound)
	})
}

func TestADeleteThatWaitsCanBeCancelled(t *testing.T) {
	inBubble(t, "in the window", func(t *testing.T) {
		_, s := newService(t, emulator.Config{ApplyDelay: 10 * time.Second})
		must[apiclient.Contact](t)(s.Create(background, newAnna()))
		ctx, cancel := context.WithTimeout(background, 2*time.Second)
		defer cancel()
		start := time.Now()
		wantFault(t, deleteBy(ctx, s, ref(t, anna)), fault.Timeout)
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestAnEventIsFiredOnce(t *testing.T) {
	for name, c := range map[string]struct {
		fault emulator.Fault
		code  fault.Code // empty: it succeeds
		fired int
	}{
		"all is well":          {emulator.Fault{Method: "none"}, "", 1},
		"lost before":          {emulator.Fault{Do: emulator.LoseBefore}, fault.OutcomeUnknown, 0},
		"lost after":           {emulator.Fault{Do: emulator.LoseAfter}, fault.OutcomeUnknown, 1},
		"a 500":                {emulator.Fault{Status: 500}, fault.OutcomeUnknown, 0},
		"silent":               {emulator.Fault{Do: emulator.Hang}, fault.OutcomeUnknown, 0},
		"a page in between":    {emulator.Fault{Status: 200, Body: "<html>"}, fault.OutcomeUnknown, 0},
		"a truncated 201":      {emulator.Fault{Do: emulator.TruncateBody}, "", 1},
		"refused":              {emulator.Fault{Status: 422, Body: `{"errors":{"name":["is too long"]}}`}, fault.InvalidInput, 0},
		"throttled for a time": {emulator.Fault{Status: 429, Times: 2}, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
				e.AddContact(emulator.Contact{Email: anna})
				e.Inject(c.fault)
				err := s.Fire(background, ref(t, anna), apiclient.Event{Name: "signup"})
				if c.code == "" && err != nil {
					t.Error(err)
				}
				if c.code != "" {
					wantFault(t, err, c.code)
				}
				if len(e.Events()) != c.fired || c.fault.Status != 429 && count(e, "POST") != 1 {
					t.Errorf("%d events by %d requests", len(e.Events()), count(e, "POST"))
				}
			})
		})
	}
}

func TestAnEventForANewContactWaitsForIt(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		must[apiclient.Contact](t)(s.Create(background, newAnna()))
		if err := s.Fire(background, ref(t, anna), apiclient.Event{Name: "signup"}); err != nil || len(e.Events()) != 1 {
			t.Errorf("got %v, %d events", err, len(e.Events()))
		}
	})
}

func TestAnEventForNobodyIsNotFoundAtOnce(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		wantFault(t, s.Fire(background, ref(t, anna), apiclient.Event{Name: "signup"}), fault.NotFound, anna)
		if len(e.Requests()) != 1 || e.Len() != 0 {
			t.Errorf("%d requests, %d contacts", len(e.Requests()), e.Len())
		}
	})
}

// deleteBy looks a contact up and deletes it.
func deleteBy(ctx context.Context, s *Service, who apiclient.ContactRef) error {
	found, err := s.Get(ctx, who)
	if err != nil {
		return err
	}
	return s.Delete(ctx, found)
}
