package schema

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const marked = `\u0000`

// markBroken replaces everything in the text of a JSON value that is not valid Unicode by an escaped NUL. Go's decoder makes
// U+FFFD of half a surrogate pair and of broken UTF-8, which would be stored as if it had been meant. So they are marked before
// the decoder sees them, and every NUL is refused: what a client cannot say, and what no store keeps.
func markBroken(raw []byte) []byte {
	if utf8.Valid(raw) && !bytes.Contains(raw, []byte(`\ud`)) && !bytes.Contains(raw, []byte(`\uD`)) {
		return raw
	}
	var out bytes.Buffer
	for i := 0; i < len(raw); {
		size, sound := unit(raw[i:])
		if sound {
			out.Write(raw[i : i+size])
		} else {
			out.WriteString(marked)
		}
		i += size
	}
	return out.Bytes()
}

// unit measures what raw begins with: a character, or an escape, or two escapes that are one character.
func unit(raw []byte) (size int, sound bool) {
	if raw[0] != '\\' {
		r, size := utf8.DecodeRune(raw)
		return size, r != utf8.RuneError || size > 1
	}
	first, escaped := escapedUnit(raw)
	switch {
	case !escaped:
		return min(2, len(raw)), true
	case !utf16.IsSurrogate(first):
		return 6, true
	}
	if second, escaped := escapedUnit(raw[6:]); escaped && utf16.DecodeRune(first, second) != utf8.RuneError {
		return 12, true
	}
	return 6, false
}

// escapedUnit reads an escape of the form \u1234.
func escapedUnit(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	value, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(value), err == nil
}
