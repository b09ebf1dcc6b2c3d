package optout

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold reduces a text to its words: lower case, without accents, with one blank between two words. A change from small
// to capital letters begins a new word when splitCase is set, as in "emailOptOut".
func fold(text string, splitCase bool) string {
	var b strings.Builder
	b.Grow(len(text))
	gap, before := false, rune(0)
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'' || r == '’' || r == '`': // "can't" is one word
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap, before = true, 0
			continue
		}
		if (gap || splitCase && unicode.IsUpper(r) && unicode.IsLower(before)) && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap, before = false, r
		b.WriteString(letter(r))
	}
	return b.String()
}

// letter is a letter in lower case; those that Unicode does not take apart are written as they are on other keyboards.
func letter(r rune) string {
	switch r = unicode.ToLower(r); r {
	case 'ı':
		return "i"
	case 'ł':
		return "l"
	case 'ø':
		return "o"
	case 'đ', 'ð':
		return "d"
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	}
	return string(r)
}

// joined is folded text without its blanks: "opt in", "opt-in" and "optin" are one.
func joined(folded string) string { return strings.ReplaceAll(folded, " ", "") }
