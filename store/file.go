package store

import (
	"database/sql"
	"net/url"
	"path/filepath"
)

// OpenFile opens an SQLite file of its own, with one connection.
func OpenFile(path, mode string, pragmas ...string) (*sql.DB, error) {
	named, err := FileURI(path, url.Values{"mode": {mode}, "_pragma": pragmas})
	if err != nil {
		return nil, err
	}
	return connect(named, 1)
}

// FileURI names a file as SQLite wants it.
func FileURI(path string, settings url.Values) (string, error) {
	path, err := filepath.Abs(path)
	return source(path, settings), err
}
