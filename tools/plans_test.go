package tools_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/text"
)

func TestAPlanIsCarriedOutAsItWasPreviewed(t *testing.T) {
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		seeded(w)
		path := w.file("leads.csv", "email,age,Seats\nbob@example.com,7,3\nanna@example.com,42,\nnobody,1,2\n")
		given := args{"file": "leads.csv", "lists": []any{"Newsletter", "Leads"}, "create_lists": true, "create_fields": true, "preview": true}
		previewed := w.works("import_contacts", given)
		previewed.says(t, "Preview, nothing was sent: 2 contacts of 3 rows.", `For each: add to "Newsletter" (id 1); create "Leads" and add to it.`, "Against what is there: 1 to create, 1 with other values (age of 1), 1 to join, 0 as they should be already.",
			"1 row rejected; it is in ", "Values for: age 2; seats 1.", "(line 4 nobody)", `For example: anna@example.com (age 42); bob@example.com (age 7, seats 3).`,
			"Takes less than a minute: Mailtrap works on 1 import.", "May start automations that wait for: contact created, added to list, field updated.",
			"once, within an hour: apply_plan with plan_id import-")
		plan := previewed.at("job.plan_id")
		previewed.has(t, "job.job_id", plan, "job.state", "planned", "job.contacts", 2, "job.rejected", 1, "job.sample.0.email", "anna@example.com", "job.filled.0", args{"name": "age", "filled": 2})
		w.nothingWritten()

		w.file("leads.csv", "email\nmallory@example.com\n") // it is not looked at again
		must(t, os.Remove(path))
		applied := w.works("apply_plan", args{"plan_id": plan})
		applied.says(t, "Import finished: 2 of 3 rows imported (1 created, 1 updated, 1 rejected).", `1 list was created: "Leads" (id 3).`)
		settled()
		if bob, anna := w.contact("bob@example.com"), w.contact("anna@example.com"); bob.Fields["seats"] != int64(3) || !slices.Equal(bob.ListIDs, []int64{1, 3}) || anna.Fields["age"] != int64(42) || w.Len() != 2 {
			t.Errorf("bob is %+v, anna is %+v", bob, anna)
		}
		w.ResetRequests()
		w.refused("apply_plan", args{"plan_id": plan}, "plan_expired", "has been carried out already", "a plan is carried out once", "get_job shows what it did")
		w.nothingWritten()
	})
}

func TestAPlanIsForAnHour(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		old := w.works("bulk_delete_contacts", args{"contacts": "anna@example.com", "preview": true}).at("job.plan_id")
		time.Sleep(59 * time.Minute)
		young := w.works("bulk_update_contacts", args{"contacts": "anna@example.com", "fields": args{"age": 50}, "preview": true}).at("job.plan_id")
		time.Sleep(2 * time.Minute)
		w.refused("apply_plan", args{"plan_id": old}, "plan_expired", "A plan can be carried out for an hour.", "preview again")
		w.works("apply_plan", args{"plan_id": young}).says(t, "Update finished: 1 contact updated.")
		w.works("get_job", nil).has(t, "jobs.0.job_id", young, "jobs.1", nil)
		if w.Len() != 1 {
			t.Error("she was deleted")
		}
	})
}

func TestAPlanIsRefusedWhenTheAccountHasChangedUnderIt(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct {
		tool  string
		given args
		says  string
	}{
		"a list was renamed":            {"rename_list", args{"list": "VIP", "name": "Friends"}, `the list "VIP" is not as it was`},
		"a list was deleted":            {"delete_list", args{"list": "VIP"}, `the list "VIP" is not as it was`},
		"a field was deleted":           {"delete_field", args{"field": "age"}, "the field age is not as it was"},
		"a field has another merge tag": {"update_field", args{"field": "age", "merge_tag": "years"}, "the field age is not as it was"},
		"a list to create is there":     {"create_list", args{"name": "Fresh"}, `the list "Fresh", which was to be created`},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				seeded(w)
				w.file("ages.csv", "email,age\nanna@example.com,50\n")
				plan := w.works("import_contacts", args{"file": "ages.csv", "lists": []any{"VIP", "Fresh"}, "create_lists": true, "preview": true}).at("job.plan_id")
				w.works(change.tool, change.given)
				settled()
				w.ResetRequests()
				w.refused("apply_plan", args{"plan_id": plan}, "plan_expired", "The account has changed since the preview: ", change.says, "Nothing was sent; preview again")
				w.nothingWritten()
			})
		})
	}
}

func TestLargeWritesNeedAPreview(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("many.csv", "email\n"+strings.Join(addresses(11), "\n"))
		for name, call := range map[string]struct {
			tool  string
			given args
			limit string
		}{
			"an import of rows":            {"import_contacts", args{"rows": rowsOf(addresses(11))}, "10"},
			"an import of a file":          {"import_contacts", args{"file": "many.csv", "lists": "Fresh", "create_lists": true}, "10"},
			"an update":                    {"bulk_update_contacts", args{"contacts": addresses(11), "unsubscribed": true}, "10"},
			"an update of a file":          {"bulk_update_contacts", args{"file": "many.csv", "fields": args{"age": 1}}, "10"},
			"many onto a list":             {"add_to_list", args{"file": "many.csv", "lists": "VIP"}, "10"},
			"many onto a list, created":    {"add_to_list", args{"file": "many.csv", "lists": "VIP", "create_missing": true}, "10"},
			"many off a list":              {"remove_from_list", args{"file": "many.csv", "lists": "*"}, "10"},
			"an event for those of a file": {"fire_event", args{"file": "many.csv", "event": "e"}, "10"},
		} {
			if given := w.refused(call.tool, call.given, "needs_preview", "This is for 11 contacts, and more than "+call.limit+" are not written unseen.", "Nothing was sent.", "preview: true", "show the operator", "apply_plan"); given.structured != nil {
				t.Errorf("%s: %v", name, given.structured)
			}
			call.given["preview"] = true
			w.works(call.tool, call.given).says(t, "Preview, nothing was sent: 11 ", "apply_plan with plan_id")
		}
		w.nothingWritten()
		if open := len(w.works("get_job", nil).at("jobs").([]any)); open != 8 {
			t.Errorf("%d plans are open, want those of the previews only", open)
		}
	}, func(set *setting) { set.previewAbove = 10 })
}

// Guarantee 11.1. How many contacts a write is for decides, and not how it is carried out; as many as allowed go through.
func TestTheLimitOfPreviewsHoldsForEveryWriteToNamedContacts(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{0, 1, 10} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				seeded(w)
				people := populated(w, 12)
				says := fmt.Sprintf("This is for %s, and more than %d ", text.Count(limit+1, "contact"), limit)
				if limit == 0 {
					says = "This is for 1 contact, and this server writes to nobody in bulk without a preview."
				}
				calls := []struct {
					tool  string
					given func(people []string) args
				}{
					{"fire_event", func(people []string) args { return args{"contacts": people, "event": "e"} }},
					{"add_to_list", func(people []string) args { return args{"contacts": people, "lists": "VIP"} }},
					{"add_to_list", func(people []string) args {
						return args{"contacts": people, "lists": "Fresh", "create_lists": true, "create_missing": true}
					}},
					{"remove_from_list", func(people []string) args { return args{"contacts": people, "lists": "VIP"} }},
					{"remove_from_list", func(people []string) args { return args{"contacts": people, "lists": "*"} }},
					{"bulk_update_contacts", func(people []string) args { return args{"contacts": people, "fields": args{"age": 7}} }},
					{"bulk_update_contacts", func(people []string) args {
						return args{"contacts": people, "unsubscribed": false, "consent": "signed at the fair"}
					}},
					{"import_contacts", func(people []string) args { return args{"rows": rowsOf(people)} }},
					{"bulk_delete_contacts", func(people []string) args { return args{"contacts": people} }},
				}
				w.ResetRequests()
				for _, call := range calls {
					w.refused(call.tool, call.given(people[:limit+1]), "needs_preview", says, "Nothing was sent.", "preview: true", "apply_plan")
				}
				w.nothingWritten()
				for _, call := range calls {
					w.works(call.tool, with(call.given(people[:limit+1]), "preview", true))
				}
				for _, call := range calls[:len(calls)*min(limit, 1)] {
					time.Sleep(time.Minute) // the previews' look-ups have used the budget
					w.works(call.tool, call.given(people[:limit]))
				}
			}, unlimited, func(set *setting) { set.previewAbove = limit })
		})
	}
}

func TestTheOperatorIsAskedBeforeAPlanDestroysAnything(t *testing.T) {
	t.Parallel()
	person := &operator{}
	eachEra(t, func(t *testing.T, w *world) {
		people := addresses(30)
		for _, email := range people {
			w.AddContact(emulator.Contact{Email: email, Status: "unsubscribed"})
		}
		settled() // nobody has unsubscribed just now
		person.asked, person.action = nil, mcp.ElicitationResponseActionDecline
		deletion := w.works("bulk_delete_contacts", args{"contacts": people, "preview": true}).at("job.plan_id")
		again := w.works("bulk_update_contacts", args{"contacts": people, "unsubscribed": false, "consent": "signed at the fair", "preview": true}).at("job.plan_id")
		harmless := w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"first_name": "X"}, "preview": true}).at("job.plan_id")
		if len(person.asked) > 0 {
			t.Errorf("a preview asked: %q", person.asked)
		}
		w.refused("apply_plan", args{"plan_id": deletion}, "cancelled", "did not agree")
		w.refused("apply_plan", args{"plan_id": again}, "cancelled", "did not agree")
		w.nothingWritten()
		if len(person.asked) != 2 || !strings.Contains(person.asked[0], "Delete 30 contacts") || !strings.Contains(person.asked[1], `Subscribe 30 contacts again, as far as they had unsubscribed by `) || !strings.Contains(person.asked[1], "signed at the fair") {
			t.Errorf("asked: %q", person.asked)
		}
		person.action = mcp.ElicitationResponseActionAccept
		w.ended(w.works("apply_plan", args{"plan_id": again})).says(t, "Update finished: 30 contacts updated.")
		settled()
		w.ended(w.works("apply_plan", args{"plan_id": harmless})).says(t, "Update finished: 30 contacts updated.")
		settled()
		if found := w.contact(people[29]); found.Status != "subscribed" {
			t.Errorf("the last is %+v", found)
		}
		w.ended(w.works("apply_plan", args{"plan_id": deletion})).says(t, "Deletion finished: 30 contacts deleted.")
		if len(person.asked) != 4 || w.Len() != 0 {
			t.Errorf("asked %d times, %d contacts are left", len(person.asked), w.Len())
		}
	}, withOperator(person))
}

func TestAJobIsCancelledInEveryState(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("VIP")
		people := populated(w, 200)
		planned := w.works("bulk_update_contacts", args{"contacts": people, "unsubscribed": true, "preview": true}).at("job.plan_id")
		w.works("cancel_job", args{"job_id": planned}).says(t, "Update was cancelled: 0 of 200 contacts updated (200 not sent).")
		w.refused("apply_plan", args{"plan_id": planned}, "plan_expired", "was cancelled", "Preview again")
		w.nothingWritten()

		running := w.planned("bulk_update_contacts", args{"contacts": people, "unsubscribed": true}, 5)
		running.says(t, "Update is running: ", " of 200 contacts dealt with", "stop it with cancel_job")
		cancelled := w.works("cancel_job", args{"job_id": running.at("job.job_id")}) // though the rate limits hold up what it is at
		cancelled.says(t, "Update was cancelled: ", " of 200 contacts updated (", " not sent)")
		done, left := cancelled.count("job.done"), cancelled.count("job.not_sent")
		if done == 0 || left == 0 || done+left != 200 {
			t.Errorf("%d done and %d not sent of 200", done, left)
		}
		settled()
		out := 0
		for _, email := range people {
			if w.contact(email).Status == "unsubscribed" {
				out++
			}
		}
		if out != done {
			t.Errorf("%d are unsubscribed, and %d are said to be", out, done)
		}
		w.refused("apply_plan", args{"plan_id": running.at("job.job_id")}, "plan_expired", "was cancelled")

		finished := w.works("bulk_update_contacts", args{"contacts": people[:1], "add_to_lists": "VIP"})
		finished.says(t, "Update finished: 1 contact added to ", people[0]+" is unsubscribed and gets no marketing mail.")
		w.works("cancel_job", args{"job_id": finished.at("job.job_id")}).says(t, "Update finished: 1 contact added to ")
		w.refused("cancel_job", args{"job_id": noJob}, "not_found", noJob)
	})
}

func TestAJobThatIsCancelledWhileARequestIsOutEndsWithItsAnswer(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := populated(w, 100)
		running := w.planned("bulk_update_contacts", args{"contacts": people, "unsubscribed": true}, 15)
		running.says(t, "Update is running: ", " of 100 addresses dealt with", "stop it with cancel_job")
		stopping := w.works("cancel_job", args{"job_id": running.at("job.job_id")})
		stopping.says(t, "Update is running: ", "It was told to stop.", "It ends as soon as Mailtrap has answered what was sent; get_job")
		stopping.has(t, "job.stopping", true)
		cancelled := w.works("get_job", args{"job_id": running.at("job.job_id"), "wait_seconds": 45})
		cancelled.says(t, "Update was cancelled: ", " of 100 addresses updated (", " not sent)")
		out := 0
		for _, email := range people {
			if w.contact(email).Status == "unsubscribed" {
				out++
			}
		}
		if done := cancelled.count("jobs.0.done"); out != done || done == 0 || done+cancelled.count("jobs.0.not_sent") != 100 {
			t.Errorf("%d are unsubscribed: %s", out, cancelled.text)
		}
	}, func(set *setting) { set.emulator.Latency = 12 * time.Second })
}

// count is a number of the structured content.
func (a answer) count(path string) int {
	n, _ := a.at(path).(float64)
	return int(n)
}

func TestARejectedFileOfAPlanThatIsDroppedGoesWithIt(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.file("some.csv", "email\nanna@example.com\nnobody\n")
		previewed := w.works("import_contacts", args{"file": "some.csv", "preview": true})
		path := previewed.at("job.rejected_file").(string)
		if filepath.Dir(path) != w.dir || len(readCSV(t, path)) != 2 {
			t.Errorf("the rejected rows are in %s", path)
		}
		time.Sleep(61 * time.Minute)
		if !w.box.Bulk.Prune(t.Context()) {
			t.Error("not all that has expired is cleared away")
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", path, err)
		}
	})
}
