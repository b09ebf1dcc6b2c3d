package bulk

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// errErased is of a contact who was erased after it was read: nothing is sent of it, and nothing written down.
var errErased = errors.New("bulk: the contact was erased")

// whyNotOurs says why a contact cannot be noted.
func (s *Service) whyNotOurs(ctx context.Context, db store.Runner, j *job, it item) error {
	var erased bool
	err := db.QueryRowContext(ctx, `SELECT contact = '' FROM job_item WHERE job = (SELECT id FROM job
		WHERE account = $1 AND id = $2 AND owner = $3) AND n = $4`,
		j.account, j.ID, j.owner, it.n).Scan(&erased)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return errNotOurs
	case erased:
		return errErased
	}
	return err
}

// conclude writes down what came of a contact, together with how far the job is. That is done even when the job is being
// stopped: the request has left.
func (s *Service) conclude(ctx context.Context, db *sql.DB, j *job, it item, outcome, said string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concluding)
	defer cancel()
	tally := j.Tally
	if said == NoMail {
		tally.NoMail++
	}
	switch {
	case outcome == itemDone && it.task == taskUnsubscribe:
		tally.Unsubscribed++
	case outcome == itemDone:
		tally.Done++
		if it.leaves {
			tally.Removed++
		}
	case outcome == itemUnchanged:
		tally.Unchanged++
	case outcome == itemNotFound:
		tally.NotFound++
	case outcome == itemNew:
		tally.Created++
	case outcome == itemCreated:
		tally.Unasked++
	case outcome == itemUnknown:
		tally.Unknown++
	case outcome == itemRefused:
		tally.Refused++
		tally.Reasons = intake.Recount(tally.Reasons, said)
	}
	before := j.Tally
	j.Tally = tally
	err := store.InTx(ctx, db, func(tx *sql.Tx) error {
		if err := j.save(ctx, tx); err != nil {
			return err
		}
		return store.Exec(ctx, tx, `UPDATE job_item SET state = ?, said = CASE contact WHEN '' THEN '' ELSE ? END,
			contact = CASE contact WHEN '' THEN '' ELSE ? END,
			content = NULL WHERE job = `+jobOf+` AND n = ?`,
			outcome, text.ClipProse(said, 500), it.contact, j.account, j.ID, it.n) // whoever was erased meanwhile is not named again
	})
	if err != nil {
		j.Tally = before
	}
	return recorded(err)
}

// concluding is how long writing an outcome down may take after the job was told to stop.
const concluding = 10 * time.Second
