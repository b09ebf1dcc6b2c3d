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
	cells      []string
	parts      []byte // the cells of a row with quotes, one behind the other
	ends       []int  // where each of them ends
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
	line, t.written = t.line, ""
	searched := 0
	for {
		data := t.w.bytes()
		length := bytes.IndexByte(data[searched:], t.terminator)
		if length < 0 && !t.w.eof {
			searched = len(data)
			if err := t.w.more(); errors.Is(err, errWindowFull) {
				return 0, t.endless(line)
			} else if err != nil {
				return 0, err
			}
			continue
		}
		if length < 0 {
			if len(data) == 0 {
				return 0, io.EOF
			}
			length = len(data)
		} else {
			length += searched
		}
		t.ended = length < len(data)
		if bytes.IndexByte(data[:length], '"') >= 0 {
			return line, t.readQuoted(length)
		}
		if length > t.limits.Record {
			return 0, t.endless(line)
		}
		row := data[:length]
		t.w.pass(min(length+1, len(data)))
		t.line++
		if t.terminator == '\n' && length > 0 && row[length-1] == '\r' {
			row = row[:length-1]
		}
		if !utf8.Valid(row) {
			return 0, t.invalid(line, row)
		}
		return line, t.split(line, string(row))
	}
}

// split takes a row without quotes apart.
func (t *table) split(line int, row string) error {
	cells := t.cells[:0]
	for more := true; more; {
		if len(cells) >= t.limits.Columns {
			return tooManyColumns(line, t.limits.Columns)
		}
		var cell string
		cell, row, more = cut(row, t.delimiter)
		cells = append(cells, cell)
	}
	t.cells = cells
	return nil
}

// cut is strings.Cut for one byte.
func cut(row string, delimiter byte) (cell, rest string, found bool) {
	if i := strings.IndexByte(row, delimiter); i >= 0 {
		return row[:i], row[i+1:], true
	}
	return row, "", false
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

// invalid is a byte that is no character, in a row that begins on line.
func (t *table) invalid(line int, row []byte) error {
	return invalidAt(line + bytes.Count(row[:validStart(row)], []byte{t.terminator}))
}

func invalidAt(line int) error {
	return brokenAt(line, "A byte there is no character in the file's encoding.",
		"Name the file's encoding if it was taken for another, or correct the line.")
}
