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
	if !isASCII(text) {
		text = norm.NFKD.String(text)
	}
	for _, r := range text {
		switch {
		case r == '\'' || r == '’' || r == '`', r >= 0x300 && unicode.Is(unicode.Mn, r): // "can't" is one word
			continue
		case !isLetterOrDigit(r):
			gap, before = true, 0
			continue
		}
		if (gap || splitCase && unicode.IsUpper(r) && unicode.IsLower(before)) && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap, before = false, r
		if r < 0x80 {
			b.WriteByte(byte(unicode.ToLower(r)))
		} else {
			b.WriteString(letter(r))
		}
	}
	return b.String()
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

func isLetterOrDigit(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
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

// spelledOut is a word with the letters by which German and Nordic vowels are written where the keyboard lacks them.
var spelledOut = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ø", "oe", "å", "aa")

// joined is folded text without its blanks: "opt in", "opt-in" and "optin" are one.
func joined(folded string) string { return strings.ReplaceAll(folded, " ", "") }

// united writes as one word what headers and cells have in one or two: "e-mail", "opt in", "un-subscribed", "black list";
// and as three what programs write as one: "donotemail".
func united(words []string) []string {
	apart := make([]string, 0, len(words)+2)
	for i := 0; i < len(words); i++ {
		if i+1 < len(words) && belongTogether(words[i], words[i+1]) {
			apart = append(apart, words[i]+words[i+1])
			i++
			continue
		}
		if verb, forbids := strings.CutPrefix(words[i], "donot"); forbids && verb != "" {
			apart = append(apart, "do", "not", verb)
			continue
		}
		apart = append(apart, words[i])
	}
	return apart
}

func belongTogether(first, second string) bool {
	begins := func(parts ...string) bool {
		for _, part := range parts {
			if strings.HasPrefix(second, part) {
				return true
			}
		}
		return false
	}
	switch first {
	case "e":
		return begins("mail", "post", "blast", "bult", "ileti", "lett")
	case "opt", "opted", "opts", "opting":
		return begins("in", "out")
	case "un":
		return begins("sub", "mail", "email")
	case "news":
		return begins("letter")
	case "black", "block", "deny":
		return begins("list")
	case "on":
		return second == "hold"
	case "you":
		return second == "tube"
	case "whats":
		return second == "app"
	}
	return false
}
