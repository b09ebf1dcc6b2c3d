package audience

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// Segment is a named condition. Using it evaluates it anew.
type Segment struct {
	Name        string
	Where       string
	Description string
	FieldIDs    []int64 // of the fields that the condition names
	ListIDs     []int64
	SavedAt     time.Time

	refs []where.Ref // where it names them, in their order; nil: not known
}

// Bounds of a segment.
const (
	maxSegmentName = 100 // characters
	maxDescription = 500
	maxSegments    = 200 // of an account
)

// SaveSegment checks a condition against a snapshot and keeps it under a name; one of that name, in whatever case, is
// replaced, and returned as it was.
func (s *Service) SaveSegment(ctx context.Context, sn *Snapshot, segment Segment) (saved Segment, replaced *Segment, err error) {
	segment.Name, segment.Description = text.Clean(strings.TrimSpace(segment.Name)), text.Clean(segment.Description)
	switch length := utf8.RuneCountInString(segment.Name); {
	case length == 0 || length > maxSegmentName:
		return segment, nil, fault.New(fault.InvalidInput, "name: a segment's name has 1 to 100 characters.", "", "Give another name.")
	case utf8.RuneCountInString(segment.Description) > maxDescription:
		return segment, nil, fault.New(fault.InvalidInput, "description: it has more than 500 characters.", "", "Give a shorter one.")
	case strings.TrimSpace(segment.Where) == "":
		return segment, nil, fault.New(fault.InvalidInput, "where: a segment needs a condition.", "",
			"Give one, like status = 'subscribed'.")
	}
	asked, err := sn.check(ctx, segment.Where)
	if err != nil {
		return segment, nil, err
	}
	segment.FieldIDs, segment.ListIDs = asked.IDs(where.RefField), asked.IDs(where.RefList)
	segment.refs = asked.Refs()
	segment.SavedAt = time.Now().UTC()
	db, err := s.options.Store.Durable(ctx)
	if err != nil {
		return segment, nil, err
	}
	before, err := s.Segments(ctx)
	if err != nil {
		return segment, nil, err
	}
	if i := slices.IndexFunc(before, func(other Segment) bool { return folded(other.Name) == folded(segment.Name) }); i >= 0 {
		replaced = &before[i]
	}
	if replaced == nil && len(before) >= maxSegments {
		return segment, nil, fault.New(fault.LimitReached, "There are "+text.Count(len(before), "segment")+", which is the limit.", "",
			"Delete one with delete_segment.")
	}
	fields, _ := json.Marshal(segment.FieldIDs)
	lists, _ := json.Marshal(segment.ListIDs)
	refs, _ := json.Marshal(segment.refs)
	_, err = db.ExecContext(ctx, `INSERT INTO segment (account, name, folded, condition, description, fields, lists, at, refs)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (account, folded) DO UPDATE SET name = excluded.name, condition = excluded.condition,
			description = excluded.description, fields = excluded.fields, lists = excluded.lists, at = excluded.at, refs = excluded.refs`,
		sn.account, segment.Name, folded(segment.Name), segment.Where, segment.Description, string(fields), string(lists),
		segment.SavedAt.UnixMilli(), string(refs))
	return segment, replaced, s.options.Store.Fault(err)
}

// folded is a segment's name without its case and its accents' way of being written.
func folded(name string) string { return strings.ToLower(norm.NFC.String(text.Clean(name))) }

// Segments are all of the account, by name.
func (s *Service) Segments(ctx context.Context) ([]Segment, error) {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	db, err := s.options.Store.Reading(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT name, condition, description, fields, lists, at, refs
		FROM segment WHERE account = $1 ORDER BY folded`, account)
	if err != nil {
		return nil, s.options.Store.Fault(err)
	}
	defer rows.Close()
	var all []Segment
	for rows.Next() {
		var segment Segment
		var fields, lists, refs string
		var at int64
		if err := rows.Scan(&segment.Name, &segment.Where, &segment.Description, &fields, &lists, &at, &refs); err != nil {
			return nil, s.options.Store.Fault(err)
		}
		err := errors.Join(json.Unmarshal([]byte(fields), &segment.FieldIDs), json.Unmarshal([]byte(lists), &segment.ListIDs))
		if err != nil {
			return nil, err
		}
		if refs != "" {
			if err := json.Unmarshal([]byte(refs), &segment.refs); err != nil {
				return nil, err
			}
		}
		segment.SavedAt = time.UnixMilli(at).UTC()
		all = append(all, segment)
	}
	return all, s.options.Store.Fault(rows.Err())
}

// Segment is the segment of a name, in whatever case.
func (s *Service) Segment(ctx context.Context, name string) (Segment, error) {
	all, err := s.Segments(ctx)
	if err != nil {
		return Segment{}, err
	}
	names := make([]string, len(all))
	for i, segment := range all {
		if folded(segment.Name) == folded(name) {
			return segment, nil
		}
		names[i] = segment.Name
	}
	why := "There are no segments yet."
	if len(all) > 0 {
		meant := text.Meant([]string{name}, names)
		names = text.Closest(name, names)
		for i, name := range names {
			names[i] = text.Quote(name)
		}
		why = meant + "The segments are " + text.Listing(names, 20) + "."
	}
	return Segment{}, fault.New(fault.NotFound, "There is no segment "+text.Quote(name)+".", why,
		"Use one of these, or save it with save_segment.")
}

// DeleteSegment deletes a segment and returns what it was.
func (s *Service) DeleteSegment(ctx context.Context, name string) (Segment, error) {
	segment, err := s.Segment(ctx, name)
	if err != nil {
		return Segment{}, err
	}
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return Segment{}, err
	}
	var db *sql.DB
	if db, err = s.options.Store.Durable(ctx); err != nil {
		return Segment{}, err
	}
	_, err = db.ExecContext(ctx, `DELETE FROM segment WHERE account = ? AND folded = ?`, account, folded(segment.Name))
	return segment, s.options.Store.Fault(err)
}

// SegmentsUsingField are the names of the segments whose condition names a field, by the field's id: a field that was
// renamed is still found.
func (s *Service) SegmentsUsingField(ctx context.Context, id int64) ([]string, error) {
	return s.using(ctx, func(segment Segment) bool { return slices.Contains(segment.FieldIDs, id) })
}

// SegmentsUsingList are likewise those that name a list.
func (s *Service) SegmentsUsingList(ctx context.Context, id int64) ([]string, error) {
	return s.using(ctx, func(segment Segment) bool { return slices.Contains(segment.ListIDs, id) })
}

func (s *Service) using(ctx context.Context, uses func(Segment) bool) (names []string, err error) {
	all, err := s.Segments(ctx)
	if s.keptNothing(err) {
		return nil, nil
	}
	for _, segment := range all {
		if uses(segment) {
			names = append(names, segment.Name)
		}
	}
	return names, store.Unsent(err) // it is asked before a deletion
}

// keptNothing reports that the store could not be used because it does not exist: nothing was ever kept that anything could be
// concluded from. A store that is there and fails is another matter.
func (s *Service) keptNothing(err error) bool {
	return fault.Is(err, fault.FileAccess) && s.options.Store.IsNew()
}
