package tools_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

// crm is a file as customer databases export it.
const crm = "\ufeffE-mail Address,First Name,AGE,Employee?,Since,Company Name,Score\r\n" +
	"Bob@Example.com ,Bob,\"1,200\",yes,2026-01-02,ACME,1.5\r\n" +
	"anna@example.com,,42,,,\"Foo, Ltd\",\r\n" +
	"\r\n" +
	"not an address,Nobody,1,,,,\r\n" +
	"carl@example.com,Carl,old,,,,\r\n" +
	"dora@example.com,Dora,unknown,,,,\r\n" +
	"bob@example.com,Robert,,no,,,\r\n" +
	"short@example.com,Short\r\n" +
	"wide@example.com,Smith, John,,,,,too far\r\n"

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	must(t, err)
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	must(t, err)
	return rows
}

func TestAMessyFileIsImportedAndItsRejectsCanBeMended(t *testing.T) { // scenario 1 in part
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, _ := seeded(w)
		w.file("crm.csv", crm)
		imported := w.works("import_contacts", args{"file": "crm.csv", "lists": []any{"Leads 2026"}, "remove_from_lists": "Newsletter", "create_lists": true, "decimal_sign": ".", "mapping": args{"Employee?": "active"}})
		imported.says(t, `Decimals read: "AGE" with ".", as decimal_sign says.`, "Import finished: 3 of 8 rows imported (2 created, 1 updated, 1 merged into another row, 4 rejected)", "4 rows rejected", "to be corrected and imported again",
			`2 rows: age: "old" or the like does not fit this integer field`, "1 row: email ", "1 row: the row has 8 cells and the header 7",
			`Columns without a field, left out: "Company Name". To bring one in, say with mapping which field it goes into, or import again with create_fields: true`, `"Leads 2026"`, "1 list was created")
		imported.has(t, "job.rows", 8, "job.merged", 1, "job.created", 2, "job.updated", 1, "job.rejected", 4, "job.ignored_columns", []string{"Company Name"}, "job.state", "finished", "job.created_lists.0.name", "Leads 2026")
		settled()
		bob := w.contact("bob@example.com")
		if want := map[string]any{"first_name": "Robert", "age": int64(1200), "active": false, "since": "2026-01-02", "score": 1.5}; !cmp.Equal(bob.Fields, want) {
			t.Errorf("bob is %v", bob.Fields)
		}
		anna := w.contact("anna@example.com")
		if anna.Fields["first_name"] != "Anna" || anna.Fields["age"] != int64(42) || cmp.Equal(anna.ListIDs, []int64{newsletter}) {
			t.Errorf("anna is %+v", anna)
		}

		path := imported.at("job.rejected_file").(string)
		rejected := readCSV(t, path)
		if !cmp.Equal(rejected[0], []string{"rejected_line", "rejected_reason", "E-mail Address", "First Name", "AGE", "Employee?", "Since", "Company Name", "Score"}) {
			t.Errorf("the header is %q", rejected[0])
		}
		if lines := column(rejected, 0); !cmp.Equal(lines, []string{"5", "6", "7", "10"}) {
			t.Errorf("the lines are %q", lines)
		}
		if !cmp.Equal(rejected[2][2:], []string{"carl@example.com", "Carl", "old", "", "", "", ""}) || !strings.Contains(rejected[2][1], `"old"`) {
			t.Errorf("carl's row is %q", rejected[2])
		}

		rejected[2][4], rejected[3][4] = "7", "8"
		writeCSV(t, w, "mended.csv", rejected[:4])
		again := w.works("import_contacts", args{"file": "mended.csv"})
		again.says(t, "2 of 3 rows imported (2 created, 0 updated, 1 rejected)")
		if strings.Contains(again.text, "rejected_line") {
			t.Errorf("our own columns are spoken of: %s", again.text)
		}
		settled()
		if got := w.contact("carl@example.com").Fields["age"]; got != int64(7) {
			t.Errorf("carl's age is %v", got)
		}
		if third := readCSV(t, again.at("job.rejected_file").(string)); !cmp.Equal(third[0], rejected[0]) {
			t.Errorf("the second file of rejected rows has the header %q", third[0])
		}
	})
}

func column(rows [][]string, i int) []string {
	var cells []string
	for _, row := range rows[1:] {
		cells = append(cells, row[i])
	}
	return cells
}

func writeCSV(t *testing.T, w *world, name string, rows [][]string) {
	t.Helper()
	var content strings.Builder
	out := csv.NewWriter(&content)
	must(t, out.WriteAll(rows))
	w.file(name, content.String())
}

func TestRowsAreImportedWithTheirOwnFieldsAndLists(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		imported := w.works("import_contacts", args{"rows": []any{
			args{"email": "bob@example.com", "fields": args{"age": 5, "first_name": "Bob"}, "lists": "VIP"},
			args{"email": "BOB@example.com", "fields": args{"age": 6}, "lists": "Fresh"},
			args{"email": "anna@example.com", "fields": args{"first_name": nil}},
		}, "lists": "Newsletter", "create_lists": true})
		imported.says(t, "Import finished: 2 of 3 rows imported (1 created, 1 updated, 1 merged into another row).", "1 list was created", "job_id: import-")
		imported.has(t, "job.rows", 3, "job.merged", 1, "job.created_lists.0.name", "Fresh", "job.not_sent", nil)
		settled()
		bob := w.contact("bob@example.com")
		if !cmp.Equal(bob.Fields, map[string]any{"age": int64(6), "first_name": "Bob"}) || !cmp.Equal(bob.ListIDs, []int64{newsletter, vip, vip + 1}) {
			t.Errorf("bob is %+v", bob)
		}
		if _, set := w.contact("anna@example.com").Fields["first_name"]; set {
			t.Error("null did not clear the field")
		}
	})
}

// Guarantee 10.11.
func TestContactsBeyondThePlanAreCounted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		imported := w.works("import_contacts", args{"rows": rowsOf(addresses(10))})
		imported.says(t, "6 of 10 rows imported", "4 over the contact limit of the account", "left 4 new contacts out and does not tell whom", "import the same again")
		imported.has(t, "job.over_limit", 4, "job.created", 6)
	}, func(set *setting) { set.emulator.ContactLimit = 6 })
}

func TestRowsThatMailtrapRefusesAreTakenOut(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.file("people.csv", "email,first_name\n"+strings.Join(addresses(4), ",x\n")+",x\n")
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Times: 1, Status: 422,
			Body: `{"errors":[{"email":"Person0001@example.com","errors":{"email":["is on a blocklist"]}},{"email":"person0003@example.com","errors":{"base":["is odd","and even"]}}]}`})
		imported := w.works("import_contacts", args{"file": "people.csv"})
		imported.says(t, "2 of 4 rows imported", "2 rows rejected", `Mailtrap: email: "is on a blocklist"`)
		imported.has(t, "job.created", 2, "job.refused", 2, "job.sent", 2, "job.contacts", 4)
		rejected := readCSV(t, imported.at("job.rejected_file").(string))
		want := [][]string{{"", `Mailtrap: email: "is on a blocklist"`, "person0001@example.com", "x"}, {"", `Mailtrap: base: "is odd"; base: "and even"`, "person0003@example.com", "x"}}
		if difference := cmp.Diff(want, rejected[1:]); difference != "" {
			t.Errorf("rejected: %s", difference)
		}
	})
}

func TestAnImportThatMailtrapRefusesAsAWholeIsAnError(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Status: 422, Body: `{"errors":{"base":["No imports today"]}}`})
		w.refused("import_contacts", args{"rows": rowsOf(addresses(3))}, "invalid_input", "No imports today")
		w.refused("add_to_list", args{"contacts": addresses(60), "lists": "VIP", "create_missing": true, "create_lists": true}, "invalid_input", "No imports today")
		if w.Len() != 0 {
			t.Error("contacts were created")
		}
	})
}

func TestAFileThatHoldsNobodyIsRefused(t *testing.T) {
	w := open(t)
	for content, says := range map[string]string{
		"":                                 "It is empty",
		"email,name\n":                     "header and nothing below",
		"email\nnope\n":                    "The only row was rejected; line 2",
		"name,phone\nx,y\n":                "no column holds e-mail addresses",
		"email,Email Address\na@b.co,x\n":  "two columns hold an e-mail address",
		"email,first_name,First Name\n":    "two columns hold the field first_name",
		"PK\x03\x04rest":                   "workbook is damaged",
		"\xd0\xcf\x11\xe0rest":             "old Excel file",
		"\x1f\x8b\x08rest":                 "packed file ends too early",
		"\xff\xfee\x00m\x00":               "no column holds e-mail addresses",
		"ann@b.co,Ann\nbob@b.co,Bob\n":     "give the columns' names in columns",
		"email,name\na@b.co,\"x\nb@b.co,y": "line 2 cannot be read. A quote is opened there and not closed",
	} {
		w.file("contacts.csv", content)
		w.refused("import_contacts", args{"file": "contacts.csv", "lists": "New", "create_lists": true}, "invalid_input", says)
	}
	w.nothingWritten()
}

func TestALargeFileGoesInTwoParts(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.file("large.csv", "email\n"+strings.Join(addressesWide(50_001), "\n"))
		w.refused("import_contacts", args{"file": "large.csv"}, "needs_preview", "This is for 50,001 contacts, and more than 1,000 are not written unseen.", "preview: true", "apply_plan")
		imported := w.planned("import_contacts", args{"file": "large.csv"}, 45)
		imported.says(t, "Import finished: 50,001 created, 0 updated.")
		imported.has(t, "job.created", 50_001, "job.sent", 50_001, "job.not_sent", nil)
		if posts := len(w.writes()) - w.exports(); posts != 2 || w.Len() != 50_001 {
			t.Errorf("%d requests, %d contacts", posts, w.Len())
		}
	}, func(set *setting) { set.emulator.JobDelay = 3 * time.Second })
}

func addressesWide(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("p%06d@example.com", i)
	}
	return all
}

func TestAnImportOutlivesAMinuteOfRefusals(t *testing.T) { // scenario 25
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("list_lists", nil)
		w.Inject(emulator.Fault{Status: http.StatusTooManyRequests, Body: `{"errors":"Rate limit exceeded"}`})
		over := time.AfterFunc(time.Minute, w.ClearFaults)
		defer over.Stop()
		began := time.Now()
		w.refused("get_contact", args{"contact": "anna@example.com"}, "rate_limited", "The call has waited for 45 seconds. Repeat the call after 00:0")
		if took := time.Since(began); took > 55*time.Second {
			t.Errorf("the refusal took %v", took)
		}
		started := w.works("import_contacts", args{"rows": rowsOf(addresses(20))})
		started.says(t, "job_id: import-")
		done := w.works("get_job", args{"job_id": started.at("job.job_id"), "wait_seconds": 45})
		done.says(t, "Import finished: 20 created")
		if w.Len() != 21 {
			t.Errorf("there are %d contacts", w.Len())
		}
	})
}

func TestAnImportThatCannotStartInTimeSaysThatItGoesOn(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.works("list_lists", nil)
		w.Inject(emulator.Fault{Method: http.MethodPost, Status: http.StatusTooManyRequests})
		over := time.AfterFunc(2*time.Minute, w.ClearFaults)
		defer over.Stop()
		started := w.works("import_contacts", args{"rows": rowsOf(addresses(20))})
		started.says(t, "Import is running: 0 of 20 contacts dealt with", "It continues in the background", "get_job", "cancel_job")
		id := started.at("job.job_id")
		time.Sleep(3 * time.Minute)
		w.works("get_job", args{"job_id": id}).says(t, "Import finished: 20 created")
	})
}

func TestSlowWorkIsWaitedForAsLongAsAsked(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := 3
		plan := func() any { // for others each, or they would replace each other
			people++
			return w.works("import_contacts", args{"rows": rowsOf(addresses(people)), "preview": true}).at("job.plan_id")
		}
		for _, wait := range []struct {
			tool      string
			arguments args
			seconds   float64
		}{
			{"import_contacts", args{"rows": rowsOf(addresses(3))}, 20},
			{"apply_plan", args{"plan_id": plan(), "wait_seconds": 0}, 0},
			{"apply_plan", args{"plan_id": plan()}, 20},
			{"apply_plan", args{"plan_id": plan(), "wait_seconds": 45}, 45},
		} {
			began := time.Now()
			started := w.works(wait.tool, wait.arguments)
			started.says(t, "Import is running", "follow it with get_job")
			if took := time.Since(began).Seconds(); took < wait.seconds || took > wait.seconds+2 {
				t.Errorf("%s waited %v s, want %v", wait.tool, took, wait.seconds)
			}
			time.Sleep(2 * time.Minute)
			w.works("get_job", args{"job_id": started.at("job.job_id")}).says(t, "Import finished")
		}
	}, func(set *setting) { set.emulator.JobDelay = time.Minute })
}

var _ = hostileCase("import_contacts", func(x *exposure) {
	x.given(
		args{"file": "evil.csv", "lists": x.list}, args{"file": "twice.csv"}, args{"file": "ages.csv"}, args{"file": "nobody.csv"}, args{"file": "out.csv"}, args{"file": x.v}, args{"file": "../" + x.v},
		args{"rows": []any{args{"email": "gus@example.com", "fields": args{"evil": x.short}, "lists": []any{x.short + " 9"}}}, "create_lists": true},
		args{"rows": []any{args{"email": "gus@example.com", "fields": args{x.v + "!": x.v}}}}, args{"rows": []any{args{"email": x.v, x.v: x.v}}},
		args{"file": "evil.csv", "lists": []any{x.list, x.short + " 6"}, "create_lists": true, "preview": true}, args{"file": "out.csv", "unsubscribe": true},
	)
})
