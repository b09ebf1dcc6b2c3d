package intake

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/contactfile"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Somebody may stand in the table that is read, and once more where the file says that its people do not want mail: on a
// sheet "Unsubscribed", in a file of the same archive called cleaned_….csv, in an array, below a line of text, or on any
// other sheet with a status of unsubscribed. They are not imported. Their addresses are put aside with the rows, so that they
// may be as many as these.

// everyAddress are the addresses that stand anywhere in a row.
func everyAddress(cells []string) (keys []string) {
	for _, cell := range cells {
		if strings.IndexByte(cell, '@') < 0 && !strings.Contains(cell, "＠") {
			continue
		}
		found, _ := addressesIn(foldSigns(cell))
		if read, err := readAddress(cell); err == nil {
			found = append(found, read)
		}
		for _, one := range found {
			if !slices.Contains(keys, one.key) {
				keys = append(keys, one.key)
			}
		}
	}
	return keys
}

// goneAt notes of an address that it stands elsewhere in the file. The record comes behind all rows.
func (b *batch) goneAt(at places, email, where, name string, line int, more string) {
	place := text.Quote(text.Clip(name, 60) + ", line " + text.Number(line))
	b.beside(at, gone, email, line, goneReason+where+" "+place+more+wouldSubscribe)
}

// crossedAt notes of an address that it stands in a row that is crossed out: it is open what that means.
func (b *batch) crossedAt(at places, email string, line int) {
	b.beside(at, unsure, email, line, heldBackReason+inDoubt+" (line "+text.Quote(text.Number(line))+" of theirs is crossed out)")
}

// beside notes what is said of an address beside its rows.
func (b *batch) beside(at places, kind recordKind, email string, line int, reason string) {
	b.reject(rowAt{math.MaxInt32, line}, kind, false, at.of(email), email, reason, nil)
}

// takeGone puts the people aside who are named in what else of the file is called after those who do not want mail.
func (p *pass) takeGone(ctx context.Context) error {
	about := p.rows.rows.Format()
	where := "in the array"
	switch {
	case about.Zip:
		where = "in the file"
	case about.Format == contactfile.Excel:
		where = "on the sheet"
	}
	for _, name := range about.Gone {
		err := p.takeGoneFrom(ctx, name, where)
		switch {
		case err == nil || errors.Is(err, contactfile.ErrEmpty):
		case ctx.Err() != nil:
			return err
		default:
			known := fault.From(err)
			return fault.New(fault.InvalidInput, "file: who is named "+where+" "+text.QuoteUpTo(name, 60)+" cannot be read. Nothing was sent.",
				"By its name these people must not be mailed, and some of them may stand among the others. "+known.What+" "+known.Why,
				"Correct it, or take it out of the file if it has nothing to do with mail, and call again.").Because(err)
		}
	}
	return p.takeElsewhere(ctx, where)
}

func (p *pass) takeGoneFrom(ctx context.Context, name, where string) error {
	rows, err := p.openPart(ctx, name)
	if err != nil {
		return err
	}
	b := &batch{}
	for row, err := range rows.Rows() {
		if err != nil {
			return err
		}
		for _, email := range everyAddress(row.Cells) {
			b.goneAt(p.put.places, email, where, name, row.Line, "")
		}
		if err := p.flush(b); err != nil {
			return err
		}
	}
	return p.put.add(b)
}

// openPart opens another sheet, file or array, to read all of it. A first row of people is not a header.
func (p *pass) openPart(ctx context.Context, name string) (*contactfile.Reader, error) {
	rows, err := p.openTable(ctx, name, "a")
	if err == nil || ctx.Err() != nil {
		return rows, err
	}
	return p.openTable(ctx, name) // of JSON and cards columns cannot be given
}

// openTable opens another sheet, file or array with its header, or with these columns.
func (p *pass) openTable(ctx context.Context, name string, columns ...string) (*contactfile.Reader, error) {
	return openRows(ctx, p.file, Reading{Sheet: name, Columns: columns, HiddenRows: true}, p.account.Scratch)
}
