package contactfile

import (
	"encoding/json"
	"unicode/utf8"
)

// A table may stand in JSON as arrays within an array, of which the first names the columns. They are the rows of a grid.

func (o *objects) settle(_ int, _ []int, ahead []Row) []Row { return ahead }

// isTable tells a place whose values are the cells of rows, in arrays within an array.
func (p *place) isTable() bool {
	inRows := p.step == each && p.above.step == each && p.above.above.above != nil
	return inRows && p.cells > p.people && 2*p.cells > p.objects
}

// takeRow reads the array that comes next into the cells.
func (o *objects) takeRow() error {
	raw, line, err := o.walker.take(o.limits.Record)
	if err != nil {
		return err
	}
	if !utf8.Valid(raw) {
		return invalidAt(line)
	}
	if !json.Valid(raw) {
		return brokenAt(line, "The array that begins there is no valid JSON.", "Correct it there, and call again.")
	}
	o.line, o.cells = line, o.cells[:0]
	for i := pass(raw, 1); raw[i] != ']'; {
		if len(o.cells) >= o.limits.Columns {
			return tooManyColumns(line, o.limits.Columns)
		}
		end := valueEnd(raw, i)
		cell, err := cellOf(raw[i:end])
		if err != nil {
			return err
		}
		o.cells = append(o.cells, cell)
		if i = pass(raw, end); raw[i] == ',' {
			i = pass(raw, i+1)
		}
	}
	return nil
}
