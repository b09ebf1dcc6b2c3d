package where

import (
	"strings"
)

// comparison reads what SQL puts between NOT and the arithmetic: comparisons, IS, IN, BETWEEN, LIKE. IS may follow another;
// comparisons do not chain: SQL would compare the outcome of the first with what comes behind it.
func (p *parser) comparison() (*expr, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	for compares := false; ; {
		more, err := p.compared(left)
		if err != nil || more == nil {
			return left, err
		}
		if compares && more.op == opCompare {
			return nil, chained(left, more)
		}
		compares = compares || more.op == opCompare
		left = more
	}
}

// chained is what is wrong with 18 < age < 25.
func chained(first, second *expr) error {
	p := wrong(second.at, "comparisons cannot be chained").because("Write two, joined by AND: age >= 18 AND age < 25.")
	if middle := first.args[1]; middle.op == opMath && middle.name == "||" {
		return wrong(middle.at, "|| joins texts and not conditions").because("Write OR.").instead(middle.at, middle.at+2, "OR")
	}
	return p
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
			return nil, p.unexpected(after)
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
	name, known := comparisons[t.text]
	if !known {
		return nil, nil
	}
	p.i++
	right, err := p.sum()
	if err != nil {
		return nil, err
	}
	return &expr{op: opCompare, at: t.at, to: t.to, name: name, args: []*expr{left, right}}, nil
}

// comparisons are the symbols that compare, as they are known from then on.
var comparisons = map[string]string{"=": "=", "==": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

func (p *parser) is(left *expr, at int) (*expr, error) {
	not := p.accept("not")
	if p.accept("distinct") {
		if err := p.expect("from", ""); err != nil {
			return nil, err
		}
		not = !not
	}
	if t := p.peek(); nothings[strings.ToLower(t.text)] && t.kind == word {
		return nil, wrong(t.at, "SQL has no IS %s", strings.ToUpper(t.text)).
			because("An empty cell is NULL: plan IS NULL, plan IS NOT NULL.").instead(t.at, t.to, "NULL")
	} else if t.is("in") || t.is("like") || t.is("between") || t.is("glob") {
		without := ""
		if not {
			without = "NOT "
		}
		return nil, wrong(t.at, "IS does not stand before %s", strings.ToUpper(t.text)).
			because("Write plan IN (…), plan NOT IN (…).").instead(at, t.at, without)
	}
	right, err := p.sum()
	if err != nil {
		return nil, err
	}
	return &expr{op: opIs, at: at, not: not, args: []*expr{left, right}}, nil
}

// nothings are words for NULL in other languages.
var nothings = map[string]bool{"empty": true, "blank": true, "none": true, "nil": true, "missing": true, "undefined": true, "unset": true}

func (p *parser) in(left *expr, at int, not bool) (*expr, error) {
	const why = "IN takes a list of values: plan IN ('pro', 'team')."
	if err := p.expect("(", why); err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind == word && statements[strings.ToLower(t.text)] {
		return nil, p.unexpected(t)
	}
	args, err := p.list(why)
	if err == nil && len(args) == 0 {
		err = wrong(at, "IN is given no value").because(why)
	}
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
