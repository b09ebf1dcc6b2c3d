package audience

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"golang.org/x/sync/errgroup"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/where"
)

// AsksSuppressions reports whether who fits a condition, or a column, depends on who is suppressed. What cannot be asked does not.
func (sn *Snapshot) AsksSuppressions(condition string, columns ...string) bool {
	if asked, err := sn.about.Check(condition); err == nil && asked.AsksSuppressions() {
		return true
	}
	for _, name := range columns {
		if cell, err := sn.about.CellNamed(name, "columns"); err == nil && cell.Suppressions {
			return true
		}
	}
	return false
}

// check reads a condition. The types and streams of suppressions that there are belong to what it can name.
func (sn *Snapshot) check(ctx context.Context, condition string) (*where.Condition, error) {
	schema, err := sn.withKinds(ctx, &sn.about.Schema)
	if err != nil {
		return nil, err
	}
	return schema.Check(condition)
}

// withKinds is a schema with the kinds of suppressions that are known now.
func (sn *Snapshot) withKinds(ctx context.Context, of *where.Schema) (*where.Schema, error) {
	list, err := sn.service.Suppressed.Latest(ctx)
	if err != nil || list == nil {
		return of, err
	}
	schema := *of
	schema.Suppressions = list.Kinds
	return &schema, nil
}

// needs lays the suppressions over the snapshot where a question, or a column of its answer, depends on them.
func (sn *Snapshot) needs(ctx context.Context, q *question, cells ...where.Cell) error {
	asks := q.asked.AsksSuppressions() || slices.ContainsFunc(q.parts, (*where.Condition).AsksSuppressions)
	for _, cell := range cells {
		asks = asks || cell.Suppressions
	}
	if !asks || q.list != nil {
		return nil
	}
	for try := 0; ; try++ {
		list, err := sn.service.Suppressed.List(ctx, false, nil)
		if err != nil {
			return err
		}
		schema := q.over.schema
		schema.Suppressions, q.list = list.Kinds, list
		q.translate(&schema, sn.clock())
		if err = sn.lay(ctx, q); !fault.Is(err, fault.Conflict) || try == 3 {
			return err
		}
	}
}

// lay lays a question's list over all connections, before the question's own time begins.
func (sn *Snapshot) lay(ctx context.Context, q *question) error {
	laying, working := errgroup.WithContext(ctx)
	for range sn.all {
		laying.Go(func() error {
			_, back, err := sn.readerFor(working, q)
			if err == nil {
				back()
			}
			return err
		})
	}
	return sn.failed(ctx, ctx, laying.Wait())
}

// readerFor is a connection to ask a question on, with all that it depends on.
func (sn *Snapshot) readerFor(ctx context.Context, q *question) (r *reader, back func(), err error) {
	r, back, err = sn.reader(ctx, q.over)
	if err != nil || q.list == nil {
		return r, back, err
	}
	if err = r.lay(ctx, q.list, q.over, sn.about.Rows); err != nil {
		back()
		_, missing := os.Stat(q.list.Path)
		switch {
		case ctx.Err() != nil:
		case errors.Is(missing, fs.ErrNotExist):
			err = fault.New(fault.Conflict, "The list of suppressions was replaced while it was being read.", "",
				"Nothing was chosen; repeat the call.").Because(err)
		case isDamage(err):
			err = fault.New(fault.FileAccess, "The list of suppressions in "+sn.service.where()+" is damaged.", "",
				"Repeat the call: it is loaded anew. If it happens again, ask the operator to check the disk.").Because(errors.Join(err,
				os.Remove(q.list.Path)))
		}
	}
	return r, back, err
}

// laid is the suppressions of the snapshot's contacts, in tables of a connection: which list's, and over which changes.
type laid struct {
	path string
	over *overlay
}

// lay makes the tables listed and suppressed of a list (see package where): of the contacts of the file once, and of those that were
// changed since as often as these change.
func (r *reader) lay(ctx context.Context, list *suppressions.List, over *overlay, rows int64) (err error) {
	wanted, first := laid{list.Path, over}, r.laid.path != list.Path
	if r.laid == wanted || !first && len(over.changed)+len(r.laid.over.changed) == 0 {
		return nil
	}
	named, err := list.URI()
	if err != nil {
		return err
	}
	r.laid, r.laying = laid{}, true
	defer func() {
		_, failed := r.conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only = 1")
		_, limited := sqlite.Limit(r.conn, sqlite3.SQLITE_LIMIT_ATTACHED, 0)
		r.laying = false
		if err = errors.Join(err, failed, limited); err == nil {
			r.laid = wanted
		}
	}()
	if _, err := sqlite.Limit(r.conn, sqlite3.SQLITE_LIMIT_ATTACHED, 1); err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(ctx, "ATTACH $1 AS suppressions", named); err != nil {
		return err
	}
	defer func() {
		_, detached := r.conn.ExecContext(context.WithoutCancel(ctx), "DETACH suppressions")
		err = errors.Join(err, detached)
	}()
	const insert = `;INSERT INTO temp.listed SELECT %[1]s.row, kind, max(at) FROM %[2]s WHERE true GROUP BY 1, 2;
		INSERT INTO temp.suppressed SELECT of, max(at) FROM temp.listed WHERE of > %[3]d GROUP BY of`
	made := fmt.Sprintf("DELETE FROM temp.listed WHERE of > %[1]d; DELETE FROM temp.suppressed WHERE of > %[1]d", rows)
	if first {
		made = `DROP TABLE IF EXISTS temp.listed; DROP TABLE IF EXISTS temp.suppressed;
			CREATE TEMP TABLE listed (of INTEGER, kind INTEGER, at TEXT, PRIMARY KEY (of, kind)) WITHOUT ROWID;
			CREATE TEMP TABLE suppressed (of INTEGER PRIMARY KEY, at TEXT)` +
			fmt.Sprintf(insert, "contact", "suppressions.suppression CROSS JOIN main.contact INDEXED BY by_email ON c0 = email", 0)
	}
	_, err = r.conn.ExecContext(ctx, made+
		fmt.Sprintf(insert, "changed", "temp.changed CROSS JOIN suppressions.suppression ON c0 = email", rows))
	return err
}
