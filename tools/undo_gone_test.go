package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// What a change was to, or all that it did to contacts, may be deleted since, here or in Mailtrap.
func TestAChangeToWhatIsGoneIsNotSaidToBeUndoable(t *testing.T) {
	t.Parallel()
	for where, deleting := range map[string]func(*world){
		"here": func(w *world) {
			w.works("delete_list", args{"list": "Fresher"})
			w.works("delete_field", args{"field": "Rank"})
		},
		"in Mailtrap": func(w *world) {
			w.elsewhere("DELETE", "/contacts/lists/3", "")
			for _, field := range w.Fields() {
				if field.MergeTag == "rank" {
					w.elsewhere("DELETE", fmt.Sprintf("/contacts/fields/%d", field.ID), "")
				}
			}
			time.Sleep(time.Hour)
		},
	} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				people := bulkWorld(w, 3)
				w.works("create_list", args{"name": "Fresh"})
				w.works("rename_list", args{"list": "Fresh", "name": "Fresher"})
				w.works("create_field", args{"name": "Old", "data_type": "integer"})
				w.works("update_field", args{"field": "Old", "name": "Rank", "merge_tag": "rank"})
				w.works("update_contact", args{"contact": people[0], "add_to_lists": "Fresher"})
				w.works("bulk_update_contacts", args{"contacts": people[1:], "fields": args{"rank": 1}})
				w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"rank": 2, "age": 9}})
				settled()
				if said := w.works("list_changes", nil).text; strings.Count(said, "(can be undone)") != 7 {
					t.Fatalf("before, all can be undone: %s", said)
				}
				deleting(w)
				told := w.works("list_changes", nil)
				for _, change := range told.at("changes").([]any) {
					change := change.(map[string]any)
					undo := w.call("undo_change", args{"change_id": change["change_id"], "preview": true})
					if change["can_undo"] == true && undo.isError || change["can_undo"] == false && !undo.isError {
						t.Errorf("it says can_undo: %v of %v, and undo_change: %s", change["can_undo"], change["change_id"], undo.text)
					}
					if undo.isError && (strings.Contains(undo.text, "undo that one first") || strings.Contains(undo.text, "set that directly")) {
						t.Errorf("it advises what cannot be: %s", undo.text)
					}
				}
				if n := strings.Count(told.text, "(can be undone)"); n != 1 {
					t.Errorf("%d can be undone still: %s", n, told.text)
				}
			}, unlimited, asked(&operator{action: "accept"}))
		})
	}
}

// A later change is to be undone first only where it can be.
func TestALaterChangeIsAdvisedToBeUndoneOnlyWhereItCanBe(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}})
		settled()
		first := w.lastChange()
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 43}})
		settled()
		later := w.lastChange()
		advice := fmt.Sprintf("Change %d came later: undo that one first", later)
		w.refused("undo_change", args{"change_id": first}, "conflict", advice)
		w.elsewhere("PATCH", "/contacts/anna@example.com", `{"contact": {"fields": {"age": 44}}}`)
		settled()
		w.refused("undo_change", args{"change_id": later}, "conflict")
		if refused := w.refused("undo_change", args{"change_id": first}, "conflict", "Ask the operator what they want"); strings.Contains(refused.text, advice) {
			t.Errorf("what it advises is refused: %s", refused.text)
		}
	}, unlimited)
}

// A field that another server created a moment ago is there, though this one has not heard of it.
func TestWhatAnotherServerCreatedLatelyIsNotGone(t *testing.T) {
	t.Parallel()
	account, folder := emulator.New(emulator.Config{}), t.TempDir()
	account.AddContact(emulator.Contact{Email: "anna@example.com"})
	here := open(t, func(set *setting) { set.known, set.state = account, folder })
	other := open(t, func(set *setting) { set.known, set.state = account, folder })
	here.works("list_fields", nil)
	other.works("create_field", args{"name": "Colour", "data_type": "text"})
	other.works("update_contact", args{"contact": "anna@example.com", "fields": args{"colour": "red"}})
	for _, change := range []string{"changes.0.can_undo", "changes.1.can_undo"} {
		here.works("list_changes", nil).has(t, change, true)
	}
	here.works("undo_change", args{"change_id": 2, "preview": true}).says(t, `colour: "red" → empty`)
}
