package tools_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

func TestWhyAPersonGetsNoMailIsSaid(t *testing.T) { // scenario 22
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, _ := seeded(w)
		id := w.AddContact(emulator.Contact{Email: "max@example.com", Status: "unsubscribed", ListIDs: []int64{newsletter}})
		w.AddContact(emulator.Contact{Email: "bea@example.com", ListIDs: []int64{newsletter}})
		w.AddContact(emulator.Contact{Email: "both@example.com", Status: "unsubscribed"})
		w.AddSuppression("Bea@Example.com", "hard bounce", "bulk", "news.example.com")
		w.AddSuppression("bea@example.com", "spam complaint", "any", "")
		w.AddSuppression("abea@example.com", "manual import", "bulk", "")
		w.AddSuppression("both@example.com", "unsubscription", "transactional", "shop.example.com")
		w.AddSuppression("stranger@example.com", "manual import", "", "")
		today := time.Now().UTC().Format(time.DateOnly)

		one := w.works("check_suppressions", args{"contacts": id})
		one.says(t, "max@example.com: unsubscribed as a contact; not suppressed on the sending side", "Mail can be stopped in two places",
			"Unsubscribed: only if the person agrees to get mail again, update_contact with unsubscribed: false and their consent.")
		one.has(t, "checked.0.contact", "max@example.com", "checked.0.status", "unsubscribed", "checked.0.lists", 1, "checked.0.sending_side_seen", true, "checked.0.suppressions", []any{})
		for _, other := range []string{"Hard bounce:", "lifted", "No contact:", "neither"} {
			if strings.Contains(one.text, other) {
				t.Errorf("it says what is not asked (%s): %s", other, one.text)
			}
		}

		all := w.works("check_suppressions", args{"contacts": []any{"BEA@example.com", "both@example.com", "anna@example.com", "stranger@example.com", "nobody@example.com", "018f0000-0000-7000-8000-000000000000"}})
		all.says(t, "- bea@example.com: subscribed as a contact; suppressed on the sending side: hard bounce (bulk stream, news.example.com, since "+today+"), spam complaint (all streams, since "+today+")\n",
			"- both@example.com: unsubscribed as a contact (and on no list); suppressed on the sending side: unsubscription (transactional stream, shop.example.com, since "+today+")\n",
			"- anna@example.com: subscribed as a contact; not suppressed on the sending side; neither stops mail\n",
			"- stranger@example.com: no contact of this account; suppressed on the sending side: manual import (since "+today+")\n",
			"- nobody@example.com: no contact of this account; not suppressed on the sending side\n",
			"- 018f0000-0000-7000-8000-000000000000: no contact has this UUID\n",
			"Hard bounce: the address does not accept mail", "the person wants no mail; leave it", "ask the operator", "Only a person can lift a suppression", "get_contact whether the person is on the list")
		all.has(t, "checked.0.suppressions.0", args{"domain": "news.example.com", "since": today, "stream": "bulk", "type": "hard bounce"},
			"checked.0.suppressions.1", args{"since": today, "stream": "any", "type": "spam complaint"},
			"checked.3.status", nil, "checked.5.sending_side_seen", false, "all", nil)
		w.nothingWritten()
	})
}

func TestNobodyIsToldToSubscribeASuppressedAddress(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"hard bounce", "manual import", "", "unsubscription", "spam complaint"} {
		for _, first := range []string{"suppressed", "unsubscribed"} {
			t.Run(first+" first, "+reason, func(t *testing.T) {
				inFakeTime(t, func(t *testing.T, w *world) {
					person := args{"contacts": "eve@example.com"}
					w.AddContact(emulator.Contact{Email: "eve@example.com"})
					stop := []func(){
						func() { w.AddSuppression("eve@example.com", reason, "bulk", "") },
						func() { w.works("update_contact", args{"contact": "eve@example.com", "unsubscribed": true}) },
					}
					if first == "unsubscribed" {
						slices.Reverse(stop)
					}
					stop[0]()
					stop[1]()
					settled()
					told := w.works("check_suppressions", person)
					advises := strings.Contains(told.text, "update_contact with unsubscribed: false")
					if wants := reason != "unsubscription" && reason != "spam complaint"; advises {
						t.Errorf("it advises what Mailtrap refuses: %s", told.text)
					} else if wants != strings.Contains(told.text, "lift the suppression first; only then") {
						t.Errorf("what helps: %s", told.text)
					}
					w.works("get_contact", args{"contact": "eve@example.com"}).says(t, "as long as it is, Mailtrap keeps them unsubscribed")
				})
			})
		}
	}
}

func TestWhoOptedOutBeforeIsNotToBeCreated(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "eve@example.com", Status: "unsubscribed"})
		w.works("delete_contact", args{"contact": "eve@example.com"})
		settled()
		told := w.works("check_suppressions", args{"contacts": []any{"eve@example.com"}})
		told.says(t, "Not a contact, and unsubscribed before", "create_if_missing: true, unsubscribed: false and their consent")
		if strings.Contains(told.text, "create_contact") {
			t.Errorf("it advises what is refused: %s", told.text)
		}
	})
}

func TestAPersonNamedTwiceIsCheckedOnce(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		id := w.AddContact(emulator.Contact{Email: "max@example.com"})
		checked := w.works("check_suppressions", args{"contacts": []any{id, "MAX@example.com"}})
		if all, _ := checked.at("checked").([]any); len(all) != 1 {
			t.Errorf("%d were checked: %s", len(all), checked.text)
		}
	})
}

func TestWithoutAccessToTheSendingSideTheContactIsAnswered(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		fault emulator.Fault
		says  string
	}{
		"403":     {emulator.Fault{Status: 403, Body: `{"errors":"Access forbidden"}`}, "This API token may not look at suppressions."},
		"404":     {emulator.Fault{Status: 404, Body: `{"error":"Not Found"}`}, "This API token may not look at suppressions."},
		"429":     {emulator.Fault{Status: 429}, "Mailtrap takes 10 requests for suppressions a minute"},
		"500":     {emulator.Fault{Status: 500}, "Mailtrap failed with status 500."},
		"silence": {emulator.Fault{Do: emulator.Hang}, "did not answer in time"},
		"a reset": {emulator.Fault{Do: emulator.LoseBefore}, "could not be reached"},
		"HTML":    {emulator.Fault{Status: 200, Body: "<html>"}, "not an answer of its API"},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				w.AddContact(emulator.Contact{Email: "max@example.com", Status: "unsubscribed"})
				fault := one.fault
				fault.Path = "/suppressions"
				w.Inject(fault)
				began := time.Now()
				checked := w.works("check_suppressions", args{"contacts": []any{"max@example.com", "nobody@example.com"}})
				checked.says(t, "max@example.com: unsubscribed as a contact (and on no list); the sending side could not be looked at", "nobody@example.com: no contact of this account",
					one.says, "under Suppressions", "Unsubscribed: only if")
				checked.has(t, "checked.0.sending_side_seen", false, "checked.0.status", "unsubscribed")
				if took := time.Since(began); took > 55*time.Second {
					t.Errorf("it took %v", took)
				}
				if checked.at("sending_side_unseen") == nil {
					t.Error("the structured content does not say why")
				}
				if name == "403" || name == "404" {
					w.refused("check_suppressions", nil, "forbidden", one.says, "Ask the operator")
				}
			})
		})
	}
}

func TestOneAddressThatIsRefusedDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddSuppression("b@example.com", "hard bounce", "bulk", "")
		w.Inject(emulator.Fault{Path: "/suppressions", Times: 1, Status: 422, Body: `{"errors":{"email":["is invalid"]}}`})
		w.works("check_suppressions", args{"contacts": []any{"a@example.com", "b@example.com"}}).says(t,
			"a@example.com: no contact of this account; the sending side could not be looked at", "b@example.com: no contact of this account; suppressed", "Mailtrap refused the request.")
	})
}

func TestTenPeopleFitTheRateLimit(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := addresses(11)
		w.refused("check_suppressions", args{"contacts": people}, "invalid_input", "contacts", "10")
		w.works("check_suppressions", args{"contacts": people[:10]}).has(t, "sending_side_unseen", nil, "checked.9.sending_side_seen", true)
		late := w.works("check_suppressions", args{"contacts": people[10]})
		late.says(t, "the sending side could not be looked at", "10 requests for suppressions a minute", "Wait a minute and repeat the call")
		w.refused("check_suppressions", nil, "rate_limited", "10 requests for suppressions a minute", "Wait a minute")
		time.Sleep(time.Minute)
		w.works("check_suppressions", args{"contacts": people[10]}).has(t, "sending_side_unseen", nil)
	})
}

// suppress adds n suppressions of all kinds.
func suppress(w *world, n int) {
	for i := range n {
		kind, stream, domain := "hard bounce", "bulk", "News.example.com"
		switch i % 4 {
		case 1:
			kind, stream, domain = "spam complaint", "transactional", "shop.example.com"
		case 2:
			domain = "news.example.com"
		case 3:
			kind, stream, domain = "", "", ""
		}
		w.AddSuppression(fmt.Sprintf("secret%d@hidden.example", i), kind, stream, domain)
	}
}

func TestAllSuppressionsAreSummedUpWithoutAddresses(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]int{"one page": 40, "a page exactly": 1000, "three pages": 2500} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				suppress(w, n)
				sums := w.works("check_suppressions", raw(`{"contacts":null}`))
				quarter := n / 4
				sums.has(t, "all.total", n, "all.partial", nil, "all.types.0", args{"name": "hard bounce", "count": 2 * quarter}, "all.streams.0", args{"name": "bulk", "count": 2 * quarter},
					"all.domains.0", args{"name": "news.example.com", "count": 2 * quarter}, "all.types.1", args{"name": "", "count": quarter}, "checked", nil)
				sums.says(t, "suppressions on the sending side.", "By type: hard bounce ", "not told ", "By sending domain: news.example.com ", "audience_report counts them")
				if strings.Contains(sums.text, "secret") || strings.Contains(fmt.Sprint(sums.structured), "hidden") {
					t.Errorf("an address is shown: %s", sums.text)
				}
			})
		})
	}
	inFakeTime(t, func(t *testing.T, w *world) {
		w.works("check_suppressions", nil).says(t, "No address is suppressed on the sending side.")
	})
}

func TestASumThatIsNotCompleteSaysSo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		suppress(w, 12_000)
		began := time.Now()
		sums := w.works("check_suppressions", nil)
		sums.says(t, "These are the totals of the first 10,000 suppressions on the sending side; there may be more.", "10 requests for suppressions a minute", "Wait a minute and repeat the call")
		sums.has(t, "all.total", 10_000)
		if sums.at("all.partial") == nil || time.Since(began) > 55*time.Second {
			t.Errorf("after %v: %v", time.Since(began), sums.structured)
		}
		for _, request := range w.Requests() {
			if request.Status != http.StatusOK {
				t.Errorf("a request was answered with %d", request.Status)
			}
		}
	})
	inFakeTime(t, func(t *testing.T, w *world) {
		suppress(w, 1500)
		w.Inject(emulator.Fault{Path: "/suppressions", Times: 1, Header: http.Header{"X-First": {"1"}}})
		w.Inject(emulator.Fault{Path: "/suppressions", Status: 500})
		w.works("check_suppressions", nil).says(t, "the first 1,000 suppressions", "Mailtrap failed with status 500.")
	})
	inFakeTime(t, func(t *testing.T, w *world) {
		page := make([]string, 1000)
		for i := range page {
			page[i] = fmt.Sprintf(`{"id":"%d","email":"a@b.co","type":null,"created_at":"","sending_stream":null,"domain_name":null}`, i)
		}
		w.Inject(emulator.Fault{Path: "/suppressions", Status: 200, Body: "[" + strings.Join(page, ",") + "]"})
		w.works("check_suppressions", nil).says(t, "the first 1,000 suppressions", "the same page again and again")
		if n := len(w.Requests()); n > 4 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestManySuppressionsOfOneAddressAreBounded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := addresses(10)
		for _, email := range people {
			for i := range 200 {
				w.AddSuppression(email, "hard bounce", "bulk", fmt.Sprintf("%s%d.example.com", strings.Repeat("x", 200), i))
			}
		}
		w.works("check_suppressions", args{"contacts": people}).says(t, "more suppressions", "person0009@example.com")
		time.Sleep(time.Minute)
		w.works("check_suppressions", nil).says(t, "more domains")
	})
}

var _ = hostileCase("check_suppressions", func(x *exposure) {
	x.given(nil, args{"contacts": "anna@example.com"}, args{"contacts": x.odd})
})
