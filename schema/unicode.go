package schema

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// notText is a finding about a string, or a name, that is no text: half of a surrogate pair, broken UTF-8, or a NUL.
//
// Go's decoder makes U+FFFD of the first two, which would be stored as if it had been meant. So they are marked as NUL
// before the decoder sees them, and every NUL is refused: what a client cannot say, and what no store keeps.
type notText struct{}

const marked = `\u0000`

// markBroken replaces everything in the text of a JSON value that is not valid Unicode by an escaped NUL.
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

// notTexts finds the strings and names in value that are not text.
func notTexts(value any, at []string, findings []finding) []finding {
	switch value := value.(type) {
	case string:
		if strings.ContainsRune(value, 0) {
			findings = append(findings, finding{at, notText{}})
		}
	case []any:
		for i, item := range value {
			findings = notTexts(item, below(at, strconv.Itoa(i)), findings)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if strings.ContainsRune(name, 0) {
				findings = append(findings, finding{below(at, name), notText{}})
				continue
			}
			findings = notTexts(value[name], below(at, name), findings)
		}
	}
	return findings
}
