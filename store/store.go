// Package store is the server's local state: an SQLite file in the data folder, shared by all server processes on it, and
// beside it a small one for the rate limits.
//
// It opens a file when it is first needed, brings its tables up to date, and turns SQLite's errors into faults that say
// what to do. What stands in the tables is the business of the packages that use it.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/semaphore"
	"modernc.org/sqlite"
)

// fileName is the file in the data folder.
const fileName = "state.db"

const (
	// busyTimeout is how long a statement waits for another process's transaction; those are short.
	busyTimeout = 20 * time.Second
	// readers is how many reading connections there are: one who completes a word and one who lists are not in each
	// other's way.
	readers = 2
)

// Store is the state's file. It is safe for concurrent use, and opened by whoever needs it first.
type Store struct {
	dir string // empty: in memory

	turn  *semaphore.Weighted // for one at a time, who may read and write what follows, and waits for other processes
	file  *file
	rates *sql.DB
	ended bool
}

// file is the opened file, several times: with different promises, and so that who uses it for one purpose does not wait
// for another. In memory all are the same one.
type file struct {
	durable, quick, reading *sql.DB
	key                     []byte
}

// At returns the store in a data folder, which is made when it is first needed.
func At(dir string) *Store {
	return &Store{dir: dir, turn: semaphore.NewWeighted(1)}
}

// InMemory returns a store that ends with the process.
func InMemory() *Store { return At("") }

// Dir is the data folder; empty in memory.
func (s *Store) Dir() string { return s.dir }

// Where names the place for people.
func (s *Store) Where() string {
	if s.dir == "" {
		return "memory"
	}
	return s.dir
}

// Durable is for what must not be lost: a commit has reached the disk. It has one connection.
func (s *Store) Durable(ctx context.Context) (*sql.DB, error) {
	opened, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	return opened.durable, nil
}

// Quick is for what may be lost in a power cut: a commit survives the death of the process. It has one connection.
func (s *Store) Quick(ctx context.Context) (*sql.DB, error) {
	opened, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	return opened.quick, nil
}

// Reading is for those who only read, however much: neither writers nor the rate limits wait for them. It cannot write.
func (s *Store) Reading(ctx context.Context) (*sql.DB, error) {
	opened, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	return opened.reading, nil
}

// IsNew reports that nothing has ever been kept in the folder: there is no file, or an empty one that could not be filled.
// Where that cannot be told, it reports false.
func (s *Store) IsNew() bool {
	if s.dir == "" || s.isOpen() {
		return false
	}
	info, err := os.Stat(filepath.Join(s.dir, fileName))
	if err != nil {
		return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
	}
	return info.Mode().IsRegular() && info.Size() == 0
}

func (s *Store) isOpen() bool {
	if !s.turn.TryAcquire(1) {
		return false
	}
	defer s.turn.Release(1)
	return s.file != nil
}

// Key is a secret of this store, made with it: 32 random bytes for keyed hashes.
func (s *Store) Key(ctx context.Context) ([]byte, error) {
	opened, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	return opened.key, nil
}

// Close closes the file, if it was opened. The store cannot be used again.
func (s *Store) Close() error {
	_ = s.turn.Acquire(context.Background(), 1) // which does not end
	defer s.turn.Release(1)
	s.ended = true
	var failed []error
	if s.rates != nil {
		failed = append(failed, s.rates.Close())
	}
	if s.file != nil {
		failed = append(failed, s.file.close())
	}
	s.rates, s.file = nil, nil
	return errors.Join(failed...)
}

func (f *file) close() error {
	var failed []error
	for _, db := range []*sql.DB{f.reading, f.quick, f.durable} { // the last one empties the write-ahead log
		if db != nil {
			failed = append(failed, db.Close()) // closing twice is allowed
		}
	}
	return errors.Join(failed...)
}

var errClosed = errors.New("the store is closed")

// open opens the file. A failure is not remembered: the next use tries again, and the folder may be in order by then.
func (s *Store) open(ctx context.Context) (*file, error) {
	if err := s.turn.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer s.turn.Release(1)
	switch {
	case s.file != nil:
		return s.file, nil
	case s.ended:
		return nil, errClosed
	}
	opened, err := s.openFile(ctx)
	if err != nil {
		return nil, s.Fault(err)
	}
	s.file = opened
	s.Sweep(ctx)
	return opened, nil
}

func (s *Store) openFile(ctx context.Context) (*file, error) {
	opened := &file{}
	err := opened.connect(s.dir)
	if err == nil {
		err = patiently(ctx, func() error { return opened.migrateAndRead(ctx) })
	}
	if err != nil {
		_ = opened.close() // the first error says more
		return nil, err
	}
	return opened, nil
}

func (f *file) connect(dir string) error {
	if dir == "" {
		db, err := connect(":memory:?"+settings("OFF", busyTimeout).Encode(), 1)
		f.durable, f.quick, f.reading = db, db, db // each connection would be a memory of its own
		return err
	}
	path, err := made(dir, fileName)
	if err != nil {
		return err
	}
	durable := settings("FULL", busyTimeout)
	if info, err := os.Stat(path); err == nil && info.Size() == 0 { // it can be set before the first table only
		durable["_pragma"] = append([]string{"auto_vacuum(INCREMENTAL)"}, durable["_pragma"]...)
	}
	only := settings("NORMAL", busyTimeout)
	only.Set("_txlock", "deferred")
	only.Add("_pragma", "query_only(1)")
	for _, c := range []struct {
		db          **sql.DB
		settings    url.Values
		connections int
	}{
		{&f.durable, durable, 1},
		{&f.quick, settings("NORMAL", busyTimeout), 1},
		{&f.reading, only, readers},
	} {
		if *c.db, err = connect(source(path, c.settings), c.connections); err != nil {
			return err
		}
	}
	return nil
}

// made makes the folder and an empty file in it, unless they are there.
func made(dir, name string) (path string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if path, err = filepath.Abs(filepath.Join(dir, name)); err != nil {
		return "", err
	}
	// SQLite would make the file as readable as the umask allows; its helper files take the rights of this one.
	created, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	return path, created.Close()
}

// source is the file as the driver wants it named.
func source(path string, settings url.Values) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	named := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: settings.Encode()}
	return named.String()
}

// settings are those of every connection. With secure_delete, what is deleted is overwritten: people ask to be erased.
func settings(synchronous string, busy time.Duration) url.Values {
	return url.Values{
		"_txlock": {"immediate"},
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()), "journal_mode(WAL)", "synchronous(" + synchronous + ")",
			"foreign_keys(1)", "secure_delete(1)", "cache_size(-512)",
		},
	}
}

// connect opens so many connections and no more. It is one for those who write: within a process they then wait for each
// other in turn, which SQLite would have them do by sleeping.
func connect(source string, connections int) (*sql.DB, error) {
	base, err := sqlite.NewConnector(source)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{base})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxLifetime(0)
	return db, nil
}

// patiently does what may set up a new file. That needs the file for oneself, and SQLite does not always wait for that:
// where two processes meet, one tries again.
func patiently(ctx context.Context, do func() error) error {
	began := time.Now()
	for {
		err := do()
		if !isBusy(err) || time.Since(began) > busyTimeout {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// migrateAndRead brings the tables up to date and reads the key.
func (f *file) migrateAndRead(ctx context.Context) error {
	if err := migrate(ctx, f.durable); err != nil {
		return err
	}
	err := f.durable.QueryRowContext(ctx, `SELECT key FROM secret`).Scan(&f.key)
	if !errors.Is(err, sql.ErrNoRows) { // it is written once: a file that is in use is opened without waiting for a lock
		return errors.Join(err, f.quick.PingContext(ctx))
	}
	if _, err := f.durable.ExecContext(ctx, `INSERT OR IGNORE INTO secret (id, key) VALUES (1, ?)`, newKey()); err != nil {
		return err
	}
	if err := f.durable.QueryRowContext(ctx, `SELECT key FROM secret`).Scan(&f.key); err != nil {
		return err
	}
	return f.quick.PingContext(ctx)
}

func newKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return key
}
