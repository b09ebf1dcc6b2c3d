package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Answers do not call an address a contact that belongs to nobody.
func TestAddressesThatAreNobodysAreNotCalledContacts(t *testing.T) {
	t.Parallel()
	for tool, more := range map[string]args{
		"bulk_update_contacts": {"fields": args{"age": 7}}, "bulk_delete_contacts": {}, "fire_event": {"event": "opened"},
		"add_to_list": {"lists": "VIP"},
	} {
		t.Run(tool, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				people := bulkWorld(w, 100)
				for i := range 200 {
					people = append(people, fmt.Sprintf("nobody%d@example.com", i))
				}
				preview := w.works(tool, with(with(more, "contacts", people), "preview", true))
				preview.says(t, "Preview, nothing was sent: 300 addresses.", "100 of them are in this account", "and 190 more addresses")
				job := w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")})
				job.says(t, " of 300 addresses dealt with")
				time.Sleep(time.Minute)
				all := job.text + w.works("get_job", nil).text + w.ends(job).text + w.works("get_job", nil).text + w.works("list_changes", nil).text
				if !strings.Contains(all, "100 of 300 addresses") {
					t.Errorf("the end does not say how many: %s", all)
				}
				for _, wrong := range []string{"300 contacts", "200 contacts", "more contacts"} {
					if strings.Contains(all, wrong) {
						t.Errorf("it says %q: %s", wrong, all)
					}
				}
			}, unlimited, asked(&operator{action: "accept"}))
		})
	}
}

// What a job that was cancelled did not send, list_changes counts as the job does.
func TestListChangesCountsWhatACancelledJobDidNotSend(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 300)
		job := w.planned("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 99}}, 1)
		time.Sleep(10 * time.Second)
		w.works("cancel_job", args{"job_id": job.at("job.job_id")})
		time.Sleep(time.Minute)
		ended := w.ends(job)
		left, done := ended.count("jobs.0.not_sent"), ended.count("jobs.0.done")+ended.count("jobs.0.updated")
		if left == 0 || done == 0 || left+done != 300 {
			t.Fatalf("%d are done and %d not sent", done, left)
		}
		told := w.works("list_changes", nil)
		told.says(t, fmt.Sprintf("set age = 99 on %d contacts; not done, given up before it was sent: %d contacts of job ", done, left))
		told.has(t, "changes.0.writes.1.contacts", left, "changes.0.writes.1.state", "not_sent", "changes.0.writes.2", nil)
	}, unlimited)
}
