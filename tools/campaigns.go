package tools

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var listCampaigns = Tool[ListCampaignsInput, ListCampaignsOutput]{
	Name: "list_campaigns", Title: "Show campaigns and their results", Toolset: Campaigns, Effect: Reads,
	Description: "Shows e-mail campaigns, newest first: state, subject, lists they go to, when, recipients, results. Nothing is sent " +
		"or changed.",
	Example: `{"search": "spring"}`,
	Run:     (*Toolbox).listCampaigns,
}

// ListCampaignsInput chooses and pages the campaigns.
type ListCampaignsInput struct {
	Campaign string `json:"campaign,omitempty" jsonschema_description:"Its id or whole name"`
	Search   string `json:"search,omitempty" jsonschema_description:"Part of a name"`
	Limit    *int64 `json:"limit,omitempty" jsonschema:"minimum=1,maximum=50" jsonschema_description:"Absent: 10"`
	Cursor   string `json:"cursor,omitempty" jsonschema_description:"From the page before"`
}

const (
	// defaultCampaigns is how many campaigns a page has when the call does not say.
	defaultCampaigns = 10
	// campaignPages bounds the pages of campaigns that one call reads: a cursor or a name may be far back.
	campaignPages = 20
	// statsAtOnce is how many results are asked for at the same time.
	statsAtOnce = 4
)

// ListCampaignsOutput is a page of campaigns.
type ListCampaignsOutput struct {
	Campaigns []CampaignView `json:"campaigns"`
	// NextCursor gives the next page; empty on the last one.
	NextCursor string `json:"next_cursor,omitempty"`
	// ResultsUnseen is why results could not be looked at, of some campaigns or of all.
	ResultsUnseen string `json:"results_unseen,omitempty"`

	search string
	last   bool // the cursor leads past the last one
}

// CampaignView is a campaign. What Mailtrap does not tell is absent.
type CampaignView struct {
	ID      int64      `json:"id"`
	Name    string     `json:"name"`
	State   string     `json:"state"`
	Why     string     `json:"why,omitempty"` // it is in this state
	Subject string     `json:"subject,omitempty"`
	Domain  string     `json:"domain,omitempty"`
	Tags    []string   `json:"merge_tags,omitempty"`
	Lists   []ListView `json:"lists"`
	// Segments counts those of Mailtrap's own, of which the API tells no more.
	Segments   int    `json:"mailtrap_segments,omitempty" jsonschema_description:"Their members are not known here"`
	At         string `json:"at,omitempty"` // when it was started, or is to be
	Recipients *int64 `json:"recipients,omitempty" jsonschema_description:"Absent: not known yet"`
	// Results is absent of a campaign that was never started, and where they could not be looked at.
	Results *ResultsView `json:"results,omitempty"`
	// What was left out because the result would be too long.
	OmittedLists int `json:"omitted_lists,omitempty"`
	OmittedTags  int `json:"omitted_merge_tags,omitempty"`

	unchosen bool // Mailtrap says that no lists or segments are chosen yet
}

// ResultsView is what came of a campaign, of all its lists together. What Mailtrap does not tell is absent.
type ResultsView struct {
	Sent            *int64 `json:"sent,omitempty"`
	Delivered       *int64 `json:"delivered,omitempty"`
	Bounced         *int64 `json:"bounced,omitempty"`
	Opened          *int64 `json:"opened,omitempty"`
	Clicked         *int64 `json:"clicked,omitempty"`
	SpamComplaints  *int64 `json:"spam_complaints,omitempty"`
	Unsubscriptions *int64 `json:"unsubscriptions,omitempty"`
}

// told is a count; nil where Mailtrap does not tell it.
func told(count apiclient.Count) *int64 {
	if count == apiclient.UnknownCount {
		return nil
	}
	return new(int64(count))
}

// Check refuses a campaign together with what pages through many.
func (in ListCampaignsInput) Check() error {
	if in.Campaign != "" && (in.Search != "" || in.Limit != nil || in.Cursor != "") {
		return fault.New(fault.InvalidInput, "campaign: does not go together with search, limit and cursor.", "",
			"Give campaign alone for one of them, or leave it out.")
	}
	return nil
}

func (box *Toolbox) listCampaigns(ctx context.Context, in ListCampaignsInput) (ListCampaignsOutput, error) {
	found, next, err := box.findCampaigns(ctx, in)
	if err != nil {
		return ListCampaignsOutput{}, explainCampaigns(err)
	}
	out := ListCampaignsOutput{
		Campaigns: make([]CampaignView, len(found)), NextCursor: next,
		search: text.Clip(in.Search, text.MaxValue), last: in.Cursor != "" && len(found) == 0,
	}
	for i, campaign := range found {
		out.Campaigns[i] = box.viewCampaign(ctx, campaign)
	}
	if err := box.addResults(ctx, found, out.Campaigns); err != nil {
		cause := explain(explainCampaigns(err))
		out.ResultsUnseen = cause.What + " " + cause.Next
	}
	return out, nil
}

// findCampaigns reads the campaigns that a call asks for, and the cursor of those after them.
func (box *Toolbox) findCampaigns(ctx context.Context, in ListCampaignsInput) (found []apiclient.Campaign, next string, err error) {
	if in.Campaign != "" {
		one, err := box.campaign(ctx, in.Campaign)
		return []apiclient.Campaign{one}, "", err
	}
	limit, before := defaultCampaigns, int64(0)
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	if in.Cursor != "" {
		if before, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || before < 1 {
			return nil, "", fault.New(fault.InvalidInput, "cursor: "+text.Quote(in.Cursor)+" is not one of ours.", "",
				"Give next_cursor as list_campaigns answered it, or leave it out for the newest campaigns.")
		}
	}
	err = box.eachCampaign(ctx, in.Search, func(one apiclient.Campaign) bool {
		if before > 0 && one.ID >= before {
			return true
		}
		if len(found) == limit {
			next = strconv.FormatInt(found[limit-1].ID, 10)
			return false
		}
		found = append(found, one)
		return true
	})
	return found, next, err
}

// eachCampaign goes through the campaigns with search in their names, newest first, until use wants no more.
func (box *Toolbox) eachCampaign(ctx context.Context, search string, use func(apiclient.Campaign) bool) error {
	page := int64(1)
	for range campaignPages {
		campaigns, next, err := box.API.Campaigns(ctx, search, page)
		if err != nil {
			return err
		}
		for _, one := range campaigns {
			if !use(one) {
				return nil
			}
		}
		if page = next; next == 0 {
			return nil
		}
	}
	return fault.New(fault.LimitReached, fmt.Sprintf("There are more than %s to look through.",
		text.Count(campaignPages*apiclient.CampaignPage, "campaign")), "", "Narrow with search, a part of the name.")
}

// campaign finds one campaign by its id or its name.
func (box *Toolbox) campaign(ctx context.Context, named string) (apiclient.Campaign, error) {
	named = strings.TrimSpace(named)
	if id, err := strconv.ParseInt(strings.TrimPrefix(named, "id:"), 10, 64); err == nil && id > 0 {
		found, err := box.API.Campaign(ctx, id)
		if !apiclient.IsKind(err, apiclient.NotFound) || strings.HasPrefix(named, "id:") {
			return found, err
		}
	}
	var found []apiclient.Campaign
	err := box.eachCampaign(ctx, named, func(one apiclient.Campaign) bool {
		if strings.EqualFold(strings.TrimSpace(one.Name), named) {
			found = append(found, one)
		}
		return true
	})
	switch {
	case err != nil:
		return apiclient.Campaign{}, err
	case len(found) == 0:
		return apiclient.Campaign{}, fault.New(fault.NotFound, "There is no campaign with the id or name "+text.Quote(named)+".", "",
			"list_campaigns without campaign shows those there are; search finds a part of a name.")
	case len(found) > 1:
		ids := make([]string, len(found))
		for i, one := range found {
			ids[i] = fmt.Sprintf("%d (%s, %s)", one.ID, text.Word(one.State, 40), stamp(one.CreatedAt))
		}
		return apiclient.Campaign{}, fault.New(fault.InvalidInput, fmt.Sprintf("%d campaigns have the name %s.", len(found), text.Quote(named)),
			"They are "+text.Listing(ids, 10)+".", "Name the one that is meant by its id.")
	}
	return found[0], nil
}

// addResults asks for the results of those that were started. What stops one stops the others; those seen before stay.
func (box *Toolbox) addResults(ctx context.Context, campaigns []apiclient.Campaign, views []CampaignView) error {
	ctx, cancel := leavingAnswerTime(ctx)
	defer cancel()
	asking, ctx := errgroup.WithContext(ctx)
	asking.SetLimit(statsAtOnce)
	for i, campaign := range campaigns {
		if campaign.LastStartedAt.IsZero() && views[i].isAhead() {
			continue
		}
		asking.Go(func() error {
			stats, err := box.API.CampaignStats(ctx, campaign.ID)
			if err == nil {
				views[i].Results = &ResultsView{
					Sent: told(stats.Sent), Delivered: told(stats.Delivered), Bounced: told(stats.Bounced), Opened: told(stats.Opened),
					Clicked: told(stats.Clicked), SpamComplaints: told(stats.Spam), Unsubscriptions: told(stats.Unsubscriptions),
				}
			}
			return err
		})
	}
	return asking.Wait()
}

func (box *Toolbox) viewCampaign(ctx context.Context, campaign apiclient.Campaign) CampaignView {
	view := CampaignView{
		ID: campaign.ID, Name: text.Clean(campaign.Name), State: text.Clip(campaign.State, 40), Subject: text.Clean(campaign.Template.Subject),
		Domain: text.Clean(campaign.DomainName), Lists: box.listViews(ctx, campaign.ListIDs), Segments: len(campaign.SegmentIDs),
		At: stamp(campaign.LastStartedAt), Why: text.Clean(campaign.Metadata.Reason),
		unchosen: campaign.State == apiclient.CampaignDraft && campaign.ListIDs != nil && campaign.SegmentIDs != nil,
	}
	if campaign.Recipients != nil {
		view.Recipients = told(*campaign.Recipients)
	}
	if campaign.State == apiclient.CampaignScheduled {
		view.At = stamp(campaign.Metadata.ScheduledAt)
	}
	if campaign.Metadata.Error != "" {
		view.Why = text.Clean(campaign.Metadata.Error)
	}
	for _, tag := range campaign.Template.MergeTags {
		view.Tags = append(view.Tags, text.Clean(tag))
	}
	return view
}

// explainCampaigns is an error of the campaigns' part of the API, which has rights of its own.
func explainCampaigns(err error) error {
	if apiclient.IsKind(err, apiclient.Forbidden) {
		return fault.New(fault.Forbidden, "This API token may not look at campaigns.", "",
			"Ask the operator for a token with rights to campaigns, or to look under Campaigns in Mailtrap.").Because(err)
	}
	return err
}

// Summary is the text an agent reads.
func (out ListCampaignsOutput) Summary() string {
	switch {
	case out.last:
		return "There are no campaigns after this cursor."
	case len(out.Campaigns) == 0 && out.search != "":
		return "No campaign has " + text.Quote(out.search) + " in its name; leave search out to see them all."
	case len(out.Campaigns) == 0:
		return "The account has no campaigns."
	}
	parts := []string{"Campaigns, newest first. Results are of all lists of a campaign together, as Mailtrap counts them:"}
	if len(out.Campaigns) == 1 {
		parts = nil
	}
	for _, campaign := range out.Campaigns {
		parts = append(parts, campaign.describe(out.ResultsUnseen != ""))
	}
	if out.ResultsUnseen != "" {
		parts = append(parts, "Results that are not shown could not be looked at. "+out.ResultsUnseen)
	}
	if out.NextCursor != "" {
		parts = append(parts, "There are more: call again with cursor "+strconv.Quote(out.NextCursor)+".")
	}
	return lines(parts...)
}

func (v CampaignView) describe(unseen bool) string {
	said := []string{fmt.Sprintf("- %s (id %d): %s", text.Quote(v.Name), v.ID, v.stateAt())}
	if v.Why != "" {
		said = append(said, "because "+text.Quote(v.Why))
	}
	if v.Subject != "" {
		said = append(said, "subject "+text.Quote(v.Subject))
	}
	said = append(said, v.audience())
	if len(v.Tags) > 0 {
		said = append(said, "uses "+strings.Join(text.Words(v.Tags, text.MaxValue), ", ")+more(v.OmittedTags, "merge tag"))
	}
	if v.Recipients != nil {
		said = append(said, text.Count(int(*v.Recipients), "recipient"))
	}
	switch {
	case v.Results != nil:
		said = append(said, v.Results.String())
	case unseen && !v.isAhead():
		said = append(said, "results not seen")
	}
	return strings.Join(said, "; ")
}

// isAhead reports a campaign that may have been sent never yet.
func (v CampaignView) isAhead() bool {
	return v.State == apiclient.CampaignDraft || v.State == apiclient.CampaignScheduled
}

func (v CampaignView) stateAt() string {
	state := text.Word(strings.ReplaceAll(v.State, "_", " "), 40)
	switch {
	case v.At == "":
		return state
	case v.State == apiclient.CampaignScheduled:
		return "scheduled for " + v.At
	}
	return state + ", started " + v.At
}

// audience says whom a campaign goes to, as far as the API tells.
func (v CampaignView) audience() string {
	var to []string
	if len(v.Lists) > 0 {
		to = append(to, describeLists(v.Lists)+more(v.OmittedLists, "list"))
	}
	if v.Segments > 0 {
		to = append(to, text.Count(v.Segments, "segment")+" of Mailtrap's own")
	}
	switch {
	case len(to) > 0:
		return "to " + strings.Join(to, " and ")
	case v.unchosen:
		return "no audience chosen yet"
	}
	return "audience not known: Mailtrap names no list or segment of it; they may have been deleted"
}

// String is the results in a few words, with shares as Mailtrap has them: of what was sent, and of what was delivered.
func (r ResultsView) String() string {
	if r.Sent != nil && *r.Sent == 0 {
		return "nothing sent yet"
	}
	share := func(n, of *int64, what string) string {
		switch {
		case n == nil:
			return "unknown how many " + what
		case of == nil || *of == 0:
			return text.Number(int(*n)) + " " + what
		}
		return fmt.Sprintf("%s (%.1f %%) %s", text.Number(int(*n)), 100*float64(*n)/float64(*of), what)
	}
	return share(r.Sent, nil, "sent") + ", " + share(r.Delivered, r.Sent, "delivered") + ", " + share(r.Bounced, r.Sent, "bounced") + ", " +
		share(r.SpamComplaints, r.Sent, "spam complaints") + "; of those delivered: " + share(r.Opened, r.Delivered, "opened") + ", " +
		share(r.Clicked, r.Delivered, "clicked") + ", " + share(r.Unsubscriptions, r.Delivered, "unsubscribed")
}

// Shrink keeps the result within its bounds. Campaigns that do not fit are on the next page.
func (out ListCampaignsOutput) Shrink(width int) Output {
	kept, omitted := capped(out.Campaigns, max(width/4, 1))
	if omitted > 0 {
		out.NextCursor = strconv.FormatInt(kept[len(kept)-1].ID, 10)
	}
	out.ResultsUnseen = text.ClipProse(out.ResultsUnseen, 3*max(width, 40))
	out.Campaigns = make([]CampaignView, len(kept))
	for i, one := range kept {
		one.Name, one.Subject, one.Domain = text.Clip(one.Name, width), text.Clip(one.Subject, width), text.Clip(one.Domain, width)
		one.Why = text.Clip(one.Why, width)
		one.Lists, one.OmittedLists = shrinkLists(one.Lists, width)
		tags, omitted := capped(one.Tags, width)
		one.Tags, one.OmittedTags = clipAll(tags, width), omitted
		out.Campaigns[i] = one
	}
	return out
}
