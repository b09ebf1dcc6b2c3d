package text

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErasedAddress stands where the address of an erased person stood. Nobody can have it.
const ErasedAddress = "erased@erased.invalid"

// WithoutAddress is a text with ErasedAddress for an address, however it is capitalised, and for the beginning of it where
// the text was shortened within it. A longer address that contains it is somebody else's, and stays.
func WithoutAddress(s, address string) string {
	if address == "" {
		return s
	}
	var kept strings.Builder
	from := 0
	for at := range s {
		if at < from || startsWithin(s[:at]) {
			continue
		}
		if end := endOf(s, at, address); end > 0 {
			kept.WriteString(s[from:at] + ErasedAddress)
			from = end
		}
	}
	return kept.String() + s[from:]
}

// endOf is where the address ends that begins at a place of a text, or what a text that was shortened has of it; 0 where
// another begins there.
func endOf(s string, at int, address string) int {
	if end := at + len(address); end <= len(s) && strings.EqualFold(s[at:end], address) && !goesOn(s[end:]) {
		return end
	}
	part, _, cut := strings.Cut(s[at:min(len(s), at+len(address)+len("…"))], "…")
	if cut && len(part) >= len(AddressStart(address)) && len(part) <= len(address) && strings.EqualFold(part, address[:len(part)]) {
		return at + len(part)
	}
	return 0
}

// AddressStart is the beginning of an address that tells whose it is: a text that was shortened behind it names its person
// still. It is in whatever is left of an address.
func AddressStart(address string) string {
	const telling = 8
	end := strings.LastIndexByte(address, '@') + 1
	for i := range address {
		if i >= telling && i < end {
			return address[:i]
		}
	}
	return address[:cmp.Or(end, len(address))]
}

// startsWithin reports that what stands behind a text is within an address that the text has begun.
func startsWithin(before string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	return ofAddress(last) || last == '.'
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
