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
		untold.says(t, "How many of them would be created, changed or left as they are is not known: ", "Ask the operator for a token with rights to this account's contacts")
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
			told.says(t, "4 rows rejected; they are in ", `email is not a valid e-mail address (line 3 "bob at example.com")`, `age: "old" does not fit`, "(line 4 carla@example.com)", "email has no top-level domain (line 5 dan@example)", "line 6")
			told.has(t, "job.rejected_rows.0.line", 3, "job.rejected_rows.0.email", "bob at example.com", "job.rejected_rows.0.reason", "email is not a valid e-mail address", "job.rejected_rows.1.email", "carla@example.com")
		}
		w.file("one.csv", "email\nanna@example.com\nnobody\n")
		w.works("import_contacts", args{"file": "one.csv"}).says(t, "1 row: email is not a valid e-mail address (line 3 nobody)")
		for i := range 30 {
			lines = append(lines, fmt.Sprintf("bad%d,%d", i, i))
		}
		w.file("people.csv", strings.Join(lines, "\n")+"\n")
		many := w.works("import_contacts", args{"file": "people.csv", "preview": true})
		many.says(t, "line 10 bad3", "and 24 more rows")
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

// Guarantee 8.4.
func TestWhatAFileIsToldAboutCanBeDoneWithTheSameCall(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("Customers")
		w.AddField("Company", "text", "company")
		w.AddField("Age", "integer", "age")
		long := strings.Repeat("note ", 60)
		w.file("crm.csv", "email,Firma,age,Notizen\ninfo@example.com,Acme,1,"+long+"\nanna@gmial.com,Bolt,2,\nbob@example.com,Cog,many,x\ncarla@example.com,Dot,3,y\n")
		sync := args{"file": "crm.csv", "list": "Customers", "mapping": args{"Notizen": "ignore"}}
		told := w.works("sync_contacts", sync)
		told.says(t, `skip: ["role"] leaves such out`, `skip: ["typo"] leaves such out`, `"Firma": "company"`, "line 4 bob@example.com")
		sync["mapping"], sync["skip"], sync["on_bad_value"] = args{"Firma": "company", "Notizen": "ignore"}, []any{"role", "typo"}, "leave_empty"
		again := w.works("sync_contacts", sync)
		again.says(t, "Preview, nothing was sent: 2 contacts", "1 role address like info@ was skipped", `"Firma" → company`)
		again.has(t, "job.difference.creates", 2)
		w.refused("sync_contacts", args{"segment": "x", "list": "Customers", "skip": "role"}, "invalid_input", "mapping, skip, date_order")
		imported := w.works("import_contacts", args{"file": "crm.csv", "create_fields": true, "on_bad_value": "leave_empty", "preview": true})
		imported.says(t, `mapping: {"Firma": "company"`)
		for _, repeated := range []string{"create_fields: true", `"firma" as`} {
			if strings.Contains(imported.text, repeated) {
				t.Errorf("it says %q again: %s", repeated, imported.text)
			}
		}
		w.file("hobby.csv", "email,Hobby\nbob@example.com,golf\n")
		w.works("import_contacts", args{"file": "hobby.csv", "create_fields": true, "preview": true}).says(t, `Fields that would be created: "Hobby" as "hobby" (text).`)
		for _, word := range []string{"Entreprise", "Azienda", "Empresa", "Bedrijf", "Unternehmen"} {
			w.file("words.csv", "email,"+word+"\nbob@example.com,Cog\n")
			w.works("import_contacts", args{"file": "words.csv", "preview": true}).says(t, `mapping: {"`+word+`": "company"}`)
			w.works("import_contacts", args{"file": "words.csv", "preview": true, "mapping": args{word: "company"}}).says(t, `"`+word+`" → company.`)
		}
		w.file("names.csv", "email,Vorname,Nachname\nbob@example.com,Bob,Bee\n")
		w.works("import_contacts", args{"file": "names.csv", "preview": true}).says(t, `"Vorname" → first_name; "Nachname" → last_name`)
	})
}

// Guarantee 8.9.
func TestANewPreviewOfTheSameReplacesTheEarlierOne(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.file("people.csv", "email,Hobby\nnew@example.com,golf\n")
		w.file("other.csv", "email\nother@example.com\n")
		named := []any{"p05@example.com", "p06@example.com"}
		preview := func(tool string, given args) string {
			given["preview"] = true
			return w.works(tool, given).at("job.plan_id").(string)
		}
		kept := []string{
			preview("import_contacts", args{"file": "other.csv"}),
			preview("bulk_update_contacts", args{"where": "plan = 'pro'", "fields": args{"plan": "team"}}),
			preview("bulk_update_contacts", args{"where": "plan = 'pro'", "unsubscribed": true}), // another change
			preview("bulk_update_contacts", args{"where": "plan = 'free'", "unsubscribed": true}),
			preview("remove_from_list", args{"lists": "Newsletter", "contacts": named}),
		}
		for _, twice := range [][2]aCall{
			{{"import_contacts", args{"file": "people.csv"}}, {"import_contacts", args{"file": "people.csv", "create_fields": true}}},
			{{"add_to_list", args{"lists": "VIP", "contacts": named}}, {"add_to_list", args{"lists": "VIP", "contacts": named}}},
			{{"bulk_delete_contacts", args{"where": "plan = 'pro'"}}, {"bulk_delete_contacts", args{"where": "plan = 'pro'"}}},
			{{"fire_event", args{"event": "ping", "contacts": named}}, {"fire_event", args{"event": "ping", "contacts": named}}},
			{{"sync_contacts", args{"file": "people.csv", "list": "Customers"}}, {"sync_contacts", args{"file": "people.csv", "list": "Customers", "mapping": args{"Hobby": "ignore"}}}},
		} {
			var plans [2]string
			for i, call := range twice {
				if call.args["preview"] = true; call.tool == "sync_contacts" {
					delete(call.args, "preview")
				}
				plans[i] = w.works(call.tool, call.args).at("job.plan_id").(string)
			}
			w.refused("apply_plan", args{"plan_id": plans[0]}, "plan_expired", "The plan "+plans[0]+" was replaced by "+plans[1], "Nothing was sent", "apply_plan with plan_id: "+plans[1])
			w.works("get_job", args{"job_id": plans[0]}).says(t, "was replaced by "+plans[1])
			recent := w.works("get_job", nil)
			recent.says(t, plans[1])
			if strings.Contains(recent.text, plans[0]) {
				t.Errorf("%s is listed still:\n%s", plans[0], recent.text)
			}
			kept = append(kept, plans[1])
		}
		w.nothingWritten()
		w.works("get_job", nil).says(t, kept...)
		w.works("apply_plan", args{"plan_id": kept[5]}).says(t, "Import finished: 1 created")
	}, unlimited)
}

func TestAnEstimateReckonsWithThoseWhoDoNotExist(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		crowd(w, 55)
		named, file := append(addresses(55), "other@example.com"), "email\nother@example.com\n"
		for i := range 744 {
			named = append(named, fmt.Sprintf("ghost%03d@example.com", i))
		}
		for _, email := range named {
			file += fmt.Sprint(email, "\n")
		}
		w.file("named.csv", file)
		given := args{"file": "named.csv", "unsubscribed": true, "preview": true}
		w.Inject(emulator.Fault{Path: "/contacts/exports", Status: 403})
		w.works("bulk_update_contacts", given).says(t, "This number is an upper bound", "Takes at most 9 minutes: at most 1,600 requests")
		w.ClearFaults()
		preview := w.works("bulk_update_contacts", given)
		preview.says(t, "56 of them are in this account", "Takes about 5 minutes: at most 856 requests")
		job := w.works("apply_plan", args{"plan_id": preview.at("job.plan_id"), "wait_seconds": 0})
		job.says(t, ", about 5 minutes left.")
	})
}

func TestARunningJobIsEstimatedByThoseItHasLookedUp(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		named := []any{}
		for i := range 900 {
			named = append(named, fmt.Sprintf("ghost%03d@example.com", i))
		}
		w.works("bulk_update_contacts", args{"contacts": named, "unsubscribed": true}).
			says(t, "170 of 900 addresses dealt with, about 4 minutes left.")
	})
}

// Guarantee 8.10.
func TestEstimatesOfTheSameWorkAgree(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContacts(400, func(i int) emulator.Contact { return emulator.Contact{Email: fmt.Sprintf("c%03d@example.com", i)} })
		preview := w.works("bulk_update_contacts", args{"where": "email LIKE 'c%'", "unsubscribed": true, "preview": true})
		preview.says(t, "Takes about 5 minutes: at most 800 requests")
		whole, _ := preview.at("job.seconds").(float64)
		began := time.Now()
		job := w.works("apply_plan", args{"plan_id": preview.at("job.plan_id"), "wait_seconds": 0})
		job.says(t, ", about 5 minutes left.")
		for running := true; running; {
			seen := w.works("get_job", args{"job_id": job.at("job.job_id"), "wait_seconds": 20})
			if running = seen.at("jobs.0.state") == "running"; !running {
				break
			}
			left, _ := seen.at("jobs.0.seconds").(float64)
			if all := time.Since(began).Seconds() + left; all > 1.05*whole || all < 0.75*whole {
				t.Errorf("after %v it is to take %v s in all, and %v s by the preview: %s", time.Since(began), all, whole, seen.text)
			}
			if strings.Contains(seen.text, "per minute") {
				t.Errorf("a pace is told that is no news: %s", seen.text)
			}
		}
		if took := time.Since(began).Seconds(); took > 1.05*whole || took < 0.75*whole {
			t.Errorf("it took %v s, and %v s by the preview", took, whole)
		}
	})
}

// Guarantee 8.11.
func TestWhoGetsNoMailIsSentToTheRightTool(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		news := w.AddList("Newsletter")
		w.AddContact(emulator.Contact{Email: "out@example.com", Status: "unsubscribed", ListIDs: []int64{news}})
		w.AddContact(emulator.Contact{Email: "bounced@example.com", ListIDs: []int64{news}})
		w.AddContact(emulator.Contact{Email: "alone@example.com"})
		w.AddSuppression("bounced@example.com", "hard bounce", "bulk", "example.com")
		w.works("get_contact", args{"contact": "out@example.com"}).says(t, "out@example.com is unsubscribed", "check_suppressions tells whether their address is suppressed too")
		w.works("get_contact", args{"contact": "alone@example.com"}).says(t, "On no list, so campaigns to lists do not reach them")
		told := w.works("check_suppressions", args{"contacts": []any{"out@example.com", "bounced@example.com", "alone@example.com"}})
		told.says(t, "out@example.com: unsubscribed as a contact; not suppressed on the sending side", "bounced@example.com: subscribed as a contact; suppressed on the sending side: hard bounce",
			"alone@example.com: subscribed as a contact (and on no list)", "update_contact with unsubscribed: false and their consent", "Only a person can lift a suppression")
		for _, tool := range w.tools {
			if tool.Name == "get_contact" && !strings.Contains(tool.Description, "check_suppressions says why someone gets no mail") {
				t.Errorf("its description does not send there: %s", tool.Description)
			}
		}
	})
}

// What is wrong with a condition is told before anything else, and a preview of nobody is no plan.
func TestAPreviewOfNobodyToChangeIsNoPlan(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		sample(w)
		w.works("update_contact", args{"contact": "bob@example.com", "fields": args{"plan": "pro"}})
		w.works("add_to_list", args{"contacts": "bob@example.com", "lists": "Trial"})
		settled()
		for _, nobody := range []struct {
			tool  string
			given args
		}{
			{"bulk_update_contacts", args{"where": "email = 'bob@example.com'", "fields": args{"plan": "pro"}}},
			{"bulk_update_contacts", args{"contacts": []any{"bob@example.com", "stranger@example.com"}, "fields": args{"plan": "pro"}}},
			{"add_to_list", args{"contacts": []any{"bob@example.com"}, "lists": "Trial"}},
			{"remove_from_list", args{"contacts": []any{"bob@example.com", "other@example.com"}, "lists": "Customers"}},
		} {
			told := w.works(nobody.tool, with(nobody.given, "preview", true))
			if strings.Contains(told.text, "apply_plan") || told.at("job.plan_id") != nil || told.at("job.nothing_to_do") != true {
				t.Errorf("%s %v offers a plan: %s", nobody.tool, nobody.given, told.text)
			}
		}
		w.works("get_job", nil).says(t, "no jobs")
		w.works("add_to_list", args{"contacts": []any{"bob@example.com", "stranger@example.com"}, "lists": "Trial", "create_missing": true, "preview": true}).says(t, "apply_plan")
	})
}

func TestASkippedRowIsNotToBeCorrected(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.file("roles.csv", "email\ninfo@example.com\nann@example.com\n")
		told := w.works("import_contacts", args{"file": "roles.csv", "skip": "role"})
		if told.says(t, "1 row rejected"); strings.Contains(told.text, "to be corrected") {
			t.Errorf("a row that was skipped is to be corrected: %s", told.text)
		}
		w.file("both.csv", "email\ninfo@example.com\nnobody\nbob@example.com\n")
		w.works("import_contacts", args{"file": "both.csv", "skip": "role"}).says(t, "to be corrected and imported again, except those skipped")
	})
}

func TestAPreviewNamesARunningJobThatFiresTheSame(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		sample(w)
		onTrial(900)(w)
		given := args{"where": "in_list('Trial')", "event": "ping", "params": args{"n": 1}}
		w.works("fire_event", given).says(t, "running")
		w.works("fire_event", with(given, "preview", true, "params", args{"n": 2})).says(t, "Careful: event-", "is firing an event for 900 contacts", "gets the event twice")
	})
}

// Whoever starts a job without a preview is told of the unsubscribed among those who were sent by import all the same.
func TestAnUpdateWithoutAPreviewSaysWhoHadUnsubscribed(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		bulkWorld(w, 60)
		const said = "6 of the contacts had unsubscribed. Whether Mailtrap's import leaves people unsubscribed is not documented: search_contacts with refresh: true"
		w.works("bulk_update_contacts", args{"where": "age >= 20", "fields": args{"age": 23}}).says(t, said)
		settled()
		w.works("search_contacts", args{"where": "age = 23 AND status = 'unsubscribed'", "refresh": true}).has(t, "total", 6)
		for _, alone := range []args{{"where": "age >= 20 AND status <> 'unsubscribed'", "fields": args{"age": 24}}, {"where": "age >= 20", "unsubscribed": true}} {
			if got := w.works("bulk_update_contacts", alone); strings.Contains(got.text, "had unsubscribed") {
				t.Errorf("%v: %s", alone, got.text)
			}
		}
	}, unlimited)
}
