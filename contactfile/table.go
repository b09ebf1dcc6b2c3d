package contactfile

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// table reads delimited text. It follows RFC 4180 as encoding/csv does, with four differences, for which it stands here:
//
//   - Where quotes do not enclose the whole of a cell, as in `"Acme" Inc`, the cell is what is written there, quotes
//     included, up to the next delimiter. encoding/csv fails, or in its lenient mode reads on to the next quote that fits and
//     takes whole rows into the cell.
//   - A quote that is never closed is an error that names its line.
//   - Line breaks are LF, CRLF or CR.
//   - A row is held to its limits while it is read, not after.
type table struct {
	w          *window
	names      []string
	limits     Limits
	delimiter  byte
	terminator byte // '\n', or '\r' in files of old Macs
	line       int  // the next row begins on
	about      *Description
	short      bool // a row has fewer cells than there are columns
	ended      bool // the row that was read last has a line break behind it
	cells      []string
	parts      []byte // the cells of a row with quotes, one behind the other
	ends       []int  // where each of them ends
}

func openTable(w *window, options Options, about *Description) (*table, error) {
	t := &table{w: w, limits: options.Limits, line: 1, about: about}
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
	if isBinary(w.bytes()) {
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
	if len(options.Columns) > 0 {
		if len(options.Columns) > t.limits.Columns {
			return nil, tooManyColumns(1, t.limits.Columns)
		}
		t.names = headed(options.Columns)
		return t, nil
	}
	header, err := t.next()
	if errors.Is(err, io.EOF) {
		return nil, isEmpty()
	}
	if err != nil {
		return nil, err
	}
	about.HeaderLine = header.Line
	t.names = headed(header.Cells)
	return t, nil
}

func (t *table) columns() []string { return t.names }

func (t *table) close() error { return nil }

func (t *table) next() (Row, error) {
	for {
		line, err := t.read()
		if err != nil {
			return Row{}, err
		}
		if !isBlank(t.cells) {
			given := len(t.cells)
			t.about.Cut = given < len(t.names) && !t.short && !t.ended
			t.short = t.short || given < len(t.names)
			t.cells = pad(t.cells, len(t.names))
			return Row{Line: line, Cells: t.cells, Given: given}, nil
		}
	}
}

// read reads the next row into t.cells.
func (t *table) read() (line int, err error) {
	line = t.line
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
			return line, t.readQuoted()
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

var errCut = errors.New("contactfile: the row goes on behind the window")

// readQuoted reads a row that has quotes.
func (t *table) readQuoted() error {
	for {
		length, err := t.parse(t.w.bytes(), t.w.eof)
		var open openQuote
		switch {
		case errors.Is(err, errCut):
			if err := t.w.more(); errors.Is(err, errWindowFull) {
				return t.endless(t.line)
			} else if err != nil {
				return err
			}
			continue
		case errors.As(err, &open):
			return t.unclosed(open, "the rest of the file")
		case err != nil:
			return err
		}
		if length > t.limits.Record {
			return tooLong(t.line, t.limits.Record)
		}
		row := t.w.bytes()[:length]
		t.ended = length > 0 && row[length-1] == t.terminator
		if !utf8.Valid(row) {
			return t.invalid(t.line, row)
		}
		t.line += bytes.Count(row, []byte{t.terminator})
		t.w.pass(length)
		all := string(t.parts)
		t.cells = t.cells[:0]
		from := 0
		for _, end := range t.ends {
			t.cells = append(t.cells, all[from:end])
			from = end
		}
		return nil
	}
}

// parse takes the row at the beginning of data apart and returns its length, line break included. It fails with errCut
// where data ends before it is clear how the row goes on, and eof does not say that nothing follows.
func (t *table) parse(data []byte, eof bool) (length int, err error) {
	t.parts, t.ends = t.parts[:0], t.ends[:0]
	lineEnd := -1 // the first from at on
	for at := 0; ; {
		if len(t.ends) >= t.limits.Columns {
			return 0, tooManyColumns(t.line, t.limits.Columns)
		}
		end, quoted := 0, false
		if at < len(data) && (data[at] == '"' || data[at] == ' ' || data[at] == '\t') {
			if end, quoted, err = t.quotedCell(data, at, eof); err != nil {
				return 0, err
			}
		}
		if !quoted {
			if lineEnd < at {
				lineEnd = indexFrom(data, at, t.terminator)
			}
			if end, err = t.plainCell(data, at, lineEnd, eof); err != nil {
				return 0, err
			}
		}
		t.ends = append(t.ends, len(t.parts))
		switch {
		case end == len(data):
			return end, nil
		case data[end] == t.delimiter:
			at = end + 1
		case data[end] == '\r' && t.terminator == '\n':
			return end + 2, nil
		default:
			return end + 1, nil
		}
	}
}

// indexFrom is where b stands from at on, or the length of data.
func indexFrom(data []byte, at int, b byte) int {
	if i := bytes.IndexByte(data[at:], b); i >= 0 {
		return at + i
	}
	return len(data)
}

// plainCell reads a cell up to the next delimiter or line break.
func (t *table) plainCell(data []byte, at, lineEnd int, eof bool) (end int, err error) {
	end = indexFrom(data[:lineEnd], at, t.delimiter)
	switch {
	case end == len(data) && !eof:
		return 0, errCut
	case t.terminator == '\n' && end > at && data[end-1] == '\r' && (end == len(data) || data[end] == '\n'):
		t.parts = append(t.parts, data[at:end-1]...)
		if end < len(data) {
			return end - 1, nil
		}
		return end, nil
	}
	t.parts = append(t.parts, data[at:end]...)
	return end, nil
}

// quotedCell reads a cell that quotes enclose, blanks around them left out. It is false where they do not.
func (t *table) quotedCell(data []byte, at int, eof bool) (end int, quoted bool, err error) {
	open := t.passBlanks(data, at)
	if open == len(data) {
		if !eof {
			return 0, false, errCut
		}
		return 0, false, nil
	}
	if data[open] != '"' {
		return 0, false, nil
	}
	before := len(t.parts)
	for from := open + 1; ; {
		length := bytes.IndexByte(data[from:], '"')
		if length < 0 || from+length+1 == len(data) && !eof {
			t.parts = t.parts[:before]
			if !eof {
				return 0, false, errCut
			}
			return 0, false, openQuote(open)
		}
		t.unify(data[from : from+length])
		from += length + 1
		if from < len(data) && data[from] == '"' {
			t.parts = append(t.parts, '"')
			from++
			continue
		}
		end = t.passBlanks(data, from)
		switch {
		case end == len(data) && !eof, end+1 == len(data) && data[end] == '\r' && !eof:
			t.parts = t.parts[:before]
			return 0, false, errCut
		case end == len(data), data[end] == t.delimiter, data[end] == t.terminator:
			return end, true, nil
		case data[end] == '\r' && end+1 < len(data) && data[end+1] == '\n':
			return end, true, nil
		}
		t.parts = t.parts[:before]
		return 0, false, nil
	}
}

func (t *table) passBlanks(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t' && t.delimiter != '\t') {
		at++
	}
	return at
}

// unify appends a part of a quoted cell, with its line breaks as LF.
func (t *table) unify(part []byte) {
	for {
		i := bytes.IndexByte(part, '\r')
		if i < 0 || i+1 == len(part) && t.terminator == '\n' {
			t.parts = append(t.parts, part...)
			return
		}
		t.parts = append(t.parts, part[:i]...)
		part = part[i+1:]
		switch {
		case len(part) > 0 && part[0] == '\n':
		case t.terminator == '\r':
			t.parts = append(t.parts, '\n')
		default:
			t.parts = append(t.parts, '\r')
		}
	}
}

// invalid is a byte that is no character, in a row that begins on line.
func (t *table) invalid(line int, row []byte) error {
	return invalidAt(line + bytes.Count(row[:validStart(row)], []byte{t.terminator}))
}

func invalidAt(line int) error {
	return brokenAt(line, "A byte there is no character in the file's encoding.", "Name the file's encoding if it was taken for another, or mend the line.")
}

// passDeclaration passes the line by which Excel names the delimiter, and blank ones before it.
func (t *table) passDeclaration() byte {
	data := t.w.bytes()
	at, line := 0, t.line
	for at < len(data) && strings.IndexByte(" \t\r\n", data[at]) >= 0 {
		if data[at] == t.terminator {
			line++
		}
		at++
	}
	length := bytes.IndexByte(data[at:], t.terminator)
	if length < 0 {
		return 0
	}
	declaration := strings.Trim(strings.TrimSuffix(string(data[at:at+min(length, 10)]), "\r"), `"`)
	if len(declaration) != len("sep=;") || !strings.EqualFold(declaration[:4], "sep=") || !canDelimit(declaration[4]) {
		return 0
	}
	t.w.pass(at + length + 1)
	t.line = line + 1
	return declaration[4]
}

func canDelimit(b byte) bool {
	return b == '\t' || b > ' ' && b < 0x7f && !isLetter(b) && (b < '0' || b > '9') && strings.IndexByte(`"'@.-_+`, b) < 0
}

func delimiterNamed(name string) (byte, error) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "comma":
		return ',', nil
	case "semicolon":
		return ';', nil
	case "tab", `\t`, "tabulator":
		return '\t', nil
	case "pipe", "bar":
		return '|', nil
	}
	switch {
	case name == "":
		return 0, nil
	case len(name) == 1 && canDelimit(name[0]):
		return name[0], nil
	}
	return 0, fault.New(fault.InvalidInput, "delimiter: "+text.Quote(name)+" cannot separate cells.", "", "Name one character, such as \",\", \";\" or \"|\", or tab; or leave delimiter out to have it found.")
}

// isBinary tells what is no text: much of it is neither printed nor a line break.
func isBinary(start []byte) bool {
	start = start[:min(len(start), 4<<10)]
	odd := 0
	for _, b := range start {
		if b < ' ' && strings.IndexByte("\t\n\r\f\v\x1b\x1a", b) < 0 {
			odd++
		}
	}
	return odd > 0 && odd*10 >= len(start)
}
