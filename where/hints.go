package where

import (
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// Hint says what may be meant otherwise in a condition: empty cells, spellings that differ in case, texts compared with
// numbers.
type Hint struct {
	Text string
	// Alike, where it is not nil, is who has other spellings of a text in a column. The hint is worth giving if there are any,
	// as Spelled has it.
	Alike  *Condition
	Column Cell
	// Wider, where it is not nil, also has those with an empty cell, and those of the hints before; Added is the hint with how many
	// more than theirs it has. The hint is worth giving if there are any.
	Wider *Condition
	lead  string
}

// Added is the hint with how many more the wider condition has.
func (h Hint) Added(more int) string { return h.lead + text.Count(more, "contact") + h.Text }

// Spelled is the hint with the other spellings.
func (h Hint) Spelled(spellings string) string {
	return h.Column.Name + " is also written " + spellings + ", " + h.Text
}

// Hints are those on a condition that total contacts fit, of the contacts that a schema tells of.
func (c *Condition) Hints(of *Schema, total int) (hints []Hint) {
	columns := c.Columns()
	if said := of.NotKnownLists(); said != "" && slices.Contains(columns, Lists) {
		hints = append(hints, Hint{Text: said})
	}
	hints = append(hints, c.root.suppressionHints(of)...)
	source := c.source
	for _, n := range c.notes.all {
		hint := Hint{Text: c.hint(of, n, total)}
		if n.kind == noteEqual {
			hint = c.otherSpellings(n)
		}
		if without := c.leavesOut(of, n); without != "" {
			source, hint = c.orEmpty(of, n, source, without)
		}
		if hint.Text != "" && !slices.ContainsFunc(hints, func(other Hint) bool { return other == hint }) {
			hints = append(hints, hint)
		}
	}
	if total > 0 || len(columns) >= 10 {
		return hints
	}
	for _, col := range columns {
		if of.Columns[col].Filled == 0 && col != Lists {
			hints = append(hints, Hint{Text: c.schema.written(col) + " is empty for every contact."})
		}
	}
	return hints
}

// NotKnownLists says of how many contacts it is not known on which lists they are; empty where it is of all.
func (s *Schema) NotKnownLists() string {
	if s.Unlisted == 0 {
		return ""
	}
	return "Of " + text.Count(s.Unlisted, "contact") + " it is not known, or not fully, on which lists they are: " +
		"Mailtrap's export names lists that are not the account's, or does not tell some apart. They fit neither in_list nor NOT in_list."
}

// written is a column's name as a condition has to write it.
func (s *Schema) written(col int) string { return s.asWritten(s.Columns[col].Name) }

// leavesOut says how it comes that a note's condition leaves out those with an empty cell, and nobody thought of them.
func (c *Condition) leavesOut(of *Schema, n note) string {
	column, name := of.Columns[n.col], c.schema.written(n.col)
	if column.Filled == of.Contacts || c.notes.find(noteAsksEmpty, n.col) != nil {
		return ""
	}
	unequal := c.notes.find(noteUnequal, n.col) != nil
	switch {
	case n.kind == noteUnequal && n.col != Lists && column.Filled > 0:
		return " without " + name + " fit neither = nor <>, LIKE nor NOT LIKE"
	case n.kind == noteOrdered && n.col >= BuiltIns && column.Filled > 0 && !unequal:
		return " without " + name + " fit neither < nor >"
	case n.kind == noteFalse && !unequal:
		return " without " + name + " are not false but empty"
	case n.kind == noteNullInList:
		return " without " + name + ": NULL in IN fits nobody"
	}
	return ""
}

// hint is another note as text; empty where there is nothing to say.
func (c *Condition) hint(of *Schema, n note, total int) string {
	column, name := of.Columns[n.col], c.schema.written(n.col)
	switch n.kind {
	case noteEmptyText:
		if c.notes.find(noteAsksEmpty, n.col) == nil {
			return fmt.Sprintf("No cell holds an empty text; write %s IS NULL, which the %s without one fit.",
				name, text.Count(of.Contacts-column.Filled, "contact"))
		}
	case noteTextOrder:
		return fmt.Sprintf("%s is a text and is compared as one, where '10' comes before '9'; CAST(%s AS real) compares numbers.",
			name, name)
	case noteReversed:
		return "BETWEEN takes the smaller bound first; as it is written, nobody lies between the two."
	case noteNoWildcard:
		if total == 0 {
			return "LIKE without % compares the whole text; write '%…%' for a part of it."
		}
	case noteShadowed:
		return fmt.Sprintf("%s is Mailtrap's own; the field of that name is \"field:%s\".", column.Name, column.Name)
	}
	return ""
}

// orEmpty says how those with an empty cell are had too, with the whole condition that has them: to whom the rest of it applies
// as well, they are the ones that are left out.
func (c *Condition) orEmpty(of *Schema, n note, source, without string) (written string, hint Hint) {
	written, wider := c.widened(n, source)
	if wider == nil {
		return source, Hint{Text: text.Count(of.Contacts-of.Columns[n.col].Filled, "contact") + without + "; write (… OR " +
			c.schema.written(n.col) + " IS NULL) around what is asked of it, for those of them who fit the rest."}
	}
	hint = Hint{Wider: wider, Text: without + "; " + text.QuoteUpTo(written, 2*maxWritten) + " has them too."}
	if len(c.Columns()) > 1 {
		hint.lead = "Of those who fit the rest, "
	}
	return written, hint
}

// maxWritten is how long a condition may be that a hint writes.
const maxWritten = 600

// widened is a condition with "OR name IS NULL" around each part that a note is about; nil where it cannot be written.
func (c *Condition) widened(n note, source string) (written string, wider *Condition) {
	root, bad := parse(source)
	if bad != nil || len(source) > maxWritten || strings.Contains(source, "--") || strings.Contains(source, "/*") {
		return "", nil
	}
	at := 0
	var widen func(e *expr)
	widen = func(e *expr) {
		if e.op == opAnd || e.op == opOr {
			for _, arg := range e.args {
				widen(arg)
			}
			return
		}
		part := source[e.span[0]:e.span[1]]
		if asked, bad := c.schema.check(part); bad == nil && asked.notes.find(n.kind, n.col) != nil {
			written += source[at:e.span[0]] + "(" + part + " OR " + c.schema.written(n.col) + " IS NULL)"
			at = e.span[1]
		}
	}
	widen(root)
	written += source[at:]
	if wider, bad = c.schema.check(written); bad != nil || at == 0 {
		return "", nil
	}
	return written, wider
}

// otherSpellings asks for values that differ from those asked for in case or in blanks around them.
func (c *Condition) otherSpellings(n note) Hint {
	column := &expr{op: opColumn, col: n.col, kind: catalog.Text}
	trimmed := &expr{op: opCall, name: "trim", kind: catalog.Text, args: []*expr{column}}
	alike := &expr{op: opIn, kind: truth, args: []*expr{{op: opCall, name: "lower", kind: catalog.Text, args: []*expr{trimmed}}}}
	same := &expr{op: opIn, kind: truth, not: true, args: []*expr{column}}
	for _, said := range n.said {
		alike.args = append(alike.args, textAt(column, strings.ToLower(strings.TrimSpace(said))))
		same.args = append(same.args, textAt(column, said))
	}
	fits := "which = does not fit"
	if n.not {
		fits = "which are not taken for the same"
	}
	cell := c.schema.Cell(n.col)
	cell.Name = c.schema.written(n.col)
	return Hint{
		Text:   fits + "; lower(trim(" + cell.Name + ")) compares without case.",
		Alike:  &Condition{schema: c.schema, root: &expr{op: opAnd, kind: truth, args: []*expr{alike, same}}},
		Column: cell,
	}
}
