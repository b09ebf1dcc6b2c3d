package tools_test

import (
	"strings"
	"testing"
)

func TestWritesToOthersAreThoseToOtherContacts(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 6)
		w.file("new.csv", "email,age\n"+people[0]+",71\n"+people[1]+",72\n"+people[2]+",73\nnew@example.com,74\n")
		w.works("search_contacts", args{"refresh": true})
		w.ends(w.planned("import_contacts", args{"file": "new.csv", "lists": "Brand new", "create_lists": true}, 45))
		change := w.lastChange()
		mine := w.works("list_changes", args{"contact": people[1], "limit": 1})
		mine.says(t, "import_contacts", "and 3 writes to others, of which undo_change undoes 2 too")
		mine.has(t, "changes.0.others", 3)
		w.works("list_changes", args{"contact": "new@example.com", "limit": 1}).says(t, "(can be undone; 1 contact that it created stays, unless",
			"and 3 writes to others, which undo_change undoes too")
		w.works("undo_change", args{"change_id": change}).says(t, "3 contacts set back")
		if undone := w.works("list_changes", args{"contact": people[1], "limit": 2}); strings.Contains(undone.text, "writes to others, of which") {
			t.Errorf("they are undone: %s", undone.text)
		}
	}, unlimited)
}

// Of those who are imported without a snapshot it is not known what they were before, and an event is final.
func TestOthersWhoseWritesCannotBeUndoneAreCountedAsSuch(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 3)
		w.works("fire_event", args{"event": "paid", "contacts": people})
		w.works("import_contacts", args{"rows": []args{{"email": people[0]}, {"email": people[1]}}, "lists": "VIP"})
		told := w.works("list_changes", args{"contact": people[0]})
		told.says(t, "fire_event", "(cannot be undone)", "and 2 writes to others")
		if strings.Contains(told.text, "undoes") {
			t.Errorf("it tells of undoing: %s", told.text)
		}
	}, unlimited)
}
