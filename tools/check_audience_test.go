package tools_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

const sendingDomain = "news.example.com"

// audienceToCheck is an account with people who get mail and people who do not, for each reason.
func audienceToCheck(w *world) (list int64) {
	list = w.AddList("Customers")
	for i, one := range []struct{ status, kind, stream, domain string }{
		{}, {}, {status: "unsubscribed"}, {kind: "hard bounce", stream: "bulk", domain: sendingDomain},
		{kind: "spam complaint", stream: "transactional", domain: sendingDomain}, {kind: "manual import", stream: "bulk", domain: "other.example.com"},
		{kind: "unsubscription", stream: "bulk", domain: sendingDomain},
	} {
		email := fmt.Sprintf("p%d@example.com", i)
		fields := map[string]any{}
		if i%2 == 0 {
			fields["first_name"] = "Ann"
		}
		w.AddContact(emulator.Contact{Email: email, Status: one.status, ListIDs: []int64{list}, Fields: fields})
		if one.kind != "" {
			w.AddSuppression(email, one.kind, one.stream, one.domain)
		}
	}
	w.AddSuppression("p3@example.com", "spam complaint", "bulk", sendingDomain) // who counts once, by the first reason
	w.AddContact(emulator.Contact{Email: "elsewhere@example.com"})
	w.AddDomain(sendingDomain, "compliant")
	w.SetUsage(1496, 1500)
	return list
}

func TestACampaignIsCheckedBeforeItIsSent(t *testing.T) { // scenario 33
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		list := audienceToCheck(w)
		w.AddCampaign(emulator.Campaign{Name: "Last week", State: "finished", ListIDs: []int64{list}, StartedAt: time.Now().Add(-3 * 24 * time.Hour)})
		w.AddCampaign(emulator.Campaign{Name: "Long ago", State: "finished", ListIDs: []int64{list}, StartedAt: time.Now().Add(-30 * 24 * time.Hour)})
		w.AddCampaign(emulator.Campaign{Name: "Spring Sale", State: "draft", ListIDs: []int64{list}, DomainName: sendingDomain,
			MergeTags: []string{"first_name", "email", "coupon"}})
		told := w.works("check_audience", args{"campaign": "Spring Sale"})
		told.has(t, "reach.contacts", 7, "reach.unsubscribed", 1, "reach.bulk.eligible", 4, "reach.bulk.spam_complaint", 1,
			"reach.bulk.hard_bounce", nil, "reach.bulk.unsubscription", 1, "reach.bulk.manual_import", nil,
			"reach.transactional.eligible", 5, "reach.transactional.spam_complaint", 1,
			"missing_values.0.merge_tag", "first_name", "missing_values.0.contacts", 3, "domain_status", "compliant", "mails_left", 4,
			"other_campaigns.0.name", "Last week", "other_campaigns.0.contacts", 6, "other_campaigns.1", nil)
		told.says(t, `Audience: campaign "Spring Sale" (id 9003), draft, to "Customers"`, "7 contacts: 6 subscribed, 1 unsubscribed.",
			"- Bulk mail: 4 eligible; of those subscribed excluded: 1 reported spam, 1 unsubscribed by a mail's link.",
			"- Transactional mail: 5 eligible; of those subscribed excluded: 1 reported spam.", "is not documented",
			"Subscribed contacts without a value, by merge tag: first_name 3.", `"compliant"`, "Mails left of the plan: 4, fewer than are eligible.",
			`"Last week" (id 9001, finished`, `Not known: What fills "coupon": no field of the account has such a merge tag.`)
		w.nothingWritten()
	})
}

// Whatever way an audience is named in, the same people come out.
func TestAnAudienceIsTheSameHoweverItIsNamed(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceToCheck(w)
		w.works("save_segment", args{"name": "Customers", "where": "in_list('Customers')"})
		var people []any
		file := "email\n"
		for i := range 7 {
			people = append(people, fmt.Sprintf("p%d@example.com", i))
			file += fmt.Sprintf("P%d@Example.com\n", i)
		}
		w.file("people.csv", file+"nobody\n")
		for _, given := range []args{{"lists": "Customers"}, {"segment": "Customers"}, {"where": "in_list('Customers')"}, {"file": "people.csv"}, {"contacts": people}} {
			told := w.works("check_audience", with(given, "merge_tags", []string{"{{first_name}}"}))
			told.has(t, "reach.contacts", 7, "reach.bulk.eligible", 3, "reach.bulk.manual_import", 1, "reach.transactional.eligible", 5,
				"missing_values.0.contacts", 3, "campaign_id", nil, "domain_status", nil)
			told.says(t, "of any sending domain")
		}
		w.works("check_audience", args{"file": "people.csv"}).says(t, "1 row of the file is not counted")
		w.file("odd.csv", "email,Status\np0@example.com,subscribed\n"+strings.Repeat("q@example.com,Snoozed\n", 15))
		w.works("check_audience", args{"file": "odd.csv"}).says(t, "15 rows of the file are not counted:", "- and 10 more rows")
		w.works("check_audience", args{"contacts": []any{"p0@example.com", "stranger@example.com"}}).
			says(t, "1 contact, and 1 who is not in this account and will get nothing: 1 subscribed")
		w.refused("check_audience", args{"lists": "Customers", "where": "status = 'subscribed'"}, "invalid_input", "exactly one of")
		w.refused("check_audience", args{}, "invalid_input", "exactly one of")
		w.refused("check_audience", args{"campaign": "Nothing"}, "not_found")
		w.refused("check_audience", args{"lists": "Nothing"}, "invalid_input", "Nothing")
	})
}

func TestWhatOfAnAudienceIsNotKnownIsSaid(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		list := audienceToCheck(w)
		w.AddCampaign(emulator.Campaign{Name: "Both", ListIDs: []int64{list}, SegmentIDs: []int64{3}, DomainName: "unknown.example.com"})
		w.AddCampaign(emulator.Campaign{Name: "Segments", SegmentIDs: []int64{3, 4}})
		w.AddCampaign(emulator.Campaign{Name: "Nobody"})
		for i := range 7 {
			w.AddCampaign(emulator.Campaign{Name: fmt.Sprintf("Daily %d", i), State: "finished", ListIDs: []int64{list}, StartedAt: time.Now()})
		}
		w.AddCampaign(emulator.Campaign{Name: "Elsewhere", State: "finished", SegmentIDs: []int64{9}, ListIDs: []int64{list}, StartedAt: time.Now()})
		others := w.works("check_audience", args{"lists": "Customers"})
		others.says(t, `"Elsewhere" (id 9011, finished`, "how many of them is not known", "3 more campaigns within seven days are not shown.")
		others.has(t, "other_campaigns.0.contacts", nil, "other_campaigns.1.contacts", 6)
		both := w.works("check_audience", args{"campaign": "Both"})
		both.says(t, "1 segment of Mailtrap's own", "it reaches more", `"unknown.example.com" is verified: Mailtrap does not tell`)
		both.has(t, "reach.contacts", 7)
		segments := w.works("check_audience", args{"campaign": "Segments"})
		segments.says(t, "2 segments of Mailtrap's own")
		segments.has(t, "reach", nil)
		w.works("check_audience", args{"campaign": "Nobody"}).says(t, "names no list and no segment")

		for _, body := range []string{`{}`, `{"marketing":{"usage":{"sent_messages_count":{"current":null,"limit":"many"}}}}`, `{"marketing":null}`} {
			w.Inject(emulator.Fault{Method: http.MethodGet, Path: "/billing/usage", Status: 200, Body: body, Times: 1})
			told := w.works("check_audience", args{"lists": "Customers"})
			told.says(t, "Not known: How many mails are left of the plan: Mailtrap does not tell.")
			told.has(t, "mails_left", nil)
		}
		w.Inject(emulator.Fault{Method: http.MethodGet, Path: "/domains", Status: 200, Body: `{"data":[{"domain_name":null}]}`, Times: 1})
		w.works("check_audience", args{"campaign": "Both"}).says(t, `Not known: Whether the sending domain "unknown.example.com" is verified: `)

		w.Inject(emulator.Fault{Method: http.MethodGet, Path: "/email_campaigns", Status: 403, Body: `{"errors":"Account access forbidden"}`},
			emulator.Fault{Method: http.MethodGet, Path: "/domains", Status: 403, Body: `{"errors":"Account access forbidden"}`},
			emulator.Fault{Method: http.MethodGet, Path: "/billing/usage", Status: 403, Body: `{"errors":"Account access forbidden"}`})
		told := w.works("check_audience", args{"lists": "Customers"})
		told.says(t, "Not known: Whether other campaigns go to the same people", "Not known: How many mails are left of the plan")
		told.has(t, "reach.contacts", 7, "mails_left", nil, "other_campaigns", nil)
		w.refused("check_audience", args{"campaign": "Both"}, "forbidden", "campaigns")
	})
}

func TestWithoutSuppressionsNobodyIsCalledEligible(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceToCheck(w)
		w.Inject(emulator.Fault{Method: http.MethodGet, Path: "/suppressions", Status: 403, Body: `{"errors":"Access forbidden"}`})
		told := w.works("check_audience", args{"lists": "Customers"})
		told.says(t, "7 contacts: 6 subscribed, 1 unsubscribed.", "Not known: Who of those subscribed is suppressed: ")
		told.has(t, "reach.bulk", nil, "reach.transactional", nil)
	})
}

// Guarantee 8.10b. Eligible and excluded make up the audience, for each stream, however suppressions fall; counted apart by the emulator's own data.
func TestEligibleAndExcludedMakeUpTheAudience(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		inFakeTime(t, func(t *testing.T, w *world) {
			random := rand.New(rand.NewPCG(seed, 1))
			list := w.AddList("Customers")
			kinds := []string{"spam complaint", "hard bounce", "unsubscription", "manual import"}
			domains := []string{sendingDomain, "other.example.com"}
			names := map[string]string{"spam complaint": "spam_complaint", "hard bounce": "hard_bounce", "unsubscription": "unsubscription", "manual import": "manual_import"}
			want := map[string]map[string]int{"bulk": {}, "transactional": {}}
			all, unsubscribed := 0, 0
			for i := range 120 {
				email, status := fmt.Sprintf("p%d@example.com", i), "subscribed"
				if random.IntN(5) == 0 {
					status = "unsubscribed"
				}
				member := random.IntN(4) > 0
				has := map[string]map[string]bool{"bulk": {}, "transactional": {}}
				for range random.IntN(4) {
					kind, domain := kinds[random.IntN(4)], domains[random.IntN(2)]
					stream := []string{"bulk", "transactional"}[random.IntN(2)]
					w.AddSuppression(email, kind, stream, domain)
					if domain == sendingDomain {
						has[stream][kind] = true
					}
				}
				one := emulator.Contact{Email: email, Status: status}
				if member {
					one.ListIDs = []int64{list}
				}
				w.AddContact(one)
				if !member {
					continue
				}
				if all++; status == "unsubscribed" {
					unsubscribed++
					continue
				}
				for stream, count := range want {
					why := "eligible"
					for _, kind := range kinds {
						if has[stream][kind] {
							why = names[kind]
							break
						}
					}
					count[why]++
				}
			}
			w.AddCampaign(emulator.Campaign{Name: "Spring", ListIDs: []int64{list}, DomainName: sendingDomain})
			told := w.works("check_audience", args{"campaign": "Spring"})
			told.has(t, "reach.contacts", all, "reach.unsubscribed", unsubscribed)
			for stream, count := range want {
				sum := unsubscribed
				for _, why := range []string{"eligible", "spam_complaint", "hard_bounce", "unsubscription", "manual_import"} {
					if got := told.count("reach." + stream + "." + why); got != count[why] {
						t.Errorf("%s %s: %d, want %d", stream, why, got, count[why])
					}
					sum += told.count("reach." + stream + "." + why)
				}
				if sum != all {
					t.Errorf("%s: eligible and excluded are %d of %d", stream, sum, all)
				}
			}
		})
	}
}

var _ = hostileCase("check_audience", func(x *exposure) {
	x.AddDomain(x.short, x.v)
	x.AddCampaign(emulator.Campaign{Name: x.short, Subject: x.v, MergeTags: []string{x.short}, DomainName: x.short, ListIDs: []int64{x.list}})
	x.AddCampaign(emulator.Campaign{Name: x.short, State: "finished", StartedAt: time.Now(), ListIDs: []int64{x.list}})
	x.bySnapshot(args{"campaign": "9001", "merge_tags": x.v}, args{"campaign": x.short}, args{"lists": x.v}, args{"lists": x.v + "!"},
		args{"where": "evil = '" + x.v + "'"}, args{"where": x.v}, args{"segment": x.short}, args{"file": "evil.csv"}, args{"file": "ages.csv"},
		args{"contacts": x.v}, args{"lists": x.v, "merge_tags": []any{x.v, "evil"}})
})
