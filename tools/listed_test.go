package tools_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// suppressedAccount is an account of six people, three of whom mail does not reach.
func suppressedAccount(w *world) {
	seeded(w)
	for i := range 5 {
		w.AddContact(emulator.Contact{Email: fmt.Sprintf("p%d@example.com", i), Status: "subscribed"})
	}
	w.AddSuppression("P0@example.com", "hard bounce", "bulk", "news.example.com")
	w.AddSuppression("p1@example.com", "spam complaint", "any", "news.example.com")
	w.AddSuppression("p2@example.com", "manual import", "transactional", "")
	w.AddSuppression("stranger@example.com", "hard bounce", "bulk", "news.example.com")
}

// Wherever a condition is taken, it may ask who is suppressed, and the answer says how old that list is.
func TestConditionsAskWhoIsSuppressed(t *testing.T) {
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		suppressedAccount(w)
		const age = "Suppressions (4) as of "
		found := w.works("search_contacts", args{"where": "suppressed", "columns": []any{"email", "suppressed_at"}, "order_by": "email"})
		found.says(t, "3 of 6 contacts fit", age+"2000-01-01 00:00 UTC, just now.")
		found.has(t, "total", 3, "rows.0", args{"email": "p0@example.com", "suppressed_at": "2000-01-01 00:00:00"},
			"snapshot.suppressions", age+"2000-01-01 00:00 UTC, just now.")
		w.works("search_contacts", args{"where": "is_suppressed('any', 'bulk', 'news.example.com')"}).has(t, "total", 2)
		w.works("search_contacts", args{"where": "is_suppressed('hard bounce')"}).has(t, "total", 1)
		w.works("search_contacts", args{"where": "NOT suppressed"}).has(t, "total", 3)
		w.works("search_contacts", args{"count_by": "suppressed"}).says(t, age, "- true 3", "- false 3")
		w.works("search_contacts", args{"where": "email LIKE 'p%'"}).has(t, "total", 5, "snapshot.suppressions", nil)
		w.refused("search_contacts", args{"where": "is_suppressed('bounced')"}, "invalid_input", "is_suppressed('hard bounce')")

		w.works("save_segment", args{"name": "Reachable", "where": "status = 'subscribed' AND NOT suppressed"}).says(t, "3 contacts fit", age)
		exported := w.works("export_contacts", args{"segment": "Reachable", "columns": []any{"email", "suppressed"}, "file": "out.csv"})
		exported.says(t, "Exported 3 contacts", age)
		written, err := os.ReadFile(filepath.Join(w.dir, "out.csv"))
		must(t, err)
		if string(written) != "email,suppressed\nanna@example.com,false\np3@example.com,false\np4@example.com,false\n" {
			t.Errorf("the file is %s", written)
		}
		preview := w.works("remove_from_list", args{"lists": "Newsletter", "where": "NOT suppressed", "preview": true})
		preview.says(t, age)
		w.works("bulk_update_contacts", args{"where": "is_suppressed('hard bounce')", "fields": args{"age": 1}, "preview": true}).says(t, "1 contact", age)
		settled()
		sync := w.works("sync_contacts", args{"segment": "Reachable", "list": "VIP"})
		sync.says(t, "3", age)
	})
}

func TestARefreshForgetsLiftedSuppressions(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		suppressedAccount(w)
		w.works("search_contacts", args{"where": "suppressed"}).has(t, "total", 3)
		w.LiftSuppressions("p0@example.com")
		time.Sleep(2 * time.Hour)
		w.AddSuppression("p3@example.com", "hard bounce", "bulk", "news.example.com")
		w.works("search_contacts", args{"where": "suppressed"}).says(t, "4 of 6", "just now; those lifted since 2000-01-01 00:00 may still count.")
		w.works("search_contacts", args{"where": "suppressed", "refresh": true}).says(t, "3 of 6", "Suppressions (4) as of 2000-01-01 02:0")
	})
}

// Guarantee 8.12.
//
// What is not known is said, and is not taken for "not suppressed".
func TestWithoutTheListNobodyIsTakenForReachable(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		suppressedAccount(w)
		w.Inject(emulator.Fault{Path: "/suppressions", Status: 403, Body: `{"errors":"Access forbidden"}`, Times: 1})
		for _, call := range []struct {
			tool string
			args args
		}{
			{"search_contacts", args{"where": "NOT suppressed"}}, {"search_contacts", args{"count_by": "suppressed"}},
			{"search_contacts", args{"order_by": "suppressed_at"}}, {"save_segment", args{"name": "x", "where": "NOT suppressed"}},
			{"export_contacts", args{"columns": []any{"suppressed"}}}, {"bulk_delete_contacts", args{"where": "NOT suppressed", "preview": true}},
		} {
			w.refused(call.tool, call.args, "forbidden", "It is not known yet who is suppressed.", "may not look at suppressions")
		}
		w.works("search_contacts", args{"where": "status = 'subscribed'"}).has(t, "total", 6)
		time.Sleep(2 * time.Minute)
		w.works("search_contacts", args{"where": "NOT suppressed"}).has(t, "total", 3)
		w.Inject(emulator.Fault{Path: "/suppressions", Status: 403, Body: `{"errors":"Access forbidden"}`})
		time.Sleep(time.Hour)
		w.works("search_contacts", args{"where": "NOT suppressed"}).says(t, "3 of 6", "62 minutes ago", "A newer list could not be loaded: This API token may not look at suppressions.")
		w.nothingWritten()
	})
}

// A list that takes longer than a call waits is loaded on meanwhile, and looks at single people do not wait for it.
func TestALongListIsWaitedForInBoundedTime(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		suppressedAccount(w)
		for i := range 8000 {
			w.AddSuppression(fmt.Sprintf("stranger%d@example.com", i), "hard bounce", "bulk", "news.example.com")
		}
		began := time.Now()
		w.refused("search_contacts", args{"where": "NOT suppressed"}, "timeout", "so far 5,000 suppressions", "continues in the background")
		if took := time.Since(began); took > 50*time.Second {
			t.Errorf("the call took %s", took)
		}
		began = time.Now()
		w.works("check_suppressions", args{"contacts": []any{"p0@example.com", "p1@example.com", "p2@example.com", "p3@example.com"}}).
			says(t, "p0@example.com: subscribed as a contact (and on no list); suppressed on the sending side: hard bounce")
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("a look at four people took %s", took)
		}
		time.Sleep(4 * time.Minute)
		w.works("search_contacts", args{"where": "NOT suppressed"}).says(t, "3 of 6", "Suppressions (8,004) as of")
	})
}

func TestAnErasureReachesTheListOfSuppressions(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, func(set *setting) { set.state = data })
		suppressedAccount(w)
		w.works("search_contacts", args{"where": "suppressed"}).has(t, "total", 3)
		there := func() (found []string) {
			must(t, filepath.WalkDir(data, func(path string, entry os.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				content, err := os.ReadFile(path)
				if strings.Contains(strings.ToLower(string(content)), "p0@example.com") {
					found = append(found, filepath.Base(path))
				}
				return err
			}))
			return found
		}
		if !strings.Contains(strings.Join(there(), " "), ".suppressions") {
			t.Fatalf("the person is in %q", there())
		}
		w.works("delete_contact", args{"contact": "p0@example.com", "erase": true})
		settled()
		if left := there(); strings.Contains(strings.Join(left, " "), ".suppressions") {
			t.Errorf("the person is left in %q", left)
		}
	})
}
