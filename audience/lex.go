package audience

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// A where-query is a boolean expression as SQL has it. It is read, checked and evaluated here, and never becomes SQL: no
// text that an agent wrote reaches the database.

// Bounds of an expression.
const (
	maxWhere = 8 << 10  // bytes
	maxDepth = 60       // how deep it may be nested
	maxMade  = 16 << 10 // bytes of a text that functions make
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

// token is a piece of an expression; at is where it begins, in bytes.
type token struct {
	kind tokenKind
	text string // without quotes
	at   int
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

// problem is what is wrong with an expression.
type problem struct {
	at        int // byte in the expression
	what, why string
}

func (p *problem) Error() string { return p.what }

func wrong(at int, format string, args ...any) *problem {
	return &problem{at: at, what: fmt.Sprintf(format, args...)}
}

// because adds what would be right.
func (p *problem) because(why string) *problem {
	p.why = why
	return p
}

// faultIn is the problem as an agent reads it.
func (p *problem) faultIn(where string) error {
	at := utf8.RuneCountInString(where[:min(p.at, len(where))]) + 1
	return fault.New(fault.InvalidInput, fmt.Sprintf("where, at character %d: %s.", at, p.what), p.why,
		"Correct the expression and call again.")
}

// lex takes an expression apart.
func lex(where string) ([]token, error) {
	if len(where) > maxWhere {
		return nil, wrong(0, "the expression is longer than %s", text.Count(maxWhere, "byte")).because("For many addresses, choose the contacts by a file or a list instead.")
	}
	if !utf8.ValidString(where) {
		return nil, wrong(0, "the expression is no valid UTF-8")
	}
	var tokens []token
	for at := 0; ; {
		t, next, err := scan(where, at)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.kind == end {
			return tokens, nil
		}
		at = next
	}
}

func scan(s string, at int) (token, int, error) {
	for at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		if !unicode.IsSpace(r) {
			break
		}
		at += size
	}
	if at == len(s) {
		return token{kind: end, at: at}, at, nil
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
		stop := at
		for stop < len(s) {
			r, size := utf8.DecodeRuneInString(s[stop:])
			if !isWordRune(r) && !isDigit(r) {
				break
			}
			stop += size
		}
		return token{word, s[at:stop], at}, stop, nil
	}
	return scanSymbol(s, at)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isWordRune(r rune) bool {
	return r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.N) && !isDigit(r)
}

// scanQuoted reads up to the closing quote; a doubled one stands for itself.
func scanQuoted(s string, at int, open, closing byte, kind tokenKind) (token, int, error) {
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
		return token{kind, b.String(), at}, i + 1, nil
	}
	return token{}, 0, wrong(at, "the %s that opens here is not closed", map[tokenKind]string{str: "text", quoted: "name"}[kind]).
		because("A text stands between single quotes, and a quote in it is doubled: 'O''Brien'.")
}

func scanNumber(s string, at int) (token, int, error) {
	stop := at
	for stop < len(s) {
		c := s[stop]
		exponent := (c == 'e' || c == 'E') && stop > at && s[at] != '.' || (c == '+' || c == '-') && stop > at && (s[stop-1] == 'e' || s[stop-1] == 'E')
		if !isDigit(rune(c)) && c != '.' && !exponent {
			break
		}
		stop++
	}
	if stop < len(s) {
		if r, _ := utf8.DecodeRuneInString(s[stop:]); isWordRune(r) {
			return token{}, 0, wrong(at, "%s is neither a number nor a name", text.Quote(s[at:min(stop+10, len(s))])).
				because(`A name that begins with a digit stands between double quotes: "2nd_name".`)
		}
	}
	t := token{num, s[at:stop], at}
	if v := ofText(t.text).numeric(); v.kind == textual {
		return token{}, 0, wrong(at, "%s is no number", text.Quote(t.text))
	}
	return t, stop, nil
}

var symbols = []string{"<>", "<=", ">=", "!=", "==", "||", "(", ")", ",", "=", "<", ">", "+", "-", "*", "/", "%"}

func scanSymbol(s string, at int) (token, int, error) {
	switch rest := s[at:]; {
	case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "/*"):
		return token{}, 0, wrong(at, "comments are not admitted")
	case rest[0] == ';':
		return token{}, 0, wrong(at, "a semicolon is not admitted").because("The expression is one condition and no statement.")
	case strings.ContainsRune("?:@$#", rune(rest[0])):
		return token{}, 0, wrong(at, "%s is not admitted", text.Quote(rest[:1])).because("There are no parameters; write the value itself.")
	default:
		for _, known := range symbols {
			if strings.HasPrefix(rest, known) {
				return token{symbol, known, at}, at + len(known), nil
			}
		}
		r, _ := utf8.DecodeRuneInString(rest)
		return token{}, 0, wrong(at, "%s means nothing here", text.Quote(string(r)))
	}
}
