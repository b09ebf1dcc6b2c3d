package where

import (
	"regexp"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// farthest is how far a modifier moves a time by each of the units; further, SQLite knows no day.
var farthest = map[string]float64{"second": 4e11, "minute": 7e9, "hour": 1e8, "day": 5e6, "month": 1e5, "year": 9999}

var moves = text.Pattern(`^([+-]?\d+(?:\.\d+)?) +(second|minute|hour|day|month|year)s?$`)

// isModifier tells the modifiers of dates, in lower case and without blanks around them. SQLite has more; one that it does
// not know makes NULL of every time.
func isModifier(said string) bool {
	switch said {
	case "start of day", "start of month", "start of year":
		return true
	}
	if day, is := strings.CutPrefix(said, "weekday "); is {
		return len(day) == 1 && day >= "0" && day <= "6"
	}
	found := moves().FindStringSubmatch(said)
	if found == nil {
		return false
	}
	n, err := strconv.ParseFloat(found[1], 64)
	calendar := found[2] == "month" || found[2] == "year" // they have no fractions: months are of different lengths
	return err == nil && max(n, -n) <= farthest[found[2]] && (!calendar || !strings.Contains(found[1], "."))
}

// letter is what strftime makes of one: its shape, and an example of 2026-03-04 17:30:00, a Wednesday.
type letter struct{ shape, example string }

// letters are those of strftime that expressions may use.
var letters = map[byte]letter{
	'Y': {`\d{4}`, "2026"}, 'm': {`\d\d`, "03"}, 'd': {`\d\d`, "04"}, 'H': {`\d\d`, "17"}, 'M': {`\d\d`, "30"}, 'S': {`\d\d`, "00"},
	'F': {`\d{4}-\d\d-\d\d`, "2026-03-04"}, 'T': {`\d\d:\d\d:\d\d`, "17:30:00"}, 'R': {`\d\d:\d\d`, "17:30"}, 'j': {`\d{3}`, "063"},
	'e': {`[ \d]\d`, " 4"}, 'p': {`[AP]M`, "PM"}, '%': {"%", "%"}, 'w': {`[0-6]`, "3"}, 'u': {`[1-7]`, "3"}, 's': {`-?\d+`, "1772645400"},
	'G': {`\d{4}`, "2026"}, 'V': {`\d\d`, "10"},
}

// shapeOf is what the texts that a checked format makes look like, and one of them.
func shapeOf(format string) (shape *regexp.Regexp, example string) {
	var pattern, made strings.Builder
	pattern.WriteString(`\A`)
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			pattern.WriteString(regexp.QuoteMeta(format[i : i+1]))
			made.WriteByte(format[i])
			continue
		}
		i++
		pattern.WriteString(letters[format[i]].shape)
		made.WriteString(letters[format[i]].example)
	}
	return regexp.MustCompile(pattern.String() + `\z`), made.String()
}
