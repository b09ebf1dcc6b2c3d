package where

import (
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
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
	t, _, err := scan(where, r.From)
	if err != nil {
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
	var b strings.Builder
	var moved []Ref
	at := 0
	for _, r := range old {
		if r.From < at || r.To > len(where) || r.From >= r.To {
			return where, refs
		}
		b.WriteString(where[at:r.From])
		said := where[r.From:r.To]
		if t, _, err := scan(where, r.From); err == nil && r.Kind == f.kind && r.ID == f.id && !f.means(t.text) {
			said = f.name
			if t.kind == str { // field('First name')
				said = f.text
			}
		}
		from := b.Len()
		b.WriteString(said)
		moved = append(moved, Ref{r.Kind, r.ID, from, b.Len()})
		at = r.To
	}
	b.WriteString(where[at:])
	if len(b.String()) > MaxLength {
		return where, refs
	}
	if refs == nil {
		moved = nil // only those of one thing are known
	}
	return b.String(), moved
}

// guessed finds where a condition names it, by the names it had.
func (f Renaming) guessed(where string) (refs []Ref) {
	parsed, err := parse(where)
	if err != nil {
		return nil
	}
	names := func(name string) bool {
		return slices.ContainsFunc(f.formerly, func(was string) bool { return plain(was) == plain(strings.TrimPrefix(name, "field:")) })
	}
	var visit func(*expr)
	visit = func(e *expr) {
		calls := map[string]string{"in_list": RefList, "field": RefField}[e.name]
		if e.op == opCall && calls != "" {
			if name, arg, err := named(e, ""); err == nil && calls == f.kind && names(name) {
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
