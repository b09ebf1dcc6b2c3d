package tools_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// crowded is an account with everything as large as Mailtrap allows. Long names are of letters that take n bytes each.
func crowded(w *world, letter string) (lists []int64, tags []string) {
	for i := range 50 {
		lists = append(lists, w.AddList(fmt.Sprintf("%02d", i)+strings.Repeat(letter, 253)))
	}
	fields := map[string]any{}
	for i := range 38 { // two are there from the start
		tag := fmt.Sprintf("f%02d_%s", i, strings.Repeat("x", 76))
		w.AddField(fmt.Sprintf("%02d", i)+strings.Repeat(letter, 78), "text", tag)
		fields[tag] = strings.Repeat(letter, 255)
		tags = append(tags, tag)
	}
	fields["first_name"], fields["last_name"] = strings.Repeat(letter, 255), strings.Repeat(`"`, 255)
	w.AddContact(emulator.Contact{Email: "full@example.com", ListIDs: lists, Fields: fields})
	w.AddContact(emulator.Contact{Email: longest})
	return lists, tags
}

// longest is the longest address there can be.
var longest = strings.Repeat("l", 64) + "@" + strings.Repeat(strings.Repeat("d", 61)+".", 3) + "com"

// In every answer of this test the harness checks the bounds; here it is checked that the answers are still useful.
func TestAnswersStayWithinTheirBoundsWhateverTheAccountHolds(t *testing.T) {
	for name, letter := range map[string]string{"letters": "n", "letters of four bytes": "𝒜", "quotes": `"`, "letters of three bytes": "語"} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				lists, tags := crowded(w, letter)
				w.works("get_account", nil).says(t, "50 lists of 50: ", "40 custom fields of 40: ", "Rate budget", w.dir)
				w.works("list_lists", nil).says(t, "50 lists:", fmt.Sprintf("(id %d)", lists[0]))
				w.works("list_lists", args{"search": "4"}).says(t, "with \"4\" in the name", fmt.Sprintf("(id %d)", lists[4]))
				w.works("list_fields", nil).says(t, "40 custom fields", "f00_x")
				w.works("get_contact", args{"contact": "full@example.com"}).says(t, "full@example.com is subscribed.", "Created 20", "not shown")
				w.refused("create_contact", args{"email": "full@example.com"}, "already_exists", "full@example.com")
				w.refused("create_contact", args{"email": "x@example.com", "lists": strings.Repeat("z", 5000)}, "invalid_input")
				w.refused("create_contact", args{"email": "x@example.com", "fields": args{strings.Repeat("z", 9000): 1}}, "invalid_input", "zzz")

				every := make([]any, len(lists))
				for i, id := range lists {
					every[i] = id
				}
				w.works("add_to_list", args{"contacts": longest, "lists": every}).says(t, "1 contact added to ")
				w.works("remove_from_list", args{"contacts": longest, "lists": every}).says(t, "1 contact removed from ")
				everyField := args{}
				for _, tag := range tags {
					everyField[tag] = strings.Repeat(letter, 254)
				}
				w.works("update_contact", args{"contact": "full@example.com", "fields": everyField, "remove_from_lists": every}).says(t, "Updated full@example.com", "more changes")
				w.works("import_contacts", args{"rows": []any{args{"email": longest, "fields": everyField}}, "lists": every}).says(t, "1 updated", "Lists: ", "job_id: ")
				w.works("export_contacts", nil).says(t, "Exported 2 contacts to ", "Filled: ", "100%", "job_id: ")
				w.works("fire_event", args{"event": strings.Repeat(letter, 255), "contacts": longest}).says(t, "for 1 contact.")
				w.works("delete_contact", args{"contact": "full@example.com"}).says(t, "Deleted full@example.com")
				w.works("create_contact", args{"email": "again@example.com", "fields": everyField, "lists": every}).says(t, "Created again@example.com")
			}, func(set *setting) { set.emulator.ContactLimit = 0 })
		})
	}
}

func TestTwentyThousandRejectedRowsAreCountedNotShown(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		var file strings.Builder
		file.WriteString("email,age," + strings.Repeat("column "+strings.Repeat("c", 300)+",", 100) + "last\n")
		for i := range 20_000 {
			fmt.Fprintf(&file, "p%d@example.com,%s %d,x\n", i, strings.Repeat("much", 20), i)
		}
		file.WriteString("ok@example.com,1,x\n")
		w.file("bad.csv", file.String())
		imported := w.works("import_contacts", args{"file": "bad.csv"})
		imported.says(t, "1 of 20,001 contacts imported", "20,000 rows rejected; they are in ", "- 20,000 rows: age: ", "or the like does not fit this integer field")
		imported.has(t, "job.rejected", 20_000, "job.created", 1)
		if rows := readCSV(t, imported.at("job.rejected_file").(string)); len(rows) != 20_001 {
			t.Errorf("the file has %d rows", len(rows))
		}
		w.works("get_job", args{"job_id": imported.at("job.job_id")}).says(t, "20,000 rows rejected")
		w.works("get_job", nil).says(t, "1 created")
	})
}

func TestAThousandRefusedContactsAreBounded(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		var refused []string
		for i, email := range addresses(1000) {
			refused = append(refused, fmt.Sprintf(`{"email":%q,"errors":{"email":["is on blocklist %d %s"]}}`, email, i, strings.Repeat("very ", 100)))
		}
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Times: 1, Status: 422, Body: `{"errors":[` + strings.Join(refused, ",") + `]}`})
		w.works("import_contacts", args{"rows": rowsOf(addresses(1000))}).says(t, "0 of 1,000 contacts imported", "1,000 rows rejected", "995 rows for other reasons")

		w.refused("create_contact", args{"email": "x@example.com", "fields": many(500)}, "invalid_input", "fields.k")
		w.refused("fire_event", args{"event": "e", "contacts": "a@example.com", "params": nested(1000)}, "invalid_input", "params.k")
		bad := make([]any, 1000)
		for i := range bad {
			bad[i] = args{"email": strings.Repeat("no", 200), "fields": args{"x": 1}}
		}
		w.refused("import_contacts", args{"rows": bad}, "invalid_input", "rows[0].email", "980 more")
		for i := range bad {
			bad[i] = args{"email": fmt.Sprintf("p%d@example.com", i), "fields": many(30)}
		}
		w.refused("import_contacts", args{"rows": bad}, "invalid_input", "rows[0].fields.k", "990 more rows")
		w.refused("add_to_list", args{"lists": "VIP", "contacts": strings.Split(strings.Repeat(strings.Repeat("n", 300)+" ", 50), " ")}, "invalid_input", "contacts[0]")
	})
}

func TestFailuresOfManyContactsAreBounded(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("VIP")
		people := addresses(50)
		for _, email := range people {
			w.AddContact(emulator.Contact{Email: email})
		}
		w.Inject(emulator.Fault{Method: http.MethodPatch, Rate: 0.9, Status: 422, Body: `{"errors":{"base":["` + strings.Repeat("it is locked ", 200) + `"]}}`})
		joined := w.works("add_to_list", args{"lists": "VIP", "contacts": people})
		joined.says(t, " of 50 contacts added", "person00", "it is locked", "more")
		w.ClearFaults()
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "events", Rate: 0.9, Status: 422, Body: `{"errors":{"base":["` + strings.Repeat("it is locked ", 200) + `"]}}`})
		w.works("fire_event", args{"event": "e", "contacts": people}).says(t, "of 50 contacts", "it is locked")
	})
}

func many(n int) args {
	all := args{}
	for i := range n {
		all[fmt.Sprintf("k%03d%s", i, strings.Repeat("k", 200))] = strings.Repeat("v", 300)
	}
	return all
}

func nested(n int) args {
	all := args{}
	for key := range many(n) {
		all[key] = []any{1}
	}
	return all
}
