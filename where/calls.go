package where

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// call checks a function and its arguments.
func (c *checker) call(e *expr) (*expr, error) {
	switch e.name {
	case "in_list":
		return c.inList(e)
	case "field":
		return c.field(e)
	}
	known, there := functions[e.name]
	if !there {
		return nil, c.noFunction(e)
	}
	if n := len(e.args); n < known.least || n > known.most {
		return nil, wrong(e.at, "%s takes %s and is given %d", e.name, arity(known), n)
	}
	var args []*expr
	for i, arg := range e.args {
		checks := c.expr
		if e.name == "iif" && i == 0 {
			checks = c.condition
		}
		arg, err := checks(arg)
		if err != nil {
			return nil, err
		}
		if i < known.texts {
			arg = asWrittenText(arg)
		}
		args = append(args, arg)
	}
	e = e.with(args...)
	e.kind = known.dataType
	switch {
	case known.ofTime:
		return c.timeCall(e)
	case e.name == "iif":
		e.kind = c.alternatives(args[1:])
	case e.name == "nullif":
		a, b, err := c.pair(args[0], args[1], "=")
		if err != nil {
			return nil, err
		}
		e.args, e.kind = []*expr{a, b}, args[0].kind
	case known.dataType == "":
		e.kind = c.alternatives(args)
	case e.name == "lower" && args[0].kind == address:
		e.kind = address
	case e.name == "abs" || e.name == "round":
		if isTime(args[0].kind) {
			return nil, wrong(e.at, "dates are not calculated with").
				because("The days between two dates are julianday('now') - julianday(created_at).")
		}
	}
	return e, nil
}

// alternatives gives values of which one is taken a kind in common, if they have one: coalesce(plan, 0) is as plan.
func (c *checker) alternatives(all []*expr) string {
	kind, fitted := c.alike(all)
	copy(all, fitted)
	return kind
}

func arity(f function) string {
	if f.least == f.most {
		return text.Count(f.least, "argument")
	}
	return "at least " + text.Count(f.least, "argument") + " and at most " + text.Number(f.most)
}

func (c *checker) noFunction(e *expr) error {
	if why, known := foreignFunctions[e.name]; known {
		return wrong(e.at, "there is no function %s", text.Quote(e.name)).because(why)
	}
	names := append(slices.Sorted(maps.Keys(functions)), "in_list", "field")
	why := ""
	if near, ok := text.Nearest(e.name, names); ok {
		why = "Is " + near + " meant? "
	}
	return wrong(e.at, "there is no function %s", text.Quote(e.name)).because(why + "The functions are " + strings.Join(names, ", ") + ".")
}

// timeCall checks date(), datetime(), time(), strftime(), julianday() and unixepoch(): what they could not read would be
// NULL, and fit nobody.
func (c *checker) timeCall(e *expr) (*expr, error) {
	args := e.args
	if e.name == "strftime" {
		if !args[0].isText() {
			return nil, wrong(args[0].at, "the format of strftime is not a text").because("Like strftime('%Y-%m', created_at) = '2026-03'.")
		}
		if err := checkFormat(args[0]); err != nil {
			return nil, err
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return e, nil
	}
	epoch := len(args) > 1 && args[1].isText() && isEpoch(args[1].text())
	base, err := c.timeBase(e, args[0], epoch)
	if err != nil {
		return nil, err
	}
	args[0] = base
	for i, arg := range args[1:] {
		if epoch && i == 0 || arg.op != opLiteral {
			continue
		}
		if err := checkModifier(args[i], arg); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func isEpoch(s string) bool { return strings.EqualFold(strings.TrimSpace(s), "unixepoch") }

// timeBase checks the time that modifiers change.
func (c *checker) timeBase(e, base *expr, epoch bool) (*expr, error) {
	switch {
	case epoch && (isTime(base.kind) || base.isText() || base.kind == address || base.kind == truth):
		return nil, wrong(base.at, "unixepoch follows a number of seconds").because("created_at and fields of dates are times already.")
	case base.isNumber() && !epoch, base.op == opColumn && isNumber(base.kind) && !epoch:
		return nil, wrong(base.at, "%s is given a number and not a time", e.name).
			because("For seconds since 1970 write 'unixepoch' behind it; a date is written '2026-03-04', " +
				"30 days ago date('now', '-30 days').")
	case base.isTruth(), base.kind == truth, base.kind == address:
		return nil, wrong(base.at, "%s is given what is not a time", e.name).because(howTimes)
	case !base.isText() || strings.EqualFold(strings.TrimSpace(base.text()), "now"):
		return base, nil
	}
	if _, _, ok := clockOf(base.text()); ok && (e.name == "time" || e.name == "strftime") {
		start, _, _ := clockOf(base.text())
		return textAt(base, "2000-01-01 "+start), nil // the day that SQLite gives it
	}
	p, ok := periodOf(base.text())
	if !ok {
		return nil, c.noTime(e, base)
	}
	switch p.unit {
	case unitDay:
		return textAt(base, p.start.Format("2006-01-02")), nil
	case unitMinute, unitSecond:
		return textAt(base, p.start.Format("2006-01-02 15:04:05")), nil
	}
	return nil, wrong(base.at, "%s is not a whole date", text.Quote(base.text())).
		because("Write the day: " + quotedText(p.start.Format("2006-01-02")) + ".")
}

const howModifiers = "The modifiers are '-30 days' (or seconds, minutes, hours, months, years), " +
	"'start of day', 'start of month', 'start of year', 'weekday 1' for the next Monday, " +
	"and 'unixepoch' behind a number of seconds."

func checkModifier(before, e *expr) error {
	if e.isNull() {
		return wrong(e.at, "NULL is not a modifier").because(howModifiers)
	}
	if !e.isText() {
		p := wrong(e.at, "a modifier is written as a text").because(howModifiers)
		if e.isNumber() {
			p = p.instead(e.at, e.to, quotedText(e.name+" days"))
		}
		return p
	}
	said := strings.ToLower(strings.TrimSpace(e.text()))
	if isModifier(said) {
		return nil
	}
	switch said {
	case "localtime", "utc":
		p := wrong(e.at, "all times are UTC, so there is no modifier %s", text.Quote(said)).
			because("Leave it out. For the days of another time zone, move the time: date(created_at, '+2 hours').")
		if before.to > 0 {
			p = p.instead(before.to, e.to, "")
		}
		return p
	case "start of week":
		return wrong(e.at, "there is no modifier %s", text.Quote(said)).
			because("The Monday of this week is date('now', '-6 days', 'weekday 1').")
	}
	p := wrong(e.at, "there is no modifier %s", text.Quote(e.text())).because(howModifiers)
	if amount, unit, ok := strings.Cut(said, " "); ok && strings.TrimSuffix(unit, "s") == "week" {
		if n, err := strconv.Atoi(amount); err == nil {
			p = p.instead(e.at, e.to, quotedText(strconv.Itoa(7*n)+" days"))
		}
	}
	return p
}

const howFormat = "The letters are %Y year, %m month, %d day, %H hour, %M minute, %S second, " +
	"%j day of the year, %w weekday (0 is Sunday), %u weekday (1 is Monday), " +
	" %V and %G week and year of ISO 8601, %F date, %T time, %s seconds since 1970."

func checkFormat(e *expr) error {
	format := e.text()
	if !strings.Contains(format, "%") {
		return wrong(e.at, "the format of strftime has no %%").
			because("The format comes first: strftime('%Y-%m', created_at). " + howFormat)
	}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		if i++; i == len(format) {
			return wrong(e.at, "the format of strftime ends with %%").because(howFormat)
		}
		if _, known := letters[format[i]]; !known {
			return wrong(e.at, "strftime has no %%%s", text.Clip(string([]rune(format[i:])[:1]), 4)).because(howFormat)
		}
	}
	return nil
}

// shaped refuses a text that strftime never makes, such as '9' for the month '09'. A number is compared with the
// number that it makes.
func (c *checker) shaped(a, b *expr) error {
	if a.op != opCall || a.name != "strftime" || !b.isText() {
		return nil
	}
	shape, example := shapeOf(a.args[0].text())
	if shape.MatchString(b.text()) {
		return nil
	}
	return wrong(b.at, "strftime(%s, …) never makes %s", quotedText(text.Clip(a.args[0].text(), 40)), text.Quote(b.text())).
		because("It makes texts like " + quotedText(text.Clip(example, 60)) + ".")
}

// counted is strftime('%m', …), which makes a text of digits, as a number.
func counted(e *expr) (*expr, bool) {
	if e.op != opCall || e.name != "strftime" || len(e.args[0].text()) != 2 || !strings.ContainsAny(e.args[0].text()[1:], "YmdHMSjwusVG") {
		return e, false
	}
	return &expr{op: opCast, at: e.at, name: "integer", kind: catalog.Integer, args: []*expr{e}}, true
}
