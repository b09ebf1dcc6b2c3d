package where

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mailtrap-contacts-mcp/text"
)

// Bounds of an expression.
const (
	MaxLength = 8 << 10  // bytes
	maxDepth  = 60       // how deep it may be nested
	maxMade   = 16 << 10 // bytes of a text that replace() and || make
)

type tokenKind uint8

const (
	end    tokenKind = iota
	word             // a bare name or keyword
	quoted           // "a name"
	str              // 'text'
	num
	symbol
)

// token is a piece of an expression, from one byte to another.
type token struct {
	kind   tokenKind
	text   string // without quotes
	at, to int
}

// is tells a keyword or a symbol, in whatever case.
func (t token) is(keyword string) bool {
	return (t.kind == word || t.kind == symbol) && strings.EqualFold(t.text, keyword)
}

// shown is the token as an error names it.
func (t token) shown() string {
	switch t.kind {
	case end:
		return "the end"
	case str:
		return "the text " + text.Quote(t.text)
	}
	return text.Quote(t.text)
}

// lex takes an expression apart.
func lex(where string) ([]token, *problem) {
	if len(where) > MaxLength {
		return nil, wrong(0, "the expression is longer than %s", text.Count(MaxLength, "byte")).
			because("For many addresses, choose the contacts by a file or a list instead.")
	}
	if !utf8.ValidString(where) {
		return nil, wrong(0, "the expression is not valid UTF-8")
	}
	var tokens []token
	for at := 0; ; {
		t, err := scan(where, at)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.kind == end {
			return tokens, nil
		}
		at = t.to
	}
}

// scan reads the token at a place.
func scan(s string, at int) (token, *problem) {
	for at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		if !unicode.IsSpace(r) {
			break
		}
		at += size
	}
	if at == len(s) {
		return token{kind: end, at: at, to: at}, nil
	}
	r, _ := utf8.DecodeRuneInString(s[at:])
	switch {
	case r == '\'':
		return scanQuoted(s, at, '\'', '\'', str)
	case r == '"' || r == '`':
		return scanQuoted(s, at, byte(r), byte(r), quoted)
	case r == '[':
		return scanQuoted(s, at, '[', ']', quoted)
	case isDigit(r), r == '.' && at+1 < len(s) && isDigit(rune(s[at+1])):
		return scanNumber(s, at)
	case isWordRune(r):
		return scanWord(s, at)
	}
	return scanSymbol(s, at)
}

// scanWord reads a bare name. field:status is one as results show it.
func scanWord(s string, at int) (token, *problem) {
	stop := at + wordLength(s[at:])
	if rest, is := strings.CutPrefix(s[stop:], ":"); is && strings.EqualFold(s[at:stop], "field") {
		if n := wordLength(rest); n > 0 {
			stop += 1 + n
			return token{quoted, s[at:stop], at, stop}, nil
		}
	}
	return token{word, s[at:stop], at, stop}, nil
}

func wordLength(s string) int {
	for i, r := range s {
		if !isWordRune(r) && !isDigit(r) {
			return i
		}
	}
	return len(s)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isWordRune(r rune) bool {
	return r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.N) && !isDigit(r)
}

// scanQuoted reads up to the closing quote; two of them stand for one.
func scanQuoted(s string, at int, open, closing byte, kind tokenKind) (token, *problem) {
	var b strings.Builder
	for i := at + 1; i < len(s); i++ {
		if s[i] != closing {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == closing && open == closing {
			b.WriteByte(closing)
			i++
			continue
		}
		return token{kind, b.String(), at, i + 1}, nil
	}
	return token{}, wrong(at, "the %s that opens here is not closed", map[tokenKind]string{str: "text", quoted: "name"}[kind]).
		because("A text stands between single quotes, and a quote in it is doubled: 'O''Brien'.")
}

func scanNumber(s string, at int) (token, *problem) {
	stop := at
	for stop < len(s) {
		c := s[stop]
		exponent := (c == 'e' || c == 'E') && stop > at && s[at] != '.' ||
			(c == '+' || c == '-') && stop > at && (s[stop-1] == 'e' || s[stop-1] == 'E')
		if !isDigit(rune(c)) && c != '.' && !exponent {
			break
		}
		stop++
	}
	if stop < len(s) {
		if r, _ := utf8.DecodeRuneInString(s[stop:]); isWordRune(r) {
			return token{}, wrong(at, "%s is neither a number nor a name", text.Quote(s[at:min(stop+10, len(s))])).
				because(`A name that begins with a digit stands between double quotes: "2nd_name".`)
		}
	}
	if numeric(s[at:stop]) == nil {
		return token{}, wrong(at, "%s is not a number", text.Quote(s[at:stop]))
	}
	return token{num, s[at:stop], at, stop}, nil
}

var symbols = []string{"<>", "<=", ">=", "!=", "==", "||", "(", ")", ",", "=", "<", ">", "+", "-", "*", "/", "%"}

func scanSymbol(s string, at int) (token, *problem) {
	rest := s[at:]
	if p := foreign(s, at); p != nil {
		return token{}, p
	}
	switch {
	case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "/*"):
		return token{}, wrong(at, "comments are not allowed")
	case rest[0] == ';':
		return token{}, wrong(at, "a semicolon is not allowed").because("The expression is one condition, not a statement.")
	case strings.ContainsRune("?:@$#", rune(rest[0])):
		return token{}, wrong(at, "%s is not allowed", text.Quote(rest[:1])).
			because("Parameters are not supported; write the value itself.")
	}
	for _, known := range symbols {
		if strings.HasPrefix(rest, known) {
			return token{symbol, known, at, at + len(known)}, nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return token{}, wrong(at, "%s means nothing here", text.Quote(string(r)))
}
