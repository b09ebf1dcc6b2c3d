package text

import (
	"strings"
	"unicode"
)

// Letters are the letters and digits of a name in lower case: "E-mail Address" and "email_address" are one.
func Letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
