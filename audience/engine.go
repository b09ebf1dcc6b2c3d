package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/where"
)

// engine registers SQLite with what snapshots need beside it, and is the name that it is opened by: a table whose rows are
// made in Go, and functions of texts.
var engine = sync.OnceValues(func() (string, error) {
	const name = "sqlite-snapshot"
	d := &sqlite.Driver{}
	err := errors.Join(d.RegisterModule("made", module{}), where.Register(d))
	sql.Register(name, d)
	return name, err
})

// open opens a snapshot's file with one connection.
func open(path, mode string, pragmas ...string) (*sql.DB, error) {
	pragmas = append([]string{"busy_timeout(5000)", "trusted_schema(0)"}, pragmas...)
	named, err := store.FileURI(path, url.Values{"mode": {mode}, "_defensive": {"1"}, "_pragma": pragmas})
	if err != nil {
		return nil, err
	}
	name, err := engine()
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(name, named)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// reader is a connection that questions are asked on. What was changed since the snapshot was taken is laid over it for
// each of them.
type reader struct {
	db   *sql.DB
	conn *sql.Conn
	find map[int]*sql.Stmt // by where.Email and where.ID
	over *overlay

	original *sql.Stmt // the block of a row

	laid   laid
	laying bool

	sources []string
}

// maxLength bounds the cells and rows that SQLite works on.
const maxLength = 2 * exports.MaxRow

// openReader opens a file for questions. No text that an agent wrote reaches SQLite but as a bound value; should one ever, this
// connection can only read, only its own tables, with functions that are known, and not for long.
func openReader(ctx context.Context, path string) (r *reader, err error) {
	r = &reader{find: map[int]*sql.Stmt{}, over: &overlay{}}
	if r.db, err = open(path, "ro", cachedPages, "temp_store(2)"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			r.close()
		}
	}()
	if r.conn, err = r.db.Conn(ctx); err != nil {
		return nil, err
	}
	columns, err := r.columns(ctx)
	if err != nil {
		return nil, err
	}
	for name, from := range map[string]source{
		"changed":  {columns, batchesOf(func() [][]any { return r.over.changed })},
		"replaced": {[]string{"row"}, batchesOf(func() [][]any { return r.over.replaced })},
	} {
		key := from.offer()
		r.sources = append(r.sources, key)
		if _, err := r.conn.ExecContext(ctx, fmt.Sprintf(`CREATE VIRTUAL TABLE temp.%s USING made(%s)`, name, key)); err != nil {
			return nil, err
		}
	}
	for _, col := range []int{where.Email, where.ID} {
		statement := "SELECT * FROM contact WHERE " + "c" + strconv.Itoa(col) + " = ?"
		if r.find[col], err = r.conn.PrepareContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	r.original, err = r.conn.PrepareContext(ctx, `SELECT first, rows FROM original WHERE first <= $1 ORDER BY first DESC LIMIT 1`)
	if err != nil {
		return nil, err
	}
	return r, r.restrict(ctx)
}

// columns are the names of the columns of the table, "row" first.
func (r *reader) columns(ctx context.Context) ([]string, error) {
	rows, err := r.conn.QueryContext(ctx, `SELECT * FROM contact LIMIT 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	return columns, errors.Join(err, rows.Err())
}

// restrict lets nothing but questions through from now on.
func (r *reader) restrict(ctx context.Context) error {
	if _, err := r.conn.ExecContext(ctx, `PRAGMA query_only = 1`); err != nil {
		return err
	}
	for limit, most := range map[int]int{
		sqlite3.SQLITE_LIMIT_LENGTH: maxLength, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1 << 20, sqlite3.SQLITE_LIMIT_ATTACHED: 0,
		sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: where.MaxLength, sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 4,
		sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
	} {
		if _, err := sqlite.Limit(r.conn, limit, most); err != nil {
			return err
		}
	}
	return r.conn.Raw(func(conn any) error {
		guarded, is := conn.(sqlite.AuthorizerRegisterer)
		if !is {
			return errors.New("the connection takes no authorizer")
		}
		return guarded.RegisterAuthorizer(r.allowed)
	})
}

// tables are what questions may read.
var tables = map[string]bool{"contact": true, "listed": true, "suppressed": true, "original": true, "changed": true, "replaced": true}

// aggregates are the functions that questions call besides those of conditions.
var aggregates = map[string]bool{"count": true}

// allowed is what may be done on a connection for questions, but for what this program itself lays over the snapshot.
func (r *reader) allowed(action sqlite.AuthorizerActionCode, table, called, _, _ string) sqlite.AuthorizerReturnCode {
	ok := r.laying
	switch action {
	case sqlite.AuthSelect:
		ok = true
	case sqlite.AuthRead:
		ok = ok || tables[table]
	case sqlite.AuthFunction:
		ok = ok || where.Calls(called) || aggregates[strings.ToLower(called)]
	}
	if ok {
		return sqlite.AuthorizerOK
	}
	return sqlite.AuthorizerDeny
}

func (r *reader) close() {
	for _, statement := range r.find {
		_ = statement.Close()
	}
	if r.original != nil {
		_ = r.original.Close()
	}
	if r.conn != nil {
		_ = r.conn.Close()
	}
	_ = r.db.Close()
	for _, key := range r.sources {
		withdraw(key)
	}
}
