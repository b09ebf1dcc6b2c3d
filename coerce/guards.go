package coerce

import "strings"

// Unguarded takes off what keeps a spreadsheet program from changing a value: ="01234", a leading apostrophe, and a link
// around an address. Other formulas stay as they are.
func Unguarded(cell string) (string, bool) {
	if len(cell) < 2 {
		return cell, false
	}
	switch cell[0] {
	case '\'': // 's-Hertogenbosch has its own
		if c := cell[1]; isDigit(c) || strings.IndexByte("+-=@(", c) >= 0 {
			return cell[1:], true
		}
	case '=':
		if inside, is := quotedWhole(cell[1:]); is {
			return inside, true
		}
		return linked(cell)
	}
	return cell, false
}

// quotedWhole is a text between double quotes, from its beginning to its end.
func quotedWhole(s string) (inside string, is bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	inside = s[1 : len(s)-1]
	if strings.Contains(strings.ReplaceAll(inside, `""`, ""), `"`) {
		return "", false
	}
	return strings.ReplaceAll(inside, `""`, `"`), true
}

// linked is what =HYPERLINK("mailto:a@b","a@b") shows.
func linked(cell string) (string, bool) {
	const call = "=HYPERLINK("
	if len(cell) <= len(call) || !strings.EqualFold(cell[:len(call)], call) || cell[len(cell)-1] != ')' {
		return cell, false
	}
	arguments := cell[len(call) : len(cell)-1]
	for i := 1; i < len(arguments)-1; i++ {
		if arguments[i] != ',' && arguments[i] != ';' {
			continue
		}
		if _, isLink := quotedWhole(strings.TrimSpace(arguments[:i])); !isLink {
			continue
		}
		shown, is := quotedWhole(strings.TrimSpace(arguments[i+1:]))
		return shown, is
	}
	link, is := quotedWhole(strings.TrimSpace(arguments))
	return strings.TrimPrefix(link, "mailto:"), is
}
