package tools

import (
	"cmp"
	"context"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// MatchView is whom the account has of those a plan is for, and how they stand.
type MatchView struct {
	Existing     *int     `json:"existing,omitempty" jsonschema_description:"Absent where not known"`
	Subscribed   int      `json:"subscribed,omitempty"`
	Unsubscribed int      `json:"unsubscribed,omitempty"`
	Already      *int     `json:"already,omitempty" jsonschema_description:"Nothing would change for them; absent where not known"`
	NotFound     int      `json:"not_found,omitempty"`
	Names        []string `json:"not_found_contacts,omitempty" jsonschema_description:"The first of them"`
	AtMost       string   `json:"upper_bound,omitempty" jsonschema_description:"Why the number is one"`

	by     string            // how it was found out, in words
	known  bool              // the plan is for contacts whom a snapshot has
	looked []contacts.Looked // nil where a snapshot was asked
}

// namedMissing is how many are named who do not exist.
const namedMissing = 10

// match finds out whom the account has of those a plan is for, and how they stand: by a look at each of a few, else by a snapshot.
// Where neither can be, the number of those who are named is an upper bound. nil is for imports.
func (box *Toolbox) match(ctx context.Context, planned *bulk.Status, s *seen) (*MatchView, error) {
	if !planned.NamesContacts() {
		if s == nil || !planned.Spec.Known {
			return nil, nil
		}
		view := MatchView{Existing: &planned.Total, known: true}
		return &view, view.standing(ctx, planned.Spec, s, func(condition string) (int, error) {
			total, _, err := s.Count(ctx, both(planned.Who.Where, condition))
			return total, err
		})
	}
	var view MatchView
	var err error
	if s == nil {
		view, err = box.matchByLooking(ctx, planned)
	} else {
		view, err = box.matchInSnapshot(ctx, planned, s)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		view = MatchView{AtMost: "looking them up failed: " + explain(err).What}
	}
	return &view, box.Bulk.KeepMatched(ctx, planned, bulk.Matched{Existing: view.Existing, Why: view.AtMost})
}

// both joins two conditions; the first may be empty, and end in a comment.
func both(where, and string) string {
	if strings.TrimSpace(where) == "" {
		return and
	}
	return "(" + where + "\n) AND " + and
}

func (box *Toolbox) matchByLooking(ctx context.Context, planned *bulk.Status) (MatchView, error) {
	var refs []apiclient.ContactRef
	err := box.Bulk.Named(ctx, planned.ID, func(contact string) error {
		ref, err := apiclient.ParseContact(contact)
		refs = append(refs, ref)
		return err
	})
	if err != nil {
		return MatchView{}, err
	}
	looked, err := box.Contacts.LookUp(ctx, refs)
	if err != nil {
		return MatchView{}, err
	}
	view := MatchView{Existing: new(int), by: "by a look at each", looked: looked}
	for _, one := range looked {
		if one.Known {
			*view.Existing++
		} else {
			view.missing(one.Ref.String())
		}
	}
	view.standingLooked(planned.Spec, looked)
	return view, nil
}

func (box *Toolbox) matchInSnapshot(ctx context.Context, planned *bulk.Status, s *seen) (MatchView, error) {
	if s.unseen != "" {
		return MatchView{AtMost: s.unseen}, nil
	}
	all := newContactSet()
	if err := box.Bulk.Named(ctx, planned.ID, func(contact string) error { all.add(contact); return nil }); err != nil {
		return MatchView{}, err
	}
	existing, err := all.countIn(ctx, s.Snapshot, "")
	if err != nil {
		return MatchView{}, err
	}
	view := MatchView{Existing: &existing, by: "by the snapshot of " + minute(s.facts.TakenAt)}
	err = box.Bulk.Named(ctx, planned.ID, func(contact string) error {
		if !all.has(contact) {
			view.missing(contact)
		}
		return nil
	})
	if err != nil {
		return view, err
	}
	return view, view.standing(ctx, planned.Spec, s, func(condition string) (int, error) {
		return all.countIn(ctx, s.Snapshot, condition)
	})
}

func (v *MatchView) missing(contact string) {
	if v.NotFound++; len(v.Names) < namedMissing {
		v.Names = append(v.Names, contact)
	}
}

// describe says of so many who are named how many there are, how they stand, and what becomes of those who are missing. was is
// what those are who are as they should be.
func (v *MatchView) describe(named int, missing, was string) string {
	switch {
	case v == nil:
		return ""
	case v.Existing == nil:
		return "This number is an upper bound: which of them are contacts of this account is not known, because " + v.AtMost
	case v.known:
		return "Of them: " + v.stand(was) + "."
	}
	said := "All of them are contacts of this account"
	if n := *v.Existing; n < named {
		said = text.Number(n) + " of them " + isOrAre(n) + " in this account"
	}
	if v.by != "" {
		said += ", " + v.by + ": " + v.stand(was)
	}
	said += "."
	if v.NotFound > 0 {
		said += " Not contacts of this account, " + missing + ": " + strings.Join(text.Words(v.Names, 80), ", ") +
			more(v.NotFound-len(v.Names), "address") + "."
	}
	if again := named - *v.Existing - v.NotFound; again > 0 && v.by != "" {
		said += " " + text.Number(again) + " " + isOrAre(again) + " named twice, by address and by UUID."
	}
	return said
}

// isNobody reports that a plan would change nobody: those whom the account has are as requested. One for strangers alone is kept:
// they may exist by the time it is carried out.
func (v *MatchView) isNobody(planned bulk.Status) bool {
	if v == nil || v.Existing == nil || v.Already == nil || v.NotFound > 0 && planned.Spec.CreateMissing {
		return false
	}
	return planned.Kind == bulk.Update && *v.Existing > 0 && *v.Already == *v.Existing
}

// stand says how those stand whom the account has.
func (v *MatchView) stand(was string) string {
	said := text.Number(v.Subscribed) + " subscribed, " + text.Number(v.Unsubscribed) + " unsubscribed"
	if others := *v.Existing - v.Subscribed - v.Unsubscribed; others > 0 {
		said += ", " + text.Number(others) + " of another status"
	}
	if v.Already != nil {
		said += ", " + text.Number(*v.Already) + " " + cmp.Or(was, "already as requested")
	}
	return said
}

func (v *MatchView) shrink(width int) *MatchView {
	if v == nil {
		return nil
	}
	shown := *v
	names, _ := capped(v.Names, max(1, width/12))
	shown.Names = clipAll(names, max(width, 60))
	shown.AtMost = text.ClipProse(v.AtMost, 3*max(width, 60))
	return &shown
}

// existing is for how many contacts a plan is, as far as that is known.
func existing(planned bulk.Status) string {
	of, found := text.Count(planned.Total, "contact"), planned.Spec.Matched
	switch {
	case found == nil:
	case found.Existing == nil:
		return "at most " + of
	case *found.Existing < planned.Total:
		return text.Count(*found.Existing, "contact") + " of " + text.Number(planned.Total) + " named"
	}
	return of
}

// nounOf is what those are called whom a job is for: addresses, where some of them are, or may be, nobody's.
func nounOf(job bulk.Status) string {
	found := job.Spec.Matched
	nobodys := job.Tally.NotFound > 0 || found != nil && (found.Existing == nil || *found.Existing < job.Total)
	if job.Kind == bulk.Suppress && !job.Spec.Known || job.NamesContacts() && !job.Creates() && nobodys {
		return "address"
	}
	return "contact"
}

// nounOfWrite is what those are called whom a write was to: addresses, where they are nobody's, or need not be anybody's.
func nounOfWrite(write journal.Entry) string {
	if write.Kind == journal.Suppression || write.State == journal.Failed && write.Failure == string(fault.NotFound) {
		return "address"
	}
	return "contact"
}
