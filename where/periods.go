package where

import (
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/coerce"
	"mailtrap-contacts-mcp/text"
)

// A time in a condition stands for all of the time it writes: '2026' for a year, '2026-09' for a month, '2026-09-04' for a
// day, '2026-09-04 10:30' for a minute. So created_at <= '2026-09-04' has the whole of that day.

// period is such a time, from its start up to the start of the next one.
type period struct {
	start, next time.Time
	unit        unit
	zoned       bool // it was written with another zone than UTC
}

// unit is how fine a time is written, the coarsest first.
type unit int

const (
	unitYear unit = iota
	unitMonth
	unitDay
	unitHour
	unitMinute
	unitSecond
)

// Seconds may have a fraction, which the cells do not.
var written = text.Pattern(`^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})` +
	`(?:[ Tt](\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)? ?([Zz]|UTC|GMT|[+-]\d{2}:?\d{2})?)?)?)?$`)

// periodOf reads a time; false when there is no such time.
func periodOf(s string) (period, bool) {
	found := written().FindStringSubmatch(strings.TrimSpace(s))
	if found == nil {
		return period{}, false
	}
	var parts [6]int
	p := period{}
	for i := range parts {
		if found[i+1] == "" {
			continue
		}
		p.unit = unit(i)
		parts[i], _ = strconv.Atoi(found[i+1])
	}
	if p.unit < unitMonth {
		parts[1] = 1
	}
	if p.unit < unitDay {
		parts[2] = 1
	}
	y, m, d := parts[0], parts[1], parts[2]
	p.start = time.Date(y, time.Month(m), d, parts[3], parts[4], parts[5], 0, time.UTC)
	if y < 1 || y > 9998 || m < 1 || m > 12 || p.start.Day() != d || parts[3] > 23 || parts[4] > 59 || parts[5] > 59 {
		return period{}, false
	}
	if zone := found[7]; zone != "" && (zone[0] == '+' || zone[0] == '-') {
		offset, err := time.Parse("-0700", strings.Replace(zone, ":", "", 1))
		if err != nil {
			return period{}, false
		}
		_, seconds := offset.Zone()
		p.zoned = seconds != 0
		p.start = p.start.Add(-time.Duration(seconds) * time.Second)
	}
	switch p.unit {
	case unitYear:
		p.next = p.start.AddDate(1, 0, 0)
	case unitMonth:
		p.next = p.start.AddDate(0, 1, 0)
	case unitDay:
		p.next = p.start.AddDate(0, 0, 1)
	default:
		p.next = p.start.Add(map[unit]time.Duration{unitHour: time.Hour, unitMinute: time.Minute, unitSecond: time.Second}[p.unit])
	}
	return p, true
}

// edge is one of a period's ends as the cells of a kind write it.
func (p period) edge(t time.Time, kind string) string {
	if kind == catalog.Date {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.DateTime)
}

// clockOf reads a time of day, '9:00' or '09:00:30', as from one text up to another.
func clockOf(s string) (start, next string, ok bool) {
	for layout, step := range map[string]time.Duration{"15:04": time.Minute, "15:04:05": time.Second} {
		t, err := time.Parse(layout, strings.TrimSpace(s))
		if err != nil {
			continue
		}
		start, next = t.Format(time.TimeOnly), t.Add(step).Format(time.TimeOnly)
		if next < start { // after the last minute of the day
			next = "24:00:00"
		}
		return start, next, true
	}
	return "", "", false
}

// ends are the texts between which a literal lies, the second of them no more.
func (c *checker) ends(e, literal *expr) (start, next string) {
	p, isPeriod := periodOf(literal.text())
	start, next, isClock := clockOf(literal.text())
	switch {
	case !literal.isText(), e.kind != clock && !isPeriod:
		c.fail(c.noTime(e, literal))
	case e.kind == clock && !isClock:
		c.fail(wrong(literal.at, "%s is not a time of day", text.Quote(literal.text())).
			because("time() makes one like '17:30:00', in UTC."))
	case e.kind == clock:
		return start, next
	case e.kind == catalog.Date && p.unit > unitDay:
		if p.start.Truncate(24*time.Hour) != p.start || p.zoned || p.unit < unitMinute {
			c.fail(wrong(literal.at, "%s has a time, and %s holds days", text.Quote(literal.text()), c.written(e)).
				because("Write the day alone: " + quotedText(p.start.Format(time.DateOnly)) + "."))
		}
		p.next = p.start.AddDate(0, 0, 1)
	}
	return p.edge(p.start, e.kind), p.edge(p.next, e.kind)
}

const howTimes = "Dates are written year-month-day, '2026-03-04', and times '2026-03-04 17:30:00' in UTC; " +
	"'2026-03' is a month and '2026' a year; date('now', '-90 days') is 90 days ago."

// noTime is what is wrong with a literal that is compared with a time.
func (c *checker) noTime(e, literal *expr) *problem {
	if !literal.isText() {
		what := "a number"
		if literal.isTruth() {
			what = "true or false"
		}
		return wrong(literal.at, "%s is a date and is compared with %s", c.written(e), what).
			because("30 days ago is date('now','-30 days'); a day is written '2026-03-04', a year '2026'.")
	}
	switch read := readings(literal.text()); len(read) {
	case 0:
		return wrong(literal.at, "%s is not a date", text.Quote(literal.text())).because(howTimes)
	case 1:
		return wrong(literal.at, "%s is not a date", text.Quote(literal.text())).because(howTimes).
			instead(literal.at, literal.to, quotedText(read[0].written))
	default:
		var may []string
		for _, one := range read {
			may = append(may, one.day+", which is written "+quotedText(one.written))
		}
		return wrong(literal.at, "%s may be more than one day", text.Quote(literal.text())).
			because("It may be " + strings.Join(may, ", or ") + ". Ask which is meant.")
	}
}

// reading is a day that a date of another form may mean, and how the day and the time behind it are written here.
type reading struct{ day, written string }

func readings(s string) (read []reading) {
	days, behind := coerce.Days(strings.TrimSpace(s))
	for _, day := range days {
		p, ok := periodOf(day + withTime(behind))
		if !ok {
			return nil
		}
		read = append(read, reading{p.start.Format("2 January 2006"), day + withTime(behind)})
	}
	return read
}

// withTime is the time behind a date as periodOf reads it, where it can be read.
func withTime(behind string) string {
	behind = strings.ToUpper(strings.TrimLeft(behind, "tT, "))
	for _, layout := range []string{"3:04 PM", "3:04PM", "3:04:05 PM", "3:04:05PM", "3 PM", "3PM", "1504", "150405"} {
		if t, err := time.Parse(layout, behind); err == nil {
			return " " + t.Format(time.TimeOnly)
		}
	}
	return strings.TrimRight(" "+behind, " ")
}

// compareTo is a comparison of a time with a literal, as a comparison with the ends of what the literal stands for.
func (c *checker) compareTo(e *expr, name string, side, literal *expr) *expr {
	start, next := c.ends(side, literal)
	against := func(name, end string) *expr {
		return &expr{op: opCompare, at: e.at, to: e.to, name: name, kind: truth, args: []*expr{side, textAt(literal, end)}}
	}
	switch name {
	case "<", ">=":
		return against(name, start)
	case "<=":
		return against("<", next)
	case ">":
		return against(">=", next)
	case "<>":
		return &expr{op: opOr, at: e.at, to: e.to, kind: truth, args: []*expr{against("<", start), against(">=", next)}}
	}
	return &expr{op: opAnd, at: e.at, to: e.to, kind: truth, args: []*expr{against(">=", start), against("<", next)}}
}
