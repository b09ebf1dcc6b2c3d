package bulk

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Bounds of a contact file.
const (
	maxFile    = 64 << 20 // bytes; all contacts of a file are held in memory, at several times its size
	maxRows    = 200_000
	maxColumns = 500
)

// Record is one row of a contact file: the line it begins on and its cells. The cells are valid
// until the next Read only.
type Record struct {
	Line  int
	Cells []string
}

// Reader reads a CSV file with a header, streaming. Rows may be shorter or longer than the header.
type Reader struct {
	Columns []string // the header, cleaned
	csv     *csv.Reader
	rows    int
	// end is put behind the file as a row of its own. When it turns up inside a cell, a quote was never closed, which
	// encoding/csv takes for granted where it is lenient: the rest of the file would vanish in one cell.
	end string
}

// NewReader reads the header of a comma-separated UTF-8 file, with or without a byte order mark.
func NewReader(file io.Reader) (*Reader, error) {
	buffered := bufio.NewReaderSize(file, 256<<10)
	start, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(err)
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		_, _ = buffered.Discard(3) // just peeked
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, notCSV("It is encoded in UTF-16.", "Save it as CSV in UTF-8.")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return nil, notCSV("It is a spreadsheet or an archive.", "Save it as CSV in UTF-8.")
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		return nil, notCSV("It is compressed.", "Unpack it first.")
	}
	end := "\x00" + rand.Text()
	reader := csv.NewReader(io.MultiReader(buffered, strings.NewReader("\n"+end+"\n")))
	reader.FieldsPerRecord = -1
	reader.LazyQuotes = true
	reader.ReuseRecord = true
	opened := &Reader{csv: reader, rows: 1, end: end}
	header, err := opened.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, notCSV("It is empty.", "Give a CSV file whose first line names the columns.")
	case err != nil:
		return nil, err
	}
	if err := checkHeader(header); err != nil {
		return nil, err
	}
	columns := make([]string, len(header))
	for i, name := range header {
		if !utf8.ValidString(name) {
			return nil, notUTF8()
		}
		columns[i] = text.Clean(name)
	}
	opened.Columns = columns
	return opened, nil
}

// next returns the cells of the next row, and io.EOF behind the last.
func (r *Reader) next() ([]string, error) {
	cells, err := r.csv.Read()
	if err != nil {
		return nil, unreadable(err) // the end of the file is a row, so io.EOF is not to be expected
	}
	last := len(cells) - 1
	switch ending := strings.TrimRight(cells[last], "\n"); {
	case ending == r.end && last == 0:
		return nil, io.EOF
	case strings.HasSuffix(ending, r.end):
		line, _ := r.csv.FieldPos(last)
		return nil, notCSV(fmt.Sprintf("A quote is opened in line %d and never closed.", line), "Mend the quotes there.")
	}
	return cells, nil
}

func checkHeader(columns []string) error {
	if len(columns) > maxColumns {
		return notCSV(fmt.Sprintf("Its first line has %d columns.", len(columns)), "Check that it is a contact file.")
	}
	if len(columns) == 1 && strings.ContainsAny(columns[0], ";\t|") {
		return notCSV("Its columns are separated by something other than commas.", "Save it with commas as separators.")
	}
	return nil
}

// Read returns the next row that is not blank; io.EOF after the last.
func (r *Reader) Read() (Record, error) {
	for {
		cells, err := r.next()
		if err != nil {
			return Record{}, err
		}
		r.rows++
		if r.rows > maxRows+1 {
			return Record{}, fault.New(fault.LimitReached, "The file has more than "+text.Number(maxRows)+" rows.", "", "Split the file into parts and import one after the other.")
		}
		if !isBlank(cells) {
			line, _ := r.csv.FieldPos(0)
			return Record{Line: line, Cells: cells}, nil
		}
	}
}

func isBlank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

func notCSV(why, next string) error {
	return fault.New(fault.InvalidInput, "file: this is not a CSV file that can be read.", why, next)
}

func notUTF8() error {
	return notCSV("It is not encoded in UTF-8.", "Save it as CSV in UTF-8.")
}

func unreadable(err error) error {
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return notCSV(fmt.Sprintf("Line %d is malformed.", broken.Line), "Mend the quotes there.")
	}
	return fault.New(fault.FileAccess, "The file could not be read to its end.", "", "Check the disk and the file.").Because(err)
}
