package tools

import (
	"context"
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/text"
)

var checkAudience = Tool[CheckAudienceInput, CheckAudienceOutput]{
	Name: "check_audience", Title: "Check whom a campaign will reach", Toolset: Campaigns, Effect: Reads,
	Description: "Says how many of an audience are eligible for mail, who is excluded and why, and for how many a merge tag has no value.",
	Example:     `{"lists": ["Newsletter"], "merge_tags": ["plan"]}`,
	Run:         (*Toolbox).checkAudience,
}

// CheckAudienceInput is whom to check: one of the ways to say it, which a call gives exactly one of.
type CheckAudienceInput struct {
	Campaign  string   `json:"campaign,omitempty" jsonschema_description:"Its id or whole name"`
	Lists     []string `json:"lists,omitempty" jsonschema_description:"Members of any of these"`
	Segment   string   `json:"segment,omitempty"`
	Where     string   `json:"where,omitempty" jsonschema_description:"As in search_contacts"`
	File      string   `json:"file,omitempty" jsonschema_description:"Of addresses or UUIDs"`
	Contacts  []string `json:"contacts,omitempty" jsonschema:"maxItems=1000" jsonschema_description:"Addresses or UUIDs"`
	MergeTags []string `json:"merge_tags,omitempty" jsonschema:"maxItems=40" jsonschema_description:"That the mail uses; of a campaign they are known"`
}

// Check wants exactly one audience.
func (in CheckAudienceInput) Check() error {
	err := exactlyOne("Choose the audience with exactly one of campaign, lists, segment, where, file and contacts.",
		way{"campaign", in.Campaign != ""}, way{"lists", len(in.Lists) > 0}, way{"segment", in.Segment != ""},
		way{"where", strings.TrimSpace(in.Where) != ""}, way{"file", in.File != ""}, way{"contacts", len(in.Contacts) > 0})
	if err != nil {
		return err
	}
	_, err = contacts.ParseAll("contacts", in.Contacts)
	return err
}

// CheckAudienceOutput is whom an audience is and whom mail to it reaches.
type CheckAudienceOutput struct {
	Audience string     `json:"audience"`
	Campaign int64      `json:"campaign_id,omitempty"`
	Reach    *ReachView `json:"reach,omitempty" jsonschema_description:"Absent where nobody of the audience is known here"`
	// Missing are the merge tags that contacts have no value for who would get the mail.
	Missing  []MissingValueView  `json:"missing_values,omitempty" jsonschema_description:"Merge tags, of those who are subscribed; a warning, nobody is excluded"`
	Others   []OtherCampaignView `json:"other_campaigns,omitempty" jsonschema_description:"Within seven days, to some of them"`
	Domain   string              `json:"domain_status,omitempty" jsonschema_description:"In Mailtrap's word"`
	MailLeft *int                `json:"mails_left,omitempty" jsonschema_description:"Absent: not known"`
	// Unknown is what could not be found out, and why.
	Unknown  []string     `json:"unknown,omitempty"`
	Notes    []string     `json:"notes,omitempty"`
	Snapshot SnapshotView `json:"snapshot,omitzero"`

	domain  string // for which suppressions count; empty for all
	omitted int    // merge tags that do not fit
}

func (box *Toolbox) checkAudience(ctx context.Context, in CheckAudienceInput) (out CheckAudienceOutput, err error) {
	who, err := box.audienceOf(ctx, in)
	if err != nil {
		return out, err
	}
	out.Audience, out.Notes = who.said, who.notes
	if who.campaign != nil {
		out.Campaign, out.domain = who.campaign.ID, who.domain()
		out.Unknown = append(out.Unknown, who.unknown()...)
	}
	if who.isKnown() {
		if err := box.reach(ctx, who, &out); err != nil {
			return out, err
		}
	}
	return out, box.mayBeSent(ctx, who, &out)
}

// audienceAsked is an audience: contacts that fit a condition, or that are named.
type audienceAsked struct {
	campaign *apiclient.Campaign
	lists    []apiclient.List // whose members it is
	segment  string
	where    string
	named    *contactSet // nil: whoever fits
	count    int         // of those named
	tags     []string    // merge tags that the mail uses
	said     string
	notes    []string
}

// isKnown reports that somebody of the audience can be known here.
func (a audienceAsked) isKnown() bool { return a.campaign == nil || len(a.lists) > 0 }

// unknown is what of a campaign's audience is not known here.
func (a audienceAsked) unknown() []string {
	switch n := len(a.campaign.SegmentIDs); {
	case n > 0 && len(a.lists) > 0:
		return []string{"Who is in " + text.Count(n, "segment") + " of Mailtrap's own that the campaign goes to as well: the API does not " +
			"tell. All numbers are of its lists alone, and it reaches more."}
	case n > 0:
		return []string{"Whom it reaches: it goes to " + text.Count(n, "segment") + " of Mailtrap's own, and the API does not tell who is " +
			"in them."}
	case len(a.lists) == 0:
		return []string{"Whom it reaches: the campaign names no list and no segment."}
	}
	return nil
}

// audienceOf finds out whom a call asks about.
func (box *Toolbox) audienceOf(ctx context.Context, in CheckAudienceInput) (who audienceAsked, err error) {
	who = audienceAsked{segment: strings.TrimSpace(in.Segment), where: strings.TrimSpace(in.Where), tags: in.MergeTags}
	switch {
	case in.Campaign != "":
		campaign, err := box.campaign(ctx, in.Campaign)
		if err != nil {
			return who, explainCampaigns(err)
		}
		who.campaign = &campaign
		who.tags = append(who.tags, campaign.Template.MergeTags...)
		if who.lists, err = box.listsThere(ctx, campaign.ListIDs); err != nil {
			return who, err
		}
		view := box.viewCampaign(ctx, campaign)
		who.said = fmt.Sprintf("campaign %s (id %d), %s, %s", text.Quote(campaign.Name), campaign.ID, view.stateAt(), view.audience())
		if gone := len(campaign.ListIDs) - len(who.lists); gone > 0 {
			who.notes = append(who.notes, text.Count(gone, "list")+" of the campaign "+isOrAre(gone)+" not in the account any more.")
		}
	case len(in.Lists) > 0:
		if who.lists, err = box.Catalog.ResolveLists(ctx, in.Lists); err != nil {
			return who, err
		}
		who.said = "members of " + describeLists(viewLists(who.lists))
	case who.segment != "":
		who.said = "segment " + text.Quote(who.segment)
	case in.File != "":
		who.said = "contacts of " + text.Quote(in.File)
		return who, box.readNamed(ctx, in.File, &who)
	case len(in.Contacts) > 0:
		refs, err := contacts.ParseAll("contacts", in.Contacts)
		who.named, who.count, who.said = new(newContactSet()), len(refs), text.Count(len(refs), "contact")
		for _, ref := range refs {
			who.named.add(ref.String())
		}
		return who, err
	default:
		who.said = "contacts where " + text.QuoteUpTo(who.where, shownWhere)
	}
	return who, nil
}

// readNamed reads whom a file names.
func (box *Toolbox) readNamed(ctx context.Context, path string, who *audienceAsked) error {
	file, err := box.Folders.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	who.named = new(newContactSet())
	source, err := intake.ReadAddresses(ctx, file, intake.Reading{Willing: true}, who.named)
	if err != nil {
		return err
	}
	who.count = source.Contacts
	if len(source.Columns) > 1 {
		who.notes = append(who.notes, willing(*source)...)
	}
	if source.Doubted != nil {
		who.notes = append(who.notes, source.Doubted.What+" "+source.Doubted.Why+" That is not considered.")
	}
	if out := source.OptedOut + source.HeldBack; out > 0 {
		who.notes = append(who.notes, "Excluded, and not counted above: "+text.Number(source.OptedOut)+" because the file says no, "+
			text.Number(source.HeldBack)+" because it leaves that open. "+
			"A campaign to a list they are on reaches those who are subscribed all the same.")
	}
	if source.Rejected > 0 {
		who.notes = append(who.notes, text.Count(source.Rejected, "row")+" of the file "+isOrAre(source.Rejected)+" not counted:")
		named := source.Named[:min(len(source.Named), namedUncounted)]
		for _, row := range named {
			view := RowView{Line: row.Line, Email: row.Email}
			who.notes = append(who.notes, "- line "+view.who()+": "+text.ClipProse(intake.Brief(row.Reason), 90))
		}
		if left := source.Rejected - len(named); left > 0 {
			who.notes = append(who.notes, "-"+more(left, "row"))
		}
	}
	return nil
}

// namedUncounted is how many rows of a file are named that are not counted.
const namedUncounted = 5

// listsThere are those of some lists that the account has.
func (box *Toolbox) listsThere(ctx context.Context, ids []int64) (there []apiclient.List, err error) {
	all, err := box.Catalog.Lists(ctx)
	for _, id := range ids {
		for _, list := range all {
			if list.ID == id {
				there = append(there, list)
			}
		}
	}
	return there, err
}
