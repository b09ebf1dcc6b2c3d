package tools_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// counted is the lines of a preview that say whom it is for.
func counted(preview answer) string {
	return strings.Join(slices.DeleteFunc(strings.Split(preview.text, "\n"), func(line string) bool {
		return !strings.HasPrefix(line, "Preview, ") && !strings.HasPrefix(line, "Against what is there: ") && !strings.HasPrefix(line, "New members")
	}), "\n")
}

// Guarantee 8.2.
func TestEveryPreviewOfAnImportSaysWhatIsCreatedChangedAndAlreadySo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.file("people.csv", "email,plan\np05@example.com,pro\np20@example.com,pro\nnew@example.com,pro\n")
		rows := []any{args{"email": "p05@example.com", "fields": args{"plan": "pro"}}, args{"email": "p20@example.com", "fields": args{"plan": "pro"}}, args{"email": "new@example.com", "fields": args{"plan": "pro"}}}
		const says = "Against what is there: 1 to create, 1 with other values (plan of 1), 1 as they should be already."
		for _, given := range []args{{"file": "people.csv"}, {"rows": rows}} {
			given["preview"] = true
			first := w.works("import_contacts", given)
			first.says(t, says)
			first.has(t, "job.difference.creates", 1, "job.difference.updates", 1, "job.difference.unchanged", 1)
			if second := w.works("import_contacts", given); counted(second) != counted(first) {
				t.Errorf("the second preview says\n%s\nand the first\n%s", counted(second), counted(first))
			}
		}
		w.works("update_contact", args{"contact": "p20@example.com", "fields": args{"plan": "pro"}}) // since the snapshot
		w.works("import_contacts", args{"file": "people.csv", "preview": true}).says(t, "1 to create, 0 to change, 2 as they should be already")
		w.works("import_contacts", args{"rows": []any{args{"email": "new@example.com"}}}) // many at a time, as far as a snapshot knows
		w.works("import_contacts", args{"file": "people.csv", "preview": true}).says(t, "0 to create, 1 with other values (plan of 1), 2 as they should be already")
		time.Sleep(16 * time.Minute)
		w.AddContact(emulator.Contact{Email: "more@example.com"}) // by others
		w.file("more.csv", "email\nmore@example.com\nmost@example.com\n")
		w.works("import_contacts", args{"file": "more.csv", "preview": true}).says(t, "1 to create, 0 to change, 1 as they should be already")
		time.Sleep(16 * time.Minute)
		w.Inject(emulator.Fault{Path: "/contacts/exports", Status: 403})
		untold := w.works("import_contacts", args{"file": "more.csv", "preview": true})
		untold.says(t, "How many of them would be created, changed or left as they are is not known: ", "Preview again in a minute.")
		untold.has(t, "job.difference", nil)
		w.ClearFaults()
		w.works("import_contacts", args{"file": "more.csv", "preview": true}).says(t, "1 to create, 0 to change, 1 as they should be already")
	})
}

// Guarantee 8.2.
func TestAPreviewWaitsForWhatWasImportedAndNamesWhatStillIs(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.file("people.csv", "email\np05@example.com\n")
		job := w.works("import_contacts", args{"rows": rowsOf(addresses(100))})
		w.ended(job)
		w.works("import_contacts", args{"file": "people.csv", "preview": true}).says(t, "1 to create") // it has waited until it could tell
		plan := w.works("import_contacts", args{"rows": rowsOf(addresses(200)[100:]), "preview": true})
		plan.says(t, "100 to create, 0 to change, 0 as they should be already")
		w.works("apply_plan", args{"plan_id": plan.at("job.plan_id"), "wait_seconds": 0})
		during := w.works("import_contacts", args{"file": "people.csv", "preview": true})
		during.says(t, fmt.Sprint("Not wholly in these numbers: ", plan.at("job.plan_id"), " is importing 100 contacts, "))
	}, func(set *setting) { set.emulator.JobDelay = 10 * time.Second })
}

// Guarantee 8.3.
func TestRejectedRowsAreNamedWithTheirAddressAndReason(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddField("Age", "integer", "age")
		lines := []string{"email,age", "anna@example.com,41", "bob at example.com,42", "carla@example.com,old", "dan@example,43", ",44"}
		w.file("people.csv", strings.Join(lines, "\n")+"\n")
		for _, preview := range []bool{true, false} {
			told := w.works("import_contacts", args{"file": "people.csv", "preview": preview})
			told.says(t, "4 rows rejected; they are in ", `line 3 "bob at example.com": email is not a valid e-mail address`, `line 4 carla@example.com: age: "old"`, "line 5 dan@example: email has no top-level domain", "line 6")
			told.has(t, "job.rejected_rows.0.line", 3, "job.rejected_rows.0.email", "bob at example.com", "job.rejected_rows.0.reason", "email is not a valid e-mail address", "job.rejected_rows.1.email", "carla@example.com")
		}
		w.file("one.csv", "email\nanna@example.com\nnobody\n")
		w.works("import_contacts", args{"file": "one.csv"}).says(t, "1 row: email is not a valid e-mail address", "Rejected: line 3 nobody.")
		for i := range 30 {
			lines = append(lines, fmt.Sprintf("bad%d,%d", i, i))
		}
		w.file("people.csv", strings.Join(lines, "\n")+"\n")
		many := w.works("import_contacts", args{"file": "people.csv", "preview": true})
		many.says(t, "line 10 bad3: ", "and 24 more rows")
		many.has(t, "job.rejected_rows.9.email", "bad5")
	})
}

// Guarantee 8.5.
func TestPreviewsOfWritesSayHowTheirContactsStand(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		_, vip, _ := audienceOf(w) // p08 and p09 are unsubscribed, p05 to p07 are pro
		w.AddContact(emulator.Contact{Email: "vip@example.com", Status: "unsubscribed", ListIDs: []int64{vip}, Fields: map[string]any{"plan": "pro"}})
		named := []any{"p05@example.com", "p08@example.com", "vip@example.com", "p20@example.com", "ghost@example.com"}
		w.file("five.csv", "email\np05@example.com\np08@example.com\nvip@example.com\np20@example.com\nghost@example.com\n")
		var crowd strings.Builder // more than are looked at one by one
		crowd.WriteString("email\np05@example.com\np08@example.com\nvip@example.com\np20@example.com\n")
		for i := range 60 {
			fmt.Fprintf(&crowd, "ghost%d@example.com\n", i)
		}
		w.file("crowd.csv", crowd.String())
		const where = "email IN ('p05@example.com', 'p08@example.com', 'vip@example.com', 'p20@example.com')"
		for _, one := range []struct {
			tool    string
			given   args
			already any // of the four
			says    string
		}{
			{"add_to_list", args{"lists": "VIP"}, 1, "1 on it already"},
			{"remove_from_list", args{"lists": "VIP"}, 3, "3 not on it"},
			{"remove_from_list", args{"lists": "*"}, 0, "0 on no list"},
			{"bulk_update_contacts", args{"unsubscribed": true}, 2, "2 already as requested"},
			{"bulk_update_contacts", args{"fields": args{"plan": "pro"}}, 2, "2 already as requested"},
			{"bulk_update_contacts", args{"fields": args{"plan": "pro", "last_login": "1999-01-02"}, "remove_from_lists": "VIP"}, 1, "1 already as requested"},
			{"bulk_update_contacts", args{"fields": args{"last_login": nil}, "unsubscribed": true}, 1, "1 already as requested"},
			{"fire_event", args{"event": "ping"}, nil, "2 unsubscribed"},
			{"bulk_delete_contacts", args{}, nil, "2 unsubscribed"},
		} {
			for _, chosen := range []args{{"contacts": named}, {"file": "five.csv"}, {"file": "crowd.csv"}, {"where": where}} {
				given := maps.Clone(one.given)
				maps.Copy(given, chosen)
				given["preview"] = true
				preview := w.works(one.tool, given)
				preview.says(t, "2 subscribed, 2 unsubscribed", one.says)
				preview.has(t, "job.match.existing", 4, "job.match.subscribed", 2, "job.match.unsubscribed", 2, "job.match.already", one.already)
				if chosen["where"] == nil {
					preview.says(t, "Not contacts of this account, skipped: ghost")
				}
			}
		}
		w.nothingWritten()
	}, unlimited)
}
