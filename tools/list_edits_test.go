package tools_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

func TestAListIsRenamed(t *testing.T) { // scenario 21
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		renamed := w.works("rename_list", args{"list": "newsletter", "name": " Märchen 📚 "})
		renamed.says(t, fmt.Sprintf(`Renamed the list "Newsletter" (id %d) to "Märchen 📚".`, newsletter))
		renamed.has(t, "list.id", newsletter, "list.name", "Märchen 📚", "before", "Newsletter", "changed", true)

		// Its contacts stay, and the new name is known at once.
		w.works("get_contact", args{"contact": "anna@example.com"}).says(t, `"Märchen 📚"`)
		w.works("add_to_list", args{"lists": "MÄRCHEN 📚", "contacts": "anna@example.com"}).says(t, "on \"Märchen 📚\"")
		if want := []emulator.List{{ID: newsletter, Name: "Märchen 📚"}, {ID: vip, Name: "VIP"}}; !cmp.Equal(w.Lists(), want) {
			t.Errorf("the lists are %v", w.Lists())
		}
	})
}

func TestANameThatIsTakenOrTheSameIsNotWritten(t *testing.T) {
	w := open(t)
	_, vip := seeded(w)
	for name, says := range map[string]string{"vip": `"VIP"`, "V\u200bIP": `"VIP"`, "VIP": `"VIP"`} {
		w.refused("rename_list", args{"list": "Newsletter", "name": name}, "already_exists", says, fmt.Sprintf("id %d", vip), "another name")
	}
	same := w.works("rename_list", args{"list": vip, "name": "VIP"})
	same.says(t, fmt.Sprintf(`The list "VIP" (id %d) has this name already; nothing was changed.`, vip))
	same.has(t, "changed", false, "before", "VIP")
	w.nothingWritten()
	w.works("rename_list", args{"list": "VIP", "name": "vip"}).says(t, `Renamed the list "VIP" (id `, `to "vip"`)
}

func TestAListNamedByDigitsIsRenamedAndDeleted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		first := w.AddList("Leads")
		digits := w.AddList(strconv.FormatInt(first, 10)) // its name is the other's id
		w.AddList("4711")
		for tool, arguments := range map[string]args{
			"rename_list": {"list": first, "name": "x"}, "delete_list": {"list": strconv.FormatInt(first, 10)},
		} {
			w.refused(tool, arguments, "conflict", fmt.Sprintf(`id:%d ("Leads")`, first), fmt.Sprintf("id:%d", digits), "like id:42")
		}
		w.nothingWritten()
		w.works("rename_list", args{"list": 4711, "name": 2026}).says(t, `Renamed the list "4711"`, `to "2026"`)
		w.works("rename_list", args{"list": fmt.Sprintf("id:%d", first), "name": "First"}).has(t, "list.id", first)
		w.works("delete_list", args{"list": fmt.Sprintf("id:%d", digits)}).has(t, "deleted.id", digits)
		if left := w.Lists(); len(left) != 2 || left[0].Name != "First" || left[1].Name != "2026" {
			t.Errorf("the lists are %v", left)
		}
	})
}

func TestADeletedListLeavesItsContacts(t *testing.T) { // scenario 21
	t.Parallel()
	for layout := range emulator.LayoutWithoutLists + 1 {
		t.Run(fmt.Sprint(layout), func(t *testing.T) {
			inBothWindows(t, func(t *testing.T, w *world) {
				newsletter, vip := seeded(w)
				w.AddContact(emulator.Contact{Email: "bob@example.com", Status: "unsubscribed", ListIDs: []int64{newsletter, vip}})
				deleted := w.works("delete_list", args{"list": "NEWSLETTER"})
				deleted.says(t, fmt.Sprintf(`Deleted the list "Newsletter" (id %d). 2 contacts were on it and stay in the account.`, newsletter))
				deleted.has(t, "deleted.id", newsletter, "deleted.name", "Newsletter", "contacts", 2)
				if lists := w.Lists(); len(lists) != 1 || w.Len() != 2 {
					t.Errorf("there are %v and %d contacts", lists, w.Len())
				}
				w.works("delete_list", args{"list": vip}).says(t, "1 contact was on it and stays in the account.")
				w.works("list_lists", nil).says(t, "no lists")
				noFiles(t, w)
			}, func(set *setting) { set.emulator.ExportLayout = layout })
		})
	}
}

// noFiles checks that counting has written nothing.
func noFiles(t *testing.T, w *world) {
	t.Helper()
	if files := filesIn(t, w.dir); len(files) > 0 {
		t.Errorf("there are files: %q", files)
	}
}

func TestAnEmptyListIsDeleted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("Empty")
		w.works("delete_list", args{"list": "Empty"}).says(t, "Nobody was on it.")
		w.refused("delete_list", args{"list": "Empty"}, "invalid_input", `There is no list "Empty"`, "no lists yet")
	})
}

// A list is deleted by the name it has now, not by the one it had a moment ago.
func TestANameThatHasPassedToAnotherListIsNotMistaken(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		other := open(t, func(set *setting) { set.known = w.Emulator })
		w.works("list_lists", nil)
		other.works("rename_list", args{"list": "Newsletter", "name": "Old"})
		other.works("rename_list", args{"list": "VIP", "name": "Newsletter"})
		w.works("delete_list", args{"list": "Newsletter"}).has(t, "deleted.id", vip)
		if left := w.Lists(); len(left) != 1 || left[0].ID != newsletter {
			t.Errorf("the lists are %v", left)
		}
	})
}

func TestWhatSomebodyElseDeletedIsSaidToBeGone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		for _, method := range []string{http.MethodPatch, http.MethodDelete} {
			w.Inject(emulator.Fault{Method: method, Status: 404, Body: `{"error":"Not Found"}`})
		}
		for tool, arguments := range map[string]args{
			"rename_list": {"list": "VIP", "name": "New"}, "delete_list": {"list": "VIP"},
			"update_field": {"field": "age", "name": "New"}, "delete_field": {"field": "age"},
		} {
			given := w.refused(tool, arguments, "not_found", "is gone: somebody else has deleted")
			if strings.Contains(tool, "list") {
				given.says(t, `"VIP" (id 2)`, "list_lists")
			} else {
				given.says(t, `"Age" (merge tag age, id `, "list_fields")
			}
		}
	})
}

var _ = hostileCase("rename_list", func(x *exposure) {
	x.given(args{"list": x.list, "name": x.short + "3"}, args{"list": x.list, "name": x.short}, args{"list": x.v + "!", "name": "x"})
})

var _ = hostileCase("delete_list", func(x *exposure) {
	x.given(args{"list": x.list}) // a segment names it
	x.first("delete_segment", args{"name": "used"})
	x.given(args{"list": x.list}, args{"list": x.v + "!"})
})
