package bulk

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"mailtrap-contacts-mcp/store"
)

// unfinished is the file in the data folder that tells other processes, and the next start, that there is work.
const unfinished = "unfinished-jobs"

// hasUnfinished reports whether jobs may be left to carry on with in the data folder.
func (s *Service) hasUnfinished() bool {
	if s.store.Dir() == "" {
		return s.kept.Load()
	}
	_, err := os.Stat(filepath.Join(s.store.Dir(), unfinished))
	return err == nil
}

// noteUnfinished tells other processes that there are unfinished jobs. Who makes a job run does so in the transaction that
// does: nobody takes the note away meanwhile.
func (s *Service) noteUnfinished(there bool) {
	if there == s.hasUnfinished() {
		return
	}
	if s.store.Dir() == "" {
		s.kept.Store(there)
		return
	}
	path := filepath.Join(s.store.Dir(), unfinished)
	var err error
	if there {
		err = os.WriteFile(path, nil, 0o600)
	} else {
		err = os.Remove(path)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.log.Warn("the note of unfinished jobs could not be changed", "cause", err)
	}
}

// noneUnfinished takes the note away when there are none, while nobody can start one.
func (s *Service) noneUnfinished(ctx context.Context) error {
	db, err := s.store.Quick(ctx)
	if err != nil {
		return err
	}
	return store.InTx(ctx, db, func(tx *sql.Tx) error {
		var running bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job WHERE state = 'running')`).Scan(&running) // of any account
		if err == nil && !running {
			s.noteUnfinished(false)
		}
		return err
	})
}

// Filling reports whether a running job of the account, in whichever process, may be adding contacts to a list.
func (s *Service) Filling(ctx context.Context, list int64) (bool, error) {
	account, db, err := s.reading(ctx)
	if err != nil {
		return false, err
	}
	running, err := find(ctx, db, account, `state = 'running'`)
	fills := func(j *job) bool {
		return j.Kind == Import || j.Kind == Update && slices.Contains(j.Spec.joined(), list)
	}
	return slices.ContainsFunc(running, fills), s.store.Fault(err)
}
