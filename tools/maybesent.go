package tools

import (
	"context"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/text"
)

// OtherCampaignView is a campaign to some of the same people.
type OtherCampaignView struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	State string `json:"state"`
	At    string `json:"at"`
	// Contacts is how many of the audience are subscribed and on its lists now. It is nil where it goes to segments of Mailtrap's own
	// as well.
	Contacts *int `json:"contacts,omitempty" jsonschema_description:"Of the audience on its lists; absent: not known"`
}

const (
	// closeBy is within what time another campaign to the same people is told.
	closeBy = 7 * 24 * time.Hour
	// shownCampaigns is how many of them are counted and shown.
	shownCampaigns = 5
)

// otherCampaigns tells which other campaigns go to the same people within a week.
func (box *Toolbox) otherCampaigns(
	ctx context.Context, sn *audience.Snapshot, count counter, who audienceAsked, out *CheckAudienceOutput,
) error {
	around := time.Now()
	if who.campaign != nil && !who.campaign.Metadata.ScheduledAt.IsZero() && who.campaign.State == apiclient.CampaignScheduled {
		around = who.campaign.Metadata.ScheduledAt.Time
	}
	campaigns, next, err := box.API.Campaigns(ctx, "", 1)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		cause := explain(explainCampaigns(err))
		out.Unknown = append(out.Unknown, "Whether other campaigns go to the same people: "+cause.What)
		return nil
	}
	if next != 0 {
		out.Notes = append(out.Notes, "Only the newest "+text.Count(len(campaigns), "campaign")+" were looked at for others to the same people.")
	}
	facts, err := sn.Facts(ctx)
	if err != nil {
		return err
	}
	further := 0
	for _, other := range campaigns {
		at := sentAt(other)
		isIt := who.campaign != nil && other.ID == who.campaign.ID
		if isIt || at.IsZero() || at.Sub(around).Abs() > closeBy {
			continue
		}
		if len(out.Others) == shownCampaigns {
			further++
			continue
		}
		view := OtherCampaignView{ID: other.ID, Name: text.Clean(other.Name), State: text.Clip(other.State, 40), At: stamp(at)}
		if lists := listsIn(facts, other.ListIDs); len(other.SegmentIDs) == 0 {
			if len(lists) == 0 {
				continue
			}
			n, err := count(isSubscribed + " AND " + narrowing(lists, ""))
			if err != nil {
				return err
			}
			if view.Contacts = &n[0]; n[0] == 0 {
				continue
			}
		}
		out.Others = append(out.Others, view)
	}
	if further > 0 {
		out.Notes = append(out.Notes, text.Count(further, "more campaign")+" within seven days "+isOrAre(further)+" not shown.")
	}
	return nil
}

// sentAt is when a campaign was started last, or is to be; zero of one that is neither.
func sentAt(campaign apiclient.Campaign) apiclient.Timestamp {
	switch campaign.State {
	case apiclient.CampaignScheduled:
		return campaign.Metadata.ScheduledAt
	case apiclient.CampaignDraft:
		return apiclient.Timestamp{}
	}
	return campaign.LastStartedAt
}

// mayBeSent tells whether the campaign's domain may send, and how many mails are left.
func (box *Toolbox) mayBeSent(ctx context.Context, who audienceAsked, out *CheckAudienceOutput) error {
	if domain := who.domain(); domain != "" {
		domains, err := box.API.SendingDomains(ctx)
		if err != nil {
			out.Unknown = append(out.Unknown, "Whether the sending domain "+text.Quote(domain)+" is verified: "+explain(err).What)
		} else if out.Domain = statusOf(domains, domain); out.Domain == "" {
			out.Unknown = append(out.Unknown, "Whether the sending domain "+text.Quote(domain)+" is verified: Mailtrap does not tell.")
		}
	}
	allowed, err := box.API.Allowance(ctx)
	switch {
	case err != nil:
		out.Unknown = append(out.Unknown, "How many mails are left of the plan: "+explain(err).What)
	case allowed.Sent == nil || allowed.Limit == nil:
		out.Unknown = append(out.Unknown, "How many mails are left of the plan: Mailtrap does not tell.")
	default:
		out.MailLeft = new(max(0, int(*allowed.Limit-*allowed.Sent)))
	}
	return ctx.Err()
}

func statusOf(domains []apiclient.SendingDomain, name string) string {
	for _, domain := range domains {
		if strings.EqualFold(domain.Name, name) {
			return text.Clip(domain.Compliance, 60)
		}
	}
	return ""
}
