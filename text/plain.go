package text

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Plain is a value as it was stored, with its line breaks, tabs and blanks, without what steers a terminal, hides or
// reorders text. It is for structured content, where a value cannot be taken for a line of ours. Joiners and variation
// selectors stay: words of Persian and Hindi, and emoji, are others without them.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t', r == '\u200c', r == '\u200d', r >= '\ufe00' && r <= '\ufe0f':
			return r
		case r == utf8.RuneError, isHidden(r), r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, s)
}

// Ellipsis ends a value that was cut.
const Ellipsis = "…"

// CutPlain cuts what Plain gave to limit characters, marking the cut.
func CutPlain(s string, limit int) string {
	runes := 0
	for i := range s {
		if runes == limit {
			return s[:i] + Ellipsis
		}
		runes++
	}
	return s
}

// WasCut reports a value that looks as answers show a longer one: as many characters as they show, and an ellipsis.
func WasCut(s string) bool {
	shown, ends := strings.CutSuffix(s, Ellipsis)
	return ends && slices.Contains([]int{30, 60, MaxValue, 180}, utf8.RuneCountInString(shown))
}

// IsCutOf reports that shown is the beginning of whole as an answer shows it, with an ellipsis for the rest.
func IsCutOf(shown, whole string) bool {
	start, ends := strings.CutSuffix(shown, Ellipsis)
	return ends && start != "" && shown != whole && (strings.HasPrefix(Plain(whole), start) || strings.HasPrefix(Clean(whole), start))
}
