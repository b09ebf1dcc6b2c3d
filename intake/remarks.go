package intake

import (
	"cmp"
	"html"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// remarkable is what is worth saying of a cell.
type remarkable uint8

const (
	plain      remarkable = iota
	emptied               // it holds a word for nothing, and leaves the field as it is
	asIs                  // it holds a word that may be one for nothing, and is imported as it stands
	ofPercent             // its percent sign was left out
	ofCurrency            // the sign of its currency was
	shortened             // it is a number whose digits a spreadsheet program has lost
	entities              // it is written for HTML, and imported as it stands
	instead               // it is a further address of its person, and taken where those before are empty
	further               // it is one that was not taken
	guarded               // it stood in what keeps a spreadsheet program from changing it, which was taken off
	remarkables
)

// The kinds of remarks, as Remark.Kind has them.
const (
	Emptied   = "empty"
	Kept      = "kept"
	Percent   = "percent"
	Currency  = "currency"
	Shortened = "digits_lost"
	Entities  = "html"
	Guarded   = "guard"
	Instead   = "address_instead"
	Further   = "address_left"
)

var remarkKinds = [remarkables]string{emptied: Emptied, asIs: Kept, ofPercent: Percent, ofCurrency: Currency,
	shortened: Shortened, entities: Entities, guarded: Guarded, instead: Instead, further: Further}

// Remark says what was made of cells that are not what they look like. Value is the one in the first line; what is Emptied or
// Kept is counted by it.
type Remark struct {
	Kind, Column, Value string
	Cells, Line         int
}

// BadValue is a value that does not fit its field.
type BadValue struct {
	Line                  int
	Column, Value, Reason string
}

const (
	mostRemarks   = 200 // of a worker; what is so varied is not worth telling apart
	shownRemarks  = 20
	shownBadCells = 10
)

// remarkKey tells remarks apart; word is of those that are counted by word.
type remarkKey struct {
	kind         remarkable
	column, word string
}

// remarks are those of one worker.
type remarks struct {
	found map[remarkKey]*Remark
	empty int // values that were left out
	bad   []BadValue
}

func (r *remarks) add(kind remarkable, column string, line int, cell string) {
	key := remarkKey{kind: kind, column: column}
	if kind == emptied || kind == asIs {
		key.column, key.word = "", cell
	}
	known := r.found[key]
	switch {
	case known != nil:
		known.Cells++
		return
	case len(r.found) == mostRemarks:
		return
	case r.found == nil:
		r.found = map[remarkKey]*Remark{}
	}
	cell = strings.Clone(cell)
	if key.word != "" {
		key.word = cell
	}
	r.found[key] = &Remark{remarkKinds[kind], key.column, text.Clip(cell, 60), 1, line}
}

func (r *remarks) leaveOut(bad BadValue) {
	if r.empty++; len(r.bad) < shownBadCells {
		bad.Value, bad.Reason = text.Clip(bad.Value, 60), text.ClipProse(bad.Reason, 200)
		r.bad = append(r.bad, bad)
	}
}

// remark sums up what the workers have found.
func (p *pass) remark() {
	all := map[Remark]*Remark{}
	for _, worker := range p.put.workers {
		p.sum.LeftEmpty += worker.remarks.empty
		p.sum.BadValues = append(p.sum.BadValues, worker.remarks.bad...)
		for key, found := range worker.remarks.found {
			id := Remark{Kind: found.Kind, Column: key.column, Value: key.word}
			if known := all[id]; known == nil {
				all[id] = found
			} else {
				found.Cells += known.Cells
				if known.Line < found.Line {
					found.Line, found.Value = known.Line, known.Value
				}
				all[id] = found
			}
		}
	}
	for _, found := range all {
		p.sum.Remarks = append(p.sum.Remarks, *found)
	}
	if p.rows.unwrapped > 0 {
		p.sum.Remarks = append(p.sum.Remarks, Remark{Kind: Guarded, Value: text.Clip(p.rows.guard, 60), Cells: p.rows.unwrapped,
			Line: p.rows.guardedAt})
	}
	slices.SortFunc(p.sum.Remarks, func(a, b Remark) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Column, b.Column),
			strings.Compare(a.Value, b.Value))
	})
	p.sum.Remarks = p.sum.Remarks[:min(len(p.sum.Remarks), shownRemarks)]
	slices.SortStableFunc(p.sum.BadValues, func(a, b BadValue) int { return cmp.Compare(a.Line, b.Line) })
	p.sum.BadValues = p.sum.BadValues[:min(len(p.sum.BadValues), shownBadCells)]
}

// remarkableText tells what is worth saying of a text.
func remarkableText(cell string) remarkable {
	switch {
	case len(cell) <= longestPlaceholder && isNothingAsText(cell), cell[0] == '#' && isErrorCell(cell):
		return emptied
	case len(cell) <= 4 && (strings.EqualFold(cell, "none") || cell == "Null" || cell == "nil"):
		return asIs
	case cell[0] <= '9' && isShortened(cell):
		return shortened
	case strings.IndexByte(cell, '&') >= 0 && html.UnescapeString(cell) != cell:
		return entities
	}
	return plain
}
