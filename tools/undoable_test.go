package tools_test

import (
	"strings"
	"testing"
	"time"
)

// onlyCreated imports three contacts whom nobody knew, over a fresh snapshot, and returns the answers of the preview and of the import.
func (w *world) onlyCreated() (preview, done answer) {
	w.t.Helper()
	bulkWorld(w, 2)
	w.file("new.csv", "email\nnew1@example.com\nnew2@example.com\nnew3@example.com\n")
	preview = w.works("import_contacts", args{"file": "new.csv", "lists": "VIP", "preview": true})
	return preview, w.ends(w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")}))
}

func TestWhoWasOnlyCreatedIsUndoneByDeletingThem(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		preview, done := w.onlyCreated()
		const only = "can be undone only by deleting 3 contacts that it "
		preview.says(t, "It "+only+"creates (undo_change with delete_created: true).")
		done.says(t, "It "+only+"created (undo_change with delete_created: true).")
		told := w.works("list_changes", nil)
		told.says(t, "("+only+"created (undo_change with delete_created: true)): created 3 contacts; added 3 contacts to \"VIP\"")
		told.has(t, "changes.0.can_undo", false)
		other := w.works("list_changes", args{"contact": "new1@example.com"})
		other.says(t, only, "and 2 writes to others")
		if strings.Contains(other.text, "undoes too") {
			t.Errorf("undo_change leaves them alone: %s", other.text)
		}
		undo := args{"change_id": w.lastChange(), "delete_created": true, "preview": true}
		w.refused("undo_change", args{"change_id": w.lastChange()}, "conflict", "Change 1 "+only, "new1@example.com")
		again := w.works("undo_change", undo)
		again.says(t, "3 contacts that it created are deleted.")
		w.ends(w.works("apply_plan", args{"plan_id": again.at("job.plan_id")}))
		w.works("list_changes", nil).says(t, "(undone by change 2)")
	}, unlimited)
}

// Without a preview, what an import finds of a snapshot decides.
func TestAnImportWithoutAPlanSaysWhetherItCanBeUndone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 3)
		w.file("few.csv", "email,age\n"+people[0]+",71\n"+people[1]+",72\n"+people[2]+",73\nnew@example.com,74\n")
		given := args{"file": "few.csv"}
		w.ends(w.works("import_contacts", given)).says(t, "It cannot be undone. It was sent without a fresh snapshot")
		w.works("search_contacts", args{"refresh": true})
		w.file("few.csv", "email,age\n"+people[0]+",81\n"+people[1]+",82\n"+people[2]+",83\nother@example.com,84\n")
		w.ends(w.works("import_contacts", given)).says(t, "It can be undone with undo_change for 90 days; 1 contact that it created stays, unless")
		change := w.lastChange()
		w.ends(w.works("undo_change", args{"change_id": change})).says(t, "3 contacts set back", "1 contact that the import created stays, unless")
	}, unlimited)
}

func TestAFinishedUndoSaysNothingOfWhatIsToCome(t *testing.T) {
	t.Parallel()
	person := &operator{action: "accept"}
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 60)
		w.ends(w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 1}, "unsubscribed": true}))
		change := w.lastChange()
		done := w.works("undo_change", args{"change_id": change})
		for _, said := range []string{done.text, w.ends(done).text} {
			for _, ahead := range []string{"is asked", "without their word", "will be looked at", "cannot be told now", "would get mail"} {
				if strings.Contains(said, ahead) {
					t.Errorf("it says %q: %s", ahead, said)
				}
			}
		}
		told := w.works("list_changes", args{"limit": 1, "contact": people[0]})
		told.says(t, "the operator agreed to undo the change of 2000-01-01")
	}, unlimited, asked(person))
}

func TestAListThatIsGoneIsNotSaidToBeDeletedLater(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 55)
		w.ends(w.works("add_to_list", args{"contacts": people, "lists": []string{"Beta", "VIP"}, "create_lists": true}))
		change := w.lastChange()
		w.works("delete_list", args{"list": "Beta"})
		preview := w.works("undo_change", args{"change_id": change, "preview": true})
		preview.says(t, `off "VIP"`)
		if strings.Contains(preview.text, "undoes the rest") {
			t.Errorf("the list is deleted already: %s", preview.text)
		}
		w.works("list_changes", nil).says(t, `added 55 contacts to "Beta" (id 3)`)
	}, unlimited, asked(&operator{action: "accept"}))
}

func TestAListThatIsGoneIsCalledByItsName(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 1) // who is on News
		w.works("search_contacts", args{"refresh": true})
		w.works("delete_contact", args{"contact": people[0]})
		deleted := w.lastChange()
		w.works("delete_list", args{"list": "News"})
		w.sql(`DELETE FROM write WHERE kind = 'list'`) // as if by somebody else: only the snapshot knows its name
		settled()
		w.works("list_changes", nil).says(t, `on "News" (id 1)`)
		w.works("undo_change", args{"change_id": deleted, "preview": true}).says(t, "Gone since, and not restored: a list (id 1).")
	}, unlimited)
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 1)
		w.works("delete_contact", args{"contact": people[0]})
		deleted := w.lastChange()
		w.works("delete_list", args{"list": "News"})
		settled()
		w.works("undo_change", args{"change_id": deleted, "preview": true}).says(t, `Gone since, and not restored: the list "News" (id 1).`)
		w.works("list_changes", nil).says(t, `on "News" (id 1)`)
	}, unlimited)
}

func TestASuppressedAddressIsNotAdvisedToBeSubscribed(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 1)
		w.works("update_contact", args{"contact": people[0], "unsubscribed": true})
		w.AddSuppression(people[0], "hard bounce", "any", "")
		undo := args{"change_id": w.lastChange()}
		for _, told := range []answer{w.works("undo_change", with(undo, "preview", true)), w.refused("undo_change", undo, "consent_required")} {
			told.says(t, "Its address is suppressed")
			if strings.Contains(told.text, "call update_contact") || strings.Contains(told.text, "use update_contact") {
				t.Errorf("it is advised: %s", told.text)
			}
		}
	}, unlimited)
}

func TestADeletionSaysOnceWhatItDoes(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 3)
		preview := w.works("bulk_delete_contacts", args{"contacts": people, "preview": true})
		preview.says(t, "Preview, nothing was sent: 3 contacts. They are deleted.")
		if done := w.ends(w.works("bulk_delete_contacts", args{"contacts": people[:2]})); strings.Contains(done.text, "For each") {
			t.Errorf("it is said twice: %s", done.text)
		}
	}, unlimited)
}

// Of contacts that are sent together Mailtrap counts as updated whoever is there.
func TestAnAnswerCountsWhoWasUpdatedAsListChangesDoes(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		bulkWorld(w, 60)
		done := w.ends(w.planned("bulk_update_contacts", args{"where": "age >= 20", "fields": args{"age": 23}}, 45))
		done.says(t, "51 of 60 contacts updated (9 already as requested)")
		done.has(t, "jobs.0.updated", 51, "jobs.0.unchanged", 9)
		w.works("list_changes", nil).says(t, "set age = 23 on 51 contacts; found 9 contacts as wanted already")
	}, unlimited)
}

// Somebody else deletes the field and creates one of another type.
func TestAFieldOfAnotherTypeIsLeftAsideByAnUndo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 2)
		w.works("create_field", args{"name": "Note", "data_type": "text"})
		w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"note": "one"}})
		w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"note": "two", "age": 99}})
		settled()
		other := open(t, unlimited, func(set *setting) { set.known = w.Emulator })
		other.works("delete_field", args{"field": "note"})
		other.works("create_field", args{"name": "Note", "data_type": "integer"})
		time.Sleep(time.Minute) // for which fields are remembered
		preview := w.works("undo_change", args{"change_id": 3, "preview": true})
		preview.says(t, "age: 99 → 20", "not restored: the field note as it was: its type is integer now")
		w.works("undo_change", args{"change_id": 3}).says(t, "Undid change 3")
	}, unlimited)
}
