package journal

import (
	"context"
	"database/sql"
	"time"

	"mailtrap-contacts-mcp/store"
)

// sqlSentTogether finds a write to many contacts at once of which it is not known what it did to each of them.
const sqlSentTogether = `SELECT coalesce(max(id), 0), coalesce(max(change), 0) FROM write WHERE kind = $1 AND subject = $2 AND state = $4
	AND final <> '' AND ` + ofAccount3

// Learn records what a write to many contacts at once did to each of them, which nobody knew when it was sent: from now on it can be
// undone. subject is Mailtrap's id of it, and after what is there then. What is not on record, or is known, stays as it is.
func (j *Journal) Learn(ctx context.Context, subject string, after any, parts []Write) error {
	db, account, err := j.durable(ctx)
	if err != nil {
		return err
	}
	shown, err := image(after)
	if err != nil {
		return err
	}
	return j.options.Store.Fault(store.InTx(ctx, db, func(tx *sql.Tx) error {
		var id, change int64
		err := tx.QueryRowContext(ctx, sqlSentTogether, Contacts, subject, account, Done).Scan(&id, &change)
		if err != nil || id == 0 {
			return err
		}
		if err := insertParts(ctx, tx, account, change, id, 0, parts); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE write SET state = $1, ended = $2 WHERE part = $4 AND `+ofAccount3, Done, time.Now().UnixMilli(),
			account, id)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE write SET after = $1, final = '' WHERE id = $2 AND `+ofAccount3, shown, id, account)
		return err
	}))
}
