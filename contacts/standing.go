package contacts

import (
	"context"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/journal"
)

// Erased reports whether the person with an address asked for erasure here before. It is for a warning beside a contact
// that is there already, so that what cannot be read counts as not known.
func (s *Service) Erased(ctx context.Context, email string) bool {
	people, err := s.journal.People(ctx, email)
	if err != nil {
		return false
	}
	erased, err := people.Are(ctx, email, journal.Erased)
	return err == nil && erased
}

// agreed drops why a person must not be subscribed unasked, since they are said to have agreed to get mail again. That they
// asked for erasure is kept: it is no agent's to take back.
func (s *Service) agreed(ctx context.Context, email string) { s.journal.NoteAgreed(ctx, email) }

// noteConsent journals the consent of somebody who was deleted here while unsubscribed, or said no in what was imported, and who
// is subscribed already: nothing is sent, and imports take them from then on.
func (s *Service) noteConsent(ctx context.Context, contact apiclient.Contact, consent string) error {
	optedOut, err := s.OptedOut(ctx, contact.Email)
	if err != nil || optedOut == nil {
		return err
	}
	noted := journal.Write{
		Action: journal.Update, Kind: journal.Contact, Subject: contact.ID, Name: contact.Email, Before: contact, After: contact,
		Consent: consent,
		Final:   "Nothing was sent: a consent was noted.",
	}
	if err := s.journal.Do(ctx, noted, func(context.Context, *journal.Write) error { return nil }); err != nil {
		return err
	}
	s.agreed(ctx, contact.Email)
	return nil
}
