package audience

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// A segment is kept as it was written, with the ids of what it names: names pass to other lists and fields.

// CheckSegment tells what is wrong with a segment's condition; nil when it can be asked and names what it named when it was
// saved. A name that means another list or field now is a conflict.
func (sn *Snapshot) CheckSegment(segment Segment) error {
	asked, err := sn.checked(segment.Where)
	if err != nil {
		return sn.movedOn(segment, err)
	}
	if segment.refs == nil {
		if slices.Equal(asked.ids(refField), segment.FieldIDs) && slices.Equal(asked.ids(refList), segment.ListIDs) {
			return nil
		}
		return fault.New(fault.Conflict,
			"The segment "+text.Quote(segment.Name)+" names lists or fields that are others now than when it was saved.", "",
			"Nothing was chosen. Look with list_lists and list_fields what its names mean, and save it again; it is "+
				shownCondition(segment)+".")
	}
	now := inOrder(asked.refs)
	for i, was := range segment.refs {
		if i >= len(now) || now[i].ID != was.ID || now[i].Kind != was.Kind {
			is := ref{}
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
func (sn *Snapshot) otherNow(segment Segment, was, is ref) error {
	now := "nothing that is known"
	if is.ID != 0 {
		now = "the " + is.Kind + " " + sn.subject(is)
	}
	return fault.New(fault.Conflict,
		"The segment "+text.Quote(segment.Name)+" says "+text.QuoteUpTo(segment.said(was), 80)+", which now means "+now+".",
		"When it was saved, that was the "+was.Kind+" with id "+idText(was.ID)+", "+sn.called(was)+".",
		"Nothing was chosen. Ask the operator which is meant, and save the segment anew with it; it is "+shownCondition(segment)+".")
}

// movedOn adds to an error what has become of the lists and fields that a segment named.
func (sn *Snapshot) movedOn(segment Segment, err error) error {
	var moved []string
	for _, was := range segment.refs {
		var now string
		if said := segment.said(was); was.Kind == refList {
			if list, found, failed := catalog.MatchList(said, sn.schema.lists); failed == nil && found && list.ID == was.ID {
				continue
			}
		} else if i, found := sn.schema.find(said, strings.HasPrefix(said, "field:")); found && sn.schema.columns[i].FieldID == was.ID {
			continue
		}
		now = sn.called(was)
		moved = append(moved, "The "+was.Kind+" that "+text.QuoteUpTo(segment.said(was), 80)+" meant is "+now+".")
	}
	if len(moved) == 0 || !fault.Is(err, fault.InvalidInput) {
		return err
	}
	cause := fault.From(err)
	return fault.New(fault.InvalidInput, cause.What, strings.Join(moved[:min(len(moved), 3)], " "), cause.Next).Because(err)
}

// called says what has become of a list or field.
func (sn *Snapshot) called(r ref) string {
	if subject := sn.subject(r); subject != "" {
		return "now called " + subject
	}
	return "gone"
}

// subject is a list or field by name and id; empty when it is not there.
func (sn *Snapshot) subject(r ref) string {
	if r.Kind == refList {
		for _, list := range sn.schema.lists {
			if list.ID == r.ID {
				return text.Quote(list.Name) + " (id " + idText(r.ID) + ")"
			}
		}
		return ""
	}
	for _, c := range sn.schema.columns {
		if c.FieldID == r.ID {
			return text.Quote(c.Name) + " (id " + idText(r.ID) + ")"
		}
	}
	return ""
}

// said is the name at a place of a segment's condition, without its quotes.
func (segment Segment) said(r ref) string {
	if r.From < 0 || r.To > len(segment.Where) || r.From >= r.To {
		return segment.Where
	}
	t, _, err := scan(segment.Where, r.From)
	if err != nil {
		return segment.Where[r.From:r.To]
	}
	return t.text
}

// ListRenamed lets the segments follow a list that was renamed: where their conditions name it, they do so by its new name.
// It returns the names of those that it changed.
func (s *Service) ListRenamed(ctx context.Context, before, after apiclient.List) ([]string, error) {
	lists, err := s.options.Catalog.Lists(ctx)
	if err != nil {
		return nil, err
	}
	means := func(name string) bool {
		list, found, err := catalog.MatchList(name, lists)
		return err == nil && found && list.ID == after.ID
	}
	with := quotedText(after.Name)
	if !means(after.Name) {
		with = quotedText("id:" + idText(after.ID))
	}
	return s.follow(ctx, follower{
		kind: refList, id: after.ID, formerly: []string{before.Name}, means: means, with: func(token) string { return with },
	})
}

// FieldRenamed lets the segments follow a field whose name or merge tag was changed.
func (s *Service) FieldRenamed(ctx context.Context, before, after apiclient.Field) ([]string, error) {
	fields, err := s.options.Catalog.Fields(ctx)
	if err != nil {
		return nil, err
	}
	means := func(name string) bool {
		field, found, err := catalog.MatchField(strings.TrimPrefix(name, "field:"), fields)
		return err == nil && found && field.ID == after.ID
	}
	tag := after.MergeTag
	if slices.Contains(builtInNames[:], strings.ToLower(tag)) {
		tag = "field:" + tag
	}
	with := func(t token) string {
		if t.kind == str { // field('First name')
			return quotedText(after.MergeTag)
		}
		return `"` + strings.ReplaceAll(tag, `"`, `""`) + `"`
	}
	return s.follow(ctx, follower{
		kind: refField, id: after.ID, formerly: []string{before.Name, before.MergeTag}, means: means, with: with,
	})
}

// follower is how conditions follow something that was renamed.
type follower struct {
	kind     string
	id       int64
	formerly []string               // its names before
	means    func(name string) bool // whether a name means it now
	with     func(token) string     // what to write instead of a token
}

func (s *Service) follow(ctx context.Context, f follower) (changed []string, err error) {
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
		now, refs := f.rewritten(segment)
		if now == segment.Where || len(now) > maxWhere {
			continue
		}
		written, err := json.Marshal(refs)
		if err != nil {
			return changed, err
		}
		if refs == nil {
			written = nil
		}
		_, err = db.ExecContext(ctx, `UPDATE segment SET condition = ?, refs = ? WHERE account = ? AND folded = ? AND condition = ?`,
			now, string(written), account, plain(segment.Name), segment.Where)
		if err != nil {
			return changed, s.options.Store.Fault(err)
		}
		changed = append(changed, segment.Name)
	}
	return changed, nil
}

// rewritten is a segment's condition with the new name.
func (f follower) rewritten(segment Segment) (where string, refs []ref) {
	old := segment.refs
	if old == nil {
		old = f.guessed(segment)
	}
	var b strings.Builder
	at := 0
	for _, r := range old {
		if r.From < at || r.To > len(segment.Where) || r.From >= r.To {
			return segment.Where, segment.refs
		}
		b.WriteString(segment.Where[at:r.From])
		said := segment.Where[r.From:r.To]
		if t, _, err := scan(segment.Where, r.From); err == nil && r.Kind == f.kind && r.ID == f.id && !f.means(t.text) {
			said = f.with(t)
		}
		from := b.Len()
		b.WriteString(said)
		refs = append(refs, ref{r.Kind, r.ID, from, b.Len()})
		at = r.To
	}
	b.WriteString(segment.Where[at:])
	if segment.refs == nil {
		refs = nil // only those of one thing are known
	}
	return b.String(), refs
}

// guessed finds where a segment that an older program has saved names something, by the names it had.
func (f follower) guessed(segment Segment) (refs []ref) {
	ids := segment.ListIDs
	if f.kind == refField {
		ids = segment.FieldIDs
	}
	parsed, err := parse(segment.Where)
	if err != nil || !slices.Contains(ids, f.id) {
		return nil
	}
	names := func(name string) bool {
		return slices.ContainsFunc(f.formerly, func(was string) bool { return plain(was) == plain(strings.TrimPrefix(name, "field:")) })
	}
	var visit func(*expr)
	visit = func(e *expr) {
		calls := map[string]string{"in_list": refList, "field": refField}[e.name]
		if e.op == opCall && calls != "" {
			if name, arg, err := named(e, ""); err == nil && calls == f.kind && names(name) {
				refs = append(refs, ref{f.kind, f.id, arg.at, arg.to})
			}
			return
		}
		if e.op == opColumn && f.kind == refField && names(e.name) {
			refs = append(refs, ref{f.kind, f.id, e.at, e.to})
		}
		for _, arg := range e.args {
			visit(arg)
		}
	}
	visit(parsed)
	slices.SortFunc(refs, func(a, b ref) int { return a.From - b.From })
	return slices.CompactFunc(refs, func(a, b ref) bool { return a.From == b.From })
}
