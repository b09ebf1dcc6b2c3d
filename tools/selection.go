package tools

import (
	"context"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Selection is whom a call is for: the arguments that say it, of which a call gives exactly one.
type Selection struct {
	Contacts []string `json:"contacts,omitempty" jsonschema:"maxItems=1000" jsonschema_description:"Addresses or UUIDs; else file, segment or where"`
	File     string   `json:"file,omitempty" jsonschema_description:"Of addresses or UUIDs"`
	Segment  string   `json:"segment,omitempty"`
	Where    string   `json:"where,omitempty" jsonschema_description:"As in search_contacts"`
}

// String is whom a selection that names no contacts is of, within a sentence.
func (s Selection) String() string {
	switch {
	case s.File != "":
		return "the contacts of " + text.Quote(s.File)
	case s.Segment != "":
		return "the contacts of segment " + text.Word(s.Segment, 100)
	}
	return "the contacts where " + text.QuoteUpTo(s.Where, shownWhere)
}

// shownWhere is how much of a condition is shown.
const shownWhere = 200

// Check refuses contacts that are none, and a selection made in several ways or in none.
func (s Selection) Check() error {
	_, err := s.refs()
	return err
}

// final refuses more than a few named contacts for what cannot be taken back.
func (s Selection) final(preview bool) error {
	refs, err := s.refs()
	if err == nil && !preview && len(refs) > deletesUnseen {
		return needsPreview(len(refs), deletesUnseen)
	}
	return err
}

// previewOrRunFinal is previewOrRun of what cannot be taken back: only those who are named may be written unseen. It comes after the
// others were found, so that what is wrong with their file or condition is told first.
func (box *Toolbox) previewOrRunFinal(ctx context.Context, s Selection, planned bulk.Status, preview bool, done string) (JobView, error) {
	if preview || len(s.Contacts) > 0 || planned.Total == 0 {
		return box.previewOrRun(ctx, planned, preview, box.deletesAbove())
	}
	box.Bulk.Discard(ctx, planned.ID)
	return JobView{}, fault.New(fault.NeedsPreview, "This is for "+text.Count(planned.Total, "contact")+
		", and the contacts of a file, segment or condition are not "+done+" unseen.", "",
		"Nothing was "+done+". Repeat the call with preview: true, show the operator how many and who they are, and carry it out "+
			"with apply_plan.")
}

// usable refuses a segment or a condition that cannot be used, before anybody is asked about those whom it chooses.
func (box *Toolbox) usable(ctx context.Context, s Selection) error {
	if strings.TrimSpace(s.Segment+s.Where) == "" {
		return nil
	}
	_, done, err := box.choose(ctx, s, true)
	done()
	return err
}

// refs are the contacts that it names one by one, if it does.
func (s Selection) refs() ([]apiclient.ContactRef, error) {
	err := exactlyOne("Choose the contacts with exactly one of contacts, file, segment and where.",
		way{"contacts", len(s.Contacts) > 0}, way{"file", s.File != ""}, way{"segment", s.Segment != ""}, way{"where", s.Where != ""})
	if err != nil {
		return nil, err
	}
	return contacts.ParseAll("contacts", s.Contacts)
}

// way is an argument that says whom a call is for, and whether it is given.
type way struct {
	name string
	is   bool
}

// exactlyOne refuses a call that says in several ways whom it is for, or in none.
func exactlyOne(choose string, ways ...way) error {
	var given []string
	for _, way := range ways {
		if way.is {
			given = append(given, way.name)
		}
	}
	why := "None of them is given."
	switch len(given) {
	case 0:
	case 1:
		return nil
	default:
		why = "Given are " + strings.Join(given, " and ") + "."
	}
	return fault.New(fault.InvalidInput, choose, why, "Nothing was sent.")
}

// choose finds out whom a selection chooses: contacts named one by one, those of a file, or those that fit a condition. Only a preview
// may be of a snapshot that lacks something, and says so. done is to be called when the result has been used.
func (box *Toolbox) choose(ctx context.Context, s Selection, preview bool) (who bulk.Selection, done func(), err error) {
	done = func() {}
	s.Segment, s.Where = strings.TrimSpace(s.Segment), strings.TrimSpace(s.Where)
	refs, err := s.refs()
	if err != nil || s.Segment+s.Where == "" {
		return bulk.Selection{Contacts: refs, File: s.File}, done, err
	}
	asked, err := box.ask(ctx, s.Segment, s.Where, need{writing: true})
	if err != nil {
		return bulk.Selection{}, done, err
	}
	notes, err := asked.planNotes(ctx)
	if err == nil && !preview {
		err = asked.view.decides()
	}
	if err != nil {
		asked.Release()
		return bulk.Selection{}, done, err
	}
	return bulk.Selection{
		There:  asked,
		Where:  asked.where,
		AsOf:   asked.TakenAt(),
		Source: asked.source + ", as of " + asked.view.at(),
		Notes:  notes,
	}, asked.Release, nil
}

// alone reports that a call is for one contact, which is written within it, as by update_contact. More are a job's, and a preview
// is a plan. Of a few contacts each person is kept once: whether a UUID and an address are the same person's tells a look-up.
func (box *Toolbox) alone(ctx context.Context, who *bulk.Selection, preview bool) (bool, error) {
	if err := unseen(*who, preview, box.PreviewAbove); err != nil || preview {
		return false, err
	}
	byUUID := func(ref apiclient.ContactRef) bool { return ref.ByUUID() }
	byAddress := func(ref apiclient.ContactRef) bool { return !ref.ByUUID() }
	if len(who.Contacts) <= contacts.MaxLookups && slices.ContainsFunc(who.Contacts, byUUID) && slices.ContainsFunc(who.Contacts, byAddress) {
		looked, err := box.Contacts.LookUp(ctx, who.Contacts)
		if err != nil {
			return false, err
		}
		who.Contacts = refsOf(looked)
	}
	return len(who.Contacts) == 1, nil
}

func refsOf(looked []contacts.Looked) []apiclient.ContactRef {
	refs := make([]apiclient.ContactRef, len(looked))
	for i, one := range looked {
		refs[i] = one.Ref
	}
	return refs
}

// asked is a snapshot with the condition that it is to be asked.
type asked struct {
	*audience.Snapshot
	view   SnapshotView
	where  string
	narrow string // another condition, of the program's own
	source string // within a sentence: `where "plan = 'pro'"`
}

// narrowed is both conditions.
func (a *asked) narrowed() string {
	if a.narrow == "" || strings.TrimSpace(a.where) == "" {
		return a.where + a.narrow
	}
	return "(" + a.where + "\n) AND " + a.narrow
}

// notes are what may be meant otherwise in the condition.
func (a *asked) notes(ctx context.Context) ([]string, error) {
	total, _, err := a.Count(ctx, a.where)
	if err != nil {
		return nil, err
	}
	return a.Hints(ctx, a.where, total)
}

// planNotes are those of a plan, with what the snapshot lacks that it is made by.
func (a *asked) planNotes(ctx context.Context) ([]string, error) {
	notes, err := a.notes(ctx)
	if lacks := a.view.lacks(); lacks != "" {
		notes = append(notes, "The snapshot "+lacks+"; preview again "+a.view.again()+".")
	}
	if a.view.Suppressions != "" {
		notes = append(notes, a.view.Suppressions)
	}
	return notes, err
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
	if err != nil && !n.refresh && (segment != "" && a.view.Seconds > 0 || a.view.knowsLess(err)) { // names may have changed
		a.Release()
		n.refresh = true
		if a.Snapshot, a.view, err = box.snapshot(ctx, n); err != nil {
			return nil, err
		}
		err = checks()
	}
	if err == nil {
		err = box.stateSuppressions(ctx, a.Snapshot, &a.view, false, a.where)
	}
	if err != nil {
		a.Release()
		return nil, a.unusable(segment, err)
	}
	return a, nil
}

// askExactly is ask of a snapshot that is as new as can be. narrow is a condition of the program's own, which may name what is newer
// than a snapshot that was taken before.
func (box *Toolbox) askExactly(ctx context.Context, segment, where, narrow string, n need) (*asked, error) {
	began := time.Now()
	n.exact = true
	for {
		a, err := box.ask(ctx, segment, where, n)
		if err != nil {
			return nil, err
		}
		a.narrow = narrow
		if err = a.Check(ctx, narrow); err == nil {
			return a, nil
		}
		a.Release()
		if n.refresh || !a.TakenAt().Before(began) {
			return nil, err
		}
		n.refresh = true
	}
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
