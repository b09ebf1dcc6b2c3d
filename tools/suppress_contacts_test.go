package tools_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/tools"
)

// suppressing is an account with one sending domain, a contact who is suppressed for it already, and one for another.
func suppressing(w *world) {
	w.AddDomain(sendingDomain, "compliant")
	for _, name := range []string{"ann", "bob", "carl"} {
		w.AddContact(emulator.Contact{Email: name + "@example.com"})
	}
	w.AddSuppression("Bob@Example.com", "hard bounce", "bulk", sendingDomain)
	w.AddSuppression("carl@example.com", "hard bounce", "transactional", sendingDomain)
}

// suppressed counts the requests that suppress somebody.
func (w *world) suppressed() int {
	n := 0
	for _, request := range w.writes() {
		if request == "POST /api/accounts/1111111/suppressions" {
			n++
		}
	}
	return n
}

// Guarantee 8.13.
func TestPeopleAreSuppressedOnceForOneKindOfMail(t *testing.T) {
	t.Parallel()
	person := &operator{action: mcp.ElicitationResponseActionAccept}
	eachEra(t, func(t *testing.T, w *world) {
		person.asked, person.action = nil, mcp.ElicitationResponseActionAccept
		suppressing(w)
		wish := args{"contacts": []any{"ANN@example.com", "bob@example.com", "carl@example.com", "stranger@example.com"}, "stream": "bulk"}
		preview := w.works("suppress_contacts", with(wish, "preview", true))
		preview.says(t, "Preview, nothing was sent: 4 addresses. For each: suppress for bulk mail from "+sendingDomain,
			"1 of them is suppressed already. Suppressions (2) as of", "It cannot be undone. Only a person can lift a suppression",
			"Takes less than a minute: 4 requests", "apply_plan with plan_id suppress-")
		if w.suppressed() > 0 || len(person.asked) > 0 {
			t.Error("a preview suppressed somebody, or asked")
		}
		done := w.ended(w.works("apply_plan", args{"plan_id": preview.at("job.plan_id")}))
		done.says(t, "Suppression finished: 3 of 4 addresses suppressed for bulk mail from "+sendingDomain+" (1 suppressed already).",
			"That cannot be undone. Only a person can lift a suppression, in Mailtrap under Suppressions.")
		done.has(t, "jobs.0.done", 3, "jobs.0.unchanged", 1, "jobs.0.kind", "suppress")
		if w.suppressed() != 3 {
			t.Errorf("sent were %q", w.writes())
		}
		if len(person.asked) != 1 || !strings.Contains(person.asked[0], "They get no bulk mail from "+sendingDomain+" any more.") {
			t.Errorf("asked: %q", person.asked)
		}
		w.works("check_suppressions", args{"contacts": []any{"stranger@example.com", "ann@example.com"}}).
			says(t, "stranger@example.com: no contact of this account; suppressed on the sending side: manual import (bulk stream, "+sendingDomain,
				"ann@example.com: subscribed as a contact (and on no list); suppressed")
		w.works("check_audience", args{"where": "true", "merge_tags": "first_name"}).
			has(t, "reach.bulk.eligible", 0, "reach.bulk.manual_import", 2, "reach.bulk.hard_bounce", 1, "reach.transactional.eligible", 2)
		w.works("list_changes", args{"show_addresses": true}).
			says(t, "(cannot be undone): suppressed 3 addresses for bulk mail from "+sendingDomain)
		w.works("list_changes", args{"contact": "stranger@example.com"}).says(t, "suppressed s***@e***.com for bulk mail")
		again := w.ended(w.works("suppress_contacts", wish))
		again.says(t, "0 of 4 addresses suppressed", "4 suppressed already")
		if w.suppressed() != 3 {
			t.Error("somebody was suppressed twice")
		}
		person.action = mcp.ElicitationResponseActionDecline
		w.refused("suppress_contacts", args{"contacts": "new@example.com", "stream": "bulk"}, "cancelled", "nothing was changed")
		if last := person.asked[len(person.asked)-1]; !strings.Contains(last, "Suppress 1 address: new@example.com?") || w.suppressed() != 3 {
			t.Errorf("asked: %q", last)
		}
	}, withOperator(person))
}

func TestWhomACallSuppressesIsSeenBefore(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		suppressing(w)
		w.file("out.csv", "email,plan\nann@example.com,pro\nstranger@example.com,pro\nnobody,x\n")
		w.works("save_segment", args{"name": "Out", "where": "email LIKE 'ann%'"})
		for _, who := range []args{{"file": "out.csv"}, {"segment": "Out"}, {"where": "email LIKE 'a%'"}} {
			w.refused("suppress_contacts", with(who, "stream", "bulk"), "needs_preview", "are not suppressed unseen", "preview: true")
			w.works("suppress_contacts", with(who, "stream", "bulk", "preview", true)).says(t, "0 of them are suppressed already", "apply_plan")
		}
		w.refused("suppress_contacts", args{"contacts": addresses(26), "stream": "bulk"}, "needs_preview", "26 contacts")
		w.refused("suppress_contacts", args{"contacts": "ann@example.com"}, "invalid_input", "stream")
		w.refused("suppress_contacts", args{"contacts": "ann@example.com", "stream": "any"}, "invalid_input", "stream")
		w.refused("suppress_contacts", args{"stream": "bulk"}, "invalid_input", "exactly one of")
		w.refused("suppress_contacts", args{"contacts": "ann@example.com", "stream": "bulk", "domain": "else.example.com"}, "invalid_input",
			`There is no sending domain "else.example.com".`, `one of "`+sendingDomain+`"`)
		plan := w.works("suppress_contacts", args{"file": "out.csv", "stream": "bulk", "domain": "NEWS.example.com", "preview": true})
		plan.says(t, "Of the file only the column of contacts counts")
		w.nothingWritten()
		w.ended(w.works("apply_plan", args{"plan_id": plan.at("job.plan_id")})).has(t, "jobs.0.done", 2)
		w.AddDomain("shop.example.com", "compliant")
		w.refused("suppress_contacts", args{"contacts": "ann@example.com", "stream": "bulk"}, "invalid_input",
			"The account has 2 sending domains.", sendingDomain, "shop.example.com")
		uuid := w.contact("carl@example.com").ID
		both := args{"contacts": []any{uuid, "018f0000-0000-7000-8000-000000000000", "ann@example.com"}, "stream": "bulk", "domain": sendingDomain}
		w.works("suppress_contacts", with(both, "preview", true)).
			says(t, "2 contacts named by UUID are looked up only when it is carried out; of the others 1 of them is suppressed already")
		w.ended(w.works("suppress_contacts", both)).says(t, "1 of 3 addresses suppressed", "1 suppressed already, 1 not a contact of this account")
	})
}

// Guarantee 8.13.
func TestWhoCouldNotBeSuppressedIsNamed(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		suppressing(w)
		w.works("check_suppressions", args{})
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/suppressions", Times: 1, Status: 422, Body: `{"errors":{"email":["is a role address"]}}`})
		some := w.ended(w.works("suppress_contacts", args{"contacts": []any{"role@example.com", "ann@example.com"}, "stream": "bulk"}))
		some.says(t, "1 of 2 addresses suppressed", "1 refused", "- role@example.com: refused (Mailtrap refused the request. It says: email: \"is a role address\".)")
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/suppressions", Status: 403, Body: `{"errors":"Access forbidden"}`})
		w.refused("suppress_contacts", args{"contacts": []any{"x@example.com", "y@example.com"}, "stream": "bulk"}, "forbidden",
			"This API token may not do this: suppress addresses.", "rights of an administrator", "under Suppressions")
		w.ClearFaults()
		w.Inject(emulator.Fault{Method: http.MethodGet, Path: "/domains", Status: 403, Body: `{"errors":"Access forbidden"}`})
		w.refused("suppress_contacts", args{"contacts": "x@example.com", "stream": "bulk"}, "forbidden",
			"Which sending domains the account has could not be found out.", "Ask the operator")
	})
}

// What the API answers for somebody who is suppressed already, and whom the list does not have yet, is unknown: a refusal, or a yes.
func TestWhoeverWasSuppressedMeanwhileIsNoFault(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		suppressing(w)
		w.works("check_suppressions", args{})
		w.AddSuppression("ann@example.com", "unsubscription", "bulk", sendingDomain)
		w.AddSuppression("stranger@example.com", "unsubscription", "any", sendingDomain)
		w.ended(w.works("suppress_contacts", args{"contacts": []any{"ann@example.com", "x@example.com"}, "stream": "bulk"})).
			says(t, "1 of 2 addresses suppressed", "1 suppressed already")
		w.LiftSuppressions("bob@example.com") // whom the list still has
		w.ended(w.works("suppress_contacts", args{"contacts": "bob@example.com", "stream": "bulk"})).has(t, "jobs.0.done", 1)
	})
}

func TestALostAnswerSuppressesOnce(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]emulator.Action{"before": emulator.LoseBefore, "after": emulator.LoseAfter} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				suppressing(w)
				w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/suppressions", Times: 1, Do: lost})
				w.ended(w.works("suppress_contacts", args{"contacts": []any{"ann@example.com", "x@example.com"}, "stream": "bulk"})).
					has(t, "jobs.0.done", 2, "jobs.0.outcome_unknown", nil)
				checked := w.works("check_suppressions", args{"contacts": []any{"ann@example.com", "x@example.com"}})
				if n := strings.Count(checked.text, "manual import ("); n != 2 {
					t.Errorf("suppressed are %s", checked.text)
				}
			})
		})
	}
}

// Suppressing is slow: five a minute. What changes contacts does not wait for it.
func TestSuppressingManyHoldsUpNothingElse(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		suppressing(w)
		plan := w.works("suppress_contacts", args{"contacts": addresses(60), "stream": "transactional", "preview": true})
		plan.says(t, "Takes about 12 minutes: 60 requests")
		began := time.Now()
		job := w.works("apply_plan", args{"plan_id": plan.at("job.plan_id"), "wait_seconds": 0})
		w.ended(w.works("bulk_update_contacts", args{"contacts": []any{"ann@example.com", "bob@example.com"}, "unsubscribed": true})).has(t, "jobs.0.done", 2)
		w.works("check_suppressions", args{"contacts": "ann@example.com"}).says(t, "not suppressed on the sending side")
		w.ended(job).has(t, "jobs.0.done", 60)
		if took := time.Since(began); took > 15*time.Minute || took < 10*time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

func TestAReadOnlyServerSuppressesNobody(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		if slices.ContainsFunc(w.tools, func(tool tools.Callable) bool { return tool.Name == "suppress_contacts" }) {
			t.Error("it is offered")
		}
	}, func(set *setting) { set.offer = tools.Offer{ReadOnly: true} })
}

func TestAnErasedPersonsSuppressionStaysWithoutTheAddress(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		suppressing(w)
		w.ended(w.works("suppress_contacts", args{"contacts": "ann@example.com", "stream": "bulk"}))
		w.works("delete_contact", args{"contact": "ann@example.com", "erase": true})
		w.works("list_changes", args{"show_addresses": true, "limit": 5}).says(t, "suppressed an address that was erased since")
	})
}

var _ = hostileCase("suppress_contacts", func(x *exposure) {
	x.AddDomain(x.short, "compliant")
	var many []any
	for i := range 3 {
		many = append(many, fmt.Sprintf("s%d@example.com", i))
	}
	x.given(args{"contacts": many, "stream": "bulk", "domain": x.v}, args{"contacts": many, "stream": "bulk", "domain": x.short},
		args{"contacts": many, "stream": "bulk", "domain": x.short, "preview": true}, args{"contacts": many, "stream": "bulk"},
		args{"file": "evil.csv", "stream": "bulk", "domain": x.short, "preview": true})
	x.bySnapshot(args{"where": x.isNot("evil"), "stream": "bulk", "domain": x.short, "preview": true})
})
