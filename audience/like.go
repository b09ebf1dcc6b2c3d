package audience

import (
	"strings"
	"unicode"
)

// matches compares a text with a pattern in which any stands for any text and one for one character. escape, if not 0, takes
// the meaning from the character behind it. The work is bounded by the product of the lengths.
func matches(s, pattern []rune, anyText, one, escape rune) bool {
	i, j := 0, 0
	star, resume := -1, 0
	for i < len(s) {
		if j < len(pattern) {
			p, width := pattern[j], 1
			literal := false
			if escape != 0 && p == escape && j+1 < len(pattern) {
				p, width, literal = pattern[j+1], 2, true
			}
			switch {
			case !literal && p == anyText:
				star, resume = j, i
				j++
				continue
			case !literal && p == one, p == s[i]:
				i++
				j += width
				continue
			}
		}
		if star < 0 {
			return false
		}
		resume++
		i, j = resume, star+1
	}
	for j < len(pattern) && pattern[j] == anyText {
		j++
	}
	return j == len(pattern)
}

// folded is a text without its case, for LIKE.
func folded(s string) []rune {
	runes := []rune(s)
	for i, r := range runes {
		if r < 0x80 {
			if r >= 'A' && r <= 'Z' {
				runes[i] = r + 'a' - 'A'
			}
			continue
		}
		runes[i] = unicode.ToLower(r)
	}
	return runes
}

// liker returns the test of a pattern of LIKE or GLOB that is known beforehand.
func liker(name, pattern string, escape rune) func(string) bool {
	if name == "glob" {
		fixed := []rune(pattern)
		return func(s string) bool { return matches(runesOf(s), fixed, '*', '?', 0) }
	}
	fixed := folded(pattern)
	if escape != 0 {
		escape = folded(string(escape))[0]
	}
	if inner, plain := middle(pattern); plain && escape == 0 {
		return func(s string) bool { return strings.Contains(lowered(s), inner) }
	}
	return func(s string) bool { return matches(folded(s), fixed, '%', '_', escape) }
}

func runesOf(s string) []rune { return []rune(s) }

// middle is the text of a pattern '%text%'.
func middle(pattern string) (string, bool) {
	if len(pattern) < 2 || pattern[0] != '%' || pattern[len(pattern)-1] != '%' {
		return "", false
	}
	inner := pattern[1 : len(pattern)-1]
	return lowered(inner), !strings.ContainsAny(inner, "%_")
}

// lowered is a text in lower case, rune by rune as folded.
func lowered(s string) string { return strings.ToLower(s) }
