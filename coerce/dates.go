package coerce

import (
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/text"
)

// A date is read only where it can mean one day. 2025-03-04, 4 Mar 2025 and 25/12/2025 can; 03/04/2025 can mean two, and
// what it means is decided for its column as a whole (see settled). A time behind a date is cut off, as written and
// without moving it to another zone. A spreadsheet's number of a day (45720) is not taken for a date.

// Order is a set of orders in which a date of numbers may be written.
type Order uint8

const (
	dmy Order = 1 << iota
	mdy
	ymd
)

// dateOrders are the orders, and orderNames what each is called.
var (
	dateOrders = []Order{dmy, mdy, ymd}
	orderNames = map[Order]string{dmy: "dmy", mdy: "mdy", ymd: "ymd"}
)

// OrderNamed is the order that date_order names; 0 when it names none.
func OrderNamed(name string) Order {
	for order, called := range orderNames {
		if called == name {
			return order
		}
	}
	return 0
}

// Name is what date_order calls the order; empty for none or several.
func (o Order) Name() string { return orderNames[o] }

// day is a day of the calendar. A year of two digits has yet to find its century.
type day struct {
	year, month, day int
	short            bool
}

// written is a date as a cell has it: one day, or numbers that are a day in each of some orders.
type written struct {
	day     day
	orders  Order
	numbers [3]int
	short   bool
	time    string // what stands behind it
}

// in is the day that is meant, read in an order; false when there is no such day.
func (w written) in(order Order) (day, bool) {
	if w.orders == 0 {
		return w.day, true
	}
	if w.orders&order == 0 {
		return day{}, false
	}
	return w.read(order), true
}

func (w written) read(order Order) day {
	n := w.numbers
	switch order {
	case dmy:
		return day{n[2], n[1], n[0], w.short}
	case mdy:
		return day{n[2], n[0], n[1], w.short}
	}
	return day{n[0], n[1], n[2], w.short}
}

// parseDate reads a trimmed cell as a date; false when it is not a date in any order.
func parseDate(cell string) (written, bool) {
	if !strings.ContainsFunc(cell, isDigit[rune]) {
		return written{}, false
	}
	if IsDay(cell) {
		return written{day: day{year: number(cell[:4]), month: number(cell[5:7]), day: number(cell[8:])}}, true
	}
	s := withoutWeekday(cell)
	if len(s) >= 8 && areDigits(s[:8]) && (len(s) == 8 || s[8] == 'T') { // ISO 8601's basic form
		d := day{year: number(s[:4]), month: number(s[4:6]), day: number(s[6:8])}
		return written{day: d, time: s[8:]}, d.year >= 1900 && d.year < 2100 && d.exists() && isTime(s[8:])
	}
	var parts [3]datePart
	var between [2]string
	var ok bool
	for i := range parts {
		if i > 0 {
			if between[i-1], s = dateSeparator(s); between[i-1] == "" {
				return written{}, false
			}
		}
		if parts[i], s, ok = nextPart(s); !ok {
			return written{}, false
		}
	}
	if !isTime(s) {
		return written{}, false
	}
	var w written
	switch {
	case parts[0].month || parts[1].month || parts[2].month:
		w, ok = withMonthName(parts)
	case between[0] != between[1] || !strings.ContainsAny(between[0], "-/."):
		return written{}, false
	default:
		w, ok = ofNumbers(parts)
	}
	w.time = s
	return w, ok
}

func ofNumbers(parts [3]datePart) (written, bool) {
	a, b, c := parts[0], parts[1], parts[2]
	w := written{numbers: [3]int{a.n, b.n, c.n}}
	var candidates Order
	switch {
	case a.width == 4 && b.width <= 2 && c.width <= 2:
		w.day = w.read(ymd)
		return w, w.day.exists()
	case a.width <= 2 && b.width <= 2 && c.width == 4:
		candidates = dmy | mdy
	case a.width <= 2 && b.width <= 2 && c.width == 2:
		w.short = true
		candidates = dmy | mdy
		if a.width == 2 {
			candidates |= ymd
		}
	default:
		return w, false
	}
	same := true
	for _, order := range dateOrders {
		if d := w.read(order); candidates&order != 0 && d.exists() {
			same = same && (w.orders == 0 || d == w.day)
			w.day, w.orders = d, w.orders|order
		}
	}
	if w.orders == 0 {
		return w, false
	}
	if same && w.orders&(w.orders-1) != 0 { // 03/03/2025
		w.orders = 0
	}
	return w, true
}

func withMonthName(parts [3]datePart) (written, bool) {
	a, b, c := parts[0], parts[1], parts[2]
	switch {
	case a.month && !b.month && !c.month: // March 4, 2025
		a, b = b, a
	case !a.month && b.month && !c.month && a.width == 4: // 2025-Mar-04
		a, c = c, a
	case a.month || !b.month || c.month:
		return written{}, false
	}
	d := day{year: c.n, month: b.n, day: a.n, short: c.width == 2}
	return written{day: d}, a.width <= 2 && (c.width == 4 || c.width == 2) && d.exists()
}

// datePart is one of the three parts of a date.
type datePart struct {
	n, width int
	month    bool // written as a name
}

func nextPart(s string) (part datePart, rest string, ok bool) {
	if part.width = countOf(s, isDigit[byte]); part.width > 0 {
		if part.width > 4 {
			return part, s, false
		}
		part.n = number(s[:part.width])
		return part, withoutOrdinal(s[part.width:]), true
	}
	part.width, part.month = countOf(s, isLetter), true
	part.n = monthNamed(s[:part.width])
	return part, s[part.width:], part.n > 0
}

// countOf is how many of such bytes a text begins with.
func countOf(s string, is func(byte) bool) (n int) {
	for n < len(s) && is(s[n]) {
		n++
	}
	return n
}

// withoutOrdinal cuts the end of "4th" off.
func withoutOrdinal(s string) string {
	if len(s) >= 2 && isLetter(s[0]) && (len(s) == 2 || !isLetter(s[2])) {
		switch strings.ToLower(s[:2]) {
		case "st", "nd", "rd", "th":
			return s[2:]
		}
	}
	return s
}

// dateSeparator is what stands between two parts: one of "-/.", a comma, or spaces; behind points and commas also spaces.
func dateSeparator(s string) (kind, rest string) {
	switch {
	case s == "":
		return "", s
	case s[0] == '-', s[0] == '/':
		return s[:1], s[1:]
	case s[0] == '.', s[0] == ',':
		return s[:1], strings.TrimLeft(s[1:], " ")
	case s[0] == ' ':
		return s[:1], strings.TrimLeft(s, " ")
	}
	return "", s
}

// monthNamed is the month of an English name, whole or of three letters; 0 for anything else.
func monthNamed(word string) int {
	if len(word) < 3 {
		return 0
	}
	for month := time.January; month <= time.December; month++ {
		if isName(word, month.String()) || month == time.September && strings.EqualFold(word, "sept") {
			return int(month)
		}
	}
	return 0
}

// isName tells a name from what it may be, whole or of three letters.
func isName(word, name string) bool {
	return strings.EqualFold(word, name) || strings.EqualFold(word, name[:3])
}

// withoutWeekday cuts "Tue, " off.
func withoutWeekday(s string) string {
	letters := countOf(s, isLetter)
	if letters < 3 || letters > 9 {
		return s
	}
	for weekday := time.Sunday; weekday <= time.Saturday; weekday++ {
		if isName(s[:letters], weekday.String()) {
			if between, rest := dateSeparator(s[letters:]); between != "" {
				return rest
			}
		}
	}
	return s
}

// isTime tells whether what stands behind a date is nothing or a time.
func isTime(s string) bool {
	if s == "" {
		return true
	}
	s, spaced := strings.TrimLeft(s[1:], " "), s[0]
	if spaced != 'T' && spaced != ' ' && spaced != ',' || len(s) < 2 || len(s) > 40 {
		return false
	}
	if countOf(s, func(c byte) bool { return isDigit(c) || isLetter(c) || strings.IndexByte(":.,+- ()/", c) >= 0 }) < len(s) {
		return false
	}
	digits := countOf(s, isDigit[byte])
	rest := strings.ToLower(strings.TrimLeft(s[digits:], " "))
	switch digits {
	case 1, 2: // 10:11, 9 AM
		return s[digits:] == "" && spaced == 'T' || strings.HasPrefix(s[digits:], ":") ||
			strings.HasPrefix(rest, "am") || strings.HasPrefix(rest, "pm")
	case 4, 6: // 101112
		return spaced == 'T'
	}
	return false
}

// exists tells whether there is such a day. February has 29 days in a year whose century is not known.
func (d day) exists() bool {
	return d.month >= 1 && d.month <= 12 && d.day >= 1 && d.in(2000).Day() == d.day
}

// in is the day as a time; a year of two digits is one of a century.
func (d day) in(century int) time.Time {
	if d.short {
		d.year += century
	}
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
}

// A year of two digits is this century's up to next year, and the last one's where this century's is further away than
// birthdays and contracts are: 25 is 2025, 68 is 1968. In between it may be either.
const farAhead = 30

// full gives a year of two digits its century, seen from a year; false when there are two that it may mean.
func (d day) full(now int) (day, bool) {
	if !d.short {
		return d, true
	}
	century := now - now%100
	this := century + d.year
	d.short = false
	switch {
	case this <= now+1:
		d.year = this
	case this > now+farAhead:
		d.year = this - 100
	default:
		return d, false
	}
	return d, d.exists() // 1900 had no 29 February
}

// iso writes a day as the API wants it.
func (d day) iso() string { return d.in(0).Format(time.DateOnly) }

// long is the day as a person reads it without mistaking it.
func (d day) long() string {
	if d.short {
		return d.in(2000).Format("2 January '06")
	}
	return d.in(0).Format("2 January 2006")
}

// IsDay tells a day of the calendar that is written as the API wants it.
func IsDay(s string) bool {
	return len(s) == 10 && s[4] == '-' && s[7] == '-' && areDigits(s[:4]) && areDigits(s[5:7]) && areDigits(s[8:]) &&
		day{year: number(s[:4]), month: number(s[5:7]), day: number(s[8:])}.exists()
}

// Days are the days that a text may mean as a date, as the API writes them, and the time that stands behind it; no days
// where the year may be of two centuries.
func Days(cell string) (days []string, time string) {
	w, ok := parseDate(cell)
	if !ok {
		return nil, ""
	}
	for _, order := range dateOrders {
		if w.orders != 0 && w.orders&order == 0 {
			continue
		}
		meant, _ := w.in(order)
		whole, sure := meant.full(ThisYear())
		if !sure {
			return nil, ""
		}
		if iso := whole.iso(); !slices.Contains(days, iso) {
			days = append(days, iso)
		}
	}
	return days, w.time
}

// coerceDate reads a cell as a date of a column that is written in an order; 0 is one whose dates need none.
func coerceDate(cell string, order Order, now int) (iso, problem string) {
	if IsDay(cell) {
		return cell, ""
	}
	w, ok := parseDate(cell)
	if !ok {
		if len(cell) == 5 && areDigits(cell) {
			return "", text.Quote(cell) + " may be a spreadsheet's number of a day; save the column as dates"
		}
		return "", text.Quote(cell) + " does not fit this date field; give a date like 2026-03-04 (year-month-day)"
	}
	d, fits := w.in(order)
	switch {
	case !fits && order == 0:
		return "", text.Quote(cell) + " may mean more than one day; write it like 2026-03-04 (year-month-day)"
	case !fits: // the call gave the order, against what the column shows
		return "", text.Quote(cell) + " is not a date with date_order " + text.Quote(order.Name()) + ", but is " + w.otherwise()
	}
	whole, sure := d.full(now)
	if !sure {
		return "", text.Quote(cell) + " has a year of two digits that may be of this century or the last; write it with four"
	}
	return whole.iso(), ""
}

// otherwise says how a date is read that is not one in the order that was given.
func (w written) otherwise() string {
	var said []string
	for _, order := range dateOrders {
		if w.orders&order != 0 {
			said = append(said, text.Quote(w.read(order).long())+" with "+text.Quote(order.Name()))
		}
	}
	return strings.Join(said, " or ")
}

// ThisYear is the year in which dates are read.
func ThisYear() int { return time.Now().Year() }
