// Package contactfile reads the rows of a contact file, whatever program wrote it: delimited text, JSON, JSON Lines, vCards or
// an Excel workbook, packed with gzip or in a ZIP archive or not, in any common encoding. It knows columns and cells, and
// nothing of what they mean.
//
// Files come from strangers and may be of any size. Reading streams; what is kept at a time is bounded by Limits, and a
// file that exceeds them ends in a fault. Nothing is lost in silence either: damage, a file that ends too early, a quote
// that is never closed and a byte that is not valid each end in a fault that says where.
package contactfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"iter"
	"strings"

	"mailtrap-contacts-mcp/charset"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// File is what is needed of an open file; *os.File has it. It is read from its beginning to the size it has now.
type File interface {
	io.ReaderAt
	Stat() (fs.FileInfo, error)
}

// Options say what the file does not say itself, or says wrongly. All may be left out.
type Options struct {
	// Encoding is the name of a character set, such as "utf-8" or "windows-1250"; empty: found out.
	Encoding string
	// Delimiter is what separates cells: a character, or comma, semicolon, tab, pipe; empty: found out.
	Delimiter string
	// Sheet is the name or number of a sheet, of a file in an archive, or of an array in JSON; empty: found out.
	Sheet string
	// Hidden has the hidden rows of a sheet read like the others.
	Hidden bool
	// Columns are the names for a file whose first row is a contact already.
	Columns []string
	// Scratch is the folder for the texts of a large workbook while it is read; empty: the system's temporary folder.
	Scratch string
	Limits  Limits
}

// Limits bound what a file may make the reader keep or do. What is zero has the default.
type Limits struct {
	Record   int   // bytes of one row: 1 MB
	Columns  int   // 1,000
	Unpacked int64 // bytes of what is unpacked: 4 GB
	Ratio    int64 // how many times its size a file may unpack to: 200
}

func (l Limits) withDefaults() Limits {
	if l.Record <= 0 {
		l.Record = 1 << 20
	}
	if l.Columns <= 0 {
		l.Columns = 1000
	}
	if l.Unpacked <= 0 {
		l.Unpacked = 4 << 30
	}
	if l.Ratio <= 0 {
		l.Ratio = 200
	}
	return l
}

// The formats of Description.
const (
	CSV       = "CSV"
	TSV       = "TSV"
	JSON      = "JSON"
	JSONLines = "JSON Lines"
	Excel     = "Excel"
	VCard     = "vCard"
)

// Description says what the file was found to be.
type Description struct {
	Format        string
	Delimiter     string // of CSV and TSV
	charset.Found        // the encoding of text

	Gzip   bool
	Zip    bool     // an archive of files, of which one is read
	Sheet  string   // of a workbook, or the file of an archive
	Sheets []string // all that can be chosen, in their order
	// Cut is set when the last row of a text has no line break behind it and fewer cells than every row before it.
	Cut bool
	// HeaderLine is where the columns are named; 0 where nothing in the file is a header.
	HeaderLine int
	// Joined is set where several rows name the columns, as in "Newsletter?: By e-mail".
	Joined bool
	// Unwilling is the name of the file, or of what of it is read, or the title above the table, when that says that these
	// people do not want mail or cannot get it.
	Unwilling string
	// Gone are the other sheets, files of the archive or arrays, as Options.Sheet takes them, whose names say so.
	Gone []string
	// Named is set where every row says the names of its columns itself, so that no cell can be in another's place.
	Named bool
	// Long names the two columns of a table with a row for each value, by which its rows were brought together.
	Long string
}

// Row is one row, valid until the next is read.
type Row struct {
	// Line is the line the row begins on; in a workbook the number of its row.
	Line int
	// Cells has a cell for each column known so far, and more where the row has more than the header.
	Cells []string
	// Given is how many cells the row has itself; what is missing to the columns is empty.
	Given int
	// Problem is why the row cannot be relied on; empty where it can. Its cells are a guess, to tell whose row it is.
	Problem string
	// Gone is set of what is not a row of the table: the text above it says that the people it names do not want mail, or cannot
	// get it.
	Gone string
	// Crossed is set of a row of a sheet that is crossed out, or whose address is.
	Crossed bool

	afterBlank bool // blank rows stand before it
	ended      bool // a line break stands behind it
	written    string
}

// format reads the rows of one format.
type format interface {
	// columns are the names known so far.
	columns() []string
	// next returns the next row that is not blank; io.EOF behind the last.
	next() (Row, error)
	close() error
}

// Reader reads the rows of a contact file. It is for one goroutine, but for Position.
type Reader struct {
	rows   format
	raw    *source
	about  *Description
	notes  notes
	failed error
}

// Open looks at the beginning of the file and returns a reader of its rows. The file stays the caller's to close, after
// the reader.
func Open(file File, options Options) (*Reader, error) {
	options.Limits = options.Limits.withDefaults()
	info, err := file.Stat()
	if err != nil {
		return nil, unreadable(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.FileAccess, "file: it is not a regular file.", "", "Give a file, not a folder or a device.")
	}
	reader := &Reader{raw: &source{file: file, size: info.Size()}, about: &Description{Unwilling: unwillingFile(info.Name())}}
	start := make([]byte, 512)
	n, err := file.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(err)
	}
	if isZip(start[:n]) {
		err = reader.openZip(options)
	} else {
		err = reader.openText(start[:n], options)
	}
	if err != nil {
		return nil, err
	}
	return reader, nil
}

// openText opens a file of text, packed with gzip or not.
func (r *Reader) openText(start []byte, options Options) error {
	r.about.Gzip = bytes.HasPrefix(start, gzipMark)
	input := wholeFile{raw: r.raw, limits: options.Limits, packed: r.about.Gzip}
	if r.about.Gzip {
		var err error
		if start, err = beginningOf(input); err != nil {
			return err
		}
		if isZip(start) || bytes.HasPrefix(start, gzipMark) {
			return notReadable("Inside the gzip file is another packed file.", "Unpack it once and give what is inside.")
		}
	}
	return r.read(input, start, options)
}

// read reads a text. Its beginning is looked at for what it is.
func (r *Reader) read(from origin, start []byte, options Options) error {
	if what, next := foreign(start); what != "" {
		return notReadable(what, next)
	}
	w, err := windowOf(from, options, r.about)
	if err != nil {
		return err
	}
	isJSON := options.Delimiter == "" && looksLikeJSON(w.bytes())
	switch {
	case options.Sheet != "" && !isJSON:
		return fault.New(fault.InvalidInput, "sheet: the file has no sheets.", "It is neither an Excel workbook nor an archive.",
			"Leave sheet out.")
	case isCards(w.bytes()):
		r.rows, err = openCards(w, options, r.about)
	case isJSON:
		r.rows, err = openJSON(w, from, options, r.about, &r.notes)
	default:
		r.rows, err = openDelimited(w, options, r.about, &r.notes)
	}
	return err
}

func openDelimited(w *window, options Options, about *Description, noted *notes) (format, error) {
	rows, err := openTable(w, options, about)
	if err != nil {
		return nil, err
	}
	found, err := openGrid(rows, options, about, noted)
	if errors.Is(err, io.EOF) {
		return nil, isEmpty()
	}
	if err != nil {
		return nil, err
	}
	return openLong(found, found, about), nil
}

// Columns are the names of the columns. Those without one are called "column 7" for their place; those that repeat one,
// "Email (2)". In JSON more may come to light while reading; they are added at the end.
func (r *Reader) Columns() []string { return r.rows.columns() }

// Next returns the next row that is not blank, and io.EOF behind the last. After an error there is nothing more to read.
func (r *Reader) Next() (Row, error) {
	if r.failed != nil {
		return Row{}, r.failed
	}
	row, err := r.rows.next()
	if err != nil {
		r.failed = err
		return Row{}, err
	}
	return row, nil
}

// Rows yields the rows that are left, and closes the reader. An error is yielded last, with no row.
func (r *Reader) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		defer func() { _ = r.Close() }()
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) || !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// Format says what the file was found to be. The encoding of a file that begins in plain ASCII may turn out later.
func (r *Reader) Format() Description { return *r.about }

// Notes says what the file has besides the rows that were read so far.
func (r *Reader) Notes() []Note {
	all := make([]Note, len(r.notes))
	for i, note := range r.notes {
		all[i] = *note
	}
	return all
}

// Position says how much of the file was read, in bytes, and how much there is. It may be called at any time.
func (r *Reader) Position() (read, size int64) { return r.raw.position(), r.raw.size }

// Close gives back what reading took. The file itself stays open.
func (r *Reader) Close() error {
	if r.failed == nil {
		r.failed = errors.New("contactfile: the reader is closed")
	}
	return r.rows.close()
}

// isBlank tells whether nothing stands in any of the cells.
func isBlank(cells []string) bool {
	for _, cell := range cells {
		if cell != "" && (cell[0] > ' ' || strings.TrimSpace(cell) != "") {
			return false
		}
	}
	return true
}

// pad adds empty cells up to the number of columns.
func pad(cells []string, columns int) []string {
	for len(cells) < columns {
		cells = append(cells, "")
	}
	return cells
}

// naming gives every column a name of its own, fit to be shown.
type naming map[string]bool

func (n naming) name(written string, position int) string {
	name := text.Clip(written, 200)
	if name == "" {
		name = "column " + text.Number(position)
	}
	unique := name
	for i := 2; n[unique]; i++ {
		unique = name + " (" + text.Number(i) + ")"
	}
	n[unique] = true
	return unique
}

// headed are the columns of a file: those given, or its first row's.
func headed(cells []string) []string {
	taken := naming{}
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = taken.name(cell, i+1)
	}
	return names
}
