package audience

import (
	"math"
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/catalog"
)

// clock are the functions of dates and times, as SQLite has them. "now" is when the query began.
func (c *compiler) clock(name string) (function, bool) {
	at := func(args []value) (time.Time, bool) { return c.timeOf(args) }
	render := func(dataType, layout string) function {
		return function{0, many, false, dataType, func(_ *row, a []value) value {
			t, ok := at(a)
			if !ok {
				return value{}
			}
			return ofText(t.Format(layout))
		}}
	}
	switch name {
	case "date":
		return render(catalog.Date, time.DateOnly), true
	case "datetime":
		return render(moment, time.DateTime), true
	case "time":
		return render(catalog.Text, time.TimeOnly), true
	case "julianday":
		return function{0, many, false, number, func(_ *row, a []value) value {
			t, ok := at(a)
			if !ok {
				return value{}
			}
			return ofFloat(float64(t.UnixMilli())/86_400_000 + 2_440_587.5)
		}}, true
	case "unixepoch":
		return function{0, many, false, catalog.Integer, func(_ *row, a []value) value {
			t, ok := at(a)
			if !ok {
				return value{}
			}
			return ofInt(t.Unix())
		}}, true
	case "strftime":
		return function{1, many, false, catalog.Text, func(r *row, a []value) value {
			t, ok := at(a[1:])
			if !ok {
				return value{}
			}
			s, ok := strftime(a[0].string(), t)
			if !ok {
				return value{}
			}
			return r.made(s)
		}}, true
	}
	return function{}, false
}

// timeOf is a time and what its modifiers make of it; what cannot be read is none.
func (c *compiler) timeOf(args []value) (time.Time, bool) {
	t := c.now.UTC()
	if len(args) > 0 {
		var ok bool
		epoch := len(args) > 1 && strings.EqualFold(args[1].string(), "unixepoch")
		if t, ok = c.base(args[0], epoch); !ok {
			return t, false
		}
		args = args[1:]
		if epoch {
			args = args[1:]
		}
	}
	for _, arg := range args {
		var ok bool
		if t, ok = modified(t, strings.ToLower(strings.TrimSpace(arg.string()))); !ok {
			return t, false
		}
	}
	return t, t.Year() >= 0 && t.Year() <= 9999
}

func (c *compiler) base(v value, epoch bool) (time.Time, bool) {
	if epoch {
		n := v.numeric()
		f, ok := n.number()
		return time.UnixMilli(int64(f * 1000)).UTC(), ok && math.Abs(f) < 1e12
	}
	if v.kind != textual { // a Julian day
		f, _ := v.number()
		return time.UnixMilli(int64(math.Round((f - 2_440_587.5) * 86_400_000))).UTC(), f >= 0 && f < 5_373_484.5
	}
	s := strings.TrimSpace(v.text)
	if strings.EqualFold(s, "now") {
		return c.now.UTC(), true
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

// modified applies one modifier: "-90 days", "start of month", "weekday 1", "utc".
func modified(t time.Time, modifier string) (time.Time, bool) {
	switch modifier {
	case "start of day":
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), true
	case "start of month":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC), true
	case "start of year":
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC), true
	case "utc", "localtime", "auto", "subsec", "subsecond": // all times are UTC
		return t, true
	}
	if day, is := strings.CutPrefix(modifier, "weekday "); is {
		n := digits(strings.TrimSpace(day))
		if n < 0 || n > 6 || day == "" {
			return t, false
		}
		return t.AddDate(0, 0, (n-int(t.Weekday())+7)%7), true
	}
	amount, unit, found := strings.Cut(modifier, " ")
	n, err := strconv.ParseFloat(strings.TrimPrefix(amount, "+"), 64)
	if !found || err != nil || math.IsNaN(n) || math.Abs(n) > 1e11 {
		return t, false
	}
	seconds, fixed := map[string]float64{"second": 1, "minute": 60, "hour": 3600, "day": 86_400}[strings.TrimSuffix(strings.TrimSpace(unit), "s")]
	switch whole := n == math.Trunc(n) && math.Abs(n) < 1e6; {
	case fixed && math.Abs(n*seconds) < 4e11:
		return time.UnixMilli(t.UnixMilli() + int64(n*seconds*1000)).UTC(), true
	case strings.HasPrefix(unit, "month") && whole:
		return t.AddDate(0, int(n), 0), true
	case strings.HasPrefix(unit, "year") && whole:
		return t.AddDate(int(n), 0, 0), true
	}
	return t, false
}

// strftime knows the common letters; a format with another is none, as in SQLite.
func strftime(format string, t time.Time) (string, bool) {
	layouts := map[byte]string{'Y': "2006", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'F': time.DateOnly, 'T': time.TimeOnly, 'R': "15:04", 'j': "002", 'e': "_2", 'p': "PM"}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		if i++; i == len(format) {
			return "", false
		}
		year, week := t.ISOWeek()
		switch letter := format[i]; letter {
		case '%':
			b.WriteByte('%')
		case 'w':
			b.WriteString(strconv.Itoa(int(t.Weekday())))
		case 'u':
			b.WriteString(strconv.Itoa((int(t.Weekday())+6)%7 + 1))
		case 's':
			b.WriteString(strconv.FormatInt(t.Unix(), 10))
		case 'G':
			b.WriteString(strconv.Itoa(year))
		case 'V':
			b.Write(two(nil, week))
		default:
			layout, known := layouts[letter]
			if !known {
				return "", false
			}
			b.WriteString(t.Format(layout))
		}
	}
	return b.String(), true
}
