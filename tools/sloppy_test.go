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
