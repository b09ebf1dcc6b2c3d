package audience

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// FilledColumn is a column of a written file with how many contacts have a value in it.
type FilledColumn struct {
	Name   string
	Filled int
}

// Write writes the contacts that fit as "csv", with merge tags for a header and list names joined by "; ", or as "jsonl", an
// object a line. columns are as in a Query; none means all. What was written when it fails is not to be kept.
func (sn *Snapshot) Write(
	ctx context.Context, w io.Writer, condition string, columns []string, format string,
) (n int, filled []FilledColumn, err error) {
	c, _, err := sn.where(ctx, condition, "")
	if err != nil {
		return 0, nil, err
	}
	var cells []where.Cell
	for _, name := range columns {
		c, err := sn.about.CellNamed(name, "columns")
		if err != nil {
			return 0, nil, err
		}
		cells = append(cells, c)
	}
	if len(columns) == 0 {
		for i, c := range sn.about.Columns {
			if !c.Absent {
				cells = append(cells, sn.about.Cell(i))
			}
		}
	}
	filled = make([]FilledColumn, len(cells))
	for i, c := range cells {
		filled[i].Name = c.Name
	}
	out := bufio.NewWriterSize(w, 64<<10)
	write, flush, err := sn.rowWriter(out, format, cells)
	if err != nil {
		return 0, nil, err
	}
	err = sn.inOrder(ctx, c, listed(cells), func(row []any) error {
		n++
		for i, v := range row {
			if v != nil && v != "" {
				filled[i].Filled++
			}
		}
		if err := write(row); err != nil {
			return writeFault(err)
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
	return fault.New(fault.FileAccess, "The contacts could not be written to the file.", "",
		"Check that the folder has room, and export again.").Because(err)
}

func (sn *Snapshot) rowWriter(out io.Writer, format string, cells []where.Cell) (
	write func(row []any) error, flush func() error, err error,
) {
	switch format {
	case "", "csv":
		rows := csv.NewWriter(out)
		line := make([]string, len(cells))
		for i, c := range cells {
			line[i] = c.Name
		}
		if err := rows.Write(line); err != nil {
			return nil, nil, writeFault(err)
		}
		return func(row []any) error {
			for at, c := range cells {
				line[at] = sn.about.Text(c, row[at])
			}
			return rows.Write(line)
		}, func() error { rows.Flush(); return rows.Error() }, nil
	case "jsonl":
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return func(row []any) error {
			object := make(map[string]any, len(cells))
			for at, c := range cells {
				object[c.Name] = sn.about.Value(c, row[at])
			}
			return encoder.Encode(object)
		}, func() error { return nil }, nil
	}
	return nil, nil, fault.New(fault.InvalidInput, "format: "+text.Quote(format)+" is not known.", "", "Use csv or jsonl.")
}
