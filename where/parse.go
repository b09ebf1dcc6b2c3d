package where

import (
	"slices"
	"strings"
)

// expr is a parsed expression. What its names mean is added by the checker.
type expr struct {
	op     op
	at, to int     // the bytes of the expression that it was read from; of an operator, its own
	span   [2]int  // of what AND and OR join: all its bytes
	name   string  // of a column, a function, a comparison or a type; of a number, as it is written
	val    any     // of a literal, as SQLite has it
	args   []*expr // operands
	not    bool    // of LIKE, IN, BETWEEN, IS; of a column, that it stands in double quotes

	kind string // of its values: text, integer, …; empty: not known
	col  int    // of a column, its number in the snapshot, or domainColumn or countColumn
	list int64  // of in_list, the list
}

type op uint8

const (
	opLiteral op = iota
	opColumn
	opCall
	opAnd
	opOr
	opNot
	opCompare // name is = <> < <= > >=
	opIs
	opIn
	opBetween
	opLike // name is like or glob
	opMath // name is + - * / % ||
	opNegate
	opCase // condition, result, …, else
	opCast
)

// slip is the first thing that is wrong with an expression. What is read or checked behind it counts no more.
type slip struct{ problem *problem }

// fail notes what is wrong, and stands in for the expression.
func (s *slip) fail(p *problem) *expr {
	if s.problem == nil {
		s.problem = p
	}
	return &expr{}
}

type parser struct {
	slip

	tokens []token
	i      int
	depth  int
}

// parse reads a whole expression.
func parse(where string) (*expr, *problem) {
	tokens, bad := lex(where)
	if bad != nil {
		return nil, bad
	}
	p := &parser{tokens: tokens}
	if p.peek().kind == end {
		return nil, wrong(0, "the expression is empty").because("Leave it out to choose all contacts.")
	}
	e := p.or()
	if t := p.peek(); t.kind != end {
		p.unexpected(t)
	}
	return e, p.problem
}

// fail also ends the reading: nothing but the end comes next.
func (p *parser) fail(what *problem) *expr {
	p.i = len(p.tokens) - 1
	return p.slip.fail(what)
}

func (p *parser) peek() token { return p.tokens[p.i] }

func (p *parser) next() token {
	t := p.tokens[p.i]
	if t.kind != end {
		p.i++
	}
	return t
}

// accept takes the next token if it is the keyword or symbol.
func (p *parser) accept(keyword string) bool {
	if p.peek().is(keyword) {
		p.i++
		return true
	}
	return false
}

func (p *parser) expect(keyword, why string) {
	if !p.accept(keyword) {
		p.fail(wrong(p.peek().at, "%s stands where %q is expected", p.peek().shown(), strings.ToUpper(keyword)).because(why))
	}
}

// statements are words that begin what a condition cannot hold.
var statements = map[string]bool{
	"select": true, "with": true, "attach": true, "pragma": true, "insert": true, "update": true, "delete": true,
	"drop": true, "create": true,
	"union": true, "from": true, "where": true, "order": true, "group": true, "limit": true, "having": true,
	"over": true, "filter": true, "collate": true, "match": true, "regexp": true,
}

// unexpected is a token that does not belong where it stands.
func (p *parser) unexpected(t token) *expr {
	at := slices.IndexFunc(p.tokens, func(known token) bool { return known.at == t.at })
	last := len(p.tokens) - 1
	before := p.tokens[max(0, at-1)]
	odd := foreignWord(t, p.tokens[min(at+1, last)], p.tokens[min(at+2, last)])
	switch {
	case t.kind == str && (before.is("date") || before.is("datetime") || before.is("timestamp")):
		return p.fail(wrong(before.at, "a date is written without %s before it", strings.ToUpper(before.text)).
			because("Like created_at >= '2026-03-04'.").instead(before.at, t.at, ""))
	case odd != nil:
		return p.fail(odd)
	case t.kind == word && statements[strings.ToLower(t.text)]:
		return p.fail(wrong(t.at, "%s is not allowed", strings.ToUpper(t.text)).
			because("The expression is a condition on one contact's columns, without subqueries; " +
				"order and limit are arguments of their own."))
	case t.kind == symbol && t.text == "=":
		return p.fail(wrong(t.at, "there is one %s too many", t.shown()))
	}
	return p.fail(wrong(t.at, "%s is not expected here", t.shown()).
		because("Conditions are joined by AND or OR; a text stands between single quotes."))
}

// deeper reads what is nested in another expression.
func (p *parser) deeper(read func() *expr) *expr {
	if p.depth >= maxDepth {
		return p.fail(wrong(p.peek().at, "the expression is nested too deeply"))
	}
	p.depth++
	defer func() { p.depth-- }()
	return read()
}

func (p *parser) or() *expr {
	return p.deeper(func() *expr { return p.chain(p.and, opOr, "or") })
}

func (p *parser) and() *expr { return p.chain(p.not, opAnd, "and") }

// chain reads operands joined by one keyword, as one expression with many operands.
func (p *parser) chain(operand func() *expr, op op, keyword string) *expr {
	e := operand()
	if !p.peek().is(keyword) {
		return e
	}
	joined := &expr{op: op, at: e.at, args: []*expr{e}}
	for p.accept(keyword) {
		joined.args = append(joined.args, operand())
	}
	return joined
}

func (p *parser) not() *expr {
	t := p.peek()
	var e *expr
	if p.accept("not") {
		e = &expr{op: opNot, at: t.at, args: []*expr{p.deeper(p.not)}}
	} else {
		e = p.comparison()
	}
	e.span = [2]int{t.at, p.tokens[max(0, p.i-1)].to}
	return e
}

func (p *parser) sum() *expr     { return p.math(p.product, "+", "-") }
func (p *parser) product() *expr { return p.math(p.joined, "*", "/", "%") }
func (p *parser) joined() *expr  { return p.math(p.unary, "||") }

func (p *parser) math(operand func() *expr, symbols ...string) *expr {
	left := operand()
	for deep := 0; ; deep++ {
		t := p.peek()
		if t.kind != symbol || !slices.Contains(symbols, t.text) {
			return left
		}
		if deep > maxDepth {
			return p.fail(wrong(t.at, "the expression is too long a calculation"))
		}
		p.i++
		left = &expr{op: opMath, at: t.at, name: t.text, args: []*expr{left, operand()}}
	}
}

func (p *parser) unary() *expr {
	t := p.peek()
	if t.kind != symbol || t.text != "-" && t.text != "+" {
		return p.primary()
	}
	p.i++
	e := p.deeper(p.unary)
	switch {
	case t.text == "+":
	case e.op == opLiteral && isNumeric(e.val) && e.name != truth && !strings.HasPrefix(e.name, "-"):
		e.val, e.name, e.at = negated(e.val), "-"+e.name, t.at
	default:
		return &expr{op: opNegate, at: t.at, args: []*expr{e}}
	}
	return e
}
