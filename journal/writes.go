package journal

import (
	"context"
	"database/sql"
)

// Parts are those of a change's writes to many contacts, where they are not shown one by one.
type Parts struct {
	// Open is how many of them can be undone, and UndoneBy the last change that undid some of them and was not itself undone.
	Open     int
	UndoneBy int64
}

const (
	writeColumns = `id, at, action, kind, subject, name, state, before, after, final, consent, failure, undoes, part`
	ofChange     = `change = (SELECT id FROM change WHERE account = $1 AND id = $2)`
	sqlWrites    = `SELECT ` + writeColumns + ` FROM write WHERE ` + ofChange
	sqlTheirs    = aContact + `SELECT ` + writeColumns + ` FROM write WHERE change = ? AND id IN (SELECT id FROM theirs) AND ` + ofGiven + `
		ORDER BY id`
	sqlToPeople = `SELECT count(*) FROM write WHERE ` + ofChange + ` AND (kind IN ('contact', 'event') OR kind = 'contacts' AND final <> '')`
	sqlParts    = `SELECT count(*), count(*) FILTER (WHERE final = '' AND state IN ($3, $4, $5)) FROM write WHERE ` + ofChange +
		` AND part IS NOT NULL`
	// sqlUndone leaves out whoever was erased.
	sqlUndone = `SELECT undoes, id, change FROM write WHERE undoes IN (SELECT id FROM write WHERE ` + ofChange + ` AND final = '')
		AND state = $3 AND EXISTS (SELECT 1 FROM change WHERE change.id = write.change AND change.account = $1) ORDER BY id`
	sqlUndoneBy = `SELECT id, change FROM write WHERE undoes = ? AND state = ? AND ` + ofAccount + ` ORDER BY id DESC`
)

// allWrites reads the writes of a change.
func allWrites(ctx context.Context, db *sql.DB, account string, change *Change) error {
	return readWrites(ctx, db, account, change, "")
}

// writesInShort reads the writes of a change without the parts of those to many contacts, of which it counts those that can be
// undone. A single one is read as well.
func writesInShort(ctx context.Context, db *sql.DB, account string, change *Change) error {
	parts := 0
	err := db.QueryRowContext(ctx, sqlParts, account, change.ID, Done, Sending, Unknown).Scan(&parts, &change.Parts.Open)
	switch {
	case err != nil:
		return err
	case parts > 1:
		return readWrites(ctx, db, account, change, ` AND part IS NULL`)
	}
	change.Parts.Open = 0
	return allWrites(ctx, db, account, change)
}

func readWrites(ctx context.Context, db *sql.DB, account string, change *Change, which string) error {
	rows, err := db.QueryContext(ctx, sqlWrites+which+` ORDER BY id`, account, change.ID)
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
		change.Writes[i].UndoneBy = undone[write.ID]
		delete(undone, write.ID)
	}
	for _, by := range undone { // parts that were not read
		change.Parts.Open--
		change.Parts.UndoneBy = max(change.Parts.UndoneBy, by)
	}
	return nil
}

// writesToOne reads the writes of a change to one contact: what was done to others in the same call is only counted.
func writesToOne(ctx context.Context, db *sql.DB, account string, change *Change, contact string) error {
	rows, err := db.QueryContext(ctx, sqlTheirs, contact, "", account, change.ID)
	if err != nil {
		return err
	}
	if change.Writes, err = collect(rows, scanEntry); err != nil {
		return err
	}
	for i := range change.Writes {
		if change.Writes[i].UndoneBy, err = undoneBy(ctx, db, account, change.Writes[i].ID); err != nil {
			return err
		}
	}
	err = db.QueryRowContext(ctx, sqlToPeople, account, change.ID).Scan(&change.Others)
	change.Others -= len(change.Writes)
	return err
}

// undoneOf are the changes that undid writes of a change and were not undone themselves, by the write.
func undoneOf(ctx context.Context, db *sql.DB, account string, change int64) (map[int64]int64, error) {
	rows, err := db.QueryContext(ctx, sqlUndone, account, change, Done)
	if err != nil {
		return nil, err
	}
	type undo struct {
		write int64
		place
	}
	undos, err := collect(rows, func(row scanner) (u undo, err error) { return u, row.Scan(&u.write, &u.id, &u.change) })
	if err != nil {
		return nil, err
	}
	found, again := map[int64]int64{}, map[int64]map[int64]int64{}
	for _, one := range undos {
		if again[one.change] == nil {
			if again[one.change], err = undoneOf(ctx, db, account, one.change); err != nil {
				return nil, err
			}
		}
		if again[one.change][one.id] == 0 {
			found[one.write] = one.change
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
