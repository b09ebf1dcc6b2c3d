package apiclient

import (
	"context"
	"errors"
	"math"
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
	Recipients *int64           `json:"recipient_total_count"`
	Template   CampaignTemplate `json:"template"`
	DomainName string           `json:"domain_name"`
	ListIDs    []int64          `json:"contact_list_ids"`
	SegmentIDs []int64          `json:"contact_segment_ids"`
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
	Sent            int64 `json:"sent_count"`
	Delivered       int64 `json:"delivery_count"`
	Bounced         int64 `json:"bounce_count"`
	Opened          int64 `json:"open_count"`
	Clicked         int64 `json:"click_count"`
	Spam            int64 `json:"spam_count"`
	Unsubscriptions int64 `json:"unsubscription_count"`
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
			Next *int64 `json:"next_token"`
		} `json:"pagination"`
	}
	list := call{method: http.MethodGet, route: "/email_campaigns", query: query, tokenPath: true}
	if err := c.do(ctx, list, &out); err != nil {
		return nil, 0, err
	}
	if out.Pagination.Next != nil {
		if next = *out.Pagination.Next; next <= page {
			return nil, 0, list.notAnswered("the page after it is one before it")
		}
	}
	return out.Data, next, nil
}

// Campaign returns one campaign.
func (c *Client) Campaign(ctx context.Context, id int64) (Campaign, error) {
	look := call{method: http.MethodGet, route: "/email_campaigns/{campaign}", of: number(id), tokenPath: true}
	found, err := ask(ctx, c, look, func(answer wrapped[Campaign]) string {
		if answer.Data.ID != id {
			return "the body is about another id"
		}
		return ""
	})
	return found.Data, err
}

// CampaignStats returns what came of a campaign.
func (c *Client) CampaignStats(ctx context.Context, id int64) (CampaignStats, error) {
	look := call{method: http.MethodGet, route: "/email_campaigns/{campaign}/stats", of: number(id), tokenPath: true}
	found, err := ask[wrapped[CampaignStats]](ctx, c, look)
	return found.Data, err
}

func (c *Campaign) problem() error {
	if c.Name == "" || c.State == "" {
		return errors.New("the body has a campaign without its name or state")
	}
	if c.Recipients != nil && *c.Recipients < 0 {
		return errors.New("the body has a campaign with fewer than no recipients")
	}
	return positive(append(append([]int64{c.ID}, c.ListIDs...), c.SegmentIDs...)...)
}

func (s *CampaignStats) problem() error {
	for _, count := range []int64{s.Sent, s.Delivered, s.Bounced, s.Opened, s.Clicked, s.Spam, s.Unsubscriptions} {
		if count < 0 || count > math.MaxInt32 {
			return errors.New("the body has a count that cannot be one")
		}
	}
	return nil
}
