package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPath is how much of a path is shown; systems take about as much.
const maxPath = 4096

// IsOneLine reports whether a reader sees all of s, in its order and on one line: no control, invisible or
// direction-changing character is in it, no line break, and no broken UTF-8.
func IsOneLine(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r == utf8.RuneError || isHidden(r) || unicode.In(r, unicode.Zl, unicode.Zp)
	})
}

// Path shows the path of a file: as it is, so that it can be used, unless something is hidden in it.
func Path(s string) string {
	if IsOneLine(s) {
		return s
	}
	return QuoteUpTo(s, maxPath)
}

// Paths are Path of each.
func Paths(paths []string) []string {
	shown := make([]string, len(paths))
	for i, path := range paths {
		shown[i] = Path(path)
	}
	return shown
}

// Terminal makes a text of several lines safe to print: what could steer a terminal or reorder a line is left out.
func Terminal(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (isHidden(r) || unicode.In(r, unicode.Zl, unicode.Zp)) {
			return -1
		}
		return r
	}, s)
}
