package contactfile

import (
	"errors"
	"slices"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var errBeside = errors.New("contactfile: two tables stand side by side")

// besides refuses two tables side by side, each with people of its own: read as one, a row would be two people, and the title
// or status of the one would be taken for the other's. An empty column parts them, or the same header begins once more.
func besides(header []string, rows []Row) error {
	for gap := 1; gap < len(header); gap++ {
		left, right, start := cellAt(header, gap-1), cellAt(header, gap), gap
		switch {
		case right == "" && left != "":
			start++
		case gap < 2 || gap*2 != len(header) || !slices.EqualFunc(header[:gap], header[gap:], isCalledLike):
			continue
		}
		if start > gap && slices.ContainsFunc(rows, func(row Row) bool { return cellAt(row.Cells, gap) != "" }) {
			continue
		}
		one, other := addressOf(header, rows, 0, gap), addressOf(header, rows, start, len(header))
		if one < 0 || other < 0 {
			continue
		}
		apart := slices.ContainsFunc(rows, func(row Row) bool {
			here, there := isBlank(row.Cells[:min(gap, len(row.Cells))]), isBlank(row.Cells[min(start, len(row.Cells)):])
			return here != there
		})
		if apart || text.Letters(header[one]) == text.Letters(header[other]) {
			return fault.New(fault.InvalidInput, "file: two tables stand side by side.",
				"One has "+text.Quote(cellAt(header, one))+" in column "+text.Number(one+1)+
					", the other "+text.Quote(cellAt(header, other))+" in column "+text.Number(other+1)+".",
				"Put each of them on a sheet or into a file of its own, and import those whose people may be mailed.").Because(errBeside)
		}
	}
	return nil
}

func isCalledLike(a, b string) bool {
	return text.Letters(a) == text.Letters(b) && text.Letters(a) != ""
}

// addressOf is the first of some columns that has a name and addresses in the rows; -1 where there is none.
func addressOf(header []string, rows []Row, from, to int) int {
	for i := from; i < to; i++ {
		if cellAt(header, i) != "" && slices.ContainsFunc(rows, func(row Row) bool { return isAddress(cellAt(row.Cells, i)) }) {
			return i
		}
	}
	return -1
}
