package tools_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// Guarantee 11.5.
func TestServersOnOneFolderSeeWhatTheOthersJustWrote(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		settled()
		other := open(t, onDisk(data), func(set *setting) { set.known = w.Emulator })
		w.works("create_contact", args{"email": "new@example.com", "fields": args{"age": 1}})
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 50}})
		other.works("get_contact", args{"contact": "new@example.com"}).has(t, "contact.fields.age", 1)
		other.works("get_contact", args{"contact": "anna@example.com"}).has(t, "contact.fields.age", 50)
		other.works("update_contact", args{"contact": "new@example.com", "unsubscribed": true})
		other.works("fire_event", args{"event": "e", "contacts": []string{"new@example.com"}})
		settled()
		if there := w.contact("new@example.com"); there.Status != "unsubscribed" {
			t.Errorf("the contact is %+v", there)
		}
		w.works("create_contact", args{"email": "gone@example.com"})
		other.works("delete_contact", args{"contact": "gone@example.com", "erase": true}).says(t, "Deleted gone@example.com")
		settled()
		if _, there := w.Contact("gone@example.com"); there {
			t.Error("the contact is there")
		}
		apart := open(t, onDisk(data), ofAccount(2222222)) // another account on the folder
		w.works("create_contact", args{"email": "ours@example.com"})
		apart.refused("get_contact", args{"contact": "ours@example.com"}, "not_found")
	}, onDisk(data), writesTake(5_000_000_000))
}

// Guarantee 11.5.
func TestWithoutAJournalALookUpSaysWhatItCannotKnowAndAnErasureWaits(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	silent := func(set *setting) { set.noJournal = true }
	inFakeTime(t, func(t *testing.T, w *world) {
		other := open(t, onDisk(data), silent, func(set *setting) { set.known = w.Emulator })
		w.works("create_contact", args{"email": "new@example.com"})
		other.refused("get_contact", args{"contact": "new@example.com"}, "not_found", "(--journal off): what another process wrote within the last ten seconds may not show yet")
		other.works("delete_contact", args{"contact": "new@example.com", "erase": true}).says(t, "Deleted new@example.com")
		settled()
		if _, there := w.Contact("new@example.com"); there {
			t.Error("the contact is there")
		}
	}, onDisk(data), silent, writesTake(5_000_000_000))
	inFakeTime(t, func(t *testing.T, w *world) {
		if said := w.call("get_contact", args{"contact": "nobody@example.com"}).text; strings.Contains(said, "--journal off") {
			t.Errorf("with the journal on it says %s", said)
		}
	})
}
