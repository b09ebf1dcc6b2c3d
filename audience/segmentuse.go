package audience

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// A segment is kept as it was written, with the ids of what it names: names pass to other lists and fields.

// CheckSegment tells what is wrong with a segment's condition; nil when it can be asked and names what it named when it was
// saved. A name that means another list or field now is a conflict.
func (sn *Snapshot) CheckSegment(segment Segment) error {
	asked, err := sn.about.Check(segment.Where)
	if err != nil {
		return sn.movedOn(segment, err)
	}
	if segment.refs == nil {
		if slices.Equal(asked.IDs(where.RefField), segment.FieldIDs) && slices.Equal(asked.IDs(where.RefList), segment.ListIDs) {
			return nil
		}
		return fault.New(fault.Conflict,
			"The segment "+text.Quote(segment.Name)+" names lists or fields that are others now than when it was saved.", "",
			"Nothing was chosen. Look with list_lists and list_fields what its names mean, and save it again; it is "+
				shownCondition(segment)+".")
	}
	now := asked.Refs()
	for i, was := range segment.refs {
		if i >= len(now) || now[i].ID != was.ID || now[i].Kind != was.Kind {
			is := where.Ref{}
			if i < len(now) {
				is = now[i]
			}
			return sn.otherNow(segment, was, is)
		}
	}
	return nil
}

func shownCondition(segment Segment) string { return text.QuoteUpTo(segment.Where, 200) }

// otherNow is the conflict of a name that means something else now.
func (sn *Snapshot) otherNow(segment Segment, was, is where.Ref) error {
	now := "nothing that is known"
	if is.ID != 0 {
		now = "the " + is.Kind + " " + sn.subject(is)
	}
	return fault.New(fault.Conflict,
		"The segment "+text.Quote(segment.Name)+" says "+text.QuoteUpTo(was.Said(segment.Where), 80)+", which now means "+now+".",
		"When it was saved, that was the "+was.Kind+" with id "+idText(was.ID)+", "+sn.called(was)+".",
		"Nothing was chosen. Ask the operator which is meant, and save the segment anew with it; it is "+shownCondition(segment)+".")
}

// movedOn adds to an error what has become of the lists and fields that a segment named.
func (sn *Snapshot) movedOn(segment Segment, err error) error {
	var moved []string
	for _, was := range segment.refs {
		if sn.about.Means(was.Said(segment.Where), was) {
			continue
		}
		moved = append(moved, "The "+was.Kind+" that "+text.QuoteUpTo(was.Said(segment.Where), 80)+" meant is "+sn.called(was)+".")
	}
	if len(moved) == 0 || !fault.Is(err, fault.InvalidInput) {
		return err
	}
	cause := fault.From(err)
	return fault.New(fault.InvalidInput, cause.What, strings.Join(moved[:min(len(moved), 3)], " "), cause.Next).Because(err)
}

// called says what has become of a list or field.
func (sn *Snapshot) called(r where.Ref) string {
	if subject := sn.subject(r); subject != "" {
		return "now called " + subject
	}
	return "gone"
}

// subject is a list or field by name and id; empty when it is not there.
func (sn *Snapshot) subject(r where.Ref) string {
	if r.Kind == where.RefList {
		for _, list := range sn.about.Lists {
			if list.ID == r.ID {
				return text.Quote(list.Name) + " (id " + idText(r.ID) + ")"
			}
		}
		return ""
	}
	for _, c := range sn.about.Columns {
		if c.FieldID == r.ID {
			return text.Quote(c.Name) + " (id " + idText(r.ID) + ")"
		}
	}
	return ""
}

// ListRenamed lets the segments follow a list that was renamed: where their conditions name it, they do so by its new name.
// It returns the names of those that it changed.
func (s *Service) ListRenamed(ctx context.Context, before, after apiclient.List) ([]string, error) {
	lists, err := s.options.Catalog.Lists(ctx)
	if err != nil {
		return nil, err
	}
	renaming := where.RenamedList(before, after, lists)
	return s.rewrite(ctx, func(segment *Segment) {
		segment.Where, segment.refs = renaming.Apply(segment.Where, segment.refs, segment.ListIDs)
	})
}

// FieldRenamed lets the segments follow a field whose name or merge tag was changed.
func (s *Service) FieldRenamed(ctx context.Context, before, after apiclient.Field) ([]string, error) {
	fields, err := s.options.Catalog.Fields(ctx)
	if err != nil {
		return nil, err
	}
	renaming := where.RenamedField(before, after, fields)
	return s.rewrite(ctx, func(segment *Segment) {
		segment.Where, segment.refs = renaming.Apply(segment.Where, segment.refs, segment.FieldIDs)
	})
}

// takeOutOfSegments takes an address out of the conditions and descriptions of the account's segments.
func (s *Service) takeOutOfSegments(ctx context.Context, email string) error {
	for { // until no segment has it, even if one is saved meanwhile
		changed, err := s.rewrite(ctx, func(segment *Segment) {
			segment.Where, segment.refs = where.WithoutAddress(segment.Where, segment.refs, email)
			segment.Description = text.WithoutAddress(segment.Description, email)
		})
		if err != nil || len(changed) == 0 {
			return err
		}
	}
}

// rewrite changes the account's segments, and returns the names of those that it changed. One that is saved meanwhile stays.
func (s *Service) rewrite(ctx context.Context, change func(*Segment)) (changed []string, err error) {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.Segments(ctx)
	if err != nil {
		return nil, err
	}
	db, err := s.options.Store.Durable(ctx)
	if err != nil {
		return nil, err
	}
	for _, segment := range all {
		before := segment
		change(&segment)
		if segment.Where == before.Where && segment.Description == before.Description {
			continue
		}
		refs := ""
		if segment.refs != nil {
			written, _ := json.Marshal(segment.refs) // numbers and words always can be
			refs = string(written)
		}
		if _, err := db.ExecContext(ctx, `UPDATE segment SET condition = $1, refs = $2, description = $3
			WHERE account = $4 AND folded = $5 AND condition = $6 AND description = $7`,
			segment.Where, refs, segment.Description, account, folded(segment.Name), before.Where, before.Description); err != nil {
			return changed, s.options.Store.Fault(err)
		}
		changed = append(changed, segment.Name)
	}
	return changed, nil
}
