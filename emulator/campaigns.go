package emulator

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	campaignPage    = 50  // campaigns in one answer (spec)
	maxCampaignPage = 100 // the most that per_page can ask for (spec)
)

// Campaign is an e-mail campaign as seeded. Nothing is sent: it stays as it was seeded.
type Campaign struct {
	Name, Subject string
	State         string // empty: draft
	MergeTags     []string
	ListIDs       []int64
	SegmentIDs    []int64 // Mailtrap's own segments, which the API shows nowhere else
	DomainID      int64
	DomainName    string
	CreatedAt     time.Time // zero: now
	UpdatedAt     time.Time // zero: as it was created
	StartedAt     time.Time // zero: never started
	ScheduledAt   time.Time // of a scheduled one
	Recipients    *int64    // nil until the audience is known
	Stats         CampaignStats
}

// CampaignStats is what came of a campaign. What Mailtrap's rates are shares of is in its documentation.
type CampaignStats struct {
	Sent, Delivered, Bounced, Opened, Clicked, Spam, Unsubscriptions int64
}

// campaign is a campaign with what the API gave it.
type campaign struct {
	Campaign
	id int64
}

// campaignAnswer has the recorded keys in their order.
type campaignAnswer struct {
	ID              int64          `json:"id"`
	Name            string         `json:"name"`
	FromLocalPart   string         `json:"from_local_part"`
	FromDisplayName *string        `json:"from_display_name"`
	ReplyTo         struct{}       `json:"reply_to"`
	CurrentState    string         `json:"current_state"`
	CreatedAt       string         `json:"created_at"`
	UpdatedAt       string         `json:"updated_at"`
	LastStartedAt   *string        `json:"last_started_at"`
	Recipients      *int64         `json:"recipient_total_count"`
	DeliveryMode    string         `json:"delivery_mode"`
	DeliveryOptions struct{}       `json:"delivery_options"`
	Template        any            `json:"template"`
	DomainID        int64          `json:"domain_id"`
	DomainName      string         `json:"domain_name"`
	Metadata        map[string]any `json:"current_state_metadata"`
	ListIDs         []int64        `json:"contact_list_ids"`
	SegmentIDs      []int64        `json:"contact_segment_ids"`
}

// templateAnswer is the template as a list of campaigns has it.
type templateAnswer struct {
	ID        int64    `json:"id"`
	Subject   string   `json:"subject"`
	MergeTags []string `json:"merge_tags"`
}

// wholeTemplate is the template as one campaign has it. Nothing here needs its bodies.
type wholeTemplate struct {
	templateAnswer
	BodyHTML *string `json:"body_html"`
	BodyText *string `json:"body_text"`
}

type pagination struct {
	Token      int     `json:"token"`
	PrevToken  *int    `json:"prev_token"`
	NextToken  *int    `json:"next_token"`
	FirstURL   string  `json:"first_url"`
	PrevURL    *string `json:"prev_url"`
	CurrentURL string  `json:"current_url"`
	NextURL    *string `json:"next_url"`
}

// listCampaigns answers GET /email_campaigns, newest first, a page at a time. search is part of the name, in any case
// (recorded). A token that is no page counts as the first, and one behind the last page has no campaigns (unknown).
func (c *call) listCampaigns() answer {
	if c.emulator.config.NoCampaigns {
		return failure(http.StatusForbidden, "Account access forbidden")
	}
	query := c.request.URL.Query()
	search := strings.ToLower(query.Get("search"))
	var found []campaignAnswer
	for _, one := range slices.Backward(c.account.campaigns) {
		if strings.Contains(strings.ToLower(one.Name), search) {
			found = append(found, one.answer(false))
		}
	}
	size, _ := strconv.Atoi(query.Get("per_page"))
	if size < 1 {
		size = campaignPage
	}
	size = min(size, maxCampaignPage)
	page, _ := strconv.Atoi(query.Get("token"))
	page = max(page, 1)
	from := len(found)
	if page-1 <= len(found)/size { // else the product might be too large
		from = min((page-1)*size, from)
	}
	to := min(from+size, len(found))
	at := func(n int) string {
		asked := url.Values{}
		for _, name := range []string{"per_page", "search"} {
			if query.Has(name) {
				asked.Set(name, query.Get(name))
			}
		}
		asked.Set("token", strconv.Itoa(n))
		return "https://mailtrap.io" + c.request.URL.Path + "?" + asked.Encode()
	}
	pages := pagination{Token: page, FirstURL: at(1), CurrentURL: at(page)}
	if page > 1 {
		pages.PrevToken, pages.PrevURL = new(page-1), new(at(page-1))
	}
	if to < len(found) {
		pages.NextToken, pages.NextURL = new(page+1), new(at(page+1))
	}
	return jsonAnswer(http.StatusOK, struct {
		Data       []campaignAnswer `json:"data"`
		Pagination pagination       `json:"pagination"`
	}{append([]campaignAnswer{}, found[from:to]...), pages})
}

func (c *call) getCampaign() answer {
	one, refused := c.campaign()
	if refused != nil {
		return *refused
	}
	return jsonAnswer(http.StatusOK, dataAnswer{one.answer(true)})
}

// campaignStats answers with counts and rates, all 0 of a campaign that was never started (recorded). The dates that a call
// can ask for are not looked at: what is seeded has no days.
func (c *call) campaignStats() answer {
	one, refused := c.campaign()
	if refused != nil {
		return *refused
	}
	stats := one.Stats
	rate := func(count, of int64) float64 {
		if of == 0 {
			return 0
		}
		return math.Round(float64(count)/float64(of)*1e4) / 1e4
	}
	return jsonAnswer(http.StatusOK, dataAnswer{struct {
		DeliveryCount       int64   `json:"delivery_count"`
		DeliveryRate        float64 `json:"delivery_rate"`
		BounceCount         int64   `json:"bounce_count"`
		BounceRate          float64 `json:"bounce_rate"`
		OpenCount           int64   `json:"open_count"`
		OpenRate            float64 `json:"open_rate"`
		ClickCount          int64   `json:"click_count"`
		ClickRate           float64 `json:"click_rate"`
		SpamCount           int64   `json:"spam_count"`
		SpamRate            float64 `json:"spam_rate"`
		UnsubscriptionCount int64   `json:"unsubscription_count"`
		UnsubscriptionRate  float64 `json:"unsubscription_rate"`
		SentCount           int64   `json:"sent_count"`
	}{
		stats.Delivered, rate(stats.Delivered, stats.Sent), stats.Bounced, rate(stats.Bounced, stats.Sent),
		stats.Opened, rate(stats.Opened, stats.Delivered), stats.Clicked, rate(stats.Clicked, stats.Delivered),
		stats.Spam, rate(stats.Spam, stats.Sent), stats.Unsubscriptions, rate(stats.Unsubscriptions, stats.Delivered), stats.Sent,
	}})
}

type dataAnswer struct {
	Data any `json:"data"`
}

// campaign is the one that the path names, or how the call is refused.
func (c *call) campaign() (one campaign, refused *answer) {
	if c.emulator.config.NoCampaigns {
		return campaign{}, new(failure(http.StatusForbidden, "Account access forbidden"))
	}
	i := slices.IndexFunc(c.account.campaigns, func(one campaign) bool { return one.id == c.number() })
	if i < 0 {
		return campaign{}, new(notFound())
	}
	return c.account.campaigns[i], nil
}

func (c campaign) answer(whole bool) campaignAnswer {
	shown := campaignAnswer{
		ID: c.id, Name: c.Name, FromLocalPart: "news", CurrentState: c.State, CreatedAt: c.CreatedAt.UTC().Format(timeFormat),
		UpdatedAt: c.UpdatedAt.UTC().Format(timeFormat), Recipients: c.Recipients, DeliveryMode: "rapid", DomainID: c.DomainID,
		DomainName: c.DomainName, Metadata: map[string]any{}, ListIDs: append([]int64{}, c.ListIDs...),
		SegmentIDs: append([]int64{}, c.SegmentIDs...),
	}
	if !c.StartedAt.IsZero() {
		shown.LastStartedAt = new(c.StartedAt.UTC().Format(timeFormat))
	}
	if !c.ScheduledAt.IsZero() {
		shown.Metadata["scheduled_at"] = c.ScheduledAt.UTC().Format(timeFormat)
	}
	template := templateAnswer{ID: c.id, Subject: c.Subject, MergeTags: append([]string{}, c.MergeTags...)}
	shown.Template = template
	if whole {
		shown.Template = wholeTemplate{templateAnswer: template}
	}
	return shown
}

// AddCampaign adds a campaign and returns its id.
func (e *Emulator) AddCampaign(seeded Campaign) int64 {
	a, unlock := e.first()
	defer unlock()
	return must(a.addCampaign(seeded))
}

func (a *account) addCampaign(seeded Campaign) (id int64, err error) {
	e := a.emulator
	if seeded.State == "" {
		seeded.State = "draft"
	}
	if seeded.CreatedAt.IsZero() {
		seeded.CreatedAt = e.config.Now()
	}
	if seeded.UpdatedAt.IsZero() {
		seeded.UpdatedAt = seeded.CreatedAt
	}
	if seeded.Name == "" || !a.haveLists(seeded.ListIDs) {
		return 0, errors.New("campaign " + strconv.Quote(seeded.Name) + ": no name, or an unknown list")
	}
	e.lastID.campaign++
	a.campaigns = append(a.campaigns, campaign{Campaign: seeded, id: e.lastID.campaign})
	return e.lastID.campaign, nil
}

// ChangeCampaign changes a campaign as it was seeded, as Mailtrap does when it sends it.
func (e *Emulator) ChangeCampaign(id int64, change func(*Campaign)) {
	a, unlock := e.first()
	defer unlock()
	i := slices.IndexFunc(a.campaigns, func(one campaign) bool { return one.id == id })
	if i < 0 {
		panic("emulator: there is no campaign " + strconv.FormatInt(id, 10))
	}
	change(&a.campaigns[i].Campaign)
}
