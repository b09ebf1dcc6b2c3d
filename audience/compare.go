package audience

import (
	"unicode/utf8"
)

// comparing evaluates a comparison whose sides fit each other.
func comparing(e *expr, kids []*node) func(*row) value {
	switch e.op {
	case opIs:
		return sameAs(e, kids)
	case opIn:
		return amongst(e, kids)
	case opLike:
		return alikeTo(e, kids)
	}
	a, b := kids[0], kids[1]
	return func(r *row) value { return compared(e.name, a.run(r), b.run(r)).value() }
}

func compared(name string, a, b value) tri {
	if a.kind == null || b.kind == null {
		return unknown
	}
	order, ok := compare(a, b)
	if !ok {
		switch name {
		case "=":
			return 0
		case "<>":
			return 1
		}
		return unknown
	}
	holds := false
	switch name {
	case "=":
		holds = order == 0
	case "<>":
		holds = order != 0
	case "<":
		holds = order < 0
	case "<=":
		holds = order <= 0
	case ">":
		holds = order > 0
	case ">=":
		holds = order >= 0
	}
	if holds {
		return 1
	}
	return 0
}

// sameAs is IS, for which NULL is a value like others. IS TRUE and IS FALSE ask for the truth.
func sameAs(e *expr, kids []*node) func(*row) value {
	a, b := kids[0], kids[1]
	if e.args[1].isTruth() {
		wanted := tri(e.args[1].val.bits)
		return func(r *row) value { return ofBool((truthOf(a.run(r)) == wanted) != e.not) }
	}
	return func(r *row) value {
		x, y := a.run(r), b.run(r)
		same := x.kind == null && y.kind == null
		if x.kind != null && y.kind != null {
			order, ok := compare(x, y)
			same = ok && order == 0
		}
		return ofBool(same != e.not)
	}
}

// amongst is IN.
func amongst(e *expr, kids []*node) func(*row) value {
	texts, onlyTexts := map[string]bool{}, true
	for _, item := range e.args[1:] {
		onlyTexts = onlyTexts && item.isText()
		texts[item.val.text] = true
	}
	return func(r *row) value {
		v := kids[0].run(r)
		if v.kind == null {
			return v
		}
		result := tri(0)
		if onlyTexts && v.kind == textual {
			result = truthOf(ofBool(texts[v.text]))
		} else {
			result = anyOf(r, v, kids[1:])
		}
		if e.not {
			result = result.not()
		}
		return result.value()
	}
}

func anyOf(r *row, v value, items []*node) tri {
	result := tri(0)
	for _, item := range items {
		switch compared("=", v, item.run(r)) {
		case 1:
			return 1
		case unknown:
			result = unknown
		}
	}
	return result
}

// alikeTo is LIKE and GLOB.
func alikeTo(e *expr, kids []*node) func(*row) value {
	escape := rune(0)
	if len(kids) == 3 {
		escape, _ = utf8.DecodeRuneInString(e.args[2].val.text)
	}
	test := func(r *row, s string) bool { return liker(e.name, kids[1].run(r).string(), escape)(s) }
	if e.args[1].isText() {
		fixed := liker(e.name, e.args[1].val.text, escape)
		test = func(_ *row, s string) bool { return fixed(s) }
	}
	return func(r *row) value {
		v := kids[0].run(r)
		if v.kind == null || kids[1].run(r).kind == null {
			return value{}
		}
		return ofBool(test(r, v.string()) != e.not)
	}
}
