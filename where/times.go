package where

import (
	"strconv"
	"strings"
	"time"
)

// momentIn reads a time as exports may write it: ISO 8601 with or without a zone, "2026-04-28 12:40:45 UTC", or the
// milliseconds or seconds since 1970. The columns of a real export are not documented. Times of contacts are kept as
// "2026-04-28 12:40:45" in UTC: so they compare with what date() and datetime() make.
func momentIn(cell string) (string, bool) {
	if read, ok := isoIn(cell); ok {
		return read, true
	}
	if n, err := strconv.ParseInt(cell, 10, 64); err == nil && n > 0 {
		if n < 100_000_000_000 { // milliseconds before 1973, or seconds until the year 5138
			n *= 1000
		}
		return time.UnixMilli(n).UTC().Format(time.DateTime), true
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04", "2006-01-02T15:04",
		time.RFC1123, time.RFC1123Z, time.ANSIC,
	} {
		if t, err := time.Parse(layout, cell); err == nil {
			return t.UTC().Format(time.DateTime), true
		}
	}
	return "", false
}

// isoIn reads the common forms in UTC without time.Parse: files hold millions of them. Fractions of a second are cut off.
func isoIn(s string) (string, bool) {
	if len(s) < 10 || !isDay(s[:10]) {
		return "", false
	}
	if len(s) == 10 {
		return s + " 00:00:00", true
	}
	if len(s) < 19 || s[10] != 'T' && s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return "", false
	}
	h, m, sec := digits(s[11:13]), digits(s[14:16]), digits(s[17:19])
	if h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 {
		return "", false
	}
	rest := s[19:]
	if fraction, is := strings.CutPrefix(rest, "."); is {
		rest = strings.TrimLeft(fraction, "0123456789")
	}
	switch rest {
	case "", "Z", " UTC", "+00:00", " +0000":
		return s[:10] + " " + s[11:19], true
	}
	return "", false
}

// isDay tells a day of the calendar, year-month-day.
func isDay(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	y, m, d := digits(s[:4]), digits(s[5:7]), digits(s[8:])
	return y >= 0 && m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// digits is the number that s writes; -1 when it has anything else in it.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}
