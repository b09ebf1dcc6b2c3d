package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
)

//go:embed migrations/*.sql
var migrations embed.FS

// whole makes the tables of a new file at once, as all migrations together would; `go test ./store -update` writes it.
//
//go:embed whole.sql
var whole string

// scripts are the migrations in their order. A file, once released, never changes; what comes after is a new one.
func scripts() ([]string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	scripts := make([]string, len(names))
	for i, name := range names {
		script, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		scripts[i] = string(script)
	}
	return scripts, nil
}

// newerFile is a file that a later version of the program has made.
type newerFile struct{ version, known int }

func (e newerFile) Error() string {
	return fmt.Sprintf("its tables are of version %d, and this program knows %d", e.version, e.known)
}

// migrate runs the scripts that the file has not seen, all or none. Processes that start together wait for each other.
func migrate(ctx context.Context, db *sql.DB) error {
	all, err := scripts()
	if err != nil {
		return err
	}
	version, err := versionOf(ctx, db)
	if err != nil || version == len(all) {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if version, err = versionOf(ctx, tx); err != nil {
		return err
	}
	if version > len(all) {
		return newerFile{version, len(all)}
	}
	if version <= withExports {
		if err := noneEarlier(ctx, tx, version); err != nil {
			return err
		}
	}
	pending := all[version:]
	if version == 0 {
		pending = []string{whole}
	}
	for i, script := range pending {
		if _, err := tx.ExecContext(ctx, script); err != nil {
			return fmt.Errorf("migration %d: %w", version+i+1, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(all))); err != nil {
		return err
	}
	return tx.Commit()
}

func versionOf(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
},
) (version int, err error) {
	err = db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version)
	return version, err
}
