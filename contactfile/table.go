package contactfile

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/charset"
)

// table reads the rows of delimited text. It follows RFC 4180 as encoding/csv does, with five differences, for which it
// stands here:
//
//   - Where quotes do not enclose the whole of a cell, as in `"Acme" Inc`, the cell is what is written there, quotes
//     included, up to the next delimiter. encoding/csv fails, or in its lenient mode reads on to the next quote that fits and
//     takes whole rows into the cell.
//   - Quotes within a quoted cell may be escaped with a backslash, where that makes the row fit the table and nothing else does.
//   - A quote that is never closed is an error that names its line; one that takes in rows of the table makes them rows with
//     a problem.
//   - Line breaks are LF, CRLF or CR.
//   - A row is held to its limits while it is read, not after.
type table struct {
	w          *window
	limits     Limits
	delimiter  byte
	terminator byte  // '\n', or '\r' in files of old Macs
	line       int   // the next row begins on
	columns    int   // of the table, as far as they are known
	addresses  []int // the columns in which addresses stand
	ended      bool  // the row that was read last has a line break behind it
	kept       strings.Builder
	cells      []string
	parts      []byte // the cells of a row with quotes, one behind the other
	ends       []int  // where each of them ends
	quoted     []int  // where each cell in quotes begins in the row, and where it ends
	backslash  bool   // quotes are escaped so
	stray      bool   // a quote of the row encloses no cell
	written    string // the row as it stands in the file, where the number of columns may change how it is read
	broken     []Row  // rows that a quote took in
}

// openTable reads the beginning of a text for what separates its lines and cells.
func openTable(w *window, options Options, about *Description) (*table, error) {
	t := &table{w: w, limits: options.Limits, line: 1}
	var err error
	if t.delimiter, err = delimiterNamed(options.Delimiter); err != nil {
		return nil, err
	}
	for !w.eof && !bytes.ContainsAny(w.bytes(), "\r\n") {
		if err := w.more(); errors.Is(err, errWindowFull) {
			break // reading the header says what is wrong with it
		} else if err != nil {
			return nil, err
		}
	}
	if charset.IsBinary(w.bytes()) {
		return nil, notReadable("It is not text.", readableFormats)
	}
	t.terminator = terminatorOf(w.bytes())
	declared := t.passDeclaration()
	if t.delimiter == 0 {
		t.delimiter = declared
	}
	if t.delimiter == 0 {
		t.delimiter = sniff(w.bytes(), w.eof, t.terminator, len(options.Columns))
	}
	about.Format, about.Delimiter = CSV, string(t.delimiter)
	if t.delimiter == '\t' {
		about.Format = TSV
	}
	return t, nil
}

func (t *table) settle(count int, addresses []int, ahead []Row) []Row {
	t.columns, t.addresses = count, addresses
	t.cells = slices.Grow(t.cells[:0], count)
	settled := make([]Row, 0, len(ahead))
	for _, row := range ahead {
		settled = append(settled, t.again(row)...)
	}
	return settled
}

func (t *table) close() error { return nil }

// read returns the next row that is not blank.
func (t *table) read() (Row, error) {
	for blank := false; ; blank = true {
		if len(t.broken) > 0 {
			row := t.broken[0]
			t.broken = t.broken[1:]
			return row, nil
		}
		line, err := t.next()
		if err != nil {
			return Row{}, err
		}
		if len(t.broken) == 0 && !isBlank(t.cells) {
			return Row{Line: line, Cells: t.cells, afterBlank: blank, ended: t.ended, written: t.written}, nil
		}
	}
}

// next reads the next row into t.cells, or those that a quote took in into t.broken.
func (t *table) next() (line int, err error) {
	for line, t.written = t.line, ""; ; {
		length, err := t.row(t.w.bytes())
		var open openQuote
		switch {
		case errors.Is(err, errCut):
			if err := t.w.more(); errors.Is(err, errWindowFull) {
				return 0, t.endless(line)
			} else if err != nil {
				return 0, err
			}
			continue
		case errors.As(err, &open):
			return 0, t.unclosed(open, "the rest of the file")
		case err != nil:
			return 0, err
		case length > t.limits.Record:
			return 0, tooLong(line, t.limits.Record)
		}
		row := t.w.bytes()[:length]
		if !utf8.Valid(row) {
			return 0, invalidAt(line + bytes.Count(row[:validStart(row)], []byte{t.terminator}))
		}
		t.ended = row[length-1] == t.terminator
		lines := bytes.Count(row, []byte{t.terminator})
		switch {
		case t.columns == 0 && (lines > 1 || bytes.Contains(row, []byte(`\"`))):
			t.written = string(row)
		case lines > 1 && t.swallows(string(row)):
			t.breakUp(string(row))
		}
		t.line += lines
		t.w.pass(length)
		return line, nil
	}
}

// keptTogether is how much of the rows is kept in one piece: of millions each would be an object of its own.
const keptTogether = 16 << 10

// keep is a row as a text that stays when the window moves on.
func (t *table) keep(row []byte) string {
	if t.kept.Cap()-t.kept.Len() < len(row) {
		t.kept = strings.Builder{}
		t.kept.Grow(max(len(row), keptTogether))
	}
	before := t.kept.Len()
	_, _ = t.kept.Write(row) // it never fails
	return t.kept.String()[before:]
}

// row takes the row at the beginning of data apart and returns its length, line break included.
func (t *table) row(data []byte) (length int, err error) {
	first := indexFrom(data, 0, t.terminator)
	switch {
	case first == len(data) && !t.w.eof:
		return 0, errCut
	case len(data) == 0:
		return 0, io.EOF
	case bytes.IndexByte(data[:first], '"') >= 0:
		length, err = t.parseEither(data, first, t.w.eof)
		t.cells = append(t.cells[:0], t.splitParts()...)
		return length, err
	}
	row := data[:first]
	if t.terminator == '\n' {
		row = bytes.TrimSuffix(row, []byte{'\r'})
	}
	t.cells = t.cells[:0]
	for cell := range strings.SplitSeq(t.keep(row), string(t.delimiter)) {
		if len(t.cells) >= t.limits.Columns {
			return 0, tooManyColumns(t.line, t.limits.Columns)
		}
		t.cells = append(t.cells, cell)
	}
	return min(first+1, len(data)), nil
}

// endless is a row that does not end within the limit: by a quote left open, or by itself.
func (t *table) endless(line int) error {
	_, err := t.parse(t.w.bytes(), true)
	var open openQuote
	if errors.As(err, &open) {
		return t.unclosed(open, "the next "+size(int64(t.limits.Record)))
	}
	if err != nil {
		return err
	}
	return tooLong(line, t.limits.Record)
}

// openQuote is the place of a quote that is not closed.
type openQuote int

func (openQuote) Error() string { return "a quote is not closed" }

func (t *table) unclosed(at openQuote, within string) error {
	line := t.line + bytes.Count(t.w.bytes()[:at], []byte{t.terminator})
	return brokenAt(line, "A quote is opened there and not closed in "+within+".", "Close or remove it there, and call again.")
}

// invalidAt is the fault of a byte that is not valid in the encoding.
func invalidAt(line int) error {
	return brokenAt(line, "It has a byte that is not valid in the file's encoding.",
		"Name the file's encoding if it was taken for another, or correct the line.")
}
