package bulk

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/intake"
)

// columnsOf says in which cells of a file's rows its people stand, from its header. isHeader is false when the first row is
// a person's already: somebody has edited the file.
type columnsOf func(header []string) (index int, isHeader bool)

// anyCell is for rejected rows: they may have been rejected because their cells do not stand below their headers.
func anyCell(header []string) (index int, isHeader bool) {
	return -1, slices.ContainsFunc(header, func(name string) bool { return name == intake.LineColumn || name == intake.ReasonColumn })
}

// errChanged is of a file that was written by somebody else while it was being rewritten.
var errChanged = errors.New("the file was changed meanwhile")

// rewrite takes the person's rows out of a file. What it keeps stays byte by byte as it is:
// the file may have been edited, and saved with other quotes or separators.
func (e *erasure) rewrite(where folder, name string, columns columnsOf) {
	path := filepath.Join(where.path, name)
	rows, err := takeOutRows(where.root, name, e.email, columns)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		e.fail(path, err)
	case rows > 0:
		e.done.Files = append(e.done.Files, path)
		e.done.Rows += rows
	}
}

func takeOutRows(root *os.Root, name, email string, columns columnsOf) (rows int, err error) {
	file, err := root.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	before, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if theirs, err := mentionsPerson(file, email); err != nil || !theirs {
		return 0, err
	}
	source, err := newRows(file, columns)
	if err != nil {
		return 0, err
	}
	draft, err := draftBeside(root, name)
	if err != nil {
		return 0, err
	}
	defer func() {
		draft.Close()
		_ = root.Remove(draft.name) // it is gone when it has the file's name
	}()
	rows, err = source.copyWithout(draft, email)
	if err != nil || rows == 0 {
		return 0, err
	}
	if err := errors.Join(draft.Chmod(before.Mode().Perm()), draft.Sync(), draft.Close()); err != nil {
		return 0, err
	}
	file.Close() // not every system replaces a file that is open
	now, err := root.Lstat(name)
	switch {
	case err != nil:
		return 0, err
	case !os.SameFile(before, now) || now.Size() != before.Size() || !now.ModTime().Equal(before.ModTime()):
		return 0, errChanged
	}
	return rows, root.Rename(draft.name, name)
}

// beside is a file that is written to take another one's place.
type beside struct {
	*os.File
	name string
}

func draftBeside(root *os.Root, name string) (beside, error) {
	folder, base := filepath.Split(name)
	temporary := folder + "." + base + "." + strings.ToLower(rand.Text()[:8]) + ".part"
	file, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return beside{file, temporary}, err
}

// replace writes a file anew, as a whole.
func replace(root *os.Root, name string, content []byte) error {
	draft, err := draftBeside(root, name)
	if err != nil {
		return err
	}
	_, err = draft.Write(content)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err == nil {
		err = root.Rename(draft.name, name)
	}
	if err != nil {
		_ = root.Remove(draft.name) // nothing more can be done about it
	}
	return err
}

// rowReader reads a file of rows and knows where each of them stands.
type rowReader struct {
	file  *os.File
	csv   *csv.Reader
	begin int64 // of what csv reads
	find  columnsOf
}

// firstLine is how much of a file is looked at for its separator.
const firstLine = 64 << 10

func newRows(file *os.File, columns columnsOf) (*rowReader, error) {
	start := make([]byte, firstLine)
	n, err := file.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	found := &rowReader{file: file, find: columns}
	if start = start[:n]; bytes.HasPrefix(start, []byte("\xef\xbb\xbf")) {
		found.begin = 3
	}
	if _, err := file.Seek(found.begin, io.SeekStart); err != nil {
		return nil, err
	}
	found.csv = csv.NewReader(file)
	found.csv.Comma = separator(start)
	found.csv.FieldsPerRecord = -1
	found.csv.ReuseRecord = true
	return found, nil
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

// copyWithout copies the file without a person's rows, and returns how many those are.
func (r *rowReader) copyWithout(to io.Writer, email string) (rows int, err error) {
	index, copied := -1, int64(0)
	for first := true; ; first = false {
		start := r.begin + r.csv.InputOffset()
		cells, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		if first {
			var isHeader bool
			if index, isHeader = r.find(cells); isHeader {
				continue
			}
		}
		if !isTheirs(cells, index, email) {
			continue
		}
		if err := r.copy(to, copied, start); err != nil {
			return 0, err
		}
		rows, copied = rows+1, r.begin+r.csv.InputOffset()
	}
	info, err := r.file.Stat()
	if err != nil {
		return 0, err
	}
	return rows, r.copy(to, copied, info.Size())
}

func (r *rowReader) copy(to io.Writer, from, end int64) error {
	_, err := io.Copy(to, io.NewSectionReader(r.file, from, end-from))
	return err
}

// isTheirs reports whether a row is a person's: by the cell at index, or by any when that is negative.
func isTheirs(cells []string, index int, email string) bool {
	if index >= 0 {
		return index < len(cells) && isAddress(cells[index], email)
	}
	return slices.ContainsFunc(cells, func(cell string) bool { return isAddress(cell, email) })
}

// isAddress reports whether a cell holds an address and nothing but addresses, even where it cannot be imported as it is
// written: "<ann@example.com>", "ann@example.com; bob@example.com".
func isAddress(cell, email string) bool {
	if len(cell) < len(email)/2 || len(cell) > 4*len(email)+2000 {
		return false // most cells, and nothing is that long
	}
	return strings.Contains(cell, "@") && intake.NamesPerson(cell, email)
}

// mentionsPerson reports whether an address is in a file, in any of its forms.
func mentionsPerson(file io.ReaderAt, email string) (bool, error) {
	for _, form := range intake.FormsOf(email) {
		if theirs, err := mentions(file, form); err != nil || theirs {
			return theirs, err
		}
	}
	return false, nil
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
