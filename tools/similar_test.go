package tools_test

import (
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

func TestAMisspeltAddressIsAnsweredWithTheContactThatIsMeant(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		list := w.AddList("VIP")
		for _, email := range []string{"anna@example.com", "o'neil@example.com", "kim1@example.com", "kim2@example.com"} {
			w.AddContact(emulator.Contact{Email: email, ListIDs: []int64{list}})
		}
		if told := w.refused("get_contact", args{"contact": "ana@example.com"}, "not_found"); strings.Contains(told.text, "There is anna") {
			t.Errorf("without a snapshot: %s", told.text)
		}
		w.works("search_contacts", nil)
		for slip, meant := range map[string]string{"ana@example.com": "anna@example.com", "anna@exmple.com": "anna@example.com",
			"anna@example.con": "anna@example.com", "oneil@example.com": "o'neil@example.com", "O'NEL@example.com": "o'neil@example.com"} {
			for tool, given := range map[string]args{"get_contact": {}, "update_contact": {"unsubscribed": true}, "delete_contact": {},
				"remove_from_list": {"lists": "VIP"}} {
				given[map[bool]string{true: "contacts", false: "contact"}[tool == "remove_from_list"]] = slip
				w.refused(tool, given, "not_found", "There is "+meant+": ask whether that contact is meant.")
			}
		}
		for _, unlike := range []string{"kim@example.com", "bob@example.com", "%@example.com"} { // kim may be either
			if told := w.refused("get_contact", args{"contact": unlike}, "not_found"); strings.Contains(told.text, "is meant") {
				t.Errorf("%s: %s", unlike, told.text)
			}
		}
		w.nothingWritten()
	})
}
