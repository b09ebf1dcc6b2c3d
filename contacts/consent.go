package contacts

import (
	"unicode"

	"mailtrap-contacts-mcp/text"
)

// SaidConsent is what a caller says of how a person agreed to get mail again, as it is shown and journalled. It is empty
// when that holds no word: invisible characters, a full stop or a single letter say nothing.
func SaidConsent(given string) string {
	cleaned := text.Clean(given)
	letters := 0
	for _, r := range cleaned {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			return cleaned // one of them can be a word
		case unicode.IsLetter(r), letters > 0 && unicode.Is(unicode.Mc, r): // a vowel, where scripts write it as a mark
			if letters++; letters == 2 {
				return cleaned
			}
		case !unicode.IsMark(r):
			letters = 0
		}
	}
	return ""
}
