package tools_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// The tests of this file hold what an agent is told in answers, line by line of docs/guarantees.md.

// Guarantee 8.1.
func TestAnAnswerSaysOnlyWhatItMayLack(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		whole := func(given answer) {
			t.Helper()
			if strings.Contains(given.text, "may lack") || given.at("snapshot.changes_missing") != nil {
				t.Errorf("nothing is missing, and the answer says so:\n%s", given.text)
			}
		}
		w.works("search_contacts", nil)
		w.works("create_contact", args{"email": "new@example.com", "lists": "VIP"})
		whole(w.works("search_contacts", args{"where": "in_list('VIP')"})) // written one by one, and shown
		time.Sleep(time.Minute)
		w.works("search_contacts", args{"refresh": true})
		w.works("add_to_list", args{"lists": "VIP", "where": "plan = 'pro'"}) // many at a time
		time.Sleep(6 * time.Second)
		lacking := w.works("search_contacts", args{"count_by": "list"})
		lacking.says(t, "; may lack the update of 8 contacts ", " seconds ago (complete after 00:01:", " UTC). refresh: true renews it.")
		lacking.has(t, "snapshot.changes_missing", 8)
		complete, err := time.Parse(time.RFC3339, lacking.at("snapshot.complete_after").(string))
		must(t, err)
		w.works("search_contacts", args{"refresh": true}).says(t, "may lack the update of 8 contacts", complete.Format("(complete after 15:04:05 UTC)"))
		time.Sleep(time.Until(complete))
		for tool, given := range map[string]args{
			"search_contacts": {"where": "in_list('VIP')", "refresh": true}, "audience_report": {}, "export_contacts": {"lists": "VIP"},
			"save_segment": {"name": "vips", "where": "in_list('VIP')"},
		} {
			answer := w.works(tool, given)
			if tool == "search_contacts" { // the first
				answer.says(t, "11 of 31 contacts fit")
			}
		}
		whole(w.works("search_contacts", args{"where": "in_list('VIP')"}))
		whole(w.works("audience_report", nil))
		whole(w.works("export_contacts", args{"lists": "VIP"}))
		whole(w.works("save_segment", args{"name": "vips", "where": "in_list('VIP')"}))
	})
}

// Guarantee 8.1b.
func TestJobsThatStillChangeContactsAreNamedInAnswers(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("Newsletter")
		w.AddContacts(300, func(i int) emulator.Contact { return emulator.Contact{Email: fmt.Sprintf("c%03d@example.com", i)} })
		plan := w.works("bulk_update_contacts", args{"where": "email LIKE 'c%'", "unsubscribed": true, "preview": true})
		job := w.works("apply_plan", args{"plan_id": plan.at("job.plan_id"), "wait_seconds": 10})
		named := fmt.Sprint(job.at("job.job_id"), " is unsubscribing 300 contacts, ")
		for tool, given := range map[string]args{
			"search_contacts": {"where": "status = 'subscribed'"}, "audience_report": {}, "export_contacts": {"status": "subscribed"},
			"save_segment": {"name": "all", "where": "status = 'subscribed'"}, "get_contact": {"contact": "c299@example.com"},
			"add_to_list": {"lists": "Newsletter", "where": "status = 'subscribed'", "preview": true},
		} {
			answer := w.works(tool, given)
			answer.says(t, named, " done")
			if !strings.Contains(fmt.Sprint(answer.structured), named) {
				t.Errorf("%s: structured says %v", tool, answer.structured)
			}
		}
		count := w.works("search_contacts", args{"count_by": "status"})
		count.says(t, named)
		w.ended(job)
		for tool, given := range map[string]args{"search_contacts": {}, "get_contact": {"contact": "c299@example.com"}} {
			if answer := w.works(tool, given); strings.Contains(fmt.Sprint(answer.text, answer.structured), named) {
				t.Errorf("%s: the job has ended: %s", tool, answer.text)
			}
		}
	})
}

// Guarantee 8.6.
func TestWhoHasNoValueIsToldOfEveryComparisonThatDropsThem(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		for _, list := range []string{"VIP", "Customers", "Newsletter"} {
			w.AddList(list)
		}
		w.AddField("Plan", "text", "plan")
		for _, kind := range []string{"text", "integer", "boolean", "date", "float"} {
			w.AddField("My "+kind, kind, "my_"+kind)
		}
		w.AddContacts(12, func(i int) emulator.Contact {
			contact := emulator.Contact{Email: fmt.Sprintf("c%02d@example.com", i)}
			if i < 5 {
				contact.Fields = map[string]any{"my_text": "b", "my_integer": int64(4), "my_boolean": true, "my_date": "1999-05-05", "my_float": 1.5}
			}
			return contact
		})
		for field, conditions := range map[string][]string{
			"my_date":    {"my_date < date('now','-30 days')", "my_date BETWEEN '1999-01-01' AND '1999-12-31'", "NOT (my_date > '1999-06')", "julianday('now') - julianday(my_date) > 90", "my_date <> '1998-01-01'", "strftime('%m', my_date) <= '06'", "'2000-01-01' > my_date"},
			"my_integer": {"my_integer > 3", "my_integer NOT BETWEEN 8 AND 9", "my_integer <> 5", "my_integer NOT IN (5, 6)", "5 > my_integer", "my_integer * 2 >= 8", "my_integer < my_float + 5"},
			"my_float":   {"my_float <= 2", "abs(my_float) < 9", "NOT my_float = 7"},
			"my_boolean": {"NOT (my_boolean = false)", "my_boolean <> false"},
			"my_text":    {"my_text <> 'a'", "my_text NOT LIKE 'a%'", "my_text > 'a'", "length(my_text) < 3", "lower(my_text) <> 'c'"},
		} {
			for _, where := range conditions {
				w.works("search_contacts", args{"where": where}).says(t, "5 of 12 contacts fit", "7 contacts without "+field+" ")
			}
		}
		const where, says = "my_date < '2000-01-01'", "7 contacts without my_date fit neither < nor >"
		w.works("search_contacts", args{"where": where, "count_by": "status"}).says(t, says+`; "(my_date < '2000-01-01' OR my_date IS NULL)" has them too.`)
		w.works("search_contacts", args{"where": "email < 'c06' AND " + where}).says(t, "5 of 12",
			`Of those who fit the rest, 1 contact without my_date fit neither < nor >; "email < 'c06' AND (my_date < '2000-01-01' OR my_date IS NULL)" has them too.`)
		w.works("search_contacts", args{"where": "email < 'c06' AND my_text <> 'a'"}).says(t, `"email < 'c06' AND (my_text <> 'a' OR my_text IS NULL)" has them too.`)
		w.works("search_contacts", args{"where": "email < 'c06' AND (my_date < '2000-01-01' OR my_date IS NULL)"}).says(t, "6 of 12")
		w.works("search_contacts", args{"where": "my_date < '2000-01-01' AND my_integer > 3"}).says(t, "Of those who fit the rest, 7 contacts without my_integer fit neither < nor >; "+
			`"(my_date < '2000-01-01' OR my_date IS NULL) AND (my_integer > 3 OR my_integer IS NULL)" has them too.`)
		w.works("save_segment", args{"name": "old", "where": where}).says(t, says)
		w.works("export_contacts", args{"where": where}).says(t, says)
		w.works("sync_contacts", args{"segment": "old", "list": "VIP"}).says(t, says)
		w.AddDomain(sendingDomain, "compliant")
		for tool, given := range selectingTools(t) {
			given = maps.Clone(given)
			given["preview"], given["segment"] = true, "old"
			w.works(tool, given).says(t, says)
		}
		for _, where := range []string{ // these drop nobody for it, or have thought of it
			"my_date < '2000-01-01' OR my_date IS NULL", "coalesce(my_integer, 0) < 9", "my_text = 'b'", "my_integer IS NOT 7", "email > 'a'", "created_at > '1999-01-01'",
		} {
			if found := w.works("search_contacts", args{"where": where}); found.at("hints") != nil {
				t.Errorf("%s: %v", where, found.at("hints"))
			}
		}
		w.works("update_contact", args{"contact": "c11@example.com", "fields": args{"my_date": "1999-01-01"}}) // counted as it is now
		w.works("search_contacts", args{"where": where}).says(t, "6 of 12 contacts fit", "6 contacts without my_date ")
	}, unlimited)
}

// Guarantee 8.7.
func TestAChangeIsOneLineThatSaysWhatWasDoneToHowMany(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		four := []any{"p05@example.com", "p06@example.com", "p20@example.com", "p21@example.com"}
		w.works("fire_event", args{"event": "trial_ending", "params": args{"days_left": 3}, "contacts": four})
		w.works("bulk_update_contacts", args{"contacts": four, "fields": args{"plan": "team"}, "add_to_lists": "VIP"})
		w.works("bulk_update_contacts", args{"contacts": append(four, "p08@example.com"), "unsubscribed": true})
		w.works("bulk_update_contacts", args{"where": "plan = 'free'", "fields": args{"plan": "basic"}, "add_to_lists": "Customers"}) // sent together
		w.works("import_contacts", args{"rows": []any{args{"email": "new@example.org"}, args{"email": "other@example.org"}}, "lists": "Trial"})
		w.works("bulk_delete_contacts", args{"contacts": []any{"new@example.org", "other@example.org"}})
		w.works("update_contact", args{"contact": "p07@example.com", "fields": args{"plan": "pro+"}})
		settled()
		page := w.works("list_changes", args{"limit": 50})
		page.says(t, "7 changes, the newest first (addresses are masked; show_addresses shows them); an undo leaves alone what was changed, renamed or deleted since:\n",
			`: fired "trial_ending" for 4 contacts, days_left 3`, `: set plan = "team" on 4 contacts; added 4 contacts to "VIP" (id 2)`,
			": unsubscribed 4 contacts", `: set plan = "basic" on 18 contacts; added 18 contacts to "Customers" (id 4)`,
			`: created 2 contacts; added 2 contacts to "Trial" (id 3)`, ": deleted 2 contacts", `: updated p***@e***.com: plan: "pro" → "pro+"`)
		if lines := strings.Split(page.text, "\n"); len(lines) != 8 {
			t.Errorf("%d lines:\n%s", len(lines), page.text)
		}
		page.has(t, "changes.6.writes.0.contacts", 4, "changes.6.writes.1", nil)
		w.works("list_changes", args{"contact": "p05@example.com", "show_addresses": true}).says(t, `updated p05@example.com: plan: "pro" → "team"; added to "VIP" (id 2); and 3 writes to others`)
	})
}

// Guarantee 8.7.
func TestAPageOfChangesSaysWhyItIsShortAndAMaskWhatChanged(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "terry@gmail.com"})
		moves := map[string]string{
			"tony@gmail.com": "t***@g***.com → t***@g***.com (another name, the same domain)", "tony@gamma.com": "t***@g***.com → t***@g***.com (the same name, another domain)",
			"tim@garden.com": "t***@g***.com → t***@g***.com (another name, another domain)", "mia@else.org": "t***@g***.com → m***@e***.org",
		}
		now := "terry@gmail.com"
		for _, next := range []string{"tony@gmail.com", "tony@gamma.com", "tim@garden.com", "mia@else.org"} {
			w.works("update_contact", args{"contact": now, "email": next})
			page := w.works("list_changes", args{"limit": 1})
			page.says(t, moves[next])
			for _, whole := range []string{now, next, "gamma", "garden", "erry", "ony"} {
				if strings.Contains(page.text, whole) {
					t.Errorf("the mask gives %q away: %s", whole, page.text)
				}
			}
			now = next
			time.Sleep(time.Minute)
		}
		for i := range 50 {
			w.works("create_list", args{"name": fmt.Sprint(strings.Repeat("A long name of a list ", 10), i)})
		}
		page, seen := w.works("list_changes", args{"limit": 50}), 0
		shown := len(page.at("changes").([]any))
		page.says(t, fmt.Sprintf("%d changes, the newest first, of 50: the others do not fit into one answer", shown), "cursor: ")
		page.has(t, "omitted", 50-shown)
		for cursor := any(""); cursor != nil; seen += len(page.at("changes").([]any)) {
			page = w.works("list_changes", args{"limit": 50, "cursor": cursor})
			cursor = page.at("next_cursor")
		}
		if seen != 54 {
			t.Errorf("%d changes on all pages", seen)
		}
	}, unlimited)
}

// Guarantee 8.8.
func TestCountsByListHaveThoseWithNobody(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		bare := open(t)
		bare.AddContact(emulator.Contact{Email: "anna@example.com"})
		bare.works("audience_report", nil).says(t, "The account has no lists.")
		bare.works("audience_report", nil).has(t, "lists_unknown", nil)
		bare.works("search_contacts", args{"count_by": "list"}).says(t, "- on no list 1")
		audienceOf(w)
		w.AddContact(emulator.Contact{Email: "alone@example.com"})
		counts := w.works("search_contacts", args{"count_by": "list"})
		counts.says(t, "- Newsletter 28\n", "- Trial 5\n", "- VIP 2\n", "- on no list 1\n", "- Customers 0\n")
		counts.has(t, "counts.4", args{"value": "Customers", "contacts": 0})
		w.works("search_contacts", args{"count_by": "list", "where": "in_list('VIP')"}).says(t, "- VIP 2\n", "- Newsletter 0\n")
		w.works("search_contacts", args{"count_by": "plan"}).says(t, "- no value 3")
		report := w.works("audience_report", nil)
		report.says(t, `"Customers" (id 4) 0`)
	})
}
