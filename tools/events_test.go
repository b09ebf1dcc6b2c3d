package tools_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

func TestAnEventIsFiredOnceForEachContact(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.AddContact(emulator.Contact{Email: "bob@example.com"})
		fired := w.works("fire_event", args{"event": "trial_ending", "contacts": []any{"anna@example.com", "BOB@example.com", "anna@example.com", w.contact("bob@example.com").ID},
			"params": args{"days_left": 3, "plan": "pro", "ratio": 0.5, "paid": false, "coupon": nil}})
		fired.says(t, `Event finished: fired "trial_ending" for 2 contacts.`)
		fired.has(t, "job.done", 2, "job.contacts", 2)
		events := w.Events()
		if len(events) != 2 {
			t.Fatalf("%d events were fired", len(events))
		}
		want := map[string]any{"days_left": json.Number("3"), "plan": "pro", "ratio": json.Number("0.5"), "paid": false, "coupon": nil}
		if difference := cmp.Diff(want, events[0].Params); difference != "" {
			t.Errorf("params: %s", difference)
		}
	})
}

func TestAPersonNamedByAddressAndUUIDGetsOneEvent(t *testing.T) {
	t.Parallel()
	const nobody = "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132"
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		anna := w.contact("anna@example.com").ID
		bob := w.AddContact(emulator.Contact{Email: "bob@example.com"})
		some := w.works("fire_event", args{"event": "e", "contacts": []any{anna, nobody, "Anna@example.com", bob}})
		some.says(t, `fired "e" for 2 of 3 addresses (1 not a contact of this account).`, "- "+nobody)
		some.has(t, "job.done", 2, "job.contacts", 3, "job.not_found", 1, "job.problems.0.contact", nobody)
		counts := map[string]int{}
		for _, event := range w.Events() {
			counts[event.Email]++
		}
		if difference := cmp.Diff(map[string]int{"anna@example.com": 1, "bob@example.com": 1}, counts); difference != "" {
			t.Errorf("events: %s", difference)
		}
		w.works("create_contact", args{"email": "fresh@example.com"})
		w.ResetRequests()
		w.works("fire_event", args{"event": "uuids", "contacts": []any{anna, bob}}).has(t, "job.done", 2)
		w.works("fire_event", args{"event": "addresses", "contacts": []any{"anna@example.com", "fresh@example.com"}}).has(t, "job.done", 2)
		for _, request := range w.Requests() {
			if request.Method == http.MethodGet {
				t.Errorf("%s was looked up though all were named alike", request.Path)
			}
		}
	})
}

func TestNothingIsFiredWhenItIsNotKnownWhoIsWho(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.Inject(emulator.Fault{Method: http.MethodGet, Path: "/contacts/", Status: http.StatusForbidden, Body: `{"errors":"Access forbidden"}`})
		w.refused("fire_event", args{"event": "e", "contacts": []any{"anna@example.com", w.contact("anna@example.com").ID}}, "forbidden", "")
		if n := len(w.Events()); n != 0 {
			t.Errorf("%d events were fired", n)
		}
	})
}

func TestUnknownContactsAreNamedAndTheOthersFired(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		some := w.works("fire_event", args{"event": "first", "contacts": []any{"anna@example.com", "who@example.com"}})
		some.says(t, `fired "first" for 1 of 2 addresses (1 not a contact of this account).`, "- who@example.com: not a contact of this account")
		some.has(t, "job.done", 1, "job.not_found", 1)
		w.works("fire_event", args{"event": " e\n", "contacts": []any{"anna@example.com", "who@example.com", "other@example.com"}}).
			says(t, "(2 not contacts of this account).", "- who@example.com, other@example.com: not contacts of this account")
		w.refused("fire_event", args{"event": "e", "contacts": "who@example.com"}, "not_found", "There is no contact who@example.com.")
		w.refused("fire_event", args{"event": "e", "contacts": []any{"who@example.com", "other@example.com"}}, "not_found", "None of 2 contacts", "other@example.com")
		if events := w.Events(); len(events) != 2 || events[1].Name != "e" {
			t.Errorf("the events are %v", events)
		}
	})
}

func TestAContactCreatedAMomentAgoGetsItsEvent(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		w.works("create_contact", args{"email": "fresh@example.com"})
		w.works("fire_event", args{"event": "welcome", "contacts": "fresh@example.com"}).has(t, "fired", 1)
		if len(w.Events()) != 1 {
			t.Errorf("%d events were fired", len(w.Events()))
		}
	})
}

func TestAHundredContactsGetTheirEventWithinTheLimits(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		people := addresses(100)
		for _, email := range people {
			w.AddContact(emulator.Contact{Email: email})
		}
		w.works("fire_event", args{"event": "e", "contacts": people}).has(t, "job.done", 100)
		for _, request := range w.Requests() {
			if request.Status == http.StatusTooManyRequests {
				t.Fatal("the rate limit was run into")
			}
		}
	})
}

func TestAnEventGoesOnWhereTheAPIIsSlow(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := addresses(100)
		for _, email := range people {
			w.AddContact(emulator.Contact{Email: email})
		}
		some := w.works("fire_event", args{"event": "e", "contacts": people})
		some.says(t, "Event is running: ", " of 100 contacts dealt with", "It continues in the background; follow it with get_job")
		if fired := int(some.at("job.done").(float64)); fired == 0 || fired == 100 {
			t.Errorf("%d are said to have got it", fired)
		}
		w.ended(some).says(t, `Event finished: fired "e" for 100 contacts.`)
		if len(w.Events()) != 100 {
			t.Errorf("%d got it", len(w.Events()))
		}
	}, func(set *setting) { set.emulator.Latency = 5 * time.Second })
}

func TestAnEventIsNeverFiredTwice(t *testing.T) {
	t.Parallel()
	for _, lost := range []emulator.Action{emulator.LoseBefore, emulator.LoseAfter} {
		t.Run(fmt.Sprint(lost), func(t *testing.T) {
			inBothWindows(t, func(t *testing.T, w *world) {
				people := addresses(10)
				for _, email := range people {
					w.AddContact(emulator.Contact{Email: email})
				}
				w.Inject(emulator.Fault{Method: http.MethodPost, Path: "events", Times: 1, Do: lost})
				some := w.works("fire_event", args{"event": "e", "contacts": people})
				some.says(t, `fired "e" for 9 of 10 contacts (1 of unknown outcome).`, "do not repeat blindly", "no usable answer came back")
				some.has(t, "job.outcome_unknown", 1)
				counts := map[string]int{}
				for _, event := range w.Events() {
					counts[event.Email]++
				}
				for email, n := range counts {
					if n != 1 {
						t.Errorf("%s got %d events", email, n)
					}
				}
				w.Inject(emulator.Fault{Method: http.MethodPost, Path: "events", Times: 1, Do: lost})
				w.refused("fire_event", args{"event": "f", "contacts": people[0]}, "outcome_unknown", "could do it twice")
			})
		})
	}
}

var _ = hostileCase("fire_event", func(x *exposure) {
	x.given(
		args{"event": x.short, "contacts": "bob@example.com", "params": args{x.short: x.short, "k": x.short}}, args{"event": x.v, "contacts": "bob@example.com"}, args{"event": "e", "contacts": x.odd},
		args{"event": "e", "contacts": "bob@example.com", "params": args{x.v: []any{1}, "k": args{x.v: 1}}}, args{"event": x.short, "contacts": []any{x.v, "nobody@example.com"}},
		args{"event": x.short, "file": "evil.csv"}, args{"event": x.short, "file": "evil.csv", "params": args{"k": x.short}, "preview": true},
	)
	x.bySnapshot(args{"event": "e", "segment": x.v}, args{"event": "e", "segment": upTo(90, x.v), "preview": true}, args{"event": "e", "where": x.v})
})
