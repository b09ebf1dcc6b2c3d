package tools_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// populated adds contacts to the account, all on the same lists.
func populated(w *world, n int, lists ...int64) []string {
	people := addresses(n)
	for _, email := range people {
		w.AddContact(emulator.Contact{Email: email, ListIDs: lists})
	}
	return people
}

func TestManyContactsAreChangedAlike(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		bob := w.AddContact(emulator.Contact{Email: "bob@example.com", ListIDs: []int64{newsletter}, Fields: map[string]any{"age": int64(9)}})
		w.AddContact(emulator.Contact{Email: "eve@example.com", ListIDs: []int64{vip}, Status: "unsubscribed", Fields: map[string]any{"first_name": "Eve"}})
		given := args{
			"contacts": []any{"anna@example.com", bob, "eve@example.com", "who@example.com"}, "fields": args{"First name": "Eve", "age": nil},
			"add_to_lists": "VIP", "remove_from_lists": "Newsletter", "unsubscribed": true,
		}
		changed := w.works("bulk_update_contacts", given)
		changed.says(t, "Update finished: 2 of 4 addresses updated (1 already as requested, 1 not a contact of this account).\n",
			fmt.Sprintf(`For each: set age empty, first_name "Eve"; add to "VIP" (id %d); take off "Newsletter" (id %d); unsubscribe.`, vip, newsletter),
			"- who@example.com: not a contact of this account", "job_id: update-")
		changed.has(t, "job.done", 2, "job.unchanged", 1, "job.not_found", 1, "job.contacts", 4, "job.problems.0", args{"contact": "who@example.com", "outcome": "not_found"})
		settled()
		for _, email := range []string{"anna@example.com", "bob@example.com", "eve@example.com"} {
			if found := w.contact(email); found.Status != "unsubscribed" || !cmp.Equal(found.Fields, map[string]any{"first_name": "Eve"}) || !slices.Equal(found.ListIDs, []int64{vip}) {
				t.Errorf("%s is %+v", email, found)
			}
		}
		if _, there := w.Contact("who@example.com"); there {
			t.Error("somebody was created")
		}
		changed.has(t, "job.report_file", nil) // the answer has said it
		w.refused("bulk_update_contacts", args{"contacts": "anna@example.com", "fields": args{"agee": 1}}, "invalid_input", "fields.agee", "age")
		w.refused("bulk_update_contacts", args{"contacts": "anna@example.com", "fields": args{"age": "old"}}, "invalid_input", "fields.age", `"old"`)
		w.refused("bulk_update_contacts", args{"contacts": "anna@example.com", "add_to_lists": "Nope"}, "invalid_input", `"Nope"`, `"VIP"`)
	})
}

func TestManyAreSubscribedAgainWithConsentOnly(t *testing.T) {
	t.Parallel()
	person := &operator{}
	eachEra(t, func(t *testing.T, w *world) {
		for _, email := range addresses(3) {
			w.AddContact(emulator.Contact{Email: email, Status: "unsubscribed"})
		}
		person.asked, person.action = nil, mcp.ElicitationResponseActionDecline
		wish := args{"contacts": addresses(3), "unsubscribed": false}
		w.refused("bulk_update_contacts", wish, "consent_required", "without their consent", "Ask the operator how and when these people agreed", "Nothing was changed")
		wish["consent"] = "all signed at the fair"
		w.refused("bulk_update_contacts", wish, "cancelled", "did not agree")
		w.nothingWritten()
		if len(person.asked) != 1 || !strings.Contains(person.asked[0], "again, who had unsubscribed?") || !strings.Contains(person.asked[0], "person0002@example.com") || !strings.Contains(person.asked[0], "all signed at the fair") {
			t.Errorf("asked: %q", person.asked)
		}
		person.action = mcp.ElicitationResponseActionAccept
		w.works("bulk_update_contacts", wish).says(t, "Update finished: 3 contacts updated.", "For each: subscribe again.")
		settled()
		if found := w.contact("person0002@example.com"); found.Status != "subscribed" {
			t.Errorf("the last is %+v", found)
		}
		w.works("list_changes", nil).says(t, `consent (confirmed by the operator): "all signed at the fair"`)
	}, withOperator(person))
}

func TestContactsAreDeletedWhenTheOperatorAgrees(t *testing.T) {
	t.Parallel()
	person := &operator{}
	eachEra(t, func(t *testing.T, w *world) {
		people := populated(w, 25)
		person.asked, person.action = nil, mcp.ElicitationResponseActionDecline
		w.refused("bulk_delete_contacts", args{"contacts": people}, "cancelled", "did not agree", "nothing was changed")
		w.nothingWritten()
		if len(person.asked) != 1 || !strings.Contains(person.asked[0], "Delete 25 contacts: person0000@example.com, ") || !strings.Contains(person.asked[0], "history in automations are lost") {
			t.Errorf("asked: %q", person.asked)
		}
		person.action = mcp.ElicitationResponseActionAccept
		deleted := w.works("bulk_delete_contacts", args{"contacts": append(people[:24:24], "who@example.com")})
		deleted.says(t, "Deletion finished: 24 of 25 addresses deleted (1 not a contact of this account).", "- who@example.com: not a contact", "job_id: delete-")
		deleted.has(t, "job.done", 24, "job.not_found", 1)
		settled()
		if _, there := w.Contact(people[24]); !there || w.Len() != 1 {
			t.Errorf("%d contacts are left", w.Len())
		}
	}, withOperator(person))
}

func TestTheContactsOfAFileAreDeletedByAPlan(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := populated(w, 40)
		w.file("out.csv", "Name,E-mail\nA,"+strings.Join(people[:30], "\nB,")+"\nC,nobody\nD,who@example.com\n")
		previewed := w.works("bulk_delete_contacts", args{"file": "out.csv", "preview": true})
		previewed.says(t, "Preview, nothing was sent: 31 addresses of 32 rows.", "They are deleted.", "1 row rejected; it is in ", "apply_plan with plan_id delete-")
		w.nothingWritten()
		w.works("apply_plan", args{"plan_id": previewed.at("job.plan_id"), "wait_seconds": 45}).says(t, "Deletion finished: 30 of 32 addresses deleted (1 not a contact of this account, 1 rejected).")
		settled()
		if w.Len() != 10 {
			t.Errorf("%d contacts are left", w.Len())
		}
	})
}

func TestMoreThanFiftyJoinAndLeaveListsContactByContact(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		newsletter, vip := w.AddList("Newsletter"), w.AddList("VIP")
		people := populated(w, 60, newsletter)
		w.file("people.csv", "contact\n"+strings.Join(people, "\n")+"\nwho@example.com\n")

		joined := w.works("add_to_list", args{"contacts": append(people[:58:58], "who@example.com"), "lists": "VIP"})
		joined.says(t, fmt.Sprintf(`Update finished: 58 of 59 addresses added to "VIP" (id %d): 1 not a contact of this account.`, vip),
			"create_missing: true creates those who are not contacts.", "- who@example.com: not a contact of this account")
		joined.has(t, "action", "added", "job.contacts", 59, "job.done", 58, "job.not_found", 1)
		report, err := os.ReadFile(joined.at("job.report_file").(string))
		must(t, err)
		if !strings.Contains(string(report), `"who@example.com"`) || !strings.Contains(string(report), `"not_found"`) {
			t.Errorf("the report is %s", report)
		}
		again := w.works("add_to_list", args{"file": "people.csv", "lists": []any{"VIP", "Fresh"}, "create_lists": true})
		again.has(t, "job.created_lists.0.name", "Fresh")
		w.ended(again).says(t, "Update finished: 60 of 61 addresses added to ", "1 list was created")
		settled()
		settled()
		if got := w.contact(people[59]).ListIDs; len(got) != 3 {
			t.Errorf("the last is on %v", got)
		}
		if _, there := w.Contact("who@example.com"); there {
			t.Error("somebody was created")
		}

		left := w.works("remove_from_list", args{"file": "people.csv", "lists": "VIP"})
		left.has(t, "action", "removed", "job.contacts", 61)
		w.ended(left).says(t, fmt.Sprintf(`Update finished: 60 of 61 addresses removed from "VIP" (id %d)`, vip))
		w.works("remove_from_list", args{"contacts": people, "lists": "*", "preview": true}).says(t, "Preview, nothing was sent: 60 contacts.", "For each: take off all lists.")
		w.ended(w.works("remove_from_list", args{"contacts": people[:55], "lists": "*"})).says(t, "Update finished: 55 contacts removed from all their lists.")
		settled()
		w.nothingLeft(people[:55]...)
	})
}

func TestMoreThanAHundredGetAnEvent(t *testing.T) { // scenario 18 in part
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := populated(w, 120)
		w.file("people.csv", "email\n"+strings.Join(people, "\n"))
		event := args{"event": "trial_ending", "params": args{"days_left": 3}, "file": "people.csv"}
		previewed := both(event, args{"preview": true})
		w.works("fire_event", previewed).says(t, "Preview, nothing was sent: 120 contacts.", `For each: fire "trial_ending".`, "Takes less than a minute: 120 requests",
			"May start automations that wait for: the custom event \"trial_ending\".", "once per 24 hours")
		if len(w.Events()) > 0 {
			t.Error("a preview fired")
		}
		fired := w.works("fire_event", event)
		fired.says(t, `Event finished: fired "trial_ending" for 120 contacts.`)
		fired.has(t, "event", "trial_ending", "job.contacts", 120, "job.done", 120)
		some := w.ended(w.works("fire_event", args{"event": "e", "contacts": append(people[:100:100], "who@example.com")}))
		some.says(t, `Event finished: fired "e" for 100 of 101 addresses (1 not a contact of this account).`, "- who@example.com")
		for _, email := range people {
			times := 0
			for _, event := range w.Events() {
				if event.Email == email && event.Name == "trial_ending" {
					times++
				}
			}
			if times != 1 {
				t.Errorf("%s got the event %d times", email, times)
			}
		}
	})
}

// both is some arguments with others besides.
func both(some, others args) args {
	all := args{}
	for _, given := range []args{some, others} {
		for key, value := range given {
			all[key] = value
		}
	}
	return all
}

func TestAnEventWhoseAnswerIsLostIsNotFiredAgainByAJob(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := populated(w, 101)
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "person0007", Times: 3, Do: emulator.LoseAfter})
		fired := w.works("fire_event", args{"event": "e", "contacts": people})
		fired.says(t, `Event finished: fired "e" for 100 of 101 contacts (1 of unknown outcome).`, "- "+people[7]+": of unknown outcome; do not repeat blindly")
		fired.has(t, "job.outcome_unknown", 1, "job.done", 100)
		if fired := len(w.Events()); fired != 101 {
			t.Errorf("%d events were fired", fired)
		}
	})
}

func TestThoseAFileSaysNotToMailAreUnsubscribedWhenAskedFor(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.AddContact(emulator.Contact{Email: "out@example.com"})
		w.AddContact(emulator.Contact{Email: "before@example.com", Status: "unsubscribed"})
		w.file("old.csv", "email,first_name,status\nfine@example.com,Fine,subscribed\nout@example.com,Out,unsubscribed\nbefore@example.com,Be,unsubscribed\nstranger@example.com,St,unsubscribed\n")
		w.works("import_contacts", args{"file": "old.csv", "unsubscribe": true, "preview": true}).says(t, "Preview, nothing was sent: ", "unsubscribe those who unsubscribed or complained by the file")
		w.nothingWritten()
		imported := w.works("import_contacts", args{"file": "old.csv", "unsubscribe": true})
		imported.says(t, "Import finished: 1 of 4 rows imported (1 created, 0 updated, 1 unsubscribed, 1 already as requested, 1 not a contact of this account).", "unsubscribe those who unsubscribed or complained by the file")
		imported.has(t, "job.created", 1, "job.unsubscribed", 1, "job.unchanged", 1, "job.not_found", 1, "read.opted_out", 3)
		settled()
		for email, status := range map[string]string{"fine@example.com": "subscribed", "out@example.com": "unsubscribed", "before@example.com": "unsubscribed"} {
			if found := w.contact(email); found.Status != status || email != "fine@example.com" && len(found.Fields) > 0 {
				t.Errorf("%s is %+v", email, found)
			}
		}
		if _, there := w.Contact("stranger@example.com"); there {
			t.Error("somebody was created to be unsubscribed")
		}
		w.works("import_contacts", args{"file": "old.csv"}).says(t, "1 of 4 rows imported (0 created, 1 updated, 3 rejected)")
	})
}

func TestAJobSaysWhatItWaitsForAndCarriesOnWithWhatIsLeft(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		people := populated(w, 60)
		w.Inject(emulator.Fault{Method: http.MethodPatch, Status: http.StatusServiceUnavailable})
		joined := w.planned("add_to_list", args{"contacts": people, "lists": "VIP"}, 0)
		joined.says(t, "Update is running: 0 of 60 contacts dealt with")
		id := joined.at("job.job_id")
		time.Sleep(8 * time.Minute) // one request is tried for five
		w.works("get_job", args{"job_id": id, "wait_seconds": 0}).says(t, "Now: waiting to ask again, because Mailtrap answers with an error.", "how long it still takes is not known")
		w.ClearFaults()
		w.ended(joined).says(t, "Update finished: 60 contacts added to ")
		if got := w.contact(people[59]).ListIDs; len(got) != 1 {
			t.Errorf("the last is on %v", got)
		}
	})
}

var _ = hostileCase("bulk_update_contacts", func(x *exposure) {
	x.given(
		args{"contacts": []any{x.anna, x.odd}, "fields": args{"evil": x.short}, "add_to_lists": x.list, "preview": true},
		args{"contacts": []any{x.anna, x.odd, "nobody@example.com"}, "fields": args{"evil": x.short}, "add_to_lists": x.list},
		args{"contacts": "bob@example.com", "unsubscribed": false, "consent": x.short}, args{"contacts": "anna@example.com", "fields": args{x.v + "!": x.v}},
		args{"contacts": x.v, "unsubscribed": true}, args{"file": x.v, "unsubscribed": true},
		args{"file": "evil.csv", "unsubscribed": true, "preview": true}, args{"file": "nobody.csv", "unsubscribed": true}, args{"contacts": "anna@example.com", "add_to_lists": x.v, "remove_from_lists": x.v},
	)
	x.bySnapshot(
		args{"segment": upTo(90, x.v), "fields": args{"evil": x.short}, "preview": true}, args{"where": x.isNot("evil") + " OR 1=1", "unsubscribed": false, "consent": x.short},
	)
})

var _ = hostileCase("bulk_delete_contacts", func(x *exposure) {
	x.given(
		args{"contacts": "new@example.com"}, args{"contacts": []any{"anna@example.com", x.v}}, args{"file": x.v, "preview": true}, args{"file": "evil.csv", "preview": true},
		args{"where": x.isNot("evil"), "preview": true}, args{"segment": x.v, "preview": true},
	)
})
