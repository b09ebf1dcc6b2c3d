package audience

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
)

// Forget erases a person from all snapshots of the account, and from what was noted since: the row is deleted, and what was freed
// is overwritten (secure_delete). It returns how many rows were erased. A snapshot that is being taken may have the person
// still; call it again when it is done, after the contact was deleted. What killed processes left unfinished, and files of
// programs before this one, are removed whole. What a living process is working out in a scratch file cannot be reached, and
// goes with that work.
func (s *Service) Forget(ctx context.Context, email string) (int, error) {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return 0, err
	}
	email = strings.ToLower(strings.TrimSpace(email))
	s.sweep(ctx)
	s.options.Store.Sweep(ctx)
	db, err := s.options.Store.Durable(ctx)
	if err != nil {
		return 0, err
	}
	erased := 0
	noted, err := db.ExecContext(ctx, `DELETE FROM snapshot_patch
		WHERE account = $1 AND (email = $2 OR contact IS NOT NULL AND lower(contact ->> 'email') = $2)`, account, email)
	if err != nil {
		return 0, s.options.Store.Fault(err)
	}
	if n, err := noted.RowsAffected(); err == nil {
		erased += int(n)
	}
	if err := s.takeOutOfSegments(ctx, email); err != nil {
		return erased, err
	}
	if _, err := db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil { // nothing of them is left in the log
		return erased, s.options.Store.Fault(err)
	}
	for _, path := range s.files(account, finished) {
		n, err := s.forgetIn(ctx, account, path, email)
		if err != nil {
			return erased, s.fileFault(err)
		}
		erased += n
	}
	listed, err := s.Suppressed.Forget(ctx, email)
	return erased + listed, err
}

func (s *Service) forgetIn(ctx context.Context, account, path, email string) (int, error) {
	db, err := open(path, "rw", "secure_delete(1)", "synchronous(FULL)")
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	about, err := readAbout(ctx, db)
	switch {
	case errors.Is(err, errOlder), errors.Is(err, errDamaged):
		return 0, os.Remove(path)
	case err != nil:
		return 0, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	gone, err := tx.ExecContext(ctx, `DELETE FROM contact WHERE c0 = ?`, email)
	if err != nil {
		return 0, err
	}
	erased, err := gone.RowsAffected()
	if err != nil || erased == 0 {
		return 0, err
	}
	if err := forgetOriginal(ctx, tx, &about, email); err != nil {
		return 0, err
	}
	if err := fill(ctx, tx, about.Columns); err != nil {
		return 0, err
	}
	about.Contacts -= int(erased)
	written, err := json.Marshal(about)
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE snapshot SET json = ?`, string(written)); err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	// Under another name it is opened anew by all processes: what it says of itself has changed.
	_ = os.Rename(path, strings.TrimSuffix(path, finished)+"e"+finished) // "e" sorts behind "."
	s.mu.Lock()
	defer s.mu.Unlock()
	if current := s.current[account]; current != nil && current.path == path {
		current.retire()
		delete(s.current, account)
	}
	return int(erased), nil
}
