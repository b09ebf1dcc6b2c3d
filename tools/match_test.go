package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 11.4.
func TestAPreviewSaysHowManyOfThoseNamedThereAre(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		bob := w.AddContact(emulator.Contact{Email: "bob@example.com"})
		named := []any{"anna@example.com", "ghost@example.com", "bob@example.com", bob, "shade@example.com"}
		w.file("five.csv", fmt.Sprintf("email\nanna@example.com\nghost@example.com\nbob@example.com\n%s\nshade@example.com\n", bob))
		for tool, given := range map[string]args{
			"bulk_update_contacts": {"fields": args{"age": 7}},
			"bulk_delete_contacts": {},
			"add_to_list":          {"lists": "VIP"},
			"remove_from_list":     {"lists": "Newsletter"},
			"fire_event":           {"event": "ping"},
		} {
			given["preview"], given["contacts"] = true, named
			by := w.works(tool, given)
			by.says(t, "2 of them are in this account, by a look at each: 2 subscribed, 0 unsubscribed", "Not contacts of this account, skipped: ghost@example.com, shade@example.com.", "1 is named twice")
			by.has(t, "job.match.existing", 2, "job.match.not_found", 2, "job.match.not_found_contacts.1", "shade@example.com", "job.match.upper_bound", nil)
			delete(given, "contacts")
			given["file"] = "five.csv"
			w.works(tool, given).has(t, "job.match.existing", 2, "job.match.not_found", 2)
		}
		w.nothingWritten()
		w.works("bulk_delete_contacts", args{"contacts": "anna@example.com", "preview": true}).says(t, "All of them are contacts of this account")
	})
}

// Guarantee 11.4.
func TestAPreviewOfManyNamedIsMatchedAgainstASnapshotOrAnUpperBound(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		crowd(w, 55)
		named := append(addresses(57), "OTHER@example.com")
		given := args{"contacts": named, "preview": true}
		w.Inject(emulator.Fault{Path: "/contacts/exports", Status: 403})
		unknown := w.works("bulk_delete_contacts", given)
		unknown.says(t, "58 addresses", "This number is an upper bound: which of them are contacts of this account is not known, because ", "Ask the operator for a token with rights to this account's contacts")
		unknown.has(t, "job.match.existing", nil, "job.contacts", 58)
		w.ClearFaults()
		known := w.works("bulk_delete_contacts", given)
		known.says(t, "56 of them are in this account, by the snapshot of", "skipped: person0055@example.com, person0056@example.com.")
		known.has(t, "job.match.existing", 56, "job.match.not_found", 2)
		w.nothingWritten()
		time.Sleep(16 * time.Minute)
		w.works("bulk_delete_contacts", given).says(t, "56 of them are in this account, by the snapshot of 2000-01-01 00:16 UTC: 56 subscribed")
	})
}

// Guarantee 11.4.
func TestALookUpThatFailsLeavesAnUpperBound(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.Inject(emulator.Fault{Method: "GET", Path: "/contacts/ghost", Status: 500})
		unknown := w.works("bulk_delete_contacts", args{"contacts": []any{"anna@example.com", "ghost@example.com"}, "preview": true})
		unknown.says(t, "This number is an upper bound", "looking them up failed")
		unknown.has(t, "job.match.existing", nil)
	})
}

// Guarantee 11.4.
func TestTheOperatorIsAskedForTheNumberThatIsThere(t *testing.T) {
	t.Parallel()
	person := &operator{action: mcp.ElicitationResponseActionDecline}
	inFakeTime(t, func(t *testing.T, w *world) {
		crowd(w, 5)
		plan := w.works("bulk_delete_contacts", args{"contacts": addresses(9), "preview": true}).at("job.plan_id")
		w.call("apply_plan", args{"plan_id": plan})
		if question := fmt.Sprint(person.asked); !strings.Contains(question, "Delete 5 contacts of 9 named") {
			t.Errorf("they are asked: %s", question)
		}
	}, asked(person))
}
