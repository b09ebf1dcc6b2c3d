package intake

import (
	"fmt"
	"strconv"
	"strings"
)

// Rejected is a row that is not imported: where it stands, why, and what it says.
type Rejected struct {
	Line   int // in a file its line, among rows its place, from 1
	Reason string
	Cells  []string // as the source has them
	// Email is the row's address; empty where it cannot be read. It is not written down with the row.
	Email string `json:"-"`
}

// NamedRow is a rejected row as it is told, with what stands for its address where that cannot be read.
type NamedRow struct {
	Line          int
	Email, Reason string
}

// namedRows is how many rejected rows are told.
const namedRows = 10

// The columns that a file of rejected rows has before those of the source. They are passed over when the corrected file is
// imported, whatever fields the account has.
const (
	LineColumn   = "rejected_line"
	ReasonColumn = "rejected_reason"
)

func isOwnColumn(column string) bool { return column == LineColumn || column == ReasonColumn }

// SourceCells leaves out of a row the columns that an earlier file of rejected rows put before the source's.
func SourceCells(columns, cells []string) []string {
	kept := make([]string, 0, len(cells))
	for i, cell := range cells {
		if i >= len(columns) || !isOwnColumn(columns[i]) {
			kept = append(kept, cell)
		}
	}
	return kept
}

func (c Contact) cells(tags []string) []string {
	cells := make([]string, len(tags))
	for i, tag := range tags {
		switch value, isField := c.Fields[tag]; {
		case tag == asAddress:
			cells[i] = c.Email
		case isField && value != nil:
			cells[i] = fmt.Sprint(value)
		case tag == asID && !isField:
			cells[i] = c.ID
		}
	}
	return cells
}

// Neutral keeps a spreadsheet program from running a cell as a formula: behind an apostrophe it is text. Cells of a file of
// rejected rows are written so, and read back as they were.
func Neutral(cell string) string {
	if isFormula(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}
	return cell
}

// restored is a cell as it was before Neutral.
func restored(cell string) string {
	if rest, marked := strings.CutPrefix(cell, "'"); marked && isFormula(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return cell
}

// isFormula tells what a spreadsheet program would run. Numbers, and telephone numbers as people write them, are not formulas.
func isFormula(cell string) bool {
	if cell == "" {
		return false
	}
	switch cell[0] {
	case '=', '@', '\t', '\r':
		return true
	case '+', '-':
		_, err := strconv.ParseFloat(cell, 64)
		return err != nil && strings.Trim(cell, "0123456789+-() ./") != ""
	}
	return false
}
