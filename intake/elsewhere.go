package intake

import (
	"context"
	"slices"

	"mailtrap-contacts-mcp/optout"
)

// mostElsewhere is how many other sheets, or files of an archive, are looked through for people who say no there.
const mostElsewhere = 50

// otherTable is a table on another sheet, or in another file of the archive, with columns that say who may be mailed.
type otherTable struct {
	name      string
	mail      []judged
	addresses []int
}

// takeElsewhere puts the people aside of whom another sheet or file says that they may not be mailed. What cannot be read as
// a table says nothing.
func (p *pass) takeElsewhere(ctx context.Context, where string) error {
	about := p.rows.rows.Format()
	for _, name := range about.Sheets[:min(len(about.Sheets), mostElsewhere)] {
		if name == about.Sheet || slices.Contains(about.Gone, name) {
			continue
		}
		if other := p.judgeElsewhere(ctx, name); len(other.mail) > 0 && len(other.addresses) > 0 {
			if err := p.takeNo(ctx, other, where); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// judgeElsewhere finds the columns of another table that say who may be mailed, and those of addresses.
func (p *pass) judgeElsewhere(ctx context.Context, name string) (found otherTable) {
	rows, err := p.openTable(ctx, name)
	if err != nil {
		return found
	}
	names := rows.Columns()
	held, addresses := make([]*optout.Values, len(names)), make([]int, len(names))
	for i, column := range names {
		held[i] = optout.ValuesOf(column)
	}
	for row, err := range rows.Rows() {
		if err != nil {
			return found
		}
		for i, written := range row.Cells[:min(len(row.Cells), len(names))] {
			if isAddress(written) {
				addresses[i]++
			} else if written != "" {
				held[i].Add(written, 1)
			}
		}
	}
	found.name = name
	for i, values := range held {
		column := optout.Judge(names[i], values)
		if addresses[i] == 0 && column.Kind != optout.Foreign && column.Kind != optout.Unclear {
			found.mail = append(found.mail, judged{index: i, name: names[i], column: column})
		}
	}
	most := 0
	for i, count := range addresses {
		if is, _ := isAlternate(names[i]); count > 0 && (is || isAddressHeader(names[i])) {
			found.addresses = append(found.addresses, i)
		}
		if count > addresses[most] {
			most = i
		}
	}
	if len(found.addresses) == 0 && len(addresses) > 0 && addresses[most] > 0 {
		found.addresses = []int{most}
	}
	return found
}

// takeNo puts the people of another table aside who say no there.
func (p *pass) takeNo(ctx context.Context, other otherTable, where string) error {
	rows, err := p.openTable(ctx, other.name)
	if err != nil {
		return ctx.Err()
	}
	b := &batch{}
	for row, err := range rows.Rows() {
		if err != nil {
			break
		}
		for _, column := range other.mail {
			said := column.column.Read(cell(row.Cells, column.index))
			if said.Verdict != optout.No {
				continue
			}
			for _, at := range other.addresses {
				for _, email := range everyAddress([]string{cell(row.Cells, at)}) {
					b.goneAt(p.put.places, email, where, other.name, row.Line, " and "+string(said.Reason))
				}
			}
			break
		}
		if err := p.flush(b); err != nil {
			return err
		}
	}
	return p.put.add(b)
}

// flush puts the records of a batch aside when they have become many.
func (p *pass) flush(b *batch) error {
	if len(b.records) < p.bounds.batch {
		return nil
	}
	err := p.put.add(b)
	b.records, b.parts = b.records[:0], b.parts[:0]
	return err
}
