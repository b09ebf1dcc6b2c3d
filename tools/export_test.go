package tools_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mailtrap-contacts-mcp/emulator"
)

func toExport(w *world) {
	newsletter, vip := seeded(w)
	w.AddContact(emulator.Contact{Email: "bob@example.com", Status: "unsubscribed", ListIDs: []int64{newsletter}})
	w.AddContact(emulator.Contact{Email: "eve@example.com", ListIDs: []int64{vip}, Fields: map[string]any{"first_name": "Eve, \"the\" one\nof many"}})
}

func TestContactsAreExportedWithCounts(t *testing.T) { // scenario 23
	t.Parallel()
	for layout, filled := range map[emulator.Layout]string{
		emulator.LayoutNames:        `"Email" 100%, "Status" 100%, "First name" 67%, "Last name" 0%, "Age" 33%`,
		emulator.LayoutTags:         `"id" 100%, "email" 100%, "status" 100%, "first_name" 67%`,
		emulator.LayoutWithoutLists: `"email" 100%, "contact_id" 100%, "first_name" 67%`,
	} {
		t.Run(fmt.Sprint(layout), func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				toExport(w)
				exported := w.works("export_contacts", args{"file": "all.csv"})
				exported.says(t, "Exported 3 contacts to "+filepath.Join(w.dir, "all.csv"), filled, "As of ", "just now")
				exported.has(t, "exported", 3, "file", filepath.Join(w.dir, "all.csv"))
				rows := readCSV(t, filepath.Join(w.dir, "all.csv"))
				if len(rows) != 4 || !strings.Contains(fmt.Sprint(rows), "Eve, \"the\" one\nof many") {
					t.Errorf("the file has %q", rows)
				}

				some := w.works("export_contacts", args{"lists": "newsletter", "status": "subscribed", "columns": []any{"Email", "first_name", "FIRST NAME", "age"}})
				some.says(t, "Exported 1 contact to "+w.dir)
				rows = readCSV(t, some.at("file").(string))
				if len(rows[0]) != 3 || !cmp.Equal(rows[1], []string{"anna@example.com", "Anna", "41"}) {
					t.Errorf("the file has %q", rows)
				}
				w.refused("export_contacts", args{"columns": []any{"email", "shoe size", "???"}}, "invalid_input", `"shoe size"`, `"???"`, "mail", "leave columns out")
			}, func(set *setting) { set.emulator.ExportLayout = layout })
		})
	}
}

// A workbook is read by spreadsheet programs, which make numbers and formulas of texts, and comes back as it was.
func TestAWorkbookComesBackWhole(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		vip := w.AddList("Post; \"code\"")
		w.AddField("Code", "text", "code")
		w.AddField("Joined", "date", "joined")
		w.AddContact(emulator.Contact{Email: "zip@example.com", ListIDs: []int64{vip},
			Fields: map[string]any{"code": "01234", "joined": "2026-02-03", "first_name": "=1+1", "age": 7}})
		exported := w.works("export_contacts", args{"format": "xlsx", "status": "subscribed"})
		exported.says(t, "Exported 3 contacts to "+w.dir, ".xlsx", `"code" 33%`)
		book, err := excelize.OpenFile(exported.at("file").(string))
		must(t, err)
		rows, err := book.GetRows("Contacts")
		must(t, errors.Join(err, book.Close()))
		if got := fmt.Sprint(rows); len(rows) != 4 || !strings.Contains(got, "01234") || !strings.Contains(got, "2026-02-03") {
			t.Errorf("the sheet has %q", rows)
		}
		w.works("import_contacts", args{"file": exported.at("file"), "preview": true}).says(t, "0 changes to make: 3 contacts checked")
		w.works("search_contacts", args{"where": "1=0"})
		w.works("export_contacts", args{"format": "xlsx", "where": "1=0", "file": "none.xlsx"}).says(t, "No contact fits", "has a header only")
	})
}

func TestFilesAreNeverOverwritten(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		w.file("mine.csv", "precious")
		w.refused("export_contacts", args{"file": "mine.csv"}, "file_access", "exists already", "never overwritten")
		w.nothingWritten()
		first := w.works("export_contacts", nil).at("file")
		second := w.works("export_contacts", nil).at("file")
		if first == second || filepath.Dir(first.(string)) != w.dir || !strings.HasPrefix(filepath.Base(first.(string)), "mailtrap-contacts-") {
			t.Errorf("the files are %v and %v", first, second)
		}
		if content, err := os.ReadFile(filepath.Join(w.dir, "mine.csv")); err != nil || string(content) != "precious" {
			t.Errorf("the file has %q", content)
		}
		info, err := os.Stat(first.(string))
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("the file's mode is %v", info.Mode())
		}
		noParts(t, w.dir)
	})
}

// noParts checks that no half-written file is left.
func noParts(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, ".*"))
	must(t, err)
	if len(files) > 0 {
		t.Errorf("left behind: %q", files)
	}
}

func TestAnExportOfNobodySaysSo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("export_contacts", args{"lists": "VIP"}).says(t, "No contact fits", "header only")
	})
}

func TestTwoAgentsExportAtTheSameTime(t *testing.T) { // scenario 24
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		w.refused("export_contacts", args{"file": "mine.csv"}, "timeout", "still being taken", "continues in the background", "Call again")
		noParts(t, w.dir)
		all := w.meanwhile("export_contacts", args{"file": "mine.csv"})
		w.refused("export_contacts", args{"status": "subscribed"}, "timeout", "still being taken")
		if got := all(); got.isError {
			got.says(t, "still being taken")
			w.works("export_contacts", args{"file": "mine.csv"}).says(t, "Exported 3 contacts")
		}
		w.works("export_contacts", args{"status": "subscribed"}).says(t, "Exported 2 contacts")
		if exports := w.exports(); exports != 1 {
			t.Errorf("%d exports", exports)
		}
	}, func(set *setting) { set.emulator.JobDelay = 100 * time.Second })
}

func TestExportsStartedAtOnceAreOneExport(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		answers := make(chan string, 8)
		for i := range cap(answers) {
			go func() {
				given := w.call("export_contacts", args{"file": fmt.Sprintf("%d.csv", i)})
				answers <- given.text
			}()
		}
		for range cap(answers) {
			if text := <-answers; !strings.Contains(text, "Exported 3 contacts") {
				t.Error(text)
			}
		}
		if posts := w.writes(); len(posts) != 1 {
			t.Errorf("requests: %q", posts)
		}
	}, func(set *setting) { set.emulator.JobDelay = 10 * time.Second })
}

func TestAnExportIsOfASnapshotThatIsAsNewAsCanBe(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		w.works("search_contacts", nil)
		time.Sleep(30 * time.Second)
		w.works("create_contact", args{"email": "new@example.com", "fields": args{"first_name": "New"}})
		w.AddContact(emulator.Contact{Email: "elsewhere@example.com"})
		w.works("export_contacts", args{"columns": "email"}).says(t, "Exported 4 contacts")
		if exports := w.exports(); exports != 1 {
			t.Errorf("%d exports for one minute", exports)
		}
		time.Sleep(31 * time.Second)
		w.works("export_contacts", args{"where": "email LIKE '%@example.com'"}).says(t, "Exported 5 contacts")
		w.works("import_contacts", args{"rows": rowsOf(addresses(2))})
		time.Sleep(20 * time.Second)
		w.works("export_contacts", nil).says(t, "Exported 7 contacts")
		if exports := w.exports(); exports != 3 {
			t.Errorf("%d exports", exports)
		}
	})
}

// A list that was made after the snapshot is known all the same.
func TestANewListIsExportedAndCounted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		w.works("search_contacts", nil)
		time.Sleep(time.Second)
		w.works("create_list", args{"name": "Brand new"})
		w.works("create_list", args{"name": "Newer"})
		w.works("add_to_list", args{"lists": "Brand new", "contacts": []string{"bob@example.com"}})
		w.works("export_contacts", args{"lists": "Brand new", "columns": "email"}).says(t, "Exported 1 contact ")
		w.works("delete_list", args{"list": "Newer"}).says(t, "Nobody was on it")
	})
}

func TestAForeignExportIsWaitedFor(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		other := open(t, func(set *setting) { set.known = w.Emulator })
		first := w.meanwhile("export_contacts", nil)
		other.works("export_contacts", nil).says(t, "Exported 3 contacts")
		first().says(t, "Exported 3 contacts")
	}, func(set *setting) { set.emulator.JobDelay = 8 * time.Second })
}

func TestADownloadThatBreaksOffIsStartedAgain(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		w.Inject(emulator.Fault{Path: "/data_exports/", Times: 2, Do: emulator.TruncateBody})
		w.works("export_contacts", nil).says(t, "Exported 3 contacts")
		noParts(t, w.dir)

		time.Sleep(2 * time.Minute)
		w.Inject(emulator.Fault{Path: "/data_exports/", Do: emulator.TruncateBody})
		w.refused("export_contacts", args{"file": "broken.csv"}, "upstream_error")
		w.ClearFaults()
		noParts(t, w.dir)
		if _, err := os.Stat(filepath.Join(w.dir, "broken.csv")); err == nil {
			t.Error("half a file has a good name")
		}
		w.Inject(emulator.Fault{Path: "/data_exports/", Do: emulator.GzipBomb})
		w.refused("export_contacts", args{"file": "bomb.csv"}, "upstream_error")
		noParts(t, w.dir)
		for _, request := range w.Requests() {
			if strings.Contains(request.Path, "data_exports") && request.TokenSeen {
				t.Error("the download was sent the token")
			}
		}
	})
}

func TestAnExportTheAPIRefusesIsAnError(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/exports", Status: 403, Body: `{"errors":"Access forbidden"}`})
		w.refused("export_contacts", nil, "forbidden", "Access forbidden")
		w.ClearFaults()
		w.Inject(failedExport(7001))
		w.refused("export_contacts", nil, "upstream_error", "export 7001 failed", "Start a new export")
	})
}

var _ = hostileCase("export_contacts", func(x *exposure) {
	x.given(
		nil, args{"lists": x.list}, args{"columns": []any{"email", "evil", x.v}}, args{"columns": x.v + "!"}, args{"status": x.v}, args{"file": "../" + x.v},
	)
	x.bySnapshot(
		nil, args{"lists": x.list}, args{"columns": []any{"email", "evil", x.v}}, args{"where": x.v}, args{"segment": x.v}, args{"segment": upTo(90, x.v)},
		args{"where": "1=1", "columns": x.v + "!"}, args{"format": "jsonl"}, args{"format": "xlsx"},
	)
})
