// Package contacts is one contact's life: look-up, difference, consent, conflict, write.
//
// Mailtrap answers a write at once and applies it 3 to 10 seconds later (observed). Meanwhile the contact may not be
// found, a second write is refused with 409 or silently dropped, and reads show the old state. This package hides that:
// it remembers what it wrote, waits conflicts out, and checks that a second write arrived.
package contacts

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// Service looks contacts up and writes them. It is safe for concurrent use.
type Service struct {
	api     *apiclient.Client
	catalog *catalog.Catalog
	journal *journal.Journal
	recent  *recent
	turns   *turns
	watcher Watcher
	ahead   *sync.Map // apiclient.ContactRef to Found: by the last look-up of many
}

// Watcher is told of every contact that was written, to keep what it knows of contacts up to date. It cannot fail a write.
type Watcher interface {
	// Wrote tells the contact as it is now, and its address before where that has changed.
	Wrote(ctx context.Context, contact apiclient.Contact, formerly ...string)
	// Deleted tells the contact's id and address, of which one may be empty.
	Deleted(ctx context.Context, id, email string)
}

// Watch has a watcher told of writes from now on. It is to be called before the first of them.
func (s *Service) Watch(watcher Watcher) { s.watcher = watcher }

// wrote remembers a contact as the API answered a write to it.
func (s *Service) wrote(ctx context.Context, contact apiclient.Contact, formerly string) {
	s.recent.remember(contact)
	if s.watcher == nil {
		return
	}
	if formerly == "" || strings.EqualFold(formerly, contact.Email) {
		s.watcher.Wrote(ctx, contact)
	} else {
		s.watcher.Wrote(ctx, contact, formerly)
	}
}

// gone forgets a contact that was deleted.
func (s *Service) gone(ctx context.Context, ref apiclient.ContactRef, found apiclient.Contact) {
	s.recent.forget(ref)
	if s.watcher != nil {
		s.watcher.Deleted(ctx, found.ID, found.Email)
	}
}

// New returns a service; nothing is fetched before it is needed.
func New(api *apiclient.Client, lists *catalog.Catalog, changes *journal.Journal) *Service {
	return &Service{api: api, catalog: lists, journal: changes, recent: newRecent(), turns: newTurns(), ahead: &sync.Map{}}
}

// By is the service with another client: one for work that nobody waits for, or that tells before it sends.
func (s *Service) By(api *apiclient.Client) *Service {
	by := *s
	by.api, by.catalog = api, s.catalog.By(api)
	return &by
}

// Found is a contact as it was looked up.
type Found struct {
	apiclient.Contact
	// Pending is set when the state is what this server wrote a moment ago and the API does not show yet.
	Pending bool

	looked time.Time // when it was looked up; zero for one that was created within the same call
}

// Get looks a contact up. What this server wrote in the last seconds counts, even where the API does not show it yet.
func (s *Service) Get(ctx context.Context, ref apiclient.ContactRef) (found Found, err error) {
	began := time.Now()
	defer func() {
		found.looked = began
		s.recent.touched.looked(ref, found, err)
	}()
	contact, err := s.api.GetContact(ctx, ref)
	written, wasWritten := s.justWritten(ctx, ref)
	switch {
	case err == nil && wasWritten:
		if written = s.withoutGone(ctx, written, contact); lags(contact, written) {
			return Found{Contact: written, Pending: true}, nil
		}
		return Found{Contact: contact}, nil
	case err == nil:
		return Found{Contact: contact}, nil
	case apiclient.IsKind(err, apiclient.NotFound) && wasWritten:
		return Found{Contact: written, Pending: true}, nil
	case apiclient.IsKind(err, apiclient.NotFound):
		missing := notFound(ref)
		if !s.journal.IsOn() {
			missing.Why += " This server records no changes (--journal off): what another process wrote within the last ten seconds " +
				"may not show yet."
		}
		return Found{}, missing.Because(err)
	}
	return Found{}, err
}

// withoutGone is what we wrote without the fields and lists that were deleted since. The API shows every field of the
// account with each contact (recording); a list that it does not show may be on its way as well.
func (s *Service) withoutGone(ctx context.Context, written, shown apiclient.Contact) apiclient.Contact {
	fields := maps.Clone(written.Fields)
	maps.DeleteFunc(fields, func(tag string, _ any) bool {
		_, there := shown.Fields[tag]
		return !there
	})
	written.Fields = fields
	if missing := Without(written.ListIDs, shown.ListIDs); len(missing) > 0 {
		lists, err := s.catalog.ListNames(ctx, missing)
		for _, list := range lists {
			if err == nil && list.Name == "" {
				written.ListIDs = Without(written.ListIDs, []int64{list.ID})
			}
		}
	}
	return written
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
	return fault.New(fault.NotFound, "There is no contact "+text.Word(ref.String(), 80)+".",
		"A look-up finds a contact by its exact address or UUID only.",
		"Check the spelling, or create it with create_contact.")
}

// Describe says in one line who a contact is: status, lists by name, and when it was created.
func (s *Service) Describe(ctx context.Context, contact apiclient.Contact) string {
	parts := []string{text.Word(contact.Status, 40)}
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
	return fmt.Sprintf("id %s: %s", text.Word(contact.ID, 40), strings.Join(parts, ", "))
}

// applyWaits are the pauses through the write-apply window, 12 seconds in all (observed: 3 to 10).
var applyWaits = []time.Duration{500 * time.Millisecond, time.Second, 1500 * time.Millisecond, 2 * time.Second,
	3 * time.Second, 4 * time.Second}
