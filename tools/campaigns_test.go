package tools_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

func campaigns(w *world) (customers, trial int64) {
	customers, trial = w.AddList("Customers"), w.AddList("Trial")
	w.AddCampaign(emulator.Campaign{Name: "Spring Sale", Subject: "Spring is here", State: "finished", ListIDs: []int64{customers, trial},
		MergeTags: []string{"first_name"}, DomainName: "news.example.com", StartedAt: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC),
		Recipients: new(int64(1200)), Stats: emulator.CampaignStats{Sent: 1200, Delivered: 1180, Bounced: 20, Opened: 400, Clicked: 60,
			Spam: 2, Unsubscriptions: 5}})
	w.AddCampaign(emulator.Campaign{Name: "Autumn", State: "scheduled", SegmentIDs: []int64{7, 8},
		ScheduledAt: time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)})
	w.AddCampaign(emulator.Campaign{Name: "autumn "})
	return customers, trial
}

func TestCampaignsAreShownWithTheirResults(t *testing.T) { // scenario 34
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers, trial := campaigns(w)
		all := w.works("list_campaigns", nil)
		all.says(t, fmt.Sprintf(`- "Spring Sale" (id 9001): finished, started 2026-04-01T09:00:00Z; subject "Spring is here"; to `+
			`"Customers" (id %d), "Trial" (id %d); uses first_name; 1,200 recipients; 1,200 sent, 1,180 (98.3 %%) delivered, `+
			`20 (1.7 %%) bounced, 2 (0.2 %%) spam complaints; of those delivered: 400 (33.9 %%) opened, 60 (5.1 %%) clicked, 5 (0.4 %%) unsubscribed`,
			customers, trial),
			`- "Autumn" (id 9002): scheduled for 2026-12-01T08:00:00Z; to 2 segments of Mailtrap's own`,
			`- "autumn" (id 9003): draft; no audience chosen yet`, "of all lists of a campaign together")
		all.has(t, "campaigns.0.id", 9003, "campaigns.0.results", nil, "campaigns.1.mailtrap_segments", 2, "campaigns.1.recipients", nil,
			"campaigns.2.results.unsubscriptions", 5, "campaigns.2.lists.0.name", "Customers", "campaigns.2.merge_tags", []any{"first_name"})

		w.works("list_campaigns", args{"campaign": "9001"}).has(t, "campaigns.0.name", "Spring Sale", "campaigns.1", nil)
		w.works("list_campaigns", args{"campaign": "SPRING sale"}).has(t, "campaigns.0.id", 9001)
		w.works("list_campaigns", args{"search": "sal"}).has(t, "campaigns.0.id", 9001, "campaigns.1", nil)
		w.refused("list_campaigns", args{"campaign": "Autumn"}, "invalid_input", "2 campaigns have the name", "9003 (draft", "9002 (scheduled")
		w.refused("list_campaigns", args{"campaign": "id:77"}, "not_found")
		w.refused("list_campaigns", args{"campaign": "Winter"}, "not_found", "There is no campaign", "search finds a part of a name")
		w.refused("list_campaigns", args{"campaign": "9001", "limit": 3}, "invalid_input", "campaign: does not go together")
		w.refused("list_campaigns", args{"cursor": "x"}, "invalid_input", "cursor")
		w.works("list_campaigns", args{"search": "winter"}).says(t, `No campaign has "winter" in its name`)
		w.nothingWritten()
	})
}

func TestEveryCampaignIsOnOnePage(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.works("list_campaigns", nil).says(t, "The account has no campaigns.")
		for i := range 230 {
			w.AddCampaign(emulator.Campaign{Name: fmt.Sprintf("Issue %d", i)})
		}
		var seen []float64
		given := args{"limit": 50}
		for page := range 20 {
			answered := w.works("list_campaigns", given)
			shown, _ := answered.at("campaigns").([]any)
			for _, one := range shown {
				seen = append(seen, one.(map[string]any)["id"].(float64))
			}
			if page == 1 { // one that comes meanwhile moves nobody to another page
				w.AddCampaign(emulator.Campaign{Name: "New"})
			}
			next, _ := answered.at("next_cursor").(string)
			if given["cursor"] = next; next == "" {
				break
			}
		}
		if !slices.IsSortedFunc(seen, func(a, b float64) int { return int(b - a) }) || len(seen) != 230 || len(slices.Compact(seen)) != 230 {
			t.Errorf("%d campaigns were shown: %v", len(seen), seen)
		}
	})
}

func TestResultsThatCannotBeSeenCostNoCampaign(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"403": {Status: 403, Body: `{"errors":"Account access forbidden"}`}, "silence": {Do: emulator.Hang}, "500": {Status: 500},
		"HTML": {Status: 200, Body: "<html>"}, "a count that is none": {Status: 200, Body: `{"data":{"sent_count":-3}}`},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				campaigns(w)
				fault.Path = "/email_campaigns/*/stats"
				w.Inject(fault)
				shown := w.works("list_campaigns", nil)
				shown.has(t, "campaigns.2.name", "Spring Sale", "campaigns.2.results", nil)
				shown.says(t, "results not seen", "Results that are not shown could not be looked at.")
				if strings.Count(shown.text, "results not seen") != 1 {
					t.Errorf("it says so of campaigns that were never sent: %s", shown.text)
				}
			})
		})
	}
}

func TestCampaignsOfAnUncertainAccountAreRefused(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		campaigns(w)
		w.Inject(emulator.Fault{Path: "/accounts", Status: 200, Body: `[{"id":1111111,"name":"A","access_levels":[1000]},{"id":2,"name":"B","access_levels":[1000]}]`})
		w.refused("list_campaigns", nil, "conflict", "This API token reaches several accounts", "access to this account and no other")
		for _, request := range w.Requests() {
			if strings.Contains(request.Path, "email_campaigns") {
				t.Errorf("%s was asked for", request.Path)
			}
		}
	})
}

func TestWithoutRightsToCampaignsThatIsSaid(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.Inject(emulator.Fault{Path: "email_campaigns", Status: 403, Body: `{"errors":"Account access forbidden"}`})
		w.refused("list_campaigns", nil, "forbidden", "This API token may not look at campaigns.", "under Campaigns in Mailtrap")
	})
}

func TestWhatMailtrapDoesNotTellOfResultsIsUnknown(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]struct{ says, stat string }{
		`{}`: {says: "results not seen"}, `{"data":null}`: {says: "results not seen"}, `{"data":{}}`: {says: "results not seen"}, `null`: {says: "results not seen"},
		`{"data":{"sent_count":null,"open_count":"many"}}`: {says: "results not seen"},
		`{"data":{"sent_count":"1200","delivery_count":1180.0,"bounce_count":null}}`: {
			says: "; 1,200 sent, 1,180 (98.3 %) delivered, unknown how many bounced, unknown how many spam complaints; of those delivered: unknown how many opened, ", stat: "1200",
		},
		`{"data":{"delivery_count":7,"open_count":7}}`: {says: "unknown how many sent, 7 delivered, ", stat: "<nil>"},
	} {
		t.Run(answer, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				campaigns(w)
				w.Inject(emulator.Fault{Path: "/email_campaigns/*/stats", Status: 200, Body: answer})
				shown := w.works("list_campaigns", nil)
				shown.says(t, want.says)
				if want.stat == "" {
					shown.has(t, "campaigns.2.results", nil)
				} else if sent := fmt.Sprint(shown.at("campaigns.2.results.sent")); sent != want.stat || shown.at("campaigns.2.results.bounced") != nil {
					t.Errorf("sent is %s: %v", sent, shown.structured)
				}
			})
		})
	}
}

func TestAPageOfCampaignsSaysWhetherThereIsAnother(t *testing.T) {
	t.Parallel()
	const one = `{"id":%s,"name":"A","current_state":"finished","recipient_total_count":"1200"}`
	inFakeTime(t, func(t *testing.T, w *world) {
		for _, pages := range []string{``, `,"pagination":null`, `,"pagination":{}`, `,"pagination":{"next_token":"x"}`, `,"pagination":{"next_token":1}`} {
			w.Inject(emulator.Fault{Path: "/email_campaigns", Status: 200, Body: `{"data":[` + fmt.Sprintf(one, "1") + `]` + pages + `}`})
			w.refused("list_campaigns", nil, "upstream_error")
			w.ClearFaults()
		}
		w.Inject(emulator.Fault{Path: "/email_campaigns", Times: 1, Status: 200, Body: `{"data":[` + fmt.Sprintf(one, "2") + `],"pagination":{"next_token":"2"}}`})
		w.Inject(emulator.Fault{Path: "/email_campaigns", Times: 1, Status: 200, Body: `{"data":[` + fmt.Sprintf(one, "1") + `],"pagination":{"next_token":null}}`})
		w.works("list_campaigns", nil).has(t, "campaigns.0.recipients", 1200, "campaigns.1.id", 1, "next_cursor", nil)
	})
}

func TestOnlyOfADraftIsNoAudienceChosen(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddCampaign(emulator.Campaign{Name: "Old", State: "finished", StartedAt: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)}) // its lists were deleted
		w.AddCampaign(emulator.Campaign{Name: "New"})
		const unknown = "audience not known: Mailtrap names no list or segment of it; they may have been deleted"
		w.works("list_campaigns", args{"campaign": "Old"}).says(t, unknown)
		w.works("list_campaigns", args{"campaign": "New"}).says(t, "draft; no audience chosen yet")
		w.Inject(emulator.Fault{Path: "/email_campaigns/9002", Status: 200, Body: `{"data":{"id":9002,"name":"New","current_state":"draft","contact_list_ids":null}}`})
		w.works("list_campaigns", args{"campaign": "9002"}).says(t, unknown)
		w.Inject(emulator.Fault{Path: "/email_campaigns/9001", Status: 200, Body: `{"data":{"id":9002,"name":"New","current_state":"draft"}}`})
		w.refused("list_campaigns", args{"campaign": "9001"}, "upstream_error")
	})
}

func TestListsAndTagsThatAnAnswerLeavesOutAreCounted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		for i := range 50 {
			many := emulator.Campaign{Name: fmt.Sprintf("Campaign %d %s", i, strings.Repeat("x", 200)), Subject: strings.Repeat("y", 240)}
			for n := range 60 {
				if i == 0 {
					w.AddList(fmt.Sprintf("List %d %s", n, strings.Repeat("z", 200)))
				}
				many.ListIDs, many.MergeTags = append(many.ListIDs, w.Lists()[n].ID), append(many.MergeTags, fmt.Sprintf("tag_%d_%s", n, strings.Repeat("t", 60)))
			}
			w.AddCampaign(many)
		}
		shown := w.works("list_campaigns", args{"limit": 50})
		lists, _ := shown.at("campaigns.0.lists").([]any)
		tags, _ := shown.at("campaigns.0.merge_tags").([]any)
		if len(lists) == 60 || len(tags) == 60 || len(tags) == 0 {
			t.Fatalf("%d lists and %d tags are shown", len(lists), len(tags))
		}
		shown.has(t, "campaigns.0.omitted_lists", 60-len(lists), "campaigns.0.omitted_merge_tags", 60-len(tags))
		shown.says(t, fmt.Sprintf(" and %d more lists; uses ", 60-len(lists)), fmt.Sprintf(" and %d more merge tags", 60-len(tags)))
	})
}

var _ = hostileCase("list_campaigns", func(x *exposure) {
	x.AddCampaign(emulator.Campaign{Name: x.short, Subject: x.v, MergeTags: []string{x.short}, DomainName: x.short})
	x.given(nil, args{"search": x.short}, args{"campaign": x.short}, args{"campaign": x.short + "?"})
})
