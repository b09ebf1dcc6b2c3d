// Package text makes values that come from outside safe to show.
//
// Contacts' values are written by strangers. Here they lose what could hide or forge text, are cut to a length, and
// are quoted, so that in a tool's answer they always read as data. Addresses are masked here for logs.
package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxValue is how many characters of one value are shown; the rest is counted, not shown.
const MaxValue = 120

// Clean removes what a reader cannot see or what reorders what they see: control characters, zero-width and
// bidirectional marks, tag characters, and invalid UTF-8. Line breaks and tabs become single spaces.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	pendingSpace := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			pendingSpace = b.Len() > 0
			continue
		case r == utf8.RuneError, isHidden(r):
			continue
		}
		if pendingSpace {
			b.WriteByte(' ')
			pendingSpace = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isPlain(s string) bool {
	spaceBefore := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f || s[i] == ' ' && spaceBefore {
			return false
		}
		spaceBefore = s[i] == ' '
	}
	return !spaceBefore || s == ""
}

// isHidden covers Cc, Cf (zero-width, bidirectional, tag characters), Co, Cs, and the invisible characters that
// Unicode classes elsewhere: fillers, variation selectors, the combining grapheme joiner.
func isHidden(r rune) bool {
	if unicode.In(r, unicode.C, unicode.Variation_Selector) {
		return true
	}
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u2800', '\u3164', '\uffa0':
		return true
	}
	return false
}

// Clip cleans s and cuts it to limit characters, marking the cut with an ellipsis.
func Clip(s string, limit int) string {
	// A character is at most four bytes and cleaning never lengthens, so a huge value is not walked whole.
	cut := false
	if len(s) > 8*limit {
		s, cut = s[:8*limit], true
	}
	s = Clean(s)
	runes := 0
	for i := range s {
		if runes == limit {
			return s[:i] + "…"
		}
		runes++
	}
	if cut {
		return s + "…"
	}
	return s
}

// Quote shows an untrusted string as a quoted, clipped literal on one line.
func Quote(s string) string {
	return quoteClean(Clip(s, MaxValue))
}

func quoteClean(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// Value shows a JSON value (string, number, boolean, nil) as a literal; anything else by its kind.
func Value(v any) string {
	switch v := v.(type) {
	case nil:
		return "empty"
	case string:
		return Quote(v)
	case bool:
		return strconv.FormatBool(v)
	case interface{ String() string }: // json.Number
		return Clip(v.String(), 40)
	case int64:
		return strconv.FormatInt(v, 10)
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	default:
		return "a value"
	}
}
