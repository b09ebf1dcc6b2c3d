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
}

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
	for _, n := range c.notes.all {
		hint := Hint{Text: c.hint(of, n, total)}
		if n.kind == noteEqual {
			hint = c.otherSpellings(n)
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

// hint is a note as text; empty where there is nothing to say.
func (c *Condition) hint(of *Schema, n note, total int) string {
	column, name := of.Columns[n.col], c.schema.written(n.col)
	empty := of.Contacts - column.Filled
	thought := c.notes.find(noteAsksEmpty, n.col) != nil
	orEmpty := c.orEmpty(name)
	switch n.kind {
	case noteUnequal:
		if n.col != Lists && empty > 0 && column.Filled > 0 && !thought {
			return fmt.Sprintf("%s without %s fit neither = nor <>, LIKE nor NOT LIKE; %s.",
				text.Count(empty, "contact"), name, orEmpty)
		}
	case noteOrdered:
		if n.col >= BuiltIns && empty > 0 && column.Filled > 0 && !thought && c.notes.find(noteUnequal, n.col) == nil {
			return fmt.Sprintf("%s without %s fit neither < nor >; %s.", text.Count(empty, "contact"), name, orEmpty)
		}
	case noteFalse:
		if empty > 0 && !thought && c.notes.find(noteUnequal, n.col) == nil {
			return fmt.Sprintf("%s without %s are not false but empty; %s.", text.Count(empty, "contact"), name, orEmpty)
		}
	case noteEmptyText:
		if !thought {
			return fmt.Sprintf("No cell holds an empty text; write %s IS NULL, which the %s without one fit.",
				name, text.Count(empty, "contact"))
		}
	case noteNullInList:
		if !thought {
			return fmt.Sprintf("NULL in IN fits nobody, and not the %s without %s; %s.", text.Count(empty, "contact"), name, orEmpty)
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

// orEmpty says how those with an empty cell are had too. Where other columns are asked for besides, only some of them may fit the
// rest of the condition.
func (c *Condition) orEmpty(name string) string {
	if len(c.Columns()) > 1 {
		return "(… OR " + name + " IS NULL) adds those of them who fit the rest of the condition"
	}
	return "(… OR " + name + " IS NULL) has them too"
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
