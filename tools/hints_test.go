package tools_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 10.18.
func TestHintsStandWhereverAConditionChoosesPeople(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.AddDomain(sendingDomain, "compliant")
		w.AddContact(emulator.Contact{Email: "caps@example.com", Fields: map[string]any{"plan": "PRO"}})
		const where = "plan = 'pro'"
		const says = `plan is also written "PRO" (1), which = does not fit`
		w.works("search_contacts", args{"where": where}).says(t, `plan is also written "PRO" (1)`)
		saved := w.works("save_segment", args{"name": "pro", "where": where})
		saved.says(t, `plan is also written "PRO" (1)`)
		for _, chosen := range []args{{"where": where}, {"segment": "pro"}} {
			for tool, given := range selectingTools(t) {
				given = maps.Clone(given)
				maps.Copy(given, chosen)
				given["preview"] = true
				answer := w.works(tool, given)
				answer.says(t, `plan is also written "PRO" (1)`)
				if !strings.Contains(fmt.Sprint(answer.structured), says) {
					t.Errorf("%s: structured says %v", tool, answer.structured)
				}
			}
			w.works("export_contacts", chosen).says(t, `plan is also written "PRO" (1)`)
		}
		replaced := w.works("save_segment", args{"name": "pro", "where": "plan <> 'free'"})
		replaced.says(t, "2 contacts without plan fit neither", `Before, it was pro: where "plan = 'pro'"`)
		replaced.has(t, "replaced", true, "before.where", where)
		// Guarantee 10.16c.
		w.works("save_segment", args{"name": "nobody", "where": "plan = 'Gold'"})
		w.refused("bulk_delete_contacts", args{"segment": "nobody", "preview": true}, "not_found", "No contact fits of segment nobody")
		w.refused("bulk_delete_contacts", args{"where": "plan = ''", "preview": true}, "not_found", "write plan IS NULL")
		w.refused("remove_from_list", args{"lists": "VIP", "where": "status = 'active'"}, "invalid_input", `Write "status = 'subscribed'`)
		w.refused("save_segment", args{"name": "x", "where": "plan = NULL"}, "invalid_input", `Write "plan IS NULL`)
	}, unlimited)
}

// Guarantee 10.15.
func TestASegmentNeverChoosesByANameThatMeansAnother(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.works("save_segment", args{"name": "pro", "where": "plan = 'pro' AND in_list('Newsletter')"})
		w.works("rename_list", args{"list": "Newsletter", "name": "Gazette"}).says(t, "The conditions of 1 segment name it by its new name now: pro.")
		w.works("update_field", args{"field": "plan", "name": "Tier", "merge_tag": "tier"}).says(t, "The conditions of 1 segment name it by its new name now: pro.")
		settled()
		w.works("bulk_delete_contacts", args{"segment": "pro", "preview": true}).says(t, "8 contacts")
		w.works("create_field", args{"name": "Tier of old", "merge_tag": "plan", "data_type": "text"})
		other := open(t, func(set *setting) { set.known = w.Emulator }) // knows nothing of the segment
		other.works("rename_list", args{"list": "Gazette", "name": "Old"})
		other.works("rename_list", args{"list": "VIP", "name": "Gazette"})
		settled()
		w.works("search_contacts", args{"refresh": true})
		w.refused("bulk_delete_contacts", args{"segment": "pro", "preview": true}, "conflict", `"Gazette", which now means the list "Gazette" (id 2)`, `now called "Old" (id 1)`, "Nothing was chosen")
		w.refused("export_contacts", args{"segment": "pro"}, "conflict", "now means")
		w.refused("sync_contacts", args{"segment": "pro", "list": "Trial"}, "conflict", "now means")
	}, unlimited)
}
