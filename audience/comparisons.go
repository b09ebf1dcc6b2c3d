package audience

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// fit makes of a constant what the other side's type is compared with: '5' beside a number is 5, 'Yes' beside a boolean is
// true, an address is lower case as Mailtrap keeps it. What can never fit is said to be wrong.
func fit(other *node, e *expr, constant *node) (*node, error) {
	if other.constant || !constant.constant {
		return constant, nil
	}
	v := constant.run(&row{code: -1})
	fitted, why := fitted(v, other.dataType)
	if why != "" {
		return nil, wrong(e.at, "%s is compared with a %s", text.Value(v.plain("")), typeName(other.dataType)).because(why)
	}
	if fitted == v {
		return constant, nil
	}
	return &node{run: func(*row) value { return fitted }, constant: true, dataType: other.dataType}, nil
}

func typeName(dataType string) string {
	switch dataType {
	case catalog.Integer, catalog.Float:
		return "number"
	case catalog.Boolean:
		return "value that is true or false"
	case moment:
		return "time"
	}
	return dataType
}

func fitted(v value, dataType string) (fits value, why string) {
	if v.kind != textual {
		return v, ""
	}
	switch dataType {
	case catalog.Integer, catalog.Float:
		if n := v.numeric(); n.kind != textual {
			return n, ""
		}
		return v, "Write a number, without quotes: 5 or 1.5. Contacts without one are found by IS NULL."
	case catalog.Boolean:
		if truth, known := truths[strings.ToLower(strings.TrimSpace(v.text))]; known {
			return ofBool(truth), ""
		}
		return v, "Write true or false. Contacts without a value are found by IS NULL."
	case catalog.Date, moment:
		return fittedTime(v, dataType)
	case address:
		return ofText(strings.ToLower(strings.TrimSpace(v.text))), ""
	}
	return v, ""
}

// fittedTime admits the beginning of a date too: created_at >= '2026'.
func fittedTime(v value, dataType string) (value, string) {
	s := strings.TrimSpace(v.text)
	const why = "Dates are written year-month-day, '2026-03-04', and times '2026-03-04 17:30:00' in UTC; date('now', '-90 days') is 90 days ago."
	if len(s) > 10 {
		ms, ok := millis(s)
		switch {
		case !ok:
			return v, why
		case dataType == catalog.Date:
			return ofText(string(appendTime(nil, ms)[:10])), ""
		}
		return ofText(string(appendTime(nil, ms))), ""
	}
	for i := range len(s) {
		if dash := i == 4 || i == 7; dash && s[i] != '-' || !dash && !isDigit(rune(s[i])) {
			return v, why
		}
	}
	if len(s) < 4 || len(s) == 10 && !isDay(s) {
		return v, why
	}
	return ofText(s), ""
}

func (c *compiler) comparison(n *node, e *expr, kids []*node) error {
	a, b := kids[0], kids[1]
	var err error
	if b, err = fit(a, e.args[1], b); err != nil {
		return err
	}
	if a, err = fit(b, e.args[0], a); err != nil {
		return err
	}
	if e.name == "<>" {
		for col := range n.columns {
			n.unequal[col] = true
		}
	}
	name := e.name
	n.run = func(r *row) value { return compared(name, a.run(r), b.run(r)).value() }
	return nil
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

// is compares so that NULL is a value like others. IS TRUE and IS FALSE ask for the truth.
func (c *compiler) is(n *node, e *expr, kids []*node) error {
	a, not := kids[0], e.not
	if e.args[1].op == opLiteral && e.args[1].name == "truth" {
		wanted := tri(e.args[1].val.bits)
		n.run = func(r *row) value { return ofBool((truthOf(a.run(r)) == wanted) != not) }
		return nil
	}
	b, err := fit(a, e.args[1], kids[1])
	if err != nil {
		return err
	}
	n.run = func(r *row) value {
		x, y := a.run(r), b.run(r)
		same := x.kind == null && y.kind == null
		if x.kind != null && y.kind != null {
			order, ok := compare(x, y)
			same = ok && order == 0
		}
		return ofBool(same != not)
	}
	return nil
}

func (c *compiler) in(n *node, e *expr, kids []*node) error {
	items := slices.Clone(kids[1:])
	for i := range items {
		var err error
		if items[i], err = fit(kids[0], e.args[i+1], items[i]); err != nil {
			return err
		}
	}
	if e.not {
		for col := range n.columns {
			n.unequal[col] = true
		}
	}
	known, nulls, all := constants(items)
	not := e.not
	n.run = func(r *row) value {
		v := kids[0].run(r)
		if len(items) == 0 {
			return ofBool(not)
		}
		if v.kind == null {
			return v
		}
		result := tri(0)
		if all && v.kind == textual && !known.numbers {
			if known.texts[v.text] {
				result = 1
			}
		} else {
			for _, item := range items {
				if one := compared("=", v, item.run(r)); one == 1 {
					result = 1
					break
				} else if one == unknown {
					result = unknown
				}
			}
		}
		if result == 0 && nulls {
			result = unknown
		}
		if not {
			result = result.not()
		}
		return result.value()
	}
	return nil
}

// members are the constants of an IN.
type members struct {
	texts   map[string]bool
	numbers bool
}

func constants(items []*node) (known members, nulls, all bool) {
	known.texts, all = map[string]bool{}, true
	for _, item := range items {
		if !item.constant {
			all = false
			continue
		}
		switch v := item.run(&row{code: -1}); v.kind {
		case null:
			nulls = true
		case textual:
			known.texts[v.text] = true
		default:
			known.numbers = true
		}
	}
	return known, nulls, all
}

func (c *compiler) between(n *node, e *expr, kids []*node) error {
	low, err := fit(kids[0], e.args[1], kids[1])
	if err != nil {
		return err
	}
	high, err := fit(kids[0], e.args[2], kids[2])
	if err != nil {
		return err
	}
	not := e.not
	n.run = func(r *row) value {
		v := kids[0].run(r)
		above, below := compared(">=", v, low.run(r)), compared("<=", v, high.run(r))
		result := unknown
		switch {
		case above == 0 || below == 0:
			result = 0
		case above == 1 && below == 1:
			result = 1
		}
		if not {
			result = result.not()
		}
		return result.value()
	}
	return nil
}

func (c *compiler) like(n *node, e *expr, kids []*node) error {
	escape := rune(0)
	if len(kids) == 3 {
		written := kids[2].run(&row{code: -1}).string()
		if !kids[2].constant || utf8.RuneCountInString(written) != 1 {
			return wrong(e.args[2].at, "ESCAPE takes one character")
		}
		escape, _ = utf8.DecodeRuneInString(written)
	}
	if e.not {
		for col := range n.columns {
			n.unequal[col] = true
		}
	}
	test := func(r *row, s string) bool { return liker(e.name, kids[1].run(r).string(), escape)(s) }
	if kids[1].constant {
		pattern := kids[1].run(&row{code: -1}).string()
		if e.name == "glob" && strings.ContainsRune(pattern, '[') {
			return wrong(e.args[1].at, "GLOB knows no [ ] here").because("Use LIKE, where % stands for any text and _ for one character.")
		}
		fixed := liker(e.name, pattern, escape)
		test = func(_ *row, s string) bool { return fixed(s) }
	}
	not := e.not
	n.run = func(r *row) value {
		v := kids[0].run(r)
		if v.kind == null || kids[1].run(r).kind == null {
			return value{}
		}
		return ofBool(test(r, v.string()) != not)
	}
	return nil
}
