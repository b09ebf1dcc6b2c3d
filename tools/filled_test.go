package tools_test

import (
	"fmt"
	"testing"
)

// Guarantee 4.12. A job names the fields it writes by their merge tags until it has ended.
func TestAFieldThatAJobWritesIntoKeepsItsMergeTagUntilThen(t *testing.T) {
	t.Parallel()
	for how, start := range map[string]func(w *world, people []string) answer{
		"an update": func(w *world, people []string) answer {
			return w.call("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 99}})
		},
		"an import": func(w *world, people []string) answer {
			rows := "email,Age\n"
			for _, email := range people {
				rows += email + ",99\n"
			}
			w.file("ages.csv", rows)
			return w.call("import_contacts", args{"file": "ages.csv"})
		},
	} {
		t.Run(how, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				people := bulkWorld(w, 200)
				w.works("update_field", args{"field": "age", "name": "Years", "merge_tag": "years"})
				w.works("update_field", args{"field": "years", "name": "Age", "merge_tag": "age"})
				back := w.lastChange()
				started := start(w, people)
				if started.at("job.state") != "running" {
					t.Fatal(started.text)
				}
				const says = "still writing into the field age"
				w.refused("update_field", args{"field": "age", "merge_tag": "years"}, "conflict", says, "Nothing was changed")
				w.refused("delete_field", args{"field": "age"}, "conflict", says)
				w.refused("undo_change", args{"change_id": back}, "conflict", says)
				w.refused("undo_change", args{"change_id": back, "preview": true}, "conflict", says)
				w.works("update_field", args{"field": "age", "name": "Age of them"})
				w.works("update_field", args{"field": "first_name", "merge_tag": "given_name"})
				w.ends(started)
				for _, email := range people {
					if one := w.contact(email); fmt.Sprint(one.Fields["age"]) != "99" {
						t.Fatalf("%s has %v", email, one.Fields)
					}
				}
				w.works("update_field", args{"field": "age", "name": "Years", "merge_tag": "years"})
				w.works("undo_change", args{"change_id": w.lastChange()})
			}, slowImports[0])
		})
	}
}
