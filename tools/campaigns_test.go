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

var _ = hostileCase("list_campaigns", func(x *exposure) {
	x.AddCampaign(emulator.Campaign{Name: x.short, Subject: x.v, MergeTags: []string{x.short}, DomainName: x.short})
	x.given(nil, args{"search": x.short}, args{"campaign": x.short}, args{"campaign": x.short + "?"})
})
