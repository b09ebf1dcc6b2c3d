package tools_test

import (
	"fmt"
	"testing"
)

// Undoing a change to several contacts asks of each only that what the change touched is as it left it, however many they are.
func TestUndoingAChangeToSeveralContactsComparesWhatItTouched(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4, 50, 60} { // the last by a job
		t.Run(fmt.Sprint(n, " contacts"), func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				people := bulkWorld(w, n)
				age := fmt.Sprint(w.contact(people[1]).Fields["age"])
				w.ends(w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 99}, "add_to_lists": []string{"VIP"}}))
				change := w.lastChange()
				other := beside(t, w)
				other.works("update_contact", args{"contact": people[0], "fields": args{"age": 5}})
				other.works("update_contact", args{"contact": people[1], "fields": args{"first_name": "Eve"}}) // which the change did not touch
				other.works("update_contact", args{"contact": people[2], "remove_from_lists": []string{"VIP"}})
				settled()
				preview := w.works("undo_change", args{"change_id": change, "preview": true})
				preview.says(t, "changed since: age", `changed since: the list "VIP" (id 2)`)
				undone := w.works("undo_change", args{"change_id": change})
				if n > 50 {
					w.ends(undone)
				} else {
					undone.says(t, "changed since: age", `changed since: the list "VIP" (id 2)`)
					undone.has(t, "done", n-2)
				}
				settled()
				for i, want := range []string{"5", age, "99"} {
					if got := fmt.Sprint(w.contact(people[i]).Fields["age"]); got != want {
						t.Errorf("%s has the age %s, not %s", people[i], got, want)
					}
				}
				if one := w.contact(people[1]); one.Fields["first_name"] != "Eve" {
					t.Errorf("what somebody else has set is %v", one.Fields)
				}
			}, unlimited)
		})
	}
}
