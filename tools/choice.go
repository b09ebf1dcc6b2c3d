package tools

import (
	"context"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// choice is whom a call is for: exactly one of the ways to say it.
type choice struct {
	contacts             []string
	file, segment, where string
}

// asked reports a choice that is made by asking the snapshot, and not by naming contacts.
func (c choice) asked() bool { return c.segment != "" || c.where != "" }

// String is whom a choice that names no contacts is of, within a sentence.
func (c choice) String() string {
	switch {
	case c.file != "":
		return "the contacts of " + text.Quote(c.file)
	case c.segment != "":
		return "the contacts of segment " + text.Word(c.segment, 100)
	}
	return "the contacts where " + text.QuoteUpTo(c.where, shownWhere)
}

// shownWhere is how much of a condition is shown.
const shownWhere = 200

// refs are the contacts that it names one by one, if it does. It is refused where they are none, or it says it in several
// ways or in none.
func (c choice) refs() ([]apiclient.ContactRef, error) {
	var given []string
	for _, way := range []struct {
		name string
		is   bool
	}{{"contacts", len(c.contacts) > 0}, {"file", c.file != ""}, {"segment", c.segment != ""}, {"where", c.where != ""}} {
		if way.is {
			given = append(given, way.name)
		}
	}
	why := "None of them is given."
	switch len(given) {
	case 0:
	case 1:
		return contacts.ParseAll("contacts", c.contacts)
	default:
		why = "Given are " + strings.Join(given, " and ") + "."
	}
	return nil, fault.New(fault.InvalidInput, "Choose the contacts with exactly one of contacts, file, segment and where.",
		why, "Nothing was sent.")
}

// choose makes a selection of the ways to name contacts: one by one, those of a file, or those that fit a condition. done
// is to be called when the selection has been used.
func (box *Toolbox) choose(ctx context.Context, c choice) (who bulk.Selection, done func(), err error) {
	done = func() {}
	c.segment, c.where = strings.TrimSpace(c.segment), strings.TrimSpace(c.where)
	refs, err := c.refs()
	if err != nil || !c.asked() {
		return bulk.Selection{Contacts: refs, File: c.file}, done, err
	}
	asked, err := box.ask(ctx, c.segment, c.where, need{writing: true})
	if err != nil {
		return bulk.Selection{}, done, err
	}
	notes, err := asked.notes(ctx)
	if err != nil {
		asked.Release()
		return bulk.Selection{}, done, err
	}
	return bulk.Selection{
		Known: func(ctx context.Context, visit func(email, id string) error) error {
			return asked.EachAddress(ctx, asked.where, visit)
		},
		AsOf:   asked.TakenAt(),
		Source: asked.source + ", as of " + asked.view.at(),
		Notes:  notes,
	}, asked.Release, nil
}

// asked is a snapshot with the condition that it is to be asked.
type asked struct {
	*audience.Snapshot
	view   SnapshotView
	where  string
	source string // within a sentence: `where "plan = 'pro'"`
}

// notes are what may be meant otherwise in the condition.
func (a *asked) notes(ctx context.Context) ([]string, error) {
	total, _, err := a.Count(ctx, a.where)
	if err != nil {
		return nil, err
	}
	return a.Hints(ctx, a.where, total)
}

// ask gets a snapshot for a segment or a condition, which it can answer; neither means all contacts. It is to be released.
func (box *Toolbox) ask(ctx context.Context, segment, where string, n need) (*asked, error) {
	a := &asked{where: where, source: "where " + text.QuoteUpTo(where, shownWhere)}
	checks := func() error { return a.Check(ctx, a.where) }
	if segment != "" {
		found, err := box.Audience.Segment(ctx, segment)
		if err != nil {
			return nil, err
		}
		a.where, a.source = found.Where, "of segment "+text.Word(found.Name, 100)
		checks = func() error { return a.CheckSegment(found) }
	}
	var err error
	if a.Snapshot, a.view, err = box.snapshot(ctx, n); err != nil {
		return nil, err
	}
	err = checks()
	if err != nil && segment != "" && !n.refresh && a.view.Seconds > 0 { // names may have changed since the snapshot
		a.Release()
		n.refresh = true
		if a.Snapshot, a.view, err = box.snapshot(ctx, n); err != nil {
			return nil, err
		}
		err = checks()
	}
	if err != nil {
		a.Release()
		return nil, a.unusable(segment, err)
	}
	return a, nil
}

// unusable says of a segment that it cannot be asked any more.
func (a *asked) unusable(segment string, err error) error {
	if segment == "" || !fault.Is(err, fault.InvalidInput) {
		return err
	}
	cause := fault.From(err)
	return fault.New(fault.Conflict, "The segment "+text.Quote(segment)+" cannot be used any more: "+cause.What, cause.Why,
		"Nothing was sent. Save the segment with a condition that holds now; it was "+text.QuoteUpTo(a.where, shownWhere)+".").Because(err)
}
