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
	// Columns is the source's header, for the file of rejected rows; Ignored are those that match no field and serve for
	// nothing else.
	Columns, Ignored []string
	// OptOutColumns are those that were read for who may be mailed, OptedOut is how many people may not: their rows are
	// among the rejected ones.
	OptOutColumns []string
	OptedOut      int

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
	prepared := newPrepared(reader.Columns, plan)
	return prepared, prepared.readAll(ctx, reader, plan)
}

func newPrepared(columns []string, plan columnPlan) *Prepared {
	prepared := &Prepared{Columns: columns, Ignored: plan.Ignored, tags: plan.tags(), lines: map[string]int{}}
	for _, column := range plan.optOuts {
		prepared.OptOutColumns = append(prepared.OptOutColumns, column.name)
	}
	return prepared
}

func (p *Prepared) readAll(ctx context.Context, reader *Reader, plan columnPlan) error {
	in := intake{
		Prepared: p, plan: plan,
		at: map[string]int{}, out: map[string]string{}, failed: map[string][]int{}, foreign: make([]bool, len(plan.optOuts)),
	}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			in.end()
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		in.take(record)
	}
}

// intake takes the rows of a file in, one by one.
type intake struct {
	*Prepared
	plan    columnPlan
	at      map[string]int    // where in Rows an address is
	out     map[string]string // the addresses that may not be imported, and why
	failed  map[string][]int  // where in Rejected the rows of an address are that were rejected for their values
	foreign []bool            // the opt-out columns that hold something else as well
}

func (in *intake) take(record Record) {
	in.Read++
	row, reason := in.plan.row(record)
	if row.Email == "" {
		if email, why := in.plan.strayed(record.Cells); why != "" {
			in.leaveOut(email, why)
		}
	} else if why := in.optedOut(record.Cells); why != "" {
		in.leaveOut(row.Email, why)
		reason = why
	} else if why, out := in.out[row.Email]; out {
		reason = elsewhere(why)
	} else if reason != "" && len(in.plan.optOuts) > 0 {
		in.failed[row.Email] = append(in.failed[row.Email], len(in.Rejected))
	}
	if reason != "" {
		in.Rejected = append(in.Rejected, Rejected{Line: record.Line, Reason: reason, Cells: append([]string(nil), record.Cells...)})
		return
	}
	if i, seen := in.at[row.Email]; seen {
		in.Merged++
		merge(&in.Rows[i], row)
		return
	}
	in.at[row.Email] = len(in.Rows)
	in.lines[row.Email] = record.Line
	in.Rows = append(in.Rows, row)
}

// leaveOut keeps an address from being imported. A row of it that was taken in already is taken back and rejected, for
// itself and those that were merged into it. Rows that were rejected for their values get this reason instead: mending
// the values would not make them fit to be imported.
func (in *intake) leaveOut(email, why string) {
	if _, known := in.out[email]; known {
		return
	}
	in.out[email] = why
	for _, i := range in.failed[email] {
		in.Rejected[i].Reason = elsewhere(why)
	}
	if i, taken := in.at[email]; taken {
		in.Rejected = append(in.Rejected, Rejected{Line: in.lines[email], Reason: elsewhere(why), Cells: in.cellsOf(in.Rows[i])})
		in.Rows[i] = apiclient.ImportRow{}
	}
}

func (in *intake) end() {
	in.Rows = slices.DeleteFunc(in.Rows, func(row apiclient.ImportRow) bool { return row.Email == "" }) // those taken back
	in.OptedOut = len(in.out)
	for i, column := range in.plan.optOuts {
		if in.foreign[i] { // what it says besides is left out like any column without a field
			in.Ignored = append(in.Ignored, column.name)
		}
	}
}

// row reads a record; reason says why it cannot be a contact. The row has its address when its cells stand below their
// headers, even if it is rejected.
func (p columnPlan) row(record Record) (row apiclient.ImportRow, reason string) {
	if problem := p.misfit(record.Cells); problem != "" {
		return row, problem
	}
	email, err := apiclient.ParseEmail(cell(record.Cells, p.email))
	row.Email = email
	switch {
	case slices.ContainsFunc(record.Cells, func(cell string) bool { return !utf8.ValidString(cell) }):
		return row, "the row is not encoded in UTF-8; save the file as CSV in UTF-8"
	case err != nil:
		return row, "email " + err.Error()
	}
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
