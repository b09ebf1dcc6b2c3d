package tools_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// The conversations of this file are about what takes a while, and what has to be taken back or asked about.

// last is the newest change, as an agent finds it.
func (w *world) last() any {
	w.t.Helper()
	return w.works("list_changes", args{"limit": 1}).at("changes.0.change_id")
}

// named is every number that stands before some words of an answer, taken together.
func (a answer) named(words string) (sum int) {
	for _, found := range regexp.MustCompile(`([0-9]+) `+words).FindAllStringSubmatch(a.text, -1) {
		n, _ := strconv.Atoi(found[1])
		sum += n
	}
	return sum
}

func TestConversationAFileOfAddressesIsUnsubscribedStoppedAndFinished(t *testing.T) { // scenario 14
	conversation(t, func(t *testing.T, w *world) {
		var addresses strings.Builder
		addresses.WriteString("email\n")
		w.AddContacts(200, func(i int) emulator.Contact {
			return emulator.Contact{Email: fmt.Sprintf("q%03d@example.org", i)}
		})
		for i := range 203 {
			fmt.Fprintf(&addresses, "q%03d@example.org\n", i)
		}
		w.file("out.csv", addresses.String()+"p08@example.com\nQ001@example.org\nnonsense\n")
		wish := args{"file": "out.csv", "unsubscribed": true, "preview": true}
		out := w.fit("status = 'unsubscribed'")
		preview := w.works("bulk_update_contacts", wish)
		preview.says(t, "nonsense", "q200@example.org", "q202@example.org", "minutes")
		existing := preview.count("job.match.existing")
		w.adds("rows", preview.count("job.contacts")+preview.count("job.merged")+preview.count("job.rejected"), preview.count("job.rows"))
		w.adds("contacts", existing+preview.count("job.match.not_found"), preview.count("job.contacts"))
		id := w.works("apply_plan", args{"plan_id": preview.at("job.plan_id"), "wait_seconds": 0}).at("job.job_id")
		time.Sleep(time.Minute)
		during := w.works("get_job", args{"job_id": id, "wait_seconds": 0})
		during.says(t, "stop it with cancel_job")
		w.adds("under way", during.count("jobs.0.done")+during.count("jobs.0.not_sent"), preview.count("job.contacts"))
		if left, all := during.count("jobs.0.seconds"), preview.count("job.seconds"); left >= all || left == 0 {
			t.Errorf("%d s are left of %d", left, all)
		}
		w.works("search_contacts", args{"count_by": "status", "refresh": true}).says(t, fmt.Sprint(id)+" is unsubscribing")
		stopped := w.works("cancel_job", args{"job_id": id})
		settled()
		done := stopped.count("job.done")
		w.adds("stopped", done+stopped.count("job.not_sent"), preview.count("job.contacts"))
		w.adds("unsubscribed so far", w.fit("status = 'unsubscribed'"), out+done)
		w.works("list_changes", args{"limit": 1}).says(t, fmt.Sprintf("unsubscribed %d contacts", done))
		again := w.works("bulk_update_contacts", wish)
		w.adds("already so", again.count("job.match.already"), preview.count("job.match.already")+done)
		rest := w.applied(again)
		w.adds("the rest", rest.count("jobs.0.done"), again.count("job.match.subscribed"))
		w.adds("already so, as found", rest.count("jobs.0.unchanged"), again.count("job.match.already"))
		w.adds("not found", rest.count("jobs.0.not_found"), again.count("job.match.not_found"))
		w.adds("all", w.fit("status = 'unsubscribed' AND email LIKE 'q%'"), existing-preview.count("job.match.already"))
		w.adds("nobody left", w.works("bulk_update_contacts", wish).count("job.match.already"), existing)
	})
}

func TestConversationABulkChangeIsUndoneAroundOthersEditsAndTheUndoUndone(t *testing.T) { // scenarios 16, 32
	conversation(t, func(t *testing.T, w *world) {
		newsletter := w.contact("p20@example.com").ListIDs
		w.AddContacts(20, func(i int) emulator.Contact {
			return emulator.Contact{Email: fmt.Sprintf("q%02d@example.com", i), ListIDs: newsletter}
		})
		preview := w.works("bulk_update_contacts", args{"where": "in_list('Newsletter')", "fields": args{"plan": "team"}, "add_to_lists": "Customers", "preview": true})
		w.applied(preview)
		change := w.last()
		other := beside(t, w)
		other.works("update_contact", args{"contact": "p03@gmail.com", "fields": args{"plan": "gold"}})
		other.works("remove_from_list", args{"contacts": "p12@example.com", "lists": "Customers"})
		other.works("delete_contact", args{"contact": "p13@example.com"})
		other.works("update_contact", args{"contact": "p14@example.com", "fields": args{"last_login": "2026-11-27"}})
		time.Sleep(2 * time.Minute)
		undo := w.works("undo_change", args{"change_id": change, "preview": true})
		undo.says(t, "p03@gmail.com (changed since: plan)", `p12@example.com (changed since: the list "Customers"`, "p13@example.com (there is no contact with this address any more)")
		back := undo.count("job.contacts")
		w.adds("back and left alone", back+undo.named("contacts? (?:is|are) left alone"), preview.count("job.contacts"))
		w.adds("set back", w.applied(undo).count("jobs.0.done"), back)
		w.adds("as it was changed", w.fit("plan = 'team' OR in_list('Customers')"), 2) // of the three left alone, one is deleted
		w.adds("edited since, in another field", w.fit("email = 'p14@example.com' AND last_login = '2026-11-27' AND plan = 'free'"), 1)
		redo := w.works("undo_change", args{"change_id": w.last(), "preview": true})
		redo.says(t, "Call undo_change without preview to do it.")
		w.adds("once more", w.works("undo_change", args{"change_id": redo.at("change_id")}).count("done"), back)
		settled()
		w.adds("as it was changed once more", w.fit("plan = 'team' AND in_list('Customers')"), back)
		w.adds("edited and left alone", w.fit("plan = 'gold' AND in_list('Customers')"), 1)
		other.works("update_contact", args{"contact": "p03@gmail.com", "fields": args{"plan": "team"}})
		settled()
		again := w.works("undo_change", args{"change_id": change, "preview": true})
		again.says(t, "p12@example.com", "p13@example.com")
		w.adds("back with the one who is as the change left them", again.count("job.contacts"), back+1)
	})
}

func TestConversationAColumnBecomesAFieldAndItsTypeIsChangedAsAdvised(t *testing.T) { // scenarios 6, 20
	conversation(t, func(t *testing.T, w *world) {
		w.file("ltv.csv", "email,plan,LTV\np00@gmail.com,pro,12.50\np12@example.com,free,1200\np13@example.com,free,n/a\nnew@example.com,free,3.25\n")
		wish := args{"file": "ltv.csv", "preview": true}
		told := w.works("import_contacts", wish)
		told.says(t, `Columns without a field, left out: "LTV"`)
		kind := told.at("read.proposed_fields.0.data_type")
		filled := told.count("read.proposed_fields.0.fitting")
		told.says(t, "create_fields: true")
		preview := w.works("import_contacts", with(wish, "create_fields", true))
		preview.says(t, `"n/a" (line 4)`)
		w.adds("filled", preview.count("job.filled.0.filled"), filled)
		w.applied(preview)
		w.works("list_fields", nil).says(t, fmt.Sprintf(`"LTV" (%s`, kind))
		w.adds("with a value", w.fit("ltv IS NOT NULL"), filled)
		w.works("import_contacts", wish).says(t, "0 changes to make")
		w.refused("update_field", args{"field": "LTV", "data_type": "text"}, "invalid_input",
			"rename this field and its merge tag with update_field", "create_field", "export email and the renamed field", "rename that column", "import the file", "as full", "delete_field")
		w.works("update_field", args{"field": "LTV", "name": "LTV old", "merge_tag": "ltv_old"})
		tag := w.works("create_field", args{"name": "LTV", "data_type": "text"}).at("field.merge_tag")
		exported := w.works("export_contacts", args{"file": "moved.csv", "columns": []any{"email", "LTV old"}, "where": "ltv_old IS NOT NULL"})
		content, err := os.ReadFile(exported.at("file").(string))
		must(t, err)
		w.file("moved.csv", strings.Replace(string(content), fmt.Sprint(exported.at("columns.1.name")), "LTV", 1))
		moved := w.works("import_contacts", args{"file": "moved.csv", "preview": true})
		w.adds("moved", moved.count("job.difference.updates"), filled)
		w.applied(moved)
		full := w.works("export_contacts", args{"columns": []any{"LTV old", "LTV"}})
		w.adds("as full", full.count("columns.1.filled"), full.count("columns.0.filled"))
		w.works("delete_field", args{"field": "LTV old"}).says(t, fmt.Sprintf("%d contacts", filled))
		w.adds("in the text field", w.fit(fmt.Sprint(tag)+" LIKE '%'"), filled)
	})
}

func TestConversationAnEventForASegmentIsNotFiredTwiceByAccident(t *testing.T) { // scenario 18
	conversation(t, func(t *testing.T, w *world) {
		saved := w.works("save_segment", args{"name": "trial-pro", "where": "in_list('Trial') AND plan = 'pro'"})
		wish := args{"event": "trial_ending", "params": args{"days_left": 3}, "segment": "trial-pro"}
		preview := w.works("fire_event", with(wish, "preview", true))
		preview.says(t, "once per 24 hours", "cannot be undone")
		n := preview.count("job.contacts")
		w.adds("the segment", n, saved.count("contacts"))
		w.adds("who they are", preview.count("job.match.subscribed")+preview.count("job.match.unsubscribed"), n)
		w.adds("fired", w.applied(preview).count("jobs.0.done"), n)
		held := w.refused("fire_event", wish, "needs_preview", "Nothing was sent", "preview: true", "apply_plan", "list_changes")
		w.adds("fired a moment ago", held.named("contacts in the last ten minutes"), n)
		w.adds("events so far", len(w.Events()), n)
		w.refused("fire_event", with(wish, "segment", nil, "contacts", []any{"p00@gmail.com", "p20@example.com"}), "needs_preview", "1 of 2 contacts")
		w.works("fire_event", with(wish, "params", args{"days_left": 2}, "segment", nil, "contacts", "p20@example.com"))
		again := w.works("fire_event", with(wish, "preview", true))
		w.adds("said again", again.named("contacts in the last 24 hours"), n)
		w.applied(again)
		w.adds("events in the end", len(w.Events()), 2*n+1)
		changes := w.works("list_changes", nil)
		w.adds("told of them", changes.named("contacts, days_left 3"), 2*n)
		changes.says(t, "cannot be undone")
		w.refused("undo_change", args{"change_id": w.last()}, "conflict", "cannot be taken back")
	})
}

func TestConversationWhoLeftStaysOutOfALaterImport(t *testing.T) { // scenarios 29, 31
	conversation(t, func(t *testing.T, w *world) {
		w.file("old.csv", "email,Status\np12@example.com,subscribed\np13@example.com,unsubscribed\nnew1@example.com,subscribed\nnew2@example.com,unsubscribed\nnew3@example.com,cleaned\nnew4@example.com,vielleicht\n")
		out := w.fit("status = 'unsubscribed'")
		preview := w.works("import_contacts", args{"file": "old.csv", "lists": "VIP", "unsubscribe": true, "preview": true})
		preview.says(t, "line 3 p13@example.com", "line 5 new2@example.com", "line 6 new3@example.com", "line 7 new4@example.com", "vielleicht")
		if strings.Contains(preview.text, "corrected") {
			t.Errorf("those who left are to be corrected and imported: %s", preview.text)
		}
		creates, joins := preview.count("job.difference.creates"), preview.count("job.difference.joins")
		w.adds("rows", creates+joins+preview.count("job.difference.unchanged")+preview.count("job.rejected"), preview.count("job.rows"))
		w.adds("rejected", preview.count("read.opted_out")+preview.count("read.held_back"), preview.count("job.rejected"))
		w.adds("named", len(preview.at("job.rejected_rows").([]any)), preview.count("job.rejected"))
		job := w.applied(preview)
		dealt := job.count("jobs.0.created") + job.count("jobs.0.updated") + job.count("jobs.0.unsubscribed") + job.count("jobs.0.not_found")
		w.adds("dealt with", dealt+job.named("others? rejected"), preview.count("job.rows"))
		w.adds("created", job.count("jobs.0.created"), creates)
		w.adds("unsubscribed", job.count("jobs.0.unsubscribed"), preview.count("job.difference.unsubscribes"))
		w.adds("unsubscribed in the account", w.fit("status = 'unsubscribed'"), out+job.count("jobs.0.unsubscribed"))
		w.works("list_changes", args{"limit": 1}).says(t, fmt.Sprintf("created %d contact", creates), fmt.Sprintf("unsubscribed %d contact", job.count("jobs.0.unsubscribed")))
		w.file("crm.csv", "email,plan\np12@example.com,free\np13@example.com,pro\nnew1@example.com,pro\n")
		later := w.works("import_contacts", args{"file": "crm.csv", "lists": "VIP", "preview": true})
		w.adds("held back", later.count("job.rejected"), 1)
		later.says(t, "line 3 p13@example.com", `1 row: this person unsubscribed or complained by the file "old.csv"`)
		w.applied(later)
		w.adds("still out", w.fit("status = 'unsubscribed'"), out+job.count("jobs.0.unsubscribed"))
		w.works("check_suppressions", args{"contacts": "p13@example.com"}).has(t, "checked.0.status", "unsubscribed")
		same := w.works("import_contacts", args{"file": "old.csv", "lists": "VIP", "unsubscribe": true, "preview": true})
		w.adds("of whom nobody is left to unsubscribe", same.count("job.difference.unsubscribes")+same.count("job.difference.creates"), 0)
		var many strings.Builder // more than are handed on at once, and before anybody is imported
		many.WriteString("email,plan,Status\n")
		for i := range 1100 {
			fmt.Fprintf(&many, "o%d@example.org,pro,unsubscribed\n", i)
		}
		w.file("many.csv", many.String()+"p14@example.com,pro,unsubscribed\nbroken,pro,\np15@example.com,pro,subscribed\n")
		large := w.works("import_contacts", args{"file": "many.csv", "unsubscribe": true, "preview": true})
		large.says(t, "corrected and imported again, except those who may not be mailed")
		w.adds("one to change and one to unsubscribe", large.count("job.difference.updates")+large.count("job.difference.unsubscribes"), 2)
		synced := w.works("sync_contacts", args{"file": "many.csv", "list": "Customers"})
		w.adds("joins, and nobody else", synced.count("job.difference.joins")+synced.count("job.difference.creates"), 1)
	})
}

func TestConversationWhoGetsNoMailIsToldApartAndAskedForConsent(t *testing.T) { // scenarios 17, 22
	conversation(t, func(t *testing.T, w *world) {
		w.AddSuppression("p09@example.com", "hard bounce", "bulk", "news.example.com")
		found := w.works("search_contacts", args{"where": "status = 'unsubscribed'", "columns": []any{"email"}})
		var people []any
		for _, row := range found.at("rows").([]any) {
			people = append(people, row.(map[string]any)["email"])
		}
		told := w.works("check_suppressions", args{"contacts": people})
		suppressed := slices.IndexFunc(told.at("checked").([]any), func(one any) bool {
			return len(one.(map[string]any)["suppressions"].([]any)) > 0
		})
		told.says(t, "update_contact with unsubscribed: false", "Suppressions", "has to lift the suppression first")
		whole := w.works("check_suppressions", nil)
		w.adds("suppressed", whole.count("all.total"), 1)
		whole.says(t, "audience_report counts them")
		w.adds("unsubscribed", w.works("audience_report", nil).count("unsubscribed"), found.count("total"))
		settled() // nobody has unsubscribed just now
		wish := args{"where": "status = 'unsubscribed'", "unsubscribed": false, "preview": true}
		w.refused("bulk_update_contacts", wish, "consent_required", "in consent", "Nothing was changed")
		preview := w.works("bulk_update_contacts", with(wish, "consent", "double opt-in"))
		w.adds("to subscribe", preview.count("job.match.unsubscribed"), found.count("total"))
		job := w.applied(preview)
		job.says(t, fmt.Sprint(people[suppressed], ": refused"))
		back := job.count("jobs.0.done")
		w.adds("done and refused", back+job.count("jobs.0.refused"), found.count("total"))
		w.adds("still unsubscribed", w.fit("status = 'unsubscribed'"), job.count("jobs.0.refused"))
		w.works("list_changes", args{"limit": 1}).says(t, fmt.Sprintf("subscribed %d contact again", back), `"double opt-in"`)
		undo := w.works("undo_change", args{"change_id": w.last(), "preview": true})
		undo.says(t, "subscribed → unsubscribed", "undo_change without preview")
		w.adds("taken back", w.works("undo_change", args{"change_id": undo.at("change_id")}).count("done"), back)
		settled()
		w.adds("unsubscribed as before", w.fit("status = 'unsubscribed'"), found.count("total"))
		w.refused("undo_change", args{"change_id": w.last()}, "consent_required", "update_contact with unsubscribed: false")
	})
}

func TestConversationDatesAreAskedAboutAndAnExportComesBackUnchanged(t *testing.T) { // scenarios 4, 5, 23
	conversation(t, func(t *testing.T, w *world) {
		w.file("crm.csv", "email;Last login;plan\np00@gmail.com;03/04/2025;pro\np01@gmail.com;05/06/2025;pro\nm@example.com;01/02/2025;M\xfcller\n")
		before := w.fit("")
		wish := args{"file": "crm.csv", "preview": true}
		w.refused("import_contacts", wish, "invalid_input", `"Last login"`, "3 April 2025 (dmy)", "4 March 2025 (mdy)", `date_order: "dmy" or "mdy"`, `mapping: {"Last login": "ignore"}`)
		without := w.works("import_contacts", with(wish, "mapping", args{"Last login": "ignore"}))
		w.adds("without the dates", without.count("job.difference.creates")+without.count("job.difference.unchanged"), without.count("job.rows"))
		preview := w.works("import_contacts", with(wish, "date_order", "dmy"))
		preview.says(t, "2025-04-03", "Müller", "windows-1252")
		creates, updates := preview.count("job.difference.creates"), preview.count("job.difference.updates")
		w.adds("dates", preview.count("job.filled.0.filled"), creates+updates)
		w.applied(preview)
		w.adds("contacts", w.fit(""), before+creates)
		w.adds("on that day", w.fit("last_login = '2025-04-03'"), 1)
		w.works("import_contacts", with(wish, "date_order", "dmy")).says(t, "0 changes to make")
		other := w.works("import_contacts", with(wish, "date_order", "mdy"))
		w.adds("read the other way", other.count("job.difference.updates"), creates+updates)
		w.works("cancel_job", args{"job_id": other.at("job.plan_id")})
		w.refused("apply_plan", args{"plan_id": other.at("job.plan_id")}, "plan_expired")
		exported := w.works("export_contacts", args{"lists": "Newsletter", "status": "subscribed", "file": "news.csv"})
		n := exported.count("exported")
		w.adds("exported", n, w.works("audience_report", args{"list": "Newsletter"}).count("subscribed"))
		again := w.works("import_contacts", args{"file": exported.at("file"), "lists": "Newsletter", "preview": true})
		again.says(t, "0 changes to make")
		w.adds("as they are", again.count("job.difference.unchanged"), n)
		like := w.works("sync_contacts", args{"file": exported.at("file"), "list": "Newsletter"})
		w.adds("not in the file", like.count("job.difference.leaves"), w.fit("in_list('Newsletter') AND status = 'unsubscribed'"))
	})
}
