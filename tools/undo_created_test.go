package tools_test

import (
	"fmt"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// An import without a preview, and without a fresh snapshot, that created all of its contacts can be undone: they were not there.
func TestAnImportThatCreatedAllOfItsContactsIsUndone(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		bulkWorld(w, 3)
		rows := "email,age\n"
		for i := range 5 {
			rows += fmt.Sprintf("new%d@example.com,%d\n", i, 30+i)
		}
		w.file("new.csv", rows)
		w.ends(w.works("import_contacts", args{"file": "new.csv", "lists": []string{"VIP"}})).says(t, "5 created, 0 updated",
			"It can be undone only by deleting 5 contacts that it created (undo_change with delete_created: true)")
		change := w.lastChange()
		settled()
		w.works("list_changes", nil).says(t, `created 5 contacts; added 5 contacts to "VIP" (id 2)`)
		w.refused("undo_change", args{"change_id": change}, "conflict", "delete_created")
		w.works("update_contact", args{"contact": "new4@example.com", "fields": args{"age": 99}})
		settled()
		undo := args{"change_id": change, "delete_created": true, "preview": true}
		preview := w.works("undo_change", undo)
		preview.says(t, "new4@example.com", "changed since: age")
		w.ends(w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")}))
		for i := range 5 {
			if _, there := w.Contact(fmt.Sprintf("new%d@example.com", i)); there != (i == 4) {
				t.Errorf("new%d is there: %v", i, there)
			}
		}
		if w.Len() != 4 {
			t.Errorf("%d contacts are left", w.Len())
		}
	}, unlimited)
}

// One of them was there: which of them it created, Mailtrap does not tell.
func TestAnImportThatCreatedSomeOfItsContactsIsNotUndone(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"one was there", "the answer was lost"} {
		t.Run(how, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				people := bulkWorld(w, 3)
				rows := "email,age\nnew@example.com,30\n"
				if how == "one was there" {
					rows += people[0] + ",31\n"
				} else {
					w.Inject(emulator.Fault{Method: "POST", Path: "/imports", Do: emulator.LoseAfter, Times: 1})
				}
				w.file("new.csv", rows)
				w.ends(w.works("import_contacts", args{"file": "new.csv"})).says(t, "It cannot be undone.")
				w.refused("undo_change", args{"change_id": w.lastChange(), "delete_created": true}, "conflict", "cannot be undone")
			}, unlimited)
		})
	}
}
