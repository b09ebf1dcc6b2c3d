package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErasedAddress stands where the address of an erased person stood. Nobody can have it.
const ErasedAddress = "erased@erased.invalid"

// WithoutAddress is a text with ErasedAddress for an address, however it is capitalised. A longer address that contains it is
// somebody else's, and stays.
func WithoutAddress(s, address string) string {
	if address == "" || len(s) < len(address) {
		return s
	}
	var kept strings.Builder
	for from := 0; ; {
		at := from
		for ; at+len(address) <= len(s) && !strings.EqualFold(s[at:at+len(address)], address); at++ {
			continue
		}
		end := at + len(address)
		if end > len(s) {
			return kept.String() + s[from:]
		}
		before, _ := utf8.DecodeLastRuneInString(s[:at])
		if ofAddress(before) || before == '.' || goesOn(s[end:]) {
			kept.WriteString(s[from:end])
		} else {
			kept.WriteString(s[from:at] + ErasedAddress)
		}
		from = end
	}
}

// goesOn reports that an address does not end before this text.
func goesOn(rest string) bool {
	next, size := utf8.DecodeRuneInString(rest)
	if next == '.' || next == '-' {
		next, _ = utf8.DecodeRuneInString(rest[size:])
	}
	return unicode.IsLetter(next) || unicode.IsDigit(next)
}

func ofAddress(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_+-", r))
}
