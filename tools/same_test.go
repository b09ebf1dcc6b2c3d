package tools_test

import (
	"fmt"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// Whether a contact is as requested already does not depend on whether it is looked up or a snapshot is asked.
//
// Guarantee 8.5.
func TestWhoIsAsRequestedAlreadyIsTheSameByALookAndByASnapshot(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddField("Plan", "text", "plan")
		w.AddField("Score", "float", "score")
		w.AddField("Active", "boolean", "active")
		w.AddField("Since", "date", "since")
		had := []map[string]any{
			{"plan": "pro"}, {"plan": "Pro"}, {"plan": "O'Brien"},
			{"plan": "30"}, {"plan": ""}, {"plan": "true"}, {"plan": "2026-01-31"}, {"score": 30}, {"score": 30.5}, {"score": 0}, {"active": true}, {"active": false}, {"since": "2026-01-31"}, {},
		}
		var named []string
		for i, fields := range had {
			named = append(named, fmt.Sprintf("p%d@example.com", i))
			w.AddContact(emulator.Contact{Email: named[i], Fields: fields, Status: []string{"subscribed", "unsubscribed"}[i%2]})
		}
		wishes := []args{{"unsubscribed": true}}
		for _, fields := range append(had[:len(had)-1], map[string]any{"plan": nil}, map[string]any{"score": nil, "active": nil}) {
			wishes = append(wishes, args{"fields": fields})
		}
		for _, wish := range wishes {
			time.Sleep(30 * time.Second) // the rate budget is for all calls
			wish["preview"], wish["contacts"] = true, named
			looked := w.works("bulk_update_contacts", wish).at("job.match.already")
			delete(wish, "contacts")
			wish["where"] = "email LIKE 'p%'"
			if looked == nil {
				t.Errorf("%v: not known by a look", wish)
			}
			if by := w.works("bulk_update_contacts", wish).at("job.match.already"); by != looked {
				t.Errorf("%v: %v by a look, %v by a snapshot", wish, looked, by)
			}
		}
	})
}
