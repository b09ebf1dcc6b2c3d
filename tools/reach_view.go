package tools

import (
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// Summary is the text an agent reads.
func (out CheckAudienceOutput) Summary() string {
	said := []string{"Audience: " + out.Audience + "."}
	if out.Reach != nil {
		said = append(said, out.Reach.describe())
	}
	if out.Reach != nil && out.Reach.Bulk != nil {
		of := "of any sending domain"
		if out.domain != "" {
			of = "for the sending domain " + text.Quote(out.domain)
		}
		said = append(said, "Suppressions "+of+" count. Whether a campaign honours those of bulk or of transactional mail is not documented.")
	}
	missing := make([]string, len(out.Missing))
	for i, one := range out.Missing {
		missing[i] = one.MergeTag + " " + text.Number(one.Contacts)
	}
	said = append(said, enumerated("Subscribed contacts without a value, by merge tag: ", missing, out.omitted, "merge tag"))
	if out.Domain != "" {
		said = append(said, "Mailtrap says of the sending domain: "+text.Quote(out.Domain)+".")
	}
	said = append(said, out.quota())
	others := make([]string, len(out.Others))
	for i, one := range out.Others {
		others[i] = one.describe()
	}
	said = append(said, enumerated("Other campaigns to the same people within seven days: ", others, 0, ""))
	for _, unknown := range out.Unknown {
		said = append(said, "Not known: "+unknown)
	}
	said = append(said, out.Notes...)
	if out.Reach != nil {
		said = append(said, out.Snapshot.String())
	}
	return lines(said...)
}

// quota says how many mails are left, where that may be too few.
func (out CheckAudienceOutput) quota() string {
	if out.MailLeft == nil {
		return ""
	}
	said := "Mails left of the plan: " + text.Number(*out.MailLeft)
	if out.Reach != nil && out.Reach.Bulk != nil && *out.MailLeft < max(out.Reach.Bulk.Eligible, out.Reach.Transactional.Eligible) {
		said += ", fewer than are eligible"
	}
	return said + "."
}

func (v *ReachView) describe() string {
	said := text.Count(v.Contacts, "contact")
	if v.NotContacts > 0 {
		said += ", and " + text.Number(v.NotContacts) + " who " + isOrAre(v.NotContacts) + " not in this account and will get nothing"
	}
	said += ": " + text.Number(v.Contacts-v.Unsubscribed-v.OtherStatus) + " subscribed, " + text.Number(v.Unsubscribed) + " unsubscribed"
	if v.OtherStatus > 0 {
		said += ", " + text.Number(v.OtherStatus) + " of another status"
	}
	return lines(said+".", v.Bulk.describe("Bulk"), v.Transactional.describe("Transactional"))
}

// describe says who of those subscribed gets mail of a stream.
func (v *StreamView) describe(stream string) string {
	if v == nil {
		return ""
	}
	var out []string
	for _, reason := range v.reasons() {
		if *reason.to > 0 {
			out = append(out, text.Number(*reason.to)+" "+reason.said)
		}
	}
	if v.Unknown > 0 {
		out = append(out, text.Number(v.Unknown)+" may be suppressed: for which stream or domain Mailtrap does not tell")
	}
	if len(out) == 0 {
		out = []string{"nobody"}
	}
	return fmt.Sprintf("- %s mail: %s eligible; of those subscribed excluded: %s.", stream, text.Number(v.Eligible), strings.Join(out, ", "))
}

func (v OtherCampaignView) describe() string {
	of := "how many of them is not known"
	if v.Contacts != nil {
		of = text.Count(*v.Contacts, "contact")
	}
	return fmt.Sprintf("%s (id %d, %s, %s): %s", text.Quote(v.Name), v.ID, text.Word(v.State, 40), v.At, of)
}

// Shrink keeps the result within its bounds.
func (out CheckAudienceOutput) Shrink(width int) Output {
	out.Audience = text.ClipProse(out.Audience, 2*max(width, 60))
	kept, omitted := capped(out.Missing, max(2, width/4))
	out.Missing, out.omitted = kept, out.omitted+omitted
	out.Unknown = clipAll(out.Unknown, 3*max(width, 60))
	notes, omitted := capped(clipAll(out.Notes, 3*max(width, 60)), max(1, width/8))
	if out.Notes = notes; omitted > 0 {
		out.Notes = append(out.Notes, "There is more to note of it, which is left out here.")
	}
	return out
}
