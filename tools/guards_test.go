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

// outWithoutAContact deletes a person who had unsubscribed: the address is free, and they want no mail.
func outWithoutAContact(w *world, email string) {
	w.AddContact(emulator.Contact{Email: email, Status: "unsubscribed"})
	w.works("delete_contact", args{"contact": email})
}

func TestAnAddressThatUnsubscribedIsNotGivenToASubscriberWithoutConsent(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		outWithoutAContact(w, "max@example.com")
		settled()
		w.ResetRequests()
		w.refused("update_contact", args{"contact": "anna@example.com", "email": "max@example.com"}, "consent_required", "max@example.com had unsubscribed", "Nothing was changed")
		w.nothingWritten()

		w.works("update_contact", args{"contact": "anna@example.com", "email": "max@example.com", "consent": "he wrote on Monday"})
		w.works("list_changes", nil).says(t, `consent (claimed by the agent): "he wrote on Monday"`)
		settled()
		// It is known to have agreed now.
		w.works("update_contact", args{"contact": "max@example.com", "email": "other@example.com"})
		settled()
		w.works("update_contact", args{"contact": "other@example.com", "email": "max@example.com"})
	})
}

func TestOneWhoIsUnsubscribedMayTakeTheAddressBackThatTheyUnsubscribedWith(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "max@example.com", Status: "unsubscribed"})
		w.works("update_contact", args{"contact": "max@example.com", "email": "new@example.com"})
		settled()
		w.works("undo_change", args{"change_id": w.lastChange()})
		settled()
		if w.contact("max@example.com").Status != "unsubscribed" {
			t.Error("taking an address back subscribed the contact")
		}
	})
}

func TestEveryConsentIsPutToTheOperator(t *testing.T) {
	t.Parallel()
	for name, wish := range map[string]args{
		"a contact is subscribed again":              {"contact": "jane@example.com", "unsubscribed": false},
		"one who was deleted is created":             {"contact": "max@example.com", "create_if_missing": true},
		"one who was deleted is created, subscribed": {"contact": "max@example.com", "create_if_missing": true, "unsubscribed": false},
		"a subscriber gets the address":              {"contact": "anna@example.com", "email": "max@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			person := &operator{action: mcp.ElicitationResponseActionAccept}
			eachEra(t, func(t *testing.T, w *world) {
				seeded(w)
				w.AddContact(emulator.Contact{Email: "jane@example.com", Status: "unsubscribed"})
				outWithoutAContact(w, "max@example.com")
				w.ResetRequests()
				person.asked, person.action = nil, mcp.ElicitationResponseActionDecline
				wish["consent"] = "asked on the phone"
				w.refused("update_contact", wish, "cancelled")
				w.nothingWritten()
				person.action = mcp.ElicitationResponseActionAccept
				w.works("update_contact", wish)
				if len(person.asked) != 2 || !strings.Contains(person.asked[1], `"asked on the phone"`) {
					t.Errorf("asked: %q", person.asked)
				}
				w.works("list_changes", args{"limit": 1}).says(t, "consent (confirmed by the operator)")
			}, withOperator(person))
		})
	}
}

// Guarantee 4.3.
func TestAConsentThatSaysNothingIsRefusedOnEveryPath(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.AddContact(emulator.Contact{Email: "jane@example.com", Status: "unsubscribed"})
		outWithoutAContact(w, "max@example.com")
		settled()
		w.ResetRequests()
		for _, consent := range []string{".", "\u200b\u2060", "\u3164", "x", "👍", "1.", "yes", "they agreed", "Ja, haben zugestimmt"} {
			for _, wish := range []struct {
				tool  string
				given args
			}{
				{"update_contact", args{"contact": "jane@example.com", "unsubscribed": false}},
				{"update_contact", args{"contact": "max@example.com", "create_if_missing": true}},
				{"update_contact", args{"contact": "max@example.com", "create_if_missing": true, "unsubscribed": false}},
				{"update_contact", args{"contact": "anna@example.com", "email": "max@example.com"}},
				{"bulk_update_contacts", args{"contacts": "jane@example.com", "unsubscribed": false}},
				{"bulk_update_contacts", args{"contacts": "jane@example.com", "unsubscribed": false, "preview": true}},
			} {
				wish.given["consent"] = consent
				w.refused(wish.tool, wish.given, "consent_required", "does not say how", "in words", "Nothing was changed")
			}
		}
		w.nothingWritten()
	})
}

func TestWhatIsErasedIsPutToTheOperatorEvenWhenTheContactIsGone(t *testing.T) {
	t.Parallel()
	person := &operator{action: mcp.ElicitationResponseActionAccept}
	eachEra(t, func(t *testing.T, w *world) {
		seeded(w)
		person.action = mcp.ElicitationResponseActionAccept
		w.works("delete_contact", args{"contact": "anna@example.com"})
		person.asked, person.action = nil, mcp.ElicitationResponseActionDecline
		w.refused("delete_contact", args{"contact": "anna@example.com", "erase": true}, "cancelled")
		if len(person.asked) != 1 || !strings.Contains(person.asked[0], "anna@example.com") || !strings.Contains(person.asked[0], "cannot be undone") {
			t.Errorf("asked: %q", person.asked)
		}
		w.works("list_changes", args{"contact": "anna@example.com", "show_addresses": true}).says(t, "deleted anna@example.com")
	}, withOperator(person))
}

func TestUndoingDeletesManyContactsOnlyWithTheOperatorsWord(t *testing.T) {
	t.Parallel()
	fill := func(w *world) int64 {
		w.AddList("VIP")
		w.works("add_to_list", args{"lists": "VIP", "contacts": addresses(26), "create_missing": true})
		return w.lastChange()
	}
	t.Run("where nobody can be asked", func(t *testing.T) {
		inFakeTime(t, func(t *testing.T, w *world) {
			change := fill(w)
			w.works("undo_change", args{"change_id": change, "preview": true}).says(t, "delete ")
			w.refused("undo_change", args{"change_id": change}, "needs_confirmation", "deletes 26 contacts", "cannot ask the operator")
			if w.Len() != 26 {
				t.Errorf("%d contacts are left", w.Len())
			}
		}, unlimited)
	})
	t.Run("where they agree", func(t *testing.T) {
		inFakeTime(t, func(t *testing.T, w *world) {
			change := fill(w)
			w.works("undo_change", args{"change_id": change, "preview": true})
			w.works("undo_change", args{"change_id": change})
			if w.Len() != 0 {
				t.Errorf("%d contacts are left", w.Len())
			}
		}, unlimited, withOperator(&operator{action: mcp.ElicitationResponseActionAccept}))
	})
}

func TestAResubscriptionThatMailtrapDidNotCarryOutIsNotJournalled(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.AddContact(emulator.Contact{Email: "max@example.com", Status: "unsubscribed"})
		w.AddSuppression("max@example.com", "hard bounce", "bulk", "example.com")
		w.works("update_contact", args{"contact": "max@example.com", "unsubscribed": false, "consent": "he wrote so on Monday", "fields": args{"age": 50}})
		if w.contact("max@example.com").Status != "unsubscribed" {
			t.Skip("the emulator subscribes suppressed addresses")
		}
		change := w.lastChange()
		if told := w.works("list_changes", args{"limit": 1}).text; strings.Contains(told, "status") {
			t.Errorf("it is said to have been done: %s", told)
		}
		w.works("undo_change", args{"change_id": change})
		if w.contact("max@example.com").Fields["age"] != nil {
			t.Error("the field was not set back")
		}
	})
}

func TestAConflictNamesTheChangeThatIsStillInForce(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}})
		first := w.lastChange()
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"first_name": "Zoë"}})
		second := w.lastChange()
		w.refused("undo_change", args{"change_id": first}, "conflict", fmt.Sprintf("Change %d came later", second))
		w.works("undo_change", args{"change_id": second})
		settled()
		beside(t, w).works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 43}})
		settled()
		w.refused("undo_change", args{"change_id": first}, "conflict", "has changed since")
		beside(t, w).works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}})
		settled()
		w.works("undo_change", args{"change_id": w.lastChange()}) // the undo is undone, so that the second is in force again
		settled()
		w.refused("undo_change", args{"change_id": first}, "conflict", fmt.Sprintf("Change %d came later", second))
	})
}

func TestWhatMayStillBeOnItsWayIsNotCalledUndone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts", Do: emulator.LoseBefore})
		w.call("create_contact", args{"email": "bob@example.com"})
		w.ClearFaults()
		change := w.lastChange()
		w.refused("undo_change", args{"change_id": change}, "conflict", "may still be on its way")
		time.Sleep(time.Minute)
		w.refused("undo_change", args{"change_id": change}, "conflict", "as it was before")
	})
}

func TestAMembershipIsNotBroughtBackToAListThatIsGone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		w.works("remove_from_list", args{"contacts": "anna@example.com", "lists": "Newsletter"})
		leaving := w.lastChange()
		w.works("update_contact", args{"contact": "anna@example.com", "add_to_lists": vip})
		w.works("update_contact", args{"contact": "anna@example.com", "remove_from_lists": vip, "fields": args{"age": 42}})
		both := w.lastChange()
		w.works("delete_list", args{"list": newsletter})
		w.works("delete_list", args{"list": vip})
		w.ResetRequests()
		w.refused("undo_change", args{"change_id": leaving}, "conflict")
		w.nothingWritten()
		w.works("undo_change", args{"change_id": both}).says(t, "age: 42 → 41", `Gone since, and not restored: the list "VIP" (id 2)`)
		if w.contact("anna@example.com").Fields["age"] != int64(41) {
			t.Errorf("the contact is %+v", w.contact("anna@example.com"))
		}
	})
}

func TestNobodyWhoUnsubscribedAndWasDeletedComesBackByAnyTool(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		outWithoutAContact(w, "max@example.com")
		deleted := w.lastChange()
		settled()
		w.file("max.csv", "email\nmax@example.com\n")
		for name, call := range map[string]struct {
			tool  string
			given args
		}{
			"creating":                 {"create_contact", args{"email": "max@example.com"}},
			"creating what is missing": {"update_contact", args{"contact": "max@example.com", "create_if_missing": true}},
			"a change of address":      {"update_contact", args{"contact": "anna@example.com", "email": "max@example.com"}},
			"a list":                   {"add_to_list", args{"contacts": "max@example.com", "lists": "VIP", "create_missing": true}},
			"a list of many":           {"add_to_list", args{"contacts": append(addresses(60), "max@example.com"), "lists": "VIP", "create_missing": true}},
			"rows":                     {"import_contacts", args{"rows": []any{args{"email": "max@example.com"}}}},
			"a file":                   {"import_contacts", args{"file": "max.csv"}},
		} {
			given := w.call(call.tool, call.given)
			settled()
			if found, there := w.Contact("max@example.com"); there {
				t.Errorf("%s brings him back as %s: %s", name, found.Status, given.text)
				w.works("update_contact", args{"contact": "max@example.com", "unsubscribed": true})
				settled()
				w.works("delete_contact", args{"contact": "max@example.com"})
				settled()
			}
		}
		w.works("undo_change", args{"change_id": deleted}) // as he was
		settled()
		if w.contact("max@example.com").Status != "unsubscribed" {
			t.Error("undoing the deletion subscribed him")
		}
	}, unlimited)
}

func TestOneWhoIsDeletedWhileAnImportIsUnderWayIsNotBroughtBackByIt(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		who := "p050299@example.com" // in the second request
		w.AddContact(emulator.Contact{Email: who, Status: "unsubscribed"})
		started := half(t, w)
		time.Sleep(5 * time.Second)
		w.works("delete_contact", args{"contact": who})
		for range 5 {
			settled()
		}
		w.works("get_job", args{"job_id": started.at("job.job_id")}).says(t, "deleted here while unsubscribed")
		if found, there := w.Contact(who); there {
			t.Errorf("they are there again: %+v", found)
		}
	}, func(set *setting) { set.emulator.JobDelay = 30 * time.Second })
}

func TestTheOperatorSeesAConsentWhole(t *testing.T) {
	t.Parallel()
	person := &operator{action: mcp.ElicitationResponseActionAccept}
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "u@example.com", Status: "unsubscribed"})
		end := "and no form was kept"
		w.works("update_contact", args{"contact": "u@example.com", "unsubscribed": false, "consent": strings.Repeat("signed up at the fair, ", 20) + end})
		if len(person.asked) != 1 || !strings.Contains(person.asked[0], end) {
			t.Errorf("asked: %q", person.asked)
		}
	}, withOperator(person))
}

func TestAFieldGoesBackToAMergeTagThatOurRulesWouldNotTake(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddField("Shoe size", "text", "ShoeSize") // made in Mailtrap itself
		w.works("update_field", args{"field": "Shoe size", "merge_tag": "shoe_size"})
		w.works("undo_change", args{"change_id": w.lastChange()})
		if tag := w.Fields()[len(w.Fields())-1].MergeTag; tag != "ShoeSize" {
			t.Errorf("the merge tag is %s", tag)
		}
	})
}

func TestAnAddressThatAnUnsubscribedPersonHadIsNotSubscribedAnew(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "u@example.com", Status: "unsubscribed"})
		w.works("update_contact", args{"contact": "u@example.com", "email": "u2@example.com"})
		settled()
		w.refused("create_contact", args{"email": "u@example.com"}, "consent_required")
		if _, there := w.Contact("u@example.com"); there {
			t.Error("they were subscribed")
		}
	})
}

func TestAConsentThatChangesNothingIsJournalledAllTheSame(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "u@example.com", Status: "unsubscribed"})
		w.works("delete_contact", args{"contact": "u@example.com"})
		settled()
		w.AddContact(emulator.Contact{Email: "u@example.com"}) // by a form
		w.works("update_contact", args{"contact": "u@example.com", "unsubscribed": false, "consent": "signed up by the form"})
		w.works("list_changes", args{"limit": 1}).says(t, `consent (claimed by the agent): "signed up by the form"`)
		w.works("delete_contact", args{"contact": "u@example.com"})
		settled()
		w.works("create_contact", args{"email": "u@example.com"}) // they were subscribed when they were deleted
	})
}

func TestAnErasureReachesThePersonUnderEveryAddressTheyHad(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("few.csv", "email,age\nanna@example.com,many\nbob@example.com,1\n")
		w.works("import_contacts", args{"file": "few.csv"})
		w.works("update_contact", args{"contact": "anna@example.com", "email": "anna2@example.com"})
		settled()
		w.works("delete_contact", args{"contact": "anna2@example.com", "erase": true}).has(t, "erased.rows", 5) // in the file, in the job, and what is kept for the next snapshot: both addresses, and the deletion
		settled()
		w.works("create_contact", args{"email": "anna@example.com"}).says(t, "asked for erasure before")
	})
}

func TestAnErasureThatFailedIsRepeatedByWhateverNameIsAtHand(t *testing.T) {
	w := open(t, func(set *setting) { set.state = t.TempDir() })
	seeded(w)
	w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}})
	id := w.contact("anna@example.com").ID
	w.sql(`CREATE TRIGGER x BEFORE UPDATE OF before ON write BEGIN SELECT RAISE(ABORT, 'disk'); END`)
	failed := w.call("delete_contact", args{"contact": id, "erase": true})
	failed.says(t, "There is no such contact in Mailtrap any more, but what this server keeps", `contact: "anna@example.com" and erase: true does so`)
	w.sql(`DROP TRIGGER x`)
	w.works("delete_contact", args{"contact": id, "erase": true}).says(t, "There was no such contact in Mailtrap", "Erased here: ")
	if page := w.works("list_changes", args{"show_addresses": true}); strings.Contains(page.text, "anna@example.com") {
		t.Errorf("the journal knows her: %s", page.text)
	}
}
