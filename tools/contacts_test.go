package tools_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

// seeded is an account with two lists, some fields and a contact.
func seeded(w *world) (newsletter, vip int64) {
	newsletter, vip = w.AddList("Newsletter"), w.AddList("VIP")
	w.AddField("Age", "integer", "age")
	w.AddField("Score", "float", "score")
	w.AddField("Active", "boolean", "active")
	w.AddField("Since", "date", "since")
	w.AddContact(emulator.Contact{Email: "anna@example.com", Fields: map[string]any{"first_name": "Anna", "age": int64(41)}, ListIDs: []int64{newsletter}})
	return newsletter, vip
}

func TestACreatedContactHasItsFieldsAndLists(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		created := w.works("create_contact", args{
			"email":  "Bob@Example.com",
			"fields": args{"First name": "Bob", "age": "30", "score": 1.5, "active": "true", "since": "2026-01-02"},
			"lists":  []any{"newsletter", vip},
		})
		created.says(t, "Created bob@example.com (subscribed).", `"Newsletter"`, `"VIP"`, `first_name "Bob"`)
		created.has(t, "contact.email", "bob@example.com", "contact.status", "subscribed", "contact.fields.age", 30, "contact.fields.active", true)

		// What this server wrote it shows at once.
		w.works("get_contact", args{"contact": "bob@example.com"}).says(t, "bob@example.com is subscribed")

		settled()
		got := w.contact("bob@example.com")
		want := map[string]any{"first_name": "Bob", "age": int64(30), "score": 1.5, "active": true, "since": "2026-01-02"}
		if difference := cmp.Diff(want, got.Fields); difference != "" {
			t.Errorf("fields: %s", difference)
		}
		if difference := cmp.Diff([]int64{newsletter, vip}, got.ListIDs); difference != "" {
			t.Errorf("lists: %s", difference)
		}
	})
}

func TestAnExistingAddressIsNotCreatedAgain(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.refused("create_contact", args{"email": "ANNA@example.com"}, "already_exists", "anna@example.com", `on "Newsletter"`, "update_contact")
		w.works("create_contact", args{"email": "bob@example.com"})
		w.refused("create_contact", args{"email": "bob@example.com"}, "already_exists", "bob@example.com")
		settled()
		if w.Len() != 2 {
			t.Errorf("there are %d contacts", w.Len())
		}
	})
}

func TestAContactIsShownWithListsByName(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, _ := seeded(w)
		shown := w.works("get_contact", args{"contact": " anna@EXAMPLE.com "})
		shown.says(t, "anna@example.com is subscribed.", `"Newsletter" (id `, `age 41, first_name "Anna"`, "Empty fields: active, last_name, score, since")
		shown.has(t, "contact.lists.0.id", newsletter, "contact.lists.0.name", "Newsletter", "contact.fields.first_name", "Anna")

		id := w.contact("anna@example.com").ID
		w.works("get_contact", args{"contact": strings.ToUpper(id)}).has(t, "contact.id", id)
		w.refused("get_contact", args{"contact": "nobody@example.com"}, "not_found", "nobody@example.com", "search_contacts")
	})
}

func TestAnUnsubscribedContactIsShownAsOneWhoGetsNoMail(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "anna@example.com"})
		w.AddContact(emulator.Contact{Email: "jane@example.com", Status: "unsubscribed"})
		w.works("get_contact", args{"contact": "jane@example.com"}).
			says(t, "jane@example.com is unsubscribed.\nThey get no marketing mail until they agree to it again; then update_contact with unsubscribed: false and their consent.")
		if given := w.works("get_contact", args{"contact": "anna@example.com"}); strings.Contains(given.text, "marketing mail") {
			t.Errorf("it is said of a subscribed contact, too: %s", given.text)
		}
	})
}

func TestAnUpdateSaysWhatChanged(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		_, vip := seeded(w)
		updated := w.works("update_contact", args{
			"contact": "anna@example.com", "email": "ann@example.com", "fields": args{"age": 42, "first_name": nil, "score": "2.5"},
			"add_to_lists": "VIP", "remove_from_lists": []string{"Newsletter"}, "unsubscribed": true,
		})
		updated.says(t, "Updated ann@example.com", "email: anna@example.com → ann@example.com", "status: subscribed → unsubscribed",
			"age: 41 → 42", `first_name: "Anna" → empty`, `added to "VIP"`, `removed from "Newsletter"`)
		updated.has(t, "email", "ann@example.com", "status", "unsubscribed", "changes.0.what", "email", "changes.5.list_id", vip)
		settled()
		got := w.contact("ann@example.com")
		if got.Status != "unsubscribed" || !cmp.Equal(got.ListIDs, []int64{vip}) || !cmp.Equal(got.Fields, map[string]any{"age": int64(42), "score": 2.5}) {
			t.Errorf("the contact is %+v", got)
		}
	})
}

func TestAnUpdateOfWhatIsSoAlreadyWritesNothing(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		same := w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": "41"}, "add_to_lists": "newsletter", "unsubscribed": false})
		same.says(t, "already as requested; nothing was changed")
		same.has(t, "changes", []any{})
		w.nothingWritten()
	})
}

func TestTwoUpdatesInARowBothArrive(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 1}})
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"score": 2.5}})
		w.works("update_contact", args{"contact": "anna@example.com", "add_to_lists": "VIP"})
		settled()
		got := w.contact("anna@example.com")
		if got.Fields["age"] != int64(1) || got.Fields["score"] != 2.5 || len(got.ListIDs) != 2 {
			t.Errorf("the contact is %+v", got)
		}
	})
}

func TestSubscribingAgainNeedsConsent(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "jane@example.com", Status: "unsubscribed"})
		w.refused("update_contact", args{"contact": "jane@example.com", "unsubscribed": false}, "consent_required", "jane@example.com", "Ask the operator", "consent")
		w.nothingWritten()
		w.works("update_contact", args{"contact": "jane@example.com", "unsubscribed": false, "consent": "asked for it by phone on Monday"}).
			says(t, "status: unsubscribed → subscribed")
		settled()
		if got := w.contact("jane@example.com").Status; got != "subscribed" {
			t.Errorf("the status is %s", got)
		}
	})
}

func TestAnUpdateCreatesOnlyWhenToldTo(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		_, vip := seeded(w)
		w.refused("update_contact", args{"contact": "new@example.com", "fields": args{"age": 3}}, "not_found", "new@example.com")
		w.nothingWritten()
		w.refused("update_contact", args{"contact": "018f0000-0000-7000-8000-000000000000", "fields": args{"age": 3}, "create_if_missing": true}, "not_found", "UUID")
		w.refused("update_contact", args{"contact": "new@example.com", "email": "other@example.com", "create_if_missing": true}, "not_found", "leave email out")
		w.nothingWritten()
		created := w.works("update_contact", args{"contact": "new@example.com", "fields": args{"age": 3}, "add_to_lists": "VIP", "unsubscribed": true, "create_if_missing": true})
		created.says(t, "There was no contact new@example.com, so it was created", "unsubscribed")
		created.has(t, "created", true, "status", "unsubscribed")
		settled()
		got := w.contact("new@example.com")
		if got.Status != "unsubscribed" || !cmp.Equal(got.ListIDs, []int64{vip}) || got.Fields["age"] != int64(3) {
			t.Errorf("the contact is %+v", got)
		}
		w.works("update_contact", args{"contact": "anna@example.com", "create_if_missing": true}).says(t, "already as requested")
	})
}

func TestAnAddressThatIsTakenIsNotGivenTwice(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		w.AddContact(emulator.Contact{Email: "ann@example.com"})
		w.refused("update_contact", args{"contact": "anna@example.com", "email": "ann@example.com"}, "already_exists", "ann@example.com", "Nothing was changed")
	})
}

func TestADeletedContactIsGone(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		deleted := w.works("delete_contact", args{"contact": "anna@example.com"})
		deleted.says(t, "Deleted anna@example.com (was subscribed)", "new UUID", `"Newsletter"`)
		deleted.has(t, "deleted.email", "anna@example.com")
		settled()
		if w.Len() != 0 {
			t.Error("the contact is still there")
		}
		w.refused("delete_contact", args{"contact": "anna@example.com"}, "not_found", "anna@example.com")

		w.works("create_contact", args{"email": "brief@example.com"})
		w.works("delete_contact", args{"contact": "brief@example.com"})
		settled()
		if w.Len() != 0 {
			t.Error("a contact deleted right after it was created is still there")
		}
	})
}

var _ = hostileCase("get_contact", func(x *exposure) {
	x.given(args{"contact": "anna@example.com"}, args{"contact": x.odd})
})

var _ = hostileCase("create_contact", func(x *exposure) {
	x.given(
		args{"email": "anna@example.com"}, args{"email": "new@example.com", "fields": args{"evil": x.short}, "lists": x.list},
		args{"email": "x@example.com", "lists": x.v + "!"}, args{"email": "x@example.com", "fields": args{x.v + "!": 1}}, args{"email": "x@example.com", "fields": x.v},
	)
})

var _ = hostileCase("update_contact", func(x *exposure) {
	x.given(
		args{"contact": "bob@example.com", "fields": args{"evil": x.short}, "add_to_lists": x.list},
		args{"contact": x.odd, "fields": args{"evil": "harmless"}, "remove_from_lists": x.list},
		args{"contact": "anna@example.com", "fields": args{"age": x.v}}, args{"contact": "anna@example.com", "email": x.v},
		args{"contact": "bob@example.com", "unsubscribed": false, "consent": x.short}, args{"contact": "anna@example.com", "unsubscribed": x.v},
		args{"contact": "anna@example.com", "add_to_lists": x.v, "remove_from_lists": x.v},
	)
})

var _ = hostileCase("delete_contact", func(x *exposure) {
	x.given(args{"contact": x.odd}, args{"contact": "bob@example.com"}, args{"contact": "new@example.com", "erase": true})
})
