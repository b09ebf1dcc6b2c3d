package files

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Draft is a file being written. It gets its name when it is complete, so that a killed process leaves no half file
// under a good name.
type Draft struct {
	*os.File
	folders         *Folders
	where           folder
	temporary, name string
	exact           bool
}

// Create starts a file. With exact, the name must be free; otherwise a number is added to it until it is. What killed
// processes have left unfinished beside it is removed.
func (f *Folders) Create(path string, exact bool) (*Draft, error) {
	where, relative, err := f.locate(path)
	if err != nil {
		return nil, err
	}
	sweep(where.files(filepath.Dir(relative)))
	if err := checkName(relative); err != nil {
		return nil, err
	}
	if exact {
		_, err := where.root.Lstat(relative)
		if err == nil {
			err = fs.ErrExist
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, f.cannot("written", path, err)
		}
	}
	file, temporary, err := where.draft(relative)
	if err != nil {
		return nil, f.cannot("written", path, err)
	}
	return &Draft{File: file, folders: f, where: where, temporary: temporary, name: relative, exact: exact}, nil
}

// CreateNew starts a file whose name has the time, and a number where that is taken.
func (f *Folders) CreateNew(extension string) (*Draft, error) {
	return f.Create("mailtrap-contacts-"+time.Now().UTC().Format("20060102-150405")+"."+extension, false)
}

// draft opens a file that is to take the place or the name of another, which may be as long as the system allows. It is locked
// until it is closed, which is after it has that name: nobody takes it for a killed process's.
func (f folder) draft(name string) (*os.File, string, error) {
	base := filepath.Base(name)
	half := "." + strings.ToValidUTF8(base[:min(len(base), 100)], "") + ".mailtrap-contacts-"
	for {
		temporary := filepath.Join(filepath.Dir(name), half+strings.ToLower(rand.Text()[:8])+".part")
		file, err := f.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil || f.isOurs(file, temporary) {
			return file, temporary, err
		}
		file.Close() // it was swept before it was locked
		_ = f.root.Remove(temporary)
	}
}

// isOurs locks a new file, and reports whether it is still there. Where the system has no locks, it is taken for a killed process's
// much later.
func (f folder) isOurs(file *os.File, name string) bool {
	if free, err := lock(file); err != nil || !free {
		return err != nil
	}
	_, err := f.root.Lstat(name)
	return err == nil
}

// Keep gives the file its name and returns its absolute path.
func (d *Draft) Keep() (string, error) { return d.keep(false) }

// KeepOnce is Keep where whoever wrote the file before may have been unable to note its name: one of the same content will do.
func (d *Draft) KeepOnce() (string, error) { return d.keep(true) }

func (d *Draft) keep(once bool) (string, error) {
	name, err := d.name, d.Sync()
	if err == nil {
		err = d.take(name)
	}
	for number := 2; errors.Is(err, fs.ErrExist) && !d.exact; number++ {
		if once && d.isLike(name) {
			return d.named(name, nil)
		}
		extension := filepath.Ext(d.name)
		name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(d.name, extension), number, extension)
		err = d.take(name)
	}
	return d.named(name, err)
}

// isLike reports that a file has the same content. One that cannot be read has not.
func (d *Draft) isLike(name string) bool {
	ours, err := d.where.root.Open(d.temporary)
	if err != nil {
		return false
	}
	defer ours.Close()
	other, err := d.where.root.Open(name)
	if err != nil {
		return false
	}
	defer other.Close()
	var parts [2][32 << 10]byte
	for {
		n, err := io.ReadFull(ours, parts[0][:])
		m, failed := io.ReadFull(other, parts[1][:])
		if n != m || !bytes.Equal(parts[0][:n], parts[1][:m]) {
			return false
		}
		if err != nil || failed != nil {
			return (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) && errors.Is(failed, err)
		}
	}
}

// take gives the file a name if that is free.
func (d *Draft) take(name string) error {
	err := d.where.root.Link(d.temporary, name)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return d.takeUnlinked(name)
}

// takeUnlinked does so where the file system has no links. For a moment, others see an empty file under the name.
func (d *Draft) takeUnlinked(name string) error {
	root := d.where.root
	reserved, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(reserved.Close(), root.Rename(d.temporary, name)); err != nil {
		return errors.Join(err, root.Remove(name)) // it is empty
	}
	return nil
}

// Replace gives the file its name in the place of one that this program wrote before.
func (d *Draft) Replace() (string, error) {
	err := d.Sync()
	if err == nil {
		err = d.where.root.Rename(d.temporary, d.name)
	}
	return d.named(d.name, err)
}

// named closes the file, and removes the other name that it may have still.
func (d *Draft) named(name string, err error) (string, error) {
	if err != nil {
		return "", d.Fail(err)
	}
	d.Discard()
	return filepath.Join(d.where.path, name), nil
}

// Discard removes what was written, unless it has its name.
func (d *Draft) Discard() {
	d.Close()
	_ = d.where.root.Remove(d.temporary) // what is left of it is swept later
}

// Fail removes what was written, and is the error to answer with.
func (d *Draft) Fail(cause error) error {
	d.Discard()
	return d.folders.cannot("written", d.name, cause)
}
