package tools_test

import (
	"slices"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 10.9.
func TestAPreviewSaysHowManyNewMembersEachListGets(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		news, vip := seeded(w) // anna is on Newsletter
		bob := w.AddContact(emulator.Contact{Email: "bob@example.com", ListIDs: []int64{vip}})
		w.AddContact(emulator.Contact{Email: "carla@example.com", ListIDs: []int64{news, vip}})
		people := []any{"anna@example.com", "carla@example.com", "ghost@example.com"}
		w.file("people.csv", "email,lists\nanna@example.com,VIP\nbob@example.com,\ncarla@example.com,VIP\nghost@example.com,Fresh\n")
		w.file("plain.csv", "email\nanna@example.com\nbob@example.com\ncarla@example.com\nghost@example.com\n")
		rows := []any{args{"email": "anna@example.com", "lists": []any{"VIP"}}, args{"email": "ghost@example.com", "lists": []any{"Fresh"}}, args{"email": "carla@example.com"}}
		is := func(want, tool string, given args) {
			t.Helper()
			given["preview"] = true
			if tool == "sync_contacts" {
				delete(given, "preview")
			}
			w.works(tool, given).says(t, want)
		}
		w.Inject(emulator.Fault{Path: "/contacts/exports", Status: 403})
		const untold = "How many of them would be created, changed or left as they are is not known: "
		is(untold, "import_contacts", args{"rows": rows, "lists": "Newsletter", "create_lists": true})
		is(untold, "import_contacts", args{"file": "plain.csv", "lists": "Newsletter"})
		is("How many of them are on the lists already is not known: ", "add_to_list", args{"file": "plain.csv", "lists": "VIP", "create_missing": true})
		w.ClearFaults()
		is(`New members by list: "VIP" 2.`, "add_to_list", args{"contacts": people, "lists": "VIP", "create_missing": true})
		is(`New members by list: "VIP" 1.`, "add_to_list", args{"contacts": people, "lists": "VIP"}) // by a look at each
		is("Nobody to change, so no plan was kept", "add_to_list", args{"contacts": []any{"bob@example.com", bob, "ghost@example.com"}, "lists": "VIP"})
		is(`New members by list: "Newsletter" 1.`, "add_to_list", args{"contacts": []any{"bob@example.com", bob}, "lists": "Newsletter"})

		is(`New members by list: "Fresh" 1, "Newsletter" 1, "VIP" 1.`, "import_contacts", args{"rows": rows, "lists": "Newsletter", "create_lists": true})
		is(`New members by list: "Fresh" 1, "Newsletter" 2, "VIP" 1.`, "import_contacts", args{"file": "people.csv", "lists": "Newsletter", "create_lists": true})
		is(`New members by list: "VIP" 2.`, "add_to_list", args{"contacts": people, "lists": "VIP", "create_missing": true})
		is(`New members by list: "VIP" 2.`, "add_to_list", args{"file": "plain.csv", "lists": "VIP", "create_missing": true})
		is(`New members by list: "Fresh" 4, "VIP" 2.`, "add_to_list", args{"file": "plain.csv", "lists": []any{"VIP", "Fresh"}, "create_lists": true, "create_missing": true})
		is(`New members by list: "VIP" 1.`, "add_to_list", args{"where": "status = 'subscribed'", "lists": "VIP"})
		is(`New members by list: "VIP" 2.`, "sync_contacts", args{"file": "plain.csv", "list": "VIP"})
		time.Sleep(16 * time.Minute)
		is(`New members by list: "VIP" 2.`, "add_to_list", args{"file": "plain.csv", "lists": "VIP", "create_missing": true})
		w.nothingWritten()
	})
}

func TestNewMembersOfManyAreCountedInTheWholeSnapshot(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		vip := w.AddList("VIP")
		for i, email := range addresses(1100) {
			contact := emulator.Contact{Email: email}
			if i%10 == 0 {
				contact.ListIDs = []int64{vip}
			}
			w.AddContact(contact)
		}
		w.works("search_contacts", nil)
		named := "email\n"
		for _, email := range slices.Concat(addresses(1050), []string{"ghost@example.com"}) {
			named += email + "\n"
		}
		w.file("named.csv", named)
		for missing, want := range map[bool]string{false: `"VIP" 945.`, true: `"VIP" 946.`} {
			w.works("add_to_list", args{"file": "named.csv", "lists": "VIP", "create_missing": missing, "preview": true}).says(t, "New members by list: "+want)
		}
	})
}

func TestNewMembersAreNotGuessedWhereTheExportDoesNotTellWhoIsOnWhichList(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		same := w.AddList("Same")
		w.AddList("Same")
		w.AddList("VIP")
		crowd(w, 55)
		w.AddContact(emulator.Contact{Email: "tina@example.com", ListIDs: []int64{same}})
		w.works("search_contacts", nil)
		preview := w.works("add_to_list", args{"contacts": addresses(55), "lists": "VIP", "preview": true})
		preview.says(t, "How many of them are on the lists already is not known: Mailtrap's export does not tell of all contacts on which lists they are.")
		preview.has(t, "job.match.already", nil)
		leaving := w.works("remove_from_list", args{"contacts": append(addresses(55), "tina@example.com"), "lists": "VIP", "preview": true})
		leaving.has(t, "job.match.existing", 56, "job.match.already", nil)
		w.works("bulk_update_contacts", args{"where": "email IS NOT NULL", "fields": args{"age": 30}, "preview": true}).has(t, "job.match.already", 55)
	})
}
