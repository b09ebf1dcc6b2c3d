package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// slowly starts an update of many contacts that puts them on the list Customers, and returns its id.
func slowly(w *world, n int) string {
	w.AddField("Plan", "text", "plan")
	w.AddList("Customers")
	w.AddList("Others")
	rows := "email\n"
	for i := range n {
		email := fmt.Sprintf("p%03d@example.com", i)
		w.AddContact(emulator.Contact{Email: email})
		rows += email + "\n"
	}
	w.file("all.csv", rows)
	started := w.works("bulk_update_contacts", args{"file": "all.csv", "fields": args{"plan": "pro"}, "add_to_lists": []string{"Customers"}})
	if started.at("job.state") != "running" {
		w.t.Fatalf("the job has ended already: %s", started.text)
	}
	return started.at("job.job_id").(string)
}

// Guarantee 10.13.
func TestASingleWriteSaysThatAJobHasThePersonStillToDo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		job := slowly(w, 600)
		last, first := "p599@example.com", "p000@example.com"
		w.works("update_contact", args{"contact": last, "fields": args{"plan": "free"}}).says(t, job, "may overwrite")
		w.works("add_to_list", args{"lists": []string{"Others"}, "contacts": []string{last}}).says(t, job)
		removed := w.works("remove_from_list", args{"lists": []string{"Others"}, "contacts": []string{last}})
		removed.says(t, job)
		deleted := w.works("delete_contact", args{"contact": "p598@example.com"})
		deleted.says(t, job)
		changes := w.works("list_changes", args{"contact": "p598@example.com"})
		w.works("undo_change", args{"change_id": changes.at("changes.0.change_id")}).says(t, job)
		if given := w.works("update_contact", args{"contact": first, "fields": args{"plan": "free"}}); strings.Contains(given.text, job) {
			t.Errorf("the job is done with this one: %s", given.text)
		}
		second := w.works("bulk_update_contacts", args{"file": "all.csv", "fields": args{"plan": "gold"}})
		second.says(t, "Update waits", job)
		second.has(t, "job.waits_for", job, "job.state", "running")
		w.works("get_job", args{}).says(t, "waits for "+job)
		w.works("cancel_job", args{"job_id": second.at("job.job_id")}).says(t, "cancelled")
		w.works("cancel_job", args{"job_id": job})
	})
}

// Guarantee 11.6.
func TestAListIsNotSyncedBesideARunningUndo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := populated(w, 250)
		w.AddList("Customers")
		w.ends(w.works("bulk_update_contacts", args{"contacts": people, "add_to_lists": "Customers"}))
		undo := w.works("undo_change", args{"change_id": w.lastChange()}).at("job.job_id")
		w.file("some.csv", "email\n"+people[0]+"\n"+people[1]+"\n")
		w.refused("sync_contacts", args{"file": "some.csv", "list": "Customers"}, "conflict", fmt.Sprint(undo), "get_job", "cancel_job")
		w.works("search_contacts", args{}).says(t, fmt.Sprint(undo)+" is setting back 250 contacts, ")
		w.works("cancel_job", args{"job_id": undo})
	})
}

// Guarantee 11.6. Guarantee 10.13.
func TestAListThatAJobIsFillingIsNotSynced(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		job := slowly(w, 600)
		w.file("some.csv", "email\np000@example.com\np001@example.com\n")
		w.refused("sync_contacts", args{"file": "some.csv", "list": "Customers"}, "conflict", job, "get_job", "cancel_job")
		w.works("sync_contacts", args{"file": "some.csv", "list": "Others"}).says(t, "Not wholly in these numbers: "+job)
		w.works("bulk_update_contacts", args{"where": "email = 'p000@example.com'", "fields": args{"plan": "x"}, "preview": true}).says(t, "Not wholly in these numbers: "+job+" is updating 600 contacts (set plan ", " done.")
		w.works("cancel_job", args{"job_id": job})
		time.Sleep(time.Minute)
		w.works("sync_contacts", args{"file": "some.csv", "list": "Customers", "max_removals": 600})
	})
}
