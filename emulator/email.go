package emulator

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxEmail = 254

// emailProblem returns the API's message for an address it refuses, "" for a good one. The messages are in the spec;
// where exactly the real API draws the line is unknown. Surrounding spaces are refused, not trimmed.
func emailProblem(email string) string {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || len(email) > maxEmail || !utf8.ValidString(email) || !dotted(local, localRune) || !dotted(domain, domainRune) {
		return "is invalid"
	}
	dot := strings.LastIndexByte(domain, '.')
	if dot < 0 {
		return "is invalid"
	}
	if utf8.RuneCountInString(domain[dot+1:]) < 2 {
		return "top level domain is too short"
	}
	return ""
}

// dotted reports whether s is a row of non-empty parts, with a dot between each two, made of allowed characters.
func dotted(s string, allowed func(rune) bool) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !allowed(r) }) {
			return false
		}
	}
	return true
}

func localRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

func domainRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '-'
}
