package audience

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
)

// about is what a snapshot's file says of itself.
type about struct {
	TakenAt    time.Time        `json:"taken_at"`
	Contacts   int              `json:"contacts"`
	Columns    []Column         `json:"columns"`
	Lists      []apiclient.List `json:"lists"`
	ListsKnown bool             `json:"lists_known"`
	Doubtful   []int64          `json:"doubtful,omitempty"`      // lists that the export does not tell apart from others
	Unlisted   int              `json:"lists_unknown,omitempty"` // contacts of whom it is not known on which lists they are
	Statuses   []string         `json:"statuses"`
	Totals     []Totals         `json:"totals"` // of earlier snapshots, the oldest first; the last is its own
	Gone       []uint32         `json:"gone"`   // rows that stand for nobody: a contact that is there twice, or was erased
}

// Totals are the numbers of a snapshot, kept for its successors.
type Totals struct {
	At           time.Time     `json:"at"`
	Contacts     int           `json:"contacts"`
	Subscribed   int           `json:"subscribed"`
	Unsubscribed int           `json:"unsubscribed"`
	Lists        map[int64]int `json:"lists,omitempty"`
}

// keptTotals is how many earlier snapshots' numbers are kept.
const keptTotals = 30

const schemaSQL = `
CREATE TABLE about (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL) STRICT;
CREATE TABLE part (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT; -- a chunk of a column: number of the chunk * 256 + column
CREATE TABLE bucket (kind INTEGER NOT NULL, first INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (kind, first)) STRICT, WITHOUT ROWID;
`

// The kinds of indexes.
const (
	byEmail = 1
	byID    = 2
)

// draft is a snapshot's file while it is made.
type draft struct {
	path   string
	db     *sql.DB
	tx     *sql.Tx
	insert *sql.Stmt

	mu       sync.Mutex
	statuses []string // by number; see statusOther
	numbers  map[string]uint8
}

func newDraft(ctx context.Context, path string) (*draft, error) {
	made, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if err := made.Close(); err != nil {
		return nil, err
	}
	d := &draft{path: path, statuses: []string{"", apiclient.Subscribed, apiclient.Unsubscribed}, numbers: map[string]uint8{}}
	if d.db, err = open(path, "rw", "page_size(16384)", "journal_mode(OFF)", "synchronous(OFF)", "locking_mode(EXCLUSIVE)", "cache_size(-8192)"); err != nil {
		return nil, err
	}
	if _, err = d.db.ExecContext(ctx, schemaSQL); err == nil {
		if d.tx, err = d.db.BeginTx(ctx, nil); err == nil {
			d.insert, err = d.tx.PrepareContext(ctx, `INSERT INTO part (id, data) VALUES (?, ?)`)
		}
	}
	if err != nil {
		d.discard()
		return nil, err
	}
	return d, nil
}

func open(path, mode string, pragmas ...string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	named := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: url.Values{"mode": {mode}, "_pragma": append([]string{"busy_timeout(5000)"}, pragmas...)}.Encode()}
	db, err := sql.Open("sqlite", named.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func partID(col, chunk int) int64 { return int64(chunk)<<8 | int64(col) }

func (d *draft) column(col, chunk int, blob []byte) error {
	_, err := d.insert.Exec(partID(col, chunk), blob) //nolint:noctx // the driver starts a goroutine for each context; the loader watches it
	return err
}

// status numbers a status as the export writes it.
func (d *draft) status(cell string, inverse bool) uint8 {
	switch cell {
	case "Subscribed", apiclient.Subscribed:
		return statusSubscribed
	case "Unsubscribed", apiclient.Unsubscribed:
		return statusUnsubscribed
	case "":
		return statusUnknown
	}
	cell = strings.ToLower(strings.TrimSpace(cell))
	if truth, known := truths[cell]; known {
		if truth != inverse {
			return statusSubscribed
		}
		return statusUnsubscribed
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	number, known := d.numbers[cell]
	if !known {
		if i := slices.Index(d.statuses, cell); i > 0 {
			return uint8(i)
		}
		if len(d.statuses) > 200 {
			return statusUnknown
		}
		number = uint8(len(d.statuses))
		d.statuses = append(d.statuses, cell)
		d.numbers[cell] = number
	}
	return number
}

// index stores sorted hashes.
func (d *draft) index(ctx context.Context, kind int, sorted []hashed) error {
	for len(sorted) > 0 {
		n := min(bucketSize, len(sorted))
		for n < len(sorted) && sorted[n].hash == sorted[n-1].hash { // equal ones stay together
			n++
		}
		if _, err := d.tx.ExecContext(ctx, `INSERT INTO bucket (kind, first, data) VALUES (?, ?, ?)`, kind, ordered(sorted[0].hash), bucketBlob(sorted[:n])); err != nil {
			return err
		}
		sorted = sorted[n:]
	}
	return nil
}

// ordered maps a hash to SQLite's signed integers, in its order.
func ordered(hash uint64) int64 { return int64(hash ^ 1<<63) }

// finish writes what the file says of itself, and sees to it that all of it is on the disk.
func (d *draft) finish(ctx context.Context, a about) error {
	written, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if _, err := d.tx.ExecContext(ctx, `INSERT INTO about (id, json) VALUES (1, ?)`, string(written)); err != nil {
		return err
	}
	if err := d.insert.Close(); err != nil {
		return err
	}
	if err := d.tx.Commit(); err != nil {
		return err
	}
	if err := d.db.Close(); err != nil {
		return err
	}
	file, err := os.OpenFile(d.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	return file.Sync()
}

func (d *draft) discard() {
	if d.tx != nil {
		_ = d.tx.Rollback()
	}
	_ = d.db.Close()
	_ = os.Remove(d.path)
}

// fileFault is a failure of the snapshot's file as an agent reads it.
func (s *Service) fileFault(err error) error {
	var asFault *fault.Error
	if err == nil || fault.From(err).Code != fault.Internal || asErr(err, &asFault) {
		return err
	}
	return fault.New(fault.FileAccess, fmt.Sprintf("The snapshot of the contacts in %s cannot be kept or read.", s.where()), "",
		"Ask the operator to see whether the disk is full or the folder protected, then try again with refresh: true.").Because(err)
}
