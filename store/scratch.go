package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
)

// Scratch is a table store for what is worked out now and not kept: a file of its own beside the state, which holds up
// nobody, or in memory where the store is. Close removes it. Where the system allows it, the file is gone from the start,
// however the program ends.
type Scratch struct {
	*sql.DB
	path string
}

// Scratch opens an empty one. It has one connection.
func (s *Store) Scratch(ctx context.Context) (*Scratch, error) {
	opened := &Scratch{}
	from := ":memory:"
	if s.dir != "" {
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			return nil, s.Fault(err)
		}
		file, err := os.CreateTemp(s.dir, ".scratch-*.db") // 0600
		if err != nil {
			return nil, s.Fault(err)
		}
		if opened.path = file.Name(); file.Close() != nil {
			return nil, s.Fault(errors.Join(err, os.Remove(opened.path)))
		}
		from = opened.path
	}
	db, err := connect(from, 1)
	if err == nil {
		opened.DB = db
		_, err = db.ExecContext(ctx, `PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16384`)
	}
	if err != nil {
		return nil, s.Fault(errors.Join(err, opened.Close()))
	}
	return opened, nil
}

// Close removes what was worked out.
func (s *Scratch) Close() error {
	var failed []error
	if s.DB != nil {
		failed = append(failed, s.DB.Close())
	}
	if s.path != "" {
		failed = append(failed, os.Remove(s.path))
	}
	return errors.Join(failed...)
}
