package where

import (
	"strings"
)

// comparison reads what SQL puts between NOT and the arithmetic: comparisons, IS, IN, BETWEEN, LIKE. IS may follow another;
// comparisons do not chain: SQL would compare the outcome of the first with what comes behind it.
func (p *parser) comparison() *expr {
	left := p.sum()
	for compares := false; ; {
		more := p.compared(left)
		if more == nil {
			return left
		}
		if compares && more.op == opCompare {
			return p.fail(chained(left, more))
		}
		compares = compares || more.op == opCompare
		left = more
	}
}

// chained is what is wrong with 18 < age < 25.
func chained(first, second *expr) *problem {
	if middle := first.args[1]; middle.op == opMath && middle.name == "||" {
		return wrong(middle.at, "|| joins texts and not conditions").because("Write OR.").instead(middle.at, middle.at+2, "OR")
	}
	return wrong(second.at, "comparisons cannot be chained").because("Write two, joined by AND: age >= 18 AND age < 25.")
}

// compared is a comparison of what was read with what comes next; nil where it is compared with nothing.
func (p *parser) compared(left *expr) *expr {
	t := p.peek()
	nothing := &expr{op: opLiteral, at: t.at}
	negated := p.accept("not")
	after := p.peek()
	switch {
	case negated && !after.is("null") && !after.is("in") && !after.is("like") && !after.is("glob") && !after.is("between"):
		return p.unexpected(after)
	case negated && p.accept("null"), p.accept("notnull"):
		return &expr{op: opIs, at: t.at, not: true, args: []*expr{left, nothing}}
	case p.accept("isnull"):
		return &expr{op: opIs, at: t.at, args: []*expr{left, nothing}}
	case p.accept("is"):
		return p.is(left, t.at)
	case p.accept("in"):
		return p.in(left, t.at, negated)
	case p.accept("between"):
		low := p.sum()
		p.expect("and", "BETWEEN takes two bounds: age BETWEEN 18 AND 25.")
		return &expr{op: opBetween, at: t.at, not: negated, args: []*expr{left, low, p.sum()}}
	case p.accept("like"), p.accept("glob"):
		e := &expr{op: opLike, at: t.at, not: negated, name: strings.ToLower(after.text), args: []*expr{left, p.sum()}}
		if e.name == "like" && p.accept("escape") {
			e.args = append(e.args, p.sum())
		}
		return e
	}
	name, known := comparisons[t.text]
	if t.kind != symbol || !known {
		return nil
	}
	p.i++
	return &expr{op: opCompare, at: t.at, to: t.to, name: name, args: []*expr{left, p.sum()}}
}

// comparisons are the symbols that compare, as they are known from then on.
var comparisons = map[string]string{"=": "=", "==": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

func (p *parser) is(left *expr, at int) *expr {
	not := p.accept("not")
	if p.accept("distinct") {
		p.expect("from", "")
		not = !not
	}
	switch t := p.peek(); {
	case nothings[strings.ToLower(t.text)] && t.kind == word:
		return p.fail(wrong(t.at, "SQL has no IS %s", strings.ToUpper(t.text)).
			because("An empty cell is NULL: plan IS NULL, plan IS NOT NULL.").instead(t.at, t.to, "NULL"))
	case t.is("in") || t.is("like") || t.is("between") || t.is("glob"):
		without := ""
		if not {
			without = "NOT "
		}
		return p.fail(wrong(t.at, "IS does not stand before %s", strings.ToUpper(t.text)).
			because("Write plan IN (…), plan NOT IN (…).").instead(at, t.at, without))
	}
	return &expr{op: opIs, at: at, not: not, args: []*expr{left, p.sum()}}
}

// nothings are words for NULL in other languages.
var nothings = map[string]bool{"empty": true, "blank": true, "none": true, "nil": true, "missing": true, "undefined": true, "unset": true}

func (p *parser) in(left *expr, at int, not bool) *expr {
	const why = "IN takes a list of values: plan IN ('pro', 'team')."
	p.expect("(", why)
	if t := p.peek(); t.kind == word && statements[strings.ToLower(t.text)] {
		return p.unexpected(t)
	}
	args := p.list(why)
	if len(args) == 0 {
		return p.fail(wrong(at, "IN is given no value").because(why))
	}
	return &expr{op: opIn, at: at, not: not, args: append([]*expr{left}, args...)}
}

// list reads expressions up to the closing parenthesis.
func (p *parser) list(why string) (args []*expr) {
	if p.accept(")") {
		return nil
	}
	for {
		args = append(args, p.or())
		if !p.accept(",") {
			p.expect(")", why)
			return args
		}
	}
}
