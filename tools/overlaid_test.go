package tools_test

import (
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
)

// Guarantee 4.6b.
func TestAnImportOfThoseWhoWereJustWrittenIsSeen(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(w *world){
		"one by one": func(w *world) {
			w.works("update_contact", args{"contact": "ann@example.com", "fields": args{"plan": "pro"}})
			w.works("update_contact", args{"contact": "bob@example.com", "add_to_lists": "Customers"})
		},
		"several": func(w *world) {
			w.works("bulk_update_contacts", args{"contacts": []any{"ann@example.com", "bob@example.com"}, "fields": args{"plan": "pro"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBothWindows(t, func(t *testing.T, w *world) {
				sample(w)
				write(w)
				w.file("new.csv", "email,first_name\nann@example.com,New\nbob@example.com,New\ncarl@example.com,New\n")
				imported := args{"file": "new.csv", "lists": "Trial"}
				w.ended(w.works("import_contacts", imported))
				time.Sleep(20 * time.Second)
				for _, refresh := range []bool{true, false} {
					w.works("search_contacts", args{"where": "first_name = 'New' AND in_list('Trial')", "refresh": refresh}).has(t, "total", 3)
				}
				w.works("search_contacts", args{"where": "plan = 'pro'"}).says(t, "ann@example.com")
				w.works("export_contacts", args{"lists": "Trial"}).says(t, "3 contacts")
				again := w.works("import_contacts", args{"file": "new.csv", "lists": "Trial", "preview": true})
				again.says(t, "0 changes to make")
			})
		})
	}
}

// Guarantee 4.6b.
func TestWhatOthersChangeLaterIsSeen(t *testing.T) {
	t.Parallel()
	eachClock(t, func(t *testing.T, w *world) {
		w.works("update_contact", args{"contact": "ann@example.com", "fields": args{"plan": "pro"}})
		time.Sleep(25 * time.Second)
		other := open(t, func(set *setting) { set.known = w.Emulator })
		other.works("update_contact", args{"contact": "ann@example.com", "fields": args{"plan": "team"}})
		w.works("search_contacts", args{"where": "plan = 'team'", "refresh": true}).has(t, "total", 1)
		w.works("search_contacts", args{"where": "plan = 'pro'"}).has(t, "total", 0)
	})
}

// Guarantee 4.6b.
func TestWhatWasJustWrittenIsSeenWhateverTheClocksSay(t *testing.T) {
	t.Parallel()
	eachClock(t, func(t *testing.T, w *world) {
		other := open(t, func(set *setting) { set.known = w.Emulator })
		other.works("update_contact", args{"contact": "ann@example.com", "fields": args{"plan": "team"}})
		time.Sleep(20 * time.Second)
		ann := w.contact("ann@example.com")
		w.box.Audience.Wrote(t.Context(), apiclient.Contact{ID: ann.ID, Email: ann.Email, Status: "unsubscribed"}) // the export lacks it
		w.works("search_contacts", args{"where": "status = 'unsubscribed'", "refresh": true}).has(t, "total", 1)
	})
}

// eachClock runs a test in a bubble, on an account whose clock is ahead of, behind and with the server's.
func eachClock(t *testing.T, test func(t *testing.T, w *world), settings ...func(*setting)) {
	t.Helper()
	for _, ahead := range []time.Duration{0, 10 * time.Minute, -10 * time.Minute} {
		t.Run(ahead.String(), func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				sample(w)
				test(t, w)
			}, append(settings, func(set *setting) { set.emulator.Now = func() time.Time { return time.Now().Add(ahead) } })...)
		})
	}
}
