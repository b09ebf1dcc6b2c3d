package tools_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/emulator"
)

// throng are the contacts of an account of random bulk changes, and newcomers those who may come.
var throng, newcomers = addresses(6), []string{"new0@example.com", "new1@example.com", "new2@example.com"}

// bulkChange is a random change to some contacts, for tools that take many.
func bulkChange(t *rapid.T, w *world) (tool string, given args, imports bool) {
	list := rapid.SampledFrom([]string{"id:1", "id:2"})
	who := rapid.SliceOfNDistinct(rapid.SampledFrom(throng), 1, len(throng), rapid.ID).Draw(t, "who")
	city := rapid.SampledFrom([]any{"Rome", "Bonn", "", nil})
	switch tool := rapid.SampledFrom([]string{"import_contacts", "import_contacts", "bulk_update_contacts", "bulk_update_contacts", "where",
		"add_to_list", "remove_from_list", "bulk_delete_contacts", "sync_contacts"}).Draw(t, "tool"); tool {
	case "import_contacts", "sync_contacts":
		rows := "email,city,age\n"
		for _, email := range append(who, rapid.SliceOfDistinct(rapid.SampledFrom(newcomers), rapid.ID).Draw(t, "new")...) {
			rows += fmt.Sprintf("%s,%s,%d\n", email, rapid.SampledFrom([]string{"Rome", "Oslo", ""}).Draw(t, "city"), rapid.IntRange(1, 3).Draw(t, "age"))
		}
		w.file("import.csv", rows)
		if tool == "sync_contacts" {
			return tool, args{"file": "import.csv", "list": "id:1", "max_removals": len(throng)}, true
		}
		given := args{"file": "import.csv", "lists": []string{"id:1"}}
		if rapid.Bool().Draw(t, "leave") {
			given["remove_from_lists"] = []string{"id:2"}
		}
		return tool, given, true
	case "where":
		return "bulk_update_contacts", args{"where": "age < 5", "fields": args{"city": rapid.SampledFrom([]any{"Bari", "Kiel"}).Draw(t, "city")}, "add_to_lists": []string{list.Draw(t, "list")}}, true
	case "bulk_update_contacts":
		given := args{"contacts": who, "fields": args{"city": city.Draw(t, "city")}}
		switch rapid.IntRange(0, 3).Draw(t, "what else") {
		case 0:
			given["unsubscribed"] = true
		case 1:
			given["unsubscribed"], given["consent"] = false, "said so on the phone"
		case 2:
			given["remove_from_lists"] = []string{list.Draw(t, "list")}
		}
		return tool, given, false
	case "add_to_list":
		return tool, args{"contacts": append(who, newcomers[0]), "lists": []string{list.Draw(t, "list")}, "create_missing": rapid.Bool().Draw(t, "create")}, false
	case "remove_from_list":
		return tool, args{"contacts": who, "lists": []string{list.Draw(t, "list")}}, false
	default:
		return tool, args{"contacts": who}, false
	}
}

// applies makes a bulk change, by a plan where it takes one, and returns the change; 0 where nothing was changed.
func (w *world) applies(t *rapid.T, tool string, given args, imports bool) int64 {
	if imports { // so that it is known what was there
		w.works("search_contacts", args{"refresh": true})
	}
	last := w.lastChange()
	if tool != "sync_contacts" { // which always plans
		given = with(given, "preview", true)
	}
	plan := w.call(tool, given)
	if id, is := plan.at("job.plan_id").(string); is && !plan.isError {
		if strings.Contains(plan.text, "cannot be undone") {
			t.Fatalf("%s %v: %s", tool, given, plan.text)
		}
		w.ends(w.works("apply_plan", args{"plan_id": id}))
	}
	time.Sleep(2 * time.Minute) // then exports show it
	if change := w.lastChange(); change != last {
		return change
	}
	return 0
}

// undoes undoes a change as an agent does, and returns what it was told; those whom an import created are deleted too.
func (w *world) undoes(t *rapid.T, change int64) string {
	preview := w.call("undo_change", args{"change_id": change, "preview": true, "delete_created": true})
	if preview.isError {
		if !strings.HasPrefix(preview.text, "[conflict]") {
			t.Fatalf("undoing change %d: %s", change, preview.text)
		}
		return preview.text
	}
	said := preview.text
	if id, is := preview.at("job.plan_id").(string); is {
		said += w.ends(w.works("apply_plan", args{"plan_id": id})).text
	} else {
		said += w.works("undo_change", args{"change_id": change, "delete_created": true}).text
	}
	time.Sleep(2 * time.Minute)
	return said
}

// Guarantee 11.3b. Random bulk changes are undone, the newest first, which must bring the account back; what somebody else has
// changed in between stays, and they are told whose it is.
func TestUndoingBulkChangesBringsBackWhatWasThere(t *testing.T) {
	t.Parallel()
	undone := map[string]int{}
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(undated{t}, func(rt *rapid.T) {
			w := thronged(t)
			defer w.close()
			type made struct {
				tool   string
				change int64
				before map[string]string
			}
			var all []made
			edited := map[string]string{}
			everybody := append(slices.Clone(throng), newcomers...)
			for range rapid.IntRange(1, 3).Draw(rt, "changes") {
				before := w.everybody(everybody)
				tool, given, imports := bulkChange(rt, w)
				if change := w.applies(rt, tool, given, imports); change != 0 {
					all = append(all, made{tool, change, before})
					undone[tool]++
				}
				if rapid.IntRange(0, 3).Draw(rt, "somebody else") == 0 {
					email, city := rapid.SampledFrom(everybody).Draw(rt, "whom"), fmt.Sprintf("City%d", len(edited))
					if w.edits(email, city) {
						edited[email] = city
					}
				}
			}
			for _, one := range slices.Backward(all) {
				was := w.everybody(everybody)
				said := w.undoes(rt, one.change)
				now := w.everybody(everybody)
				for email, city := range edited {
					if now[email] != "" && strings.Contains(was[email], "city:"+city) && !strings.Contains(now[email], "city:"+city) {
						rt.Fatalf("undoing %s took %s from %s, who is %s: %s", one.tool, city, email, now[email], said)
					}
					delete(now, email)
					delete(one.before, email)
				}
				if difference := cmp.Diff(one.before, now); difference != "" {
					rt.Fatalf("undoing %s leaves a difference:\n%s\n%s", one.tool, difference, said)
				}
			}
			for email, city := range edited { // nobody but they wrote it since
				if now := w.everybody([]string{email})[email]; !strings.Contains(now, "city:"+city) {
					rt.Fatalf("%s is %q, and somebody else had set the city %s", email, now, city)
				}
			}
		})
	})
	t.Logf("undone: %v", undone)
	all := 0
	for _, n := range undone {
		all += n
	}
	few := 2 // of a few draws, chance may leave some tools out
	if all > 100 {
		few = 4
	}
	if tools := slices.Sorted(maps.Keys(undone)); len(tools) <= few {
		t.Errorf("only %q were tried", tools)
	}
}

// thronged is an account of some people, whose operator agrees to everything.
func thronged(t *testing.T) *world {
	w := open(t, unlimited, func(set *setting) {
		set.options = []client.ClientOption{client.WithElicitationHandler(&operator{action: mcp.ElicitationResponseActionAccept})}
	})
	w.AddList("News")
	w.AddList("VIP")
	w.AddField("Age", "integer", "age")
	w.AddField("City", "text", "city")
	for i, email := range throng {
		one := emulator.Contact{Email: email, ListIDs: []int64{int64(1 + i%2)}, Fields: map[string]any{"age": int64(i % 4)}}
		if i%3 == 0 {
			one.Fields["city"] = "Pisa"
		}
		if i == 5 {
			one.Status = "unsubscribed"
		}
		w.AddContact(one)
	}
	return w
}

// edits has somebody else, of whom this server knows nothing, set a contact's city.
func (w *world) edits(email, city string) bool {
	if _, there := w.Contact(email); !there {
		return false
	}
	other := open(w.t, unlimited, func(set *setting) { set.known = w.Emulator })
	defer other.close()
	other.works("update_contact", args{"contact": email, "fields": args{"city": city}})
	time.Sleep(2 * time.Minute)
	return true
}
