package tools_test

import "testing"

func TestWritesToOthersAreThoseToOtherContacts(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 6)
		w.file("new.csv", "email,age\n"+people[0]+",71\n"+people[1]+",72\n"+people[2]+",73\nnew@example.com,74\n")
		w.works("search_contacts", args{"refresh": true})
		w.ends(w.planned("import_contacts", args{"file": "new.csv", "lists": "Brand new", "create_lists": true}, 45))
		mine := w.works("list_changes", args{"contact": people[1], "limit": 1})
		mine.says(t, "import_contacts", "and 3 writes to others")
		mine.has(t, "changes.0.others", 3)
	}, unlimited)
}
