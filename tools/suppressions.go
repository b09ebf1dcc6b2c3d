package tools

import (
	"context"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

var checkSuppressions = Tool[CheckSuppressionsInput, CheckSuppressionsOutput]{
	Name: "check_suppressions", Title: "Find out why someone gets no mail", Toolset: Account, Effect: Reads,
	Description: "Says why people get no mail: unsubscribed as contacts, or suppressed on the sending side. Without contacts " +
		"it sums up all suppressions.",
	Example: `{"contacts": ["ann@example.com"]}`,
	Run:     (*Toolbox).checkSuppressions,
}

// CheckSuppressionsInput names the people.
type CheckSuppressionsInput struct {
	Contacts []string `json:"contacts,omitempty" jsonschema:"maxItems=10" jsonschema_description:"Addresses or UUIDs"`
}

// CheckSuppressionsOutput is what stops mail to each of the people, or the totals of all suppressions.
type CheckSuppressionsOutput struct {
	Checked []CheckedView `json:"checked,omitempty"`
	// Unseen is why the sending side could not be looked at, for some of the people or for all, and what to do about it.
	Unseen string               `json:"sending_side_unseen,omitempty"`
	All    *SuppressionSumsView `json:"all,omitempty"`

	reading bool // this server writes to no contact
}

// CheckedView is what is known of one person: as a marketing contact, and on the sending side.
type CheckedView struct {
	Contact string `json:"contact" jsonschema_description:"The address, or a UUID that is no contact's"`
	Status  string `json:"status,omitempty" jsonschema_description:"As a marketing contact; absent: there is no such contact"`
	Lists   int    `json:"lists" jsonschema_description:"Lists the contact is on"`
	// Seen is set when the sending side was looked at.
	Seen         bool              `json:"sending_side_seen"`
	Suppressions []SuppressionView `json:"suppressions"`
	// Omitted counts the suppressions left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`

	noAddress bool
	optedOut  bool // no contact, and may only become one again with their consent
}

// SuppressionView is why the sending side sends nothing to an address. What Mailtrap does not tell is absent.
type SuppressionView struct {
	Type   string `json:"type,omitempty"`
	Stream string `json:"stream,omitempty"`
	Domain string `json:"domain,omitempty"`
	Since  string `json:"since,omitempty"`
}

func (box *Toolbox) checkSuppressions(ctx context.Context, in CheckSuppressionsInput) (CheckSuppressionsOutput, error) {
	if len(in.Contacts) == 0 {
		all, err := box.sumSuppressions(ctx)
		return CheckSuppressionsOutput{All: &all}, err
	}
	refs, err := contacts.ParseAll("contacts", in.Contacts)
	if err != nil {
		return CheckSuppressionsOutput{}, err
	}
	looked, err := box.Contacts.LookUp(ctx, refs)
	if err != nil {
		return CheckSuppressionsOutput{}, err
	}
	out := CheckSuppressionsOutput{Checked: make([]CheckedView, len(looked)), reading: !box.offers("update_contact")}
	for i, one := range looked {
		out.Checked[i] = CheckedView{Contact: one.Ref.String(), Suppressions: []SuppressionView{}, noAddress: !one.Known && one.Ref.ByUUID()}
		switch {
		case !one.Known && !one.Ref.ByUUID():
			why, err := box.Contacts.OptedOut(ctx, one.Ref.String())
			if err != nil {
				return CheckSuppressionsOutput{}, err
			}
			out.Checked[i].optedOut = why != nil
		case one.Known:
			out.Checked[i].Contact, out.Checked[i].Status, out.Checked[i].Lists = one.Found.Email, text.Clip(one.Found.Status,
				40), len(one.Found.ListIDs)
		}
	}
	// What is known of them as contacts is worth an answer, whatever becomes of the sending side.
	if err := box.addSuppressions(ctx, out.Checked); err != nil {
		cause := explain(suppressions.Fault(err))
		out.Unseen = cause.What + " " + cause.Next
	}
	return out, nil
}

// addSuppressions looks the addresses up on the sending side, one after the other: there are few, and what stops one stops
// those after it. Only an address that the API refuses is passed over.
func (box *Toolbox) addSuppressions(ctx context.Context, checked []CheckedView) (refused error) {
	ctx, cancel := leavingAnswerTime(ctx)
	defer cancel()
	for i := range checked {
		if checked[i].noAddress {
			continue
		}
		found, err := box.API.Suppressions(ctx, apiclient.SuppressionFilter{Email: checked[i].Contact})
		switch {
		case apiclient.IsKind(err, apiclient.Refused):
			refused = err
			continue
		case err != nil:
			return err
		}
		checked[i].Seen = true
		for _, suppression := range found {
			if strings.EqualFold(suppression.Email, checked[i].Contact) {
				checked[i].Suppressions = append(checked[i].Suppressions, viewSuppression(suppression))
			}
		}
	}
	return refused
}

// leavingAnswerTime ends work in time for the call's answer to tell what was done until then.
func leavingAnswerTime(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-answerTime))
	}
	return context.WithCancel(ctx)
}

func viewSuppression(suppression apiclient.Suppression) SuppressionView {
	view := SuppressionView{
		Type: text.Clip(suppression.Type, 40), Stream: text.Clip(suppression.SendingStream, 40), Domain: text.Clean(suppression.DomainName),
	}
	if !suppression.CreatedAt.IsZero() {
		view.Since = suppression.CreatedAt.UTC().Format(time.DateOnly)
	}
	return view
}

// Summary is the text an agent reads.
func (out CheckSuppressionsOutput) Summary() string {
	if out.All != nil {
		return out.All.describe()
	}
	parts := []string{"Mail can be stopped in two places: as a marketing contact a person may be unsubscribed, and on the " +
		"sending side an address may be suppressed."}
	for _, one := range out.Checked {
		parts = append(parts, "- "+one.describe())
	}
	if out.Unseen != "" {
		said := "The sending side could not be checked for those marked so. " + out.Unseen
		if !strings.Contains(out.Unseen, "under Suppressions") {
			said += " The operator can also find it in Mailtrap under Suppressions."
		}
		parts = append(parts, said)
	}
	return lines(append(parts, out.advice()...)...)
}

// describe is what stops mail to one person, in a line.
func (v CheckedView) describe() string {
	asContact := text.Word(v.Status, 40) + " as a contact"
	switch {
	case v.noAddress:
		return text.Word(v.Contact, apiclient.MaxEmail) + ": no contact has this UUID"
	case v.Status == "":
		asContact = "no contact of this account"
	case v.Lists == 0:
		asContact += " (and on no list)"
	}
	sending := "not suppressed on the sending side"
	switch {
	case !v.Seen:
		sending = "the sending side could not be looked at"
	case len(v.Suppressions) > 0:
		shown := make([]string, len(v.Suppressions))
		for i, suppression := range v.Suppressions {
			shown[i] = suppression.String()
		}
		sending = "suppressed on the sending side: " + strings.Join(shown, ", ") + more(v.Omitted, "suppression")
	case v.isFree():
		sending += "; neither stops mail"
	}
	return text.Word(v.Contact, apiclient.MaxEmail) + ": " + asContact + "; " + sending
}

// isFree reports whether nothing that was looked at stops mail to a contact.
func (v CheckedView) isFree() bool {
	return v.Seen && len(v.Suppressions) == 0 && v.Status == apiclient.Subscribed
}

// String is the suppression in a few words: "hard bounce (bulk stream, example.com, since 2025-06-27)".
func (v SuppressionView) String() string {
	var details []string
	if v.Stream == "any" {
		details = append(details, "all streams")
	} else if v.Stream != "" {
		details = append(details, text.Word(v.Stream, 40)+" stream")
	}
	if v.Domain != "" {
		details = append(details, text.Word(v.Domain, text.MaxValue))
	}
	if v.Since != "" {
		details = append(details, "since "+v.Since)
	}
	reason := typeName(v.Type)
	if v.Type == "" {
		reason = "for a reason not given"
	}
	if len(details) == 0 {
		return reason
	}
	return reason + " (" + strings.Join(details, ", ") + ")"
}

// typeName is a type of suppression within a sentence: those that Mailtrap has are of two words.
func typeName(kind string) string {
	if slices.Contains([]string{"hard bounce", "spam complaint", "manual import"}, kind) {
		return kind
	}
	return text.Word(kind, 40)
}

// advice is what can be done, once for each thing that stops mail to one of the people.
func (out CheckSuppressionsOutput) advice() []string {
	var advice []string
	add := func(sentence string, applies func(CheckedView) bool) {
		if slices.ContainsFunc(out.Checked, applies) {
			advice = append(advice, sentence)
		}
	}
	with := func(tool string) string { // where it is offered
		if out.reading {
			return ""
		}
		return tool
	}
	add("Unsubscribed: only if the person agrees to get mail again"+with(", update_contact with unsubscribed: false and their consent")+".",
		func(v CheckedView) bool { return v.Status == apiclient.Unsubscribed && !v.isSuppressed() })
	add("Unsubscribed and suppressed: Mailtrap subscribes nobody whose address is suppressed. If the person wants mail again, the "+
		"operator has to lift the suppression first; only then can they be subscribed, with their consent.",
		func(v CheckedView) bool {
			return v.Status == apiclient.Unsubscribed && v.isSuppressed() && !v.wantsNoMail()
		})
	add("Hard bounce: the address does not accept mail; find out the right one"+with(" and correct it with update_contact")+".",
		func(v CheckedView) bool { return v.isSuppressed("hard bounce") })
	add("Unsubscription or spam complaint on the sending side: the person wants no mail; leave it.", CheckedView.wantsNoMail)
	add("Manual import: somebody put the address there on purpose; ask the operator.",
		func(v CheckedView) bool { return v.isSuppressed("manual import") })
	add("Only a person can lift a suppression, in Mailtrap under Suppressions.", func(v CheckedView) bool { return v.isSuppressed() })
	add("Not a contact, and unsubscribed before: campaigns do not reach the person; only if they agree to get mail again"+
		with(", update_contact with create_if_missing: true, unsubscribed: false and their consent")+".",
		func(v CheckedView) bool { return v.isStranger() && v.optedOut })
	add("Not a contact: campaigns do not reach the person"+with("; create_contact, if they want mail")+".",
		func(v CheckedView) bool { return v.isStranger() && !v.optedOut })
	add("If neither stops mail: check with get_contact whether the person is on the list that was mailed; the e-mail logs in "+
		"Mailtrap show what happened to a message.", CheckedView.isFree)
	return advice
}

// isSuppressed reports that the sending side stops mail, for one of the reasons if any are given.
func (v CheckedView) isSuppressed(types ...string) bool {
	return slices.ContainsFunc(v.Suppressions, func(s SuppressionView) bool { return len(types) == 0 || slices.Contains(types, s.Type) })
}

// wantsNoMail reports that the person had the sending side stop mail.
func (v CheckedView) wantsNoMail() bool { return v.isSuppressed("unsubscription", "spam complaint") }

// isStranger reports that the person is not a contact, and that mail would reach them if they were.
func (v CheckedView) isStranger() bool { return v.Status == "" && !v.noAddress && !v.isSuppressed() }

// Shrink keeps the result within its bounds.
func (out CheckSuppressionsOutput) Shrink(width int) Output {
	if out.All != nil {
		shrunk := out.All.shrink(width)
		out.All = &shrunk
		return out
	}
	out.Checked = slices.Clone(out.Checked)
	for i := range out.Checked {
		one := &out.Checked[i]
		kept, omitted := capped(one.Suppressions, max(width/10, 1))
		one.Contact, one.Omitted = text.Clip(one.Contact, max(width, 40)), omitted
		one.Suppressions = make([]SuppressionView, len(kept))
		for at, suppression := range kept {
			suppression.Domain = text.Clip(suppression.Domain, width)
			one.Suppressions[at] = suppression
		}
	}
	return out
}
