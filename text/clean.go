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
func Quote(s string) string { return QuoteUpTo(s, MaxValue) }

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// QuoteUpTo is Quote for what is longer than a value, such as a message.
func QuoteUpTo(s string, limit int) string {
	return `"` + quoting.Replace(Clip(s, limit)) + `"`
}

// Word shows an untrusted string that is one harmless word, such as an address or a merge tag, as it is, and quotes any
// other: what has blanks, brackets or quotes could read as a sentence, a link or a line of ours.
func Word(s string, limit int) string {
	clipped := Clip(s, limit)
	if clipped == "" || strings.ContainsFunc(strings.TrimSuffix(clipped, "…"), isNoWord) {
		return QuoteUpTo(s, limit)
	}
	return clipped
}

func isNoWord(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("@._+-'#%&/=?^{|}~!$*", r)
}

// Words are Word of each.
func Words(items []string, limit int) []string {
	shown := make([]string, len(items))
	for i, item := range items {
		shown[i] = Word(item, limit)
	}
	return shown
}

// ClipProse is Clip for a text in which values stand quoted: a value that is cut is closed, so that what comes after
// does not read as part of it, nor it as part of the text.
func ClipProse(s string, limit int) string {
	return CloseQuote(Clip(s, limit))
}

// Quotes is Quote for several values, each clipped to limit.
func Quotes(items []string, limit int) []string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = QuoteUpTo(item, limit)
	}
	return quoted
}

// CloseQuote closes the quoted value in which a text that was cut ends, if it does.
func CloseQuote(s string) string {
	quoted, escaped := false, false
	for _, r := range s {
		switch {
		case escaped:
			escaped = false
			if r == '…' { // half of an escape is left
				s = strings.TrimSuffix(s, `\…`) + "…"
			}
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		}
	}
	if escaped {
		s = strings.TrimSuffix(s, `\`)
	}
	if quoted {
		return s + `"`
	}
	return s
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
