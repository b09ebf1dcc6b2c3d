// Package contacts is one contact's life: look-up, difference, consent, conflict, write.
//
// Mailtrap answers a write at once and applies it 3 to 10 seconds later (observed). Meanwhile the contact may not be
// found, a second write is refused with 409 or silently dropped, and reads show the old state. This package hides that:
// it remembers what it wrote, waits conflicts out, and checks that a second write arrived.
package contacts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Service looks contacts up and writes them. It is safe for concurrent use.
type Service struct {
	api     *apiclient.Client
	catalog *catalog.Catalog
	recent  *recent
	turns   *turns
}

// New returns a service; nothing is fetched before it is needed.
func New(api *apiclient.Client, lists *catalog.Catalog) *Service {
	return &Service{api: api, catalog: lists, recent: newRecent(), turns: newTurns()}
}

// Found is a contact as it was looked up.
type Found struct {
	apiclient.Contact
	// Pending is set when the state is what this server wrote a moment ago and the API does not show yet.
	Pending bool
}

// Get looks a contact up. What this server wrote in the last seconds counts, even where the API does not show it yet.
func (s *Service) Get(ctx context.Context, ref apiclient.ContactRef) (Found, error) {
	contact, err := s.api.GetContact(ctx, ref)
	written, wasWritten := s.recent.find(ref)
	switch {
	case err == nil && wasWritten && lags(contact, written):
		return Found{Contact: written, Pending: true}, nil
	case err == nil:
		return Found{Contact: contact}, nil
	case apiclient.IsKind(err, apiclient.NotFound) && wasWritten:
		return Found{Contact: written, Pending: true}, nil
	case apiclient.IsKind(err, apiclient.NotFound):
		return Found{}, notFound(ref).Because(err)
	}
	return Found{}, err
}

// lags reports whether the API shows a contact as it was before our write. Whether every write moves the time on is
// unknown, so at equal times the contents tell.
func lags(shown, written apiclient.Contact) bool {
	if !shown.UpdatedAt.Equal(written.UpdatedAt.Time) {
		return shown.UpdatedAt.Before(written.UpdatedAt.Time)
	}
	unsubscribed := written.Status == apiclient.Unsubscribed
	whole := Change{Email: written.Email, Fields: written.Fields, AddTo: written.ListIDs, Unsubscribed: &unsubscribed}
	return !whole.remaining(shown).IsEmpty() || len(shown.ListIDs) != len(written.ListIDs)
}

func notFound(ref apiclient.ContactRef) *fault.Error {
	return fault.New(fault.NotFound, "There is no contact "+text.Clip(ref.String(), 80)+".",
		"Mailtrap has no search: a contact is found by its exact address or UUID only.",
		"Check the spelling, or create it with create_contact.")
}

// Create creates a contact. One that exists is an already_exists fault that tells who is there. When the answer is lost,
// the contact is looked up before the request is repeated.
func (s *Service) Create(ctx context.Context, contact apiclient.NewContact) (apiclient.Contact, error) {
	email, err := apiclient.ParseEmail(contact.Email)
	if err != nil {
		return apiclient.Contact{}, fault.New(fault.InvalidInput, "The address "+text.Quote(contact.Email)+" "+err.Error()+".", "",
			"Nothing was sent; give an address like name@example.com.")
	}
	contact.Email = email
	ref, err := apiclient.ParseContact(email)
	if err != nil {
		return apiclient.Contact{}, err
	}
	began := time.Now()
	created, err := s.api.CreateContact(ctx, contact)
	if unknown(err) {
		created, err = s.createdAfterAll(ctx, contact, ref, began, err)
	}
	if err == nil {
		s.recent.remember(created)
		return created, nil
	}
	switch {
	case taken(err):
		return apiclient.Contact{}, s.exists(ctx, ref, err)
	case unknown(err):
		return apiclient.Contact{}, maybeCreated(ref, err)
	}
	return apiclient.Contact{}, err
}

// maybeCreated is the fault of a create whose outcome could not be found out. A repeat is harmless: an address that
// exists is refused.
func maybeCreated(ref apiclient.ContactRef, lost error) error {
	return fault.New(fault.OutcomeUnknown, "The request to create a contact was sent, but no usable answer came back.",
		"Mailtrap may or may not have created it.",
		"Look with get_contact "+text.Clip(ref.String(), apiclient.MaxEmail)+"; if it is missing, create it again: no address is created twice.").Because(lost)
}

func unknown(err error) bool {
	apiError, ok := apiclient.AsError(err)
	return ok && apiError.Unknown
}

// taken recognises both answers to a create whose address is there: 422 when it is stored, 409 while it is being written.
func taken(err error) bool {
	apiError, ok := apiclient.AsError(err)
	return ok && (apiError.Kind == apiclient.Conflict || apiError.Says("email", "already been taken"))
}

// createdAfterAll finds out what became of a create whose answer was lost, and repeats it once if nothing did.
func (s *Service) createdAfterAll(ctx context.Context, contact apiclient.NewContact, ref apiclient.ContactRef, began time.Time, lost error) (apiclient.Contact, error) {
	there, err := s.api.GetContact(ctx, ref)
	switch {
	case err == nil && s.ours(there, contact, began):
		return there, nil
	case err == nil:
		return there, alreadyTaken(lost)
	case !apiclient.IsKind(err, apiclient.NotFound):
		return apiclient.Contact{}, lost
	}
	// Not found can also mean "not applied yet". The repeat tells: it creates the contact or is refused because of the first.
	created, err := s.api.CreateContact(ctx, contact)
	switch {
	case unknown(err): // lost again
		there, err = s.api.GetContact(ctx, ref)
	case taken(err):
		there, err = s.appeared(ctx, ref)
	default:
		return created, err
	}
	switch {
	case err == nil && s.ours(there, contact, began):
		return there, nil
	case err == nil:
		return there, alreadyTaken(lost)
	}
	return apiclient.Contact{}, lost
}

// ours tells a contact that our own lost request created from somebody else's: it is new (a minute allows for clocks),
// shows what was asked for, and is not known from another write of this server.
func (s *Service) ours(there apiclient.Contact, asked apiclient.NewContact, began time.Time) bool {
	if _, known := s.recent.find(apiclient.ContactID(there.ID)); known {
		return false
	}
	wanted := Change{Fields: asked.Fields, AddTo: asked.ListIDs}
	return there.CreatedAt.After(began.Add(-time.Minute)) && wanted.remaining(there).IsEmpty()
}

func alreadyTaken(lost error) error {
	return &apiclient.Error{
		Kind: apiclient.Refused, Method: "POST", Route: "/contacts", Status: 422,
		Problems: []apiclient.Problem{{Where: "email", Text: "has already been taken"}}, Err: lost,
	}
}

// exists is the fault of a create whose address is taken, with a line on who is there.
func (s *Service) exists(ctx context.Context, ref apiclient.ContactRef, cause error) error {
	who := "It is being written by somebody else right now."
	if there, err := s.appeared(ctx, ref); err == nil {
		who = "It is " + s.Describe(ctx, there) + "."
	}
	return fault.New(fault.AlreadyExists, "There is a contact "+text.Clip(ref.String(), 80)+" already.", who,
		"Change it with update_contact, or add it to lists with add_to_list.").Because(cause)
}

// appeared looks a contact up that is known to exist but may still be on its way.
func (s *Service) appeared(ctx context.Context, ref apiclient.ContactRef) (apiclient.Contact, error) {
	for _, wait := range applyWaits {
		found, err := s.Get(ctx, ref)
		if err == nil || !fault.Is(err, fault.NotFound) {
			return found.Contact, err
		}
		if err := apiclient.Pause(ctx, wait); err != nil {
			return apiclient.Contact{}, err
		}
	}
	found, err := s.Get(ctx, ref)
	return found.Contact, err
}

// Delete deletes a contact.
func (s *Service) Delete(ctx context.Context, ref apiclient.ContactRef) error {
	err := s.api.DeleteContact(ctx, ref)
	if apiclient.IsKind(err, apiclient.NotFound) {
		if written, ok := s.recent.find(ref); ok {
			return s.deletePending(ctx, apiclient.ContactID(written.ID))
		}
		return notFound(ref).Because(err)
	}
	if err == nil {
		s.recent.forget(ref)
	}
	return err
}

// deletePending deletes a contact that this server created a moment ago and the API does not find yet.
func (s *Service) deletePending(ctx context.Context, ref apiclient.ContactRef) error {
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
		s.recent.forget(ref)
	case apiclient.IsKind(err, apiclient.NotFound): // somebody else deleted it
		s.recent.forget(ref)
		return notFound(ref).Because(err)
	}
	return err
}

// Fire fires an event. It is sent once; only an answer that says the contact is not there yet, for a contact this server
// created a moment ago, is tried again, because then nothing was fired.
func (s *Service) Fire(ctx context.Context, ref apiclient.ContactRef, event apiclient.Event) error {
	err := s.api.CreateEvent(ctx, ref, event)
	if !apiclient.IsKind(err, apiclient.NotFound) {
		return err
	}
	if _, created := s.recent.find(ref); created {
		for _, wait := range applyWaits {
			if err := apiclient.Pause(ctx, wait); err != nil {
				return err
			}
			if err = s.api.CreateEvent(ctx, ref, event); !apiclient.IsKind(err, apiclient.NotFound) {
				return err
			}
		}
	}
	return notFound(ref).Because(err)
}

// Describe says in one line who a contact is: status, lists by name, and when it was created.
func (s *Service) Describe(ctx context.Context, contact apiclient.Contact) string {
	parts := []string{contact.Status}
	if lists, err := s.catalog.ListNames(ctx, contact.ListIDs); err == nil && len(lists) > 0 {
		names := make([]string, len(lists))
		for i, list := range lists {
			names[i] = text.Quote(list.Name)
		}
		parts = append(parts, "on "+text.Listing(names, 5))
	} else {
		parts = append(parts, "on "+text.Count(len(contact.ListIDs), "list"))
	}
	if !contact.CreatedAt.IsZero() {
		parts = append(parts, "created "+contact.CreatedAt.Format(time.DateOnly))
	}
	return fmt.Sprintf("id %s: %s", contact.ID, strings.Join(parts, ", "))
}

// applyWaits are the pauses through the write-apply window, 12 seconds in all (observed: 3 to 10).
var applyWaits = []time.Duration{500 * time.Millisecond, time.Second, 1500 * time.Millisecond, 2 * time.Second, 3 * time.Second, 4 * time.Second}
