package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// ratesName is the file of the rate limits in the data folder.
const ratesName = "rates.db"

// briefTimeout is how long a statement about the rate limits waits for another process's.
const briefTimeout = 3 * time.Second

const sqlRates = `CREATE TABLE IF NOT EXISTS rate_limit (
	key          TEXT PRIMARY KEY NOT NULL,
	version      INTEGER NOT NULL, -- one more with each change
	sent         BLOB NOT NULL, -- times of the requests that count, each eight bytes, ms since 1970, oldest first
	closed_until INTEGER NOT NULL,
	slow_until   INTEGER NOT NULL
) STRICT` // with a rowid, which keeps long values out of the index: two limits fit on one page

// Rates is for the rate limits, which every request changes. Their file is one of its own: there nobody waits for a
// transaction on the state, and what the other connections have read stays in their memory. It has one connection.
func (s *Store) Rates(ctx context.Context) (*sql.DB, error) {
	if err := s.turn.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer s.turn.Release(1)
	switch {
	case s.rates != nil:
		return s.rates, nil
	case s.ended:
		return nil, errClosed
	}
	opened, err := openRates(ctx, s.dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ratesName, err)
	}
	s.rates = opened
	return opened, nil
}

func openRates(ctx context.Context, dir string) (*sql.DB, error) {
	from := ":memory:"
	if dir != "" {
		path, err := made(dir, ratesName)
		if err != nil {
			return nil, err
		}
		from = source(path, settings("NORMAL", briefTimeout))
	}
	db, err := connect(from, 1)
	if err != nil {
		return nil, err
	}
	err = patiently(ctx, func() error {
		_, err := db.ExecContext(ctx, sqlRates)
		return err
	})
	if err != nil {
		_ = db.Close() // the first error says more
		return nil, err
	}
	return db, nil
}
