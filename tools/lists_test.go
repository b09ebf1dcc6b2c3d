package tools_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

func addresses(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("person%04d@example.com", i)
	}
	return all
}

func TestListsAreShownAndNarrowed(t *testing.T) {
	w := open(t)
	w.works("list_lists", nil).says(t, "no lists", "create_list")
	newsletter, vip := seeded(w)
	w.box.Catalog.Renew()
	all := w.works("list_lists", raw(`{"search":null}`))
	all.says(t, "2 lists:", fmt.Sprintf(`"Newsletter" (id %d)`, newsletter), fmt.Sprintf(`"VIP" (id %d)`, vip))
	all.has(t, "total", 2, "lists.1.name", "VIP")
	some := w.works("list_lists", args{"search": "NEWS"})
	some.says(t, `1 of 2 lists with "NEWS" in the name`, "Newsletter")
	some.has(t, "lists", []any{map[string]any{"id": newsletter, "name": "Newsletter"}})
	w.works("list_lists", args{"search": "zz"}).says(t, "None of the 2 lists", "leave search out")
}

func TestTheOnlyListIsShownAndNarrowed(t *testing.T) {
	w := open(t)
	w.AddList("Cre\u0301me")
	w.works("list_lists", nil).says(t, "1 list:")
	w.works("list_lists", args{"search": "CR\u00c9\u200b"}).says(t, "1 of 1 list with")
	w.works("list_lists", args{"search": "zz"}).says(t, `The account's one list does not have "zz" in its name; leave search out to see it.`)
}

func TestACreatedListCanBeUsedAtOnce(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		created := w.works("create_list", args{"name": " Leads 2026 "})
		created.says(t, `Created the list "Leads 2026" (id `, "add_to_list")
		created.has(t, "list.name", "Leads 2026")
		w.works("add_to_list", args{"lists": "leads 2026", "contacts": "anna@example.com"}).says(t, `1 contact added to "Leads 2026"`)
		settled()
		if got := w.contact("anna@example.com").ListIDs; len(got) != 2 {
			t.Errorf("the contact is on %v", got)
		}
	})
}

func TestTheFiftyFirstListIsRefused(t *testing.T) {
	w := open(t)
	for i := range 50 {
		w.AddList(fmt.Sprintf("List %d", i))
	}
	w.refused("create_list", args{"name": "One more"}, "limit_reached", "50")
	w.nothingWritten()
}

func TestContactsJoinLists(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		w.AddContact(emulator.Contact{Email: "bob@example.com", ListIDs: []int64{vip}})
		joined := w.works("add_to_list", args{"lists": []any{"VIP", newsletter}, "contacts": "[\"anna@example.com\", \"bob@example.com\", \"ANNA@example.com\"]"})
		joined.says(t, `2 contacts added to "VIP"`, `"Newsletter"`)
		joined.has(t, "job.contacts", 2, "job.done", 2, "job.unchanged", nil)
		settled()
		for _, email := range []string{"anna@example.com", "bob@example.com"} {
			if got := w.contact(email).ListIDs; !cmp.Equal(got, []int64{newsletter, vip}) {
				t.Errorf("%s is on %v", email, got)
			}
		}
		w.ResetRequests()
		again := w.works("add_to_list", args{"lists": "VIP", "contacts": []string{"anna@example.com", "bob@example.com"}})
		again.says(t, "0 of 2 contacts added", "2 on it already")
		w.nothingWritten()
	})
}

func TestTheThreePeopleJoinAListThatIsMissing(t *testing.T) { // scenario 8
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		people := []string{"a@example.com", "b@example.com", "c@example.com"}
		w.AddContact(emulator.Contact{Email: people[0]})
		w.refused("add_to_list", args{"lists": "VIP", "contacts": people}, "invalid_input", "VIP", "create_list")
		w.refused("add_to_list", args{"lists": "VIP", "contacts": people, "create_lists": true}, "not_found", "2 of 3 contacts", people[1], people[2], "create_missing")
		w.nothingWritten()
		joined := w.works("add_to_list", args{"lists": "VIP", "contacts": people, "create_lists": true, "create_missing": true})
		joined.says(t, `3 contacts added to "VIP"`, "1 list was created", "2 contacts were created")
		joined.has(t, "job.created", 2, "job.created_lists.0.name", "VIP", "job.done", 1)
		settled()
		for _, email := range people {
			if got := w.contact(email).ListIDs; len(got) != 1 {
				t.Errorf("%s is on %v", email, got)
			}
		}
	})
}

func TestManyContactsJoinThroughOneImport(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		joined := w.works("add_to_list", args{"lists": []any{"VIP", "Fresh"}, "contacts": addresses(60), "create_missing": true, "create_lists": true})
		joined.says(t, "Import finished: 60 created, 0 updated.", `For each: create or update; add to "VIP" (id 2), "Fresh" (id 3).`, "1 list was created", "job_id: import-")
		joined.has(t, "job.contacts", 60, "job.created", 60, "job.created_lists.0.name", "Fresh")
		settled()
		if got := w.contact("person0059@example.com").ListIDs; len(got) != 2 {
			t.Errorf("the contact is on %v", got)
		}
		if posts := len(w.writes()); posts != 2 { // the list and the import
			t.Errorf("%d writes: %v", posts, w.writes())
		}
	})
}

func TestContactsLeaveLists(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		w.AddContact(emulator.Contact{Email: "bob@example.com", ListIDs: []int64{newsletter, vip}})
		w.AddContact(emulator.Contact{Email: "eve@example.com"})
		left := w.works("remove_from_list", args{"lists": vip, "contacts": []any{"anna@example.com", "bob@example.com", "who@example.com", "018f0000-0000-7000-8000-000000000000"}})
		left.says(t, `1 of 4 addresses removed from "VIP"`, "1 not on it, 2 not contacts of this account", "- who@example.com, 018f0000-0000-7000-8000-000000000000: not contacts of this account")
		left.has(t, "job.done", 1, "job.unchanged", 1, "job.not_found", 2)
		everything := w.works("remove_from_list", args{"lists": "*", "contacts": []any{"bob@example.com", "eve@example.com"}})
		everything.says(t, "1 of 2 contacts removed from all their lists")
		settled()
		if got := w.contact("bob@example.com").ListIDs; len(got) != 0 {
			t.Errorf("the contact is on %v", got)
		}
		if got := w.contact("anna@example.com").ListIDs; !cmp.Equal(got, []int64{newsletter}) {
			t.Errorf("the contact is on %v", got)
		}
		w.refused("remove_from_list", args{"lists": "VIP", "contacts": []any{"who@example.com", "other@example.com"}}, "not_found",
			"None of 2 contacts", "who@example.com", "other@example.com")
	})
}

func TestOneFailureOfManyIsAPartialSuccess(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		people := addresses(5)
		for _, email := range people {
			w.AddContact(emulator.Contact{Email: email})
		}
		unlucky := w.contact(people[2]).ID
		w.Inject(emulator.Fault{Method: http.MethodPatch, Path: "/contacts/" + unlucky, Status: 422, Body: `{"errors":{"base":["is locked"]}}`})
		joined := w.works("add_to_list", args{"lists": "VIP", "contacts": people})
		joined.says(t, `4 of 5 contacts added to "VIP"`, "1 refused", "- "+people[2]+": refused (", "is locked")
		joined.has(t, "job.done", 4, "job.refused", 1)

		w.Inject(emulator.Fault{Method: http.MethodPatch, Status: 403, Body: `{"errors":"Access forbidden"}`})
		w.refused("remove_from_list", args{"lists": "VIP", "contacts": []string{people[0], people[1]}}, "forbidden", "The API token may not do this")
	})
}

func TestFieldsAreShownAndCreated(t *testing.T) { // scenario 20
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		shown := w.works("list_fields", nil)
		shown.says(t, "2 custom fields", `first_name: "First name" (text, id `)
		created := w.works("create_field", args{"name": "Größe (cm)", "data_type": "integer"})
		created.says(t, `Created the integer field "Größe (cm)"`, "merge tag is grosse_cm")
		created.has(t, "field.merge_tag", "grosse_cm", "field.data_type", "integer")
		w.works("create_field", args{"name": "ltv", "data_type": "float", "merge_tag": "{{ltv}}"}).has(t, "field.merge_tag", "ltv")
		w.refused("create_field", args{"name": "ltv", "data_type": "text"}, "already_exists", "type float", "cannot be changed")
		w.works("create_contact", args{"email": "a@example.com", "fields": args{"Größe (cm)": 180, "ltv": "12.50"}})
		settled()
		if got := w.contact("a@example.com").Fields; !cmp.Equal(got, map[string]any{"grosse_cm": int64(180), "ltv": 12.5}) {
			t.Errorf("the fields are %v", got)
		}
	})
}

func TestTheAccountIsShownAtAGlance(t *testing.T) {
	w := open(t)
	seeded(w)
	shown := w.works("get_account", nil)
	shown.says(t, fmt.Sprintf("Account %d", emulator.AccountID), "owner rights", `2 lists of 50: "Newsletter", "VIP"`, "6 custom fields of 40", "contacts 2 of 200 in 60 s", w.dir)
	shown.has(t, "account_id", emulator.AccountID, "lists", 2, "fields", 6, "folders.0", w.dir)
}

var _ = hostileCase("list_lists", func(x *exposure) { x.given(nil, args{"search": x.short}) })

var _ = hostileCase("create_list", func(x *exposure) { x.given(args{"name": x.short + " 2"}, args{"name": x.short}) })

var _ = hostileCase("list_fields", func(x *exposure) { x.given(nil) })

var _ = hostileCase("create_field", func(x *exposure) {
	x.given(args{"name": x.brief, "data_type": "text", "merge_tag": "made"}, args{"name": x.short, "data_type": x.v}, args{"name": "Other", "data_type": "text", "merge_tag": x.v})
})
