package bulk

import (
	"testing"
	"testing/synctest"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

func TestAnUpdateGoesThroughItsContactsOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := peopled(emulator.Config{}, 30)
		s := service(t, account, t.TempDir())
		out := true
		planned, err := s.PlanWrite(t.Context(), Update, Spec{Unsubscribed: &out}, Selection{Contacts: refs(t, 40)})
		if writes := writesTo(account); writes > 0 {
			t.Errorf("planning sent %d requests", writes)
		}
		status := applied(t, s, planned, err)
		if status.State != Finished || status.Tally.Done != 30 || status.Tally.NotFound != 10 || status.Worked() != status.Total {
			t.Errorf("the job is %+v", status)
		}
		for i := range 30 {
			if contact, _ := account.Contact(address(i)); contact.Status != apiclient.Unsubscribed {
				t.Fatalf("%s is %s", address(i), contact.Status)
			}
		}
	})
}
