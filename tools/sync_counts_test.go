package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// What a sync has done is counted whichever way each contact was written: together, or one by one.
func TestASyncCountsWhatItDidByEveryRoute(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		there, on, wanted int // the contacts of the account, how many of them are on the list, and how many are to be
		skip, new, valued int // the first wanted one, how many are created, and how many get another value
		unsubscribe       bool
		previews, says    string
		updated, leave    int
	}{
		"10 change and 35 leave": {there: 120, on: 120, wanted: 85, skip: 35, valued: 10, says: "0 created, 45 updated (35 of them left the list).",
			previews: "0 to create, 10 with other values (plan of 10), 35 to leave", updated: 45, leave: 35},
		"38 join":             {there: 38, wanted: 38, says: "0 created, 38 updated.", previews: "0 to create, 38 to join", updated: 38},
		"2 come and 3 leave":  {there: 9, on: 9, wanted: 6, skip: 3, new: 2, says: "2 created, 3 updated (left the list).", previews: "2 to create, 3 to leave", updated: 3, leave: 3},
		"3 are unsubscribed":  {there: 9, on: 9, wanted: 6, skip: 3, unsubscribe: true, says: "0 created, 0 updated, 3 unsubscribed and taken off the list.", previews: "3 to leave, 3 to unsubscribe"},
		"a job of many joins": {there: 300, on: 200, wanted: 290, skip: 10, says: "0 created, 110 updated (10 of them left the list).", previews: "100 to join, 10 to leave", updated: 110, leave: 10},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				w.AddField("Plan", "text", "plan")
				w.AddList("Shop")
				source := "email,plan\n"
				for i := range test.there {
					one := emulator.Contact{Email: fmt.Sprintf("p%03d@example.com", i), Fields: map[string]any{"plan": "free"}}
					if i < test.on {
						one.ListIDs = []int64{1}
					}
					w.AddContact(one)
					if i >= test.skip && i < test.skip+test.wanted {
						plan := "free"
						if i < test.skip+test.valued {
							plan = "pro"
						}
						source += one.Email + "," + plan + "\n"
					}
				}
				for i := range test.new {
					source += fmt.Sprintf("new%d@example.com,pro\n", i)
				}
				w.file("crm.csv", source)
				planned := w.works("sync_contacts", args{"file": "crm.csv", "list": "Shop", "max_removals": 50, "unsubscribe_missing": test.unsubscribe})
				planned.says(t, test.previews)
				started := w.works("apply_plan", args{"plan_id": planned.at("job.plan_id"), "wait_seconds": 45})
				ended := w.ended(started)
				ended.says(t, "finished: "+test.says)
				updated := any(test.updated)
				if test.updated == 0 {
					updated = nil
				}
				ended.has(t, "jobs.0.updated", updated, "jobs.0.done", nil)
				w.works("get_job", args{}).says(t, " finished: "+strings.TrimSuffix(test.says, "."))
				settled()
				on := 0
				for i := range test.there {
					on += len(w.contact(fmt.Sprintf("p%03d@example.com", i)).ListIDs)
				}
				if on != test.wanted {
					t.Errorf("%d contacts are on the list, not %d", on, test.wanted)
				}
			})
		})
	}
}

// One whom the sync finds gone from the list is counted apart, and not as changed.
func TestASyncCountsWhoLeftOfItself(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers(w)
		w.file("crm.csv", crmFile)
		planned := w.works("sync_contacts", args{"file": "crm.csv", "list": "Customers"})
		beside(t, w).works("remove_from_list", args{"contacts": []string{"p3@example.com"}, "lists": []string{"Customers"}})
		settled()
		w.works("apply_plan", args{"plan_id": planned.at("job.plan_id"), "wait_seconds": 45}).says(t,
			"finished: 5 of 6 contacts changed: 1 created, 4 updated (1 of them left the list), 1 already as requested.")
	})
}

// The same of an import that takes those who are there off a list, one by one.
func TestAnImportCountsWhomItTakesOffAList(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers(w)
		w.works("search_contacts", args{"where": "plan = 'free'"}) // there is a snapshot to compare with
		w.file("left.csv", "email,plan\np0@example.com,free\np1@example.com,pro\nother@example.com,free\nnew@example.com,free\n")
		started := w.works("import_contacts", args{"file": "left.csv", "remove_from_lists": []string{"Customers"}})
		ended := w.ended(started)
		ended.says(t, "finished: 1 created, 3 updated (2 of them left the list).")
		ended.has(t, "jobs.0.created", 1, "jobs.0.updated", 3, "jobs.0.done", nil)
	})
}
