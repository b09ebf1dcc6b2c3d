package intake

import (
	"context"
	"errors"
	"io"
	"slices"

	"mailtrap-contacts-mcp/contactfile"
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
		other, err := p.judgeElsewhere(ctx, name)
		if err == nil && len(other.mail) > 0 && len(other.addresses) > 0 {
			err = p.takeNo(ctx, other, where)
		}
		if err != nil && (ctx.Err() != nil || !errors.Is(err, errElsewhere)) {
			return err
		}
	}
	return nil
}

var errElsewhere = errors.New("intake: another part of the file cannot be read")

// eachElsewhere calls take with the rows of another part of the file.
func (p *pass) eachElsewhere(ctx context.Context, name string, begin func(columns []string), take func(contactfile.Row) error) error {
	rows, err := contactfile.Open(cancellable{p.file, ctx}, contactfile.Options{
		Sheet: name, Hidden: true, Scratch: p.account.Scratch, Limits: contactfile.Limits{Columns: maxColumns, Unpacked: maxUnpacked},
	})
	if err != nil {
		return errElsewhere
	}
	defer func() { _ = rows.Close() }()
	begin(rows.Columns())
	for {
		row, err := rows.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errElsewhere
		}
		if err := take(row); err != nil {
			return err
		}
	}
}

// judgeElsewhere finds the columns of another table that say who may be mailed, and those of addresses.
func (p *pass) judgeElsewhere(ctx context.Context, name string) (otherTable, error) {
	found := otherTable{name: name}
	var names []string
	var held []*optout.Values
	var addresses []int
	err := p.eachElsewhere(ctx, name, func(columns []string) {
		names, addresses = columns, make([]int, len(columns))
		for _, column := range columns {
			held = append(held, optout.ValuesOf(column))
		}
	}, func(row contactfile.Row) error {
		for i, written := range row.Cells[:min(len(row.Cells), len(names))] {
			if isAddress(written) {
				addresses[i]++
			} else if written != "" {
				held[i].Add(written, 1)
			}
		}
		return nil
	})
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
	return found, err
}

// takeNo puts the people of another table aside who say no there.
func (p *pass) takeNo(ctx context.Context, other otherTable, where string) error {
	b := &batch{}
	err := p.eachElsewhere(ctx, other.name, func([]string) {}, func(row contactfile.Row) error {
		for _, column := range other.mail {
			said := column.column.Read(cell(row.Cells, column.index))
			if said.Verdict != optout.No {
				continue
			}
			for _, at := range other.addresses {
				for _, email := range everyAddress([]string{cell(row.Cells, at)}) {
					b.records = appendGone(b.records, email, where, other.name, row.Line, " and "+string(said.Reason))
					b.add(p.put.places.of(email), gone)
				}
			}
			break
		}
		return p.flush(b)
	})
	if err != nil && !errors.Is(err, errElsewhere) {
		return err
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
