package contactfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

var errCut = errors.New("contactfile: the row goes on behind the window")

// parseEither takes a row apart as it is usual, or with backslashes before quotes: as nothing is left over and the row has
// as many cells as the table has columns.
func (t *table) parseEither(data []byte, first int, eof bool) (length int, err error) {
	t.backslash = false
	if !bytes.Contains(data[:first], []byte(`\"`)) {
		return t.parse(data, eof)
	}
	length, err = t.parse(data, eof)
	clean, fits := err == nil && !t.stray, len(t.ends) == t.columns
	if clean && fits {
		return length, nil
	}
	t.backslash = true
	defer func() { t.backslash = false }()
	escaped, escapedErr := t.parse(data, eof)
	if escapedErr == nil && !t.stray && (!clean || len(t.ends) == t.columns) {
		return escaped, nil
	}
	t.backslash = false
	return t.parse(data, eof)
}

// again reads a row once more, now that the number of columns is known, where that may change how it is read.
func (t *table) again(row Row) []Row {
	if row.written == "" {
		return []Row{row}
	}
	one := &table{
		w: &window{buf: []byte(row.written), to: len(row.written), eof: true}, limits: t.limits, delimiter: t.delimiter, terminator: t.terminator,
		line: row.Line, columns: t.columns, addresses: t.addresses,
	}
	var rows []Row
	for {
		read, err := one.read()
		if errors.Is(err, io.EOF) && len(rows) > 0 {
			return rows
		}
		if err != nil {
			return []Row{row}
		}
		read.Cells = slices.Clone(read.Cells)
		read.afterBlank = read.afterBlank || len(rows) == 0 && row.afterBlank
		rows = append(rows, read)
	}
}

// swallows tells a row in whose quotes a line stands that looks like a row of the table: it has as many cells, and an address
// where addresses stand. A quote that was left open took it in. An address outside the quotes is the row's own.
func (t *table) swallows(row string) bool {
	if t.columns < 2 {
		return false
	}
	fits, at := len(t.cells) == t.columns, 0
	for line := range strings.SplitSeq(row, string(t.terminator)) {
		isRow := (fits || at > 0) && strings.Count(line, string(t.delimiter)) == t.columns-1 && strings.IndexByte(line, '@') >= 0
		for i, cell := range strings.Split(line, string(t.delimiter)) {
			isIts := isRow && (len(t.addresses) == 0 || slices.Contains(t.addresses, i)) && (!fits || t.isQuoted(at))
			at += len(cell) + 1
			cell = strings.TrimSuffix(cell, "\r")
			if isIts && strings.HasPrefix(cell, `"`) == strings.HasSuffix(cell, `"`) && isAddress(cell) {
				return true
			}
		}
	}
	return false
}

// isQuoted tells whether a place of the row is within the quotes of a cell.
func (t *table) isQuoted(at int) bool {
	for i := 0; i < len(t.quoted); i += 2 {
		if t.quoted[i] < at && at < t.quoted[i+1] {
			return true
		}
	}
	return false
}

// breakUp makes the lines of a row that a quote took in rows with a problem.
func (t *table) breakUp(row string) {
	lines := strings.Split(strings.TrimSuffix(row, string(t.terminator)), string(t.terminator))
	problem := fmt.Sprintf("a quote is opened in line %d and closed in line %d, so that it takes in other rows; check the "+
		"quotes of these lines", t.line, t.line+len(lines)-1)
	for i, line := range lines {
		if cells := t.naive(line); !isBlank(cells) {
			t.broken = append(t.broken, Row{Line: t.line + i, Cells: cells, Problem: problem, ended: true})
		}
	}
}

// naive takes a line apart at each delimiter, whatever the quotes say.
func (t *table) naive(line string) []string {
	cells := strings.SplitN(strings.TrimSuffix(line, "\r"), string(t.delimiter), t.limits.Columns)
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(strings.Trim(strings.TrimSpace(cell), `"`), `""`, `"`)
	}
	return cells
}

// parse takes the row at the beginning of data apart and returns its length, line break included. It fails with errCut
// where data ends before it is clear how the row goes on, and eof does not say that nothing follows.
func (t *table) parse(data []byte, eof bool) (length int, err error) {
	t.parts, t.ends, t.quoted, t.stray = t.parts[:0], t.ends[:0], t.quoted[:0], false
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
		if quoted {
			t.quoted = append(t.quoted, at, end)
		} else {
			if lineEnd < at {
				lineEnd = indexFrom(data, at, t.terminator)
			}
			before := len(t.parts)
			if end, err = t.plainCell(data, at, lineEnd, eof); err != nil {
				return 0, err
			}
			t.stray = t.stray || bytes.IndexByte(t.parts[before:], '"') >= 0
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
		if t.backslash && escapes(data[from:from+length]) {
			t.unescape(data[from : from+length-1])
			t.parts = append(t.parts, '"')
			from += length + 1
			continue
		}
		if t.backslash {
			t.unescape(data[from : from+length])
		} else {
			t.parts = append(t.parts, data[from:from+length]...)
		}
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

// escapes tells whether what stands before a quote escapes it: an odd number of backslashes.
func escapes(before []byte) bool {
	return (len(before)-len(bytes.TrimRight(before, `\`)))%2 == 1
}

// unescape appends a part of a cell in which backslashes escape each other.
func (t *table) unescape(part []byte) {
	t.parts = append(t.parts, bytes.ReplaceAll(part, []byte(`\\`), []byte(`\`))...)
}
