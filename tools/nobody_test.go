package tools_test

import (
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// notExports are what may come with status 200 instead of an export.
var notExports = map[string]string{
	"a page":                     "<!DOCTYPE html><html><body>Maintenance, email us</body></html>",
	"nothing":                    "",
	"a header without addresses": "id,status,created_at\n",
	"an error of the host":       `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>`,
	"JSON":                       `{"error":"Not Found"}`,
	"rows without addresses":     "email,plan\nAnna,pro\n",
	"garbage that says gzip":     "\x1f\x8b\x08garbage",
	"a header only":              "id,email,status,list_ids,created_at,updated_at\n",
}

// Guarantee 4.1.
func TestWhatIsNoExportIsNeverNobody(t *testing.T) {
	t.Parallel()
	for name, body := range notExports {
		inFakeTime(t, func(t *testing.T, w *world) {
			crowd(w, 30)
			w.works("search_contacts", nil) // the last snapshot knows them
			time.Sleep(2 * time.Minute)
			w.Inject(emulator.Fault{Method: "GET", Path: "/data_exports/", Status: 200, Body: body})
			t.Log(name)
			w.refused("delete_list", deletions["delete_list"], "needs_confirmation", "could not be found out")
			w.refused("delete_field", deletions["delete_field"], "needs_confirmation", "could not be found out")
			w.refused("export_contacts", args{"file": "mine.csv"}, "upstream_error")
			if files := filesIn(t, w.dir); len(files) > 0 {
				t.Errorf("the files are %q", files)
			}
		})
	}
}

// Guarantee 4.1.
func TestAStoreThatFailsIsNotOneThatExpectsNobody(t *testing.T) {
	t.Parallel()
	for _, breaks := range []string{"ALTER TABLE job RENAME TO gone", "ALTER TABLE snapshot_patch RENAME TO gone", "ALTER TABLE segment RENAME TO gone"} {
		t.Run(breaks, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				w.AddField("Age", "integer", "age")
				w.AddList("Crowd")
				w.sql(breaks)
				for tool, arguments := range deletions {
					got := w.call(tool, arguments)
					if !got.isError || !strings.HasPrefix(got.text, "[needs_confirmation]") && !strings.HasPrefix(got.text, "[file_access]") {
						t.Errorf("%s: %s", tool, got.text)
					}
				}
				if len(w.Lists()) != 1 || len(w.Fields()) != 3 {
					t.Error("something was deleted")
				}
			})
		})
	}
}

// Guarantee 4.1.
func TestWithoutAStoreNobodyCanBeCounted(t *testing.T) {
	t.Parallel()
	for why, folder := range unusable {
		t.Run(why, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				crowd(w, 0)
				if got := w.call("delete_list", deletions["delete_list"]); !got.isError || len(w.Lists()) != 1 {
					t.Errorf("got %s", got.text)
				}
			}, onDisk(folder(t)), func(set *setting) { set.noJournal = true })
		})
	}
}
