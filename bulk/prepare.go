package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/apiclient"
)

// Prepared is a set of contacts ready to be imported, each address once, with what was left out.
type Prepared struct {
	Rows []apiclient.ImportRow
	// Read is how many rows the source has, Merged how many of them repeated an address.
	Read, Merged int
	// Rejected are rows that cannot be imported.
	Rejected []Rejected
	// Columns is the source's header, for the file of rejected rows; Ignored are those that match no field.
	Columns, Ignored []string

	tags  []string       // what each column is: "email", a merge tag, or empty
	lines map[string]int // where each address stands first: its line in a file, or its number among rows
}

// Rejected is a row that is not imported: where it stands, why, and what it says.
type Rejected struct {
	Line   int
	Reason string
	Cells  []string
}

// ReadFile reads a contact file below the allowed folders. Addresses are trimmed, checked and lower-cased; rows that
// repeat one are merged, the later value wins; empty cells leave a field as it is.
func (s *Service) ReadFile(ctx context.Context, path string) (*Prepared, error) {
	file, err := s.folders.Open(path, maxFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader, err := NewReader(file)
	if err != nil {
		return nil, err
	}
	fields, err := s.catalog.Fields(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := planColumns(reader.Columns, fields)
	if err != nil {
		return nil, err
	}
	prepared := &Prepared{Columns: reader.Columns, Ignored: plan.Ignored, tags: plan.tags(), lines: map[string]int{}}
	return prepared, prepared.readAll(ctx, reader, plan)
}

func (p *Prepared) readAll(ctx context.Context, reader *Reader, plan columnPlan) error {
	at := map[string]int{}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		p.Read++
		row, reason := plan.row(record)
		if reason != "" {
			p.Rejected = append(p.Rejected, Rejected{Line: record.Line, Reason: reason, Cells: append([]string(nil), record.Cells...)})
			continue
		}
		if i, seen := at[row.Email]; seen {
			p.Merged++
			merge(&p.Rows[i], row)
			continue
		}
		at[row.Email] = len(p.Rows)
		p.lines[row.Email] = record.Line
		p.Rows = append(p.Rows, row)
	}
}

// row reads a record; reason says why it cannot be a contact.
func (p columnPlan) row(record Record) (apiclient.ImportRow, string) {
	for _, cell := range record.Cells {
		if !utf8.ValidString(cell) {
			return apiclient.ImportRow{}, "the row is not encoded in UTF-8; save the file as CSV in UTF-8"
		}
	}
	if problem := p.misfit(record.Cells); problem != "" {
		return apiclient.ImportRow{}, problem
	}
	address := cell(record.Cells, p.email)
	email, err := apiclient.ParseEmail(address)
	if err != nil {
		return apiclient.ImportRow{}, "email " + err.Error()
	}
	row := apiclient.ImportRow{Email: email}
	var problems []string
	for i, field := range p.fields {
		if field == nil {
			continue
		}
		written := cell(record.Cells, i)
		if written == "" {
			continue
		}
		value, problem := coerce(*field, written)
		if problem != "" {
			problems = append(problems, problem)
			continue
		}
		if row.Fields == nil {
			row.Fields = apiclient.Values{}
		}
		row.Fields[field.MergeTag] = value
	}
	return row, strings.Join(problems, "; ")
}

// misfit says what is wrong with a row whose cells do not stand below their headers: nothing of it may be imported,
// because its values are in the wrong columns.
func (p columnPlan) misfit(cells []string) string {
	wide := len(cells) > len(p.fields) && !isBlank(cells[len(p.fields):])
	switch {
	case wide:
		return fmt.Sprintf("the row has %d cells and the header %d; put values that contain commas in quotes", len(cells), len(p.fields))
	case len(cells) != len(p.fields) && slices.ContainsFunc(cells, isMultiline):
		return fmt.Sprintf("a quoted value runs over several lines, and the row has %d cells where the header has %d; check the quotes", len(cells), len(p.fields))
	}
	return ""
}

func isMultiline(cell string) bool { return strings.ContainsRune(strings.TrimSpace(cell), '\n') }

// merge puts a later row's values over an earlier one's.
func merge(earlier *apiclient.ImportRow, later apiclient.ImportRow) {
	if earlier.Fields == nil {
		earlier.Fields = later.Fields
		return
	}
	for tag, value := range later.Fields {
		earlier.Fields[tag] = value
	}
}

// FromRows prepares rows that were checked already; rows that repeat an address are merged.
func FromRows(rows []apiclient.ImportRow) *Prepared {
	prepared := &Prepared{Read: len(rows), lines: make(map[string]int, len(rows))}
	tags := map[string]bool{}
	at := map[string]int{}
	for number, row := range rows {
		for tag := range row.Fields {
			tags[tag] = true
		}
		i, seen := at[row.Email]
		if !seen {
			at[row.Email] = len(prepared.Rows)
			prepared.lines[row.Email] = number + 1
			prepared.Rows = append(prepared.Rows, row)
			continue
		}
		prepared.Merged++
		merge(&prepared.Rows[i], row)
		prepared.Rows[i].AddToLists = Union(prepared.Rows[i].AddToLists, row.AddToLists)
	}
	prepared.tags = append([]string{"email"}, slices.Sorted(maps.Keys(tags))...)
	prepared.Columns = prepared.tags
	return prepared
}

// cellsOf writes a row back as the source's columns have it.
func (p *Prepared) cellsOf(row apiclient.ImportRow) []string {
	cells := make([]string, len(p.tags))
	for i, tag := range p.tags {
		switch value := row.Fields[tag]; {
		case tag == "email":
			cells[i] = row.Email
		case tag != "" && value != nil:
			cells[i] = fmt.Sprint(value)
		}
	}
	return cells
}

// Union joins two sets of ids.
func Union(a, b []int64) []int64 {
	joined := slices.Clone(a)
	for _, id := range b {
		if !slices.Contains(joined, id) {
			joined = append(joined, id)
		}
	}
	return joined
}
