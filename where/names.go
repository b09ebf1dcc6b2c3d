package where

import (
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// column finds the column that a name means. A bare built-in name is always Mailtrap's own.
func (c *checker) column(e *expr) *expr {
	made := *e
	name := e.name
	if cell, is := c.schema.suppressionColumn(name); is {
		return c.suppressedColumn(e, cell)
	}
	i, found := c.schema.find(name, false)
	_, isField := c.schema.find(name, true)
	switch {
	case strings.EqualFold(name, emailDomain):
		made.col, made.kind = domainColumn, address
		return &made
	case strings.EqualFold(name, listCount):
		c.needLists(e.at)
		made.col, made.kind = countColumn, catalog.Integer
		return &made
	case (strings.EqualFold(name, "lists") || strings.EqualFold(name, "list")) && !isField:
		return c.fail(wrong(e.at, "%s cannot be compared", text.Quote(name)).
			because("Ask in_list('Name') for each list; list_count = 0 finds those in none."))
	case found && i == Lists:
		i, found = c.schema.find(name, true)
	}
	if !found {
		return c.fail(c.noColumn(e))
	}
	if i < BuiltIns && isField {
		c.notes.of(noteShadowed, i)
	}
	return c.cell(&made, i, name)
}

func (c *checker) noColumn(e *expr) *problem {
	p := wrong(e.at, "there is no column %s", text.Quote(e.name)).because(c.schema.known(e.name))
	if e.not { // in double quotes
		p.why = "A text stands between single quotes, a name between double ones. " + p.why
		if _, near := text.Nearest(e.name, c.schema.names()); !near {
			p = p.instead(e.at, e.to, quotedText(e.name))
		}
	}
	return p
}

// cell makes an expression the value of the column that a name means.
func (c *checker) cell(e *expr, i int, name string) *expr {
	col := c.schema.Columns[i]
	if two := c.schema.twoFields(name, e.at); i >= BuiltIns && two != nil {
		return c.fail(two)
	}
	if col.Untold {
		return c.fail(wrong(e.at, "the snapshot does not tell what the contacts have in %s", col.Name).because(untold))
	}
	if col.Absent {
		return c.fail(wrong(e.at, "the snapshot has no %s", col.Name).because("Mailtrap's export does not tell it. " + c.schema.known("")))
	}
	if col.FieldID != 0 {
		c.refs = append(c.refs, Ref{RefField, col.FieldID, e.at, e.to})
	}
	e.op, e.args, e.col, e.kind = opColumn, nil, i, col.DataType
	if i == Email || i == ID || i == Status {
		e.kind = address
	}
	return e
}

// nameOf is the name of an expression's column; empty where it is not a column.
func (s *Schema) nameOf(e *expr) string {
	switch {
	case e.op != opColumn:
		return ""
	case e.col == domainColumn:
		return emailDomain
	case e.col == countColumn:
		return listCount
	case e.col == suppressedColumn:
		return suppressed
	case e.col == suppressedAtColumn:
		return suppressedAt
	}
	return s.Columns[e.col].Name
}

// written is how an expression over one column is named in advice.
func (c *checker) written(e *expr) string {
	if name := c.schema.nameOf(e); name != "" {
		return c.schema.asWritten(name)
	}
	return "…"
}

// named is the one argument of in_list and field, which is known beforehand; nil where it is not known.
func named(e *expr) (string, *expr) {
	if len(e.args) == 1 {
		if said, is := saidIn(e.args[0]); is {
			return said, e.args[0]
		}
	}
	return "", nil
}

// saidIn is a name that is an argument.
func saidIn(arg *expr) (name string, is bool) {
	switch {
	case arg.op == opColumn && arg.not, // in double quotes
		arg.op == opLiteral && isInteger(arg.val):
		return arg.name, true
	}
	return arg.text(), arg.isText()
}

func notNamed(e *expr, example string) *problem {
	return wrong(e.at, "%s takes one name between single quotes", e.name).because("Like " + example + ".")
}

func (c *checker) needLists(at int) {
	if c.schema.ListsKnown {
		return
	}
	p := wrong(at, "the snapshot does not tell who is in which list").
		because("Mailtrap's export has no column of lists, and the account has too many to export them one by one. " +
			"It is not known who fits; that is not the same as nobody.")
	p.code = listsUnknown
	c.fail(p)
}

func (c *checker) inList(e *expr) *expr {
	name, arg := named(e)
	if arg == nil {
		return c.fail(notNamed(e, "in_list('Newsletter')"))
	}
	c.needLists(e.at)
	list, bad := c.schema.findList(name, e.at)
	if bad != nil {
		return c.fail(bad)
	}
	c.refs = append(c.refs, Ref{RefList, list.ID, arg.at, arg.to})
	made := *e
	made.args, made.list, made.kind = nil, list.ID, truth
	return &made
}

func (c *checker) field(e *expr) *expr {
	name, arg := named(e)
	if arg == nil {
		return c.fail(notNamed(e, "field('First name')"))
	}
	i, found := c.schema.find(name, true)
	if !found {
		return c.fail(wrong(e.at, "there is no field %s", text.Quote(name)).because(c.schema.known(name)))
	}
	made := *e
	made.at, made.to = arg.at, arg.to // what a renaming rewrites
	cell := c.cell(&made, i, name)
	cell.at = e.at
	return cell
}
