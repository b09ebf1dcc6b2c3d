package where

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// call checks a function and its arguments.
func (c *checker) call(e *expr) *expr {
	switch e.name {
	case "in_list":
		return c.inList(e)
	case "field":
		return c.field(e)
	case isSuppressed:
		return c.isSuppressed(e)
	}
	known, there := functions[e.name]
	if !there {
		return c.fail(noFunction(e))
	}
	if n := len(e.args); n < known.least || n > known.most {
		return c.fail(wrong(e.at, "%s takes %s and is given %d", e.name, arity(known), n))
	}
	args := make([]*expr, len(e.args))
	for i, arg := range e.args {
		switch {
		case e.name == "iif" && i == 0:
			args[i] = c.condition(arg)
		case i < known.texts:
			args[i] = asWrittenText(c.expr(arg))
		default:
			args[i] = c.expr(arg)
		}
	}
	e = e.with(args...)
	e.kind = known.dataType
	switch {
	case known.ofTime:
		c.timeCall(e)
	case e.name == "iif":
		e.kind = alike(args[1:])
	case e.name == "nullif":
		e.kind = args[0].kind
		args[0], args[1] = c.pair(args[0], args[1], "=")
	case known.dataType == "":
		e.kind = alike(args)
	case e.name == "lower" && args[0].kind == address:
		e.kind = address
	case (e.name == "abs" || e.name == "round") && isTime(args[0].kind):
		return c.fail(wrong(e.at, "dates are not calculated with").
			because("The days between two dates are julianday('now') - julianday(created_at)."))
	}
	return e
}

func arity(f function) string {
	if f.least == f.most {
		return text.Count(f.least, "argument")
	}
	return "at least " + text.Count(f.least, "argument") + " and at most " + text.Number(f.most)
}

func noFunction(e *expr) *problem {
	if why, known := foreignFunctions[e.name]; known {
		return wrong(e.at, "there is no function %s", text.Quote(e.name)).because(why)
	}
	names := append(slices.Sorted(maps.Keys(functions)), "in_list", isSuppressed, "field")
	why := ""
	if near, ok := text.Nearest(e.name, names); ok {
		why = "Is " + near + " meant? "
	}
	return wrong(e.at, "there is no function %s", text.Quote(e.name)).
		because(why + meantBy(e.name) + "The functions are " + strings.Join(names, ", ") + ".")
}

// timeCall checks date(), datetime(), time(), strftime(), julianday() and unixepoch(): what they could not read would be
// NULL, and fit nobody.
func (c *checker) timeCall(e *expr) {
	args := e.args
	if e.name == "strftime" {
		c.checkFormat(args[0])
		args = args[1:]
	}
	if len(args) == 0 {
		return
	}
	epoch := len(args) > 1 && args[1].isText() && isEpoch(args[1].text())
	args[0] = c.timeBase(e, args[0], epoch)
	for i, arg := range args[1:] {
		if arg.op == opLiteral && (i > 0 || !epoch) {
			c.checkModifier(args[i], arg)
		}
	}
}

func isEpoch(s string) bool { return strings.EqualFold(strings.TrimSpace(s), "unixepoch") }

// timeBase checks the time that modifiers change.
func (c *checker) timeBase(e, base *expr, epoch bool) *expr {
	switch {
	case epoch && (isTime(base.kind) || base.isText() || base.kind == address || base.kind == truth):
		return c.fail(wrong(base.at, "unixepoch follows a number of seconds").because("created_at and fields of dates are times already."))
	case base.isNumber() && !epoch, base.op == opColumn && isNumber(base.kind) && !epoch:
		return c.fail(wrong(base.at, "%s is given a number and not a time", e.name).
			because("For seconds since 1970 write 'unixepoch' behind it; a date is written '2026-03-04', " +
				"30 days ago date('now', '-30 days')."))
	case base.isTruth(), base.kind == truth, base.kind == address:
		return c.fail(wrong(base.at, "%s is given what is not a time", e.name).because(howTimes))
	case !base.isText() || strings.EqualFold(strings.TrimSpace(base.text()), "now"):
		return base
	}
	if start, _, ok := clockOf(base.text()); ok && (e.name == "time" || e.name == "strftime") {
		return textAt(base, "2000-01-01 "+start) // the day that SQLite gives it
	}
	p, ok := periodOf(base.text())
	if !ok {
		return c.fail(c.noTime(e, base))
	}
	switch p.unit {
	case unitDay:
		return textAt(base, p.start.Format(time.DateOnly))
	case unitMinute, unitSecond:
		return textAt(base, p.start.Format(time.DateTime))
	}
	return c.fail(wrong(base.at, "%s is not a whole date", text.Quote(base.text())).
		because("Write the day: " + quotedText(p.start.Format(time.DateOnly)) + "."))
}

const howModifiers = "The modifiers are '-30 days' (or seconds, minutes, hours, months, years), " +
	"'start of day', 'start of month', 'start of year', 'weekday 1' for the next Monday, " +
	"and 'unixepoch' behind a number of seconds."

func (c *checker) checkModifier(before, e *expr) {
	said := strings.ToLower(strings.TrimSpace(e.text()))
	p := wrong(e.at, "there is no modifier %s", text.Quote(e.text())).because(howModifiers)
	switch {
	case e.isNull():
		p = wrong(e.at, "NULL is not a modifier").because(howModifiers)
	case !e.isText():
		if p = wrong(e.at, "a modifier is written as a text").because(howModifiers); e.isNumber() {
			p.instead(e.at, e.to, quotedText(e.name+" days"))
		}
	case isModifier(said):
		return
	case said == "localtime" || said == "utc":
		p = wrong(e.at, "all times are UTC, so there is no modifier %s", text.Quote(said)).
			because("Leave it out. For the days of another time zone, move the time: date(created_at, '+2 hours').")
		if before.to > 0 {
			p.instead(before.to, e.to, "")
		}
	case said == "start of week":
		p = wrong(e.at, "there is no modifier %s", text.Quote(said)).
			because("The Monday of this week is date('now', '-6 days', 'weekday 1').")
	default:
		amount, unit, _ := strings.Cut(said, " ")
		if n, err := strconv.Atoi(amount); err == nil && strings.TrimSuffix(unit, "s") == "week" {
			p.instead(e.at, e.to, quotedText(strconv.Itoa(7*n)+" days"))
		}
	}
	c.fail(p)
}

const howFormat = "The letters are %Y year, %m month, %d day, %H hour, %M minute, %S second, " +
	"%j day of the year, %w weekday (0 is Sunday), %u weekday (1 is Monday), " +
	" %V and %G week and year of ISO 8601, %F date, %T time, %s seconds since 1970."

func (c *checker) checkFormat(e *expr) {
	format := e.text()
	switch {
	case !e.isText():
		c.fail(wrong(e.at, "the format of strftime is not a text").because("Like strftime('%Y-%m', created_at) = '2026-03'."))
	case !strings.Contains(format, "%"):
		c.fail(wrong(e.at, "the format of strftime has no %%").
			because("The format comes first: strftime('%Y-%m', created_at). " + howFormat))
	}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		if i++; i == len(format) {
			c.fail(wrong(e.at, "the format of strftime ends with %%").because(howFormat))
		} else if _, known := letters[format[i]]; !known {
			c.fail(wrong(e.at, "strftime has no %%%s", text.Clip(string([]rune(format[i:])[:1]), 4)).because(howFormat))
		}
	}
}

// shaped refuses a text that strftime never makes, such as '9' for the month '09'. A number is compared with the
// number that it makes.
func (c *checker) shaped(a, b *expr) {
	if a.op != opCall || a.name != "strftime" || !b.isText() || c.problem != nil {
		return
	}
	if shape, example := shapeOf(a.args[0].text()); !shape.MatchString(b.text()) {
		c.fail(wrong(b.at, "strftime(%s, …) never makes %s", quotedText(text.Clip(a.args[0].text(), 40)), text.Quote(b.text())).
			because("It makes texts like " + quotedText(text.Clip(example, 60)) + "."))
	}
}

// counted is strftime('%m', …), which makes a text of digits, as a number.
func counted(e *expr) (*expr, bool) {
	if e.op != opCall || e.name != "strftime" || len(e.args[0].text()) != 2 || !strings.ContainsAny(e.args[0].text()[1:], "YmdHMSjwusVG") {
		return e, false
	}
	return &expr{op: opCast, at: e.at, name: "integer", kind: catalog.Integer, args: []*expr{e}}, true
}
