package store

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// sweptAfter is how long a file has to lie still before it counts as left: its maker locks it right after making it.
const sweptAfter = 10 * time.Second

// Sweep removes the scratch files that killed processes left in the data folder. It is done when the store is opened, before
// each new scratch file, and by erasures.
func (s *Store) Sweep(ctx context.Context) (removed int) {
	if s.dir == "" {
		return 0
	}
	return SweepFiles(ctx, s.dir, scratchPrefix, scratchSuffix)
}

// SweepFiles removes the SQLite files of a folder, of some form of name, that no living process has open for itself. Who
// makes such a file keeps it locked (locking_mode EXCLUSIVE) until it is closed; the system lets go of a dead process's
// locks. What cannot be removed now is left for the next time.
func SweepFiles(ctx context.Context, dir, prefix, suffix string) (removed int) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), prefix) || !strings.HasSuffix(entry.Name(), suffix) || !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		if err != nil || time.Since(info.ModTime()) < sweptAfter {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		if isLeft(ctx, path) && os.Remove(path) == nil {
			removed++
			_ = os.Remove(path + "-journal") // mostly there is none
		}
	}
	return removed
}

// isLeft tells whether nobody has a file locked. One that is damaged is left as well: its maker was killed.
func isLeft(ctx context.Context, path string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	db, err := connect(source(path, url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(0)", "locking_mode(EXCLUSIVE)"}}), 1)
	if err != nil {
		return false
	}
	defer func() { _ = db.Close() }() // it was only tried
	_, err = db.ExecContext(ctx, `BEGIN EXCLUSIVE`)
	return !isBusy(err) && ctx.Err() == nil
}
