package where

import (
	"slices"

	"mailtrap-contacts-mcp/catalog"
)

// notes are what is worth saying of a condition once it is known who fits: it means what it says, and perhaps not what was
// meant. hints.go makes sentences of them.
type notes struct {
	all []note
}

// note is one of them, about a column.
type note struct {
	kind noteKind
	col  int
	not  bool     // it is asked for what differs
	said []string // texts that the column is compared with
}

type noteKind uint8

const (
	noteUnequal    noteKind = iota // something was found not to be equal to it; empty cells never are
	noteOrdered                    // it is compared by < or >, which empty cells never fit
	noteAsksEmpty                  // IS NULL or IS NOT NULL: empty cells were thought of
	noteEqual                      // it is compared with a text
	noteEmptyText                  // with the empty text, which no cell holds
	noteFalse                      // with false
	noteTextOrder                  // as a text with a number, by < or >
	noteNullInList                 // NULL stands in its IN
	noteReversed                   // BETWEEN with the larger bound first
	noteNoWildcard                 // LIKE without % or _
	noteShadowed                   // there is a field of the name of this built-in column
)

func (n *notes) find(kind noteKind, col int) *note {
	i := slices.IndexFunc(n.all, func(one note) bool { return one.kind == kind && one.col == col })
	if i < 0 {
		return nil
	}
	return &n.all[i]
}

// add notes something of an expression that is a column.
func (n *notes) add(kind noteKind, e *expr) *note {
	if e.op != opColumn || e.col < 0 {
		return nil
	}
	return n.of(kind, e.col)
}

func (n *notes) of(kind noteKind, col int) *note {
	if there := n.find(kind, col); there != nil {
		return there
	}
	n.all = append(n.all, note{kind: kind, col: col})
	return &n.all[len(n.all)-1]
}

// compares notes the columns that a comparison asks for more than what they are equal to: who has none of it does not fit, which
// is easily overlooked.
func (n *notes) compares(name string, sides ...*expr) {
	kind := noteOrdered
	switch name {
	case "=":
		return
	case "<>":
		kind = noteUnequal
	}
	for _, side := range sides {
		for _, col := range side.decisive() {
			n.of(kind, col)
		}
	}
}

// decisive are the columns that make an expression NULL where they are empty.
func (e *expr) decisive() []int {
	switch {
	case e.op == opIs, e.op == opCase, e.op == opCall && slices.Contains([]string{"coalesce", "ifnull", "nullif", "iif"}, e.name):
		return nil
	case e.op == opColumn, e.op == opCall && e.name == "in_list":
		return e.columns()
	}
	var all []int
	for _, arg := range e.args {
		all = append(all, arg.decisive()...)
	}
	return all
}

func (n *notes) asksEmpty(e *expr) {
	for _, col := range e.columns() {
		n.of(noteAsksEmpty, col)
	}
}

// note notes a comparison for equality.
func (c *checker) note(name string, a, b *expr) {
	if !b.isText() || b.text() != "" { // <> '' asks for those with a value
		c.notes.compares(name, a, b)
	}
	if name != "=" && name != "<>" || b.op != opLiteral {
		return
	}
	switch {
	case a.kind == truth && b.isTruth() && b.val == int64(0) && name == "=":
		c.notes.add(noteFalse, a)
	case a.kind == catalog.Text && b.isText() && b.text() == "":
		if name == "=" {
			c.notes.add(noteEmptyText, a)
		}
	case a.kind == catalog.Text && b.isText():
		if n := c.notes.add(noteEqual, a); n != nil {
			n.said, n.not = append(n.said, b.text()), n.not || name == "<>"
		}
	}
}

// columns are the numbers of the snapshot's columns that an expression reads, each once, sorted. Those that are made of
// others read them.
func (e *expr) columns() []int {
	var all []int
	var visit func(*expr)
	visit = func(e *expr) {
		if e == nil {
			return
		}
		switch {
		case e.op == opCall && e.name == "in_list", e.op == opColumn && e.col == countColumn:
			all = append(all, Lists)
		case e.op == opColumn && e.col == domainColumn:
			all = append(all, Email)
		case e.op == opColumn && e.col < 0: // suppressions are not the contact's
		case e.op == opColumn:
			all = append(all, e.col)
		}
		for _, arg := range e.args {
			visit(arg)
		}
	}
	visit(e)
	slices.Sort(all)
	return slices.Compact(all)
}
