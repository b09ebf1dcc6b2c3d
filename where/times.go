package where

import (
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/coerce"
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

// isoIn reads the common forms in UTC, of which files hold millions, before any layout of a whole time is tried. Fractions of a
// second are cut off.
func isoIn(s string) (string, bool) {
	if len(s) < 10 || !coerce.IsDay(s[:10]) {
		return "", false
	}
	if len(s) == 10 {
		return s + " 00:00:00", true
	}
	if len(s) < 19 || s[10] != 'T' && s[10] != ' ' {
		return "", false
	}
	if _, err := time.Parse(time.TimeOnly, s[11:19]); err != nil {
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
