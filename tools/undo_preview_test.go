package tools_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
)

// Guarantee 11.1.
func TestTheLimitOfPreviewsHoldsForUndoing(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		people := populated(w, 5)
		plan := w.works("add_to_list", args{"contacts": people[:4], "lists": "VIP", "preview": true}).at("job.plan_id")
		w.works("apply_plan", args{"plan_id": plan})
		settled()
		change := w.lastChange()
		undo := args{"change_id": change}
		w.ResetRequests()
		w.refused("undo_change", undo, "needs_preview", "Undoing this is for 4 contacts, and more than 2 are not written unseen.", "Nothing was changed.", "preview: true")
		w.works("undo_change", with(undo, "preview", true)).says(t, "nothing was changed")
		time.Sleep(time.Hour + time.Minute)
		w.refused("undo_change", undo, "needs_preview")
		w.works("undo_change", with(undo, "preview", true))
		w.nothingWritten()

		w.works("update_contact", args{"contact": people[0], "remove_from_lists": "VIP"}) // so that less is to be undone than was shown
		settled()
		w.refused("undo_change", undo, "needs_preview")
	}, unlimited, func(set *setting) { set.previewAbove = 2 })
}

// Guarantee 11.1.
func TestAnUndoThatWasPreviewedIsDoneOnce(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		_, vip := seeded(w)
		people := populated(w, 5)
		w.works("update_contact", args{"contact": people[4], "add_to_lists": "VIP"})
		settled()
		w.works("undo_change", args{"change_id": w.lastChange()}) // one contact is no bulk
		plan := w.works("add_to_list", args{"contacts": people[:4], "lists": "VIP", "preview": true}).at("job.plan_id")
		w.works("apply_plan", args{"plan_id": plan})
		settled()
		undo := args{"change_id": w.lastChange()}
		w.works("undo_change", with(undo, "preview", true))
		w.works("undo_change", undo).says(t, "Undid change")
		settled()
		for _, email := range people {
			if slices.Contains(w.contact(email).ListIDs, vip) {
				t.Errorf("%s is on the list", email)
			}
		}
		w.refused("undo_change", args{"change_id": w.lastChange()}, "needs_preview", "Undoing this is for 4 contacts")
	}, unlimited, func(set *setting) { set.previewAbove = 0 })
}

// Guarantee 11.1. Nobody is asked about what may not be done unseen anyway.
func TestTheLimitOfDeletionsHoldsForUndoing(t *testing.T) {
	t.Parallel()
	person := &operator{action: mcp.ElicitationResponseActionAccept}
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("VIP")
		w.works("add_to_list", args{"contacts": addresses(26), "lists": "VIP", "create_missing": true})
		settled()
		undo := args{"change_id": w.lastChange()}
		w.refused("undo_change", undo, "needs_preview", "Undoing this deletes 26 contacts, and more than 25 are not deleted unseen.")
		if len(person.asked) > 0 {
			t.Errorf("they were asked: %s", fmt.Sprint(person.asked))
		}
		w.works("undo_change", with(undo, "preview", true))
		w.works("undo_change", undo)
		settled()
		if len(person.asked) != 1 || w.Len() != 0 {
			t.Errorf("asked %d times, %d contacts are left", len(person.asked), w.Len())
		}
	}, unlimited, asked(person))
}

func TestAPreviewSaysWhoIsTouchedByUndoingACreation(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		people := populated(w, 30)
		w.works("create_list", args{"name": "Fresh"})
		list := args{"change_id": w.lastChange(), "preview": true}
		w.works("create_field", args{"name": "Rank", "data_type": "integer"})
		field := args{"change_id": w.lastChange(), "preview": true}
		w.works("undo_change", list).says(t, "Nobody is on it.", "Call undo_change without preview")
		w.works("update_contact", args{"contact": people[0], "fields": args{"rank": 1}, "add_to_lists": "Fresh"})
		settled()
		w.works("undo_change", list).says(t, "1 contact is on it. Deleting the list leaves it in the account, but that it was on the list cannot be brought back.")
		w.works("undo_change", field).says(t, "1 contact has a value in it")
		w.ends(w.works("add_to_list", args{"contacts": people, "lists": "Fresh"}))
		settled()
		w.works("undo_change", list).says(t, "30 contacts are on it.", "To carry it out would be refused: [needs_confirmation]", "touches 30 contacts")
	}, unlimited)
}
