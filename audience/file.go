package audience

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/where"
)

// about is what a snapshot's file says of itself.
type about struct {
	where.Schema
	TakenAt time.Time `json:"taken_at"`
	Lacked  changes   `json:"lacked"` // of this server's; all that are kept where an earlier program has made the file
	Rows    int64     `json:"rows"`   // the number of the last one; there are gaps
	Totals  []Totals  `json:"totals"` // of earlier snapshots, the oldest first; the last is its own
	// Header is what the export's columns are called, and Source by column of the table the one of the export; -1 for none.
	Header []string `json:"header"`
	Source []int    `json:"source"`
	// ByID is set where the export writes lists by id, and Words are what it writes for statuses where these are not their names.
	ByID  bool              `json:"by_id,omitempty"`
	Words map[string]string `json:"words,omitempty"`
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

// draft is a snapshot's file while it is made. What its indexes are sorted in lies beside it, without a name.
type draft struct {
	path string
	db   *sql.DB
}

// newDraft makes the file. It lies there from before the export is asked for: by its name it is known what is to be kept.
func newDraft(ctx context.Context, path string) (*draft, error) {
	d := &draft{path: path}
	err := d.begin(ctx)
	if err != nil {
		d.discard()
	}
	return d, err
}

// begin empties the file.
func (d *draft) begin(ctx context.Context) error {
	d.close()
	made, err := os.OpenFile(d.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := made.Close(); err != nil {
		return err
	}
	beside := "temp_store_directory('" + strings.ReplaceAll(filepath.Dir(d.path), "'", "''") + "')"
	d.db, err = open(d.path, "rw", beside, "page_size(32768)", cachedPages, "secure_delete(1)",
		"journal_mode(OFF)", "synchronous(OFF)", "locking_mode(EXCLUSIVE)")
	if err == nil {
		_, err = d.db.ExecContext(ctx, `CREATE TABLE snapshot (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL) STRICT`)
	}
	return err
}

// cachedPages is how many pages SQLite keeps. Given in KB, it would be taken for pages of 4 KB, whatever size they have. More of
// them make nothing faster: rows and indexes are written in order, and read from one end to the other.
const cachedPages = "cache_size(128)"

// feed runs a statement that reads a source as the table "incoming".
func (d *draft) feed(ctx context.Context, from source, statement string) error {
	key := from.offer()
	defer withdraw(key)
	if _, err := d.db.ExecContext(ctx, `CREATE VIRTUAL TABLE temp.incoming USING made(`+key+`)`); err != nil {
		return err
	}
	_, err := d.db.ExecContext(ctx, statement)
	_, failed := d.db.ExecContext(ctx, `DROP TABLE temp.incoming`)
	return errors.Join(err, failed)
}

// finish writes what the file says of itself, and sees to it that all of it is on the disk.
func (d *draft) finish(ctx context.Context, a about) error {
	written, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if _, err := d.db.ExecContext(ctx, `INSERT INTO snapshot (id, json) VALUES (1, ?)`, string(written)); err != nil {
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

func (d *draft) close() {
	if d.db != nil {
		_ = d.db.Close()
		d.db = nil
	}
}

func (d *draft) discard() {
	d.close()
	_ = os.Remove(d.path)
}

var (
	errDamaged = errors.New("the snapshot is damaged")
	errOlder   = errors.New("the snapshot is one of a program before this one")
)

// lacksTable reports that a file has not the tables of a snapshot.
func lacksTable(err error) bool {
	return codeOf(err) != 0 && strings.Contains(err.Error(), "no such table")
}

// codeOf is what SQLite calls an error; 0 for one that is not its.
func codeOf(err error) int {
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return 0
	}
	return failed.Code() & 0xff
}

// isDamage reports that a file is not, or no longer, one that SQLite wrote for a snapshot.
func isDamage(err error) bool {
	code := codeOf(err)
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB || lacksTable(err)
}

// queried is a database or a transaction.
type queried interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// fill counts how many contacts have a value in each column.
func fill(ctx context.Context, from queried, columns []where.Column) error {
	names, filled := columnNames(len(columns)), make([]any, len(columns))
	names[where.Lists] = "nullif(c3, '')"
	for col := range columns {
		filled[col] = &columns[col].Filled
	}
	return from.QueryRowContext(ctx, "SELECT count("+strings.Join(names, "), count(")+") FROM contact").Scan(filled...)
}

// readAbout reads what a file says of itself.
func readAbout(ctx context.Context, from queried) (a about, err error) {
	var written string
	if err := from.QueryRowContext(ctx, `SELECT json FROM snapshot`).Scan(&written); err != nil {
		switch {
		case lacksTable(err):
			return a, errOlder
		case isDamage(err):
			return a, errDamaged
		}
		return a, err
	}
	if err := json.Unmarshal([]byte(written), &a); err != nil || len(a.Columns) < where.BuiltIns {
		return a, errDamaged
	}
	if len(a.Source) != len(a.Columns) {
		return a, errOlder
	}
	return a, nil
}

// fileFault is a failure of the snapshot's file as an agent reads it.
func (s *Service) fileFault(err error) error {
	var asFault *fault.Error
	if err == nil || fault.From(err).Code != fault.Internal || errors.As(err, &asFault) {
		return err
	}
	return fault.New(fault.FileAccess, fmt.Sprintf("The snapshot of the contacts in %s cannot be kept or read.", s.where()), "",
		"Ask the operator to see whether the disk is full or the folder protected, then try again with refresh: true.").Because(err)
}
