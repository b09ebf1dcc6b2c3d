package audience

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// clocked are the functions of dates and times, as SQLite has them. "now" is when the query began.
func clocked() map[string]function {
	render := func(dataType, layout string) function {
		return function{most: many, dataType: dataType, ofTime: true, run: func(r *row, a []value) value {
			t, ok := r.timeOf(a)
			if !ok {
				return value{}
			}
			return ofText(t.Format(layout))
		}}
	}
	count := func(dataType string, of func(time.Time) value) function {
		return function{most: many, dataType: dataType, ofTime: true, run: func(r *row, a []value) value {
			t, ok := r.timeOf(a)
			if !ok {
				return value{}
			}
			return of(t)
		}}
	}
	return map[string]function{
		"date": render(catalog.Date, time.DateOnly), "datetime": render(moment, time.DateTime), "time": render(clock, time.TimeOnly),
		"julianday": count(number, func(t time.Time) value { return ofFloat(float64(t.UnixMilli())/86_400_000 + 2_440_587.5) }),
		"unixepoch": count(catalog.Integer, func(t time.Time) value { return ofInt(t.Unix()) }),
		"strftime": {least: 1, most: many, dataType: catalog.Text, ofTime: true, run: func(r *row, a []value) value {
			t, ok := r.timeOf(a[1:])
			if !ok {
				return value{}
			}
			s, ok := strftime(a[0].string(), t)
			if !ok {
				return value{}
			}
			return r.made(s)
		}},
	}
}

// timeOf is a time and what its modifiers make of it; a cell that holds none is none. A modifier that there is not, made of
// cells, fails.
func (r *row) timeOf(args []value) (time.Time, bool) {
	t := r.now.UTC()
	if len(args) > 0 {
		var ok bool
		epoch := len(args) > 1 && isEpoch(args[1].string())
		if t, ok = r.base(args[0], epoch); !ok {
			return t, false
		}
		args = args[1:]
		if epoch {
			args = args[1:]
		}
	}
	for _, arg := range args {
		change, ok := modifier(strings.ToLower(strings.TrimSpace(arg.string())))
		if !ok {
			r.failed = fault.New(fault.InvalidInput, "where: "+text.Quote(arg.string())+", which the expression makes, is not a modifier.", howModifiers, "Correct the expression and call again.")
			return t, false
		}
		t = change(t)
	}
	return t, t.Year() >= 0 && t.Year() <= 9999
}

func (r *row) base(v value, epoch bool) (time.Time, bool) {
	if epoch {
		f, ok := v.numeric().number()
		return time.UnixMilli(int64(f * 1000)).UTC(), ok && math.Abs(f) < 1e12
	}
	if v.kind != textual { // a Julian day
		f, _ := v.number()
		return time.UnixMilli(int64(math.Round((f - 2_440_587.5) * 86_400_000))).UTC(), f >= 0 && f < 5_373_484.5
	}
	s := strings.TrimSpace(v.text)
	if strings.EqualFold(s, "now") {
		return r.now.UTC(), true
	}
	if len(s) == 16 {
		s += ":00"
	}
	if len(s) < 10 {
		return time.Time{}, false
	}
	ms, ok := isoMillis(s)
	if !ok {
		parsed, err := time.Parse(time.RFC3339Nano, strings.Replace(s, " ", "T", 1))
		return parsed.UTC(), err == nil
	}
	return time.UnixMilli(ms).UTC(), true
}

// modifier is what "-90 days", "start of month" or "weekday 1" makes of a time; false when there is no such modifier.
func modifier(said string) (func(time.Time) time.Time, bool) {
	switch said {
	case "start of day":
		return func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }, true
	case "start of month":
		return func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }, true
	case "start of year":
		return func(t time.Time) time.Time { return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC) }, true
	}
	if day, is := strings.CutPrefix(said, "weekday "); is {
		n := digits(strings.TrimSpace(day))
		return func(t time.Time) time.Time { return t.AddDate(0, 0, (n-int(t.Weekday())+7)%7) }, n >= 0 && n <= 6 && strings.TrimSpace(day) != ""
	}
	amount, unit, found := strings.Cut(said, " ")
	n, err := strconv.ParseFloat(strings.TrimPrefix(amount, "+"), 64)
	if !found || err != nil || math.IsNaN(n) || math.Abs(n) > 1e11 {
		return nil, false
	}
	unit = strings.TrimSuffix(strings.TrimSpace(unit), "s")
	whole := n == math.Trunc(n) && math.Abs(n) < 1e6
	switch seconds, fixed := map[string]float64{"second": 1, "minute": 60, "hour": 3600, "day": 86_400}[unit]; {
	case fixed && math.Abs(n*seconds) < 4e11:
		return func(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli() + int64(n*seconds*1000)).UTC() }, true
	case unit == "month" && whole:
		return func(t time.Time) time.Time { return t.AddDate(0, int(n), 0) }, true
	case unit == "year" && whole:
		return func(t time.Time) time.Time { return t.AddDate(int(n), 0, 0) }, true
	}
	return nil, false
}

// letter is what strftime makes of one: a layout of package time, or a function; and the shape of it.
type letter struct {
	layout string
	make   func(time.Time) string
	shape  string
}

var letters = map[byte]letter{
	'Y': {"2006", nil, `\d{4}`}, 'm': {"01", nil, `\d\d`}, 'd': {"02", nil, `\d\d`}, 'H': {"15", nil, `\d\d`}, 'M': {"04", nil, `\d\d`}, 'S': {"05", nil, `\d\d`},
	'F': {time.DateOnly, nil, `\d{4}-\d\d-\d\d`}, 'T': {time.TimeOnly, nil, `\d\d:\d\d:\d\d`}, 'R': {"15:04", nil, `\d\d:\d\d`}, 'j': {"002", nil, `\d{3}`}, 'e': {"_2", nil, `[ \d]\d`}, 'p': {"PM", nil, `[AP]M`},
	'%': {"", func(time.Time) string { return "%" }, "%"},
	'w': {"", func(t time.Time) string { return strconv.Itoa(int(t.Weekday())) }, `[0-6]`},
	'u': {"", func(t time.Time) string { return strconv.Itoa((int(t.Weekday())+6)%7 + 1) }, `[1-7]`},
	's': {"", func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }, `-?\d+`},
	'G': {"", func(t time.Time) string { year, _ := t.ISOWeek(); return strconv.Itoa(year) }, `\d{4}`},
	'V': {"", func(t time.Time) string { _, week := t.ISOWeek(); return string(two(nil, week)) }, `\d\d`},
}

// strftime knows the common letters; a format with another has no result.
func strftime(format string, t time.Time) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		if i++; i == len(format) {
			return "", false
		}
		switch l, known := letters[format[i]]; {
		case !known:
			return "", false
		case l.make != nil:
			b.WriteString(l.make(t))
		default:
			b.WriteString(t.Format(l.layout))
		}
	}
	return b.String(), true
}

// exampleTime is what errors show strftime with.
var exampleTime = time.Date(2026, 3, 4, 17, 30, 0, 0, time.UTC)

// shapeOf is what the texts that a checked format makes look like.
func shapeOf(format string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteString(regexp.QuoteMeta(format[i : i+1]))
			continue
		}
		i++
		b.WriteString(letters[format[i]].shape)
	}
	return regexp.MustCompile(b.String() + `\z`)
}
