package tools_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

func TestSloppyArgumentsAreTakenAsMeant(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		both := fmt.Sprintf("[%d, \"%d\"]", newsletter, vip)
		for i, arguments := range []string{
			fmt.Sprintf(`{"email":" New%%d@Example.com ","lists":%q}`, both),
			fmt.Sprintf(`{"email":"new%%d@example.com","lists":[%d,%d],"fields":null}`, newsletter, vip),
			fmt.Sprintf(`{"email":"new%%d@example.com","lists":["newsletter","id:%d"],"fields":""}`, vip),
			`{"email":"new%d@example.com","lists":"[\"Newsletter\",\"VIP\"]","fields":"{\"age\":\"42\"}"}`,
		} {
			w.works("create_contact", raw(strings.Replace(arguments, "%d", fmt.Sprint(i), 1)))
			settled()
			if got := w.contact(fmt.Sprintf("new%d@example.com", i)).ListIDs; !cmp.Equal(got, []int64{newsletter, vip}) {
				t.Errorf("%s: the contact is on %v", arguments, got)
			}
		}
		if got := w.contact("new3@example.com").Fields["age"]; got != int64(42) {
			t.Errorf("age is %v", got)
		}
	})
}

func TestEveryToolTakesSloppyArguments(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		_, vip := seeded(w)
		w.AddContact(emulator.Contact{Email: "bob@example.com"})
		for _, one := range []struct{ tool, arguments, says string }{
			{"get_contact", `{"contact":" ANNA@example.com\n"}`, "anna@example.com is subscribed"},
			{"update_contact", `{"contact":"anna@example.com","email":"","fields":"{\"age\": 50}","add_to_lists":null,"unsubscribed":"false","consent":""}`, "41 → 50"},
			{"update_contact", fmt.Sprintf(`{"contact":"anna@example.com","add_to_lists":"%d","create_if_missing":"true"}`, vip), `added to "VIP"`},
			{"list_lists", `{"search":""}`, "2 lists"},
			{"list_lists", `null`, "2 lists"},
			{"create_list", `{"name":2026}`, `"2026"`},
			{"add_to_list", `{"lists":"VIP","contacts":"bob@example.com","create_lists":"","create_missing":null}`, "1 contact added"},
			{"remove_from_list", `{"lists":"[\"VIP\"]","contacts":"[\"bob@example.com\"]"}`, "1 contact removed"},
			{"list_fields", `{}`, "6 custom fields"},
			{"create_field", `{"name":"Plan","data_type":"text","merge_tag":null}`, "merge tag is plan"},
			{"rename_list", `{"list":2026,"name":2027}`, `"2026" (id 3) to "2027"`},
			{"update_field", `{"field":"{{plan}}","name":"Tariff","merge_tag":null}`, `"Plan" → "Tariff"`},
			{"delete_field", `{"field":" TARIFF "}`, `Deleted the text field "Tariff"`},
			{"delete_list", `{"list":"2027"}`, `Deleted the list "2027"`},
			{"check_suppressions", `{"contacts":" ANNA@example.com"}`, "anna@example.com: subscribed as a contact"},
			{"check_suppressions", `{"contacts":""}`, "No address is suppressed"},
			{"fire_event", `{"event":"signed_up","contacts":"bob@example.com","params":"{\"days\": 3}"}`, `Fired "signed_up" for 1 contact.`},
			{"import_contacts", `{"rows":"[{\"email\":\"CARL@example.com\",\"fields\":\"{\\\"age\\\":\\\"7\\\"}\",\"lists\":null}]","file":""}`, "1 created"},
			{"import_contacts", fmt.Sprintf(`{"rows":{"email":"dora@example.com","lists":%d},"lists":null}`, vip), "1 created"},
			{"export_contacts", `{"lists":null,"status":"","columns":"email","file":null}`, "Exported 4 contacts"},
			{"get_job", `{"job_id":""}`, "Recent jobs"},
			{"get_account", `{}`, "owner rights"},
			{"delete_contact", `{"contact":"  bob@example.com"}`, "Deleted bob@example.com"},
		} {
			w.works(one.tool, raw(one.arguments)).says(t, one.says)
		}
		if got := w.contact("carl@example.com").Fields["age"]; got != int64(7) {
			t.Errorf("age is %v", got)
		}
	})
}

// peculiar are addresses that would break a URL they were put into carelessly.
var peculiar = []string{"a+b@x.io", "o'neil@x.io", "john#doe@x.io", "a/b@x.io", "who?@x.io", "100%@x.io", "50%2f@x.io", "lists/5@x.io", "a&b=c@x.io", "{x}@x.io", "*@x.io", "ünal@bücher.example"}

func TestPeculiarAddressesReachTheRightContact(t *testing.T) { // scenario 19
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		for _, email := range peculiar {
			w.AddContact(emulator.Contact{Email: email, ListIDs: []int64{newsletter}})
		}
		for _, email := range peculiar {
			w.works("get_contact", args{"contact": email}).has(t, "contact.email", email)
			w.works("update_contact", args{"contact": email, "fields": args{"age": 5}}).has(t, "email", email)
			w.works("add_to_list", args{"contacts": email, "lists": "VIP"}).has(t, "changed", 1)
			w.works("remove_from_list", args{"contacts": email, "lists": "Newsletter"}).has(t, "changed", 1)
			w.works("fire_event", args{"contacts": email, "event": "seen"}).has(t, "fired", 1)
			settled()
			got := w.contact(email)
			if !cmp.Equal(got.ListIDs, []int64{vip}) || got.Fields["age"] != int64(5) {
				t.Errorf("%s is %+v", email, got)
			}
			if events := w.Events(); events[len(events)-1].Email != email {
				t.Errorf("the event was fired for %s", events[len(events)-1].Email)
			}
			w.works("delete_contact", args{"contact": email})
			settled()
			if _, there := w.Contact(email); there {
				t.Errorf("%s is still there", email)
			}
			w.works("create_contact", args{"email": email}).has(t, "contact.email", email)
			settled()
		}
		w.works("import_contacts", args{"rows": rowsOf(peculiar), "lists": "VIP"}).has(t, "job.updated", len(peculiar))
		settled()
		if w.Len() != len(peculiar)+1 || len(w.Lists()) != 2 {
			t.Errorf("there are %d contacts and %d lists", w.Len(), len(w.Lists()))
		}
		for _, request := range w.Requests() {
			path, err := url.PathUnescape(request.Path)
			if err != nil || strings.Contains(request.Path, "..") || request.Status == 404 && !strings.Contains(path, "@") {
				t.Errorf("a request went astray: %s %s: %d", request.Method, request.Path, request.Status)
			}
		}
	})
}

func rowsOf(emails []string) []any {
	rows := make([]any, len(emails))
	for i, email := range emails {
		rows[i] = args{"email": email}
	}
	return rows
}
