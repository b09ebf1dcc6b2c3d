package audience

import (
	"strconv"
	"strings"
	"time"
)

// Times of contacts are kept in milliseconds and read as "2026-04-28 12:40:45" in UTC: so they compare with what date()
// and datetime() return.

// millis reads a time as exports may write it: ISO 8601 with or without a zone, "2026-04-28 12:40:45 UTC", or the
// milliseconds or seconds since 1970. The columns of a real export are not documented.
func millis(cell string) (int64, bool) {
	if ms, ok := isoMillis(cell); ok {
		return ms, true
	}
	if n, err := strconv.ParseInt(cell, 10, 64); err == nil && n > 0 {
		if n < 100_000_000_000 { // milliseconds before 1973, or seconds until the year 5138
			n *= 1000
		}
		return n, true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04", "2006-01-02T15:04", time.RFC1123, time.RFC1123Z, time.ANSIC} {
		if t, err := time.Parse(layout, cell); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

// isoMillis reads the common forms in UTC without time.Parse: files hold millions of them.
func isoMillis(s string) (int64, bool) {
	if len(s) < 10 || !isDay(s[:10]) {
		return 0, false
	}
	days := daysOf(digits(s[:4]), digits(s[5:7]), digits(s[8:10]))
	if len(s) == 10 {
		return int64(days) * 86_400_000, true
	}
	if len(s) < 19 || s[10] != 'T' && s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	h, m, sec := digits(s[11:13]), digits(s[14:16]), digits(s[17:19])
	if h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60 {
		return 0, false
	}
	ms := int64(days)*86_400_000 + int64(h*3600+m*60+sec)*1000
	rest := s[19:]
	if strings.HasPrefix(rest, ".") {
		end := 1
		for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
			end++
		}
		thousandths := digits((rest[1:end] + "000")[:3])
		ms, rest = ms+int64(thousandths), rest[end:]
	}
	switch rest {
	case "", "Z", " UTC", "+00:00", " +0000":
		return ms, true
	}
	return 0, false
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

// daysOf counts the days from 1970-01-01 to a day (Howard Hinnant's algorithm).
func daysOf(y, m, d int) int {
	if m <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yearOfEra := y - era*400
	dayOfYear := (153*((m+9)%12)+2)/5 + d - 1
	return era*146_097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 719_468
}

// dayOf is the day that lies so many days after 1970-01-01.
func dayOf(days int) (y, m, d int) {
	days += 719_468
	era := floorDiv(days, 146_097)
	dayOfEra := days - era*146_097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36_524 - dayOfEra/146_096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	month := (5*dayOfYear + 2) / 153
	d = dayOfYear - (153*month+2)/5 + 1
	m = month + 3
	if m > 12 {
		m -= 12
	}
	y = yearOfEra + era*400
	if m <= 2 {
		y++
	}
	return y, m, d
}

func floorDiv(a, b int) int {
	if a < 0 {
		return (a - b + 1) / b
	}
	return a / b
}

// appendTime writes milliseconds as "2026-04-28 12:40:45".
func appendTime(b []byte, ms int64) []byte {
	seconds := floorDiv(int(ms), 1000)
	days := floorDiv(seconds, 86_400)
	seconds -= days * 86_400
	y, m, d := dayOf(days)
	b = appendDay(b, y, m, d)
	b = append(b, ' ')
	b = append(two(b, seconds/3600), ':')
	b = append(two(b, seconds/60%60), ':')
	return two(b, seconds%60)
}

func appendDay(b []byte, y, m, d int) []byte {
	if y < 0 {
		b, y = append(b, '-'), -y
	}
	b = append(two(two(b, y/100), y%100), '-')
	b = append(two(b, m), '-')
	return two(b, d)
}

func two(b []byte, n int) []byte { return append(b, byte('0'+n/10%10), byte('0'+n%10)) }
