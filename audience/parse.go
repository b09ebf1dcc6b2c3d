package audience

import "strings"

// expr is a parsed expression, before its names mean anything.
type expr struct {
	op   op
	at   int
	name string  // of a column, a function, a comparison or a type
	val  value   // of a literal
	args []*expr // operands
	not  bool    // of LIKE, IN, BETWEEN, IS
}

type op uint8

const (
	opLiteral op = iota
	opColumn     // args none; name may be a column's, quoted or not
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
	return wrong(p.peek().at, "%s stands where %q is expected", p.peek().shown(), keyword).because(why)
}

// statements are words that begin what a condition cannot hold.
var statements = map[string]bool{
	"select": true, "with": true, "attach": true, "pragma": true, "insert": true, "update": true, "delete": true, "drop": true, "create": true, "exists": true,
	"union": true, "from": true, "where": true, "order": true, "group": true, "limit": true, "having": true, "over": true, "filter": true, "collate": true, "match": true, "regexp": true,
}

func (p *parser) unexpected(t token) error {
	switch {
	case t.kind == word && statements[strings.ToLower(t.text)]:
		return wrong(t.at, "%s is not admitted", strings.ToUpper(t.text)).because("The expression is a condition on one contact's columns, without subqueries; order and limit are arguments of their own.")
	case t.kind == symbol && t.text == "=":
		return wrong(t.at, "there is one %s too many", t.shown())
	}
	return wrong(t.at, "%s is not expected here", t.shown()).because("Conditions are joined by AND or OR; a text stands between single quotes.")
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

// comparison reads what SQL puts between NOT and the arithmetic: comparisons, IS, IN, BETWEEN, LIKE, which chain.
func (p *parser) comparison() (*expr, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	for {
		more, err := p.compared(left)
		if err != nil || more == nil {
			return left, err
		}
		left = more
	}
}

func (p *parser) compared(left *expr) (*expr, error) {
	t := p.peek()
	negated := t.is("not")
	if negated {
		p.i++
		switch after := p.peek(); {
		case after.is("null"):
			p.i++
			return &expr{op: opIs, at: t.at, not: true, args: []*expr{left, {op: opLiteral, at: t.at}}}, nil
		case !after.is("in") && !after.is("like") && !after.is("glob") && !after.is("between"):
			return nil, p.unexpected(t)
		}
	}
	switch {
	case p.accept("isnull"), p.accept("notnull"):
		return &expr{op: opIs, at: t.at, not: t.is("notnull"), args: []*expr{left, {op: opLiteral, at: t.at}}}, nil
	case p.accept("is"):
		return p.is(left, t.at)
	case p.accept("in"):
		return p.in(left, t.at, negated)
	case p.accept("between"):
		return p.between(left, t.at, negated)
	case p.accept("like"):
		return p.like(left, t.at, negated, "like")
	case p.accept("glob"):
		return p.like(left, t.at, negated, "glob")
	}
	if t.kind != symbol {
		return nil, nil
	}
	name, known := map[string]string{"=": "=", "==": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}[t.text]
	if !known {
		return nil, nil
	}
	p.i++
	right, err := p.sum()
	if err != nil {
		return nil, err
	}
	return &expr{op: opCompare, at: t.at, name: name, args: []*expr{left, right}}, nil
}

func (p *parser) is(left *expr, at int) (*expr, error) {
	not := p.accept("not")
	if p.accept("distinct") {
		if err := p.expect("from", ""); err != nil {
			return nil, err
		}
		not = !not
	}
	right, err := p.sum()
	if err != nil {
		return nil, err
	}
	return &expr{op: opIs, at: at, not: not, args: []*expr{left, right}}, nil
}

func (p *parser) in(left *expr, at int, not bool) (*expr, error) {
	const why = "IN takes a list of values: plan IN ('pro', 'team')."
	if err := p.expect("(", why); err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind == word && statements[strings.ToLower(t.text)] {
		return nil, p.unexpected(t)
	}
	args, err := p.list(why)
	return &expr{op: opIn, at: at, not: not, args: append([]*expr{left}, args...)}, err
}

// list reads expressions up to the closing parenthesis.
func (p *parser) list(why string) (args []*expr, err error) {
	if p.accept(")") {
		return nil, nil
	}
	for {
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		args = append(args, e)
		if !p.accept(",") {
			return args, p.expect(")", why)
		}
	}
}

func (p *parser) between(left *expr, at int, not bool) (*expr, error) {
	low, err := p.sum()
	if err != nil {
		return nil, err
	}
	if err := p.expect("and", "BETWEEN takes two bounds: age BETWEEN 18 AND 25."); err != nil {
		return nil, err
	}
	high, err := p.sum()
	return &expr{op: opBetween, at: at, not: not, args: []*expr{left, low, high}}, err
}

func (p *parser) like(left *expr, at int, not bool, name string) (*expr, error) {
	pattern, err := p.sum()
	if err != nil {
		return nil, err
	}
	e := &expr{op: opLike, at: at, not: not, name: name, args: []*expr{left, pattern}}
	if name == "like" && p.accept("escape") {
		escape, err := p.sum()
		if err != nil {
			return nil, err
		}
		e.args = append(e.args, escape)
	}
	return e, nil
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
		if t.kind != symbol || !contains(symbols, t.text) {
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

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
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
	if e.op == opLiteral && e.val.kind != textual {
		e.val = negated(e.val)
		return e, nil
	}
	return &expr{op: opNegate, at: t.at, args: []*expr{e}}, nil
}
