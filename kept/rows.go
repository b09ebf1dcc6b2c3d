package kept

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/intake"
)

// firstLine is how much of a file is looked at for its separator.
const firstLine = 64 << 10

// copyWithout copies a file of rejected rows without a person's, and returns how many those are. What it keeps stays byte by
// byte the same: the file may have been edited, and saved with other quotes or separators. A row is theirs by any of its cells:
// it may have been rejected because they do not stand below their headers.
func copyWithout(to io.Writer, file *os.File, email string) (rows int, err error) {
	start := make([]byte, firstLine)
	n, err := file.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	start, begin := start[:n], int64(0)
	if bytes.HasPrefix(start, []byte("\xef\xbb\xbf")) {
		begin = 3
	}
	if _, err := file.Seek(begin, io.SeekStart); err != nil {
		return 0, err
	}
	source := csv.NewReader(file)
	source.Comma, source.FieldsPerRecord, source.ReuseRecord = separator(start), -1, true
	copied := int64(0)
	for first := true; ; first = false {
		at := begin + source.InputOffset()
		cells, err := source.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		header := first && (slices.Contains(cells, intake.LineColumn) || slices.Contains(cells, intake.ReasonColumn))
		if header || !slices.ContainsFunc(cells, func(cell string) bool { return isAddress(cell, email) }) {
			continue
		}
		if _, err := io.Copy(to, io.NewSectionReader(file, copied, at-copied)); err != nil {
			return 0, err
		}
		rows, copied = rows+1, begin+source.InputOffset()
	}
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(to, io.NewSectionReader(file, copied, info.Size()-copied))
	return rows, err
}

// separator is what stands between the cells: this program writes commas, a spreadsheet may have saved something else.
func separator(start []byte) rune {
	header, _, _ := bytes.Cut(start, []byte("\n"))
	best := ','
	for _, other := range ";\t" {
		if bytes.Count(header, []byte(string(other))) > bytes.Count(header, []byte(string(best))) {
			best = other
		}
	}
	return best
}

// isAddress reports whether a cell holds an address and nothing but addresses, even where it cannot be imported as it is
// written: "<ann@example.com>", "ann@example.com; bob@example.com".
func isAddress(cell, email string) bool {
	if len(cell) < len(email)/2 || len(cell) > 4*len(email)+2000 {
		return false // most cells, and nothing is that long
	}
	return strings.Contains(cell, "@") && intake.NamesPerson(cell, email)
}

// mentions reports whether a text is in a file, in whatever case. Most files do not have it and are not read further.
func mentions(file io.ReaderAt, s string) (bool, error) {
	const step = 256 << 10
	overlap := 4 * len(s) // what is lower-cased can change its length
	sought, part := []byte(strings.ToLower(s)), make([]byte, step+overlap)
	for at := int64(0); ; at += step {
		n, err := file.ReadAt(part, at)
		if bytes.Contains(bytes.ToLower(part[:n]), sought) {
			return true, nil
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return false, err
		}
	}
}

// malformed is the line in which a file cannot be read; 0 when that is not what is wrong.
func malformed(err error) int {
	if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
		return broken.Line
	}
	return 0
}
