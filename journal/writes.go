package journal

import (
	"context"
	"database/sql"
)

const (
	writeColumns = `id, at, action, kind, subject, name, state, before, after, final, consent, failure, undoes, part`
	ofChange     = `change = (SELECT id FROM change WHERE account = $1 AND id = $2)`
	sqlWrites    = `SELECT ` + writeColumns + ` FROM write WHERE ` + ofChange
	sqlTheirs    = aContact + `SELECT ` + writeColumns + ` FROM write WHERE change = ? AND id IN (SELECT id FROM theirs) AND ` + ofGiven + `
		ORDER BY id`
	// sqlUndone leaves out whoever was erased.
	sqlUndone = `SELECT undone.id, undone.action, undone.kind, undone.part IS NOT NULL, write.id, write.change
		FROM write JOIN write AS undone ON undone.id = write.undoes WHERE write.undoes IN (SELECT id FROM write WHERE ` + ofChange + `)
		AND undone.final = '' AND write.state = $3 AND EXISTS (SELECT 1 FROM change WHERE change.id = write.change AND change.account = $1)
		ORDER BY write.id`
	sqlUndoneBy = `SELECT id, change FROM write WHERE undoes = ? AND state = ? AND ` + ofAccount + ` ORDER BY id DESC`
)

// allWrites reads the writes of a change.
func allWrites(ctx context.Context, db *sql.DB, account string, change *Change) error {
	return readWrites(ctx, db, account, change, sqlWrites+` ORDER BY id`, account, change.ID)
}

// writesInShort reads the writes of a change without the parts of those to many contacts, unless there is a single one.
func writesInShort(ctx context.Context, db *sql.DB, account string, change *Change) error {
	var several bool
	if err := db.QueryRowContext(ctx, sqlHasSeveral, account, change.ID).Scan(&several); err != nil {
		return err
	}
	if several {
		return readWrites(ctx, db, account, change, sqlWrites+` AND part IS NULL ORDER BY id`, account, change.ID)
	}
	return allWrites(ctx, db, account, change)
}

// writesToOne reads the writes of a change to one contact.
func writesToOne(ctx context.Context, db *sql.DB, account string, change *Change, contact string) error {
	return readWrites(ctx, db, account, change, sqlTheirs, contact, "", account, change.ID)
}

// readWrites reads some of the writes of a change, and what of all of it can be undone.
func readWrites(ctx context.Context, db *sql.DB, account string, change *Change, query string, given ...any) error {
	rows, err := db.QueryContext(ctx, query, given...)
	if err != nil {
		return err
	}
	if change.Writes, err = collect(rows, scanEntry); err != nil {
		return err
	}
	undone, err := undoneOf(ctx, db, account, change.ID)
	if err != nil {
		return err
	}
	for i, write := range change.Writes {
		change.Writes[i].UndoneBy = undone[write.ID].change
	}
	change.Prospect, err = prospect(ctx, db, account, change.ID, undone)
	return err
}

// undo is what undid a write of a sort.
type undo struct {
	undone int64
	sort
	place
}

// undoneOf is what undid writes of a change and was not undone itself, by the write.
func undoneOf(ctx context.Context, db *sql.DB, account string, change int64) (map[int64]undo, error) {
	rows, err := db.QueryContext(ctx, sqlUndone, account, change, Done)
	if err != nil {
		return nil, err
	}
	undos, err := collect(rows, func(row scanner) (u undo, err error) {
		return u, row.Scan(&u.undone, &u.action, &u.kind, &u.part, &u.id, &u.change)
	})
	if err != nil {
		return nil, err
	}
	found, again := map[int64]undo{}, map[int64]map[int64]undo{}
	for _, one := range undos {
		if again[one.change] == nil {
			if again[one.change], err = undoneOf(ctx, db, account, one.change); err != nil {
				return nil, err
			}
		}
		if _, undone := again[one.change][one.id]; !undone {
			found[one.undone] = one
		}
	}
	return found, nil
}

// undoneBy is the change that undid a write and was not undone itself; 0 if there is none.
func undoneBy(ctx context.Context, db *sql.DB, account string, write int64) (int64, error) {
	rows, err := db.QueryContext(ctx, sqlUndoneBy, write, Done, account)
	if err != nil {
		return 0, err
	}
	undos, err := collect(rows, scanPlace)
	if err != nil {
		return 0, err
	}
	for _, u := range undos {
		again, err := undoneBy(ctx, db, account, u.id)
		if err != nil || again == 0 {
			return u.change, err
		}
	}
	return 0, nil
}
