package tools_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

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
	t.Parallel()
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
				w.works("import_contacts", args{"rows": []any{args{"email": longest, "fields": everyField}}, "lists": every}).says(t, "1 updated", "For each: create or update; add to ", "job_id: ")
				everything := args{"contacts": []any{longest, "full@example.com"}, "fields": everyField, "add_to_lists": every[:25], "remove_from_lists": every[25:], "preview": true}
				previewed := w.works("bulk_update_contacts", everything)
				previewed.says(t, "Preview, nothing was sent: 2 contacts.", "For each: set ", "apply_plan with plan_id update-")
				w.works("apply_plan", args{"plan_id": previewed.at("job.plan_id")}).says(t, "Update finished: 2 contacts updated.", "For each: set ")
				var rows strings.Builder
				rows.WriteString("email," + strings.Join(tags, ",") + "\n")
				for _, email := range longAddresses(20) {
					rows.WriteString(email + strings.Repeat(","+quoted(strings.Repeat(letter, 255)), len(tags)) + "\n")
				}
				w.file("full.csv", rows.String())
				w.works("import_contacts", args{"file": "full.csv", "lists": every, "preview": true}).says(t, "Preview, nothing was sent: 20 contacts", "Values for: ", "For example: ", "apply_plan with plan_id import-")
				w.works("fire_event", args{"event": strings.Repeat(letter, 255), "file": "full.csv", "preview": true}).says(t, "For each: fire ", "May start automations", "apply_plan with plan_id event-")
				w.works("bulk_update_contacts", args{"contacts": longAddresses(20), "unsubscribed": true}).says(t, "0 of 20 addresses updated (20 not contacts of this account)", "- 00", "not contacts of this account")
				w.works("get_job", nil).says(t, "Recent jobs", "is a plan for 20 contacts")
				w.works("export_contacts", nil).says(t, "Exported 2 contacts to ", "Filled: ", "100%")
				w.works("fire_event", args{"event": strings.Repeat(letter, 255), "contacts": longest}).says(t, "for 1 contact.")
				w.works("check_suppressions", args{"contacts": longest}).says(t, "subscribed as a contact")
				w.works("delete_contact", args{"contact": "full@example.com"}).says(t, "Deleted full@example.com")
				w.works("create_contact", args{"email": "again@example.com", "fields": everyField, "lists": every}).says(t, "Created again@example.com")
				w.works("rename_list", args{"list": lists[0], "name": strings.Repeat(letter, 255)}).says(t, "Renamed the list", fmt.Sprintf("(id %d)", lists[0]))
				w.works("delete_list", args{"list": lists[1]}).says(t, "Deleted the list", "were on it and stay")
				w.works("update_field", args{"field": tags[0], "name": strings.Repeat(letter, 80), "merge_tag": strings.Repeat("y", 80)}).says(t, "Changed the text field", "- merge tag", "Templates")
				w.works("delete_field", args{"field": tags[1]}).says(t, "Deleted the text field", "had a value in it")
				w.refused("delete_field", args{"field": strings.Repeat("z", 5000)}, "invalid_input", "There is no field", "first_name")
			}, func(set *setting) { set.emulator.ContactLimit = 0 })
		})
	}
}

func TestTwentyThousandRejectedRowsAreCountedNotShown(t *testing.T) {
	t.Parallel()
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
		imported.says(t, "1 of 20,001 rows imported", "20,000 rows rejected; they are in ", "- 20,000 rows: age: ", "or the like does not fit this integer field")
		imported.has(t, "job.rejected", 20_000, "job.created", 1)
		if rows := readCSV(t, imported.at("job.rejected_file").(string)); len(rows) != 20_001 {
			t.Errorf("the file has %d rows", len(rows))
		}
		w.works("get_job", args{"job_id": imported.at("job.job_id")}).says(t, "20,000 rows rejected")
		w.works("get_job", nil).says(t, "1 created")
	})
}

func TestAThousandRefusedContactsAreBounded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		var refused []string
		for i, email := range addresses(1000) {
			refused = append(refused, fmt.Sprintf(`{"email":%q,"errors":{"email":["is on blocklist %d %s"]}}`, email, i, strings.Repeat("very ", 100)))
		}
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Times: 1, Status: 422, Body: `{"errors":[` + strings.Join(refused, ",") + `]}`})
		w.works("import_contacts", args{"rows": rowsOf(addresses(1000))}).says(t, "0 of 1,000 rows imported", "1,000 rows rejected", "995 rows for other reasons")

		w.refused("create_contact", args{"email": "x@example.com", "fields": many(500)}, "invalid_input", "fields.k")
		w.refused("fire_event", args{"event": "e", "contacts": "a@example.com", "params": nested(1000)}, "invalid_input", "params.k")
		bad := make([]any, 1000)
		for i := range bad {
			bad[i] = args{"email": strings.Repeat("no", 200), "fields": args{"x": 1}}
		}
		w.refused("import_contacts", args{"rows": bad}, "invalid_input", "rows[0].email", "and more.")
		for i := range bad {
			bad[i] = args{"email": fmt.Sprintf("p%d@example.com", i), "fields": many(30)}
		}
		w.refused("import_contacts", args{"rows": bad}, "invalid_input", "rows[0].fields.k", "990 more rows")
		w.refused("add_to_list", args{"lists": "VIP", "contacts": strings.Split(strings.Repeat(strings.Repeat("n", 300)+" ", 50), " ")}, "invalid_input", "contacts[0]")
	})
}

func TestManyJobsAreListedWithinBounds(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		for i := range 60 { // of others each, or they would replace each other
			w.works("bulk_delete_contacts", args{"contacts": append(longAddresses(19), fmt.Sprintf("p%d@example.com", i)), "preview": true})
			time.Sleep(time.Second)
		}
		listed := w.works("get_job", nil)
		listed.says(t, "Recent jobs, those that run first, and plans that were not applied:", "is a plan for 20 addresses that was not applied", " of them plans")
		if omitted := listed.count("omitted"); omitted == 0 || omitted+len(listed.at("jobs").([]any)) != 50 {
			t.Errorf("%d jobs are left out of %d", omitted, len(listed.at("jobs").([]any)))
		}
	}, unlimited)
}

func TestTheFailuresOfAJobAreBounded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("VIP")
		people := addresses(60)
		for _, email := range people {
			w.AddContact(emulator.Contact{Email: email})
		}
		w.Inject(emulator.Fault{Method: http.MethodPatch, Status: 422, Body: `{"errors":{"base":["` + strings.Repeat("it is locked ", 200) + `"]}}`})
		joined := w.ended(w.works("add_to_list", args{"lists": "VIP", "contacts": people}))
		joined.says(t, `Update finished: 0 of 60 contacts added to "VIP" (id 1): 60 refused.`, "60 contacts refused.", "- 60 contacts: ", "it is locked", "- person0000@example.com, person0001@example.com, ", ": refused (", "more contacts", "Report: ")
	}, unlimited)
}

func TestFailuresOfManyContactsAreBounded(t *testing.T) {
	t.Parallel()
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

// fiftyTwoWrites is one call that makes 52 writes: two lists, and fifty contacts with addresses of full length.
func fiftyTwoWrites(w *world, name string) int64 {
	w.works("add_to_list", args{"lists": []any{name + "1", name + "2"}, "contacts": longAddresses(50), "create_lists": true, "create_missing": true})
	time.Sleep(2 * time.Minute) // for the rate limits
	return w.lastChange()
}

func longAddresses(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%02d%s", i, longest[2:])
	}
	return all
}

func TestChangesAndTheirUndoingAreBounded(t *testing.T) {
	t.Parallel()
	person := &operator{action: mcp.ElicitationResponseActionAccept, takes: 2 * time.Minute} // for the rate limits
	for name, letter := range map[string]string{"letters": "n", "letters of four bytes": "𝒜", "quotes": `"`} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				person.asked = nil
				change := fiftyTwoWrites(w, strings.Repeat(letter, 250))
				w.works("list_changes", args{"show_addresses": true}).says(t, "1 change", "created the list", "created 50 contacts")
				w.works("undo_change", args{"change_id": change, "preview": true}).says(t, "nothing was changed", "more steps", "without preview")
				w.works("undo_change", args{"change_id": change}).says(t, fmt.Sprintf("Undid change %d", change), "more steps")
				if len(person.asked) != 1 || len(person.asked[0]) > 16<<10 {
					t.Errorf("%d questions, the first of %d bytes", len(person.asked), len(person.asked[0]))
				}
				if len(w.Lists()) != 0 || w.Len() != 0 {
					t.Errorf("%d lists and %d contacts are left", len(w.Lists()), w.Len())
				}
			}, unlimited, withOperator(person))
		})
	}
}

func TestAnUndoThatFailsHalfWayIsBounded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		change := fiftyTwoWrites(w, strings.Repeat("n", 250))
		w.Inject(emulator.Fault{Method: http.MethodDelete, Path: "/contacts/lists", Status: 422, Body: `{"errors":{"base":["` + strings.Repeat("it is locked ", 2000) + `"]}}`})
		w.works("undo_change", args{"change_id": change, "preview": true})
		w.works("undo_change", args{"change_id": change}).says(t, "50 of 52 steps of", "not done", "it is locked", "again for the rest")
		w.ClearFaults()
		time.Sleep(2 * time.Minute)
		w.works("undo_change", args{"change_id": change}).says(t, "delete the list")
		w.refused("undo_change", args{"change_id": change}, "conflict", "undone already")
	}, unlimited, withOperator(&operator{action: mcp.ElicitationResponseActionAccept, takes: 2 * time.Minute})) // for the rate limits
}

func TestAPageOfFiftyFullChangesIsBoundedAndLeadsOn(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		_, tags := crowded(w, "語")
		for i := range 50 {
			fields := args{}
			for _, tag := range tags {
				fields[tag] = fmt.Sprintf("%02d%s", i, strings.Repeat("語", 250))
			}
			w.works("update_contact", args{"contact": longest, "fields": fields})
		}
		seen, cursor := 0, ""
		for more := true; more; {
			page := w.works("list_changes", args{"limit": 50, "cursor": cursor, "show_addresses": seen%2 == 0})
			seen += len(page.at("changes").([]any))
			cursor, more = page.at("next_cursor").(string)
		}
		if seen != 50 {
			t.Errorf("%d changes on all pages", seen)
		}
	}, unlimited)
}

func TestAThousandSuppressionsAreBounded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := longAddresses(10)
		for i := range 1000 {
			w.AddSuppression(people[0], strings.Repeat("type ", 20)+fmt.Sprint(i), strings.Repeat("stream ", 20)+fmt.Sprint(i), strings.Repeat("d", 240)+fmt.Sprintf("%04d.com", i))
		}
		w.works("check_suppressions", args{"contacts": people[0]}).says(t, "suppressed on the sending side", "more suppressions")
		time.Sleep(2 * time.Minute)
		w.works("check_suppressions", args{"contacts": people}).says(t, "more suppressions", "not suppressed on the sending side")
		time.Sleep(2 * time.Minute)
		w.works("check_suppressions", nil).says(t, "1,000 suppressions on the sending side", "more domains")
	}, unlimited)
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
