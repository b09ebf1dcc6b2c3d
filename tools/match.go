package tools

import (
	"context"
	"hash/maphash"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/text"
)

// MatchView is whom the account has of those whom a plan names.
type MatchView struct {
	Existing *int     `json:"existing,omitempty" jsonschema_description:"Absent where not known"`
	NotFound int      `json:"not_found,omitempty"`
	Names    []string `json:"not_found_contacts,omitempty" jsonschema_description:"The first of them"`
	AtMost   string   `json:"upper_bound,omitempty" jsonschema_description:"Why the number is one"`

	by     string            // how it was found out, in words
	looked []contacts.Looked // nil where a snapshot was asked
}

// namedMissing is how many are named who do not exist.
const namedMissing = 10

// match finds out whom the account has of those whom a plan names: by a look at each of a few, else by a snapshot that is
// there and new enough. Where neither can be, the plan's number is an upper bound. nil is for plans that name nobody.
func (box *Toolbox) match(ctx context.Context, planned *bulk.Status) (*MatchView, error) {
	if !planned.NamesContacts() {
		return nil, nil
	}
	find := box.matchInSnapshot
	if planned.Total <= contacts.MaxLookups {
		find = box.matchByLooking
	}
	view, err := find(ctx, planned.ID)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		view = MatchView{AtMost: "looking them up failed: " + explain(err).What}
	}
	return &view, box.Bulk.KeepMatched(ctx, planned, bulk.Matched{Existing: view.Existing, Why: view.AtMost})
}

func (box *Toolbox) matchByLooking(ctx context.Context, plan string) (MatchView, error) {
	var refs []apiclient.ContactRef
	err := box.Bulk.Named(ctx, plan, func(contact string) error {
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
	return view, nil
}

func (box *Toolbox) matchInSnapshot(ctx context.Context, plan string) (MatchView, error) {
	const many = "more than 50 are named, and are matched against a snapshot only where one is recent enough to write by"
	sn, found, err := box.Audience.Latest(ctx)
	if err != nil || !found {
		return MatchView{AtMost: many + "; there is none"}, err
	}
	defer sn.Release()
	facts, err := sn.Facts(ctx)
	if err != nil {
		return MatchView{}, err
	}
	taken := viewSnapshot(facts)
	switch {
	case facts.Age > box.snapshotAge(need{writing: true}):
		return MatchView{AtMost: many + "; the last is of " + taken.at()}, nil
	case facts.Unpatched > 0:
		return MatchView{AtMost: many + "; the last lacks what was imported since"}, nil
	}
	seed := maphash.MakeSeed()
	of := func(contact string) uint64 { return maphash.String(seed, strings.ToLower(contact)) }
	there := map[uint64]bool{} // those named, by their hashes: a file may name a million
	err = box.Bulk.Named(ctx, plan, func(contact string) error { there[of(contact)] = false; return nil })
	if err != nil {
		return MatchView{}, err
	}
	view := MatchView{Existing: new(int), by: "by the snapshot of " + taken.at()}
	err = sn.EachAddress(ctx, "", func(email, id string) error {
		is := false
		for _, key := range []uint64{of(email), of(id)} {
			if _, named := there[key]; named {
				there[key], is = true, true
			}
		}
		if is { // once, though named by address and by UUID
			*view.Existing++
		}
		return nil
	})
	if err != nil {
		return MatchView{}, err
	}
	err = box.Bulk.Named(ctx, plan, func(contact string) error {
		if !there[of(contact)] {
			view.missing(contact)
		}
		return nil
	})
	return view, err
}

func (v *MatchView) missing(contact string) {
	if v.NotFound++; len(v.Names) < namedMissing {
		v.Names = append(v.Names, contact)
	}
}

// describe says of so many who are named how many there are, and what becomes of those who are missing.
func (v *MatchView) describe(named int, missing string) string {
	switch {
	case v == nil:
		return ""
	case v.Existing == nil:
		return "This number is an upper bound: which of them are contacts of this account was not found out, because " + v.AtMost + "."
	}
	said := "All of them are contacts of this account"
	if n := *v.Existing; n < named {
		said = text.Number(n) + " of them " + isOrAre(n) + " in this account"
	}
	if v.by != "" {
		said += ", " + v.by
	}
	said += "."
	if v.NotFound > 0 {
		said += " Not contacts of this account, " + missing + ": " + strings.Join(text.Words(v.Names, 80), ", ") +
			more(v.NotFound-len(v.Names), "contact") + "."
	}
	if again := named - *v.Existing - v.NotFound; again > 0 && v.by != "" {
		said += " " + text.Number(again) + " " + isOrAre(again) + " named twice, by address and by UUID."
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
