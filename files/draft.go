package files

import (
	"crypto/rand"
	"errors"
	"fmt"
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
	where.sweep(filepath.Dir(relative))
	if err := checkName(relative); err != nil {
		return nil, err
	}
	if exact {
		if _, err := where.root.Lstat(relative); err == nil {
			return nil, f.cannot("written", path, fs.ErrExist)
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

// draft opens a file that is to take the place or the name of another.
func (f folder) draft(name string) (*os.File, string, error) {
	half := "." + filepath.Base(name) + ".mailtrap-contacts-" + strings.ToLower(rand.Text()[:8]) + ".part"
	temporary := filepath.Join(filepath.Dir(name), half)
	file, err := f.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return file, temporary, err
}

// Keep gives the file its name and returns its absolute path.
func (d *Draft) Keep() (string, error) {
	err := errors.Join(d.Sync(), d.Close())
	name := d.name
	if err == nil {
		name, err = d.reserve()
	}
	if err == nil {
		if err = d.where.root.Rename(d.temporary, name); err != nil {
			_ = d.where.root.Remove(name) // it is empty
		}
	}
	if err != nil {
		return "", d.Fail(err)
	}
	return filepath.Join(d.where.path, name), nil
}

// reserve takes a free name by creating an empty file under it.
func (d *Draft) reserve() (string, error) {
	name := d.name
	for number := 2; ; number++ {
		reserved, err := d.where.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			return name, reserved.Close()
		}
		if !errors.Is(err, fs.ErrExist) || d.exact {
			return "", err
		}
		extension := filepath.Ext(d.name)
		name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(d.name, extension), number, extension)
	}
}

// Replace gives the file its name in the place of one that this program wrote before.
func (d *Draft) Replace() (string, error) {
	err := errors.Join(d.Sync(), d.Close())
	if err == nil {
		err = d.where.root.Rename(d.temporary, d.name)
	}
	if err != nil {
		return "", d.Fail(err)
	}
	return filepath.Join(d.where.path, d.name), nil
}

// Discard removes what was written.
func (d *Draft) Discard() {
	d.Close()
	_ = d.where.root.Remove(d.temporary) // what is left of it is swept later
}

// Fail removes what was written, and is the error to answer with.
func (d *Draft) Fail(cause error) error {
	d.Discard()
	return d.folders.cannot("written", d.name, cause)
}
