package audience

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// FilledColumn is a column of a written file with how many contacts have a value in it.
type FilledColumn struct {
	Name   string
	Filled int
}

// The forms of a file. In CSV all cells are those of Mailtrap's export to the letter, but for what was changed since.
const (
	AsExported = "export" // CSV that is headed as Mailtrap's export
	CSV        = "csv"    // headed as conditions name columns; lists by name, so that they can be told apart
	JSONL      = "jsonl"  // an object a line, likewise
	XLSX       = "xlsx"   // a workbook of Excel with one sheet, likewise
)

// Write writes the contacts that fit. columns are as in a Query; none means all. What was written when it fails is not to be kept.
func (sn *Snapshot) Write(
	ctx context.Context, w io.Writer, condition string, columns []string, format string,
) (n int, filled []FilledColumn, err error) {
	q, _, err := sn.where(ctx, condition, "")
	if err != nil {
		return 0, nil, err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	var list string
	var cells []where.Cell
	var write func(row []any) error
	var flush func() error
	switch format {
	case AsExported, CSV:
		f, err := sn.lines(out, q.over, columns, format == AsExported)
		if err != nil {
			return 0, nil, err
		}
		for _, c := range f.columns {
			if c.cell != nil {
				cells = append(cells, *c.cell)
			}
		}
		filled, list, flush = f.filled, "row"+f.made, f.flush
		write = func(row []any) error { return f.write(ctx, row) }
	case JSONL, XLSX:
		if cells, err = sn.cells(columns); err != nil {
			return 0, nil, err
		}
		list, filled = listed(cells), make([]FilledColumn, len(cells))
		for i, c := range cells {
			filled[i].Name = c.Name
		}
		if write, flush, err = sn.typed(out, cells, filled, format == XLSX); err != nil {
			return 0, nil, err
		}
	default:
		return 0, nil, fault.New(fault.InvalidInput, "format: "+text.Quote(format)+" is not known.", "", "Use csv, jsonl or xlsx.")
	}
	if err := sn.needs(ctx, q, cells...); err != nil {
		return 0, nil, err
	}
	err = sn.inOrder(ctx, q, list, func(row []any) error {
		n++
		return write(row)
	})
	if err == nil {
		err = flush()
	}
	if err == nil {
		err = writeFault(out.Flush())
	}
	return n, filled, err
}

func writeFault(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.FileAccess, "The contacts could not be written to the file.", "",
		"Check that the folder has room, and export again.").Because(err)
}

// cells are the columns of the snapshot that a caller names, each once; none means all that it has.
func (sn *Snapshot) cells(names []string) (cells []where.Cell, err error) {
	if len(names) == 0 {
		for i, c := range sn.about.Columns {
			if !c.Absent {
				cells = append(cells, sn.about.Cell(i))
			}
		}
	}
	named, missing := map[string]bool{}, []string(nil)
	var failed error
	for _, name := range names {
		c, err := sn.about.CellNamed(name, "columns")
		if err != nil {
			missing, failed = append(missing, text.Quote(name)), err
		} else if !named[c.Name] {
			cells, named[c.Name] = append(cells, c), true
		}
	}
	if len(missing) > 1 {
		failed = fault.New(fault.InvalidInput, "columns: there are no columns "+text.Listing(missing, 10)+".", fault.From(failed).Why,
			"Correct them and call again, or leave columns out.")
	}
	return cells, failed
}

// typed writes rows of cells that tell numbers from texts: JSON, or a workbook.
func (sn *Snapshot) typed(
	out io.Writer, cells []where.Cell, filled []FilledColumn, asWorkbook bool,
) (write func(row []any) error, end func() error, err error) {
	put, end := sn.objects(out, cells), func() error { return nil }
	if asWorkbook {
		names := make([]string, len(cells))
		for i, c := range cells {
			names[i] = c.Name
		}
		w, err := newWorkbook(out, names)
		if err != nil {
			return nil, nil, err
		}
		put, end = func(row []any) error { return w.add(sn.sheetRow(cells, row)) }, w.end
	}
	return func(row []any) error {
		for i := range cells {
			if row[i] != nil && row[i] != "" {
				filled[i].Filled++
			}
		}
		return put(row)
	}, end, nil
}

// objects writes rows of cells as JSON.
func (sn *Snapshot) objects(out io.Writer, cells []where.Cell) func(row []any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return func(row []any) error {
		object := make(map[string]any, len(cells))
		for i, c := range cells {
			object[c.Name] = sn.about.Value(c, row[i])
		}
		return writeFault(encoder.Encode(object))
	}
}

// sheetRow are the values of a row of cells as a workbook has them.
func (sn *Snapshot) sheetRow(cells []where.Cell, row []any) []any {
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = sn.about.Value(c, row[i])
		if day, is := values[i].(string); is && c == sn.about.Cell(c.Column) && sn.about.Columns[c.Column].DataType == catalog.Date {
			values[i] = date(day)
		} else if c.IsSet {
			values[i] = sn.about.Text(c, row[i])
		}
	}
	return values
}

// lines are a file of CSV.
type lines struct {
	originals
	csv     *csv.Writer
	columns []lineColumn
	made    string // the cells that are asked of the snapshot
	line    []string
	filled  []FilledColumn
}

// lineColumn is a column of it: one of Mailtrap's export, or where that has none, one of the snapshot.
type lineColumn struct {
	name   string
	source int
	cell   *where.Cell // nil where the snapshot does not tell what it is
}

// lines begins a file with its header.
func (sn *Snapshot) lines(out io.Writer, over *overlay, names []string, asExported bool) (*lines, error) {
	columns, err := sn.lineColumns(names, asExported)
	if err != nil {
		return nil, err
	}
	l := &lines{originals: originals{sn: sn, over: over}, csv: csv.NewWriter(out), columns: columns}
	for _, c := range columns {
		l.line = append(l.line, c.name)
		l.filled = append(l.filled, FilledColumn{Name: text.Clean(c.name)})
		if c.source < 0 {
			l.made += ", " + c.cell.SQL
		}
	}
	return l, writeFault(l.csv.Write(l.line))
}

func (sn *Snapshot) lineColumns(names []string, asExported bool) (columns []lineColumn, err error) {
	of := func(c where.Cell) lineColumn {
		source := sn.about.Source[c.Column]
		switch {
		case source < 0, c != sn.about.Cell(c.Column), c.IsSet && !asExported:
			return lineColumn{c.Name, -1, &c}
		case !asExported:
			return lineColumn{c.Name, source, &c}
		}
		return lineColumn{sn.about.Header[source], source, &c}
	}
	if len(names) > 0 {
		cells, err := sn.cells(names)
		for _, c := range cells {
			columns = append(columns, of(c))
		}
		return columns, err
	}
	for source, name := range sn.about.Header {
		columns = append(columns, lineColumn{name, source, nil})
	}
	var made []where.Cell // who is unsubscribed and on which lists may be known by other exports
	for i, c := range sn.about.Columns {
		if source := sn.about.Source[i]; source >= 0 {
			columns[source] = of(sn.about.Cell(i))
		} else if !c.Absent {
			made = append(made, sn.about.Cell(i))
		}
	}
	for _, c := range made {
		columns = append(columns, of(c))
	}
	return columns, nil
}

// write writes the contact of a row: its number, and the cells that were asked of the snapshot.
func (l *lines) write(ctx context.Context, row []any) error {
	number, _ := row[0].(int64)
	var now, before []any // of one who was changed since: all columns
	if at := number - l.sn.about.Rows - 1; at >= 0 {
		now, before = l.over.changed[at][1:], l.over.before[at]
		if number = 0; before != nil {
			number, _ = before[0].(int64)
			before = before[1:]
		}
	}
	var original []string
	if number > 0 {
		var err error
		if original, err = l.row(ctx, number); err != nil {
			return l.sn.failed(ctx, ctx, err)
		}
	}
	made := row[1:]
	for i, c := range l.columns {
		switch {
		case c.source < 0:
			l.line[i], made = l.sn.about.Text(*c.cell, made[0]), made[1:]
		case now != nil && c.cell != nil && (before == nil || before[c.cell.Column] != now[c.cell.Column]):
			l.line[i] = l.sn.about.cellText(*c.cell, now[c.cell.Column])
		case c.source < len(original):
			l.line[i] = original[c.source]
		default:
			l.line[i] = ""
		}
		if strings.TrimSpace(l.line[i]) != "" {
			l.filled[i].Filled++
		}
	}
	return writeFault(l.csv.Write(l.line))
}

func (l *lines) flush() error {
	l.csv.Flush()
	return writeFault(l.csv.Error())
}

// cellText is a value as it stands in a column of Mailtrap's export.
func (a *about) cellText(c where.Cell, v any) string {
	s, _ := v.(string)
	switch {
	case c.Column == where.Status && a.Words != nil:
		return a.Words[s]
	case c.IsSet && a.ByID:
		return strings.Trim(s, ",")
	}
	return a.Text(c, v)
}
