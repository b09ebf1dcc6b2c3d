package tools_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 11.7.
func TestNoFileIsNamedThatIsNotThere(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		vip := w.AddList("VIP")
		w.AddContact(emulator.Contact{Email: "anna@example.com", ListIDs: []int64{vip}})
		w.file("same.csv", "email\nanna@example.com\nnobody\n")
		for _, answer := range []answer{
			w.works("sync_contacts", args{"file": "same.csv", "list": "VIP"}), w.works("sync_contacts", args{"file": "same.csv"}),
			w.works("import_contacts", args{"file": "same.csv", "preview": true}), w.works("import_contacts", args{"file": "same.csv", "lists": "VIP", "preview": true}),
		} {
			answer.says(t, "1 row rejected", "line 3 nobody")
			if path, named := answer.at("job.rejected_file").(string); named {
				if _, err := os.Stat(path); err != nil {
					t.Errorf("%v: %s", err, answer.text)
				}
			} else if strings.Contains(answer.text, "-rejected.csv") {
				t.Errorf("a file is named: %s", answer.text)
			}
		}
	})
}

// Guarantee 11.8.
func TestWhatWasCreatedSinceTheSnapshotCanBeAskedFor(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.works("search_contacts", nil)
		w.works("create_list", args{"name": "52nd"})
		w.works("create_field", args{"name": "Shoe size", "data_type": "integer"})
		w.works("update_contact", args{"contact": "p05@example.com", "fields": args{"shoe_size": 44}, "add_to_lists": "52nd"})
		w.works("search_contacts", args{"where": "in_list('52nd')"}).says(t, "1 of 30 contacts fits", "p05@example.com")
		w.works("search_contacts", args{"where": "shoe_size > 40", "count_by": "list"}).says(t, "1 of 30 contacts fits", "- 52nd 1")
		w.works("create_list", args{"name": "53rd"})
		w.works("save_segment", args{"name": "third", "where": "in_list('53rd')"}).says(t, "nobody fits it now")
		w.works("create_list", args{"name": "54th"})
		w.works("add_to_list", args{"contacts": "p06@example.com", "lists": "54th"})
		w.works("audience_report", args{"list": "54th"}).says(t, "1 contact on")
		w.works("create_list", args{"name": "55th"})
		w.works("bulk_update_contacts", args{"where": "NOT in_list('55th')", "fields": args{"plan": "x"}, "preview": true}).says(t, "30 contacts")
		w.works("create_list", args{"name": "56th"})
		w.works("export_contacts", args{"where": "in_list('56th')", "format": "jsonl"}).says(t, "No contact fits")
		w.refused("search_contacts", args{"where": "in_list('never')"}, "invalid_input", `no list "never"`)
	}, unlimited)
}

// Guarantee 11.9.
func TestAReadOnlyServerNamesNoToolThatItLacks(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.AddContact(emulator.Contact{Email: "out@example.com", Status: "unsubscribed"})
		w.file("crm.csv", "email,Hobby\np05@example.com,golf\nnew@example.com,\n")
		lacking := []string{"apply_plan", "update_contact", "create_contact", "add_to_list", "import_contacts", "create_field", "undo_change"}
		for _, tool := range w.tools {
			for _, name := range lacking {
				if tool.Name == name {
					t.Fatalf("%s is offered", name)
				}
			}
		}
		for tool, given := range map[string]args{
			"sync_contacts": {"file": "crm.csv", "list": "VIP", "max_removals": 9}, "get_contact": {"contact": "out@example.com"},
			"check_suppressions": {"contacts": []any{"out@example.com", "nobody@example.com"}}, "search_contacts": {}, "audience_report": {},
			"list_changes": {}, "list_lists": {}, "list_fields": {}, "get_account": {}, "export_contacts": {},
		} {
			said := w.call(tool, given).text
			for _, name := range lacking {
				if strings.Contains(said, name) {
					t.Errorf("%s names %s: %s", tool, name, said)
				}
			}
		}
	}, func(set *setting) { set.offer.ReadOnly = true })
}

// Guarantee 11.11.
func TestAnEmptyExportIsCalledWhatItIs(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		for format, says := range map[string]string{"csv": "has a header only", "jsonl": "is empty"} {
			empty := w.works("export_contacts", args{"where": "plan = 'gold'", "format": format})
			empty.says(t, says)
			written, err := os.ReadFile(empty.at("file").(string))
			must(t, err)
			if (len(written) > 0) != (format == "csv") {
				t.Errorf("%s: %q", format, written)
			}
		}
	})
}

// Guarantee 11.12.
func TestOnlyThoseWhoUnsubscribedAreAskedAbout(t *testing.T) {
	t.Parallel()
	person := &operator{action: mcp.ElicitationResponseActionAccept}
	inFakeTime(t, func(t *testing.T, w *world) {
		for i := range 4 {
			w.AddContact(emulator.Contact{Email: fmt.Sprintf("s%d@example.com", i)})
		}
		w.AddContact(emulator.Contact{Email: "out@example.com", Status: "unsubscribed"})
		again := args{"contacts": []any{"s0@example.com", "s1@example.com"}, "unsubscribed": false, "consent": "signed up at the fair"}
		w.works("bulk_update_contacts", again)
		if len(person.asked) != 0 {
			t.Errorf("nobody unsubscribed, and the operator is asked: %q", person.asked)
		}
		again["contacts"] = []any{"s0@example.com", "out@example.com"}
		w.works("bulk_update_contacts", again)
		if len(person.asked) != 1 || !strings.Contains(person.asked[0], "out@example.com") || strings.Contains(person.asked[0], "s0@example.com") {
			t.Errorf("asked: %q", person.asked)
		}
	}, asked(person))
}

func TestAListThatIsCreatedIsToldFromOneOfNearlyItsName(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 2)
		const said = `There is a list "VIP" already, and "VIPs" is another one.`
		given := args{"contacts": people, "lists": "VIPs", "create_lists": true}
		w.works("add_to_list", with(given, "preview", true)).says(t, said)
		w.works("add_to_list", given).says(t, said, `list was created: "VIPs"`)
		if again := w.works("add_to_list", with(given, "lists", "Summer guests")); strings.Contains(again.text, "There is a list") {
			t.Error(again.text)
		}
	}, unlimited)
}

func TestAJobThatHadEndedIsNotSaidToBeCancelled(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 3)
		done := w.ends(w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 99}}))
		w.works("cancel_job", args{"job_id": done.at("jobs.0.job_id")}).says(t, "It had ended before it could be cancelled: nothing was stopped.")
	}, unlimited)
}

// Mailtrap takes everybody off a list that is deleted; a snapshot from before, and what was written to contacts before, name it.
func TestAListThatWasDeletedIsNotShownOfAnybody(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("create_list", args{"name": "Temp"})
		w.works("search_contacts", args{"where": "email LIKE 'anna%'"})
		w.works("update_contact", args{"contact": "anna@example.com", "add_to_lists": "Temp"})
		w.works("search_contacts", args{"where": "in_list('Temp')"}).has(t, "total", 1)
		w.works("delete_list", args{"list": "Temp"})
		for _, refresh := range []bool{false, true, false} {
			got := w.works("search_contacts", args{"where": "email LIKE 'anna%'", "columns": []any{"email", "lists"}, "refresh": refresh})
			if got.says(t, `- anna@example.com; "Newsletter"`); strings.Contains(got.text, `, "3"`) {
				t.Error(got.text)
			}
		}
		settled()
		w.Inject(emulator.Fault{Method: "GET", Path: "/contacts/lists", Status: 403, Body: `{"errors":"Access forbidden"}`})
		w.works("search_contacts", args{"where": "email LIKE 'anna%'"}).says(t, "anna@example.com")
	}, unlimited)
}

// A job that waits for another one has not begun, and addresses that are nobody's are not contacts.
func TestAJobThatWaitsIsSaidToWait(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 300)
		w.file("gone.csv", "email\nstranger@example.com\n"+strings.Join(people[:200], "\n"))
		w.call("bulk_update_contacts", args{"contacts": people, "unsubscribed": true})
		w.works("apply_plan", args{"plan_id": w.works("bulk_update_contacts", args{"file": "gone.csv", "unsubscribed": true, "preview": true}).at("job.plan_id"), "wait_seconds": 0})
		w.works("search_contacts", nil).says(t, "is unsubscribing 300 contacts", "waits, and then goes on unsubscribing 201 addresses, 0 done")
	}, unlimited)
}

// Whoever a file says to have left is in one of a preview's numbers.
func TestAPreviewCountsThoseWhoLeftAndAreNotThere(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 4) // of whom the last has unsubscribed
		w.file("left.csv", "email,age,Status\nnew@example.com,30,subscribed\n"+people[0]+",20,unsubscribed\n"+people[3]+",23,unsubscribed\n"+
			"a@example.org,1,unsubscribed\nb@example.org,2,unsubscribed\nc@example.org,3,complained\n")
		preview := w.works("import_contacts", args{"file": "left.csv", "unsubscribe": true, "preview": true})
		preview.says(t, "Against what is there: 1 to create, 1 to unsubscribe, 0 as they should be already. "+
			"Of those whom the source says to have left, 3 are not in the account and 1 is unsubscribed already.", "6 contacts")
		w.ends(w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")}))
		if again := w.works("import_contacts", args{"file": "left.csv", "unsubscribe": true, "preview": true}); strings.Contains(again.text, "1 to unsubscribe") {
			t.Error(again.text)
		}
	}, unlimited)
}
