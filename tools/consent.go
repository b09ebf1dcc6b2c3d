package tools

import (
	"context"
	"fmt"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// confirmConsent asks the operator whether a person who had unsubscribed really agreed to get mail again, as the caller
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
	found, err := box.Contacts.Get(ctx, ref)
	switch {
	case fault.Is(err, fault.NotFound) && in.CreateIfMissing && !ref.ByUUID():
		return box.subscribeOptedOut(ctx, ref.String(), ref.String(), consent)
	case err != nil:
		return nil, err
	case found.Status == apiclient.Unsubscribed && in.Unsubscribed != nil:
		return subscribeAgain(found.ID, found.Email, consent), nil
	case found.Status != apiclient.Unsubscribed && in.Email != "":
		email, err := apiclient.ParseEmail(in.Email)
		if err != nil || email == found.Email {
			return nil, err
		}
		return box.subscribeOptedOut(ctx, found.ID, email, consent)
	case in.Unsubscribed != nil: // others may have subscribed them again, who were deleted here while unsubscribed
		return box.subscribeOptedOut(ctx, found.ID, found.Email, consent)
	}
	return nil, nil
}

// subscribeOptedOut asks about an address that is no contact's, if it was that of a person who had unsubscribed.
func (box *Toolbox) subscribeOptedOut(ctx context.Context, who, email, consent string) (*Question, error) {
	optedOut, err := box.Contacts.OptedOut(ctx, email)
	if err != nil || !optedOut {
		return nil, err
	}
	return subscribeAgain(who, email, consent), nil
}

// saysHow refuses a consent that was given and says nothing.
func saysHow(consent string) error {
	if consent == "" || contacts.SaidConsent(consent) != "" {
		return nil
	}
	return fault.New(fault.ConsentRequired, "The consent "+text.Quote(consent)+" does not say how anybody agreed.", "",
		"Ask the operator how these people agreed to get mail again, and repeat the call with that, in words, in consent. Nothing was changed.")
}

// maxConsent is how long a consent may be. The operator sees it whole: it is what they have to judge.
const maxConsent = 500

func subscribeAgain(who, email, consent string) *Question {
	return &Question{
		Subject: fmt.Sprintf("contact %s is subscribed again: %s", who, consent),
		Text: func(context.Context) (string, error) {
			return fmt.Sprintf("%s has unsubscribed from marketing mail. The agent says that they agreed to get it again: %s\nSubscribe them again?",
				text.Word(email, 80), text.QuoteUpTo(consent, maxConsent)), nil
		},
	}
}

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
