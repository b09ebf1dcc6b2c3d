package tools_test

import (
	"fmt"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// However contacts are chosen, those who are as asked already are the same people: those to whom nothing is sent. A snapshot tells
// texts apart by what they look like only, so of some it does not know.
func TestWhoIsAsAskedAlreadyIsTheSameHoweverTheyAreChosen(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddField("Plan", "text", "plan")
		w.AddField("Tier", "text", "tier")
		stored := []string{"pro", "pro ", " pro", "\u00a0pro", "Zoë", "Zoe\u0308", "ﬁn", "fin", "", " ", "4", "4.0", "PRO", "a\nb", "a\r\nb", "a b"}
		var people []any
		for i, value := range stored {
			w.AddContact(emulator.Contact{Email: fmt.Sprintf("p%d@example.com", i), Fields: map[string]any{"plan": value}})
			people = append(people, fmt.Sprintf("p%d@example.com", i))
		}
		for i := range 3 { // whose values are what they look like
			w.AddContact(emulator.Contact{Email: fmt.Sprintf("q%d@example.com", i), Fields: map[string]any{"tier": "pro"}})
			people = append(people, fmt.Sprintf("q%d@example.com", i))
		}
		w.works("bulk_update_contacts", args{"fields": args{"tier": "pro"}, "where": "true", "preview": true}).has(t, "job.match.already", 3)
		w.works("bulk_update_contacts", args{"fields": args{"tier": " pro"}, "where": "true", "preview": true}).has(t, "job.match.already", 0)
		w.works("bulk_update_contacts", args{"fields": args{"plan": "pro"}, "where": "true", "preview": true}).has(t, "job.match.already", nil)
		for _, asked := range stored {
			call := args{"fields": args{"plan": asked}, "preview": true}
			named := w.works("bulk_update_contacts", with(call, "contacts", people))
			chosen := w.works("bulk_update_contacts", with(call, "where", "email LIKE 'p%'"))
			if one, other := named.at("job.match.already"), chosen.at("job.match.already"); other != nil && fmt.Sprint(one) != fmt.Sprint(other) {
				t.Errorf("%q: %v of those named are so already, %v of those who fit", asked, one, other)
			}
		}
	})
}
