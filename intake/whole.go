package intake

import (
	"context"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/contactfile"
	"mailtrap-contacts-mcp/text"
)

// onlyAddress is the address in a row whose cells do not stand below their headers; empty where there is none or there are
// several, or where a cell may have swallowed other rows.
func onlyAddress(cells []string) string {
	found := ""
	for _, written := range cells {
		if strings.IndexByte(written, '@') < 0 && !isMultiline(written) {
			continue
		}
		read, err := readAddress(written)
		switch {
		case isMultiline(written), err == nil && found != "" && found != read.key, err != nil && holdsSeveral(written):
			return ""
		case err == nil:
			found = read.key
		}
	}
	return found
}

func holdsSeveral(cell string) bool {
	found, _ := addressesIn(foldSigns(cell))
	return len(found) > 1
}

// swallows tells a value that runs over several lines of which one looks like a row of its own, with an address: a quote
// that was left open took them in.
func swallows(written string, delimiter string) bool {
	if !isMultiline(written) {
		return false
	}
	for i, line := range strings.Split(written, "\n") {
		for cell := range strings.SplitSeq(line, delimiter) {
			if i > 0 && isAddress(strings.Trim(cell, `" `)) {
				return true
			}
		}
	}
	return false
}

func isAddress(written string) bool {
	if strings.IndexByte(written, '@') < 0 {
		return false
	}
	_, err := readAddress(written)
	return err == nil
}

// lookForGaps says what of a file was not read, or may be missing from it.
func (p *pass) lookForGaps(ctx context.Context) error {
	about := p.rows.rows.Format()
	if about.Cut {
		p.sum.Gaps = append(p.sum.Gaps, "the last line has no end and fewer cells than the header, as in a file that was cut off")
	}
	if lines := p.swallowing(); len(lines) > 0 {
		p.sum.Gaps = append(p.sum.Gaps, "a quote that is not closed where it should be seems to have swallowed rows after line "+
			text.Number(slices.Min(lines)))
	}
	for _, remark := range p.sum.Remarks {
		if remark.Kind == Further {
			p.sum.Gaps = append(p.sum.Gaps, "people have further addresses that were not compared, first "+
				text.QuoteUpTo(remark.Value, 60)+" in line "+text.Number(remark.Line))
		}
	}
	for _, note := range withheld(p.sum.Notes) {
		p.sum.Gaps = append(p.sum.Gaps, "there are addresses that were not read: "+note.Describe())
	}
	for _, sheet := range about.Sheets {
		if sheet == about.Sheet || p.how.Sheet != "" {
			continue
		}
		people, err := p.holdsPeople(ctx, sheet)
		if err != nil {
			return err
		}
		if people {
			what := "on the sheet "
			if about.Zip {
				what = "in the file "
			}
			p.sum.Gaps = append(p.sum.Gaps, "there are addresses "+what+text.QuoteUpTo(sheet, 60)+", and only "+
				text.QuoteUpTo(about.Sheet, 60)+" was read")
		}
	}
	return nil
}

// swallowing are the lines of rows that may have swallowed others.
func (p *pass) swallowing() (lines []int) {
	for _, worker := range p.put.workers {
		if worker.swallowed > 0 {
			lines = append(lines, worker.swallowed)
		}
	}
	return lines
}

// holdsPeople reports that there is an address on a sheet of a workbook, or that the sheet cannot be read.
func (p *pass) holdsPeople(ctx context.Context, sheet string) (bool, error) {
	rows, err := p.openPart(ctx, sheet)
	if err != nil {
		return true, ctx.Err()
	}
	for row, err := range rows.Rows() {
		if err != nil || slices.ContainsFunc(row.Cells, isAddress) {
			return true, ctx.Err()
		}
	}
	return slices.ContainsFunc(rows.Notes(), func(note contactfile.Note) bool { return note.People }), nil
}
