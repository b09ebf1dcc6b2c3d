package tools_test

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// The tests of this file are whole conversations: what one answer says is held against what the next ones say, and what is advised
// is done as it is written.

// conversation begins one on an account of thirty people.
func conversation(t *testing.T, talk func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) { audienceOf(w); talk(t, w) }, unlimited)
}

// fit is how many contacts fit a condition, as the agent is told.
func (w *world) fit(where string) int {
	w.t.Helper()
	return w.works("search_contacts", args{"where": where, "refresh": true}).count("total")
}

// adds holds what a preview says against what its job and the account say afterwards.
func (w *world) adds(what string, told, want int) {
	w.t.Helper()
	if told != want {
		w.t.Errorf("%s: told %d, and it is %d", what, told, want)
	}
}

// applied carries a preview's plan out as the preview's text says.
func (w *world) applied(preview answer) answer {
	w.t.Helper()
	plan := fmt.Sprint(preview.at("job.plan_id"))
	preview.says(w.t, "apply_plan with plan_id "+plan)
	job := w.ended(w.works("apply_plan", args{"plan_id": plan}))
	settled()
	return job
}

func TestConversationAMessyFileIsImportedCorrectedAndImportedAgain(t *testing.T) { // scenarios 1, 3, 6
	conversation(t, func(t *testing.T, w *world) {
		before := w.fit("")
		w.file("crm.csv", "Email,First name,Company Name,Plan\np05@example.com,Ann,Acme,pro\nnew@example.com,Ben,Bolt,pro\ninfo@example.com,,,\nbroken at example.com,Cy,Cog,free\np20@example.com,Dan,Dot,free\n")
		told := w.works("import_contacts", args{"file": "crm.csv", "lists": "Leads 2026", "preview": true, "create_lists": true, "skip": "role"})
		told.says(t, "Columns without a field, left out: ", "create_fields: true", `line 5 "broken at example.com"`)
		preview := w.works("import_contacts", args{"file": "crm.csv", "lists": "Leads 2026", "preview": true, "create_lists": true, "skip": "role", "create_fields": true})
		creates, updates := preview.count("job.difference.creates"), preview.count("job.difference.updates")
		w.adds("rows", creates+updates+preview.count("job.difference.unchanged")+preview.count("job.rejected"), preview.count("job.rows"))
		job := w.applied(preview)
		w.adds("created", job.count("jobs.0.created"), creates)
		w.adds("updated", job.count("jobs.0.updated"), updates)
		w.adds("contacts", w.fit(""), before+creates)
		w.adds("on the list", w.fit("in_list('Leads 2026')"), creates+updates)
		rejected, _ := job.at("jobs.0.rejected_file").(string)
		content, err := os.ReadFile(rejected)
		must(t, err)
		w.file("corrected.csv", strings.ReplaceAll(string(content), "broken at example.com", "cy@example.com"))
		again := w.works("import_contacts", args{"file": "corrected.csv", "lists": "Leads 2026", "preview": true, "skip": "role"})
		again.says(t, "1 to create")
		w.adds("created of the corrected", w.applied(again).count("jobs.0.created"), 1)
		w.works("import_contacts", args{"file": "crm.csv", "lists": "Leads 2026", "preview": true, "skip": "role"}).says(t, "0 changes to make")
	})
}

func TestConversationWhatAPreviewCountsIsWhatAWriteDoes(t *testing.T) { // scenarios 8, 9, 13, 14, 18
	conversation(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "out@example.com", Status: "unsubscribed", Fields: map[string]any{"plan": "pro"}})
		var crowd strings.Builder
		crowd.WriteString("email\n")
		for i := range 60 {
			fmt.Fprintf(&crowd, "p%02d@example.com\n", i)
		}
		w.file("some.csv", crowd.String())
		for _, one := range []struct {
			tool  string
			given args
			so    string // who is as asked afterwards
			line  string // what list_changes says of them
		}{
			{"add_to_list", args{"lists": "Customers", "where": "plan = 'pro'"}, "plan = 'pro' AND in_list('Customers')", "added %d contacts to "},
			{"add_to_list", args{"lists": "VIP", "file": "some.csv"}, "in_list('VIP') AND email LIKE 'p%@example.com'", "added %d contacts to "},
			{"remove_from_list", args{"lists": "Newsletter", "where": "plan = 'pro'"}, "plan = 'pro' AND NOT in_list('Newsletter')", "removed %d contacts from "},
			{"bulk_update_contacts", args{"where": "plan = 'free'", "fields": args{"plan": "basic"}}, "plan = 'basic'", `set plan = "basic" on %d contacts`},
			{"bulk_update_contacts", args{"file": "some.csv", "unsubscribed": true}, "status = 'unsubscribed' AND email LIKE 'p%@example.com'", "unsubscribed %d contacts"},
		} {
			one.given = maps.Clone(one.given)
			one.given["preview"] = true
			preview := w.works(one.tool, one.given)
			existing, already := preview.count("job.match.existing"), preview.count("job.match.already")
			w.adds(one.tool+": who they are", preview.count("job.match.subscribed")+preview.count("job.match.unsubscribed"), existing)
			w.adds(one.tool+": named", existing+preview.count("job.match.not_found"), preview.count("job.contacts"))
			job := w.applied(preview)
			w.adds(one.tool+": not found", job.count("jobs.0.not_found"), preview.count("job.match.not_found"))
			w.adds(one.tool+": as asked in the end", existing, w.fit(one.so))
			changed := existing - already
			if job.count("jobs.0.sent") > 0 { // together, those who were so too
				changed = existing
			}
			w.works("list_changes", args{"limit": 1}).says(t, fmt.Sprintf(one.line, changed))
		}
		preview := w.works("fire_event", args{"event": "trial_ending", "params": args{"days_left": 3}, "where": "in_list('Customers')", "preview": true})
		preview.says(t, "once per 24 hours")
		w.adds("fired", w.applied(preview).count("jobs.0.done"), preview.count("job.contacts"))
		w.works("list_changes", args{"limit": 1}).says(t, fmt.Sprintf(`fired "trial_ending" for %d contacts, days_left 3`, preview.count("job.contacts")))
		before := w.fit("")
		preview = w.works("bulk_delete_contacts", args{"where": "in_list('Customers')", "preview": true})
		gone := w.applied(preview).count("jobs.0.done")
		w.adds("deleted", gone, preview.count("job.contacts"))
		w.adds("left", w.fit(""), before-gone)
	})
}

func TestConversationAListIsMadeLikeASegmentAndTheReportAgrees(t *testing.T) { // scenarios 11, 12, 23, 28
	conversation(t, func(t *testing.T, w *world) {
		found := w.works("search_contacts", args{"where": dormant})
		saved := w.works("save_segment", args{"name": "dormant-pro", "where": dormant})
		w.adds("the segment", saved.count("contacts"), found.count("total"))
		w.works("create_list", args{"name": "Win-back"})
		plan := w.works("sync_contacts", args{"segment": "dormant-pro", "list": "Win-back"})
		w.adds("joins", plan.count("job.difference.joins"), found.count("total"))
		w.applied(plan)
		w.works("sync_contacts", args{"segment": "dormant-pro", "list": "Win-back"}).says(t, "0 changes to make")
		w.adds("on the list", w.fit("in_list('Win-back')"), found.count("total"))
		report := w.works("audience_report", nil)
		counts := w.works("search_contacts", args{"count_by": "list"})
		for _, line := range strings.Split(counts.text, "\n") {
			if name, n, is := strings.Cut(strings.TrimPrefix(line, "- "), " "); is && strings.HasPrefix(line, "- ") && !strings.HasPrefix(line, "- on no list") {
				report.says(t, fmt.Sprintf("%q (id ", name), ") "+n)
			}
		}
		w.adds("statuses", report.count("subscribed")+report.count("unsubscribed"), report.count("contacts"))
		exported := w.works("export_contacts", args{"lists": "Win-back", "status": "subscribed", "columns": []any{"email"}})
		w.adds("exported", exported.count("exported"), w.fit("in_list('Win-back') AND status = 'subscribed'"))
	})
}
