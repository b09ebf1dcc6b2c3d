package tools_test

import (
	"testing"
	"time"
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
	inFakeTime(t, func(t *testing.T, w *world) {
		sample(w)
		w.works("update_contact", args{"contact": "ann@example.com", "fields": args{"plan": "pro"}})
		time.Sleep(25 * time.Second)
		other := open(t, func(set *setting) { set.known = w.Emulator })
		other.works("update_contact", args{"contact": "ann@example.com", "fields": args{"plan": "team"}})
		w.works("search_contacts", args{"where": "plan = 'team'", "refresh": true}).has(t, "total", 1)
		w.works("search_contacts", args{"where": "plan = 'pro'"}).has(t, "total", 0)
	})
}
