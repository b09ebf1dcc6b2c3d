package tools_test

import (
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 10.18b.
func TestAnEventFiredAMomentAgoIsNotFiredAgainUnasked(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.AddContact(emulator.Contact{Email: "bob@example.com"})
		call := args{"event": "welcome", "params": args{"days": 3}, "contacts": "anna@example.com"}
		w.works("fire_event", call).has(t, "fired", 1)
		w.refused("fire_event", call, "needs_preview", `"welcome" with these params was fired for 1 of 1 contact in the last ten minutes`, "Nothing was sent", "preview: true")
		w.works("fire_event", args{"event": "welcome", "params": args{"days": 4}, "contacts": "anna@example.com"}).has(t, "fired", 1)
		w.works("fire_event", args{"event": "welcome", "params": args{"days": 3}, "contacts": "bob@example.com"}).has(t, "fired", 1)
		w.works("fire_event", args{"event": "welcome", "params": args{"days": 3}, "contacts": "anna@example.com", "preview": true}).says(t, "was fired for 1 of 1 contact")
		if n := len(w.Events()); n != 3 {
			t.Errorf("%d events", n)
		}
		time.Sleep(11 * time.Minute)
		preview := args{"event": "welcome", "params": args{"days": 3}, "contacts": "anna@example.com", "preview": true}
		w.works("fire_event", preview).says(t, "was fired for 1 of 1 contact in the last 24 hours")
		w.works("fire_event", call).has(t, "fired", 1)
	})
}
