package contacts

import (
	"context"
	"errors"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// ErrCreated is the cause of a fault of an update that made a new contact, without anybody having asked for one: the
// contact was deleted between the look-up and the write, and the API took the update for a creation.
var ErrCreated = errors.New("the update created a contact")

// createdUnasked says of a contact what an update has made of it that found it gone. Where it was this server that had
// deleted it meanwhile, that deletion is carried out: the contact is deleted again.
func (s *Service) createdUnasked(ctx context.Context, before Found, created apiclient.Contact) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concluding) // it sees to what it did, even when it was cancelled
	defer cancel()
	s = s.By(s.api.Until(ctx)) // also where the job it belongs to is
	people, err := s.journal.People(ctx, created.Email)
	if err == nil {
		var here bool
		if here, err = people.DeletedSince(ctx, created.Email, before.looked); here {
			if err = s.Delete(ctx, Found{Contact: created, Pending: true}); err == nil {
				return notFound(apiclient.ContactID(before.ID))
			}
		}
	}
	return fault.New(fault.Conflict, "The contact "+text.Word(created.Email, 80)+
		" was deleted a moment ago by somebody else, and Mailtrap took the update for a new contact: it exists again, "+
		text.Word(created.Status, 40)+", with the id "+text.Word(created.ID, 40)+".",
		"Nobody asked for that; what the contact had before is gone.",
		"Tell the operator. If it is to stay deleted, delete it with delete_contact.").Because(errors.Join(ErrCreated, err))
}

// concluding is how long it may take to see to a contact that nobody had asked for.
const concluding = 30 * time.Second

// another is the contact that has the address of one that is gone. An update whose answer was lost has created it, unless it
// was there before.
func (s *Service) another(ctx context.Context, gone apiclient.Contact, refused error) (there apiclient.Contact, created bool, err error) {
	ref, err := apiclient.ParseContact(gone.Email)
	if err != nil {
		return apiclient.Contact{}, false, refused
	}
	found, err := s.Appeared(ctx, ref)
	apiError, ok := apiclient.AsError(refused)
	lost := ok && apiError.Lost
	switch {
	case err != nil && !fault.Is(err, fault.NotFound) && lost:
		return apiclient.Contact{}, false, fault.New(fault.OutcomeUnknown,
			"The contact "+text.Word(gone.Email, 80)+
				" was deleted by somebody else, and whether the update has created it again could not be found out.", "",
			"Look with get_contact "+text.Word(gone.Email, 80)+
				"; if it is to stay deleted, delete it with delete_contact.").Because(errors.Join(refused, err))
	case err != nil || found.ID == gone.ID:
		return apiclient.Contact{}, false, refused
	case lost:
		return found.Contact, true, nil
	}
	return apiclient.Contact{}, false, notFound(apiclient.ContactID(gone.ID)).Because(refused)
}
