package contacts

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
)

func TestWhatWasWrittenIsRememberedForAWhile(t *testing.T) {
	inBubble(t, "by address and UUID", func(t *testing.T) {
		r := newRecent()
		r.remember(apiclient.Contact{ID: "1", Email: "Anna@Example.com"})
		byEmail, byID := ref(t, anna), apiclient.ContactID("1")
		for _, name := range []apiclient.ContactRef{byEmail, byID} {
			if _, ok := r.find(name); !ok {
				t.Errorf("%s is not remembered", name)
			}
		}
		time.Sleep(recentFor)
		for _, name := range []apiclient.ContactRef{byEmail, byID, ref(t, "b@example.com")} {
			if _, ok := r.find(name); ok {
				t.Errorf("%s is remembered for ever", name)
			}
		}
	})
}

func TestAnAddressThatMovedNamesItsNewContact(t *testing.T) {
	r := newRecent()
	r.remember(apiclient.Contact{ID: "1", Email: anna})
	r.remember(apiclient.Contact{ID: "1", Email: "new@example.com"})
	if _, ok := r.find(ref(t, anna)); ok {
		t.Error("the old address still names it")
	}
	r.remember(apiclient.Contact{ID: "1", Email: anna})
	r.remember(apiclient.Contact{ID: "2", Email: anna})
	r.remember(apiclient.Contact{ID: "1", Email: "new@example.com"})
	if got, ok := r.find(ref(t, anna)); !ok || got.contact.ID != "2" {
		t.Errorf("got %+v, %v", got, ok)
	}
	r.forget(ref(t, "new@example.com"))
	if _, ok := r.find(apiclient.ContactID("1")); ok {
		t.Error("it is not forgotten")
	}
	if _, ok := r.find(apiclient.ContactID("2")); !ok {
		t.Error("the other one is forgotten")
	}
}

func TestTheMemoryOfWritesIsBounded(t *testing.T) {
	inBubble(t, "an hour of writes", func(t *testing.T) {
		r := newRecent()
		for i := range 3600 * 3 {
			r.remember(apiclient.Contact{ID: fmt.Sprint(i), Email: fmt.Sprintf("%d@example.com", i)})
			time.Sleep(time.Second / 3)
		}
		if len(r.byID) > 200 || len(r.byEmail) > 200 {
			t.Errorf("%d contacts and %d addresses are kept", len(r.byID), len(r.byEmail))
		}
	})
}

func TestValuesAreComparedAsTheAPIKeepsThem(t *testing.T) {
	for _, c := range []struct {
		a, b any
		same bool
	}{
		{"a", "a", true}, {"a", "A", false}, {nil, "", true}, {nil, nil, true}, {nil, "a", false}, {"", json.Number("0"), false}, {nil, false, false},
		{json.Number("42"), json.Number("42.0"), true}, {json.Number("1e2"), json.Number("100"), true}, {json.Number("0.1"), json.Number("0.10"), true}, {json.Number("1"), json.Number("2"), false},
		{json.Number("9007199254740993"), json.Number("9007199254740992"), false}, {true, true, true}, {true, false, false}, {"42", json.Number("42"), true},
	} {
		if sameValue(c.a, c.b) != c.same || sameValue(c.b, c.a) != c.same {
			t.Errorf("%#v and %#v: want same %v", c.a, c.b, c.same)
		}
	}
}

func TestAWriteThatWaitsForAnotherToTheSameContactCanBeCancelled(t *testing.T) {
	inBubble(t, "the other one hangs", func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		e.AddContact(emulator.Contact{Email: anna})
		e.Inject(emulator.Fault{Method: "PATCH", Do: emulator.Hang, Times: 1})
		first := make(chan error, 1)
		go func() {
			_, err := s.Update(background, ref(t, anna), Change{AddTo: []int64{1}})
			first <- err
		}()
		time.Sleep(time.Second) // in the bubble
		ctx, cancel := context.WithTimeout(background, time.Second)
		defer cancel()
		start := time.Now()
		_, err := s.Update(ctx, ref(t, anna), Change{AddTo: []int64{2}})
		wantFault(t, err, fault.Timeout)
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %s", took)
		}
		if err := <-first; err != nil || count(e, "PATCH") != 2 || len(s.turns.held) != 0 {
			t.Errorf("got %v after %d updates; %d turns are held", err, count(e, "PATCH"), len(s.turns.held))
		}
	})
}

// What was written stays with its field, with a journal and without.
func TestWhatWasWrittenStaysWithItsField(t *testing.T) {
	for _, off := range []bool{false, true} {
		t.Run(fmt.Sprintf("journal off: %v", off), func(t *testing.T) {
			inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
				if off {
					s.journal = journal.New(journal.Options{Off: true})
					s.catalog = catalog.New(s.api, s.journal)
				}
				e.AddContact(emulator.Contact{Email: anna})
				must[Updated](t)(s.Update(background, ref(t, anna), Change{Fields: map[string]any{"age": 42}}))
				written := func() any {
					t.Helper()
					contact, known := s.justWritten(background, ref(t, anna))
					if !known {
						t.Fatal("it is forgotten")
					}
					return contact.Fields
				}
				if got := fmt.Sprint(written()); !strings.Contains(got, "age:42") {
					t.Error(got)
				}
				for _, tag := range []string{"years", "age_in_years"} {
					if _, _, err := s.catalog.UpdateField(background, "Age", apiclient.FieldChange{MergeTag: tag}); err != nil {
						t.Fatal(err)
					}
					if got := fmt.Sprint(written()); !strings.Contains(got, tag+":42") || strings.Contains(got, "age:42") {
						t.Error(got)
					}
				}
				if _, err := s.catalog.DeleteField(background, "Age"); err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprint(written()); strings.Contains(got, "42") {
					t.Error(got)
				}
			})
		})
	}
}
