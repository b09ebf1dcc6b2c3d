package tools_test

import (
	"fmt"
	"testing"
)

// Guarantee 4.12. Values go back into the field that they were in, whatever its merge tag is by then, and into no other one.
func TestUndoFollowsAFieldThatWasGivenAnotherMergeTag(t *testing.T) {
	t.Parallel()
	for how, of := range map[string]int{"a contact": 1, "a few": 5, "a job": 60, "an import": 55, "a deletion": 1} {
		t.Run(how, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				people := bulkWorld(w, of)
				before := w.everybody(people)
				switch how {
				case "a contact":
					w.works("update_contact", args{"contact": people[0], "fields": args{"age": 99}})
				case "a deletion":
					w.works("delete_contact", args{"contact": people[0]})
				case "an import":
					w.works("search_contacts", args{"where": "age > 0", "refresh": true})
					w.imported(people)
				default:
					if done := w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 99}}); of > 50 {
						w.ends(done)
					}
				}
				change := w.lastChange()
				settled()
				w.works("update_field", args{"field": "age", "name": "Years", "merge_tag": "years"})
				w.works("create_field", args{"name": "Another age", "data_type": "integer", "merge_tag": "age"})
				if done := w.works("undo_change", args{"change_id": change}); done.at("job.job_id") != nil {
					w.ends(done)
				}
				settled()
				w.works("delete_field", args{"field": "age"})
				w.works("update_field", args{"field": "years", "name": "Age", "merge_tag": "age"})
				now := w.everybody(people)
				if len(now) != of {
					t.Errorf("%d of %d are there", len(now), of)
				}
				for email, is := range now {
					if is != before[email] {
						t.Errorf("%s is %s, and was %s", email, is, before[email])
					}
				}
			}, unlimited)
		})
	}
}

func TestUndoPutsNothingIntoAFieldThatHasTheMergeTagOfOneThatIsGone(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}, "add_to_lists": []string{"VIP"}})
		both := w.lastChange()
		settled()
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 43}})
		alone := w.lastChange()
		settled()
		w.works("delete_field", args{"field": "age"})
		w.works("create_field", args{"name": "Age", "data_type": "integer", "merge_tag": "age"})
		settled()
		w.refused("undo_change", args{"change_id": alone}, "conflict", "the field age")
		w.works("undo_change", args{"change_id": both}).says(t, "the field age")
		settled()
		if got := w.contact("anna@example.com"); got.Fields["age"] != nil || fmt.Sprint(got.ListIDs) != "[1]" {
			t.Errorf("got %+v", got)
		}
	})
}
