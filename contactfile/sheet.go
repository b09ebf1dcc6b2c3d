package contactfile

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/text"
)

const lastRow = 1 << 20 // of any sheet

// sheet reads the rows of a worksheet.
type sheet struct {
	book   *openBook
	notes  *notes
	part   *part
	cells  []string
	row    int
	hidden bool // the row is
	struck bool // it is crossed out
	cell   strikes
	ended  bool
}

func (s *sheet) settle(_ int, _ []int, ahead []Row) []Row { return ahead }

// close lets go of the sheet. What all sheets share stays the workbook's.
func (s *sheet) close() error { return s.part.close() }

func (s *sheet) read() (Row, error) {
	for last := s.row; !s.ended; {
		found, err := s.next()
		s.book.reader.raw.advance(s.part.count, s.part.file.UncompressedSize64)
		if err != nil {
			return Row{}, damagedWorkbook(err)
		}
		if !found || isBlank(s.cells) {
			continue
		}
		row := Row{Line: s.row, Cells: s.cells, Crossed: s.struck, afterBlank: last > 0 && s.row > last+1, ended: true}
		if s.hidden && !s.book.options.Hidden {
			s.notes.last(HiddenRows).add(row)
			last = s.row
			continue
		}
		return row, nil
	}
	return Row{}, io.EOF
}

// next reads the next row into s.cells. A sheet whose XML ends before it is closed is damaged.
func (s *sheet) next() (found bool, err error) {
	for {
		token, err := s.part.inside()
		if err != nil {
			return false, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "row" {
				s.row++
				if number, err := strconv.Atoi(attribute(token, "r")); err == nil {
					s.row = number
				}
				s.hidden, s.struck = isTrue(attribute(token, "hidden")), false
				if s.row < 1 || s.row > lastRow {
					return false, errors.New("no such row")
				}
				return true, s.readRow()
			}
		case xml.EndElement:
			if token.Name.Local == "sheetData" || token.Name.Local == "worksheet" {
				s.ended = true
				_, err := io.Copy(io.Discard, s.part.rest()) // to the checksum behind it
				return false, err
			}
		}
	}
}

func (s *sheet) readRow() error {
	s.cells = s.cells[:0]
	column, length, crossed, filled := 0, 0, 0, 0
	for {
		token, err := s.part.inside()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local != "c" {
				continue
			}
			column++
			if named := columnOf(attribute(token, "r")); named > 0 {
				column = named
			}
			cell, err := s.readCell(attribute(token, "t"), attribute(token, "s"))
			if err != nil {
				return err
			}
			if cell == "" {
				continue
			}
			if filled++; s.cell.all() {
				crossed++
				s.struck = s.struck || isAddress(cell)
			}
			if column > s.book.options.Limits.Columns {
				return tooMuch("row "+text.Number(s.row)+" of the sheet has more than "+text.Number(s.book.options.Limits.Columns)+" columns.",
					"No contact has as many.",
					"Check that it is the sheet with the contacts; sheet chooses another.")
			}
			if length += len(cell); length > s.book.options.Limits.Record {
				return tooLong(s.row, s.book.options.Limits.Record)
			}
			s.cells = pad(s.cells, column)
			s.cells[column-1] = cell
		case xml.EndElement:
			if token.Name.Local == "row" {
				s.struck = s.struck || filled > 0 && crossed == filled
				return nil
			}
		}
	}
}

// columnOf is the number of the column of a cell such as "AB12"; 0 where it is not said, more than there are where it is
// absurd.
func columnOf(reference string) int {
	column := 0
	for _, b := range []byte(reference) {
		if !isLetter(b) {
			break
		}
		column = column*26 + int(b&^0x20-'A') + 1
		if column > 1<<20 {
			break
		}
	}
	return column
}

// readCell reads what a cell shows. Of a formula that is its last result; one that no program ever worked out is empty.
func (s *sheet) readCell(kind, style string) (string, error) {
	content, crossed, err := s.part.text("c", nil)
	if s.cell = crossed; err != nil {
		return "", err
	}
	return s.show(kind, style, string(content))
}

func (s *sheet) show(kind, style, content string) (string, error) {
	if content == "" {
		return "", nil
	}
	var format cellFormat
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(s.book.styles) {
		format = s.book.styles[i]
	}
	s.cell.style = format.struck
	switch kind {
	case "s":
		shared, crossed, err := s.book.texts.get(content)
		s.cell.style = s.cell.style || crossed
		return unescape(shared), err
	case "str", "inlineStr":
		return unescape(content), nil
	case "b":
		return strconv.FormatBool(isTrue(content)), nil
	case "e":
		return content, nil
	case "d":
		return strings.TrimSuffix(content, "T00:00:00"), nil
	}
	return format.show(content, s.book.date04), nil
}

// unescape reads the way Excel writes characters that XML does not have: "_x000D_".
func unescape(written string) string {
	const length = len("_x000D_")
	if !strings.Contains(written, "_x") {
		return written
	}
	var read strings.Builder
	for written != "" {
		i := strings.Index(written, "_x")
		if i < 0 || len(written) < i+length {
			break
		}
		code, err := strconv.ParseUint(written[i+2:i+6], 16, 16)
		if err != nil || written[i+6] != '_' || !utf8.ValidRune(rune(code)) {
			read.WriteString(written[:i+2])
			written = written[i+2:]
			continue
		}
		read.WriteString(written[:i])
		read.WriteRune(rune(code))
		written = written[i+length:]
	}
	return read.String() + written
}
