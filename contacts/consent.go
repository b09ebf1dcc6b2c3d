package contacts

import (
	"cmp"
	"context"
	"time"
	"unicode"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/optout"
	"mailtrap-contacts-mcp/text"
)

// NeedConsent are the addresses of those whose consent a change of a contact needs: who had unsubscribed and would get mail again
// by it, or does already because somebody else has subscribed them.
func (s *Service) NeedConsent(ctx context.Context, before apiclient.Contact, change Change) (emails []string, err error) {
	needed, err := s.needConsent(ctx, before, change)
	for _, one := range needed {
		emails = append(emails, one.email)
	}
	return emails, err
}

// optedOutBy is somebody whose consent is needed, and what is known of why besides the contact's status.
type optedOutBy struct {
	email string
	why   *journal.OptOut
}

func (s *Service) needConsent(ctx context.Context, before apiclient.Contact, change Change) (needed []optedOutBy, err error) {
	wanted := change.remaining(before)
	var out *journal.OptOut
	if change.resubscribes() && !wanted.resubscribes() {
		out, err = s.OptedOut(ctx, before.Email)
	}
	if out != nil || wanted.resubscribes() {
		needed = append(needed, optedOutBy{before.Email, out})
	}
	if err != nil || wanted.Email == "" || wanted.To(before).Status == apiclient.Unsubscribed {
		return needed, err
	}
	if out, err = s.OptedOut(ctx, wanted.Email); out != nil {
		needed = append(needed, optedOutBy{wanted.Email, out})
	}
	return needed, err
}

// consentOf is what a change says of how this contact agreed. One that may have unsubscribed after that was said has not agreed:
// Mailtrap does not tell when a contact unsubscribed, only when it was changed last.
func (s *Service) consentOf(contact apiclient.Contact, change Change) string {
	if at := change.ConsentAt; !at.IsZero() {
		latest := cmp.Or(s.api.TheirTime(at), at).Add(-apiclient.ClockError)
		if changed := contact.UpdatedAt; changed.IsZero() || changed.After(latest) {
			return ""
		}
	}
	return SaidConsent(change.Consent)
}

// consentRequired refuses to have a person get mail again by a change of a contact. at is when the consent of others was given,
// where that is all there is.
func consentRequired(before apiclient.Contact, needed optedOutBy, at time.Time) error {
	email := needed.email
	what := "The contact " + text.Word(email, 80) + " has unsubscribed."
	why := "Mail without their consent is against the law in many countries and hurts delivery."
	switch {
	case email != before.Email: // it is to be given to a subscriber
		what = hadLeft(email, *needed.why)
		why = "A subscriber with that address would have it get mail again."
	case needed.why != nil && needed.why.IsOfSource():
		what = hadLeft(email, *needed.why)
	case !at.IsZero():
		what = "The contact " + text.Word(email, 80) + " has unsubscribed, maybe after the consent was given (" +
			at.UTC().Format("2006-01-02 15:04:05 UTC") + ")."
	}
	return fault.New(fault.ConsentRequired, what, why,
		"Ask the operator how and when this person agreed to get mail again, and repeat the call with that in consent. Nothing was changed.")
}

// SaidConsent is what a caller says of how a person agreed to get mail again, as it is shown and journalled. It is empty where that
// says nothing of how: a mere yes, invisible characters, a full stop, a single letter.
func SaidConsent(given string) string {
	cleaned := text.Clean(given)
	if !hasWord(cleaned) || optout.OnlyAgrees(cleaned) {
		return ""
	}
	return cleaned
}

// hasWord reports a text of which at least one word can be read.
func hasWord(cleaned string) bool {
	letters := 0
	for _, r := range cleaned {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			return true // one of them can be a word
		case unicode.IsLetter(r), letters > 0 && unicode.Is(unicode.Mc, r): // a vowel, where scripts write it as a mark
			if letters++; letters == 2 {
				return true
			}
		case !unicode.IsMark(r):
			letters = 0
		}
	}
	return false
}
