package tools_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// The tests of this file are what people ask their agent to do with an audience that can be queried.

func onList(w *world, list int64) (emails []string) {
	for i := range 30 {
		for _, domain := range []string{"example.com", "gmail.com"} {
			if found, ok := w.Contact(fmt.Sprintf("p%02d@%s", i, domain)); ok && slices.Contains(found.ListIDs, list) {
				emails = append(emails, found.Email)
			}
		}
	}
	return emails
}

func TestEveryoneOfTrialWhoIsProIsMovedToCustomers(t *testing.T) { // scenario 9
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, _, trial := audienceOf(w)
		w.AddContact(emulator.Contact{Email: "p30@example.com", ListIDs: []int64{trial}, Fields: map[string]any{"plan": "free"}})
		customers := w.Lists()[3].ID
		move := args{"where": "in_list('Trial') AND plan = 'pro'", "add_to_lists": "Customers", "remove_from_lists": "Trial"}
		preview := w.works("bulk_update_contacts", with(move, "preview", true))
		preview.says(t, "5 contacts where \"in_list('Trial') AND plan = 'pro'\"", `add to "Customers" (id 4); take off "Trial" (id 3)`)
		w.nothingWritten()
		w.works("bulk_update_contacts", with(move)).says(t, "5 contacts updated")
		settled()
		if moved, left := onList(w, customers), onList(w, trial); len(moved) != 5 || len(left) != 0 || moved[0] != "p00@gmail.com" {
			t.Errorf("moved %q, left %q", moved, left)
		}
		if found := w.contact("p30@example.com"); !slices.Equal(found.ListIDs, []int64{trial}) {
			t.Errorf("who is not pro is %+v", found)
		}
		if found := w.contact("p00@gmail.com"); !slices.Contains(found.ListIDs, newsletter) || found.Fields["plan"] != "pro" {
			t.Errorf("one who was moved is %+v", found)
		}
		imports := 0
		for _, sent := range w.writes() {
			if strings.HasSuffix(sent, "/contacts/imports") {
				imports++
			}
		}
		if imports != 0 { // Guarantee 3.2.
			t.Errorf("%d imports take people off a list", imports)
		}
		w.refused("bulk_update_contacts", move, "not_found", "No contact fits") // there is nobody left to move
	})
}

func TestSubscribersWithGmailAddressesAreCountedPerList(t *testing.T) { // scenario 10
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		audienceOf(w)
		counted := w.works("search_contacts", args{"where": "status = 'subscribed' AND email_domain = 'gmail.com'", "count_by": "list"})
		counted.says(t, "7 of 30 contacts fit, by lists (who is on several counts in each):\n- Newsletter 5\n- Trial 5\n- VIP 2\n")
		counted.has(t, "counts.0", args{"value": "Newsletter", "contacts": 5}, "counts.2.contacts", 2)
	})
}

func TestWhoIsProAndDormantIsAskedAndSaved(t *testing.T) { // scenario 11
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.works("search_contacts", args{"where": dormant}).says(t, "3 of 30 contacts fit")
		w.works("save_segment", args{"name": "dormant-pro", "where": dormant}).says(t, "3 contacts fit it now")
		time.Sleep(24 * time.Hour)
		w.works("update_contact", args{"contact": "p05@example.com", "fields": args{"last_login": "2026-11-20"}})
		w.works("fire_event", args{"event": "win_back", "segment": "dormant-pro", "preview": true}).has(t, "job.contacts", 2) // evaluated anew
	})
}

func TestEveryoneOfACompetitorIsTakenOffAllLists(t *testing.T) { // scenario 13
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		_, vip, _ := audienceOf(w)
		off := args{"where": "email_domain = 'gmail.com'", "lists": "*"}
		preview := w.works("remove_from_list", with(off, "preview", true))
		preview.says(t, "7 contacts where \"email_domain = 'gmail.com'\"", "take off all lists", "p00@gmail.com")
		w.nothingWritten()
		w.works("apply_plan", args{"plan_id": preview.at("job.plan_id"), "wait_seconds": 45}).says(t, "7 contacts removed from all their lists.")
		settled()
		if left := onList(w, vip); len(left) > 0 || w.Len() != 30 {
			t.Errorf("left: %q, %d contacts", left, w.Len())
		}
	})
}

func TestNobodyInactiveIsDeletedInOneCall(t *testing.T) { // scenario 15
	t.Parallel()
	person := &operator{}
	eachEra(t, func(t *testing.T, w *world) {
		person.asked, person.action = nil, mcp.ElicitationResponseActionDecline
		audienceOf(w)
		for _, inactive := range []string{"last_login < date('now','-90 days')", "last_login IS NULL", "1 = 1", "status = 'unsubscribed'"} {
			w.refused("bulk_delete_contacts", args{"where": inactive}, "needs_preview", "not deleted unseen", "preview: true", "how many")
		}
		w.refused("bulk_delete_contacts", args{"where": "inactive", "preview": true}, "invalid_input", "inactive")
		w.nothingWritten()
		preview := w.works("bulk_delete_contacts", args{"where": "last_login < date('now','-90 days')", "preview": true})
		preview.says(t, "Preview, nothing was sent: 3 contacts", "They are deleted", "p05@example.com")
		preview.has(t, "job.contacts", 3)
		plan := args{"plan_id": preview.at("job.plan_id")}
		w.refused("apply_plan", plan, "cancelled")
		if w.Len() != 30 || len(person.asked) != 1 || !strings.Contains(person.asked[0], `Delete 3 contacts where "last_login < date('now','-90 days')"`) {
			t.Errorf("%d contacts are left, asked %q", w.Len(), person.asked)
		}
		person.action = mcp.ElicitationResponseActionAccept
		w.works("apply_plan", plan).says(t, "3 contacts deleted")
		if w.Len() != 27 {
			t.Errorf("%d contacts are left", w.Len())
		}
	}, withOperator(person))
}

func TestAnEventIsFiredForAllOfASegment(t *testing.T) { // scenario 18
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddField("Plan", "text", "plan")
		for i := range 520 {
			w.AddContact(emulator.Contact{Email: fmt.Sprintf("t%03d@example.com", i), Fields: map[string]any{"plan": map[bool]string{true: "trial", false: "pro"}[i < 500]}})
		}
		w.works("save_segment", args{"name": "on trial", "where": "plan = 'trial'"}).says(t, "500 contacts fit")
		preview := w.works("fire_event", args{"event": "trial_ending", "params": args{"days_left": 3}, "segment": "on trial", "preview": true})
		preview.says(t, `500 contacts of segment "on trial"`, `fire "trial_ending"`, "once per 24 hours")
		job := w.works("apply_plan", args{"plan_id": preview.at("job.plan_id"), "wait_seconds": 0}).at("job.job_id")
		time.Sleep(10 * time.Minute)
		w.works("get_job", args{"job_id": job}).says(t, "500 contacts")
		if fired := w.Events(); len(fired) != 500 {
			t.Errorf("%d events", len(fired))
		}
	})
}

func TestTheSubscribedOfAListAreExportedFromTheSnapshot(t *testing.T) { // scenario 23
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		audienceOf(w)
		exported := w.works("export_contacts", args{"lists": "Newsletter", "status": "subscribed", "where": "plan = 'pro'"})
		exported.says(t, "Exported 8 contacts to "+w.dir, `"last_login" 100%`, `"first_name" 0%`)
		exported.has(t, "exported", 8)
	})
}

func TestTheMonthsOfAReportAddUp(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		for i := range 9 {
			w.AddContact(emulator.Contact{Email: fmt.Sprintf("old%d@example.com", i)})
		}
		time.Sleep(400 * 24 * time.Hour)
		w.AddContact(emulator.Contact{Email: "new@example.com"})
		report := w.works("audience_report", args{"refresh": true})
		report.says(t, "Created: before 2000-03 9, 2001-02 1.")
		report.has(t, "created.0", args{"month": "before 2000-03", "contacts": 9})
	})
}

func TestTheMonthlyReportNamesNobody(t *testing.T) { // scenario 28
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		audienceOf(w)
		for _, email := range []string{"info@example.com", "sales@example.org", "anna@gmial.com", "bob@gmail.com", "b.o.b+news@gmail.com"} {
			w.AddContact(emulator.Contact{Email: email, Fields: map[string]any{"plan": "free"}})
		}
		first := w.works("audience_report", nil)
		first.says(t, "35 contacts: 33 subscribed, 2 unsubscribed.", `Lists: "Newsletter" (id 1) 28, "Trial" (id 3) 5, "VIP" (id 2) 2, "Customers" (id 4) 0; on none 5.`, "Growth: not known yet",
			"Fields filled: ", "plan 94%", "Domains: example.com 24, gmail.com 9, ", "- 2 contacts are role addresses", "- 1 contact", `"gmial.com, for gmail.com: 1"`, "- 1 contact shares an inbox", "- 5 contacts are on no list", "As of ")
		first.has(t, "contacts", 35, "subscribed", 33, "lists.0.contacts", 28, "in_no_list", 5, "domains.0.domain", "example.com", "hygiene.0.kind", "role")
		time.Sleep(30 * 24 * time.Hour)
		for i := range 10 {
			w.AddContact(emulator.Contact{Email: fmt.Sprintf("late%d@example.com", i), ListIDs: []int64{1}})
		}
		second := w.works("audience_report", nil)
		second.says(t, "45 contacts", "Growth of the account since 2000-01-01: contacts 35 → 45 (+10), subscribed 33 → 43 (+10), unsubscribed 2 → 2 (+0)", "Created: 2000-01 45.")
		second.has(t, "growth.0.contacts", 35, "growth.1.contacts", 45)
		one := w.works("audience_report", args{"list": "newsletter"})
		one.says(t, `38 contacts on "Newsletter" (id 1): 36 subscribed`, `They are also on: "Trial" (id 3) 5.`, "on the list 28 → 38 (+10)")
		for _, report := range []answer{first, second, one} {
			if said := report.text + string(mustJSON(t, report.structured)); strings.Contains(said, "@example") || strings.Contains(said, "@g") {
				t.Errorf("it names somebody: %s", said)
			}
		}
		w.nothingWritten()
	})
}
