package text

import (
	"strings"
	"sync"
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

// WordSet is a set of words, made at its first use: a start waits for none.
func WordSet(words string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		set := map[string]bool{}
		for word := range strings.FieldsSeq(words) {
			set[word] = true
		}
		return set
	})
}
