package coerce

import (
	"html"
	"strings"
)

// What is worth saying of a cell.
const (
	Emptied   = "empty"       // it holds a word for nothing, and leaves the field as it is
	Kept      = "kept"        // it holds a word that may be one for nothing, and is imported as it stands
	Percent   = "percent"     // its percent sign was left out
	Currency  = "currency"    // the sign of its currency was
	Shortened = "digits_lost" // it is a number whose digits a spreadsheet program has lost
	Entities  = "html"        // it is written for HTML, and imported as it stands
)

// Remarkable tells what is worth saying of a text.
func Remarkable(cell string) (kind string) {
	switch {
	case len(cell) <= longestPlaceholder && isNothingAsText(cell), cell[0] == '#' && isErrorCell(cell):
		return Emptied
	case len(cell) <= 4 && (strings.EqualFold(cell, "none") || cell == "Null" || cell == "nil"):
		return Kept
	case cell[0] <= '9' && isShortened(cell):
		return Shortened
	case strings.IndexByte(cell, '&') >= 0 && html.UnescapeString(cell) != cell:
		return Entities
	}
	return ""
}
