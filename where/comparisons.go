package where

import (
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// comparison checks = <> < <= > >=.
func (c *checker) comparison(e *expr) (*expr, error) {
	a, b, name := e.args[0], e.args[1], e.name
	if err := c.nothing(e, a, b); err != nil {
		return nil, err
	}
	if a.op == opLiteral && b.op != opLiteral { // 5 < age is age > 5
		a, b, name = b, a, turned(name)
	} else if err := c.quotedName(a); err != nil {
		return nil, err
	}
	if isTime(a.kind) && b.op == opLiteral {
		made, err := c.compareTo(e, name, a, b)
		if err == nil {
			c.notes.compares(name, a, b)
		}
		return made, err
	}
	x, y, err := c.pair(a, b, name)
	p, ok := err.(*problem) //nolint:errorlint // never wrapped
	if ok && a.op == opColumn && a.col == Email && e.name == "=" && p.repair == nil {
		if domain, is := strings.CutPrefix(b.text(), "@"); is && domain != "" {
			return nil, p.instead(min(a.at, b.at), max(a.to, b.to), "email_domain = "+quotedText(domain))
		}
	}
	if err != nil {
		return nil, err
	}
	c.note(name, x, y)
	e = e.with(x, y)
	e.name = name
	return e, nil
}

// turned is a comparison with its sides exchanged.
func turned(name string) string {
	if other, turns := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[name]; turns {
		return other
	}
	return name
}

// nothing refuses = NULL, which nobody ever fits.
func (c *checker) nothing(e, a, b *expr) error {
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
func (c *checker) quotedName(e *expr) error {
	if !e.isText() {
		return nil
	}
	_, field := c.schema.find(e.text(), false)
	if !field && !strings.EqualFold(e.text(), emailDomain) {
		return nil
	}
	name := c.schema.asWritten(e.text())
	return wrong(e.at, "the text %s is compared, and not the column of that name", text.Quote(e.text())).
		because("A text stands between single quotes, a name bare or between double ones.").instead(e.at, e.to, name)
}

// pair makes the two sides of a comparison fit each other: a literal becomes a value of the other side's kind. What can
// never fit is a problem.
func (c *checker) pair(a, b *expr, name string) (*expr, *expr, error) {
	if a.op == opLiteral || a.kind == "" || b.kind == "" {
		return a, b, nil
	}
	if b.op != opLiteral {
		return c.columns(a, b)
	}
	switch {
	case b.isNull():
		return a, b, nil
	case isTime(a.kind):
		return nil, nil, c.noTime(a, b)
	case a.kind == catalog.Text:
		return c.textWith(a, b, name)
	case a.kind == address:
		return c.addressWith(a, b, name)
	case a.kind == truth:
		return c.truthWith(a, b)
	}
	return c.numberWith(a, b, name)
}

func (c *checker) textWith(a, b *expr, name string) (*expr, *expr, error) {
	if b.isTruth() {
		word := "'true'"
		if b.val == int64(0) {
			word = "'false'"
		}
		return nil, nil, wrong(b.at, "%s is a text and is compared with true or false", c.written(a)).
			because("Write the text: "+word+".").instead(b.at, b.to, word)
	}
	if made, digits := counted(a); digits && b.isNumber() {
		return c.numberWith(made, b, name)
	}
	if err := c.shaped(a, b); err != nil {
		return nil, nil, err
	}
	if a.op == opCall && (a.name == "lower" || a.name == "upper") && b.isText() {
		made := lowered(b.text())
		if a.name == "upper" {
			made = strings.ToUpper(b.text())
		}
		if made != b.text() {
			return nil, nil, wrong(b.at, "%s() never makes %s", a.name, text.Quote(b.text())).
				because("Write "+quotedText(made)+".").instead(b.at, b.to, quotedText(made))
		}
	}
	if b.isNumber() && name != "=" && name != "<>" {
		c.notes.add(noteTextOrder, a)
	}
	return a, asWrittenText(b), nil
}

func (c *checker) truthWith(a, b *expr) (*expr, *expr, error) {
	made, ok := literalOf(truth, b)
	if !ok {
		return nil, nil, wrong(b.at, "%s is compared with a value that is true or false", text.Value(b.val)).
			because("Write true or false. Contacts without a value are found by IS NULL.")
	}
	return a, made, nil
}

func (c *checker) numberWith(a, b *expr, name string) (*expr, *expr, error) {
	made, ok := literalOf(a.kind, b)
	if !ok {
		return nil, nil, wrong(b.at, "%s is compared with a number", text.Value(b.val)).
			because("Write a number, without quotes: 5 or 1.5. Contacts without one are found by IS NULL.")
	}
	// More digits than a number has, which cells keep as text.
	if a.op == opColumn && (name == "=" || name == "<>") && whole(made.name) && !isInteger(made.val) {
		return a, textAt(b, made.name), nil
	}
	return a, made, nil
}

// whole tells a number that is written in digits alone.
func whole(written string) bool {
	return written != "" && strings.Trim(strings.TrimLeft(written, "+-"), "0123456789") == ""
}

// columns compares two things that are computed or stand in cells.
func (c *checker) columns(a, b *expr) (*expr, *expr, error) {
	day := func(e *expr) *expr {
		return &expr{op: opCall, at: e.at, to: e.to, name: "date", kind: catalog.Date, args: []*expr{e}}
	}
	small := func(e *expr) *expr {
		return &expr{op: opCall, at: e.at, to: e.to, name: "lower", kind: address, args: []*expr{e}}
	}
	switch {
	case a.kind == b.kind, isNumber(a.kind) && isNumber(b.kind):
		return a, b, nil
	case a.kind == moment && b.kind == catalog.Date:
		return day(a), b, nil
	case a.kind == catalog.Date && b.kind == moment:
		return a, day(b), nil
	case a.kind == address && b.kind == catalog.Text:
		return a, small(b), nil
	case a.kind == catalog.Text && b.kind == address:
		return small(a), b, nil
	case a.kind == truth && isNumber(b.kind), isNumber(a.kind) && b.kind == truth,
		isTime(a.kind) && b.kind == catalog.Text, a.kind == catalog.Text && isTime(b.kind):
		return a, b, nil
	}
	p := wrong(b.at, "a %s is compared with a %s", kindName(a.kind), kindName(b.kind))
	switch {
	case isTime(a.kind) || isTime(b.kind):
		return nil, nil, p.because("A number of days is julianday('now') - julianday(created_at); 30 days ago is date('now','-30 days').")
	case isNumber(a.kind):
		return nil, nil, p.because(c.casts(b, a))
	case isNumber(b.kind):
		return nil, nil, p.because(c.casts(a, b))
	}
	return nil, nil, p.because("Compare values of one kind.")
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
func (c *checker) is(e *expr) (*expr, error) {
	a, b := e.args[0], e.args[1]
	if b.isNull() {
		c.notes.asksEmpty(a)
		return e, nil
	}
	if b.isTruth() && (a.kind == "" || a.kind == truth || isNumber(a.kind)) {
		c.note("=", a, b)
		return e, nil
	}
	if isTime(a.kind) && b.op == opLiteral {
		within, err := c.compareTo(e, "=", a, b)
		if err != nil {
			return nil, err
		}
		there := &expr{op: opIs, at: e.at, not: true, kind: truth, args: []*expr{a, {op: opLiteral, at: e.at}}}
		made := &expr{op: opAnd, at: e.at, kind: truth, args: append([]*expr{there}, within.args...)}
		return negatedIf(e.not, made), nil
	}
	a, b, err := c.pair(a, b, "=")
	if err != nil {
		return nil, err
	}
	c.note("=", a, b)
	return e.with(a, b), nil
}

func negatedIf(not bool, e *expr) *expr {
	if !not {
		return e
	}
	return &expr{op: opNot, at: e.at, to: e.to, kind: truth, args: []*expr{e}}
}

func (c *checker) in(e *expr) (*expr, error) {
	a, name := e.args[0], "="
	if e.not {
		name = "<>"
		c.notes.compares("<>", a)
	}
	if err := c.quotedName(a); err != nil {
		return nil, err
	}
	var periods []*expr
	args := []*expr{a}
	for _, item := range e.args[1:] {
		switch {
		case item.isNull() && e.not:
			return nil, wrong(item.at, "NOT IN with NULL fits nobody").
				because("Leave NULL out; NOT IN passes over empty cells anyway, and IS NOT NULL says so.")
		case item.isNull():
			c.notes.add(noteNullInList, a)
			continue
		case isTime(a.kind) && item.op == opLiteral:
			within, err := c.compareTo(e, "=", a, item)
			if err != nil {
				return nil, err
			}
			periods = append(periods, within)
			continue
		}
		side, item, err := c.pair(a, item, name)
		if err != nil {
			return nil, err
		}
		if side != a { // the column is compared as something else here
			periods = append(periods, &expr{op: opCompare, at: e.at, name: "=", kind: truth, args: []*expr{side, item}})
			continue
		}
		args = append(args, item)
	}
	for _, item := range args[1:] {
		c.note(name, a, item)
	}
	rest := e.with(args...)
	if len(periods) == 0 {
		if len(args) == 1 {
			rest.args = e.args // IN (NULL)
		}
		return rest, nil
	}
	rest.not = false
	if len(args) > 1 {
		periods = append(periods, rest)
	}
	return negatedIf(e.not, &expr{op: opOr, at: e.at, kind: truth, args: periods}), nil
}

// between becomes two comparisons, so that both ends are whole periods.
func (c *checker) between(e *expr) (*expr, error) {
	a, low, high := e.args[0], e.args[1], e.args[2]
	bounds := make([]*expr, 2)
	for i, bound := range []*expr{low, high} {
		one := &expr{op: opCompare, at: e.at, to: e.to, name: []string{">=", "<="}[i], kind: truth, args: []*expr{a, bound}}
		var err error
		if bounds[i], err = c.comparison(one); err != nil {
			return nil, err
		}
	}
	if low.op == opLiteral && high.op == opLiteral && a.op != opLiteral {
		if Compare(bounds[0].args[1].val, bounds[1].args[1].val) > 0 {
			c.notes.add(noteReversed, a)
		}
	}
	if e.not {
		c.notes.compares("<>", a)
	}
	return negatedIf(e.not, &expr{op: opAnd, at: e.at, to: e.to, kind: truth, args: bounds}), nil
}

func (c *checker) like(e *expr) (*expr, error) {
	a, pattern := e.args[0], asWrittenText(e.args[1])
	if err := c.quotedName(a); err != nil {
		return nil, err
	}
	switch {
	case pattern.isNull():
		return nil, wrong(pattern.at, "nothing is ever LIKE NULL").because("An empty cell is found by IS NULL.")
	case a.kind == truth:
		return nil, wrong(e.at, "%s is true or false and not a text", c.written(a)).because("Write = true or = false.")
	case pattern.op == opLiteral && !pattern.isText():
		return nil, wrong(pattern.at, "LIKE takes a text").because("Like plan LIKE '%pro%'.")
	case e.name == "glob" && strings.ContainsRune(pattern.text(), '['):
		return nil, wrong(pattern.at, "GLOB has no [ ] here").because("Use LIKE, where % stands for any text and _ for one character.")
	}
	args := []*expr{a, pattern}
	if len(e.args) == 3 {
		escape := asWrittenText(e.args[2])
		if !escape.isText() || len([]rune(escape.text())) != 1 {
			return nil, wrong(escape.at, "ESCAPE takes one character")
		}
		args = append(args, escape)
	}
	if e.not {
		c.notes.compares("<>", a)
	}
	if pattern.isText() && !strings.ContainsAny(pattern.text(), map[string]string{"like": "%_", "glob": "*?"}[e.name]) {
		c.notes.add(noteNoWildcard, a)
	}
	return e.with(args...), nil
}
