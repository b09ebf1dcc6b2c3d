// Package exports says what is an export of Mailtrap's and what is not, and which of its columns is what.
//
// How a real export is headed is not documented, and what comes instead of one (a page, an error message, nothing) looks
// like an empty account to whoever only counts rows. So there is one way to read an export, and all who read or count one
// go through it.
package exports

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Bounds of an export, as contact files have them: what is kept of it at a time stays small, whatever it holds.
const (
	MaxRow     = 1 << 20 // bytes
	MaxCell    = 64 << 10
	MaxColumns = 250 // an account has at most 40 fields
	maxAddress = 320 // bytes: more than any address has
	sniffed    = 4 << 10
)

// Reader reads an export row by row.
type Reader struct {
	Header []string // as it is written, without a byte order mark

	rows    *csv.Reader
	from    *bounded
	address int // the column of addresses
	read    int
}

// Read reads the header of an export. Pages, messages in XML or JSON, an empty file and a table without a column of
// addresses are no export: then the error says so, and nothing is known of how many contacts there are.
func Read(from io.Reader) (*Reader, error) {
	bound := &bounded{from: from, allowed: MaxRow}
	buffered := bufio.NewReaderSize(bound, sniffed)
	start, err := buffered.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, broken(err)
	}
	start = bytes.TrimPrefix(start, []byte("\ufeff"))
	if why := noTable(start); why != "" {
		return nil, none(why)
	}
	r := &Reader{from: bound, rows: csv.NewReader(buffered)}
	r.rows.FieldsPerRecord, r.rows.ReuseRecord, r.rows.Comma = -1, true, separator(start)
	header, err := r.rows.Read()
	if err != nil {
		return nil, broken(err)
	}
	r.Header = slices.Clone(header)
	r.Header[0] = strings.TrimPrefix(r.Header[0], "\ufeff")
	if len(r.Header) > MaxColumns {
		return nil, none("It has " + text.Number(len(r.Header)) + " columns, and an account has at most 40 fields.")
	}
	for _, name := range r.Header {
		if !utf8.ValidString(name) || strings.ContainsRune(name, 0) || len(name) > MaxCell {
			return nil, none("It is not a table of text.")
		}
	}
	if r.address = addresses(r.Header); r.address < 0 {
		return nil, none("Its header has no column of addresses: " + text.Listing(text.Words(r.Header[:min(len(r.Header), 20)], 40), 20) + ".")
	}
	return r, nil
}

// noTable says what a file is that is certainly no table; empty where it may be one.
func noTable(start []byte) string {
	trimmed := bytes.TrimSpace(start)
	switch {
	case len(trimmed) == 0:
		return "It is empty: not even a header came."
	case trimmed[0] == '<':
		if _, after, found := bytes.Cut(trimmed, []byte("<Code>")); found {
			code, _, _ := bytes.Cut(after, []byte("</Code>"))
			return "Its host sent an error message instead: " + text.QuoteUpTo(string(code), 60) + "."
		}
		return "A web page or a message in XML came instead."
	case trimmed[0] == '{', trimmed[0] == '[' && (len(trimmed) == 1 || bytes.ContainsAny(trimmed[1:2], "{[]\"\r\n \t")):
		return "JSON came instead."
	}
	return ""
}

// separator is a comma, unless the header has none and is a table with another one.
func separator(start []byte) rune {
	counts, quoted := map[byte]int{}, false
scan:
	for _, c := range start {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			break scan
		default:
			counts[c]++
		}
	}
	if counts[','] == 0 && counts[';'] > 0 {
		return ';'
	}
	if counts[','] == 0 && counts['\t'] > 0 {
		return '\t'
	}
	return ','
}

// Next is the next contact's row, valid until the one after it; io.EOF at the end. It may be shorter than the header. A row
// without an address, or with more cells than the header, shows that the file cannot be relied on.
func (r *Reader) Next() ([]string, error) {
	r.from.allowed = r.rows.InputOffset() + MaxRow
	row, err := r.rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, broken(err)
	}
	r.read++
	switch {
	case len(row) > len(r.Header):
		return nil, none("Its row " + text.Number(r.read) + " has more cells than the header.")
	case len(row) < len(r.Header) && r.from.last != '\n' && r.from.ended:
		return nil, none("It ends in the middle of a row.")
	case len(row) <= r.address || !isAddress(strings.TrimSpace(row[r.address])):
		return nil, none("Its row " + text.Number(r.read) + " has no address.")
	}
	for _, cell := range row {
		if len(cell) > MaxCell {
			return nil, none("A cell of its row " + text.Number(r.read) + " has more than " + text.Number(MaxCell) + " bytes.")
		}
	}
	return row, nil
}

// Address is the address of a row, as Mailtrap keeps them: in lower case.
func (r *Reader) Address(row []string) string {
	return strings.ToLower(strings.TrimSpace(row[r.address]))
}

// isAddress reports whether something may be an address. Mailtrap judges addresses; this judges files.
func isAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && len(s) <= maxAddress && !strings.ContainsAny(s, " \t\r\n<>{}\x00")
}

// bounded hands out no more than is allowed, so that one endless row cannot fill the memory.
type bounded struct {
	from            io.Reader
	handed, allowed int64
	last            byte
	ended           bool
}

var errTooLong = errors.New("a row is too long")

func (b *bounded) Read(p []byte) (int, error) {
	if b.handed > b.allowed {
		return 0, errTooLong
	}
	n, err := b.from.Read(p)
	b.handed += int64(n)
	if n > 0 {
		b.last = p[n-1]
	}
	b.ended = b.ended || errors.Is(err, io.EOF)
	return n, err
}

// ErrNone is the cause where something came that is no export. Fetching it again brings the same.
var ErrNone = errors.New("what came is no export")

// Empty is the error of whoever cannot believe an export that names nobody.
func Empty(why string) error { return none("It has a header only. " + why) }

func none(why string) error {
	return fault.New(fault.UpstreamError, "What Mailtrap sent as its export cannot be read.",
		why+" How many contacts there are is therefore not known.",
		"Try again in a minute; if it fails again, tell the operator.").Because(ErrNone)
}

func broken(err error) error {
	var asFault *fault.Error
	var malformed *csv.ParseError
	switch {
	case errors.As(err, &asFault), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errTooLong):
		return none("One of its rows has more than " + text.Number(MaxRow) + " bytes.")
	case errors.As(err, &malformed):
		return none("It is not CSV from line " + text.Number(malformed.Line) + " on.")
	}
	return fault.New(fault.UpstreamError, "What Mailtrap sent as its export cannot be read.", "It broke off.",
		"Try again in a minute; if it fails again, tell the operator.").Because(err)
}
