package tools_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// imported imports other values for some people, over a fresh snapshot, and returns the change.
func (w *world) imported(people []string, more ...string) int64 {
	w.t.Helper()
	rows := "email,age\n"
	for i, email := range append(more, people...) {
		rows += fmt.Sprintf("%s,%d\n", email, 70+i%5)
	}
	w.file("imported.csv", rows)
	w.works("search_contacts", args{"refresh": true})
	w.ends(w.planned("import_contacts", args{"file": "imported.csv", "lists": []string{"VIP"}}, 45))
	return w.lastChange()
}

// Guarantee 11.3c.
func TestAPreviewSaysWhetherItCanBeUndone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 4)
		w.file("people.csv", "email,age\n"+people[0]+",5\nnew@example.com,6\n")
		w.file("crowd.csv", "email\n"+strings.Join(addressesWide(20_001), "\n"))
		const can, cannot = "It can be undone with undo_change for 90 days", "It cannot be undone"
		previews := func(say string, calls map[string]args) {
			for name, given := range calls {
				tool, _, _ := strings.Cut(name, " ")
				w.works(tool, with(given, "preview", true)).says(t, say)
			}
		}
		previews(can, map[string]args{
			"bulk_update_contacts": {"contacts": people, "fields": args{"age": 1}}, "bulk_update_contacts unsubscribed": {"contacts": people, "unsubscribed": true},
			"add_to_list": {"contacts": people, "lists": "VIP"}, "remove_from_list": {"contacts": people, "lists": "News"},
		})
		previews(can+": who was deleted is created again, with a new id.", map[string]args{"bulk_delete_contacts": {"contacts": people}})
		previews(cannot+": automations may send mail at once.", map[string]args{"fire_event": {"contacts": people, "event": "paid"}})
		imports := map[string]args{"import_contacts": {"file": "people.csv"}, "import_contacts rows": {"rows": []args{{"email": people[0], "fields": args{"age": 5}}, {"email": "new@example.com"}}}}
		previews(can+"; 1 contact that it creates stays, unless undo_change is called with delete_created: true.", imports)
		previews(cannot+". It is for 20,001 contacts, and what they were before is kept of at most 20,000 of a job.",
			map[string]args{"bulk_update_contacts": {"file": "crowd.csv", "fields": args{"age": 1}}, "bulk_delete_contacts": {"file": "crowd.csv"}})
		previews(can, map[string]args{"bulk_update_contacts": {"where": "age > 1", "fields": args{"age": 1}}})
		time.Sleep(20 * time.Minute)
		w.Inject(emulator.Fault{Method: "POST", Path: "/contacts/exports", Times: 100, Status: 403, Body: `{"errors":"no"}`})
		previews("It can be undone only if it creates all of them: without a fresh snapshot it is not known what they were before.", imports)
		const why = "It was sent without a fresh snapshot, so that it is not known what its contacts were before."
		w.works("import_contacts", imports["import_contacts"]).says(t, cannot+". "+why)
		w.refused("undo_change", args{"change_id": w.lastChange()}, "conflict", "cannot be undone. Imported 2 contacts. "+why)
	}, unlimited)
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 2)
		w.works("bulk_delete_contacts", args{"contacts": people, "preview": true}).says(t, "It cannot be undone: this server records no changes (--journal off).")
	}, unlimited, func(set *setting) { set.noJournal = true })
}

func TestWhatIsTooMuchForTheJournalCannotBeUndone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 52)
		w.works("update_contact", args{"contact": people[0], "fields": args{"age": 1}})
		w.sql(`WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
			INSERT INTO write (change, at, action, kind, subject, name, state, final, consent, failure) SELECT 1, 0, 'update', 'contact', '', '', 'done', '', '', '' FROM n`)
		update := args{"contacts": people, "fields": args{"age": 2}}
		w.works("bulk_update_contacts", with(update, "preview", true)).says(t, "It cannot be undone. The journal has no room: it keeps what at most 200,000 contacts were before")
		w.ends(w.works("bulk_update_contacts", update))
		w.refused("undo_change", args{"change_id": w.lastChange()}, "conflict", "cannot be undone", "The journal has no room")
	}, unlimited)
}

func TestWhoWouldGetMailAgainIsAskedAbout(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) { // whose operator cannot be asked
		people := bulkWorld(w, 60)
		w.ends(w.works("bulk_update_contacts", args{"contacts": people[:55], "unsubscribed": true}))
		w.isRefusedToSubscribe(49)
		w.ends(w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 1}, "unsubscribed": true}))
		change := w.lastChange()
		preview := w.works("undo_change", args{"change_id": change, "preview": true})
		preview.says(t, "5 contacts would get mail again", "[consent_required]", "To carry out exactly this")
		w.ends(w.works("undo_change", args{"change_id": change})).says(t, "55 of 60 contacts set back (5 left alone)", "has unsubscribed")
		if w.contact(people[58]).Status != "unsubscribed" || fmt.Sprint(w.contact(people[0]).Fields["age"]) == "1" {
			t.Error("somebody was subscribed again, or the others were not set back")
		}
	}, unlimited)
	person := &operator{action: mcp.ElicitationResponseActionAccept}
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 60)
		w.ends(w.works("bulk_update_contacts", args{"contacts": people, "unsubscribed": true}))
		w.works("undo_change", args{"change_id": w.lastChange(), "preview": true}).says(t, "To carry out exactly this")
		w.ends(w.works("undo_change", args{"change_id": w.lastChange()})).says(t, "Undo finished: 54 contacts set back")
		if len(person.asked) != 1 || !strings.Contains(person.asked[0], "subscribes up to 54 contacts again") {
			t.Errorf("they were asked %q", person.asked)
		}
		if w.contact(people[0]).Status != "subscribed" || w.contact(people[3]).Status != "unsubscribed" {
			t.Error("they are not as they were")
		}
	}, unlimited, asked(person))
}

// isRefusedToSubscribe undoes the last change, which unsubscribed n people, where nobody can be asked.
func (w *world) isRefusedToSubscribe(n int) (preview answer) {
	w.t.Helper()
	refused := w.refused("undo_change", args{"change_id": w.lastChange()}, "consent_required", fmt.Sprintf("would subscribe %d contacts again", n),
		"how these people agreed", "call bulk_update_contacts with unsubscribed: false")
	preview = w.works("undo_change", args{"change_id": w.lastChange(), "preview": true})
	preview.says(w.t, "To carry it out would be refused: "+refused.text)
	if strings.Contains(preview.text, "To carry out exactly this") || strings.Contains(preview.text, "without preview to do it") {
		w.t.Errorf("it is advised: %s", preview.text)
	}
	return preview
}

func TestAnUndoThatIsRefusedForCertainIsNotAdvised(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 70)
		w.ends(w.works("bulk_update_contacts", args{"contacts": people, "unsubscribed": true}))
		plan := w.isRefusedToSubscribe(63).at("job.plan_id")
		w.works("get_job", args{"job_id": plan}).says(t, "would be refused: [consent_required]")
		w.refused("apply_plan", args{"plan_id": plan}, "consent_required", "these people")
	}, unlimited)
}

func TestManyDeletedContactsComeBack(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 60)
		before := w.everybody(people)
		w.ends(w.planned("bulk_delete_contacts", args{"contacts": people}, 45))
		deleted := w.lastChange()
		preview := w.works("undo_change", args{"change_id": deleted, "preview": true})
		preview.says(t, "60 contacts that it deleted are created again, with new ids.")
		w.ends(w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")})).says(t, "Undo finished: 60 contacts set back")
		for email, was := range before {
			if now := w.everybody([]string{email})[email]; now != was {
				t.Errorf("%s was %s and is %s", email, was, now)
			}
		}
		undo := args{"change_id": w.lastChange()}
		w.refused("undo_change", undo, "needs_preview", "deletes 60 contacts")
		again := w.works("undo_change", with(undo, "preview", true))
		w.refused("apply_plan", args{"plan_id": again.at("job.plan_id")}, "needs_confirmation", "deletes 60 contacts")
		w.refused("undo_change", undo, "needs_confirmation", "deletes 60 contacts")
	}, unlimited)
}

func TestACancelledUndoIsGoneOnWith(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 150)
		before := w.everybody(people)
		change := w.imported(people)
		plan := w.works("undo_change", args{"change_id": change, "preview": true}).at("job.plan_id")
		started := w.works("apply_plan", args{"plan_id": plan, "wait_seconds": 0}) // held to the rate limits, it takes a while
		time.Sleep(5 * time.Second)
		other := beside(t, w)
		other.works("cancel_job", args{"job_id": started.at("job.job_id")}).says(t, "not sent")
		settled()
		other.ends(other.works("undo_change", args{"change_id": change}))
		if now := w.everybody(people); !maps.Equal(now, before) {
			t.Errorf("they are %v", now)
		}
	}, onDisk(t.TempDir()))
}

// undoDeaths are where a process may be killed that undoes a change.
var undoDeaths = map[string]string{
	"before one is sent":               `AFTER UPDATE ON job_item WHEN new.state = 'sending' AND new.n = 12`,
	"before its outcome is recorded":   `BEFORE UPDATE ON write WHEN new.state = 'done' AND new.undoes IS NOT NULL AND (SELECT count(*) FROM write WHERE undoes IS NOT NULL AND state = 'done') = 9`,
	"before the job notes the outcome": `BEFORE UPDATE ON job_item WHEN new.state = 'done' AND new.n = 12`,
}

func TestAKilledUndoIsGoneOnWith(t *testing.T) {
	t.Parallel()
	for at, trigger := range undoDeaths {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			account, address := served(t, emulator.Config{Unlimited: true})
			data := filepath.Join(t.TempDir(), "data")
			w := open(t, onDisk(data), func(set *setting) { set.known = account })
			people := bulkWorld(w, 20)
			before, id := w.everybody(people), w.imported(people)
			w.close()
			must(t, w.stored.Close())
			setTrap(t, data, trigger)
			do := work{Role: "writes once", API: address, Data: data, Tool: "undo_change", Args: encoded(t, args{"change_id": id})}
			if said, err := child(t.Context(), t, do).CombinedOutput(); err == nil || strings.Contains(string(said), "it was not killed") {
				t.Fatalf("it lived (%v): %s", err, said)
			}
			next := open(t, onDisk(data), func(set *setting) { set.known = account })
			next.sql(`DROP TRIGGER death`)
			next.sql(`UPDATE job SET beat = 0`) // the time passes in which it could be alive
			jobs := next.works("get_job", nil)
			jobs = next.works("get_job", args{"job_id": jobs.at("jobs.0.job_id"), "wait_seconds": 45})
			jobs.says(t, "Undo finished: 20 contacts set back")
			if now := next.everybody(people); !maps.Equal(now, before) {
				t.Errorf("they were %v and are %v", before, now)
			}
		})
	}
}

// A process is killed after Mailtrap has created a contact again, and before anything of that is recorded.
func TestWhoWasCreatedAgainIsNotCreatedTwice(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 55)
		w.ends(w.planned("bulk_delete_contacts", args{"contacts": people}, 45))
		change := w.lastChange()
		preview := w.works("undo_change", args{"change_id": change, "preview": true})
		w.sql(`CREATE TRIGGER cut AFTER UPDATE ON job_item WHEN new.n = 9 AND new.state = 'done' BEGIN SELECT RAISE(ABORT, 'cut off'); END`)
		w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")})
		w.sql(`DROP TRIGGER cut`)
		w.sql(`UPDATE write SET state = 'sending' WHERE undoes = (SELECT content ->> '$.write' FROM job_item WHERE n = 9 AND state = 'sending')`)
		w.ends(preview).says(t, "Undo finished: 55 contacts set back")
		if w.Len() != 55 {
			t.Errorf("there are %d contacts", w.Len())
		}
	}, unlimited)
}

// Guarantee 4.5.
func TestWhoWasErasedIsNotBroughtBack(t *testing.T) {
	t.Parallel()
	data, files := filepath.Join(t.TempDir(), "data"), t.TempDir()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 53)
		change := w.imported(people)
		plan := w.works("undo_change", args{"change_id": change, "preview": true}).at("job.plan_id")
		for _, email := range people[:2] {
			w.works("delete_contact", args{"contact": email, "erase": true})
		}
		w.ends(w.works("apply_plan", args{"plan_id": plan})).says(t, "Undo finished: 51")
		w.refused("undo_change", args{"change_id": change}, "conflict")
		for _, email := range people[:2] {
			if _, there := w.Contact(email); there {
				t.Errorf("%s is there again", email)
			}
		}
		for _, name := range []string{"imported.csv"} { // which is the operator's
			w.file(name, "")
		}
		w.close()
		must(t, w.stored.Close())
	}, unlimited, onDisk(data), func(set *setting) { set.dir = files })
	for _, left := range append(traces(t, data, "person0000@example.com", "person0001@example.com"), traces(t, files, "person0000@example.com")...) {
		t.Errorf("they still stand in %s", left)
	}
}

func TestWhatIsNotKeptAnyMoreIsNotUndone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 53)
		change := w.imported(people)
		plan := w.works("undo_change", args{"change_id": change, "preview": true}).at("job.plan_id")
		w.sql(`DELETE FROM write WHERE part IS NOT NULL AND id % 2 = 0`)
		w.ends(w.works("apply_plan", args{"plan_id": plan})).says(t, "left alone", "What was there before is not kept any more.")
		time.Sleep(91 * 24 * time.Hour)
		w.box.Journal.Prune(t.Context())
		w.refused("undo_change", args{"change_id": change}, "not_found")
	}, unlimited)
}

func TestAJobOfAnEarlierVersionIsNotUndone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 53)
		w.ends(w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 99}}))
		w.sql(`UPDATE write SET final = 'It was part of a job for 53 contacts; what is undone at once is a few.'`) // as that version left it
		w.refused("undo_change", args{"change_id": w.lastChange()}, "conflict", "cannot be undone", "It was part of a job for 53 contacts")
		w.imported(people)
		w.sql(`DELETE FROM write WHERE part IS NOT NULL`)
		w.sql(`UPDATE write SET final = 'An import cannot be undone: Mailtrap does not tell what the contacts were before.' WHERE kind = 'contacts'`)
		w.refused("undo_change", args{"change_id": w.lastChange()}, "conflict", "An import cannot be undone")
	}, unlimited)
}

func TestTwoServersUndoAChangeOnce(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 53)
		before := w.everybody(people)
		change := w.imported(people)
		other := beside(t, w)
		plan := w.works("undo_change", args{"change_id": change, "preview": true}).at("job.plan_id")
		mine, theirs := w.works("apply_plan", args{"plan_id": plan, "wait_seconds": 0}), other.works("undo_change", args{"change_id": change})
		w.ends(mine)
		other.ends(theirs).says(t, "as before already")
		if now := w.everybody(people); !maps.Equal(now, before) {
			t.Errorf("they are %v", now)
		}
	}, unlimited, onDisk(t.TempDir()))
}

func TestAListThatABulkChangeCreatedIsUndoneLast(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 55)
		w.ends(w.works("add_to_list", args{"contacts": people, "lists": "Beta", "create_lists": true}))
		change := w.lastChange()
		again := fmt.Sprintf("Once this is done, undo_change %d again undoes the rest of it: created the list \"Beta\"", change)
		preview := w.works("undo_change", args{"change_id": change, "preview": true})
		preview.says(t, `off "Beta"`, again)
		w.ends(w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")}))
		w.works("undo_change", args{"change_id": change}).says(t, `delete the list "Beta"`)
		if len(w.Lists()) != 2 {
			t.Errorf("the lists are %v", w.Lists())
		}
		w.refused("undo_change", args{"change_id": change}, "conflict", "has been undone already")
	}, unlimited)
}
