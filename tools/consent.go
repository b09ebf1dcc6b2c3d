package tools

import (
	"cmp"
	"context"
	"fmt"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// confirmConsent asks the operator whether people who had unsubscribed really agreed to get mail again, as the caller
// says. Where nobody can be asked, the journal keeps it as claimed by the agent.
func (box *Toolbox) confirmConsent(ctx context.Context, in *UpdateContactInput) (*Question, error) {
	consent := contacts.SaidConsent(in.Consent)
	if consent == "" || in.Unsubscribed != nil && *in.Unsubscribed {
		return nil, nil
	}
	ref, err := apiclient.ParseContact(in.Contact)
	if err != nil {
		return nil, err
	}
	change := contacts.Change{Unsubscribed: in.Unsubscribed}
	if in.Email != "" {
		if change.Email, err = apiclient.ParseEmail(in.Email); err != nil {
			return nil, err
		}
	}
	in.looked = box.lookUp(ctx, ref) // what is judged here is what is changed
	found, err := in.looked.found, in.looked.err
	switch {
	case fault.Is(err, fault.NotFound) && in.CreateIfMissing && !ref.ByUUID():
		change = contacts.Change{Email: ref.String()}
	case err != nil:
		return nil, err
	}
	needed, err := box.Contacts.NeedConsent(ctx, found.Contact, change)
	if err != nil || len(needed) == 0 {
		return nil, err
	}
	return &Question{
		Subject: fmt.Sprintf("contact %s, %v subscribed again: %s", cmp.Or(found.ID, ref.String()), needed, consent),
		Text: func(context.Context) (string, error) {
			return fmt.Sprintf("%s unsubscribed from marketing mail. The agent says that they agreed to get it again: %s\n"+
				"Subscribe them again?", text.Listing(text.Words(needed, 80), 2), text.QuoteUpTo(consent, maxConsent)), nil
		},
	}, nil
}

// saysHow refuses a consent that was given and says nothing of how anybody agreed.
func saysHow(consent string) error {
	if consent == "" || contacts.SaidConsent(consent) != "" {
		return nil
	}
	return fault.New(fault.ConsentRequired, "The consent "+text.Quote(consent)+" does not say how anybody agreed.", "",
		"Ask the operator how and when these people agreed to get mail again (in which form, call or letter), and repeat the call with that, "+
			"in words, in consent; if they do not know, leave it. Nothing was changed.")
}

// maxConsent is how long a consent may be. The operator sees it whole: it is what they have to judge.
const maxConsent = 500

// On whose word a person is subscribed again.
const (
	consentConfirmed = "confirmed"
	consentClaimed   = "claimed"
)

// onWhoseWord is the operator's where they agreed to this call, else the caller's.
func onWhoseWord(ctx context.Context) string {
	if confirmed(ctx) {
		return consentConfirmed
	}
	return consentClaimed
}

// consentSaid says it to the agent, and whether it is kept.
func (out UpdateContactOutput) consentSaid() string {
	switch {
	case out.Consent == consentConfirmed && out.journalled:
		return "The operator has confirmed the consent, and the journal keeps it."
	case out.Consent == consentConfirmed:
		return "The operator has confirmed the consent. The journal is off, so it is not recorded."
	case out.Consent == consentClaimed && out.journalled:
		return "Nobody was asked: the journal records the consent as claimed by you. Tell the operator."
	case out.Consent == consentClaimed:
		return "Nobody was asked, and the journal is off, so the consent you claim is not recorded. Tell the operator."
	}
	return ""
}
