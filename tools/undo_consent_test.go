package tools_test

import (
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// A consent counts no longer once the change that it was given for is undone: who was held back before is held back again.
func TestUndoingAChangeMadeWithConsentHoldsThePersonBackAgain(t *testing.T) {
	t.Parallel()
	const agreed = "asked for the newsletter by phone on 2026-10-02"
	subscribes := func(contact string) args {
		return args{"contact": contact, "unsubscribed": false, "consent": agreed, "create_if_missing": true}
	}
	changes := map[string]struct {
		tool  string
		given args
		held  string
	}{
		"who said no in a file is created":           {"update_contact", subscribes("no@example.com"), "no@example.com"},
		"who was deleted unsubscribed is created":    {"update_contact", subscribes("left@example.com"), "left@example.com"},
		"a contact that said no is subscribed":       {"update_contact", subscribes("spam@example.com"), "spam@example.com"},
		"several are, as one change":                 {"bulk_update_contacts", args{"contacts": []string{"spam@example.com", "anna@example.com"}, "unsubscribed": false, "consent": agreed}, "spam@example.com"},
		"a subscriber gets the address that said no": {"update_contact", args{"contact": "anna@example.com", "email": "left@example.com", "consent": agreed}, "left@example.com"},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				seeded(w)
				w.AddContact(emulator.Contact{Email: "left@example.com", Status: "unsubscribed"})
				w.AddContact(emulator.Contact{Email: "spam@example.com", Status: "unsubscribed"})
				w.works("delete_contact", args{"contact": "left@example.com"})
				w.file("old.csv", oldFile)
				w.works("import_contacts", args{"file": "old.csv"})
				settled()
				w.works(change.tool, change.given)
				settled()
				of := w.lastChange()
				w.works("undo_change", args{"change_id": of, "preview": true}).says(t, "The consent given for it no longer counts")
				w.works("undo_change", args{"change_id": of})
				settled()
				if is, there := w.Contact(change.held); there && is.Status != "unsubscribed" {
					t.Fatalf("undone, it is %s", is.Status)
				}
				if _, there := w.Contact(change.held); there {
					w.elsewhere("DELETE", "/contacts/"+change.held, "")
					settled()
				}
				w.file("again.csv", "email\n"+change.held+"\nfine2@example.com\n")
				w.works("import_contacts", args{"file": "again.csv"}).says(t, "1 of 2 rows imported", "1 row rejected")
				settled()
				if _, there := w.Contact(change.held); there {
					t.Error("a later import has subscribed them")
				}
				w.refused("create_contact", args{"email": change.held}, "consent_required")
				if name == "who said no in a file is created" {
					again := args{"change_id": of + 1}
					w.works("undo_change", with(again, "preview", true)).says(t, "create no@example.com again (subscribed)", "it takes a new consent")
					w.refused("undo_change", again, "consent_required")
				}
			}, asked(&operator{action: "accept"}))
		})
	}
}
