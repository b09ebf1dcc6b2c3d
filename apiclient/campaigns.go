package apiclient

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

// CampaignPage is how many campaigns one answer has at most (spec).
const CampaignPage = 100

// States of a campaign (spec). Others may come.
const (
	CampaignDraft     = "draft"
	CampaignScheduled = "scheduled"
)

// Campaign is an e-mail campaign. Its audience is lists and segments of Mailtrap's own, which the API does not show; nobody is
// excluded from it (recording).
type Campaign struct {
	ID            int64            `json:"id"`
	Name          string           `json:"name"`
	State         string           `json:"current_state"`
	Metadata      CampaignMetadata `json:"current_state_metadata"`
	CreatedAt     Timestamp        `json:"created_at"`
	LastStartedAt Timestamp        `json:"last_started_at"` // zero: never started
	// Recipients is nil until Mailtrap has found out whom it sends to.
	Recipients *Count           `json:"recipient_total_count"`
	Template   CampaignTemplate `json:"template"`
	DomainName string           `json:"domain_name"`
	ListIDs    []int64          `json:"contact_list_ids"`    // nil: not told
	SegmentIDs []int64          `json:"contact_segment_ids"` // nil: not told
}

// CampaignMetadata is why a campaign is in its state.
type CampaignMetadata struct {
	Reason      string    `json:"reason"`
	Error       string    `json:"error"`
	ScheduledAt Timestamp `json:"scheduled_at"`
}

// CampaignTemplate is what a campaign sends.
type CampaignTemplate struct {
	Subject   string   `json:"subject"`
	MergeTags []string `json:"merge_tags"` // those that it uses (spec)
}

// CampaignStats is what came of a campaign since it was last started. All is 0 of one that never was (recording). Rates are not
// kept: they follow from the counts, of those sent or those delivered.
type CampaignStats struct {
	Sent            Count `json:"sent_count"`
	Delivered       Count `json:"delivery_count"`
	Bounced         Count `json:"bounce_count"`
	Opened          Count `json:"open_count"`
	Clicked         Count `json:"click_count"`
	Spam            Count `json:"spam_count"`
	Unsubscriptions Count `json:"unsubscription_count"`
}

// nothingTold are results of which Mailtrap tells no count.
var nothingTold = CampaignStats{UnknownCount, UnknownCount, UnknownCount, UnknownCount, UnknownCount, UnknownCount, UnknownCount}

// UnmarshalJSON knows a count that is missing from one that is zero.
func (s *CampaignStats) UnmarshalJSON(data []byte) error {
	type told CampaignStats
	*s = nothingTold
	return json.Unmarshal(data, (*told)(s))
}

// Campaigns returns a page of at most CampaignPage campaigns, newest first, whose name has search in it (in any case; recording),
// and the number of the page after it; 0 if it is the last. page counts from 1.
func (c *Client) Campaigns(ctx context.Context, search string, page int64) (campaigns []Campaign, next int64, err error) {
	query := url.Values{"per_page": {strconv.Itoa(CampaignPage)}, "token": {strconv.FormatInt(page, 10)}}
	if search != "" {
		query.Set("search", search)
	}
	var out struct {
		wrapped[every[Campaign]]
		Pagination struct {
			Next json.RawMessage `json:"next_token"`
		} `json:"pagination"`
	}
	list := call{method: http.MethodGet, route: "/email_campaigns", query: query, tokenPath: true}
	if err := c.do(ctx, list, &out); err != nil {
		return nil, 0, err
	}
	if string(out.Pagination.Next) == "null" {
		return out.Data, 0, nil
	}
	following := UnknownCount // also where the answer does not say whether there are more
	if err := following.UnmarshalJSON(out.Pagination.Next); err != nil || int64(following) <= page {
		return nil, 0, list.notAnswered("the body does not say which page comes after it")
	}
	return out.Data, int64(following), nil
}

// Campaign returns one campaign.
func (c *Client) Campaign(ctx context.Context, id int64) (Campaign, error) {
	look := call{method: http.MethodGet, route: "/email_campaigns/{campaign}", of: number(id), tokenPath: true}
	found, err := ask(ctx, c, look, about[wrapped[Campaign]](id))
	return found.Data, err
}

// CampaignStats returns what came of a campaign.
func (c *Client) CampaignStats(ctx context.Context, id int64) (CampaignStats, error) {
	look := call{method: http.MethodGet, route: "/email_campaigns/{campaign}/stats", of: number(id), tokenPath: true}
	found, err := ask(ctx, c, look, func(answer wrapped[*CampaignStats]) string {
		if answer.Data == nil || *answer.Data == nothingTold {
			return "the body lacks the results"
		}
		return ""
	})
	if err != nil {
		return nothingTold, err
	}
	return *found.Data, nil
}

func (c *Campaign) problem() error {
	if c.Name == "" || c.State == "" {
		return errors.New("the body has a campaign without its name or state")
	}
	return positive(append(append([]int64{c.ID}, c.ListIDs...), c.SegmentIDs...)...)
}
