package where

import (
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// Ref is where a condition names a field or a list.
type Ref struct {
	Kind string `json:"kind"` // RefField or RefList
	ID   int64  `json:"id"`
	From int    `json:"from"` // in bytes
	To   int    `json:"to"`
}

// The kinds of reference.
const (
	RefField = "field"
	RefList  = "list"
)

// Refs are where it names fields and lists, in their order, never nil.
func (c *Condition) Refs() []Ref { return inOrder(c.refs) }

func inOrder(refs []Ref) []Ref {
	sorted := slices.SortedFunc(slices.Values(refs), func(a, b Ref) int { return a.From - b.From })
	return append([]Ref{}, slices.CompactFunc(sorted, func(a, b Ref) bool { return a.From == b.From })...)
}

// IDs are those that it names of a kind, each once, sorted.
func (c *Condition) IDs(kind string) (ids []int64) {
	for _, r := range c.refs {
		if r.Kind == kind {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Said is the name at a place of a condition, without its quotes.
func (r Ref) Said(where string) string {
	if r.From < 0 || r.To > len(where) || r.From >= r.To {
		return where
	}
	t, bad := scan(where, r.From)
	if bad != nil {
		return where[r.From:r.To]
	}
	return t.text
}

// Means reports whether a name still means what is referred to.
func (s *Schema) Means(name string, r Ref) bool {
	if r.Kind == RefList {
		list, found, err := catalog.MatchList(name, s.Lists)
		return err == nil && found && list.ID == r.ID
	}
	i, found := s.find(name, strings.HasPrefix(name, "field:"))
	return found && s.Columns[i].FieldID == r.ID
}

// Renaming is how conditions follow a list or field that was renamed.
type Renaming struct {
	kind     string
	id       int64
	formerly []string               // its names before
	means    func(name string) bool // whether a name means it now
	text     string                 // to write instead of a text
	name     string                 // of a column's name
}

// RenamedList is the renaming of one of an account's lists.
func RenamedList(before, after apiclient.List, lists []apiclient.List) Renaming {
	means := func(name string) bool {
		list, found, err := catalog.MatchList(name, lists)
		return err == nil && found && list.ID == after.ID
	}
	with := quotedText(after.Name)
	if !means(after.Name) {
		with = quotedText("id:" + idText(after.ID))
	}
	return Renaming{kind: RefList, id: after.ID, formerly: []string{before.Name}, means: means, text: with, name: with}
}

// RenamedField is the renaming of one of an account's fields, or of its merge tag.
func RenamedField(before, after apiclient.Field, fields []apiclient.Field) Renaming {
	means := func(name string) bool {
		field, found, err := catalog.MatchField(strings.TrimPrefix(name, "field:"), fields)
		return err == nil && found && field.ID == after.ID
	}
	tag := after.MergeTag
	if slices.Contains(builtInNames[:], strings.ToLower(tag)) {
		tag = "field:" + tag
	}
	return Renaming{
		kind: RefField, id: after.ID, formerly: []string{before.Name, before.MergeTag}, means: means,
		text: quotedText(after.MergeTag), name: `"` + strings.ReplaceAll(tag, `"`, `""`) + `"`,
	}
}

// Apply writes the new name into a condition, and tells where it names fields and lists then. refs are where it does now; nil
// where that is not known, but known are the ids that it names of the kind.
func (f Renaming) Apply(where string, refs []Ref, known []int64) (string, []Ref) {
	old := refs
	if old == nil && slices.Contains(known, f.id) {
		old = f.guessed(where)
	}
	now, moved, ok := rewritten(where, old, func(other string) string { return other }, func(r Ref) string {
		t, bad := scan(where, r.From)
		switch {
		case bad != nil || r.Kind != f.kind || r.ID != f.id || f.means(t.text):
			return where[r.From:r.To]
		case t.kind == str: // field('First name')
			return f.text
		}
		return f.name
	})
	if !ok || len(now) > MaxLength {
		return where, refs
	}
	if refs == nil {
		moved = nil // only those of one thing are known
	}
	return now, moved
}

// WithoutAddress takes an address out of a condition, but not out of the names of fields and lists, and tells where it names
// them then. A condition that names somebody who is gone fits the same people with an address that nobody has.
func WithoutAddress(where string, refs []Ref, email string) (string, []Ref) {
	without := func(part string) string { return text.WithoutAddress(part, email) }
	now, moved, ok := rewritten(where, refs, without, func(r Ref) string { return where[r.From:r.To] })
	switch {
	case !ok:
		return without(where), nil
	case refs == nil:
		moved = nil
	}
	return now, moved
}

// rewritten writes a condition anew: its names, and what stands between them. It is false where they cannot stand as told.
func rewritten(where string, refs []Ref, between func(string) string, name func(Ref) string) (now string, moved []Ref, ok bool) {
	var b strings.Builder
	at := 0
	moved = []Ref{}
	for _, r := range refs {
		if r.From < at || r.To > len(where) || r.From >= r.To {
			return "", nil, false
		}
		b.WriteString(between(where[at:r.From]))
		from := b.Len()
		b.WriteString(name(r))
		moved = append(moved, Ref{r.Kind, r.ID, from, b.Len()})
		at = r.To
	}
	b.WriteString(between(where[at:]))
	return b.String(), moved, true
}

// guessed finds where a condition names it, by the names it had.
func (f Renaming) guessed(where string) (refs []Ref) {
	parsed, bad := parse(where)
	if bad != nil {
		return nil
	}
	names := func(name string) bool {
		return slices.ContainsFunc(f.formerly, func(was string) bool { return plain(was) == plain(strings.TrimPrefix(name, "field:")) })
	}
	var visit func(*expr)
	visit = func(e *expr) {
		calls := map[string]string{"in_list": RefList, "field": RefField}[e.name]
		if e.op == opCall && calls != "" {
			if name, arg := named(e); arg != nil && calls == f.kind && names(name) {
				refs = append(refs, Ref{f.kind, f.id, arg.at, arg.to})
			}
			return
		}
		if e.op == opColumn && f.kind == RefField && names(e.name) {
			refs = append(refs, Ref{f.kind, f.id, e.at, e.to})
		}
		for _, arg := range e.args {
			visit(arg)
		}
	}
	visit(parsed)
	return inOrder(refs)
}
