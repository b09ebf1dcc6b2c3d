package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

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

// While a job still works on a change, or undoes it, nobody is invited to undo it.
func TestAChangeThatIsUnderWaySaysSo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContacts(80, func(i int) emulator.Contact { return emulator.Contact{Email: fmt.Sprintf("p%03d@example.com", i)} })
		settled()
		first := w.works("bulk_update_contacts", args{"where": "email LIKE 'p%'", "unsubscribed": true, "preview": true})
		started := w.works("apply_plan", args{"plan_id": first.at("job.plan_id"), "wait_seconds": 1})
		job := fmt.Sprint(started.at("job.job_id"))
		w.works("list_changes", nil).says(t, "(job "+job+" is still at it)")
		w.ends(started)
		change := w.lastChange()
		w.works("list_changes", nil).says(t, "(can be undone)")
		plan := w.works("undo_change", args{"change_id": change, "preview": true})
		undoing := w.works("apply_plan", args{"plan_id": plan.at("job.plan_id"), "wait_seconds": 1})
		w.works("list_changes", nil).says(t, "being undone by job "+fmt.Sprint(undoing.at("job.job_id")))
		w.ends(undoing)
		w.works("list_changes", nil).says(t, "undone by change")
	}, withOperator(&operator{action: mcp.ElicitationResponseActionAccept}))
}
