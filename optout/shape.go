package optout

import (
	"strings"
	"unicode"
)

// isNull are cells by which programs write that there is no value.
func isNull(cell string) bool {
	if len(cell) > 9 {
		return false
	}
	switch strings.ToLower(cell) {
	case "null", "nil", "nan", "(null)", "<null>", `\n`, "#n/a", "undefined":
		return true
	}
	return false
}

func isTick(cell string) bool { return strings.ContainsAny(cell, "✓✔☑✅👍🟢") }
func isCross(cell string) bool {
	return strings.ContainsAny(cell, "✗✘❌☐×✖👎🚫⛔🔴☒")
}

func isNegative(cell string) bool {
	rest, negative := strings.CutPrefix(strings.ReplaceAll(cell, "−", "-"), "-")
	return negative && rest != "" && !strings.ContainsFunc(rest, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' && r != ',' })
}

// wholeNumber is a number without what a spreadsheet adds: "1.0" and "1,00" are 1.
func wholeNumber(folded string) (string, bool) {
	whole, fraction, _ := strings.Cut(folded, " ")
	if strings.Trim(fraction, "0") != "" || whole == "" || strings.ContainsFunc(whole, func(r rune) bool { return r < '0' || r > '9' }) {
		return "", false
	}
	return whole, true
}

// isZeroDate tells a date that does not exist: 0000-00-00.
func isZeroDate(cell string) bool {
	return len(cell) > 1 && strings.Trim(cell, "0-/.: ") == "" && strings.ContainsRune(cell, '0') && strings.ContainsAny(cell, "-/.:")
}

// isMoment tells dates and times: they have four digits at least, what separates them, and no words but what dates are
// written with. "No, 2024-05-06" is not.
func isMoment(cell string) bool {
	if len(cell) > 60 || isZeroDate(cell) || !hasMomentShape(cell) {
		return false
	}
	for word := range strings.FieldsSeq(fold(cell, false)) {
		if !strings.ContainsAny(word, "0123456789") && !isDateWord(word) {
			return false
		}
	}
	return true
}

func hasMomentShape(cell string) bool {
	digits, separators, letters := 0, 0, 0
	for _, r := range cell {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune("-/.: T", r):
			separators++
		case unicode.IsLetter(r):
			letters++
		case r != ',' && r != '+' && r != '(' && r != ')':
			return false
		}
	}
	return digits >= 4 && (separators >= 2 || digits >= 10) && letters <= 2*digits && letters <= 24
}

// isReturned tells the codes by which a mail server refuses mail for good: "5.1.1", "550 user unknown".
func isReturned(cell string) bool {
	if len(cell) < 5 || cell[0] != '5' {
		return false
	}
	code, _, _ := strings.Cut(cell, " ")
	if len(code) == 3 {
		return strings.Trim(code, "0123456789") == ""
	}
	parts := strings.Split(code, ".")
	return len(parts) == 3 && len(code) <= 8 && strings.Trim(code, "0123456789.") == "" && parts[0] == "5"
}
