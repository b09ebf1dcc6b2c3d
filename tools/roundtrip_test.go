package tools_test

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

// people are those of an account that is exported, and lists what is in it.
var (
	exportedLists  = []string{"News", "VIP", "Kept"}
	oddLists       = []string{`"News"`, "VIP; gold, [all]", "Old, but kept"}
	exportedPeople = []emulator.Contact{
		{Email: "ann@example.com", ListIDs: []int64{0, 1}, Fields: map[string]any{"first_name": "Ann", "age": int64(1200), "score": 12.345, "active": true, "since": "2026-01-02"}},
		{Email: "bob@example.com", ListIDs: []int64{2}, Fields: map[string]any{"first_name": "Bob, \"the\" one\nof many", "score": 0.5}},
		{Email: "cid@example.com", Fields: map[string]any{"first_name": "007"}},
		{Email: "out@example.com", Status: "unsubscribed", ListIDs: []int64{0}},
	}
)

// withFields has the fields of the account that is exported, but no contact.
func withFields(w *world) {
	w.AddField("Age", "integer", "age")
	w.AddField("Score", "float", "score")
	w.AddField("Active", "boolean", "active")
	w.AddField("Since", "date", "since")
}

// Issue 11: an export of ours comes back whole, memberships included, in an account that has nothing of it.
func TestAnExportComesBackWhole(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		export    args
		layout    emulator.Layout
		keepLists bool // the account that it comes back into has them still
		lists     []string
	}{
		"of a snapshot":          {args{"where": "email IS NOT NULL", "file": "all.csv"}, emulator.LayoutNames, false, oddLists},
		"of a snapshot as JSON":  {args{"where": "email IS NOT NULL", "format": "jsonl", "file": "all.jsonl"}, emulator.LayoutNames, false, exportedLists},
		"Mailtrap's, with names": {args{"file": "all.csv"}, emulator.LayoutNames, false, exportedLists},
		"Mailtrap's, with ids":   {args{"file": "all.csv"}, emulator.LayoutTags, true, oddLists},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			here := func(set *setting) { set.emulator.ExportLayout, set.dir = test.layout, dir }
			inFakeTime(t, func(_ *testing.T, w *world) {
				withFields(w)
				ids := make([]int64, len(test.lists))
				for i, list := range test.lists {
					ids[i] = w.AddList(list)
				}
				for _, contact := range exportedPeople {
					contact.ListIDs = slices.Clone(contact.ListIDs)
					for i, at := range contact.ListIDs {
						contact.ListIDs[i] = ids[at]
					}
					w.AddContact(contact)
				}
				w.works("export_contacts", test.export)
			}, here)
			inFakeTime(t, func(t *testing.T, w *world) {
				withFields(w)
				call := args{"file": test.export["file"], "create_lists": !test.keepLists}
				if test.keepLists {
					for _, list := range test.lists {
						w.AddList(list)
					}
				} else {
					w.refused("import_contacts", args{"file": test.export["file"]}, "invalid_input", "3 lists that the account does not have", "create_lists: true")
				}
				w.works("import_contacts", call).says(t, "3 created", "→ lists", "those who are unsubscribed in it are left out, not restored as unsubscribed")
				settled()
				names := map[int64]string{}
				for _, list := range w.works("list_lists", nil).at("lists").([]any) {
					one := list.(map[string]any)
					names[int64(one["id"].(float64))] = one["name"].(string)
				}
				for _, want := range exportedPeople {
					if want.Status == "unsubscribed" {
						if _, there := w.Contact(want.Email); there {
							t.Errorf("%s is subscribed again", want.Email)
						}
						continue
					}
					got := w.contact(want.Email)
					var on, should []string
					for _, id := range got.ListIDs {
						on = append(on, names[id])
					}
					for _, at := range want.ListIDs {
						should = append(should, test.lists[at])
					}
					slices.Sort(on)
					slices.Sort(should)
					if cmp.Or(got.Status, "subscribed") != "subscribed" || !gocmp.Equal(got.Fields, want.Fields) || !slices.Equal(on, should) {
						t.Errorf("%s is %s on %q with %v; want %q, %v", want.Email, got.Status, on, got.Fields, should, want.Fields)
					}
				}
			}, here)
			if _, err := os.Stat(filepath.Join(dir, test.export["file"].(string))); err != nil {
				t.Error(err)
			}
		})
	}
}
