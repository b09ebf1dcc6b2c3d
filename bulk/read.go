package bulk

import (
	"context"
	"errors"
	"io"
	"strings"

	"mailtrap-contacts-mcp/contactfile"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Bounds of a contact file.
const (
	maxFile     = 64 << 20  // bytes; all contacts of a file are held in memory, at several times its size
	maxUnpacked = 256 << 20 // bytes of one that is packed
	maxRows     = 200_000
	maxColumns  = 500
)

// Record is one row of a contact file: the line it begins on and its cells. The cells are valid
// until the next Read only.
type Record struct {
	Line  int
	Cells []string
}

// Reader reads the rows of a contact file, streaming. Rows may be shorter or longer than the header.
type Reader struct {
	Columns []string // the header, cleaned
	rows    *contactfile.Reader
	named   bool // each cell has its column's name beside it, so that none can be missing
	count   int
}

// NewReader reads the header of a contact file. The columns of JSON are all known only when it has been read: without
// columns, it is read through once for them.
func NewReader(ctx context.Context, file contactfile.File, how Reading) (*Reader, error) {
	rows, err := openRows(ctx, file, how)
	if err != nil {
		return nil, err
	}
	columns := rows.Columns()
	format := rows.Format().Format
	named := format == contactfile.JSON || format == contactfile.JSONLines
	if named {
		if columns, err = allColumns(rows); err != nil {
			return nil, err
		}
		if rows, err = openRows(ctx, file, how); err != nil {
			return nil, err
		}
	}
	cleaned := make([]string, len(columns))
	for i, name := range columns {
		cleaned[i] = text.Clean(name)
	}
	return &Reader{Columns: cleaned, rows: rows, named: named}, nil
}

func openRows(ctx context.Context, file contactfile.File, how Reading) (*contactfile.Reader, error) {
	return contactfile.Open(cancellable{file, ctx}, contactfile.Options{
		Encoding: how.Encoding, Delimiter: how.Delimiter, Sheet: how.Sheet, Columns: how.Columns,
		Limits: contactfile.Limits{Columns: maxColumns, Unpacked: maxUnpacked},
	})
}

// cancellable is a file that cannot be read any further once a call has ended.
type cancellable struct {
	contactfile.File
	ctx context.Context
}

// ReadAt implements io.ReaderAt.
func (c cancellable) ReadAt(p []byte, at int64) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.File.ReadAt(p, at)
}

func allColumns(rows *contactfile.Reader) ([]string, error) {
	defer func() { _ = rows.Close() }()
	for {
		if _, err := rows.Next(); errors.Is(err, io.EOF) {
			return rows.Columns(), nil
		} else if err != nil {
			return nil, err
		}
	}
}

// Format says what the file was found to be: "CSV, separated by semicolons, in windows-1252 (a guess)".
func (r *Reader) Format() string {
	about := r.rows.Format()
	said := about.Format
	if about.Delimiter != "" && about.Delimiter != "," && about.Format == contactfile.CSV {
		said += " separated by " + text.Quote(about.Delimiter)
	}
	if about.Encoding != "" && !strings.EqualFold(about.Encoding, "utf-8") {
		said += " in " + about.Encoding
		if !about.EncodingSure {
			said += " (a guess; encoding says otherwise)"
		}
	}
	if len(about.Sheets) > 1 {
		said += ", sheet " + text.Quote(about.Sheet) + " of " + text.Count(len(about.Sheets), "sheet")
	}
	if about.Gzip {
		said += ", packed"
	}
	return said
}

// Close lets go of what a reader holds besides its file.
func (r *Reader) Close() { _ = r.rows.Close() }

// Read returns the next row that is not blank; io.EOF after the last.
func (r *Reader) Read() (Record, error) {
	row, err := r.rows.Next()
	if err != nil {
		return Record{}, err
	}
	if r.count++; r.count > maxRows {
		return Record{}, fault.New(fault.LimitReached, "The file has more than "+text.Number(maxRows)+" rows.", "", "Split the file into parts and import one after the other.")
	}
	cells := row.Cells
	if !r.named {
		cells = cells[:min(row.Given, len(cells))]
	}
	return Record{Line: row.Line, Cells: cells}, nil
}

func isBlank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}
