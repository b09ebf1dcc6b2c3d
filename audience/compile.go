package audience

import (
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// row is a contact under evaluation; with code at 0 or more it stands for all contacts of the chunk that have that value
// in the one column an expression is about.
type row struct {
	columns []*column
	i, code int
	now     time.Time // when the question was asked
	failed  error
}

func (r *row) get(c int) value {
	if r.code >= 0 {
		return r.columns[c].values[r.code]
	}
	return r.columns[c].at(r.i)
}

// node is an expression that can be evaluated.
type node struct {
	run     func(*row) value
	columns map[int]bool
	logic   op // opAnd, opOr or opNot, with the operands in kids
	kids    []*node
	now     time.Time
}

// compile makes a checked expression one that can be evaluated.
func compile(e *expr, now time.Time) *node {
	n := &node{columns: map[int]bool{}, now: now}
	for _, col := range e.columns() {
		n.columns[col] = true
	}
	for _, arg := range e.args {
		n.kids = append(n.kids, compile(arg, now))
	}
	switch e.op {
	case opAnd, opOr, opNot:
		n.logic = e.op
	case opLiteral:
		n.run = func(*row) value { return e.val }
	case opColumn:
		n.run = cellOfKind(e)
	case opCall:
		n.run = called(e, n.kids)
	case opMath:
		n.run = calculated(e.name, n.kids[0], n.kids[1])
	case opNegate:
		n.run = func(r *row) value { return negated(n.kids[0].run(r).numeric()) }
	case opCast:
		n.run = castTo(e.name, n.kids[0])
	case opCase:
		n.run = caseOf(n.kids)
	default:
		n.run = comparing(e, n.kids)
	}
	if n.logic != 0 {
		n.run = n.truth
	}
	return n.folded(e)
}

// folded evaluates what names no column once.
func (n *node) folded(e *expr) *node {
	if len(n.columns) == 0 && e.op != opLiteral {
		r := row{code: -1, now: n.now}
		if v := n.run(&r); r.failed == nil {
			n.run, n.logic = func(*row) value { return v }, 0
		}
	}
	return n
}

// truth is what AND, OR and NOT come to.
func (n *node) truth(r *row) value {
	switch n.logic {
	case opNot:
		return truthOf(n.kids[0].run(r)).not().value()
	case opAnd:
		return joined(r, n.kids, 0).value()
	}
	return joined(r, n.kids, 1).value()
}

// cellOfKind reads a cell. Accents are read in one way, however they are written.
func cellOfKind(e *expr) func(*row) value {
	switch {
	case e.col == domainColumn:
		return func(r *row) value { return domainOf(r.get(colEmail)) }
	case e.col == countColumn:
		return func(r *row) value { return countIn(r.get(colLists).text) }
	case e.kind == catalog.Text:
		return func(r *row) value {
			v := r.get(e.col)
			if v.kind == textual {
				v.text = composed(v.text)
			}
			return v
		}
	}
	return func(r *row) value { return r.get(e.col) }
}

// composed is a text with its accents written in one way (NFC).
func composed(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return norm.NFC.String(s)
		}
	}
	return s
}

func domainOf(email value) value {
	if at := strings.LastIndexByte(email.text, '@'); at >= 0 {
		return ofText(email.text[at+1:])
	}
	return value{}
}

// called runs a function.
func called(e *expr, kids []*node) func(*row) value {
	if e.name == "in_list" {
		return func(r *row) value { return isIn(r.get(colLists).text, e.list) }
	}
	known := functions[e.name]
	return func(r *row) value {
		var space [4]value
		args := space[:0]
		for _, kid := range kids {
			v := kid.run(r)
			if v.kind == null && !known.takesNulls {
				return value{}
			}
			args = append(args, v)
		}
		return known.run(r, args)
	}
}

// tri is a truth of SQL: 0 false, 1 true, unknown for NULL.
type tri uint8

const unknown tri = 2

func truthOf(v value) tri {
	if v.kind == null {
		return unknown
	}
	if n, ok := v.number(); ok && n != 0 {
		return 1
	}
	return 0
}

func (t tri) value() value {
	if t == unknown {
		return value{}
	}
	return ofInt(int64(t))
}

func (t tri) not() tri {
	if t == unknown {
		return t
	}
	return 1 - t
}

// joined is AND, which one false decides, or OR, which one true decides.
func joined(r *row, kids []*node, decides tri) tri {
	result := 1 - decides
	for _, kid := range kids {
		switch truthOf(kid.run(r)) {
		case decides:
			return decides
		case unknown:
			result = unknown
		}
	}
	return result
}

func calculated(symbol string, a, b *node) func(*row) value {
	if symbol == "||" {
		return func(r *row) value {
			x, y := a.run(r), b.run(r)
			if x.kind == null || y.kind == null {
				return value{}
			}
			return r.made(x.string() + y.string())
		}
	}
	return func(r *row) value { return calculate(symbol, a.run(r).numeric(), b.run(r).numeric()) }
}

// made is a text that a function made; one that is too long fails.
func (r *row) made(s string) value {
	if len(s) > maxMade {
		r.failed = errTooLong
		return value{}
	}
	return ofText(s)
}

func castTo(to string, kid *node) func(*row) value {
	return func(r *row) value {
		v := kid.run(r)
		switch {
		case v.kind == null:
			return v
		case to == "text":
			return ofText(v.string())
		case to == "integer":
			return ofInt(toInt(prefix(v)))
		}
		f, _ := prefix(v).number()
		return ofFloat(f)
	}
}

var numberAtStart = text.Pattern(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?`)

// prefix is the number that a text begins with, as SQLite casts it; 0 where it begins with none.
func prefix(v value) value {
	if v = v.numeric(); v.kind != textual {
		return v
	}
	return ofText(numberAtStart().FindString(strings.TrimSpace(v.text))).numeric()
}

// caseOf are condition, result, …, otherwise.
func caseOf(kids []*node) func(*row) value {
	return func(r *row) value {
		for i := 0; i+1 < len(kids); i += 2 {
			if truthOf(kids[i].run(r)) == 1 {
				return kids[i+1].run(r)
			}
		}
		return kids[len(kids)-1].run(r)
	}
}
