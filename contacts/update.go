package contacts

import (
	"context"
	"fmt"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// Updated is what an update did.
type Updated struct {
	Contact     apiclient.Contact
	Differences []Difference // empty when everything was as wanted already, and nothing was sent; without what Mailtrap refused
	Resubscribe bool         // a person who had unsubscribed was subscribed again

	created bool // the contact was gone by then, and the API created it
}

// Update looks a contact up, works out what is to change, and writes just that, by UUID.
func (s *Service) Update(ctx context.Context, ref apiclient.ContactRef, change Change) (Updated, error) {
	if err := change.check(); err != nil {
		return Updated{}, err
	}
	before, err := s.Get(ctx, ref)
	if err != nil {
		return Updated{}, err
	}
	return s.Apply(ctx, before, change)
}

// Apply is Update for a contact that was just looked up.
func (s *Service) Apply(ctx context.Context, before Found, change Change) (Updated, error) {
	if err := change.check(); err != nil {
		return Updated{}, err
	}
	change.Consent = s.consentOf(before.Contact, change)
	wanted := change.remaining(before.Contact)
	backAlready := change.resubscribes() && change.Consent != "" && !wanted.resubscribes() // somebody else has subscribed them again
	if wanted.IsEmpty() {
		if backAlready {
			return Updated{Contact: before.Contact}, s.noteConsent(ctx, before.Contact, change.Consent)
		}
		return Updated{Contact: before.Contact}, nil
	}
	guarded, err := s.guard(ctx, before.Contact, wanted)
	if err != nil {
		return Updated{}, err
	}
	var updated Updated
	intent := journal.Write{
		Action: journal.Update, Kind: journal.Contact, Subject: before.ID, Name: before.Email,
		Before: before.Contact, After: wanted.To(before.Contact),
	}
	if guarded.subscribes {
		intent.Consent = wanted.Consent
	}
	err = s.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) (err error) {
		updated, err = s.By(write.By(s.api)).carryOut(ctx, before, wanted)
		write.Accepted = updated.Contact.ID != ""
		if err == nil {
			updated.noteIn(write, before.Contact, wanted)
		}
		return err
	})
	if guarded.leaves != "" {
		s.noteGone(ctx, guarded.leaves, err)
	}
	if err != nil {
		return Updated{}, err
	}
	if guarded.takes.deleted {
		s.journal.Forget(ctx, wanted.Email, journal.Deleted)
	}
	if updated.created {
		return Updated{}, s.createdUnasked(ctx, before, updated.Contact)
	}
	if updated.Resubscribe || backAlready {
		s.agreed(ctx, before.Email)
	}
	switch {
	case guarded.takes.optedOut == nil:
	case guarded.subscribes:
		s.agreed(ctx, wanted.Email)
	default: // what the contact's status tells now
		s.journal.Forget(ctx, wanted.Email, journal.OptedOut)
	}
	return updated, nil
}

// noteIn completes the record of a change that was carried out.
func (u Updated) noteIn(write *journal.Write, before apiclient.Contact, wanted Change) {
	if u.created {
		write.Subject, write.After = u.Contact.ID, u.Contact
		write.Final = "The contact had been deleted by somebody else a moment before, and Mailtrap created it anew; " +
			"delete_contact deletes it."
		return
	}
	if !u.Resubscribe && wanted.resubscribes() { // Mailtrap has kept them unsubscribed, and did the rest
		wanted.Unsubscribed = nil
	}
	write.After = wanted.after(before, u.Contact)
}

// after is a contact after the change alone, with its values as the API answered them: what else the answer shows, others have
// written.
func (c Change) after(before, answered apiclient.Contact) apiclient.Contact {
	after := c.To(before)
	after.ID, after.CreatedAt, after.UpdatedAt = answered.ID, answered.CreatedAt, answered.UpdatedAt
	if c.remaining(answered).IsEmpty() {
		for tag := range c.Fields {
			after.Fields[tag] = answered.Fields[tag]
		}
	}
	return after
}

// guarded is what a change does that needs a person's consent.
type guarded struct {
	subscribes bool     // somebody gets mail again who had unsubscribed
	takes      standing // of the new address
	leaves     string   // the old address, which is no contact's any more then
}

// guard refuses a change that subscribes somebody again without their consent. The old address of an unsubscribed contact
// becomes free to be created anew; that its person had unsubscribed is remembered.
func (s *Service) guard(ctx context.Context, before apiclient.Contact, wanted Change) (found guarded, err error) {
	needed, err := s.needConsent(ctx, before, wanted)
	if err != nil {
		return found, err
	}
	if found.subscribes = len(needed) > 0; found.subscribes && wanted.Consent == "" {
		return found, consentRequired(before, needed[0], wanted.ConsentAt)
	}
	if wanted.Email == "" {
		return found, nil
	}
	if found.takes, err = s.standing(ctx, wanted.Email); err != nil {
		return found, err
	}
	if before.Status == apiclient.Unsubscribed {
		if err := s.journal.Remember(ctx, before.Email, journal.OptedOut); err != nil {
			return found, err
		}
	}
	found.leaves = before.Email
	return found, s.journal.Remember(ctx, before.Email, journal.Deleted)
}

// carryOut sends a change and sees to it that it arrives. An error may come with the contact as the API answered it: then
// the change was accepted, and what became of it is not known.
func (s *Service) carryOut(ctx context.Context, before Found, wanted Change) (Updated, error) {
	resubscribe := wanted.resubscribes()
	after, busy, created, err := s.write(ctx, before, wanted)
	if err != nil || created {
		return Updated{Contact: after, created: created}, err
	}
	if resubscribe && after.Status == apiclient.Unsubscribed {
		if wanted.Unsubscribed, resubscribe = nil, false; wanted.IsEmpty() {
			return Updated{}, keptUnsubscribed(after)
		}
	}
	if busy {
		created, err := s.arrived(ctx, before.Contact, wanted)
		switch {
		case err != nil:
			return Updated{Contact: after}, err
		case created.ID != "":
			return Updated{Contact: created, created: true}, nil
		}
	}
	return Updated{Contact: after, Differences: wanted.differences(before.Contact), Resubscribe: resubscribe}, nil
}

// write sends a change when no other one to the contact is under way. busy tells that one was made a moment before, so
// that this one may be dropped, or that the answer does not tell the contact's status, so that it has to be looked up;
// created that the contact was gone, and the API made a new one of the change.
func (s *Service) write(ctx context.Context, before Found, change Change) (after apiclient.Contact, busy, created bool, err error) {
	release, err := s.turns.take(ctx, before.ID)
	if err != nil {
		return apiclient.Contact{}, false, false, err
	}
	defer release()
	written, busy := s.justWritten(ctx, apiclient.ContactID(before.ID))
	if busy && !before.UpdatedAt.After(written.UpdatedAt.Time) {
		before.Email = written.Email // each write sends the address; one read before the turn came would undo a change of it
	}
	after, created, err = s.patchPresent(ctx, before, change)
	if err != nil {
		return after, busy, created, err
	}
	if after.Status == "" { // accepted, and not told in full
		was := before.Contact
		if created {
			was.Status = apiclient.Subscribed
		}
		after.Status, busy = change.To(was).Status, true
	}
	s.wrote(ctx, after, before.Email)
	return after, busy, created, nil
}

func (c Change) check() error {
	if c.IsEmpty() {
		return fault.New(fault.InvalidInput, "The update changes nothing.", "",
			"Give at least one of email, fields, add_to_lists, remove_from_lists, unsubscribed.")
	}
	for _, id := range c.AddTo {
		if slices.Contains(c.RemoveFrom, id) {
			return fault.New(fault.InvalidInput, fmt.Sprintf("List %d is to be both added and removed.", id), "",
				"Name each list in one of add_to_lists and remove_from_lists only.")
		}
	}
	return nil
}

// keptUnsubscribed is the fault of a resubscription that Mailtrap answered with 200 and did not carry out.
func keptUnsubscribed(contact apiclient.Contact) error {
	return fault.New(fault.Conflict, "Mailtrap keeps the contact "+text.Word(contact.Email, 80)+" unsubscribed.",
		"Its address is probably suppressed, after a bounce, a complaint or an unsubscription.",
		"Ask the operator to look at the address under Suppressions in Mailtrap; do not repeat the call before.")
}

// patchPresent waits for a contact that this server wrote a moment ago and the API does not find yet.
func (s *Service) patchPresent(ctx context.Context, before Found, change Change) (after apiclient.Contact, created bool, err error) {
	after, created, err = s.patch(ctx, before.Contact, change)
	for _, wait := range applyWaits {
		if !before.Pending || !apiclient.IsKind(err, apiclient.NotFound) {
			break
		}
		if err := apiclient.Pause(ctx, wait); err != nil {
			return apiclient.Contact{}, false, err
		}
		after, created, err = s.patch(ctx, before.Contact, change)
	}
	return after, created, err
}

func (s *Service) patch(ctx context.Context, before apiclient.Contact, change Change) (after apiclient.Contact, created bool, err error) {
	email := before.Email
	if change.Email != "" {
		email = change.Email
	}
	after, created, err = s.api.UpdateContact(ctx, apiclient.ContactID(before.ID), apiclient.ContactChange{
		Email: email, Fields: change.Fields, AddToLists: change.AddTo, RemoveFrom: change.RemoveFrom, Unsubscribed: change.Unsubscribed,
	})
	if err == nil { // a repeat of a request that has created somebody and whose answer was lost says "updated"
		created = created || after.ID != before.ID || after.CreatedAt.After(before.CreatedAt.Time)
	}
	taken := false
	if apiError, ok := apiclient.AsError(err); ok {
		taken = apiError.Says("email", "already been taken")
	}
	if taken && change.Email == "" { // the contact is gone, and there is another one of its address
		return s.another(ctx, before, err)
	}
	if taken {
		return after, false, fault.New(fault.AlreadyExists, "Another contact has the address "+text.Word(change.Email, 80)+" already.", "",
			"Nothing was changed; look at that contact with get_contact and ask the operator which of the two to keep.").Because(err)
	}
	return after, created, err
}

// arrived checks that a write to a contact that had been written a moment before was not dropped: in that window the API
// may answer 200 and do nothing (observed). A dropped write is sent once more; created is the contact that this made where
// the other one was gone.
func (s *Service) arrived(ctx context.Context, before apiclient.Contact, change Change) (created apiclient.Contact, err error) {
	if seen, err := s.seen(ctx, before.ID, change); seen || err != nil {
		return created, err
	}
	after, _, isNew, err := s.write(ctx, Found{Contact: before}, change)
	if err != nil {
		return created, err
	}
	if isNew {
		return after, nil
	}
	if seen, err := s.seen(ctx, before.ID, change); seen || err != nil {
		return created, err
	}
	return created, fault.New(fault.Conflict, "Mailtrap accepted the change and did not carry it out.",
		"Another write to the same contact was probably still being applied.",
		"Wait ten seconds, look at the contact with get_contact, and repeat the call.")
}

// seen waits until the contact shows a change, for as long as the API may take to apply it.
func (s *Service) seen(ctx context.Context, id string, change Change) (bool, error) {
	for i := 0; ; i++ {
		now, err := s.api.GetContact(ctx, apiclient.ContactID(id))
		switch {
		case err == nil && change.remaining(now).IsEmpty():
			return true, nil
		case err != nil && !apiclient.IsKind(err, apiclient.NotFound):
			return false, err
		case i == len(applyWaits):
			return false, nil
		}
		if err := apiclient.Pause(ctx, applyWaits[i]); err != nil {
			return false, err
		}
	}
}
