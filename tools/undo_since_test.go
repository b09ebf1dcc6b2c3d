package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Guarantee 11.3b. Somebody else deletes contacts and creates others with their addresses, which by chance have what the change
// gave; this server does so too, by undoing its own deletion.
func TestContactsThatTookTheirPlaceAreLeftAloneByUndoing(t *testing.T) {
	t.Parallel()
	for how, of := range map[string]int{"import": 60, "update": 60, "a few": 5} {
		t.Run(how, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				people := bulkWorld(w, of)
				before := w.everybody(people)
				w.imported(people, "new@example.com")
				taken, age := []string{people[0], "new@example.com"}, 70
				if how != "import" {
					w.ends(w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 99}}))
					taken, age = taken[:1], 99
				}
				change := w.lastChange()
				time.Sleep(3 * time.Hour)
				other := open(t, unlimited, func(set *setting) { set.known = w.Emulator })
				for _, email := range taken {
					other.works("delete_contact", args{"contact": email})
					settled()
					other.works("create_contact", args{"email": email, "fields": args{"age": age}, "lists": []string{"VIP"}})
				}
				other.close()
				w.works("delete_contact", args{"contact": people[2]})
				w.works("undo_change", args{"change_id": w.lastChange()})
				time.Sleep(2 * time.Minute)
				undo := args{"change_id": change, "delete_created": true}
				preview := w.works("undo_change", with(undo, "preview", true))
				preview.says(t, taken[0], "it was deleted, and there is another contact with this address")
				if done := w.works("undo_change", undo); how != "a few" {
					w.ends(done).says(t, "Undo finished: ", strings.Fields(preview.text)[4]+" contacts set back.")
				}
				now := w.everybody(append(people, taken...))
				for _, email := range taken {
					if now[email] != fmt.Sprintf("subscribed[2] map[age:%d]", age) {
						t.Errorf("%s is %q", email, now[email])
					}
				}
				if how == "import" && now[people[2]] != before[people[2]] {
					t.Errorf("%s, whom this server created again, is %s", people[2], now[people[2]])
				}
			}, unlimited)
		})
	}
}
