package tools_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// bulkWorld is an account of some people with values, half of them on the list News.
func bulkWorld(w *world, n int) (people []string) {
	news := w.AddList("News")
	w.AddList("VIP")
	w.AddField("Age", "integer", "age")
	people = addresses(n)
	for i, email := range people {
		one := emulator.Contact{Email: email, Fields: map[string]any{"age": int64(20 + i%7)}}
		if i%2 == 0 {
			one.ListIDs = []int64{news}
		}
		if i%10 == 3 {
			one.Status = "unsubscribed"
		}
		w.AddContact(one)
	}
	return people
}

// ends follows the job of an answer to its end.
func (w *world) ends(started answer) answer {
	w.t.Helper()
	id := started.at("job.job_id")
	for range 200 {
		job := w.works("get_job", args{"job_id": id, "wait_seconds": 45})
		if state := job.at("jobs.0.state"); state != "running" {
			if time.Now().Year() == 2000 { // in a bubble
				settled()
			}
			return job
		}
	}
	w.t.Fatalf("the job does not end: %s", started.text)
	return answer{}
}

func TestABulkUpdateIsUndoneByAJob(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 60)
		before := w.everybody(people)
		update := args{"contacts": people, "fields": args{"age": 99}, "add_to_lists": []string{"VIP"}, "remove_from_lists": []string{"News"}}
		w.works("bulk_update_contacts", with(update, "preview", true)).says(t, "It can be undone with undo_change for 90 days.")
		w.ends(w.works("bulk_update_contacts", update))
		change := w.lastChange()
		other := beside(t, w)
		other.works("update_contact", args{"contact": people[4], "fields": args{"age": 5}})
		other.works("update_contact", args{"contact": people[5], "fields": args{"first_name": "Eve"}}) // which nobody has touched
		time.Sleep(2 * time.Minute)                                                                    // so that an export shows it over what this server wrote itself
		w.ResetRequests()
		preview := w.works("undo_change", args{"change_id": change, "preview": true})
		preview.says(t, "59 contacts", "age (59)", `back on "News"`, `off "VIP"`, "1 contact is left alone: "+people[4]+" (changed since: age)", "apply_plan", "minute")
		w.nothingWritten()
		done := w.ends(w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")}))
		done.says(t, "Undo finished: 59 contacts set back.", "That is change 2, which can be undone as well.")
		delete(before, people[4])
		now := w.everybody(people)
		before[people[5]] = strings.TrimSuffix(before[people[5]], "]") + " first_name:Eve]"
		for email, was := range before {
			if now[email] != was {
				t.Errorf("%s was %s and is %s", email, was, now[email])
			}
		}
		undo := w.lastChange()
		w.works("list_changes", args{"limit": 50}).says(t, fmt.Sprintf("undoing change %d", change), fmt.Sprintf("undone in part by change %d", undo))
		w.ends(w.works("undo_change", args{"change_id": undo}))
		if age := w.contact(people[0]).Fields["age"]; fmt.Sprint(age) != "99" {
			t.Errorf("undoing the undo leaves the age %v", age)
		}
	}, unlimited)
}

func TestAnImportOverASnapshotIsUndone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 60)
		before := w.everybody(people)
		rows := "email,age\n"
		for i, email := range people {
			rows += fmt.Sprintf("%s,%d\n", email, 50+i%7)
		}
		for i := range 4 {
			rows += fmt.Sprintf("new%d@example.com,1\n", i)
		}
		w.file("people.csv", rows)
		given := args{"file": "people.csv", "lists": []string{"VIP"}}
		plan := w.works("import_contacts", with(given, "preview", true))
		plan.says(t, "It can be undone with undo_change for 90 days; 4 contacts that it creates stay, unless undo_change is called with delete_created: true.")
		w.ends(w.works("apply_plan", args{"plan_id": plan.at("job.plan_id")}))
		change := w.lastChange()
		preview := w.works("undo_change", args{"change_id": change, "preview": true})
		preview.says(t, "60 contacts", "age (60)", "4 contacts that the import created stay: new0@example.com", "delete_created: true")
		w.ends(w.works("undo_change", args{"change_id": change})).says(t, "Undo finished: 60 contacts set back")
		now := w.everybody(people)
		if w.Len() != 64 {
			t.Errorf("there are %d contacts", w.Len())
		}
		for email, was := range before {
			if now[email] != was {
				t.Errorf("%s was %s and is %s", email, was, now[email])
			}
		}
		w.works("list_changes", nil).says(t, "undone in part by change 2; 4 contacts that it created stay, unless undo_change is called with delete_created: true)",
			"created 4 contacts; added 64 contacts to \"VIP\" (id 2); set age on 60 contacts")
		w.refused("undo_change", args{"change_id": change}, "conflict", "Change 1 can be undone only by deleting 4 contacts that it created (undo_change with delete_created: true).")
		w.refused("undo_change", args{"change_id": change, "delete_created": true}, "needs_preview")
		preview = w.works("undo_change", args{"change_id": change, "delete_created": true, "preview": true})
		preview.says(t, "4 contacts that it created are deleted")
		w.ends(w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")}))
		if w.Len() != 60 {
			t.Errorf("there are %d contacts", w.Len())
		}
	}, unlimited)
}

// everybody is each of some contacts with what an undo has to bring back.
func (w *world) everybody(people []string) map[string]string {
	all := map[string]string{}
	for _, email := range people {
		one, there := w.Contact(email)
		if !there {
			continue
		}
		fields := map[string]string{}
		for tag, value := range one.Fields {
			if value != nil && value != "" {
				fields[tag] = fmt.Sprint(value)
			}
		}
		slices.Sort(one.ListIDs)
		all[one.Email] = fmt.Sprint(one.Status, one.ListIDs, fields)
	}
	return all
}
