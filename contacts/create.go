package contacts

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// Creation is a contact to create.
type Creation struct {
	apiclient.NewContact
	// Unsubscribed makes a contact that gets no marketing mail.
	Unsubscribed bool
	// Consent is the caller's word on how a person agreed to get mail again, who was deleted here while unsubscribed, or said
	// no in what was imported.
	Consent string
}

// Create creates a contact. One that exists is an already_exists fault that tells who is there. When the answer is lost,
// the contact is looked up before the request is repeated. A person who was deleted here while unsubscribed, or said no in what
// was imported, is not created as a subscriber without consent.
func (s *Service) Create(ctx context.Context, wanted Creation) (apiclient.Contact, error) {
	email, err := apiclient.ParseEmail(wanted.Email)
	if err != nil {
		return apiclient.Contact{}, fault.New(fault.InvalidInput, "The address "+text.Quote(wanted.Email)+" "+err.Error()+".", "",
			"Nothing was sent; give an address like name@example.com.")
	}
	wanted.Email, wanted.Consent = email, SaidConsent(wanted.Consent)
	was, err := s.standing(ctx, email)
	switch {
	case err != nil:
		return apiclient.Contact{}, err
	case was.optedOut != nil && !wanted.Unsubscribed && wanted.Consent == "":
		return apiclient.Contact{}, optedOut(email, *was.optedOut)
	}
	var created apiclient.Contact
	intent := journal.Write{Action: journal.Create, Kind: journal.Contact, Name: email, After: wanted.expected(), Consent: wanted.Consent}
	err = s.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) (err error) {
		s := s.By(write.By(s.api))
		if created, err = s.create(ctx, wanted.first()); err != nil {
			return err
		}
		write.Subject, write.After, write.Accepted = created.ID, created, true
		if !wanted.Unsubscribed {
			return nil
		}
		updated, err := s.carryOut(ctx, Found{Contact: created, Pending: true}, Change{AddTo: wanted.ListIDs, Unsubscribed: &wanted.Unsubscribed})
		if err != nil {
			return stillSubscribed(created, err)
		}
		created = updated.Contact
		write.After = created
		return nil
	})
	if created.ID != "" && was.deleted {
		s.journal.Forget(ctx, email, journal.Deleted)
	}
	switch {
	case err != nil:
	case wanted.Consent != "" && !wanted.Unsubscribed:
		s.agreed(ctx, email)
	case was.optedOut != nil: // what the contact's status tells now
		s.journal.Forget(ctx, email, journal.OptedOut)
	}
	return created, err
}

// expected is the contact as it will be, for as long as Mailtrap has not answered.
func (c Creation) expected() apiclient.Contact {
	status := apiclient.Subscribed
	if c.Unsubscribed {
		status = apiclient.Unsubscribed
	}
	return apiclient.Contact{Email: c.Email, Status: status, Fields: c.Fields, ListIDs: c.ListIDs}
}

// first is what the contact is created with. One that is to be unsubscribed joins its lists with that second step:
// joining them before could have an automation send mail.
func (c Creation) first() apiclient.NewContact {
	first := c.NewContact
	if c.Unsubscribed {
		first.ListIDs = nil
	}
	return first
}

// OptedOut says why creating a person needs consent: they were deleted here while unsubscribed, or said no in what was imported;
// nil of anybody else.
func (s *Service) OptedOut(ctx context.Context, email string) (*journal.OptOut, error) {
	was, err := s.standing(ctx, email)
	return was.optedOut, err
}

// standing is what is kept of a person.
type standing struct {
	optedOut *journal.OptOut // nil of one who has not
	deleted  bool            // the contact was deleted here, and nobody has created it here since
}

func (s *Service) standing(ctx context.Context, email string) (was standing, err error) {
	people, err := s.journal.People(ctx, email)
	if err != nil {
		return was, err
	}
	if was.optedOut, err = people.OptOut(ctx, email); err != nil {
		return was, err
	}
	was.deleted, err = people.Are(ctx, email, journal.Deleted)
	return was, err
}

func optedOut(email string, why journal.OptOut) error {
	return fault.New(fault.ConsentRequired, hadLeft(email, why),
		"Creating it again would subscribe it, and mail without consent is against the law in many countries and hurts delivery.",
		"Ask the operator how and when this person agreed to get mail again, and call update_contact with create_if_missing: true, "+
			"unsubscribed: false and that in consent. Nothing was created.")
}

// hadLeft says of an address why its person must not be subscribed unasked.
func hadLeft(email string, why journal.OptOut) string {
	if why.IsOfSource() {
		return "The person " + text.Word(email, 80) + " unsubscribed or complained by " + why.Source() + "."
	}
	return "The contact " + text.Word(email, 80) + " had unsubscribed when it was deleted here, or changed its address."
}

// stillSubscribed is the fault of a contact that was created to be unsubscribed, and could not be unsubscribed.
func stillSubscribed(created apiclient.Contact, err error) error {
	cause := fault.From(err)
	return fault.New(cause.Code, fmt.Sprintf("The contact %s was created (id %s), but it is still subscribed. %s",
		text.Word(created.Email, 80), text.Word(created.ID, 40), cause.What),
		cause.Why, "Call update_contact with unsubscribed: true until it says so.").Because(err)
}

// create sends the request, and finds out what became of it when the answer is lost.
func (s *Service) create(ctx context.Context, contact apiclient.NewContact) (apiclient.Contact, error) {
	ref, err := apiclient.ParseContact(contact.Email)
	if err != nil {
		return apiclient.Contact{}, err
	}
	began := time.Now()
	created, err := s.api.CreateContact(ctx, contact)
	if unknown(err) {
		created, err = s.createdAfterAll(ctx, contact, ref, began, err)
	}
	if err == nil {
		s.wrote(ctx, created, "")
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
		"Look with get_contact "+text.Word(ref.String(), apiclient.MaxEmail)+
			"; if it is missing, create it again: no address is created twice.").Because(lost)
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
func (s *Service) createdAfterAll(ctx context.Context, contact apiclient.NewContact, ref apiclient.ContactRef,
	began time.Time, lost error) (apiclient.Contact, error) {
	there, err := s.api.GetContact(ctx, ref)
	switch {
	case err == nil && s.ours(ctx, there, contact, began):
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
		var found Found
		found, err = s.Appeared(ctx, ref)
		there = found.Contact
	default:
		return created, err
	}
	switch {
	case err == nil && s.ours(ctx, there, contact, began):
		return there, nil
	case err == nil:
		return there, alreadyTaken(lost)
	}
	return apiclient.Contact{}, lost
}

// ours tells a contact that our own lost request created from somebody else's: it is new by Mailtrap's clock, shows what was
// asked for, and is not known from another write of this server.
func (s *Service) ours(ctx context.Context, there apiclient.Contact, asked apiclient.NewContact, began time.Time) bool {
	if _, known := s.justWritten(ctx, apiclient.ContactID(there.ID)); known {
		return false
	}
	wanted := Change{Fields: asked.Fields, AddTo: asked.ListIDs}
	return s.CameSince(there, began) && wanted.remaining(there).IsEmpty()
}

// CameSince reports whether a contact was created since a time of this machine, by Mailtrap's clock.
func (s *Service) CameSince(contact apiclient.Contact, at time.Time) bool {
	return contact.CreatedAt.After(cmp.Or(s.api.TheirTime(at), at).Add(-apiclient.ClockError))
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
	if there, err := s.Appeared(ctx, ref); err == nil {
		who = "It is " + s.Describe(ctx, there.Contact) + "."
	}
	return fault.New(fault.AlreadyExists, "There is a contact "+text.Word(ref.String(), 80)+" already.", who,
		"Change it with update_contact, or add it to lists with add_to_list.").Because(cause)
}

// Appeared looks a contact up that may still be on its way, until Mailtrap has applied what it was last sent.
func (s *Service) Appeared(ctx context.Context, ref apiclient.ContactRef) (Found, error) {
	for _, wait := range applyWaits {
		found, err := s.Get(ctx, ref)
		if err == nil || !fault.Is(err, fault.NotFound) {
			return found, err
		}
		if err := apiclient.Pause(ctx, wait); err != nil {
			return Found{}, err
		}
	}
	return s.Get(ctx, ref)
}

// Shown is Appeared without what this server remembers of its writes: the contact is the one that Mailtrap itself shows.
func (s *Service) Shown(ctx context.Context, ref apiclient.ContactRef) (Found, error) {
	for i := 0; ; i++ {
		shown, err := s.api.GetContact(ctx, ref)
		switch {
		case err == nil:
			return Found{Contact: shown}, nil
		case !apiclient.IsKind(err, apiclient.NotFound):
			return Found{}, err
		case i == len(applyWaits):
			return Found{}, notFound(ref).Because(err)
		}
		if err := apiclient.Pause(ctx, applyWaits[i]); err != nil {
			return Found{}, err
		}
	}
}
