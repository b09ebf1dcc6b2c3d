package intake

import "strings"

// shape is how a cell is written, as far as it may be a number.
type shape int

const (
	noNumber      shape = iota
	whole               // 42, -7, 1,200
	decimal             // 4.2, 1,200.5
	pointedNumber       // 1.000: a thousand to some, one to others
	numbering           // 01234, +4930, 20 digits: a name made of digits
)

// longestWhole is how many digits a number surely may have.
const longestWhole = 15

func shapeOf(s string) shape {
	signed := s != "" && (s[0] == '-' || s[0] == '+')
	digits := s
	if signed {
		digits = s[1:]
	}
	if digits == "" || !isDigit(digits[0]) {
		return noNumber
	}
	integer, fraction, pointed := strings.Cut(digits, ".")
	switch {
	case isPointed(digits):
		return pointedNumber
	case pointed && !areDigits(fraction), !areDigits(integer) && !isGrouped(integer):
		if signed && s[0] == '+' && !strings.ContainsFunc(digits, func(r rune) bool { return (r < '0' || r > '9') && !strings.ContainsRune(" -()/.", r) }) {
			return numbering // +49 30 1234
		}
		return noNumber
	case s[0] == '+', len(integer) > 1 && integer[0] == '0', len(integer) > longestWhole:
		return numbering
	case pointed:
		return decimal
	}
	return whole
}

// isGrouped tells a whole number with commas at its thousands; "1,5" is none.
func isGrouped(s string) bool { return inThousands(s, ',') }

// isPointed tells a number with points where some write the thousands; as a whole number it may be read in two ways.
func isPointed(s string) bool { return inThousands(s, '.') }

func inThousands(s string, separator byte) bool {
	first := strings.IndexByte(s, separator)
	if first < 1 || first > 3 || !areDigits(s[:first]) {
		return false
	}
	for s = s[first:]; s != ""; s = s[4:] {
		if len(s) < 4 || s[0] != separator || !areDigits(s[1:4]) {
			return false
		}
	}
	return true
}

// ungrouped takes the commas out of a number that has them at its thousands, and a plus away.
func ungrouped(written string) string {
	integer := strings.TrimPrefix(written, "+")
	digits, fraction, pointed := strings.Cut(strings.TrimPrefix(integer, "-"), ".")
	if strings.IndexByte(digits, ',') >= 0 && isGrouped(digits) && (!pointed || areDigits(fraction)) {
		return strings.ReplaceAll(integer, ",", "")
	}
	return integer
}

// isShortWhole tells a whole number that is written as the API wants it.
func isShortWhole(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	return len(digits) <= longestWhole && areDigits(digits) && (digits[0] != '0' || s == "0")
}

func isShortDecimal(s string) bool {
	integer, fraction, pointed := strings.Cut(s, ".")
	return pointed && len(fraction) <= longestWhole && areDigits(fraction) && isShortWhole(integer)
}
