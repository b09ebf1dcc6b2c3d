package intake

import (
	"cmp"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/coerce"
	"mailtrap-contacts-mcp/text"
)

// The kinds of remarks that package coerce does not have, as Remark.Kind has them.
const (
	Guarded = "guard"           // it stood in what keeps a spreadsheet program from changing it, which was taken off
	Instead = "address_instead" // it is a further address of its person, and taken where those before are empty
	Further = "address_left"    // it is one that was not taken
)

// Remark says what was made of cells that are not what they look like. Value is the one in the first line; what is coerce.Emptied or
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

// remarks are those of one worker.
type remarks struct {
	found map[Remark]*Remark // by kind and column, and by the word of those that are counted by it
	empty int                // values that were left out
	bad   []BadValue
}

func (r *remarks) add(kind, column string, line int, cell string) {
	key := Remark{Kind: kind, Column: column}
	if kind == coerce.Emptied || kind == coerce.Kept {
		key.Column, key.Value = "", cell
	}
	known := r.found[key]
	switch {
	case known != nil:
		known.Cells++
		return
	case len(r.found) == mostRemarks:
		return
	case r.found == nil:
		r.found = map[Remark]*Remark{}
	}
	cell, key.Value = strings.Clone(cell), strings.Clone(key.Value)
	r.found[key] = &Remark{kind, key.Column, text.Clip(cell, 60), 1, line}
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
			if known := all[key]; known != nil {
				found.Cells += known.Cells
				if known.Line < found.Line {
					found.Line, found.Value = known.Line, known.Value
				}
			}
			all[key] = found
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
