package store

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// Statement is one that runs at every call: it is compiled once for a database, which takes longer than running it.
type Statement struct {
	SQL      string
	prepared atomic.Pointer[prepared]
}

type prepared struct {
	db        *sql.DB
	statement *sql.Stmt
}

// In returns the statement for a database. It must not be called by who has the database's only connection.
func (s *Statement) In(ctx context.Context, db *sql.DB) (*sql.Stmt, error) {
	if known := s.prepared.Load(); known != nil && known.db == db {
		return known.statement, nil
	}
	statement, err := db.PrepareContext(ctx, s.SQL)
	if err == nil {
		s.prepared.Store(&prepared{db, statement}) // closed with the database
	}
	return statement, err
}
