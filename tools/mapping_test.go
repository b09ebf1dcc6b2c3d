package tools_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

func TestAMessyFileIsMappedAndItsRoleAddressesAreSkipped(t *testing.T) { // scenario 1
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.AddField("Company", "text", "company")
		w.AddField("Firm", "text", "firm")
		w.file("crm.csv", "E-mail Address,First Name,Company Name,Firm,Status,Notes\n"+
			"bob@example.com,Bob,ACME,x,Active,called\n"+
			"info@example.com,,ACME,,Active,\n"+
			"Sales@example.com,Sal,ACME,,Active,\n"+
			"jo@gmial.com,Jo,,,Active,\n"+
			"gone@example.com,Gone,,,Unsubscribed,\n"+
			"not an address,,,,,\n")
		imported := w.works("import_contacts", args{
			"file": "crm.csv", "lists": "Leads 2026", "create_lists": true,
			"mapping": args{"company name": "company", "Firm": "ignore"}, "skip": "role",
		})
		imported.says(t, "2 of 6 rows imported (2 created, 0 updated, 4 rejected)", "4 rows rejected", "- 2 rows: skipped as asked: the address belongs to a role",
			"has unsubscribed", `Columns: "E-mail Address" → email; "First Name" → first_name; "Company Name" → company; "Status" (who may be mailed).`, `Left out, as mapping says: "Firm".`,
			`Fields that create_fields: true would create: "Notes" as "notes" (text; filled in 1 row).`,
			"2 role addresses like info@ were skipped: info@example.com, sales@example.com.",
			`1 address at what looks like a misspelt domain: jo@gmial.com (gmail.com?); skip: ["typo"] leaves such out.`)
		imported.has(t, "read.role_addresses", args{"count": 2, "examples": []string{"info@example.com", "sales@example.com"}, "skipped": true},
			"read.misspelt_domains.count", 1, "read.misspelt_domains.skipped", nil, "read.opted_out", 1, "job.rejected", 4,
			"read.columns.2", args{"column": "Company Name", "to": "company"}, "read.columns.4", args{"column": "Status", "opt_out": true},
			"read.proposed_fields.0", args{"column": "Notes", "name": "Notes", "merge_tag": "notes", "data_type": "text", "values": 1, "fitting": 1},
			"job.ignored_columns", []string{"Notes"})
		settled()
		if bob := w.contact("bob@example.com"); !cmp.Equal(bob.Fields, map[string]any{"first_name": "Bob", "company": "ACME"}) {
			t.Errorf("bob is %v", bob.Fields)
		}
		rejected := readCSV(t, imported.at("job.rejected_file").(string))
		if lines := column(rejected, 0); !cmp.Equal(lines, []string{"3", "4", "6", "7"}) || !strings.Contains(rejected[1][1], "role") || rejected[1][2] != "info@example.com" {
			t.Errorf("rejected: %q", rejected)
		}
		if w.Len() != 3 {
			t.Errorf("there are %d contacts", w.Len())
		}
	})
}

func TestDatesThatCanBeReadInTwoOrdersAreAskedAbout(t *testing.T) { // scenario 4
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("dates.csv", "email,since\na@example.com,03/04/2025\nb@example.com,2025-01-02 10:00\n")
		call := args{"file": "dates.csv", "lists": "New", "create_lists": true}
		w.refused("import_contacts", call, "invalid_input", `the dates in the column "since" can be read in more than one order`,
			`"03/04/2025" may be 3 April 2025 (dmy) or 4 March 2025 (mdy)`, "Nothing was sent", `date_order: "dmy" or "mdy"`)
		w.nothingWritten()
		call["date_order"] = "dmy"
		imported := w.works("import_contacts", call)
		imported.says(t, "2 created", `Dates read: "since" dmy, as date_order says.`)
		imported.has(t, "read.columns.1", args{"column": "since", "to": "since", "date_order": "dmy"})
		settled()
		for email, want := range map[string]string{"a@example.com": "2025-04-03", "b@example.com": "2025-01-02"} {
			if got := w.contact(email).Fields["since"]; got != want {
				t.Errorf("%s: %v, want %s", email, got, want)
			}
		}

		w.file("settled.csv", "email,since\na@example.com,03/04/2025\nb@example.com,12/25/2025\n")
		imported = w.works("import_contacts", args{"file": "settled.csv"})
		imported.says(t, "2 updated", `Dates read: "since" mdy, as "12/25/2025" shows.`)
		settled()
		if got := w.contact("a@example.com").Fields["since"]; got != "2025-03-04" {
			t.Errorf("a: %v", got)
		}

		w.file("mixed.csv", "email,since\na@example.com,03/04/2025\nb@example.com,12/25/2025\nc@example.com,25/12/2025\n")
		w.refused("import_contacts", args{"file": "mixed.csv"}, "invalid_input", `"12/25/2025" is 25 December 2025 (mdy)`, `"25/12/2025" is 25 December 2025 (dmy)`)
		imported = w.works("import_contacts", args{"file": "mixed.csv", "date_order": "mdy"})
		imported.says(t, "2 of 3 rows imported", `since: "25/12/2025" is not a date with date_order "mdy", but is "25 December 2025" with "dmy"`)
		w.refused("import_contacts", args{"file": "mixed.csv", "date_order": "ydm"}, "invalid_input", "date_order")
		w.works("import_contacts", args{"file": "settled.csv", "preview": true, "date_order": "dmy"}).
			says(t, `Dates read: "since" mdy, as "12/25/2025" shows, against the date_order given.`)
	})
}

func TestAColumnWithoutAFieldIsProposedAndCreatedWhenTold(t *testing.T) { // scenario 6
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("seats.csv", "email,Seats,Customer since,Memo\n"+
			"a@example.com,12,25/12/2024,x\nb@example.com,\"1,200\",03/04/2025,y\nc@example.com,,,\n")
		first := w.works("import_contacts", args{"file": "seats.csv"})
		first.says(t, "3 created", `Columns without a field, left out: "Seats", "Customer since", "Memo"`, "create_fields: true",
			`"Seats" as "seats" (float; filled in 2 rows); "Customer since" as "customer_since" (date; filled in 2 rows); "Memo" as "memo" (text; filled in 2 rows).`)
		first.has(t, "read.proposed_fields.0", args{"column": "Seats", "name": "Seats", "merge_tag": "seats", "data_type": "float", "values": 2, "fitting": 2}, "read.created_fields", nil)
		if found := w.works("list_fields", nil); strings.Contains(found.text, "seats") {
			t.Errorf("a field was created unasked: %s", found.text)
		}
		w.refused("import_contacts", args{"file": "seats.csv", "create_fields": true}, "invalid_input", `"1,200" may be 1200 (".") or 1.200 (",")`, `decimal_sign: "." or ","`)
		second := w.works("import_contacts", args{"file": "seats.csv", "create_fields": true, "decimal_sign": ".", "mapping": args{"Memo": "ignore"}})
		second.says(t, "3 updated", `Fields created: "Seats" as "seats" (integer); "Customer since" as "customer_since" (date).`, `Dates read: "Customer since" dmy, as "25/12/2024" shows.`)
		second.has(t, "read.created_fields.0.merge_tag", "seats", "read.proposed_fields", nil, "job.ignored_columns", nil)
		settled()
		if b := w.contact("b@example.com"); !cmp.Equal(b.Fields, map[string]any{"seats": int64(1200), "customer_since": "2025-04-03"}) {
			t.Errorf("b is %v", b.Fields)
		}
		w.works("list_fields", nil).says(t, `seats: "Seats" (integer`, `customer_since: "Customer since" (date`)
		third := w.works("import_contacts", args{"file": "seats.csv", "create_fields": true, "decimal_sign": ".", "mapping": args{"Memo": "ignore"}})
		third.says(t, "3 updated")
		if strings.Contains(third.text, "Fields created") {
			t.Errorf("the fields were created again: %s", third.text)
		}
	})
}

func TestNoFieldIsCreatedThatWouldNotFitTheAccountOrForNothing(t *testing.T) {
	w := open(t)
	for i := range 37 {
		w.AddField(fmt.Sprint("Field ", i), "text", fmt.Sprintf("field_%d", i))
	}
	w.file("wide.csv", "email,one,two\na@example.com,x,y\n")
	w.refused("import_contacts", args{"file": "wide.csv", "create_fields": true}, "limit_reached", "39 custom fields, and 2 new ones would be too many", "mapping")
	w.file("bad.csv", "email,one\nnobody,x\n")
	w.refused("import_contacts", args{"file": "bad.csv", "create_fields": true}, "invalid_input", "The only row was rejected")
	w.nothingWritten()
}

func TestAFieldThatWasMadeElsewhereAMomentAgoIsUsed(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("list_fields", nil)
		time.Sleep(10 * time.Second)
		w.AddField("Seats", "integer", "seats")
		w.file("seats.csv", "email,Seats\na@example.com,3\n")
		imported := w.works("import_contacts", args{"file": "seats.csv", "create_fields": true})
		imported.says(t, "1 created", `"Seats" → seats`)
		imported.has(t, "read.created_fields", nil)
	})
}

func TestFieldsThatWereCreatedBeforeAFailureAreNamed(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.file("two.csv", "email,one,two\na@example.com,x,y\n")
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Status: 422, Body: `{"errors":{"base":["No imports today"]}}`})
		w.refused("import_contacts", args{"file": "two.csv", "create_fields": true}, "invalid_input", `The fields "one", "two" were created, and then the call failed`, "No imports today", "uses the fields that exist now")
		w.ClearFaults()
		w.works("import_contacts", args{"file": "two.csv", "create_fields": true}).says(t, "1 created", `"one" → one; "two" → two`)
	})
}

func TestNumbersAreReadAsMeantAndTheRestIsRejected(t *testing.T) { // scenario 7
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("ages.csv", "email,age,first_name\na@example.com,\"1,200\",None\nb@example.com,old,Bob\nc@example.com,n/a,Carl\nd@example.com,unknown,Dora\n")
		w.refused("import_contacts", args{"file": "ages.csv"}, "invalid_input", `the numbers in the column "age"`, `decimal_sign: "." or ","`, "Nothing was sent")
		imported := w.works("import_contacts", args{"file": "ages.csv", "decimal_sign": "."})
		imported.says(t, "2 of 4 rows imported", `- 2 rows: age: "old" or the like does not fit this integer field; give a whole number like 42`,
			`Taken for empty: "n/a" (line 4).`, `Imported unchanged, though they may mean nothing: "None" (line 2).`)
		imported.has(t, "job.created", 2, "job.rejected", 2, "read.columns.1.decimal_sign", ".")
		settled()
		if a := w.contact("a@example.com"); !cmp.Equal(a.Fields, map[string]any{"age": int64(1200), "first_name": "None"}) { // a text may say so
			t.Errorf("a is %v", a.Fields)
		}
		if c := w.contact("c@example.com"); !cmp.Equal(c.Fields, map[string]any{"first_name": "Carl"}) {
			t.Errorf("c is %v", c.Fields)
		}
	})
}

func TestAHeaderInAnotherLanguageNamesTheFieldItMayMean(t *testing.T) {
	w := open(t)
	w.AddField("Company", "text", "company")
	w.file("kunden.csv", "E-Mail-Adresse;Vorname;Nachname;Firma\nann@shop.example;Ann;Abel;Acme\n")
	given := w.works("import_contacts", args{"file": "kunden.csv", "create_fields": true, "preview": true})
	given.says(t, `Left out until it is clear which field they go into: "Firma". If it is what they seem to mean, repeat the call with this in mapping: {"Firma": "company"}.`, `"E-Mail-Adresse" → email; "Vorname" → first_name; "Nachname" → last_name`)
	given.has(t, "read.proposed_fields.0.likely_field", "company", "read.created_fields", nil)
	w.file("kunden.csv", "E-Mail-Adresse;First;Firma;Empresa;Hobby;Vorname\nann@shop.example;Ann;Acme;Acme;chess;\n")
	given = w.works("import_contacts", args{"file": "kunden.csv", "preview": true, "mapping": args{"Vorname": "ignore"}})
	given.says(t, `Left out, as mapping says: "Vorname".`, `Columns without a field, left out: "Hobby". To bring one in`,
		`field they go into: "First", "Firma", "Empresa".`, `mapping: {"First": "first_name", "Firma": "company"}`,
		`create_fields: true would create: "Hobby" as "hobby" (text; filled in 1 row).`)
	if strings.Contains(given.text, "→ ignore") || strings.Contains(given.text, "company?") {
		t.Errorf("it is told so that it takes guessing: %s", given.text)
	}
	w.file("crm.csv", "Work,Home\nann@shop.example,ann@home.example\n")
	w.refused("import_contacts", args{"file": "crm.csv"}, "invalid_input", "2 columns hold e-mail addresses", `{"Work": "email", "Home": "ignore"}`)
}

// Each answer is held against its schema.
func TestAnImportSaysWhatItMadeOfUnusualTables(t *testing.T) {
	w := open(t)
	for file, says := range map[string][]string{
		"Email 1,Email 2,First name\nann@shop.example,ann@home.example,Ann\n,bob@home.example,Bob\n": {
			"Preview, nothing was sent: 2 contacts", `"Email 1" → email; "Email 2" → email`, `taken where the first is empty: "bob@home.example" in "Email 2" (line 3)`, `not imported: "ann@home.example" (line 2)`,
		},
		"Email,Attribute,Value\nann@shop.example,first_name,Ann\nann@shop.example,newsletter,yes\nbob@shop.example,newsletter,no\n": {
			`with a row for each value (in "Attribute" and "Value") that were brought together by person`, "1 contact", `"no" 1`,
		},
		"Email,First name\nann@shop.example,Ann\nbob@shop.example,Bob\n\nUnsubscribed:\nbob@shop.example,Bob\n": {
			"1 contact", `named below the line "Unsubscribed:, line 6"`,
		},
	} {
		w.file("unusual.csv", file)
		w.works("import_contacts", args{"file": "unusual.csv", "preview": true}).says(t, says...)
	}
}

func TestABadValueCostsItselfOrItsRowAsTheCallerWants(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("spent.csv", "email,score,first_name\na@example.com,lots,Ann\nb@example.com,$12.50,Bob\n")
		w.works("import_contacts", args{"file": "spent.csv", "preview": true}).says(t, "1 row rejected", `Signs of currencies were left out: "$12.50" in "score" (line 3).`)
		imported := w.works("import_contacts", args{"file": "spent.csv", "on_bad_value": "leave_empty"})
		imported.says(t, "2 created", `1 value left out, not fitting the field, which stays unchanged: line 2, "score": "lots".`)
		imported.has(t, "read.values.left_empty", 1, "read.values.bad_values.0", args{"line": 2, "column": "score", "value": "lots"})
		w.refused("import_contacts", args{"rows": []any{args{"email": "a@example.com"}}, "on_bad_value": "leave_empty"}, "invalid_input", "on_bad_value", "apply to a file")
		settled()
		if a, b := w.contact("a@example.com"), w.contact("b@example.com"); !cmp.Equal(a.Fields, map[string]any{"first_name": "Ann"}) || b.Fields["score"] != 12.5 {
			t.Errorf("%v, %v", a.Fields, b.Fields)
		}
	})
}

func TestWhatIsSaidOfAFileIsCheckedBeforeItIsRead(t *testing.T) {
	w := open(t)
	seeded(w)
	w.file("a.csv", "email,Nick\na@example.com,x\n")
	for says, arguments := range map[string]args{
		"apply to a file":        {"rows": rowsOf(addresses(1)), "mapping": args{"a": "age"}},
		"mapping.Nick: is true":  {"file": "a.csv", "mapping": args{"Nick": true}},
		"mapping.Nick: is empty": {"file": "a.csv", "mapping": args{"Nick": " "}},
		`there is no field "frist_name" (did you mean first_name?)`:   {"file": "a.csv", "mapping": args{"Nick": "frist_name"}},
		"a field of the account (create_field makes a new one)":       {"file": "a.csv", "mapping": args{"Nick": "company"}},
		`mapping.Nik: the file has no such column; did you mean "Nic`: {"file": "a.csv", "mapping": args{"Nik": "age"}},
		"skip[0]": {"file": "a.csv", "skip": []any{"rolle"}},
	} {
		w.refused("import_contacts", arguments, "invalid_input", says)
	}
	w.nothingWritten()
	w.works("import_contacts", args{"rows": []any{args{"email": "info@example.com", "lists": "VIP"}, args{"email": "x@gmial.com"}, args{"email": "ok@example.com"}}, "skip": []any{"role", "typo"}}).
		says(t, "1 of 3 rows imported", "2 rows rejected", "1 role address like info@ was skipped")
	w.works("import_contacts", args{"file": "a.csv", "mapping": `{"Nick":"{{first_name}}"}`}).says(t, `"Nick" → first_name`)
}

func TestAFileOfManyOddColumnsIsToldOfWithinBounds(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		header, row := []string{"email"}, []string{"a@example.com"}
		for i := range 150 {
			header = append(header, fmt.Sprintf("%d %s", i, strings.Repeat("語", 200)))
			row = append(row, strings.Repeat("𝒜", 255))
		}
		w.file("odd.csv", strings.Join(header, ",")+"\n"+strings.Join(row, ",")+"\n")
		w.works("import_contacts", args{"file": "odd.csv"}).says(t, "1 created", "Fields that create_fields: true would create", "more fields")
		w.refused("import_contacts", args{"file": "odd.csv", "create_fields": true}, "limit_reached", "150 new ones")
		w.file("some.csv", strings.Join(header[:39], ",")+"\n"+strings.Join(row[:39], ",")+"\n")
		w.works("import_contacts", args{"file": "some.csv", "create_fields": true}).says(t, "1 updated", "Fields created: ")
	})
}

func TestFilesOfOtherProgramsAreImported(t *testing.T) { // scenario 5
	t.Parallel()
	for name, test := range map[string]struct {
		content string
		given   args
		says    string
	}{
		"semicolons in Windows-1252":        {"E-Mail;Vorname\nm@example.com;M\xfcller\n", nil, `Read as CSV separated by ";" in windows-1252 (a guess; encoding says otherwise).`},
		"tabs, in an encoding that is said": {"email\tfirst_name\nm@example.com\tM\xfcller\n", args{"encoding": "iso-8859-1"}, "Read as TSV"},
		"JSON":                              {`{"contacts": [{"email": "m@example.com", "fields": {"first_name": "Müller"}}]}`, nil, "Read as JSON."},
		"JSON Lines":                        {`{"email": "m@example.com", "first_name": "Müller"}`, nil, "Read as JSON"},
		"no header":                         {"m@example.com,Müller\n", args{"columns": []string{"email", "first_name"}}, "1 created"},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				arguments := args{"file": w.file("contacts", test.content)}
				for key, value := range test.given {
					arguments[key] = value
				}
				w.works("import_contacts", arguments).says(t, "Import finished: 1 created", test.says)
				if got := w.contact("m@example.com").Fields["first_name"]; got != "Müller" {
					t.Errorf("the name is %v", got)
				}
			})
		})
	}
}

func TestAByteThatIsNoCharacterIsFoundByItsLine(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.file("mixed.csv", "\ufeffemail,first_name\na@example.com,Ann\nm@example.com,M\xfcller\n")
		w.refused("import_contacts", args{"file": "mixed.csv"}, "invalid_input", "line 3 cannot be read", "Name the file's encoding")
		w.nothingWritten()
	})
}
