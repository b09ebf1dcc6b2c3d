package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/text"
)

// ReachView is how many of an audience get mail. Eligible and excluded make up its contacts, for each stream.
type ReachView struct {
	Contacts      int         `json:"contacts"`
	NotContacts   int         `json:"not_contacts,omitempty" jsonschema_description:"Named, and not in this account"`
	Unsubscribed  int         `json:"unsubscribed"`
	OtherStatus   int         `json:"other_status,omitempty" jsonschema_description:"Neither subscribed nor unsubscribed; counted as excluded"`
	Bulk          *StreamView `json:"bulk,omitempty" jsonschema_description:"Absent: not known"`
	Transactional *StreamView `json:"transactional,omitempty" jsonschema_description:"Absent: not known"`
}

// StreamView is how those who are subscribed stand in one stream of the sending side. Who is suppressed for several reasons counts
// for the first of them.
type StreamView struct {
	Eligible       int `json:"eligible"`
	SpamComplaint  int `json:"spam_complaint,omitempty"`
	HardBounce     int `json:"hard_bounce,omitempty"`
	Unsubscription int `json:"unsubscription,omitempty"`
	ManualImport   int `json:"manual_import,omitempty"`
	Other          int `json:"other_suppression,omitempty"`
	Unknown        int `json:"unknown,omitempty" jsonschema_description:"Mailtrap does not tell for which stream or domain they are suppressed"`
}

// MissingValueView is a merge tag that contacts have no value for.
type MissingValueView struct {
	MergeTag string `json:"merge_tag"`
	Contacts int    `json:"contacts"`
}

// counter counts those of an audience whom each of some conditions fits.
type counter func(conditions ...string) ([]int, error)

// reach counts how many of an audience get mail.
func (box *Toolbox) reach(ctx context.Context, who audienceAsked, out *CheckAudienceOutput) error {
	asked, err := box.ask(ctx, who.segment, who.where, need{writing: true})
	if err != nil {
		return err
	}
	defer asked.Release()
	if len(who.lists) > 0 {
		asked.narrow = narrowing(who.lists, "")
		if err := asked.Check(ctx, asked.narrow); err != nil {
			return err
		}
	}
	if who.segment+who.where != "" {
		notes, err := asked.notes(ctx)
		if err != nil {
			return err
		}
		out.Notes = append(out.Notes, notes...)
	}
	count := asked.counter(ctx, who)
	out.Snapshot, out.Reach = asked.view, &ReachView{}
	if err := out.Reach.standing(count, who); err != nil {
		return err
	}
	if err := box.missingValues(ctx, count, who, out); err != nil {
		return err
	}
	if unseen := box.stateSuppressions(ctx, asked.Snapshot, &out.Snapshot, false, "suppressed"); unseen != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		cause := explain(unseen)
		out.Unknown = append(out.Unknown, "Who of those subscribed is suppressed: "+cause.What+" "+cause.Next)
	} else if err := out.Reach.suppressed(count, who.domain()); err != nil {
		return err
	}
	return box.otherCampaigns(ctx, asked.Snapshot, count, who, out)
}

func (a *asked) counter(ctx context.Context, who audienceAsked) counter {
	if who.named == nil {
		return func(conditions ...string) ([]int, error) { return a.CountEach(ctx, a.narrowed(), conditions) }
	}
	return func(conditions ...string) ([]int, error) {
		counts := make([]int, len(conditions))
		var err error
		for i := 0; i < len(conditions) && err == nil; i++ {
			counts[i], err = who.named.countIn(ctx, a.Snapshot, conditions[i])
		}
		return counts, err
	}
}

// domain is the sending domain of a campaign; empty where all count.
func (a audienceAsked) domain() string {
	if a.campaign == nil {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(a.campaign.DomainName))
}

const isSubscribed = "status = '" + apiclient.Subscribed + "'"

// standing counts who is subscribed.
func (v *ReachView) standing(count counter, who audienceAsked) error {
	counts, err := count("email IS NOT NULL", "status = '"+apiclient.Unsubscribed+"'", isSubscribed)
	if err != nil {
		return err
	}
	v.Contacts, v.Unsubscribed = counts[0], counts[1]
	v.OtherStatus = v.Contacts - v.Unsubscribed - counts[2]
	if who.named != nil {
		v.NotContacts = max(0, who.count-v.Contacts)
	}
	return nil
}

// suppressed counts how those who are subscribed stand in each stream. domain is the sending domain that counts; empty for all.
func (v *ReachView) suppressed(count counter, domain string) error {
	for _, stream := range []struct {
		name string
		view **StreamView
	}{{"bulk", &v.Bulk}, {"transactional", &v.Transactional}} {
		view, err := standingIn(count, stream.name, domain)
		if err != nil {
			return err
		}
		view.Unknown = v.Contacts - v.Unsubscribed - v.OtherStatus - view.Eligible - view.excluded()
		*stream.view = view
	}
	return nil
}

// standingIn counts each type with those before it: whoever is certain to have one of them counts, whatever is not known of others.
func standingIn(count counter, stream, domain string) (*StreamView, error) {
	is := func(kind string) string {
		names := []string{kind, stream}
		if domain != "" {
			names = append(names, domain)
		}
		return "is_suppressed('" + strings.Join(names, "', '") + "')"
	}
	view := &StreamView{}
	asked := []string{isSubscribed + " AND NOT " + is("any")}
	var before []string
	for _, reason := range view.reasons() {
		before = append(before, is(reason.kind))
		asked = append(asked, isSubscribed+" AND ("+strings.Join(before, " OR ")+")")
	}
	counts, err := count(asked...)
	if err != nil {
		return nil, err
	}
	view.Eligible = counts[0]
	counted := 0
	for i, reason := range view.reasons() {
		*reason.to, counted = counts[1+i]-counted, counts[1+i]
	}
	return view, nil
}

// reason is why mail to somebody is not delivered.
type reason struct {
	kind, said string // Mailtrap's type, and how it is said of several
	to         *int
}

// reasons are in the order in which they count.
func (v *StreamView) reasons() []reason {
	return []reason{
		{"spam complaint", "reported spam", &v.SpamComplaint}, {"hard bounce", "bounced", &v.HardBounce},
		{"unsubscription", "unsubscribed by a mail's link", &v.Unsubscription}, {"manual import", "suppressed by hand", &v.ManualImport},
		{"any", "suppressed for another reason", &v.Other},
	}
}

func (v *StreamView) excluded() (sum int) {
	for _, reason := range v.reasons() {
		sum += *reason.to
	}
	return sum
}

// missingValues counts for which merge tags those who are subscribed have no value.
func (box *Toolbox) missingValues(ctx context.Context, count counter, who audienceAsked, out *CheckAudienceOutput) error {
	fields, err := box.Catalog.Fields(ctx)
	if err != nil {
		return err
	}
	var asked, tags, unknown []string
	for _, given := range who.tags {
		tag := strings.ToLower(strings.Trim(given, "{} "))
		at := slices.IndexFunc(fields, func(field apiclient.Field) bool { return strings.EqualFold(field.MergeTag, tag) })
		switch {
		case tag == "" || tag == "email":
		case at < 0:
			unknown = append(unknown, text.QuoteUpTo(given, 60))
		case !slices.Contains(tags, fields[at].MergeTag):
			tags = append(tags, fields[at].MergeTag)
			asked = append(asked, isSubscribed+fmt.Sprintf(" AND field('id:%d') IS NULL", fields[at].ID))
		}
	}
	if len(unknown) > 0 {
		out.Unknown = append(out.Unknown, "What fills "+text.Listing(unknown, 10)+": no field of the account has such a merge tag.")
	}
	counts, err := count(asked...)
	for i, n := range counts {
		if n > 0 {
			out.Missing = append(out.Missing, MissingValueView{tags[i], n})
		}
	}
	return err
}

// listsIn are those of some lists that a snapshot knows.
func listsIn(facts audience.Facts, ids []int64) (known []apiclient.List) {
	for _, list := range facts.Lists {
		if slices.Contains(ids, list.ID) {
			known = append(known, list)
		}
	}
	return known
}
