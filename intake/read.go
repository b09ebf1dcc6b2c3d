package intake

import (
	"context"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/coerce"
	"mailtrap-contacts-mcp/contactfile"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Bounds of a contact file. How many rows it has is not bounded.
const (
	maxColumns  = 500
	maxUnpacked = 8 << 30 // bytes of one that is packed
)

// source reads the rows of a contact file. Rows may be shorter or longer than the header.
type source struct {
	columns []string // the header, cleaned
	rows    *contactfile.Reader
	named   bool // each cell has its column's name beside it, so that none can be missing
	own     bool // this program wrote it, of rows that were rejected

	unwrapped, guardedAt int    // cells that stood in what keeps a spreadsheet program from changing them, and where the first is
	guard                string // the first

	ahead []fileRow // rows that were looked at and not handed on yet
	ended error     // what ended the looking ahead
}

// fileRow is a row of a file.
type fileRow struct {
	line  int
	cells []string
	// The row is not one of the table: the text gone stands above people who do not want mail, or it is crossed out.
	gone    string
	crossed bool
	problem string // why it cannot be relied on
}

func (r fileRow) isOut() bool { return r.gone != "" || r.crossed }

// aheadRows and aheadText are how much of a file is looked at before it is read.
const (
	aheadRows = 500
	aheadText = 1 << 20
)

// lookAhead returns the first rows, which next will return all the same. What keeps it from reading on, next says in its turn.
func (s *source) lookAhead() []fileRow {
	size := 0
	for len(s.ahead) < aheadRows && size < aheadText && s.ended == nil {
		row, err := s.read()
		if err != nil {
			s.ended = err
			break
		}
		row.cells = slices.Clone(row.cells)
		s.ahead = append(s.ahead, row)
		for _, cell := range row.cells {
			size += len(cell)
		}
	}
	return s.ahead
}

// newSource reads the header of a contact file. The columns of JSON are all known only when it has been read: it is read
// through once for them.
func newSource(ctx context.Context, file contactfile.File, how Reading, scratch string) (*source, error) {
	rows, err := openRows(ctx, file, how, scratch)
	if err != nil {
		return nil, err
	}
	columns := rows.Columns()
	named := rows.Format().Named
	if named {
		if columns, err = allColumns(rows); err != nil {
			return nil, err
		}
		if rows, err = openRows(ctx, file, how, scratch); err != nil {
			return nil, err
		}
	}
	cleaned := make([]string, len(columns))
	for i, name := range columns {
		name, _ = coerce.Unguarded(strings.TrimSpace(name))
		cleaned[i] = text.Clean(name)
	}
	return &source{columns: cleaned, rows: rows, named: named, own: slices.Contains(cleaned, ReasonColumn)}, nil
}

func openRows(ctx context.Context, file contactfile.File, how Reading, scratch string) (*contactfile.Reader, error) {
	return contactfile.Open(cancellable{file, ctx}, contactfile.Options{
		Encoding: how.Encoding, Delimiter: how.Delimiter, Sheet: how.Sheet, Columns: how.Columns, Hidden: how.HiddenRows, Scratch: scratch,
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
	for _, err := range rows.Rows() {
		if err != nil {
			return nil, err
		}
	}
	return rows.Columns(), nil
}

// isTyped reports that the source tells numbers from texts, and has them as programs write them.
func (s *source) isTyped() bool {
	about := s.rows.Format()
	return s.named && about.Long == "" || about.Format == contactfile.Excel
}

// again opens the file anew, to read its rows once more.
func (s *source) again(ctx context.Context, file contactfile.File, how Reading, scratch string) (*source, error) {
	s.close()
	rows, err := openRows(ctx, file, how, scratch)
	if err != nil {
		return nil, err
	}
	if !s.named && !slices.EqualFunc(s.columns, rows.Columns(),
		func(a, b string) bool { b, _ = coerce.Unguarded(strings.TrimSpace(b)); return a == text.Clean(b) }) {
		_ = rows.Close()
		return nil, fault.New(fault.FileAccess, "The file was changed while it was read.", "",
			"Repeat the call when it is written to its end; nothing was sent.")
	}
	return &source{columns: s.columns, rows: rows, named: s.named, own: s.own}, nil
}

// format says what the file was found to be: "CSV, separated by semicolons, in windows-1252 (a guess)".
func (s *source) format() string {
	about := s.rows.Format()
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
	switch {
	case about.Zip:
		said += ", the file " + text.Quote(about.Sheet) + " of a ZIP archive"
	case len(about.Sheets) > 1:
		said += ", sheet " + text.Quote(about.Sheet) + " of " + text.Count(len(about.Sheets), "sheet")
	}
	if about.Gzip {
		said += ", packed"
	}
	if about.Long != "" {
		said += ", with a row for each value (in " + about.Long + ") that were brought together by person"
	}
	return said
}

// unpackedSize is about how many bytes the rows of the file have.
func (s *source) unpackedSize() int64 {
	_, size := s.rows.Position()
	switch about := s.rows.Format(); {
	case about.Gzip, about.Zip:
		return 6 * size
	case about.Format == contactfile.Excel:
		return 8 * size
	}
	return size
}

// close lets go of what a source holds besides its file. It may be none.
func (s *source) close() {
	if s != nil {
		_ = s.rows.Close()
	}
}

// next returns the next row that is not blank; its cells are valid until the one after it is read. It fails with io.EOF
// behind the last.
func (s *source) next() (fileRow, error) {
	if len(s.ahead) > 0 {
		first := s.ahead[0]
		s.ahead = s.ahead[1:]
		return first, nil
	}
	if s.ended != nil {
		return fileRow{}, s.ended
	}
	return s.read()
}

func (s *source) read() (fileRow, error) {
	row, err := s.rows.Next()
	if err != nil {
		return fileRow{}, err
	}
	read := fileRow{line: row.Line, cells: row.Cells, gone: row.Gone, crossed: row.Crossed, problem: row.Problem}
	if read.isOut() {
		return read, nil
	}
	for i, cell := range row.Cells {
		switch {
		case cell == "" || cell[0] != '=' && cell[0] != '\'':
		case s.own:
			row.Cells[i] = restored(cell)
		default:
			row.Cells[i] = s.unguard(cell, row.Line)
		}
	}
	if s.named {
		for len(read.cells) < len(s.columns) { // those that the file names further down
			read.cells = append(read.cells, "")
		}
		return read, nil
	}
	read.cells = row.Cells[:min(row.Given, len(row.Cells))]
	return read, nil
}

func (s *source) unguard(cell string, line int) string {
	inside, is := coerce.Unguarded(cell)
	if !is {
		return cell
	}
	if s.unwrapped++; s.unwrapped == 1 {
		s.guard, s.guardedAt = strings.Clone(cell), line
	}
	return inside
}

func isBlank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}
