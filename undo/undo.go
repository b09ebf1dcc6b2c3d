// Package undo turns writes to contacts back: what a write changed is set to what it was before, where it still is what the
// write left.
package undo

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// Service turns writes back, with the clients that it is given.
type Service struct {
	Contacts *contacts.Service
	Catalog  *catalog.Catalog
	Journal  *journal.Journal
}

// Verdict says whether a write can be turned back.
type Verdict int

// The verdicts.
const (
	Possible Verdict = iota
	AsBefore         // there is nothing to do: the contact is as it was before
	Changed          // somebody has changed what the write had changed
	NotThere         // the contact does not exist any more
	Another          // there is another contact of that address
	NotOurs          // whether the contact is the one that the write created is not known
	Lost             // what it would bring back does not exist any more
)

// Back is how a write to a contact is turned back, as the account is now.
type Back struct {
	Verdict
	Write journal.Entry
	// Before and After are what the write changed, as the journal has it; Found is the contact as it is now.
	Before, After apiclient.Contact
	Found         contacts.Found
	// Change is what an update is turned back by, and Again the contact that a deletion is turned back by.
	Change contacts.Change
	Again  apiclient.NewContact
	// Gone are lists and fields that do not exist any more, so that they are not brought back.
	Gone []string
	// since names what somebody else has changed since.
	since string
}

// Resubscribes reports that somebody would get mail again.
func (b Back) Resubscribes() bool { return b.Change.Unsubscribed != nil && !*b.Change.Unsubscribed }

// Why says why a write is not turned back.
func (b Back) Why() string {
	switch b.Verdict {
	case NotThere:
		if b.Write.Subject == "" {
			return "there is no contact with this address any more"
		}
		return "it does not exist any more"
	case Another:
		return "it was deleted, and there is another contact with this address"
	case NotOurs:
		return "it was there before, so that it is not the one that was created"
	case Lost:
		return "what it would get back does not exist any more: " + text.Listing(b.Gone, 5)
	case AsBefore:
		return "it is as it was before already"
	}
	return "changed since: " + b.since
}

// Ref is what the contact of a write is looked up by: its id, else the address that it was written under.
func Ref(write journal.Entry) (apiclient.ContactRef, error) {
	return apiclient.ParseContact(Key(write))
}

// Look looks the contact of a write up and judges.
func (s Service) Look(ctx context.Context, write journal.Entry, wholly bool) (Back, error) {
	found, err := s.Find(ctx, write)
	if err != nil {
		return Back{}, err
	}
	return s.Judge(ctx, write, found, wholly)
}

// Find looks the contact of a write up; without an address there is none. One that was deleted and created again has another id.
func (s Service) Find(ctx context.Context, write journal.Entry) (contacts.Found, error) {
	ref, err := Ref(write)
	if err != nil {
		return contacts.Found{}, err
	}
	found, err := s.Contacts.Get(ctx, ref)
	if fault.Is(err, fault.NotFound) && ref.ByUUID() {
		if ref, err = apiclient.ParseContact(write.Name); err != nil {
			return contacts.Found{}, err
		}
		found, err = s.Contacts.Get(ctx, ref)
	}
	if fault.Is(err, fault.NotFound) {
		return contacts.Found{}, nil
	}
	return found, err
}

// importsTake is how long an import may go on creating contacts after it was sent; then it counts as failed.
const importsTake = 2 * time.Hour

// is reports whether the contact that was found is the one that was written, and not one that somebody else has created since:
// by its id, or where one of the two is not known, by when Mailtrap says it was created. One that this server has deleted and
// created again is the same.
func (s Service) is(ctx context.Context, b Back) (bool, error) {
	same := b.Found.ID == b.Write.Subject
	if b.Found.ID == "" || b.Write.Subject == "" {
		same = !s.cameLater(b)
	}
	if same {
		return true, nil
	}
	return s.Journal.HasCreated(ctx, b.Found.ID, b.Found.Email)
}

// cameLater reports that a contact was created after the one that was written.
func (s Service) cameLater(b Back) bool {
	was := b.Before.CreatedAt.Time
	switch {
	case b.Write.Action == journal.Create && b.After.CreatedAt.IsZero():
		return false
	case b.Write.Action == journal.Create:
		was = b.After.CreatedAt.Add(importsTake)
	case was.IsZero():
		return s.Contacts.CameSince(b.Found.Contact, b.Write.At)
	}
	return b.Found.CreatedAt.After(was.Add(apiclient.ClockError))
}

// cameWith reports whether a contact was created by an import, or at least not before that was sent.
func (s Service) cameWith(b Back) bool {
	if sent := b.After.CreatedAt; !sent.IsZero() {
		return b.Found.CreatedAt.After(sent.Add(-apiclient.ClockError))
	}
	return s.Contacts.CameSince(b.Found.Contact, b.Write.At)
}

// Judge says how a write is turned back where the contact is as it was found; without an address there is none. wholly has the
// whole contact be as the write left it, and not only what the write changed. Who was created has to be that anyway.
func (s Service) Judge(ctx context.Context, write journal.Entry, found contacts.Found, wholly bool) (Back, error) {
	back := Back{Write: write, Found: found}
	hadBefore, hasAfter := decode(write.Before, &back.Before), decode(write.After, &back.After)
	if found.Email != "" && write.Action != journal.Delete {
		if is, err := s.is(ctx, back); err != nil || !is {
			back.Verdict = Another
			return back, err
		}
	}
	if err := s.retag(ctx, &back); err != nil {
		return back, err
	}
	var err error
	switch {
	case write.Action == journal.Create && hasAfter:
		back = s.ofCreate(back)
	case write.Action == journal.Update && hadBefore && hasAfter:
		back, err = s.ofUpdate(ctx, back, wholly)
	case write.Action == journal.Delete && hadBefore:
		back, err = s.ofDelete(ctx, back)
	default:
		err = fmt.Errorf("the journal does not hold what undoing write %d needs", write.ID)
	}
	if err == nil && back.Verdict == Changed {
		back.since, err = s.since(ctx, back)
	}
	return back, err
}

// retag has what was before and after stand under the merge tags that the fields have now, of lists and fields that are no older.
// Values of a field that was deleted since cannot be brought back, also where another field has its merge tag.
func (s Service) retag(ctx context.Context, b *Back) error {
	retags, err := s.Journal.Retags(ctx, b.Write.At)
	if err = cmp.Or(err, s.Catalog.ForgetBefore(ctx, b.Write.At)); err != nil || len(retags) == 0 {
		return err
	}
	var had, got apiclient.Values
	b.Before.Fields, had = journal.Retagged(b.Before.Fields, retags)
	b.After.Fields, got = journal.Retagged(b.After.Fields, retags)
	lost := contacts.Between(apiclient.Contact{Fields: got}, apiclient.Contact{Fields: had}).Fields
	for _, tag := range slices.Sorted(maps.Keys(lost)) {
		note(&b.Gone, "the field "+text.Word(tag, 80))
	}
	return nil
}

// since names what somebody else has changed since a write: fields and lists, without their values.
func (s Service) since(ctx context.Context, b Back) (string, error) {
	differs := contacts.Between(b.Before, b.After).Missing(b.Found.Contact)
	if b.Write.Action == journal.Create {
		differs = contacts.Differences(b.After, b.Found.Contact)
	}
	var changed []string
	for _, one := range differs {
		switch one.What {
		case "field":
			changed = append(changed, text.Word(one.Name, 60))
		case "list":
			lists, err := s.Catalog.ListNames(ctx, []int64{one.ListID})
			if err != nil {
				return "", err
			}
			changed = append(changed, s.named(ctx, lists[0]))
		default:
			changed = append(changed, one.What)
		}
	}
	return cmp.Or(text.Listing(changed, 5), "something else about it"), nil
}

func decode(image json.RawMessage, into *apiclient.Contact) bool {
	return image != nil && json.Unmarshal(image, into) == nil
}

// ofCreate deletes. Of what an import created neither the id nor all of it is known: it is who came to be since, and has what
// the import gave and nothing else.
func (s Service) ofCreate(b Back) Back {
	given := contacts.Change{Fields: b.After.Fields, AddTo: b.After.ListIDs}
	switch {
	case b.Found.Email == "":
		b.Verdict = AsBefore
	case b.Write.Part != 0 && !s.cameWith(b):
		b.Verdict = NotOurs
	case b.Write.Part != 0:
		if b.Found.Status != apiclient.Subscribed || len(given.Missing(b.Found.Contact)) > 0 || !given.Made(b.Found.Contact) {
			b.Verdict = Changed
		}
	case b.Write.Subject == "":
		b.Verdict = NotOurs
	case !contacts.Between(b.After, b.Found.Contact).IsEmpty():
		b.Verdict = Changed
	}
	return b
}

func (s Service) ofUpdate(ctx context.Context, b Back, wholly bool) (Back, error) {
	made, err := s.stillMeant(ctx, contacts.Between(b.Before, b.After), b.Before.Fields, nil)
	if err == nil {
		b.Change, err = s.stillMeant(ctx, contacts.Between(b.After, b.Before), b.After.Fields, &b.Gone)
	}
	asBefore, asLeft := len(b.Change.Missing(b.Found.Contact)) == 0, len(made.Missing(b.Found.Contact)) == 0
	if wholly {
		asBefore = contacts.Between(b.Found.Contact, b.Before).IsEmpty()
		asLeft = contacts.Between(b.After, b.Found.Contact).IsEmpty()
	}
	switch {
	case err != nil:
		return b, err
	case b.Found.Email == "":
		b.Verdict = NotThere
	case b.Change.IsEmpty() && len(b.Gone) > 0:
		b.Verdict = Lost
	case asBefore:
		b.Verdict = AsBefore
	case !asLeft:
		b.Verdict = Changed
	}
	return b, nil
}

// stillMeant is a change without the lists and fields that are not there any more, which are noted where they are to be; from is
// what the fields had.
func (s Service) stillMeant(ctx context.Context, change contacts.Change, from apiclient.Values, gone *[]string) (contacts.Change, error) {
	var err error
	if change.AddTo, err = s.lists(ctx, change.AddTo, gone); err != nil {
		return change, err
	}
	if change.RemoveFrom, err = s.lists(ctx, change.RemoveFrom, nil); err != nil {
		return change, err
	}
	return change, s.fields(ctx, change.Fields, from, gone)
}

// ofDelete creates the contact again, as far as its lists and fields are still there.
func (s Service) ofDelete(ctx context.Context, b Back) (Back, error) {
	switch {
	case b.Found.Email != "" && b.Found.ID == b.Before.ID: // it was never deleted
		b.Verdict = AsBefore
		return b, nil
	case b.Found.Email != "":
		b.Verdict = Another
		return b, nil
	}
	b.Again = apiclient.NewContact{Email: b.Before.Email, Fields: maps.Clone(b.Before.Fields)}
	maps.DeleteFunc(b.Again.Fields, func(_ string, value any) bool { return value == nil || value == "" })
	var err error
	if b.Again.ListIDs, err = s.lists(ctx, b.Before.ListIDs, &b.Gone); err != nil {
		return b, err
	}
	return b, s.fields(ctx, b.Again.Fields, nil, &b.Gone)
}

// named is a list with its name, or the one that it had while it was there.
func (s Service) named(ctx context.Context, list apiclient.List) string {
	if name := cmp.Or(list.Name, s.Journal.ListName(ctx, list.ID)); name != "" {
		return fmt.Sprintf("the list %s (id %d)", text.Quote(name), list.ID)
	}
	return fmt.Sprintf("a list (id %d)", list.ID)
}

func note(gone *[]string, what string) {
	if gone != nil {
		*gone = append(*gone, what)
	}
}

// lists are those that are still there; the others are noted.
func (s Service) lists(ctx context.Context, ids []int64, gone *[]string) (kept []int64, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	lists, err := s.Catalog.ListNames(ctx, ids)
	for _, list := range lists {
		if list.Name == "" {
			note(gone, s.named(ctx, list))
			continue
		}
		kept = append(kept, list.ID)
	}
	return kept, err
}

// fields leaves the values out whose fields are not there any more, or are others by now, and notes them: a field that was created
// again with another type has no room for the value, or had none for what it had (from).
func (s Service) fields(ctx context.Context, values, from apiclient.Values, gone *[]string) error {
	if len(values) == 0 {
		return nil
	}
	fields, err := s.Catalog.Fields(ctx)
	if err != nil {
		return err
	}
	for _, tag := range slices.Sorted(maps.Keys(values)) {
		at := slices.IndexFunc(fields, func(field apiclient.Field) bool { return field.MergeTag == tag })
		switch {
		case at < 0:
			note(gone, "the field "+text.Word(tag, 80))
		case !fits(fields[at], values[tag]) || !fits(fields[at], from[tag]):
			note(gone, "the field "+text.Word(tag, 80)+" as it was: its type is "+text.Word(fields[at].DataType, 40)+" now")
		default:
			continue
		}
		delete(values, tag)
	}
	return nil
}

func fits(field apiclient.Field, value any) bool {
	_, problem := catalog.Fit(field, value)
	return value == "" || problem == ""
}

// Agreed is the consent of people whom undoing a change subscribes again, as the operator gave it.
func Agreed(change time.Time) string {
	return "the operator agreed to undo the change of " + change.UTC().Format(time.DateTime)
}

// Do turns a write back. Who is subscribed again by it has agreed in the words of consent; without any, it is refused. A consent that
// was given for the write does not count any more. Nor does it for creating again whom an undo deleted: what was said since is not
// known here, so that it takes a new one.
func (s Service) Do(ctx context.Context, back Back, consent string) error {
	for _, email := range back.agreed() {
		if err := s.Journal.TakeConsentBack(ctx, email); err != nil {
			return err
		}
	}
	switch back.Write.Action {
	case journal.Create:
		return s.Contacts.Delete(ctx, back.Found)
	case journal.Delete:
		_, err := s.Contacts.Create(ctx, contacts.Creation{NewContact: back.Again,
			Unsubscribed: back.Before.Status == apiclient.Unsubscribed})
		return err
	}
	back.Change.Consent = consent
	_, err := s.Contacts.Apply(ctx, back.Found, back.Change)
	return err
}

// IsAgain reports that a contact is what turning a deletion back makes: a request that was cut off has made it.
func (b Back) IsAgain() bool {
	wanted := contacts.Change{Fields: b.Before.Fields, AddTo: b.Before.ListIDs}
	return b.Write.Action == journal.Delete && strings.EqualFold(b.Found.Email, b.Before.Email) && wanted.Made(b.Found.Contact)
}
