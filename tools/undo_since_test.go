package tools_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/tools"
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

// Guarantee 11.3c.
func TestUndoingAnUndoOfWhatIsNotKeptAnyMore(t *testing.T) {
	t.Parallel()
	for name, toolsets := range map[string][]tools.Toolset{"all tools": nil, "some tools": {tools.Account, tools.Contacts}} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				seeded(w)
				w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}})
				w.works("undo_change", args{"change_id": 1})
				w.sql(`UPDATE change SET at = at - 91 * 86400000 WHERE id = 1`)
				w.box.Journal.Prune(t.Context())
				w.works("list_changes", nil).says(t, "1 change,", "undoing change 1 (can be undone)")
				if toolsets != nil {
					w.refused("undo_change", args{"change_id": 2}, "conflict", "It undid change 1, which is not kept any more", "does not offer all of them")
					return
				}
				w.works("undo_change", args{"change_id": 2})
				if age := fmt.Sprint(w.contact("anna@example.com").Fields["age"]); age != "42" {
					t.Errorf("the age is %s", age)
				}
			}, unlimited, func(set *setting) { set.offer.Toolsets = toolsets })
		})
	}
}

// Guarantee 11.3c.
func TestAChangeThatIsStillBeingMadeIsNotUndone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 150)
		before := w.everybody(people)
		update := w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 99}})
		undo := args{"change_id": w.lastChange()}
		for range 2 { // shown or not
			w.refused("undo_change", undo, "conflict", "is still being made, by the job "+update.at("job.job_id").(string))
			undo["preview"] = true
		}
		w.ends(update)
		w.works("undo_change", undo).says(t, "150 contacts")
		w.ends(w.works("undo_change", with(undo, "preview", false)))
		if now := w.everybody(people); !maps.Equal(now, before) {
			t.Errorf("they are %v", now)
		}
	})
}

// What somebody else changed a moment before, and Mailtrap did not show yet, is not taken for part of the change.
func TestWhatAnotherServerChangedAMomentBeforeIsNotUndone(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("get_contact", args{"contact": "anna@example.com"})
		other := open(t, unlimited, func(set *setting) { set.known = w.Emulator })
		other.works("update_contact", args{"contact": "anna@example.com", "fields": args{"first_name": "Ann"}, "add_to_lists": []string{"VIP"}})
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}})
		change := w.lastChange()
		settled()
		w.works("list_changes", args{"show_addresses": true}).has(t, "changes.0.writes.0.what", "updated anna@example.com: age: 41 → 42")
		if undone := w.call("undo_change", args{"change_id": change}); undone.isError {
			undone.says(t, "[conflict]", `first_name: "Anna" → "Ann"`)
		} else {
			settled()
		}
		got := w.contact("anna@example.com")
		if got.Fields["first_name"] != "Ann" || fmt.Sprint(got.ListIDs) != "[1 2]" {
			t.Errorf("got %+v", got)
		}
	})
}

// Scenario 32. Who was edited since in another field is set back, and said to have been edited.
func TestWhoWasEditedOtherwiseSinceIsSaidSoInAnUndo(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 5)
		w.works("bulk_update_contacts", args{"contacts": people, "fields": args{"age": 99}})
		change := w.lastChange()
		settled()
		w.works("update_contact", args{"contact": people[1], "fields": args{"first_name": "Ann"}, "add_to_lists": "VIP"})
		w.works("update_contact", args{"contact": people[2], "fields": args{"age": 7}})
		settled()
		preview := w.works("undo_change", args{"change_id": change, "preview": true})
		preview.says(t, `Edited otherwise since (first_name: empty → "Ann"; added to "VIP" (id 2)): that stays.`, people[2]+": age: 22 → 99: changed since: age")
		if n := strings.Count(preview.text, "Edited otherwise"); n != 1 {
			t.Errorf("it is said of %d: %s", n, preview.text)
		}
		w.works("undo_change", args{"change_id": change})
		settled()
		if one := w.contact(people[1]); one.Fields["first_name"] != "Ann" || fmt.Sprint(one.Fields["age"]) != "21" {
			t.Errorf("got %+v", one)
		}
	}, unlimited)
}
