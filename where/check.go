package where

import (
	"slices"
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// Columns that are made of others.
const (
	domainColumn       = -1 // email_domain
	countColumn        = -2 // list_count
	suppressedColumn   = -3 // suppressed
	suppressedAtColumn = -4 // suppressed_at
)

// Kinds of values, besides the types of fields.
const (
	truth   = catalog.Boolean
	number  = catalog.Float
	address = "address" // lower case: email, id, status, email_domain
	clock   = "clock"   // a time of day: what time() makes
)

// checker gives the names of an expression their meaning, and makes comparisons mean what was written.
type checker struct {
	slip

	schema *Schema
	refs   []Ref
	notes  notes
}

// check parses a condition and checks it.
func (s *Schema) check(where string) (*Condition, *problem) {
	parsed, bad := parse(where)
	if bad != nil {
		return nil, bad
	}
	c := &checker{schema: s}
	e := c.condition(parsed)
	return &Condition{s, e, c.refs, c.notes, where}, c.problem
}

// condition checks what has to be true or false.
func (c *checker) condition(e *expr) *expr {
	e = c.expr(e)
	switch {
	case e.op == opColumn && e.kind != truth && !isNumber(e.kind):
		name := c.schema.asWritten(c.schema.nameOf(e))
		return c.fail(wrong(e.at, "%s is not a condition by itself", text.Quote(e.name)).
			because("Compare it with something: " + name + " = '…', or " + name + " IS NOT NULL."))
	case e.isText():
		return c.fail(wrong(e.at, "the text %s is not a condition by itself", text.Quote(e.text())).
			because("A condition compares a column: plan = 'pro'; one of several values is asked for with plan IN ('pro', 'team')."))
	case e.kind != "" && e.kind != truth && !isNumber(e.kind):
		return c.fail(wrong(e.at, "a text or a time is not a condition by itself").
			because("Compare it with something: … = 'pro', or … IS NOT NULL."))
	}
	return e
}

// expr checks an expression and returns it as it is to be evaluated.
func (c *checker) expr(e *expr) *expr {
	switch e.op {
	case opLiteral:
		return literal(e)
	case opColumn:
		return c.column(e)
	case opCall:
		return c.call(e)
	case opCase:
		return c.cases(e)
	case opAnd, opOr, opNot:
		e = e.with(each(e.args, c.condition)...)
	default:
		e = e.with(each(e.args, c.expr)...)
	}
	e.kind = truth
	switch e.op {
	case opAnd, opOr:
		return e
	case opNot:
		c.notes.compares("<>", e.args[0])
		return e
	case opCompare:
		return c.comparison(e)
	case opIs:
		return c.is(e)
	case opIn:
		return c.in(e)
	case opBetween:
		return c.between(e)
	case opLike:
		return c.like(e)
	case opCast:
		return c.cast(e)
	}
	return c.calculation(e)
}

func each(args []*expr, check func(*expr) *expr) []*expr {
	checked := make([]*expr, len(args))
	for i, arg := range args {
		checked[i] = check(arg)
	}
	return checked
}

// with is the expression over other operands.
func (e *expr) with(args ...*expr) *expr {
	made := *e
	made.args = args
	return &made
}

// literal writes accents in one way, as cells are read.
func literal(e *expr) *expr {
	made := *e
	switch v := e.val.(type) {
	case string:
		made.val, made.kind = composed(v), catalog.Text
	case int64:
		made.kind = catalog.Integer
	case float64:
		made.kind = number
	}
	if e.isTruth() {
		made.kind = truth
	}
	return &made
}

// text is what a literal text says; empty for anything else.
func (e *expr) text() string {
	s, _ := e.val.(string)
	return s
}

func (e *expr) isText() bool {
	_, is := e.val.(string)
	return e.op == opLiteral && is
}

func (e *expr) isNumber() bool { return e.op == opLiteral && e.name != truth && isNumber(e.kind) }
func (e *expr) isTruth() bool  { return e.op == opLiteral && e.name == truth }
func (e *expr) isNull() bool   { return e.op == opLiteral && e.val == nil }

// textAt is a literal text that stands where another did.
func textAt(e *expr, s string) *expr {
	return &expr{op: opLiteral, at: e.at, to: e.to, val: s, kind: catalog.Text}
}

// asWrittenText is a literal number as the text that was written: a text that holds 01234 is not 1234, and none of sixteen digits
// is rounded.
func asWrittenText(e *expr) *expr {
	if e.isNumber() {
		return textAt(e, e.name)
	}
	return e
}

// cases are condition, result, …, otherwise.
func (c *checker) cases(e *expr) *expr {
	args := make([]*expr, len(e.args))
	var results []*expr
	for i, arg := range e.args {
		if i%2 == 0 && i < len(e.args)-1 {
			args[i] = c.condition(arg)
		} else {
			args[i] = c.expr(arg)
			results = append(results, args[i])
		}
	}
	e = e.with(args...)
	e.kind = alike(results)
	for i, result := range results {
		args[min(2*i+1, len(args)-1)] = result
	}
	return e
}

// alike finds what kind of value some alternatives have in common, and makes the literals among them of that kind: coalesce(plan, 0)
// is as plan. Where they have none in common, they stay as they are.
func alike(all []*expr) (kind string) {
	for _, e := range all {
		switch {
		case e.op == opLiteral:
		case kind == "" || e.kind == kind:
			kind = e.kind
		case isNumber(kind) && isNumber(e.kind):
			kind = number
		default:
			return ""
		}
	}
	if kind == "" {
		for _, e := range all {
			if e.kind != "" && kind != "" && e.kind != kind {
				return ""
			}
			kind = e.kind
		}
		return kind
	}
	fitted := slices.Clone(all)
	for i, e := range all {
		if e.op != opLiteral || e.isNull() {
			continue
		}
		var ok bool
		if fitted[i], ok = literalOf(kind, e); !ok {
			return ""
		}
	}
	copy(all, fitted)
	return kind
}

// literalOf makes a literal of a kind; false where the text is not such a literal.
func literalOf(kind string, e *expr) (*expr, bool) {
	switch kind {
	case catalog.Text, address:
		return asWrittenText(e), !e.isTruth()
	case catalog.Date, moment:
		p, ok := periodOf(e.text())
		if !ok || !e.isText() || p.unit > unitDay && kind == catalog.Date || p.unit < unitDay {
			return nil, false
		}
		return textAt(e, p.edge(p.start, kind)), true
	case truth:
		if e.isText() {
			known, is := Truth(strings.TrimSpace(e.text()))
			return &expr{op: opLiteral, at: e.at, to: e.to, name: truth, val: ofBool(known), kind: truth}, is
		}
		made := &expr{op: opLiteral, at: e.at, to: e.to, name: truth, val: e.val, kind: truth}
		return made, e.isTruth() || e.val == int64(0) || e.val == int64(1)
	}
	if isNumber(kind) {
		if e.isText() {
			n := numeric(e.text())
			return &expr{op: opLiteral, at: e.at, to: e.to, name: strings.TrimSpace(e.text()), val: n, kind: number}, n != nil
		}
		return e, !e.isTruth()
	}
	return e, true
}

func (c *checker) cast(e *expr) *expr {
	if inner := e.args[0]; e.name == "text" {
		e = e.with(asWrittenText(inner))
	} else if isTime(inner.kind) {
		return c.fail(wrong(e.at, "a date is not cast to a number").
			because("Write strftime('%Y', created_at) = '2026' for a part of it, " +
				"julianday('now') - julianday(created_at) for a number of days."))
	}
	e.kind = map[string]string{"integer": catalog.Integer, "real": number, "text": catalog.Text}[e.name]
	return e
}

// calculation checks + - * / % and ||.
func (c *checker) calculation(e *expr) *expr {
	if e.op == opMath && e.name == "||" {
		for _, arg := range e.args {
			if arg.kind == truth && arg.op != opColumn && arg.op != opLiteral {
				return c.fail(wrong(e.at, "|| joins texts and not conditions").because("Write OR.").instead(e.at, e.at+2, "OR"))
			}
		}
		e = e.with(each(e.args, asWrittenText)...)
		e.kind = catalog.Text
		return e
	}
	e.kind = number
	for _, arg := range e.args {
		dates := wrong(e.at, "dates are not calculated with")
		if isTime(arg.kind) {
			return c.fail(dates.because("SQL would take the year alone. 30 days ago is date('now', '-30 days'); " +
				"the days between two dates are julianday('now') - julianday(created_at)."))
		}
		if _, is := periodOf(arg.text()); is && arg.isText() && numeric(arg.text()) == nil {
			return c.fail(dates.because("A day 30 days after another is date('2026-03-04', '+30 days')."))
		}
	}
	return e
}

// isTime tells the kinds whose values are dates and times.
func isTime(kind string) bool { return kind == catalog.Date || kind == moment || kind == clock }
