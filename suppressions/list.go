package suppressions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
)

// Kind is what suppressions have in common: of one type, for one stream and sending domain. What Mailtrap does not tell is empty.
type Kind struct {
	Number int64 // in the list's file
	Type   string
	Stream string
	Domain string
	Count  int // suppressions of it
}

// Types are those that Mailtrap has, and Streams those that mail is sent through (spec). A suppression may be for "any" stream.
var (
	Types   = []string{"hard bounce", "unsubscription", "spam complaint", "manual import"}
	Streams = []string{"transactional", "bulk"}
)

// List is a whole list of suppressions.
type List struct {
	Path string // of its file; that of a newer one takes its place
	state

	Kinds []Kind
	Count int    // suppressions
	Late  string // why it is not as new as it was asked for, as a sentence; empty where it is
}

// state is what a file says of its list.
type state struct {
	// Whole is when all of it was asked for, and Updated when it was last asked what is new.
	Whole   time.Time `json:"whole"`
	Updated time.Time `json:"updated"`
	Loaded  time.Time `json:"loaded"` // when the last page arrived
	// Since is from when on a list that is being loaded asks for suppressions; zero for all.
	Since time.Time `json:"since,omitzero"`
}

// isFresh tells a list that is asked for nothing more now.
func (l *List) isFresh(now time.Time) bool {
	return within(now.Sub(l.Updated), freshFor) && within(now.Sub(l.Whole), wholeFor)
}

// within tells an age that is not more than some; one before zero was told by another clock.
func within(age, most time.Duration) bool { return age >= 0 && age < most }

// awaitedFor is how long a list is what a call gets that asked for a new one before, and could not wait for it.
const awaitedFor = 10 * time.Minute

// wasAwaited tells a list that took longer to load than a call waits, and is done: whoever asks for a new one is that call again.
func (l *List) wasAwaited(now time.Time) bool {
	return l.Updated.Equal(l.Whole) && l.Loaded.Sub(l.Whole) > firstWait && within(now.Sub(l.Loaded), awaitedFor)
}

// note says of a list why it is not a newer one.
func (l *List) note(failed error) {
	switch {
	case failed == nil:
	case errors.Is(failed, errStillLoading):
		l.Late = "A newer list is being loaded."
	default:
		l.Late = "A newer list could not be loaded: " + fault.From(Fault(failed)).What
	}
}

// The tables of a file. Addresses are as the snapshot of the contacts has them.
const tables = `
CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL) STRICT;
CREATE TABLE kind (number INTEGER PRIMARY KEY, type TEXT NOT NULL, stream TEXT NOT NULL, domain TEXT NOT NULL,
	UNIQUE (type, stream, domain)) STRICT;
CREATE TABLE suppression (email TEXT NOT NULL, id TEXT NOT NULL, kind INTEGER NOT NULL, at TEXT,
	PRIMARY KEY (email, id)) STRICT, WITHOUT ROWID;
CREATE TABLE page (number INTEGER PRIMARY KEY, last TEXT NOT NULL, email TEXT NOT NULL, rows INTEGER NOT NULL,
	is_full INTEGER NOT NULL) STRICT;`

// readList reads what a file says of its list.
func readList(ctx context.Context, path string) (*List, error) {
	db, err := store.OpenFile(path, "rw", "busy_timeout(5000)") // what a killed process began in it is turned back
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	l := &List{Path: path}
	if l.state, err = readState(ctx, db); err != nil {
		return nil, err
	}
	l.Kinds, err = readKinds(ctx, db)
	for _, kind := range l.Kinds {
		l.Count += kind.Count
	}
	return l, err
}

func readState(ctx context.Context, db *sql.DB) (s state, err error) {
	var written string
	if err := db.QueryRowContext(ctx, `SELECT json FROM state`).Scan(&written); err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(written), &s)
}

func writeState(ctx context.Context, db execs, s state) error {
	written, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `INSERT INTO state (id, json) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET json = excluded.json`,
		string(written))
	return err
}

// execs is a database or a transaction.
type execs interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func readKinds(ctx context.Context, db *sql.DB) (kinds []Kind, err error) {
	rows, err := db.QueryContext(ctx, `SELECT number, type, stream, domain, count(id) FROM kind LEFT JOIN suppression ON kind = number
		GROUP BY number ORDER BY number`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k Kind
		if err := rows.Scan(&k.Number, &k.Type, &k.Stream, &k.Domain, &k.Count); err != nil {
			return nil, err
		}
		if k.Count > 0 {
			kinds = append(kinds, k)
		}
	}
	return kinds, rows.Err()
}

// URI names the list's file, to be read, as SQLite attaches it.
func (l *List) URI() (string, error) { return store.FileURI(l.Path, url.Values{"mode": {"ro"}}) }

// isDamage reports that a file is not, or no longer, one of a list.
func isDamage(err error) bool {
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return false
	}
	code := failed.Code() & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB || strings.Contains(failed.Error(), "no such table")
}
