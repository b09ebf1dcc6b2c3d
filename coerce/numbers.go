package coerce

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mailtrap-contacts-mcp/text"
)

// A number is read only where it can mean one. 1,234.56 and 0,500 can; 12,750 is twelve and three quarters to some and twelve
// thousand to others, and what it means is decided for its column as a whole (see settled).

// Sign is a set of signs that may stand before a fraction.
type Sign uint8

const (
	point Sign = 1 << iota
	comma
)

// SignNamed is the sign that decimal_sign names; 0 when it names none.
func SignNamed(name string) Sign {
	switch name {
	case ".":
		return point
	case ",":
		return comma
	}
	return 0
}

// Name is the sign as decimal_sign has it; empty for none or both.
func (s Sign) Name() string {
	switch s {
	case point:
		return "."
	case comma:
		return ","
	}
	return ""
}

// amount is a number as a cell has it.
type amount struct {
	signs    Sign      // with which it can be read; 0 where both read the same
	readings [4]string // by sign, as JSON writes numbers; at 0 that which needs none
	percent  bool
	currency string // "$", "kr"
	spaced   bool   // its thousands stand apart by blanks, as the parts of a telephone number do
}

// in is the number that is meant, read with a sign; false when it is not a number with that sign.
func (a amount) in(sign Sign) (string, bool) {
	if a.signs&(a.signs-1) != 0 && sign == 0 {
		return "", false
	}
	if sign == 0 {
		sign = a.signs
	}
	return a.readings[sign], a.readings[sign] != ""
}

// parseAmount reads a trimmed cell as a number; false when it is not a number with any sign. In a typed source numbers are written
// with a point and nothing at the thousands.
func parseAmount(cell string, typed bool) (a amount, ok bool) {
	first := strings.IndexFunc(cell, isDigit[rune])
	if first < 0 || len(cell) > 60 {
		return a, false
	}
	last := strings.LastIndexFunc(cell, isDigit[rune])
	if first > 0 && (cell[first-1] == '.' || cell[first-1] == ',') {
		first--
	}
	sign, ok := a.surroundings(cell[:first], cell[last+1:])
	if !ok {
		return a, false
	}
	body := blanks.Replace(cell[first : last+1])
	a.spaced = strings.IndexByte(body, ' ') >= 0
	for _, decimal := range []Sign{point, comma} {
		if plain, ok := plainNumber(body, decimal); ok {
			a.readings[decimal], a.signs = sign+plain, a.signs|decimal
		}
	}
	switch both := a.signs == point|comma; {
	case both && a.readings[point] == a.readings[comma]:
		a.signs, a.readings[0] = 0, a.readings[point]
	case both && typed && strings.IndexByte(body, '.') >= 0:
		a.signs = point
	}
	return a, a.readings[point] != "" || a.readings[comma] != ""
}

// blanks writes the signs at thousands that look alike as one of them.
var blanks = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u2007", " ", "’", "'", "`", "'", "´", "'")

// surroundings reads what stands before and behind the digits: a sign, brackets for a negative number, a currency, a percent
// sign.
func (a *amount) surroundings(before, behind string) (sign string, ok bool) {
	if before == "" && behind == "" {
		return "", true
	}
	take := func(from *string, what string) bool {
		rest := strings.Replace(*from, what, "", 1)
		taken := rest != *from
		*from = rest
		return taken
	}
	opened, closed := take(&before, "("), take(&behind, ")")
	negative := 0
	for _, dash := range []string{"-", "−", "–"} {
		if take(&before, dash) {
			negative++
		}
		if take(&behind, dash) {
			negative++
		}
	}
	plus := take(&before, "+")
	a.percent = take(&behind, "%")
	before, behind = trimBlank(before), trimBlank(behind)
	switch a.currency = before + behind; {
	case opened != closed, negative > 1, negative > 0 && (opened || plus), before != "" && behind != "", a.currency != "" &&
		(a.percent || !isCurrency(a.currency)):
		return "", false
	case opened || negative > 0:
		return "-", true
	}
	return "", true
}

func trimBlank(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || text.Clean(string(r)) == "" })
}

// currencies are signs and codes that Unicode does not class as signs of a currency.
var currencies = text.WordSet(`kr kr. kč kc zł zl ft lei лв лв. руб руб. р р. fr fr. sfr sfr. r$ us$ a$ au$ c$ ca$ nz$ hk$ s$
	mx$ nt$ rs rs. tl rm din din. ден usd eur gbp chf jpy cny rub pln sek nok dkk isk czk huf ron
	bgn uah try inr brl mxn aud cad nzd zar ils krw sgd hkd thb php idr myr aed sar egp ars clp cop pen vnd`)

func isCurrency(word string) bool {
	r, size := utf8.DecodeRuneInString(word)
	return size == len(word) && unicode.Is(unicode.Sc, r) || currencies()[strings.ToLower(word)]
}

// plainNumber writes digits as JSON writes numbers, if they can be read with a decimal sign.
func plainNumber(body string, decimal Sign) (string, bool) {
	integer, fraction, broken := strings.Cut(body, decimal.Name())
	if broken && !areDigits(fraction) {
		return "", false
	}
	other := ","
	if decimal == comma {
		other = "."
	}
	for _, separator := range []string{other, " ", "'"} {
		if strings.Contains(integer, separator) {
			if !inThousands(integer, separator[0], decimal == point && separator == ",") {
				return "", false
			}
			integer = strings.ReplaceAll(integer, separator, "")
			break
		}
	}
	if integer != "" && !areDigits(integer) || integer == "" && !broken {
		return "", false
	}
	if integer = strings.TrimLeft(integer, "0"); integer == "" {
		integer = "0"
	}
	if broken {
		return integer + "." + fraction, true
	}
	return integer, true
}

// inThousands tells digits that stand in groups of three; indian: or of two before the last three. Nobody groups 0,500.
func inThousands(s string, separator byte, indian bool) bool {
	groups := strings.Split(s, string(separator))
	last := len(groups) - 1
	if groups[0] == "" || groups[0][0] == '0' || len(groups[0]) > 3 || len(groups[last]) != 3 {
		return false
	}
	pairs := indian && last > 1 && len(groups[0]) <= 2 && len(groups[1]) == 2
	for i, group := range groups {
		if !areDigits(group) || i > 0 && i < last && (pairs && len(group) != 2 || !pairs && len(group) != 3) {
			return false
		}
	}
	return true
}

// isWholeNumber tells a number, as JSON writes it, that has no fraction but zeros.
func isWholeNumber(plain string) bool {
	_, fraction, broken := strings.Cut(plain, ".")
	return !broken || strings.Trim(fraction, "0") == ""
}

// longestWhole is how many digits a number surely may have.
const longestWhole = 15

// isNumbering tells digits that are a name rather than a number: 01234, +4930, +49 30 1234, 20 digits. To write them as a
// number would lose some.
func isNumbering(cell string) bool {
	digits := strings.TrimLeft(cell, "+-")
	if digits == "" || !isDigit(digits[0]) {
		return false
	}
	if cell[0] == '+' {
		return strings.Trim(digits, "0123456789 -()/.") == ""
	}
	integer := strings.TrimRight(digits, "0123456789")
	if integer != "" { // there is more than digits
		return false
	}
	return len(digits) > 1 && digits[0] == '0' || len(digits) > longestWhole
}

// isShortened tells a long number as a spreadsheet program shows and saves it, 4.9E+11: its other digits are lost.
func isShortened(cell string) bool {
	mantissa, exponent, found := strings.Cut(cell, "E+")
	if !found || len(cell) > 12 || !areDigits(exponent) || mantissa == "" || !isDigit(mantissa[0]) {
		return false
	}
	rest := mantissa[1:]
	return rest == "" || (rest[0] == '.' || rest[0] == ',') && areDigits(rest[1:])
}

// isShortWhole tells a whole number that is written as the API wants it.
func isShortWhole(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	return len(digits) <= longestWhole && areDigits(digits) && (digits[0] != '0' || s == "0")
}

// isShortDecimal tells a number with a point that is written as the API wants it, and that means nothing else to anybody.
func isShortDecimal(s string) bool {
	integer, fraction, pointed := strings.Cut(s, ".")
	return pointed && len(fraction) <= longestWhole && areDigits(fraction) && isShortWhole(integer) &&
		(len(fraction) != 3 || len(integer) > 4 || integer == "0")
}
