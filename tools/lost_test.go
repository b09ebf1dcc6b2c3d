package tools_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

// lostCall is a write whose answer is lost once, and what the account must look like in the end.
type lostCall struct {
	name      string
	tool      string
	arguments any
	method    string // of the request whose answer is lost
	path      string
	check     func(t *testing.T, w *world)
}

var lostCalls = []lostCall{
	{"creating a contact", "create_contact", args{"email": "new@example.com", "lists": "VIP"}, http.MethodPost, "/contacts", func(t *testing.T, w *world) {
		if w.Len() != 2 || len(w.contact("new@example.com").ListIDs) != 1 {
			t.Errorf("there are %d contacts", w.Len())
		}
	}},
	{"changing a contact", "update_contact", args{"contact": "anna@example.com", "fields": args{"age": 50}, "add_to_lists": "VIP"}, http.MethodPatch, "", func(t *testing.T, w *world) {
		if got := w.contact("anna@example.com"); got.Fields["age"] != int64(50) || len(got.ListIDs) != 2 {
			t.Errorf("the contact is %+v", got)
		}
	}},
	{"creating a contact on update", "update_contact", args{"contact": "new@example.com", "create_if_missing": true, "unsubscribed": true}, http.MethodPost, "/contacts", func(t *testing.T, w *world) {
		if got := w.contact("new@example.com"); got.Status != "unsubscribed" {
			t.Errorf("the contact is %+v", got)
		}
	}},
	{"deleting a contact", "delete_contact", args{"contact": "anna@example.com"}, http.MethodDelete, "", func(t *testing.T, w *world) {
		if w.Len() != 0 {
			t.Error("the contact is still there")
		}
	}},
	{"creating a list", "create_list", args{"name": "Fresh"}, http.MethodPost, "/contacts/lists", func(t *testing.T, w *world) {
		if len(w.Lists()) != 3 {
			t.Errorf("the lists are %v", w.Lists())
		}
	}},
	{"creating a field", "create_field", args{"name": "Plan", "data_type": "text"}, http.MethodPost, "/contacts/fields", func(t *testing.T, w *world) {
		if len(w.Fields()) != 7 {
			t.Errorf("the fields are %v", w.Fields())
		}
	}},
	{"renaming a list", "rename_list", args{"list": "VIP", "name": "Friends"}, http.MethodPatch, "/contacts/lists", func(t *testing.T, w *world) {
		if lists := w.Lists(); len(lists) != 2 || lists[1].Name != "Friends" {
			t.Errorf("the lists are %v", lists)
		}
	}},
	{"deleting a list", "delete_list", args{"list": "Newsletter"}, http.MethodDelete, "/contacts/lists", func(t *testing.T, w *world) {
		if len(w.Lists()) != 1 || w.Len() != 1 {
			t.Errorf("there are %v and %d contacts", w.Lists(), w.Len())
		}
	}},
	{"changing a field", "update_field", args{"field": "age", "name": "Years", "merge_tag": "years"}, http.MethodPatch, "/contacts/fields", func(t *testing.T, w *world) {
		if fields := w.Fields(); len(fields) != 6 || fields[2].Name != "Years" || fields[2].MergeTag != "years" {
			t.Errorf("the fields are %v", fields)
		}
	}},
	{"deleting a field", "delete_field", args{"field": "age"}, http.MethodDelete, "/contacts/fields", func(t *testing.T, w *world) {
		if len(w.Fields()) != 5 {
			t.Errorf("the fields are %v", w.Fields())
		}
	}},
	{"looking for suppressions", "check_suppressions", args{"contacts": "anna@example.com"}, http.MethodGet, "/suppressions", func(t *testing.T, w *world) {
		if w.Len() != 1 {
			t.Errorf("there are %d contacts", w.Len())
		}
	}},
	{"joining a list", "add_to_list", args{"contacts": []any{"anna@example.com", "new@example.com"}, "lists": "Fresh", "create_lists": true, "create_missing": true}, "", "/contacts", func(t *testing.T, w *world) {
		if len(w.Lists()) != 3 || w.Len() != 2 || len(w.contact("anna@example.com").ListIDs) != 2 || len(w.contact("new@example.com").ListIDs) != 1 {
			t.Errorf("there are %v and %d contacts", w.Lists(), w.Len())
		}
	}},
	{"leaving a list", "remove_from_list", args{"contacts": "anna@example.com", "lists": "*"}, http.MethodPatch, "", func(t *testing.T, w *world) {
		if got := w.contact("anna@example.com").ListIDs; len(got) != 0 {
			t.Errorf("the contact is on %v", got)
		}
	}},
	{"importing", "import_contacts", args{"rows": []any{args{"email": "new@example.com"}, args{"email": "anna@example.com", "fields": args{"age": 1}}}, "lists": "VIP"}, http.MethodPost, "/contacts/imports", func(t *testing.T, w *world) {
		if w.Len() != 2 || w.contact("anna@example.com").Fields["age"] != int64(1) || len(w.contact("new@example.com").ListIDs) != 1 {
			t.Errorf("there are %d contacts", w.Len())
		}
	}},
	{"exporting", "export_contacts", nil, http.MethodPost, "/contacts/exports", func(t *testing.T, w *world) {
		if w.Len() != 1 {
			t.Errorf("there are %d contacts", w.Len())
		}
	}},
}

func TestALostAnswerIsMadeGood(t *testing.T) {
	t.Parallel()
	for _, lost := range lostCalls {
		for name, action := range map[string]emulator.Action{"lost before": emulator.LoseBefore, "lost after": emulator.LoseAfter} {
			t.Run(lost.name+", "+name, func(t *testing.T) {
				inBothWindows(t, func(t *testing.T, w *world) {
					seeded(w)
					w.Inject(emulator.Fault{Method: lost.method, Path: lost.path, Times: 1, Do: action})
					given := w.works(lost.tool, lost.arguments)
					settled()
					lost.check(t, w)
					if strings.Contains(given.text, "failed") {
						t.Errorf("the answer speaks of a failure: %s", given.text)
					}
				})
			})
		}
	}
}

// A create that the API fails for good is not reported as done, nor as certainly not done.
func TestAnswersThatStayLostAreReportedAsUnknown(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		for tool, call := range map[string]struct {
			arguments args
			advice    string
		}{
			"create_contact": {args{"email": "new@example.com"}, "Look with get_contact new@example.com; if it is missing, create it again"},
			"create_list":    {args{"name": "Fresh"}, "Look with list_lists; if the list is missing, create it again."},
			"create_field":   {args{"name": "Plan", "data_type": "text"}, "Look with list_fields; if the field is missing, create it again."},
			"rename_list":    {args{"list": "VIP", "name": "Friends"}, "Look with list_lists; if the list is as it was, change it again."},
			"delete_list":    {args{"list": "VIP"}, "Look with list_lists; if the list is still there, delete it again."},
			"update_field":   {args{"field": "age", "name": "Years"}, "Look with list_fields; if the field is as it was, change it again."},
			"delete_field":   {args{"field": "age"}, "Look with list_fields; if the field is still there, delete it again."},
			"fire_event":     {args{"event": "e", "contacts": "anna@example.com"}, "could do it twice"},
			"update_contact": {args{"contact": "anna@example.com", "fields": args{"age": 3}}, "Repeating the same call is safe"},
			"delete_contact": {args{"contact": "anna@example.com"}, "Repeating the same call is safe"},
		} {
			for _, method := range []string{http.MethodPost, http.MethodPatch, http.MethodDelete} {
				if !strings.HasPrefix(tool, "delete_") || method == http.MethodDelete { // deletions count by an export
					w.Inject(emulator.Fault{Method: method, Do: emulator.LoseBefore})
				}
			}
			w.refused(tool, call.arguments, "outcome_unknown", "may or may not", call.advice)
			w.ClearFaults()
		}
		w.Inject(emulator.Fault{Method: http.MethodPost, Do: emulator.LoseBefore})
		w.works("add_to_list", args{"contacts": []any{"new@example.com", "other@example.com"}, "lists": "VIP", "create_missing": true}).
			says(t, "how many of them were done is not known (2 of unknown outcome)", "- new@example.com: of unknown outcome (", "may or may not", "Look with get_contact new@example.com")
		w.ClearFaults()
		if len(w.Lists()) != 2 || len(w.Fields()) != 6 {
			t.Errorf("there are %v and %v", w.Lists(), w.Fields())
		}
		if got := w.contact("anna@example.com"); w.Len() != 1 || !cmp.Equal(got.Fields["age"], any(int64(41))) || len(w.Events()) > 0 {
			t.Errorf("the account has changed: %+v", got)
		}
	})
}

func TestAWriteThatIsDroppedInTheWindowIsSentAgain(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		w.works("create_contact", args{"email": "new@example.com"})
		w.works("update_field", args{"field": "last_name", "name": "Surname", "merge_tag": "surname"})
		w.works("update_contact", args{"contact": "new@example.com", "fields": args{"first_name": "New", "surname": "One"}})
		settled()
		if got := w.contact("new@example.com").Fields; got["first_name"] != "New" || got["surname"] != "One" {
			t.Errorf("got %v", got)
		}
	}, func(set *setting) { set.emulator.DropInFlight = true })
}
