package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/store"
)

// Erasure is what is noted of a person who asked to be erased, from before anything is done about it until nothing of them
// is left: a server that is killed in between leaves it to the others.
type Erasure struct {
	ID int64
	// Subject is the contact's id; empty where it is not known.
	Subject string
	// Addresses are those that the person is known to have had, the present one first.
	Addresses []string
	// Gone is set when there is no contact at Mailtrap any more.
	Gone bool
}

const (
	// erasureLease is how long a server has an erasure to itself. That two work on one does no harm.
	erasureLease = 30 * time.Second
	// erasureAgain is when one that failed is tried again; each time twice as late, up to erasureLate.
	erasureAgain, erasureLate = 10 * time.Second, time.Hour
)

const (
	sqlErasures = `SELECT id, subject, addresses, gone FROM erasure WHERE account = ? AND ended IS NULL ORDER BY id`
	// A time that is too far ahead is that of a clock that went wrong.
	sqlErasureDue = `account = ? AND ended IS NULL AND (until < ? OR until > ?)`
)

// BeginErasure notes that a person asks to be erased; it has reached the disk when it returns. The id may be empty. gone says
// that Mailtrap has no contact of theirs. One that was begun before is gone on with.
func (j *Journal) BeginErasure(ctx context.Context, email, id string, gone bool) (begun Erasure, err error) {
	defer func() { err = store.Unsent(j.options.Store.Fault(err)) }()
	account, err := j.options.Account.AccountKey(ctx)
	if err != nil {
		return begun, err
	}
	begun = Erasure{Subject: strings.ToLower(id), Gone: gone}
	if begun.Addresses, err = j.addresses(ctx, account, strings.ToLower(strings.TrimSpace(email)), begun.Subject); err != nil {
		return begun, err
	}
	db, err := j.options.Store.Durable(ctx)
	if err != nil {
		return begun, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return begun, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	rows, err := tx.QueryContext(ctx, sqlErasures, account)
	if err != nil {
		return begun, err
	}
	open, err := collect(rows, scanErasure)
	if err != nil {
		return begun, err
	}
	for _, before := range open {
		if before.Subject == begun.Subject && slices.Contains(before.Addresses, begun.Addresses[0]) {
			begun.ID = before.ID
			for _, address := range before.Addresses { // the journal may have been emptied of the earlier ones
				if !slices.Contains(begun.Addresses, address) {
					begun.Addresses = append(begun.Addresses, address)
				}
			}
		}
	}
	addresses, err := json.Marshal(begun.Addresses)
	if err != nil {
		return begun, err
	}
	now := time.Now()
	if begun.ID != 0 {
		_, err = tx.ExecContext(ctx, `UPDATE erasure SET addresses = ?, gone = ?, until = ? WHERE account = ? AND id = ?`,
			string(addresses), gone, now.Add(erasureLease).UnixMilli(), account, begun.ID)
	} else {
		err = tx.QueryRowContext(ctx, `INSERT INTO erasure (account, at, subject, addresses, gone, until) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
			account, now.UnixMilli(), begun.Subject, string(addresses), gone, now.Add(erasureLease).UnixMilli()).Scan(&begun.ID)
	}
	if err != nil {
		return begun, err
	}
	return begun, tx.Commit()
}

func scanErasure(row scanner) (e Erasure, err error) {
	var addresses []byte
	if err := row.Scan(&e.ID, &e.Subject, &addresses, &e.Gone); err != nil {
		return e, err
	}
	return e, json.Unmarshal(addresses, &e.Addresses)
}

// NextErasure is one that nobody works on, and that is this server's to work on for a while; false when there is none. With
// onlyGone, only those whose contact is deleted already are. A store that was never used is not made for it.
func (j *Journal) NextErasure(ctx context.Context, onlyGone bool) (next Erasure, due bool, err error) {
	if j.options.Store.IsNew() {
		return next, false, nil
	}
	account, err := j.options.Account.AccountKey(ctx)
	if err != nil {
		return next, false, err
	}
	reading, err := j.options.Store.Reading(ctx)
	if err != nil {
		return next, false, err
	}
	now := time.Now()
	silent, ahead := now.UnixMilli(), now.Add(2*erasureLate).UnixMilli()
	err = reading.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM erasure WHERE `+sqlErasureDue+` AND gone >= ?)`, account,
		silent, ahead, onlyGone).Scan(&due)
	if err != nil || !due {
		return next, false, err
	}
	db, err := j.options.Store.Durable(ctx)
	if err != nil {
		return next, false, err
	}
	row := db.QueryRowContext(ctx, `UPDATE erasure SET until = ? WHERE account = ? AND id = (SELECT id FROM erasure WHERE `+
		sqlErasureDue+` AND gone >= ? ORDER BY id LIMIT 1)
		RETURNING id, subject, addresses, gone`, now.Add(erasureLease).UnixMilli(), account, account, silent, ahead, onlyGone)
	next, err = scanErasure(row)
	if errors.Is(err, sql.ErrNoRows) { // another server was quicker
		return next, false, nil
	}
	return next, err == nil, err
}

// ErasedAtMailtrap notes that there is no contact any more.
func (j *Journal) ErasedAtMailtrap(ctx context.Context, e Erasure) error {
	return j.noteErasure(ctx, `UPDATE erasure SET gone = 1, until = ? WHERE account = ? AND id = ?`,
		time.Now().Add(erasureLease).UnixMilli(), e)
}

// EndErasure empties what was noted, since nothing of the person is left or the erasure does not take place.
func (j *Journal) EndErasure(ctx context.Context, e Erasure) error {
	return j.noteErasure(ctx, `UPDATE erasure SET subject = '', addresses = '[]', ended = ? WHERE account = ? AND id = ?`,
		time.Now().UnixMilli(), e)
}

// PutOffErasure leaves an erasure to whoever looks later.
func (j *Journal) PutOffErasure(ctx context.Context, e Erasure) error {
	return j.noteErasure(ctx, `UPDATE erasure SET tries = tries + 1, until = ? + min(?, ? * (1 << min(tries, 20)))
		WHERE account = ? AND id = ?`,
		time.Now().UnixMilli(), e, erasureLate.Milliseconds(), erasureAgain.Milliseconds())
}

// noteErasure writes down what came of an erasure, even when the call was cancelled. What was overwritten is not kept.
func (j *Journal) noteErasure(ctx context.Context, statement string, at int64, e Erasure, more ...any) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concluding)
	defer cancel()
	db, account, err := j.durable(ctx)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statement, append(append([]any{at}, more...), account, e.ID)...)
	return j.options.Store.Fault(err)
}

// erasing is why a write cannot be undone whose person is being erased.
const erasing = "The person asked to be erased."

// withoutErased marks the writes to people who are being erased: they are not undone any more.
func withoutErased(ctx context.Context, db *sql.DB, account string, changes []Change) error {
	rows, err := db.QueryContext(ctx, sqlErasures, account)
	if err != nil {
		return err
	}
	open, err := collect(rows, scanErasure)
	if err != nil {
		return err
	}
	for _, e := range open {
		theirs, err := writesTo(ctx, db, account, e.Addresses[0], e.Subject)
		if err != nil {
			return err
		}
		for _, change := range changes {
			for i := range change.Writes {
				if theirs[change.Writes[i].ID] {
					change.Writes[i].Final = erasing
				}
			}
		}
	}
	return nil
}
