package where

import (
	"slices"
	"strings"
)

// expr is a parsed expression. What its names mean is added by the checker.
type expr struct {
	op     op
	at, to int     // the bytes of the expression that it was read from; of an operator, its own
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

type parser struct {
	tokens []token
	i      int
	depth  int
}

// parse reads a whole expression.
func parse(where string) (*expr, error) {
	tokens, err := lex(where)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	if p.peek().kind == end {
		return nil, wrong(0, "the expression is empty").because("Leave it out to choose all contacts.")
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != end {
		return nil, p.unexpected(t)
	}
	return e, nil
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

func (p *parser) expect(keyword, why string) error {
	if p.accept(keyword) {
		return nil
	}
	return wrong(p.peek().at, "%s stands where %q is expected", p.peek().shown(), strings.ToUpper(keyword)).because(why)
}

// statements are words that begin what a condition cannot hold.
var statements = map[string]bool{
	"select": true, "with": true, "attach": true, "pragma": true, "insert": true, "update": true, "delete": true,
	"drop": true, "create": true,
	"union": true, "from": true, "where": true, "order": true, "group": true, "limit": true, "having": true,
	"over": true, "filter": true, "collate": true, "match": true, "regexp": true,
}

func (p *parser) unexpected(t token) error {
	if odd := p.foreign(t); odd != nil {
		return odd
	}
	switch {
	case t.kind == word && statements[strings.ToLower(t.text)]:
		return wrong(t.at, "%s is not allowed", strings.ToUpper(t.text)).
			because("The expression is a condition on one contact's columns, without subqueries; " +
				"order and limit are arguments of their own.")
	case t.kind == symbol && t.text == "=":
		return wrong(t.at, "there is one %s too many", t.shown())
	}
	return wrong(t.at, "%s is not expected here", t.shown()).
		because("Conditions are joined by AND or OR; a text stands between single quotes.")
}

// foreign is what is wrong with a word of another language; nil for other tokens.
func (p *parser) foreign(t token) error {
	last := len(p.tokens) - 1
	for i, known := range p.tokens {
		if known.at == t.at {
			if before := p.tokens[max(0, i-1)]; t.kind == str && (before.is("date") || before.is("datetime") || before.is("timestamp")) {
				return wrong(before.at, "a date is written without %s before it", strings.ToUpper(before.text)).
					because("Like created_at >= '2026-03-04'.").instead(before.at, t.at, "")
			}
			if odd := foreignWord(t, p.tokens[min(i+1, last)], p.tokens[min(i+2, last)]); odd != nil {
				return odd
			}
			break
		}
	}
	return nil
}

func (p *parser) deeper() (func(), error) {
	p.depth++
	if p.depth > maxDepth {
		return nil, wrong(p.peek().at, "the expression is nested too deeply")
	}
	return func() { p.depth-- }, nil
}

func (p *parser) or() (*expr, error) {
	back, err := p.deeper()
	if err != nil {
		return nil, err
	}
	defer back()
	return p.chain(p.and, opOr, "or")
}

func (p *parser) and() (*expr, error) { return p.chain(p.not, opAnd, "and") }

// chain reads operands joined by one keyword, as one expression with many operands.
func (p *parser) chain(operand func() (*expr, error), op op, keyword string) (*expr, error) {
	e, err := operand()
	if err != nil || !p.peek().is(keyword) {
		return e, err
	}
	joined := &expr{op: op, at: e.at, args: []*expr{e}}
	for p.accept(keyword) {
		if e, err = operand(); err != nil {
			return nil, err
		}
		joined.args = append(joined.args, e)
	}
	return joined, nil
}

func (p *parser) not() (*expr, error) {
	t := p.peek()
	if !p.accept("not") {
		return p.comparison()
	}
	back, err := p.deeper()
	if err != nil {
		return nil, err
	}
	defer back()
	e, err := p.not()
	if err != nil {
		return nil, err
	}
	return &expr{op: opNot, at: t.at, args: []*expr{e}}, nil
}

func (p *parser) sum() (*expr, error)     { return p.math(p.product, "+", "-") }
func (p *parser) product() (*expr, error) { return p.math(p.joined, "*", "/", "%") }
func (p *parser) joined() (*expr, error)  { return p.math(p.unary, "||") }

func (p *parser) math(operand func() (*expr, error), symbols ...string) (*expr, error) {
	left, err := operand()
	if err != nil {
		return nil, err
	}
	for deep := 0; ; deep++ {
		t := p.peek()
		if t.kind != symbol || !slices.Contains(symbols, t.text) {
			return left, nil
		}
		if deep > maxDepth {
			return nil, wrong(t.at, "the expression is too long a calculation")
		}
		p.i++
		right, err := operand()
		if err != nil {
			return nil, err
		}
		left = &expr{op: opMath, at: t.at, name: t.text, args: []*expr{left, right}}
	}
}

func (p *parser) unary() (*expr, error) {
	t := p.peek()
	if t.kind != symbol || t.text != "-" && t.text != "+" {
		return p.primary()
	}
	p.i++
	back, err := p.deeper()
	if err != nil {
		return nil, err
	}
	defer back()
	e, err := p.unary()
	if err != nil || t.text == "+" {
		return e, err
	}
	if e.op == opLiteral && isNumeric(e.val) && e.name != truth && !strings.HasPrefix(e.name, "-") {
		e.val, e.name, e.at = negated(e.val), "-"+e.name, t.at
		return e, nil
	}
	return &expr{op: opNegate, at: t.at, args: []*expr{e}}, nil
}
