package tools_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// withOperator gives the client a person who answers every question like this.
func withOperator(person *operator) func(*setting) {
	return func(set *setting) { set.options = append(set.options, client.WithElicitationHandler(person)) }
}

func TestTheLastChangeIsUndone(t *testing.T) { // scenario 16
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42, "first_name": nil}, "add_to_lists": []string{"VIP"}})
		settled()
		change := w.lastChange()
		w.works("list_changes", args{"show_addresses": true}).says(t, fmt.Sprintf("change %d", change), "update_contact", "(can be undone)",
			"updated anna@example.com: age: 41 → 42; first_name: \"Anna\" → empty; added to \"VIP\"")
		w.works("undo_change", args{"change_id": change, "preview": true}).says(t, "nothing was changed", "set anna@example.com back: age: 42 → 41", `first_name: empty → "Anna"`, `removed from "VIP"`)
		w.works("undo_change", args{"change_id": change}).says(t, fmt.Sprintf("Undid change %d", change))
		settled()
		contact := w.contact("anna@example.com")
		if fmt.Sprintln(contact.Fields["age"], contact.Fields["first_name"], contact.ListIDs) != "41 Anna [1]\n" {
			t.Errorf("the contact is %+v", contact)
		}
		undo := w.lastChange()
		w.works("list_changes", nil).says(t, fmt.Sprintf("undoing change %d (can be undone)", change), fmt.Sprintf("(undone by change %d)", undo))
		w.refused("undo_change", args{"change_id": change}, "conflict", fmt.Sprintf("has been undone already, by change %d", undo))
		w.works("undo_change", args{"change_id": undo})
		settled()
		if w.contact("anna@example.com").Fields["first_name"] != nil {
			t.Error("undoing the undo did not bring the change back")
		}
	})
}

func TestWhatSomebodyElseChangedIsNotUndone(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}})
		settled()
		change := w.lastChange()
		beside(t, w).works("update_contact", args{"contact": "anna@example.com", "fields": args{"first_name": "Ann"}})
		settled()
		w.ResetRequests()
		w.refused("undo_change", args{"change_id": change}, "conflict", "anna@example.com has changed since", `first_name: "Anna" → "Ann"`, "has changed since")
		w.refused("undo_change", args{"change_id": change, "preview": true}, "conflict")
		w.nothingWritten()
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"first_name": "A"}})
		settled()
		w.refused("undo_change", args{"change_id": change}, "conflict", fmt.Sprintf("Change %d came later: undo that one first", w.lastChange()))
	})
}

func TestUndoAsksTheOperatorBeforeItDeletesOrCreates(t *testing.T) {
	t.Parallel()
	person := &operator{action: mcp.ElicitationResponseActionDecline}
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("create_contact", args{"email": "bob@example.com"})
		change := w.lastChange()
		w.refused("undo_change", args{"change_id": change}, "cancelled")
		if len(person.asked) != 1 || !strings.Contains(person.asked[0], "delete bob@example.com") {
			t.Errorf("asked: %q", person.asked)
		}
		person.action = mcp.ElicitationResponseActionAccept
		w.works("undo_change", args{"change_id": change}).says(t, "delete bob@example.com", "new UUID")
		if _, there := w.Contact("bob@example.com"); there {
			t.Error("the contact is still there")
		}
		w.works("delete_contact", args{"contact": "anna@example.com"})
		deleted := w.lastChange()
		w.works("undo_change", args{"change_id": deleted, "preview": true}).says(t, `create anna@example.com again (subscribed) on "Newsletter"`, "new UUID", "automations")
		asked := len(person.asked)
		w.works("undo_change", args{"change_id": deleted})
		if len(person.asked) != asked+1 {
			t.Error("nobody was asked")
		}
		contact := w.contact("anna@example.com")
		if fmt.Sprintln(contact.Fields["age"], contact.Fields["first_name"], contact.ListIDs, contact.Status) != "41 Anna [1] subscribed\n" {
			t.Errorf("the contact is %+v", contact)
		}
	}, withOperator(person))
}

func TestUndoingAnUnsubscriptionNeedsThePersonsConsent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings []func(*setting)
		allowed  bool
	}{
		"nobody can be asked": {nil, false},
		"nobody is asked":     {[]func(*setting){func(set *setting) { set.confirm = "never" }, withOperator(&operator{action: mcp.ElicitationResponseActionAccept})}, false},
		"the operator agrees": {[]func(*setting){withOperator(&operator{action: mcp.ElicitationResponseActionAccept})}, true},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				seeded(w)
				w.works("update_contact", args{"contact": "anna@example.com", "unsubscribed": true})
				change := w.lastChange()
				if !c.allowed {
					w.ResetRequests()
					w.refused("undo_change", args{"change_id": change}, "consent_required", "would subscribe anna@example.com again", "consent")
					w.nothingWritten()
					return
				}
				w.works("undo_change", args{"change_id": change})
				if w.contact("anna@example.com").Status != "subscribed" {
					t.Error("she is still unsubscribed")
				}
				w.works("list_changes", nil).says(t, "consent (confirmed by the operator)")
			}, c.settings...)
		})
	}
}

func TestADeletedContactThatWasUnsubscribedComesBackUnsubscribed(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		w.AddList("Newsletter")
		w.AddContact(emulator.Contact{Email: "max@example.com", Status: "unsubscribed", ListIDs: []int64{1}})
		w.works("delete_contact", args{"contact": "max@example.com"})
		settled()
		w.works("undo_change", args{"change_id": w.lastChange()})
		settled()
		contact := w.contact("max@example.com")
		if contact.Status != "unsubscribed" || len(contact.ListIDs) != 1 {
			t.Errorf("the contact is %+v", contact)
		}
		for _, request := range w.Requests() { // the list is joined by one who gets no mail, so that no automation greets them
			if request.Method == "POST" && bytes.Contains(request.Body, []byte("list_ids")) {
				t.Errorf("created with %s", request.Body)
			}
		}
	})
}

func TestWhatCannotBeUndoneSaysWhy(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("fire_event", args{"event": "trial_ending", "contacts": []string{"anna@example.com"}})
		w.refused("undo_change", args{"change_id": w.lastChange()}, "conflict", "cannot be undone", "An event cannot be taken back")
		w.works("import_contacts", args{"rows": []args{{"email": "bob@example.com"}}, "lists": []string{"Newsletter"}})
		w.refused("undo_change", args{"change_id": w.lastChange()}, "conflict", "can be undone only by deleting 1 contact that it created")
		w.works("delete_list", args{"list": "VIP"})
		w.refused("undo_change", args{"change_id": w.lastChange()}, "conflict", "cannot be undone", "who was on")
		w.refused("undo_change", args{"change_id": 999}, "not_found", "list_changes")
		w.refused("undo_change", args{"change_id": 0}, "invalid_input")
		w.refused("create_contact", args{"email": "anna@example.com"}, "already_exists")
		w.refused("undo_change", args{"change_id": w.lastChange()}, "conflict", "changed nothing")
		w.works("list_changes", args{"limit": 1}).says(t, ": refused, nothing was changed: created a***@e***.com") // and not as if it were done
	})
}

func TestOneCallIsOneChange(t *testing.T) { // scenarios 8 and 16
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("add_to_list", args{"lists": []string{"Beta"}, "contacts": []string{"anna@example.com", "bob@example.com"}, "create_lists": true, "create_missing": true})
		settled()
		page := w.works("list_changes", args{"limit": 1, "show_addresses": true})
		page.says(t, "1 change", `created the list "Beta"`, `created 1 contact; added 2 contacts to "Beta"`)
		w.works("undo_change", args{"change_id": w.lastChange()}).says(t, "delete bob@example.com", `removed from "Beta"`, `delete the list "Beta"`)
		settled()
		if _, there := w.Contact("bob@example.com"); there || len(w.Lists()) != 2 || len(w.contact("anna@example.com").ListIDs) != 1 {
			t.Errorf("lists %v, contacts %d", w.Lists(), w.Len())
		}
	})
}

func TestChangesArePagedMaskedAndNarrowed(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("list_changes", nil).says(t, "Nothing was changed through this server in the last 90 days")
		for i := range 25 {
			w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": i}})
			time.Sleep(time.Hour)
		}
		w.works("create_contact", args{"email": "bob@example.com"})
		first := w.works("list_changes", args{"limit": 5})
		first.says(t, "5 changes, the newest first", "created b***@e***.com", "older ones")
		if strings.Contains(first.text, "@example.com") {
			t.Errorf("an address is shown: %s", first.text)
		}
		seen := map[float64]bool{}
		cursor := ""
		for pages := 0; ; pages++ {
			page := w.works("list_changes", args{"limit": 7, "cursor": cursor})
			for _, change := range page.at("changes").([]any) {
				seen[change.(map[string]any)["change_id"].(float64)] = true
			}
			next, more := page.at("next_cursor").(string)
			if !more {
				break
			}
			cursor = next
		}
		if len(seen) != 26 {
			t.Errorf("%d changes on all pages", len(seen))
		}
		w.works("list_changes", args{"contact": "bob@example.com"}).says(t, "1 change,")
		w.works("list_changes", args{"contact": w.contact("bob@example.com").ID}).says(t, "1 change,")
		w.works("list_changes", args{"contact": "nobody@example.com"}).says(t, "No changes match")
		w.works("list_changes", args{"since": time.Now().Add(-150 * time.Minute).UTC().Format(time.RFC3339)}).says(t, "3 changes")
		w.refused("list_changes", args{"since": "yesterday"}, "invalid_input", "2026-11-23")
		w.refused("list_changes", args{"cursor": "-4"}, "invalid_input", "next_cursor")
		w.refused("list_changes", args{"contact": "lists/5"}, "invalid_input")
	})
}

func TestWithoutAJournalNothingIsListedOrUndone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}})
		w.refused("list_changes", nil, "not_found", "--journal off")
		w.refused("undo_change", args{"change_id": 1}, "not_found", "--journal off")
	}, func(set *setting) { set.noJournal = true })
}

var _ = hostileCase("list_changes", func(x *exposure) {
	x.given(nil, args{"limit": 50}, args{"limit": 50, "show_addresses": true}, args{"contact": x.anna}, args{"since": x.v}, args{"cursor": x.v})
})

var _ = hostileCase("undo_change", func(x *exposure) {
	for change := x.lastChange(); change > 0; change-- {
		x.given(args{"change_id": change, "preview": true}, args{"change_id": change})
	}
})
