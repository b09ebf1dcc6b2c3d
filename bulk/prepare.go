package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
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
	// Format says what a file was found to be.
	Format string
	// Uses says what each column of a file became; Proposed are fields for those that have none, Created those of them that
	// have to be created before the rows are sent.
	Uses              []Use
	Proposed, Created []Proposal
	// Roles and Typos are addresses that are seldom worth mailing.
	Roles, Typos Doubtful
	// ErasedBefore is how many of Rows are people who asked for erasure before.
	ErasedBefore int

	given   bool // as rows, not read from a file
	guarded bool // against people whom this server has deleted

	tags  []string        // what each column is: "email", a merge tag, or empty
	met   map[string]bool // the doubtful addresses that were counted
	lines map[string]int  // where each address stands first: its line in a file, or its number among rows
}

// Rejected is a row that is not imported: where it stands, why, and what it says.
type Rejected struct {
	Line   int
	Reason string
	Cells  []string
}

// Reading is what a call says about a file.
type Reading struct {
	// Mapping says of columns which field they go into, by name, merge tag or id, or "email" or "ignore".
	Mapping map[string]string
	// CreateFields makes the fields that are proposed for the other columns; the caller creates them before it sends.
	CreateFields bool
	// DateOrder is "dmy", "mdy" or "ymd", for dates that can be read in more than one order.
	DateOrder string
	// Skip are the addresses to leave out.
	Skip []Doubt
	// Encoding, Delimiter and Sheet say what the file does not say itself; Columns are the names for one without a header.
	Encoding, Delimiter, Sheet string
	Columns                    []string
}

// ReadFile reads a contact file below the allowed folders. Addresses are trimmed, checked and lower-cased; rows that
// repeat one are merged, the later value wins; empty cells leave a field as it is. People who were deleted here while
// unsubscribed are rejected.
func (s *Service) ReadFile(ctx context.Context, path string, how Reading) (*Prepared, error) {
	file, err := s.folders.Open(path, maxFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	open := func() (*Reader, error) { return NewReader(ctx, file, how) }
	prepared, err := prepare(ctx, open, how, func(named []string) ([]apiclient.Field, error) {
		return s.catalog.FieldsFor(ctx, named)
	})
	if err != nil {
		return nil, err
	}
	return prepared, s.guard(ctx, prepared)
}

// prepare reads what open gives from its beginning: once, or twice when columns have to be surveyed. fieldsFor returns the
// account's fields, of which some are named.
func prepare(ctx context.Context, open func() (*Reader, error), how Reading, fieldsFor func(named []string) ([]apiclient.Field, error)) (*Prepared, error) {
	reader, err := open()
	if err != nil {
		return nil, err
	}
	named := how.named()
	if how.CreateFields { // a field that was made elsewhere a moment ago is not made again
		named = append(named, reader.Columns...)
	}
	fields, err := fieldsFor(named)
	if err != nil {
		return nil, err
	}
	plan, err := planColumns(reader.Columns, fields, how.Mapping)
	if err != nil {
		return nil, err
	}
	var created, proposed []Proposal
	if asked := surveyOf(plan); asked != nil {
		if err := asked.readAll(ctx, reader, plan); err != nil {
			return nil, err
		}
		proposed = plan.propose(asked, fields)
		if how.CreateFields {
			if created, proposed, err = plan.create(proposed, len(fields)); err != nil {
				return nil, err
			}
		}
		if err := plan.decideOrders(asked, orderNamed(how.DateOrder)); err != nil {
			return nil, err
		}
		columns := reader.Columns
		reader.Close()
		if reader, err = open(); err != nil {
			return nil, err
		}
		if !slices.Equal(columns, reader.Columns) {
			return nil, fault.New(fault.FileAccess, "The file was changed while it was read.", "", "Repeat the call when it is written to its end; nothing was sent.")
		}
	}
	defer reader.Close()
	prepared := newPrepared(reader.Columns, plan)
	prepared.Format = reader.Format()
	prepared.Proposed, prepared.Created = proposed, created
	prepared.skip(how.Skip)
	return prepared, prepared.readAll(ctx, reader, plan)
}

// ReadRows is ReadFile for rows that were given in a call and checked already.
func (s *Service) ReadRows(ctx context.Context, rows []apiclient.ImportRow, skip []Doubt) (*Prepared, error) {
	prepared := FromRows(rows)
	prepared.Skip(skip)
	return prepared, s.guard(ctx, prepared)
}

// named are the fields that a mapping names.
func (r Reading) named() []string {
	var names []string
	for _, to := range r.Mapping {
		if to = strings.TrimSpace(to); !strings.EqualFold(to, asAddress) && !strings.EqualFold(to, asNothing) {
			names = append(names, to)
		}
	}
	return names
}

func newPrepared(columns []string, plan columnPlan) *Prepared {
	prepared := &Prepared{Columns: columns, Ignored: plan.leftOut(), Uses: plan.uses(), tags: plan.tags(), lines: map[string]int{}}
	for _, column := range plan.optOuts {
		prepared.OptOutColumns = append(prepared.OptOutColumns, column.name)
	}
	return prepared
}

func (p *Prepared) readAll(ctx context.Context, reader *Reader, plan columnPlan) error {
	in := intake{
		Prepared: p, plan: plan,
		at: map[string]int{}, out: map[string]string{}, failed: map[string][]int{}, foreign: make([]bool, len(plan.optOuts)),
		verdicts: make([]map[string]verdict, len(plan.optOuts)),
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
	plan     columnPlan
	at       map[string]int       // where in Rows an address is
	out      map[string]string    // the addresses that may not be imported, and why
	failed   map[string][]int     // where in Rejected the rows of an address are that were rejected for their values
	foreign  []bool               // the opt-out columns that hold something else as well
	verdicts []map[string]verdict // what their cells say, as far as that is remembered
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
	} else {
		if reason != "" && len(in.plan.optOuts) > 0 {
			in.failed[row.Email] = append(in.failed[row.Email], len(in.Rejected))
		}
		if why := in.doubted(row.Email); why != "" {
			reason = why
		}
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
	if err != nil {
		return row, "email " + err.Error()
	}
	var problems []string
	for i := range p.columns {
		column := &p.columns[i]
		if column.field == nil {
			continue
		}
		written := cell(record.Cells, i)
		if written == "" {
			continue
		}
		value, problem := coerce(column.field, written, column.order, p.now)
		if problem != "" {
			problems = append(problems, problem)
			continue
		}
		if row.Fields == nil {
			row.Fields = apiclient.Values{}
		}
		row.Fields[column.field.MergeTag] = value
	}
	return row, strings.Join(problems, "; ")
}

// misfit says what is wrong with a row whose cells do not stand below their headers: nothing of it may be imported,
// because its values are in the wrong columns.
func (p columnPlan) misfit(cells []string) string {
	wide := len(cells) > len(p.columns) && !isBlank(cells[len(p.columns):])
	switch {
	case wide:
		return fmt.Sprintf("the row has %d cells and the header %d; put values that contain commas in quotes", len(cells), len(p.columns))
	case len(cells) != len(p.columns) && slices.ContainsFunc(cells, isMultiline):
		return fmt.Sprintf("a quoted value runs over several lines, and the row has %d cells where the header has %d; check the quotes", len(cells), len(p.columns))
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
	prepared := &Prepared{Read: len(rows), given: true, lines: make(map[string]int, len(rows))}
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

// Use is what became of a column: the field it goes into, and what else is to be said of it.
type Use struct {
	Column string
	To     string // "email", a merge tag, "ignore", or empty where there is no field
	OptOut bool   // it was read for who may be mailed
	Order  string // in which order its dates were read, where one was needed: "dmy"
	Shows  string // the value that shows the order; empty where the caller gave it
}

func (p columnPlan) uses() []Use {
	var uses []Use
	for i, column := range p.columns {
		if isOwnColumn(column.name) {
			continue
		}
		use := Use{Column: column.name, OptOut: column.optOut, Order: column.order.name(), Shows: column.shows}
		switch {
		case i == p.email:
			use.To = asAddress
		case column.field != nil:
			use.To = column.field.MergeTag
		case column.dropped:
			use.To = asNothing
		}
		uses = append(uses, use)
	}
	return uses
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
