package journal

import (
	"context"
	"database/sql"
	"strings"

	"mailtrap-contacts-mcp/fault"
)

// sqlErase keeps the names of events: they are the automations', and not a person's.
const sqlErase = aContact + `UPDATE write SET erased = 1, subject = '', name = CASE kind WHEN 'event' THEN name ELSE '' END,
		before = NULL, after = NULL, consent = '', final = ?
	WHERE id IN (SELECT id FROM theirs) AND ` + ofGiven

const sqlAddresses = aContact + `SELECT DISTINCT lower(key) FROM them WHERE key LIKE '%@%' AND lower(key) <> ?`

// Erase takes everything about a contact out of the journal and keeps only that the person was erased. It returns how many
// writes it emptied; they stay in the list, without saying whom they were about.
func (j *Journal) Erase(ctx context.Context, email, id string) (writes int, err error) {
	email, id = strings.ToLower(strings.TrimSpace(email)), strings.ToLower(id)
	account, err := j.options.Account.AccountKey(ctx)
	if err != nil {
		return 0, err
	}
	addresses, err := j.addresses(ctx, account, email, id)
	if err != nil {
		return 0, err
	}
	for _, address := range addresses {
		if err := j.Remember(ctx, address, Erased); err != nil {
			return 0, err
		}
	}
	db, err := j.options.Store.Durable(ctx)
	if err != nil {
		return 0, err
	}
	result, err := db.ExecContext(ctx, sqlErase, email, id, account, "The person was erased.")
	if err != nil {
		return 0, j.options.Store.Fault(err)
	}
	emptied, err := result.RowsAffected()
	if err != nil {
		return 0, err
	}
	return int(emptied), j.emptyLog(ctx, db)
}

// Addresses are those that a person is known to have had, the given one first. The id may be empty. With the journal off
// nothing but the given one is known.
func (j *Journal) Addresses(ctx context.Context, email, id string) ([]string, error) {
	email, id = strings.ToLower(strings.TrimSpace(email)), strings.ToLower(id)
	if j.options.Off {
		return []string{email}, nil
	}
	account, err := j.options.Account.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	return j.addresses(ctx, account, email, id)
}

func (j *Journal) addresses(ctx context.Context, account, email, id string) ([]string, error) {
	db, err := j.options.Store.Reading(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, sqlAddresses, email, id, account, email)
	if err != nil {
		return nil, j.options.Store.Fault(err)
	}
	earlier, err := collect(rows, func(row scanner) (address string, err error) { return address, row.Scan(&address) })
	return append([]string{email}, earlier...), j.options.Store.Fault(err)
}

// emptyLog empties the write-ahead log, in which what was overwritten still stands.
func (j *Journal) emptyLog(ctx context.Context, db *sql.DB) error {
	var kept bool
	var frames, moved int
	if err := db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&kept, &frames, &moved); err != nil {
		return j.options.Store.Fault(err)
	}
	if kept {
		return fault.New(fault.FileAccess, "The journal's entries were emptied, but the old ones still stand in its write-ahead log.",
			"Another process is reading it.", "Repeat the call, until it succeeds.")
	}
	return nil
}
