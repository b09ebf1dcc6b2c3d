package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"iter"
)

// Runner is what statements run on: a database or a transaction.
type Runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// AsJSON is how the tables keep a value, or what a pointer points to.
type AsJSON struct{ of any }

// JSON is a value, to be written, or where a pointer points, to be read.
func JSON(of any) AsJSON { return AsJSON{of} }

// Value implements driver.Valuer.
func (v AsJSON) Value() (driver.Value, error) {
	written, err := json.Marshal(v.of)
	return string(written), err
}

// Scan implements sql.Scanner.
func (v AsJSON) Scan(kept any) error {
	switch kept := kept.(type) {
	case string:
		return json.Unmarshal([]byte(kept), v.of)
	case []byte:
		return json.Unmarshal(kept, v.of)
	}
	return fmt.Errorf("store: a %T cannot be JSON", kept)
}

// Collect reads all rows of a statement.
func Collect[T any](ctx context.Context, db Runner, read func(*sql.Rows) (T, error), statement string, given ...any) ([]T, error) {
	var found []T
	for one, err := range Each(ctx, db, read, statement, given...) {
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

// Each visits the rows of a statement. An error is the last thing.
func Each[T any](ctx context.Context, db Runner, read func(*sql.Rows) (T, error), statement string, given ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := db.QueryContext(ctx, statement, given...)
		if err != nil {
			yield(none, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			if one, err := read(rows); !yield(one, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, err)
		}
	}
}

// Exec runs a statement of which nothing is to be known but that it was done.
func Exec(ctx context.Context, db Runner, statement string, given ...any) error {
	_, err := db.ExecContext(ctx, statement, given...)
	return err
}

// Changes runs a statement and reports whether it has changed a row.
func Changes(ctx context.Context, db Runner, statement string, given ...any) (bool, error) {
	result, err := db.ExecContext(ctx, statement, given...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// InTx does something in a transaction.
func InTx(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
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
