package tools_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/text"
)

const oldFile = "email,first_name,Status\nfine@example.com,Fine,subscribed\nno@example.com,No,unsubscribed\nspam@example.com,Spam,complained\n" +
	"back@example.com,Back,bounced\nmaybe@example.com,Maybe,vielleicht\n"

// Guarantees 1.7 and 1.11.
func TestWhoSaidNoInAFileIsSubscribedByNothingLater(t *testing.T) {
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		_, _ = seeded(w)
		w.file("old.csv", oldFile)
		preview := w.works("import_contacts", args{"file": "old.csv", "preview": true})
		preview.says(t, "2 people who unsubscribed or complained by the source are remembered once this is carried out: nothing imports or creates them later without their consent.",
			"Who said no, but neither unsubscribed nor complained, is remembered only if they are unsubscribed in the account")
		w.works("create_contact", args{"email": "no@example.com"}) // a preview remembers nobody
		w.works("delete_contact", args{"contact": "no@example.com"})
		applied := w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")})
		applied.says(t, "2 people who unsubscribed or complained by the source are remembered: nothing imports or creates them later without their consent; undo_change forgets them again.")
		w.works("list_changes", args{"limit": 1}).says(t, `remembered 2 people who unsubscribed or complained by the file "old.csv"`)
		settled()

		date := time.Now().UTC().Format(time.DateOnly)
		why := `this person unsubscribed or complained by the file "old.csv", imported on ` + date + "; it takes their consent: update_contact with create_if_missing, unsubscribed: false and consent"
		told := `The person no@example.com unsubscribed or complained by the file "old.csv", imported on ` + date + "."
		w.file("later.csv", "email\nNo@Example.com\nnew@example.com\nspam@example.com\n")
		w.works("import_contacts", args{"file": "later.csv"}).says(t, "1 of 3 rows imported", "2 rows: "+why)
		w.file("list.csv", "email\nno@example.com\nnew@example.com\nfine@example.com\nback@example.com\nanna@example.com\n")
		w.works("sync_contacts", args{"file": "list.csv", "list": "VIP", "max_changes": 100}).says(t, why)
		w.works("import_contacts", args{"rows": []args{{"email": "no@example.com"}, {"email": "also@example.com"}}}).says(t, "1 row: "+why)
		many := append(addresses(60), "no@example.com")
		w.works("add_to_list", args{"contacts": many, "lists": "VIP", "create_missing": true}).says(t, "60 of 61 rows imported", "1 row: "+why)
		w.ResetRequests()
		w.refused("add_to_list", args{"contacts": "no@example.com", "lists": "VIP", "create_missing": true}, "consent_required", told)
		w.refused("create_contact", args{"email": "no@example.com"}, "consent_required", told, "update_contact with create_if_missing: true")
		w.refused("update_contact", args{"contact": "no@example.com", "create_if_missing": true, "fields": args{"first_name": "No"}}, "consent_required", told)
		w.refused("update_contact", args{"contact": "anna@example.com", "email": "no@example.com"}, "consent_required", told)
		w.nothingWritten()
		w.works("create_contact", args{"email": "maybe@example.com"})
		w.works("create_contact", args{"email": "back@example.com"})
		settled()
		if found, there := w.Contact("no@example.com"); there {
			t.Fatalf("they are there: %+v", found)
		}

		w.works("update_contact", args{"contact": "no@example.com", "create_if_missing": true, "unsubscribed": false, "consent": "signed up at the fair"})
		settled()
		w.works("import_contacts", args{"rows": []args{{"email": "no@example.com"}}}).says(t, "1 updated")
		w.refused("create_contact", args{"email": "spam@example.com"}, "consent_required", `"old.csv"`)
	})
}

// Guarantee 1.11. Whoever is a contact is not unsubscribed by it, and can be changed by what creates nobody.
func TestAContactWhoSaidNoInAFileCanStillBeChanged(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		people := addresses(60)
		for _, email := range append(people, "no@example.com") {
			w.AddContact(emulator.Contact{Email: email})
		}
		w.file("old.csv", oldFile)
		w.works("import_contacts", args{"file": "old.csv"})
		settled()
		w.works("update_contact", args{"contact": "no@example.com", "fields": args{"first_name": "Known"}})
		settled()
		w.works("search_contacts", args{"refresh": true, "limit": 1})
		w.planned("bulk_update_contacts", args{"where": "email LIKE '%'", "add_to_lists": "VIP"}, 45)
		settled()
		if found := w.contact("no@example.com"); found.Status != "subscribed" || len(found.ListIDs) != 1 || found.Fields["first_name"] != "Known" {
			t.Errorf("they are %+v", found)
		}
		rows := args{"rows": []args{{"email": "no@example.com"}}}
		w.refused("import_contacts", rows, "invalid_input", `by the file "old.csv"`)
		w.works("update_contact", args{"contact": "no@example.com", "unsubscribed": false, "consent": "asked by phone"})
		w.works("import_contacts", rows).says(t, "1 updated")
	})
}

// Guarantee 1.12.
func TestAnUndoForgetsExactlyWhomItsImportRemembered(t *testing.T) {
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		sample(w)
		w.works("search_contacts", args{"refresh": true, "limit": 1})
		w.file("old.csv", oldFile)
		w.file("other.csv", "email,Status\nalso@example.com,subscribed\nspam@example.com,unsubscribed\n")
		w.works("import_contacts", args{"file": "old.csv"})
		first := w.lastChange()
		w.works("import_contacts", args{"file": "other.csv"})
		settled()
		says := []string{`2 people who unsubscribed or complained`, "1 address of them stays held back for another reason"}
		preview := w.works("undo_change", args{"change_id": first, "preview": true, "delete_created": true})
		preview.says(t, append(says, "are forgotten once this is carried out")...)
		w.refused("create_contact", args{"email": "no@example.com"}, "consent_required")
		w.ends(w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")})).says(t, fmt.Sprintf("2 people who unsubscribed or complained by what change %d imported are forgotten", first))
		undo := w.lastChange()
		w.works("list_changes", args{"limit": 1}).says(t, fmt.Sprintf("undoing change %d", first), `forgot 2 people who unsubscribed or complained by the file "old.csv"`)
		w.works("create_contact", args{"email": "no@example.com"})
		w.refused("create_contact", args{"email": "spam@example.com"}, "consent_required", `"other.csv"`)
		w.works("delete_contact", args{"contact": "no@example.com"})
		settled()
		w.ends(w.works("undo_change", args{"change_id": undo}))
		w.refused("create_contact", args{"email": "no@example.com"}, "consent_required", `"old.csv"`)
	})
}

// Guarantee 1.12. Of an import that created only people who stay, who said no is forgotten at once.
func TestAnUndoThatLeavesTheCreatedForgetsWhoSaidNo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("old.csv", oldFile)
		w.works("import_contacts", args{"file": "old.csv"})
		settled()
		w.works("undo_change", args{"change_id": w.lastChange(), "preview": true}).says(t, `forget 2 people who unsubscribed or complained by the file "old.csv"`, "stays")
		w.refused("create_contact", args{"email": "no@example.com"}, "consent_required")
		w.works("undo_change", args{"change_id": w.lastChange()}).says(t, `forget 2 people who unsubscribed or complained by the file "old.csv"`)
		w.works("create_contact", args{"email": "no@example.com"})
	})
}

// Guarantee 1.11. It is kept with --journal off as well, as the other standings are, and then there is no undo.
func TestWhoSaidNoIsRememberedWithTheJournalOff(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("old.csv", oldFile)
		told := w.works("import_contacts", args{"file": "old.csv"})
		told.says(t, "2 people who unsubscribed or complained by the source are remembered: nothing imports or creates them later without their consent.")
		if strings.Contains(told.text, "undo_change") {
			t.Errorf("an undo is offered: %s", told.text)
		}
		w.refused("create_contact", args{"email": "no@example.com"}, "consent_required", `"old.csv"`)
	}, func(set *setting) { set.noJournal = true })
}

// Guarantee 1.11. A file that changes nobody else is carried out for those who said no; once all of them are remembered there
// is nothing to do.
func TestAFileOfNoOtherChangesIsCarriedOutForThoseWhoSaidNo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("plain.csv", "email,first_name,Status\nfine@example.com,Fine,subscribed\n")
		w.works("import_contacts", args{"file": "plain.csv"})
		settled()
		w.works("search_contacts", args{"refresh": true, "limit": 1})
		w.file("old.csv", "email,first_name,Status\nfine@example.com,Fine,subscribed\nno@example.com,No,unsubscribed\n")
		preview := w.works("import_contacts", args{"file": "old.csv", "preview": true})
		preview.says(t, "0 contacts", "1 person who unsubscribed or complained by the source is remembered once this is carried out")
		w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")}).says(t, "1 person who unsubscribed or complained by the source is remembered")
		w.refused("create_contact", args{"email": "no@example.com"}, "consent_required", `"old.csv"`)
		again := w.works("import_contacts", args{"file": "old.csv", "preview": true})
		again.says(t, "0 changes to make")
		again.has(t, "job.plan_id", nil)
	})
}

// Guarantee 1.11. A file of nobody else is imported only in order to unsubscribe.
func TestAFileOfOnlyThoseWhoSaidNoIsRememberedByUnsubscribing(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("gone.csv", "email,Status\nno@example.com,unsubscribed\n")
		w.refused("import_contacts", args{"file": "gone.csv"}, "invalid_input", "nobody is remembered", "unsubscribe: true")
		w.works("create_contact", args{"email": "no@example.com"})
		w.works("delete_contact", args{"contact": "no@example.com"})
		settled()
		w.works("import_contacts", args{"file": "gone.csv", "unsubscribe": true}).says(t, "1 person who unsubscribed or complained by the source is remembered")
		w.refused("create_contact", args{"email": "no@example.com"}, "consent_required", `"gone.csv"`)
	})
}

// Guarantee 1.11. A plan that is dropped, replaced or cancelled before it began remembers nobody, and leaves nothing.
func TestWhoSaidNoInAPlanThatIsNotCarriedOutIsForgotten(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("old.csv", oldFile)
		w.works("import_contacts", args{"file": "old.csv", "preview": true})
		replaced := w.works("import_contacts", args{"file": "old.csv", "preview": true})
		w.works("cancel_job", args{"job_id": replaced.at("job.plan_id")}).says(t, "")
		w.works("import_contacts", args{"file": "old.csv", "preview": true})
		time.Sleep(2 * time.Hour)
		if !w.box.Bulk.Prune(t.Context()) {
			t.Fatal("not everything was removed")
		}
		db, err := w.stored.Reading(t.Context())
		must(t, err)
		var left int
		must(t, db.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM opt_out) + (SELECT count(*) FROM opt_out_source)`).Scan(&left))
		if left > 0 {
			t.Errorf("%d rows are left", left)
		}
		w.works("create_contact", args{"email": "no@example.com"})
	})
}

// Guarantees 1.11 and 1.12. Files with opt-outs are imported, undone, and people agree, in any order: a plain model says who is
// held back, and nobody else is.
func TestWhoeverSaidNoIsHeldBackAndNobodyElse(t *testing.T) {
	t.Parallel()
	for range 6 {
		seed := rand.Uint64()
		inFakeTime(t, func(t *testing.T, w *world) {
			t.Logf("seed %d", seed)
			random := rand.New(rand.NewPCG(seed, 1))
			people := make([]string, 12)
			for i := range people {
				people[i] = fmt.Sprintf("p%d@example.com", i)
			}
			said := map[int64]map[string]bool{} // by the change of each import
			undone := map[int64]bool{}
			held := func(email string) bool {
				for change, who := range said {
					if who[email] && !undone[change] {
						return true
					}
				}
				return false
			}
			for step := range 14 {
				email := people[random.IntN(len(people))]
				switch random.IntN(4) {
				case 0, 1:
					file, no := fmt.Sprintf("email,Status\nok%d@example.org,subscribed\n", step), map[string]bool{}
					for _, one := range people {
						switch random.IntN(3) {
						case 0:
							file, no[one] = file+one+",unsubscribed\n", true
						case 1:
							file += one + ",subscribed\n"
						}
					}
					name := fmt.Sprintf("file%d.csv", step)
					w.file(name, file)
					w.works("import_contacts", args{"file": name})
					said[w.lastChange()] = no
				case 2:
					open := slices.DeleteFunc(slices.Sorted(maps.Keys(said)), func(change int64) bool { return undone[change] || len(said[change]) == 0 })
					if len(open) > 0 {
						change := open[random.IntN(len(open))]
						given := w.works("undo_change", args{"change_id": change})
						if given.at("job") != nil {
							w.ends(given)
						}
						undone[change] = true
					}
				case 3:
					w.works("update_contact", args{"contact": email, "create_if_missing": true, "unsubscribed": false, "consent": "asked by phone"})
					for _, who := range said {
						delete(who, email)
					}
				}
				settled()
			}
			for _, email := range people {
				before, was := w.Contact(email)
				given := w.call("import_contacts", args{"rows": []args{{"email": email}}})
				settled()
				after, is := w.Contact(email)
				switch {
				case held(email) != given.isError:
					t.Errorf("%s is held back: %v, want %v: %s", email, given.isError, held(email), given.text)
				case held(email) && (was != is || before.Status != after.Status):
					t.Errorf("%s was %+v and is %+v", email, before, after)
				case !held(email) && !is:
					t.Errorf("%s is not there", email)
				}
			}
		}, func(set *setting) { set.emulator.Unlimited = true })
	}
}

// Guarantee 1.12. Whom a change remembered is not forgotten with it.
func TestWhoSaidNoIsRememberedLongerThanTheJournal(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("old.csv", oldFile)
		w.works("import_contacts", args{"file": "old.csv"})
		change := w.lastChange()
		time.Sleep(91 * 24 * time.Hour)
		if !w.box.Journal.Prune(t.Context()) || !w.box.Bulk.Prune(t.Context()) {
			t.Fatal("not everything was removed")
		}
		w.refused("undo_change", args{"change_id": change}, "not_found")
		w.refused("create_contact", args{"email": "no@example.com"}, "consent_required", `by the file "old.csv", imported on 2000-01-01`)
	})
}

// Guarantee 1.11.
func TestManyWhoSaidNoAreRemembered(t *testing.T) {
	t.Parallel()
	w := open(t)
	var file, later strings.Builder
	const people = 5000
	for i := range people {
		fmt.Fprintf(&file, "p%d@example.com,unsubscribed\n", i)
		fmt.Fprintf(&later, "p%d@example.com\n", i)
	}
	w.file("old.csv", "email,Status\nfine@example.com,subscribed\n"+file.String())
	w.file("later.csv", "email\nfine@example.com\n"+later.String())
	w.works("import_contacts", args{"file": "old.csv"}).says(t, text.Number(people)+" people who unsubscribed or complained by the source are remembered")
	w.works("import_contacts", args{"file": "later.csv"}).says(t, text.Number(people)+" rows: this person unsubscribed or complained")
	if w.Len() != 1 {
		t.Errorf("%d contacts are there", w.Len())
	}
}

// Guarantee 1.11. A sync remembers whom its file says no of, as an import does, and unsubscribes nobody for it.
func TestWhoSaidNoInASyncIsRemembered(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.AddContact(emulator.Contact{Email: "spam@example.com"})
		w.file("crm.csv", "email,Status\nanna@example.com,subscribed\nnew@example.com,subscribed\nno@example.com,unsubscribed\nspam@example.com,complained\n")
		plan := w.works("sync_contacts", args{"file": "crm.csv", "list": "VIP"})
		plan.says(t, "2 people who unsubscribed or complained by the source are remembered once this is carried out")
		w.works("apply_plan", args{"plan_id": plan.at("job.plan_id")}).says(t, "2 people who unsubscribed or complained by the source are remembered:")
		settled()
		w.refused("create_contact", args{"email": "no@example.com"}, "consent_required", `by the file "crm.csv"`)
		if spam := w.contact("spam@example.com"); spam.Status != "subscribed" {
			t.Errorf("a sync has unsubscribed %+v", spam)
		}
	})
}
