package files

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"mailtrap-contacts-mcp/text"
)

// ErrChanged is of a file that somebody else wrote to while it was being rewritten.
var ErrChanged = errors.New("the file was changed meanwhile")

// File is a regular file that lies directly in an allowed folder.
type File struct {
	Name  string
	where folder
	dir   string // below the allowed folder
	entry fs.DirEntry
}

// All visits the files that lie directly in the allowed folders, but for the server's own in the data folder. A folder that
// cannot be listed is visited as a file without a name, with the error.
func (f *Folders) All() iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		for _, where := range f.roots {
			if f.isExcluded(where.real) {
				continue
			}
			for file, err := range where.files(".") {
				if !yield(file, err) {
					return
				}
			}
		}
	}
}

func (f folder) files(dir string) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		entries, err := fs.ReadDir(f.root.FS(), filepath.ToSlash(dir))
		if err != nil {
			yield(File{where: f, dir: dir}, err)
			return
		}
		for _, entry := range entries {
			if entry.Type().IsRegular() && !yield(File{Name: entry.Name(), where: f, dir: dir, entry: entry}, nil) {
				return
			}
		}
	}
}

func (f File) relative() string { return filepath.Join(f.dir, f.Name) }

// Path is where the file is, absolute.
func (f File) Path() string { return filepath.Join(f.where.path, f.relative()) }

// Open opens the file for reading.
func (f File) Open() (*os.File, error) { return f.where.root.Open(f.relative()) }

// Remove removes the file.
func (f File) Remove() error { return f.where.root.Remove(f.relative()) }

// Rewrite has the file written anew. It keeps its content when write reports that nothing is to change, when it fails, and
// when somebody else has written to the file meanwhile.
func (f File) Rewrite(write func(from *os.File, to io.Writer) (changed bool, err error)) error {
	root, name := f.where.root, f.relative()
	file, err := root.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	before, err := file.Stat()
	if err != nil {
		return err
	}
	draft, temporary, err := f.where.draft(name)
	if err != nil {
		return err
	}
	defer func() {
		draft.Close()
		_ = root.Remove(temporary) // it is gone when it has the file's name
	}()
	if changed, err := write(file, draft); err != nil || !changed {
		return err
	}
	if err := errors.Join(draft.Chmod(before.Mode().Perm()), draft.Sync()); err != nil {
		return err
	}
	file.Close() // not every system replaces a file that is open
	now, err := root.Lstat(name)
	switch {
	case err != nil:
		return err
	case !os.SameFile(before, now) || now.Size() != before.Size() || !now.ModTime().Equal(before.ModTime()):
		return ErrChanged
	}
	return root.Rename(temporary, name)
}

// unfinished is what this program calls a file that it has not finished, whatever its name will be.
var unfinished = text.Pattern(`^\..*\.mailtrap-contacts-[a-z2-7]{8}\.part$`)

// IsUnfinished reports whether this program has not finished writing the file.
func (f File) IsUnfinished() bool { return unfinished().MatchString(f.Name) }

// abandonedAfter is how long nobody must have written to an unfinished file for it to be a killed process's, and unlockedAfter
// where the system does not tell whether somebody has it locked.
const abandonedAfter, unlockedAfter = time.Minute, 24 * time.Hour

// RemoveAbandoned removes a file if no process is writing it: nobody has it locked, and nobody has written to it for a while.
// A program before this one locked none.
func (f File) RemoveAbandoned() (removed bool, err error) {
	info, err := f.entry.Info()
	if err != nil {
		return false, err
	}
	still := time.Since(info.ModTime()).Abs() // the clock may have been set back since
	if still < abandonedAfter {
		return false, nil
	}
	file, err := f.where.root.OpenFile(f.relative(), os.O_WRONLY, 0)
	if err != nil {
		return false, err
	}
	defer file.Close() // until it is gone, nobody else can lock it
	if free, err := lock(file); err == nil && !free || err != nil && still < unlockedAfter {
		return false, nil
	}
	err = f.Remove()
	return err == nil, err
}

// Sweep removes the unfinished files that killed processes have left in the allowed folders. What cannot be removed is left for
// the next time.
func (f *Folders) Sweep() { sweep(f.All()) }

func sweep(files iter.Seq2[File, error]) {
	for file, err := range files {
		if err == nil && file.IsUnfinished() {
			_, _ = file.RemoveAbandoned()
		}
	}
}
