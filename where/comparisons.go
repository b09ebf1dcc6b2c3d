package where

import (
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// comparison checks = <> < <= > >=.
func (c *checker) comparison(e *expr) *expr {
	a, b, name := e.args[0], e.args[1], e.name
	if bad := nothing(e, a, b); bad != nil {
		return c.fail(bad)
	}
	if a.op == opLiteral && b.op != opLiteral { // 5 < age is age > 5
		a, b, name = b, a, turned(name)
	} else {
		c.quotedName(a)
	}
	if isTime(a.kind) && b.op == opLiteral {
		c.notes.compares(name, a, b)
		return c.compareTo(e, name, a, b)
	}
	before := c.problem
	x, y := c.pair(a, b, name)
	domain, is := strings.CutPrefix(b.text(), "@")
	if p := c.problem; p != before && p.repair == nil && is && domain != "" && name == "=" && a.op == opColumn && a.col == Email {
		p.instead(min(a.at, b.at), max(a.to, b.to), "email_domain = "+quotedText(domain))
	}
	c.note(name, x, y)
	e = e.with(x, y)
	e.name = name
	return e
}

// turned is a comparison with its sides exchanged.
func turned(name string) string {
	if other, turns := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[name]; turns {
		return other
	}
	return name
}

// nothing is what is wrong with = NULL, which nobody ever fits.
func nothing(e, a, b *expr) *problem {
	side := a
	if a.isNull() {
		side = b
	} else if !b.isNull() {
		return nil
	}
	p := wrong(e.at, "nothing is ever %s NULL", e.name).because("An empty cell is found by IS NULL, one with a value by IS NOT NULL.")
	with := map[string]string{"=": "IS", "<>": "IS NOT"}[e.name]
	if with == "" || side == b {
		return p
	}
	return p.instead(e.at, e.to, with)
}

// quotedName refuses 'plan' = 'pro', which compares two texts: a column's name between single quotes.
func (c *checker) quotedName(e *expr) {
	_, field := c.schema.find(e.text(), false)
	if e.isText() && (field || strings.EqualFold(e.text(), emailDomain)) {
		c.fail(wrong(e.at, "the text %s is compared, and not the column of that name", text.Quote(e.text())).
			because("A text stands between single quotes, a name bare or between double ones.").
			instead(e.at, e.to, c.schema.asWritten(e.text())))
	}
}

// pair makes the two sides of a comparison fit each other: a literal becomes a value of the other side's kind. What can
// never fit is a problem.
func (c *checker) pair(a, b *expr, name string) (x, y *expr) {
	switch {
	case a.op == opLiteral, a.kind == "", b.kind == "", b.isNull():
		return a, b
	case b.op != opLiteral:
		return c.columns(a, b)
	case isTime(a.kind):
		return a, c.fail(c.noTime(a, b))
	case a.kind == catalog.Text:
		return c.textWith(a, b, name)
	case a.kind == address:
		return a, c.addressWith(a, b, name)
	case a.kind == truth:
		return a, c.truthWith(a, b)
	}
	return a, c.numberWith(a, b, name)
}

func (c *checker) textWith(a, b *expr, name string) (x, y *expr) {
	if b.isTruth() {
		word := "'true'"
		if b.val == int64(0) {
			word = "'false'"
		}
		return a, c.fail(wrong(b.at, "%s is a text and is compared with true or false", c.written(a)).
			because("Write the text: "+word+".").instead(b.at, b.to, word))
	}
	if made, digits := counted(a); digits && b.isNumber() {
		return made, c.numberWith(made, b, name)
	}
	c.shaped(a, b)
	if a.op == opCall && (a.name == "lower" || a.name == "upper") && b.isText() {
		made := strings.ToLower(b.text())
		if a.name == "upper" {
			made = strings.ToUpper(b.text())
		}
		if made != b.text() {
			c.fail(wrong(b.at, "%s() never makes %s", a.name, text.Quote(b.text())).
				because("Write "+quotedText(made)+".").instead(b.at, b.to, quotedText(made)))
		}
	}
	if b.isNumber() && name != "=" && name != "<>" {
		c.notes.add(noteTextOrder, a)
	}
	return a, asWrittenText(b)
}

func (c *checker) truthWith(_, b *expr) *expr {
	made, ok := literalOf(truth, b)
	if !ok {
		return c.fail(wrong(b.at, "%s is compared with a value that is true or false", text.Value(b.val)).
			because("Write true or false. Contacts without a value are found by IS NULL."))
	}
	return made
}

func (c *checker) numberWith(a, b *expr, name string) *expr {
	made, ok := literalOf(a.kind, b)
	if !ok {
		return c.fail(wrong(b.at, "%s is compared with a number", text.Value(b.val)).
			because("Write a number, without quotes: 5 or 1.5. Contacts without one are found by IS NULL."))
	}
	// More digits than a number has, which cells keep as text.
	if a.op == opColumn && (name == "=" || name == "<>") && whole(made.name) && !isInteger(made.val) {
		return textAt(b, made.name)
	}
	return made
}

// whole tells a number that is written in digits alone.
func whole(written string) bool {
	return written != "" && strings.Trim(strings.TrimLeft(written, "+-"), "0123456789") == ""
}

// columns compares two things that are computed or stand in cells.
func (c *checker) columns(a, b *expr) (x, y *expr) {
	as := func(name, kind string, e *expr) *expr {
		return &expr{op: opCall, at: e.at, to: e.to, name: name, kind: kind, args: []*expr{e}}
	}
	switch {
	case a.kind == b.kind, isNumber(a.kind) && isNumber(b.kind):
		return a, b
	case a.kind == moment && b.kind == catalog.Date:
		return as("date", catalog.Date, a), b
	case a.kind == catalog.Date && b.kind == moment:
		return a, as("date", catalog.Date, b)
	case a.kind == address && b.kind == catalog.Text:
		return a, as("lower", address, b)
	case a.kind == catalog.Text && b.kind == address:
		return as("lower", address, a), b
	case a.kind == truth && isNumber(b.kind), isNumber(a.kind) && b.kind == truth,
		isTime(a.kind) && b.kind == catalog.Text, a.kind == catalog.Text && isTime(b.kind):
		return a, b
	}
	why := "Compare values of one kind."
	switch {
	case isTime(a.kind) || isTime(b.kind):
		why = "A number of days is julianday('now') - julianday(created_at); 30 days ago is date('now','-30 days')."
	case isNumber(a.kind):
		why = c.casts(b, a)
	case isNumber(b.kind):
		why = c.casts(a, b)
	}
	return a, c.fail(wrong(b.at, "a %s is compared with a %s", kindName(a.kind), kindName(b.kind)).because(why))
}

// casts is how a text and a number are made comparable.
func (c *checker) casts(text, number *expr) string {
	return "Say which is meant: CAST(" + c.written(text) + " AS real) makes a text a number, " +
		"CAST(" + c.written(number) + " AS text) a number a text."
}

// kindName is a kind for people.
func kindName(kind string) string {
	switch {
	case isNumber(kind):
		return "number"
	case kind == truth:
		return "value that is true or false"
	case kind == moment, kind == clock:
		return "time"
	case kind == address:
		return catalog.Text
	}
	return kind
}

// is checks IS, which compares so that NULL is a value like others; IS TRUE and IS FALSE ask for the truth.
func (c *checker) is(e *expr) *expr {
	a, b := e.args[0], e.args[1]
	switch {
	case b.isNull():
		c.notes.asksEmpty(a)
		return e
	case b.isTruth() && (a.kind == "" || a.kind == truth || isNumber(a.kind)):
	case isTime(a.kind) && b.op == opLiteral:
		there := &expr{op: opIs, at: e.at, not: true, kind: truth, args: []*expr{a, {op: opLiteral, at: e.at}}}
		within := c.compareTo(e, "=", a, b)
		return negatedIf(e.not, &expr{op: opAnd, at: e.at, kind: truth, args: append([]*expr{there}, within.args...)})
	default:
		a, b = c.pair(a, b, "=")
	}
	c.note("=", a, b)
	return e.with(a, b)
}

func negatedIf(not bool, e *expr) *expr {
	if !not {
		return e
	}
	return &expr{op: opNot, at: e.at, to: e.to, kind: truth, args: []*expr{e}}
}

func (c *checker) in(e *expr) *expr {
	a, name := e.args[0], "="
	if e.not {
		name = "<>"
		c.notes.compares("<>", a)
	}
	c.quotedName(a)
	var otherwise []*expr // what is compared by itself
	args := []*expr{a}
	for _, item := range e.args[1:] {
		switch {
		case item.isNull() && e.not:
			return c.fail(wrong(item.at, "NOT IN with NULL fits nobody").
				because("Leave NULL out; NOT IN passes over empty cells anyway, and IS NOT NULL says so."))
		case item.isNull():
			c.notes.add(noteNullInList, a)
		case isTime(a.kind) && item.op == opLiteral:
			otherwise = append(otherwise, c.compareTo(e, "=", a, item))
		default:
			side, item := c.pair(a, item, name)
			if side == a {
				args = append(args, item)
			} else { // the column is compared as something else here
				otherwise = append(otherwise, &expr{op: opCompare, at: e.at, name: "=", kind: truth, args: []*expr{side, item}})
			}
		}
	}
	for _, item := range args[1:] {
		c.note(name, a, item)
	}
	rest := e.with(args...)
	if len(otherwise) == 0 {
		if len(args) == 1 {
			rest.args = e.args // IN (NULL)
		}
		return rest
	}
	rest.not = false
	if len(args) > 1 {
		otherwise = append(otherwise, rest)
	}
	return negatedIf(e.not, &expr{op: opOr, at: e.at, kind: truth, args: otherwise})
}

// between becomes two comparisons, so that both ends are whole periods.
func (c *checker) between(e *expr) *expr {
	a, low, high := e.args[0], e.args[1], e.args[2]
	bounds := make([]*expr, 2)
	for i, bound := range []*expr{low, high} {
		one := &expr{op: opCompare, at: e.at, to: e.to, name: []string{">=", "<="}[i], kind: truth, args: []*expr{a, bound}}
		bounds[i] = c.comparison(one)
	}
	if c.problem == nil && low.op == opLiteral && high.op == opLiteral && a.op != opLiteral &&
		Compare(bounds[0].args[1].val, bounds[1].args[1].val) > 0 {
		c.notes.add(noteReversed, a)
	}
	if e.not {
		c.notes.compares("<>", a)
	}
	return negatedIf(e.not, &expr{op: opAnd, at: e.at, to: e.to, kind: truth, args: bounds})
}

func (c *checker) like(e *expr) *expr {
	a, pattern := e.args[0], asWrittenText(e.args[1])
	c.quotedName(a)
	switch {
	case pattern.isNull():
		return c.fail(wrong(pattern.at, "nothing is ever LIKE NULL").because("An empty cell is found by IS NULL."))
	case a.kind == truth:
		return c.fail(wrong(e.at, "%s is true or false and not a text", c.written(a)).because("Write = true or = false."))
	case pattern.op == opLiteral && !pattern.isText():
		return c.fail(wrong(pattern.at, "LIKE takes a text").because("Like plan LIKE '%pro%'."))
	case e.name == "glob" && strings.ContainsRune(pattern.text(), '['):
		return c.fail(wrong(pattern.at, "GLOB has no [ ] here").because("Use LIKE, where % stands for any text and _ for one character."))
	}
	args := []*expr{a, pattern}
	if len(e.args) == 3 {
		escape := asWrittenText(e.args[2])
		if !escape.isText() || len([]rune(escape.text())) != 1 {
			return c.fail(wrong(escape.at, "ESCAPE takes one character"))
		}
		args = append(args, escape)
	}
	if e.not {
		c.notes.compares("<>", a)
	}
	if pattern.isText() && !strings.ContainsAny(pattern.text(), map[string]string{"like": "%_", "glob": "*?"}[e.name]) {
		c.notes.add(noteNoWildcard, a)
	}
	return e.with(args...)
}
