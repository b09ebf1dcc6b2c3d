package bulk

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
)

// runner is what statements run on: a database or a transaction.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// asJSON is how the tables keep a value, or what a pointer points to.
type asJSON struct{ of any }

// Value implements driver.Valuer.
func (v asJSON) Value() (driver.Value, error) {
	written, err := json.Marshal(v.of)
	return string(written), err
}

// Scan implements sql.Scanner.
func (v asJSON) Scan(kept any) error {
	switch kept := kept.(type) {
	case string:
		return json.Unmarshal([]byte(kept), v.of)
	case []byte:
		return json.Unmarshal(kept, v.of)
	}
	return fmt.Errorf("bulk: a %T cannot be JSON", kept)
}

// collect reads all rows of a statement.
func collect[T any](ctx context.Context, db runner, read func(*sql.Rows) (T, error), statement string, given ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, statement, given...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, errors.Join(rows.Err(), rows.Close())
}

func exec(ctx context.Context, db runner, statement string, given ...any) error {
	_, err := db.ExecContext(ctx, statement, given...)
	return err
}

// changes runs a statement and reports whether it has changed a row.
func changes(ctx context.Context, db runner, statement string, given ...any) (bool, error) {
	result, err := db.ExecContext(ctx, statement, given...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// inTx does something in a transaction.
func inTx(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
