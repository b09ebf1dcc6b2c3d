package contacts

import (
	"context"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/journal"
)

// Delete deletes a contact that was just looked up. It is remembered, under a keyed hash, so that no update creates it
// again; of one that is unsubscribed also that creating it would subscribe it.
func (s *Service) Delete(ctx context.Context, found Found) error {
	return s.deleteFor(ctx, found, "")
}

// Erase is Delete for a person who asked to be erased: it is not undone.
func (s *Service) Erase(ctx context.Context, found Found) error {
	return s.deleteFor(ctx, found, "The person asked to be erased.")
}

func (s *Service) deleteFor(ctx context.Context, found Found, final string) error {
	if found.Status == apiclient.Unsubscribed {
		if err := s.journal.Remember(ctx, found.Email, journal.OptedOut); err != nil {
			return err
		}
	}
	if err := s.journal.Remember(ctx, found.Email, journal.Deleted); err != nil {
		return err
	}
	intent := journal.Write{Action: journal.Delete, Kind: journal.Contact, Subject: found.ID, Name: found.Email,
		Before: found.Contact, Final: final}
	err := s.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) error {
		return s.By(write.By(s.api)).delete(ctx, apiclient.ContactID(found.ID), found.Contact)
	})
	s.noteGone(ctx, found.Email, err)
	return err
}

// noteGone concludes what was remembered of an address before the write that was to free it: where that was carried out, the
// address is free since now, because whoever looked it up while the write waited for its turn may have seen the contact still;
// where it certainly was not, nothing is remembered.
func (s *Service) noteGone(ctx context.Context, email string, failed error) {
	if failed == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concluding)
		defer cancel()
		_ = s.journal.Remember(ctx, email, journal.Deleted) // else it stays remembered as of when it was begun
		return
	}
	apiError, ok := apiclient.AsError(failed)
	if ok && !apiError.Unknown && !apiError.Lost && apiError.Kind != apiclient.NotFound {
		s.journal.Forget(ctx, email, journal.Deleted)
	}
}

func (s *Service) delete(ctx context.Context, ref apiclient.ContactRef, found apiclient.Contact) error {
	err := s.api.DeleteContact(ctx, ref)
	if apiclient.IsKind(err, apiclient.NotFound) {
		if written, ok := s.justWritten(ctx, ref); ok {
			return s.deletePending(ctx, apiclient.ContactID(written.ID), found)
		}
		return notFound(ref).Because(err)
	}
	if err == nil {
		s.gone(ctx, ref, found)
	}
	return err
}

// deletePending deletes a contact that this server created a moment ago and the API does not find yet.
func (s *Service) deletePending(ctx context.Context, ref apiclient.ContactRef, found apiclient.Contact) error {
	var err error
	for _, wait := range applyWaits {
		if err = apiclient.Pause(ctx, wait); err != nil {
			return err
		}
		if err = s.api.DeleteContact(ctx, ref); !apiclient.IsKind(err, apiclient.NotFound) {
			break
		}
	}
	switch {
	case err == nil:
		s.gone(ctx, ref, found)
	case apiclient.IsKind(err, apiclient.NotFound): // somebody else deleted it
		s.gone(ctx, ref, found)
		return notFound(ref).Because(err)
	}
	return err
}
