package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// Contacts whom a condition chooses are sent by import where they are many, and what that does to the unsubscribed is unknown.
func TestAConditionThatMaySubscribePeopleSaysSoAndHowToLeaveThemOut(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("Customers")
		w.AddContacts(300, func(i int) emulator.Contact {
			return emulator.Contact{Email: fmt.Sprintf("p%03d@example.com", i), Status: []string{"subscribed", "subscribed", "unsubscribed"}[i%3]}
		})
		settled()
		call := args{"lists": "Customers", "where": "email LIKE 'p%'", "preview": true}
		told := w.works("add_to_list", call)
		told.says(t, "200 subscribed, 100 unsubscribed", "leaves people unsubscribed is not documented; to leave the 100 out, call with where: ")
		_, where, _ := strings.Cut(told.text, "call with where: ")
		where, _, _ = strings.Cut(where, ", and the condition")
		call["where"] = strings.Replace(where, "…", "email LIKE 'p%'", 1)
		without := w.works("add_to_list", call)
		without.says(t, "200 subscribed, 0 unsubscribed")
		for _, text := range []string{without.text, w.works("bulk_update_contacts", args{"where": "email LIKE 'p%'", "unsubscribed": true, "preview": true}).text} {
			if strings.Contains(text, "not documented") {
				t.Errorf("nobody can be subscribed by it: %s", text)
			}
		}
	})
}
