package audience

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"

	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// FilledColumn is a column of a written file with how many contacts have a value in it.
type FilledColumn struct {
	Name   string
	Filled int
}

// Write writes the contacts that fit as "csv", with merge tags for a header and list names joined by "; ", or as "jsonl", an
// object a line. columns are as in a Query; none means all. What was written when it fails is not to be kept.
func (sn *Snapshot) Write(ctx context.Context, w io.Writer, where string, columns []string, format string) (n int, filled []FilledColumn, err error) {
	condition, _, err := sn.condition(where, "")
	if err != nil {
		return 0, nil, err
	}
	var cells []cell
	for _, name := range columns {
		c, err := sn.cellNamed(name, "columns")
		if err != nil {
			return 0, nil, err
		}
		cells = append(cells, c)
	}
	if len(columns) == 0 {
		for i, c := range sn.schema.columns {
			if !c.Absent {
				cells = append(cells, sn.cellOf(i))
			}
		}
	}
	needed := make([]int, len(cells))
	filled = make([]FilledColumn, len(cells))
	for i, c := range cells {
		needed[i], filled[i].Name = c.column, c.name
	}
	out := bufio.NewWriterSize(w, 64<<10)
	write, flush, err := sn.rowWriter(out, format, cells)
	if err != nil {
		return 0, nil, err
	}
	err = sn.scan(ctx, condition, needed, true, false, func(v *view) error {
		for i, kept := range v.keep {
			if kept != 1 {
				continue
			}
			n++
			for at, c := range cells {
				if value := c.sort(v, i); value.kind != null && (value.kind != textual || value.text != "") {
					filled[at].Filled++
				}
			}
			if err := write(v, i); err != nil {
				return writeFault(err)
			}
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err == nil {
		if err = out.Flush(); err != nil {
			err = writeFault(err)
		}
	}
	return n, filled, err
}

func writeFault(err error) error {
	return fault.New(fault.FileAccess, "The contacts could not be written to the file.", "", "Check that the folder has room, and export again.").Because(err)
}

func (sn *Snapshot) rowWriter(out io.Writer, format string, cells []cell) (write func(*view, int) error, flush func() error, err error) {
	switch format {
	case "", "csv":
		rows := csv.NewWriter(out)
		line := make([]string, len(cells))
		for i, c := range cells {
			line[i] = c.name
		}
		if err := rows.Write(line); err != nil {
			return nil, nil, writeFault(err)
		}
		return func(v *view, i int) error {
			for at, c := range cells {
				line[at] = sn.written(c, v, i)
			}
			return rows.Write(line)
		}, func() error { rows.Flush(); return rows.Error() }, nil
	case "jsonl":
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return func(v *view, i int) error {
			object := make(map[string]any, len(cells))
			for _, c := range cells {
				object[c.name] = c.get(v, i)
			}
			return encoder.Encode(object)
		}, func() error { return nil }, nil
	}
	return nil, nil, fault.New(fault.InvalidInput, "format: "+text.Quote(format)+" is not known.", "", "Use csv or jsonl.")
}

// written is a cell of a CSV file.
func (sn *Snapshot) written(c cell, v *view, i int) string {
	if c.column == colLists && c.name != listCount {
		return exports.JoinLists(sn.listNames(v.columns[colLists].at(i).text))
	}
	return c.sort(v, i).written(sn.schema.columns[c.column].DataType)
}
