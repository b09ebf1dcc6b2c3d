package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
)

// Scratch is a table store for what is worked out now and not kept: a file of its own beside the state, which holds up
// nobody, or in memory where the store is. Its name is gone from the start where the system allows that: then nothing is
// left however the program ends, and no other process can reach it, an erasure neither; it is gone with the work that it is
// for, which takes minutes. Elsewhere Close removes it, and Sweep what a killed process left.
type Scratch struct {
	*sql.DB
	path string // empty where the name is gone
}

// The names of scratch files.
const (
	scratchPrefix = ".scratch-"
	scratchSuffix = ".db"
)

// Scratch opens an empty one. It has one connection.
func (s *Store) Scratch(ctx context.Context) (*Scratch, error) {
	opened := &Scratch{}
	from := ":memory:"
	if s.dir != "" {
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			return nil, s.Fault(err)
		}
		s.Sweep(ctx)
		var err error
		if opened.path, err = emptyFile(s.dir); err != nil {
			return nil, s.Fault(err)
		}
		from = source(opened.path, url.Values{"mode": {"rw"}}) // a file that is gone is not made anew
	}
	db, err := connect(from, 1)
	if err == nil {
		opened.DB = db // the table takes the lock that Sweep looks for
		_, err = db.ExecContext(ctx, `PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
			PRAGMA cache_size = -16384; CREATE TABLE held (n INTEGER) STRICT`)
	}
	if err != nil {
		return nil, s.Fault(errors.Join(err, opened.Close()))
	}
	if opened.path != "" && os.Remove(opened.path) == nil {
		opened.path = ""
	}
	return opened, nil
}

// emptyFile makes a file that nobody else may read.
func emptyFile(dir string) (path string, err error) {
	file, err := os.CreateTemp(dir, scratchPrefix+"*"+scratchSuffix) // 0600
	if err != nil {
		return "", err
	}
	if err := file.Close(); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// Close removes what was worked out.
func (s *Scratch) Close() error {
	var failed []error
	if s.DB != nil {
		failed = append(failed, s.DB.Close())
	}
	if s.path != "" {
		if err := os.Remove(s.path); !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
