package tools_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

// joiningCalls are the ways to put somebody on lists that are created on the way.
func joiningCalls(lists []any) map[string]args {
	return map[string]args{
		"add_to_list":     {"contacts": "anna@example.com", "lists": lists, "create_lists": true},
		"import_contacts": {"rows": []any{args{"email": "anna@example.com", "lists": lists[len(lists)-1:]}}, "lists": lists[:len(lists)-1], "create_lists": true},
	}
}

func TestListsThatWouldBeTooManyAreNotCreatedInPart(t *testing.T) {
	w := open(t)
	w.AddContact(emulator.Contact{Email: "anna@example.com"})
	for i := range 48 {
		w.AddList(fmt.Sprintf("List %d", i))
	}
	for tool, arguments := range joiningCalls([]any{"A", "list 7", "B", "C"}) {
		w.refused(tool, arguments, "limit_reached", "The account has 48 lists, and 3 new ones would be too many.", "limit is 50", "Nothing was changed")
	}
	w.refused("add_to_list", args{"contacts": addresses(60), "lists": []any{"A", "B", "C"}, "create_lists": true, "create_missing": true}, "limit_reached", "3 new ones")
	w.nothingWritten()
	w.works("add_to_list", joiningCalls([]any{"A", "list 7", "B"})["add_to_list"]).says(t, "1 contact added", "2 lists were created.")
}

func TestListsCreatedBeforeAnErrorAreNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault emulator.Fault
		code  string
	}{
		"the rate limit": {emulator.Fault{Status: http.StatusTooManyRequests}, "rate_limited"},
		"a refusal":      {emulator.Fault{Status: http.StatusForbidden, Body: `{"errors":"Access forbidden"}`}, "forbidden"},
		"a lost answer":  {emulator.Fault{Do: emulator.LoseBefore}, "outcome_unknown"},
	} {
		for tool, arguments := range joiningCalls([]any{"A", "VIP", "B", "C"}) {
			t.Run(name+" "+tool, func(t *testing.T) {
				inFakeTime(t, func(t *testing.T, w *world) {
					seeded(w)
					test.fault.Method, test.fault.Path = http.MethodPost, "/contacts/lists"
					w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/lists", Times: 2}, test.fault) // the first two are answered
					goesOn := tool == "import_contacts" && name != "a refusal"                                       // a job outlives what may pass
					if goesOn {
						w.works(tool, arguments).says(t, "Import is running: 0 of 1 contact dealt with")
					} else {
						w.refused(tool, arguments, test.code, `The lists "A", "B" were created, and then the call failed.`, "Nobody was added or changed", "uses the lists that exist now")
					}
					if got := w.contact("anna@example.com").ListIDs; len(got) != 1 || len(w.Lists()) != 4 {
						t.Errorf("the contact is on %v, and there are %v", got, w.Lists())
					}
					w.ClearFaults()
					if !goesOn {
						w.works(tool, arguments)
					}
					settled()
					settled()
					if got := w.contact("anna@example.com").ListIDs; len(got) != 5 || len(w.Lists()) != 5 {
						t.Errorf("the contact is on %v, and there are %v", got, w.Lists())
					}
				})
			})
		}
	}
}

func TestAListCreatedForNobodyIsNamed(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.Inject(emulator.Fault{Method: http.MethodPatch, Status: http.StatusForbidden, Body: `{"errors":"Access forbidden"}`})
		w.refused("add_to_list", args{"contacts": "anna@example.com", "lists": "Fresh", "create_lists": true}, "forbidden", `The list "Fresh" was created, and then the call failed. The API token`)
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Status: http.StatusForbidden, Body: `{"errors":"Access forbidden"}`})
		w.refused("add_to_list", args{"contacts": addresses(60), "lists": "Other", "create_lists": true, "create_missing": true}, "forbidden", `The list "Other" was created`)
	})
}

func TestThoseWhoGetNoMailAreNamedWhenTheyJoin(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		w.AddContact(emulator.Contact{Email: "jane@example.com", Status: "unsubscribed"})
		w.AddContact(emulator.Contact{Email: "joe@example.com", Status: "unsubscribed", ListIDs: []int64{newsletter, vip}})
		const consent = "update_contact with unsubscribed: false needs their consent, and that they are not suppressed."

		one := w.works("add_to_list", args{"lists": "Newsletter", "contacts": []any{"anna@example.com", "jane@example.com"}})
		one.says(t, "1 of 2 contacts added", "1 on it already.", "1 of them is unsubscribed and gets no marketing mail: jane@example.com. "+consent)
		one.has(t, "job.no_mail", 1, "job.problems", []any{args{"contact": "jane@example.com", "outcome": "unsubscribed"}})

		two := w.works("add_to_list", args{"lists": "VIP", "contacts": []any{"anna@example.com", w.contact("jane@example.com").ID, "joe@example.com"}})
		two.says(t, "2 of 3 contacts added", "2 of them are unsubscribed and get no marketing mail: jane@example.com, joe@example.com. "+consent)
		two.has(t, "job.no_mail", 2, "job.done", 2, "job.unchanged", 1)

		alone := w.works("add_to_list", args{"lists": "VIP", "contacts": "joe@example.com"})
		alone.says(t, fmt.Sprintf(`Nothing was changed: the contact was on "VIP" (id %d) already.`, vip), "\njoe@example.com is unsubscribed and gets no marketing mail. "+consent)
		alone.has(t, "unsubscribed", 1)

		w.AddSuppression("bounced@example.com", "hard bounce", "bulk", "example.com")
		w.works("add_to_list", args{"lists": "VIP", "contacts": []any{"bounced@example.com", "fresh@example.com"}, "create_missing": true}).
			says(t, "2 contacts were created.", "1 of them is unsubscribed and gets no marketing mail: bounced@example.com.")

		left := w.works("remove_from_list", args{"lists": "VIP", "contacts": "joe@example.com"})
		left.has(t, "unsubscribed", nil)
		if strings.Contains(left.text, "marketing mail") {
			t.Errorf("it is said of those who leave, too: %s", left.text)
		}
	})
}

func TestFiftyWhoGetNoMailAreBounded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("VIP")
		people := addresses(50)
		for i := range people {
			people[i] = strings.Replace(longest, "lllllllllll", fmt.Sprintf("l%010d", i), 1)
			w.AddContact(emulator.Contact{Email: people[i], Status: "unsubscribed"})
		}
		joined := w.works("add_to_list", args{"lists": "VIP", "contacts": people})
		joined.says(t, "50 of them are unsubscribed and get no marketing mail: l0000000000l", " more contacts. update_contact")
		joined.has(t, "job.no_mail", 50)
	})
}

func TestAPersonNamedTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		_, vip := seeded(w)
		twice := []any{"anna@example.com", w.contact("anna@example.com").ID}
		w.works("add_to_list", args{"lists": "VIP", "contacts": twice}).has(t, "contacts", 1, "changed", 1, "job", nil)
		settled()
		w.works("remove_from_list", args{"lists": vip, "contacts": twice}).has(t, "contacts", 1, "changed", 1, "job", nil)
		settled()
		if writes := w.writes(); len(writes) != 2 {
			t.Errorf("the writes are %q", writes)
		}
	})
}

func TestOneContactIsToldAboutAsOne(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		w.AddContact(emulator.Contact{Email: "eve@example.com"})
		for _, test := range []struct {
			tool, contact string
			lists         any
			says          string
		}{
			{"add_to_list", "anna@example.com", "Newsletter", fmt.Sprintf(`Nothing was changed: the contact was on "Newsletter" (id %d) already.`, newsletter)},
			{"remove_from_list", "anna@example.com", "VIP", fmt.Sprintf(`Nothing was changed: the contact was not on "VIP" (id %d).`, vip)},
			{"remove_from_list", "eve@example.com", []any{"VIP", "Newsletter"}, "Nothing was changed: the contact was on none of "},
			{"remove_from_list", "eve@example.com", "*", "Nothing was changed: the contact was on no list."},
		} {
			if given := w.works(test.tool, args{"contacts": test.contact, "lists": test.lists}); !strings.HasPrefix(given.text, test.says) {
				t.Errorf("%s: %s", test.tool, given.text)
			}
		}
		both := []any{"anna@example.com", "eve@example.com"}
		w.works("add_to_list", args{"contacts": both, "lists": "Newsletter"}).says(t, "1 of 2 contacts added", ": 1 on it already.")
		w.works("add_to_list", args{"contacts": "anna@example.com", "lists": "VIP"})
		w.works("add_to_list", args{"contacts": both, "lists": []any{"Newsletter", "VIP"}}).says(t, ": 1 on them already.")
		w.works("remove_from_list", args{"contacts": "eve@example.com", "lists": []any{"*", " * "}}).says(t, "1 contact removed from all their lists.")
		w.works("remove_from_list", args{"contacts": both, "lists": "*"}).says(t, "1 of 2 contacts removed from all their lists (1 on no list).")
		w.nothingLeft("anna@example.com", "eve@example.com")
	})
}

func (w *world) nothingLeft(emails ...string) {
	w.t.Helper()
	for _, email := range emails {
		if got := w.contact(email).ListIDs; len(got) != 0 {
			w.t.Errorf("%s is on %v", email, got)
		}
	}
}

// A list is proposed to be created only where the call would put somebody on it.
func TestOnlyWhoJoinsAnUnknownListIsToldToCreateIt(t *testing.T) {
	w := open(t)
	seeded(w)
	for _, test := range []struct {
		tool      string
		arguments args
		next      string
	}{
		{"add_to_list", args{"contacts": "anna@example.com", "lists": "Nope"}, "Use one of these names, or create what is missing, with create_lists: true or with create_list."},
		{"create_contact", args{"email": "a@example.com", "lists": "Nope"}, "Use one of these names, or create what is missing with create_list."},
		{"update_contact", args{"contact": "anna@example.com", "add_to_lists": "Nope"}, "Use one of these names, or create what is missing with create_list."},
		{"update_contact", args{"contact": "anna@example.com", "remove_from_lists": "Nope"}, "Use one of these names."},
		{"remove_from_list", args{"contacts": "anna@example.com", "lists": "Nope"}, "Use one of these names."},
		{"import_contacts", args{"rows": []any{args{"email": "a@example.com"}}, "remove_from_lists": "Nope"}, "Use one of these names."},
		{"export_contacts", args{"lists": "Nope"}, "Use one of these names."},
		{"import_contacts", args{"rows": []any{args{"email": "a@example.com"}}, "lists": "Nope"}, "Use one of these names, or create what is missing, with create_lists: true or with create_list."},
		{"sync_contacts", args{"file": "people.csv", "list": "Nope"}, "Use one of these names, or create what is missing with create_list."},
		{"delete_list", args{"list": "Nope"}, "Use one of these names."},
		{"add_to_list", args{"contacts": "anna@example.com", "lists": "4711"}, "Use one of these names."},
	} {
		if given := w.refused(test.tool, test.arguments, "invalid_input", "There is no list ", "The lists are: "); !strings.HasSuffix(given.text, test.next) {
			t.Errorf("%s: %s", test.tool, given.text)
		}
	}
	w.nothingWritten()
}

func TestAListIsFoundAsItsNameLooks(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		newsletter, _ := seeded(w)
		cafe := w.AddList("Caf\u00e9")
		w.AddContact(emulator.Contact{Email: "bob@example.com"})
		w.works("add_to_list", args{"contacts": "bob@example.com", "lists": []any{"New\u200bsletter", "CAFE\u0301\u2060"}, "create_lists": true}).
			says(t, `1 contact added to "Newsletter"`)
		if got := w.contact("bob@example.com").ListIDs; !cmp.Equal(got, []int64{newsletter, cafe}) || len(w.Lists()) != 3 {
			t.Errorf("the contact is on %v, and there are %v", got, w.Lists())
		}
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"First\u200b name": "Ann"}}).says(t, `"Anna" → "Ann"`)
		w.works("add_to_list", args{"contacts": "bob@example.com", "lists": []any{" Le\u200bads\u00a0", "leads"}, "create_lists": true}).says(t, `added to "Leads"`, "1 list was created.")
		w.works("import_contacts", args{"rows": []any{args{"email": "bob@example.com", "lists": "Fre\u200bsh"}}, "lists": "fresh", "create_lists": true}).says(t, `add to "fresh"`, "1 list was created")
		if len(w.Lists()) != 5 {
			t.Errorf("there are %v", w.Lists())
		}
	})
}

func TestAnImportThatLeftContactsOutDoesNotSayThatAllJoined(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("VIP")
		joined := w.works("add_to_list", args{"lists": "VIP", "contacts": addresses(60), "create_missing": true})
		if first, _, _ := strings.Cut(joined.text, "\n"); !strings.HasPrefix(first, "Import finished: 10 of 60 rows imported") {
			t.Errorf("the first line is %q", first)
		}
		joined.says(t, `add to "VIP"`, "50 over the contact limit of the account")
	}, func(set *setting) { set.emulator.ContactLimit = 10 })
}

var _ = hostileCase("add_to_list", func(x *exposure) {
	x.given(
		args{"contacts": "bob@example.com", "lists": x.list}, args{"contacts": []any{"new@example.com", x.anna, x.odd}, "lists": x.short + " 2"}, args{"contacts": []any{x.v}, "lists": x.list},
		args{"contacts": []any{"unknown@example.com", x.anna}, "lists": []any{x.short + " 7"}, "create_lists": true, "create_missing": true}, args{"contacts": "anna@example.com", "lists": x.v + "?"},
		args{"file": "evil.csv", "lists": x.list}, args{"file": "evil.csv", "lists": x.short + " 8", "create_lists": true, "create_missing": true}, args{"file": "evil.csv", "lists": x.list, "preview": true},
	)
	x.bySnapshot(args{"segment": x.v, "lists": x.list}, args{"where": "1=1 OR " + x.isNot("evil"), "lists": x.list, "preview": true})
})

var _ = hostileCase("remove_from_list", func(x *exposure) {
	x.given(
		args{"contacts": []any{"bob@example.com", x.odd}, "lists": x.list}, args{"contacts": "anna@example.com", "lists": x.short + " 2"}, args{"contacts": "anna@example.com", "lists": x.v + "?"},
		args{"file": "evil.csv", "lists": x.short + " 2"}, args{"file": "nobody.csv", "lists": x.list},
	)
})

func TestAFewContactsAreLookedUpOnceAndWrittenOnce(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("VIP")
		people := populated(w, 3)
		w.ResetRequests()
		w.works("add_to_list", args{"lists": "VIP", "contacts": people}).says(t, "Update finished: 3 contacts added to ")
		asked := map[string]int{}
		for _, request := range w.Requests() {
			if request.Method != http.MethodGet || strings.Contains(request.Path, "person") {
				asked[request.Method]++
			}
		}
		if difference := cmp.Diff(map[string]int{http.MethodGet: 3, http.MethodPatch: 3}, asked); difference != "" {
			t.Error(difference)
		}
	})
}

// One path for one contact, one for more: both say who cannot be put on a list, and why.
func TestAJobOfAFewNamesWhomItCouldNotDealWith(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		deletedWhileUnsubscribed(w)
		mixed := w.works("add_to_list", args{"lists": "VIP", "contacts": []any{"anna@example.com", "new@example.com", gone}, "create_missing": true})
		mixed.says(t, "Update finished: 2 of 3 contacts added to ", "1 refused", "1 contact was created.", "- "+gone+": refused (", "call update_contact with create_if_missing: true")
		mixed.has(t, "job.created", 1, "job.done", 1, "job.refused", 1)
		settled()
		if _, there := w.Contact(gone); there {
			t.Error("somebody was subscribed without their consent")
		}
		w.works("undo_change", args{"change_id": mixed.at("job.change_id")}).says(t, "delete new@example.com", "removed from ")
	})
}
