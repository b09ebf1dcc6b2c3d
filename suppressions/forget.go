package suppressions

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mailtrap-contacts-mcp/store"
)

// Forget erases a person from the account's list, also from one that is being loaded: what is deleted is overwritten
// (secure_delete). It returns how many suppressions were erased. Mailtrap still lists them, and tells them again when it is asked.
func (k *Keeper) Forget(ctx context.Context, email string) (int, error) {
	account, err := k.api.AccountKey(ctx)
	if err != nil {
		return 0, err
	}
	email, done, erased := addressIn(email), map[string]bool{}, 0
	for again := true; again; { // until there are no other files: a part may have become whole meanwhile
		again = false
		for _, path := range append(k.files(account, finished), k.files(account, unfinished)...) {
			if done[path] {
				continue
			}
			n, err := forgetIn(ctx, path, email)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return erased, Fault(err)
			}
			done[path], again, erased = true, true, erased+n
		}
	}
	return erased, nil
}

func forgetIn(ctx context.Context, path, email string) (int, error) {
	if _, err := os.Stat(path); err != nil {
		return 0, err
	}
	db, err := store.OpenFile(path, "rw", "busy_timeout(5000)", "secure_delete(1)", "synchronous(FULL)")
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	gone, err := tx.ExecContext(ctx, `DELETE FROM suppression WHERE email = $1`, email)
	if isDamage(err) {
		return 0, os.Remove(path)
	}
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE page SET email = '' WHERE email = $1`, email); err != nil {
		return 0, err
	}
	n, err := gone.RowsAffected()
	return int(n), errors.Join(err, tx.Commit())
}

// Sweep removes what killed processes left unfinished and nobody goes on with.
func (k *Keeper) Sweep() {
	left, err := filepath.Glob(filepath.Join(k.dir, "*", "*"+unfinished))
	if err != nil {
		return
	}
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > resumable {
			_ = (&part{path: path}).remove()
		}
	}
}
