package where

import (
	"fmt"
	"unicode/utf8"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// listsUnknown is the code of a problem that is not in the expression: who is on which list is not known.
const listsUnknown = fault.UpstreamError

// problem is what is wrong with an expression.
type problem struct {
	at        int // byte in the expression
	what, why string
	code      fault.Code // empty: invalid_input
	// repair is what to write instead of a piece of the expression, where that is beyond doubt.
	repair *repair
}

// repair replaces the bytes of an expression from one place to another.
type repair struct {
	from, to int
	with     string
}

func wrong(at int, format string, args ...any) *problem {
	return &problem{at: at, what: fmt.Sprintf(format, args...)}
}

// because adds what would be right.
func (p *problem) because(why string) *problem {
	p.why = why
	return p
}

// instead adds what is to be written from one place to another.
func (p *problem) instead(from, to int, with string) *problem {
	p.repair = &repair{from, to, with}
	return p
}

// repaired is the expression as the problem would have it.
func (p *problem) repaired(where string) (string, bool) {
	r := p.repair
	if r == nil || r.from < 0 || r.from > r.to || r.to > len(where) {
		return "", false
	}
	return where[:r.from] + r.with + where[r.to:], true
}

// maxRepairs is how many slips of one expression are put right for an error to show.
const maxRepairs = 10

// faultIn is the problem as an agent reads it. Where the whole expression can be put right, it shows it so.
func (p *problem) faultIn(where string, s *Schema) error {
	at := utf8.RuneCountInString(where[:min(p.at, len(where))]) + 1
	code, next := fault.InvalidInput, "Correct the expression and call again."
	switch p.code {
	case fault.Conflict:
		code = p.code
	case listsUnknown:
		code, next = p.code, "Nothing was chosen. Leave lists out of the condition and call again."
	}
	if right, ok := p.putRight(where, s); ok && code == fault.InvalidInput {
		next = "Write " + text.QuoteUpTo(right, shownRight) + " if that is what is meant."
	}
	return fault.New(code, fmt.Sprintf("where, at character %d: %s.", at, p.what), p.why, next)
}

// putRight is the expression with all its slips put right, if it then can be asked.
func (p *problem) putRight(where string, s *Schema) (string, bool) {
	for range maxRepairs {
		var ok bool
		if where, ok = p.repaired(where); !ok || len(where) > shownRight {
			return "", false
		}
		if _, p = s.check(where); p == nil {
			return where, text.Clean(where) == where
		}
	}
	return "", false
}

// shownRight is how long a corrected expression may be, in bytes, to be shown.
const shownRight = 800
