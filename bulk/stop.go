package bulk

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
)

// A job that is told to stop sends nothing more. What it has sent may still create somebody whom it must not create, or undo what
// a later job does: it ends when Mailtrap has done that, and it is known whom it has created.

// What a job has sent, and whose outcome is not known.
const (
	sqlOutChunks = `FROM job_chunk WHERE job = ` + jobOf + ` AND state IN ('sending', 'sent', 'traced')`
	sqlOutItem   = `(state = 'sending' AND content IS NOT NULL OR state = 'open' AND task = '` + taskStayGone + `')`
)

// toStop reports that a job is to stop, and whether something of it is out that has to be looked after.
func (s *Service) toStop(ctx context.Context, j *job) (stop, out bool, err error) {
	db, err := s.store.Quick(ctx)
	if err != nil {
		return false, false, err
	}
	err = db.QueryRowContext(ctx, `SELECT stop FROM job WHERE account = ? AND id = ?`, j.account, j.ID).Scan(&stop)
	if err != nil || !stop {
		return stop, false, err
	}
	out, err = j.isOut(ctx, db)
	return stop, out, err
}

// isOut reports that something of a job is out that has to be looked after.
func (j *job) isOut(ctx context.Context, db store.Runner) (out bool, err error) {
	if j.Kind != Update && j.Kind != Import {
		return false, nil
	}
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 `+sqlOutChunks+`) OR EXISTS (SELECT 1 FROM job_item WHERE job = `+
		jobOf+` AND `+sqlOutItem+`)`,
		j.account, j.ID, j.account, j.ID).Scan(&out)
	return out, err
}

// cancelFailed cancels a job that has failed. One that has something out runs once more, to look after that: it sends nothing
// more.
func (s *Service) cancelFailed(ctx context.Context, db *sql.DB, j *job) error {
	out, err := j.isOut(ctx, db)
	if err != nil {
		return err
	}
	if !out {
		return s.dropUnsent(ctx, db, j)
	}
	j.Tally.InDoubt, j.Tally.Failing, j.Tally.Until = 0, apiclient.Waiting{}, 0
	failed, err := store.Changes(ctx, db, `UPDATE job SET state = 'running', stop = 1, ended = NULL, owner = '', beat = ?,
		tally = ? WHERE account = ? AND id = ? AND state = 'failed'`,
		time.Now().UnixMilli(), store.JSON(j.Tally), j.account, j.ID)
	if err != nil || !failed { // somebody else carries on with it
		return err
	}
	s.noteUnfinished(true)
	return s.tellToStop(ctx, db, j)
}

// windUp does the next thing to find out what a job has created that is to stop.
func (s *Service) windUp(ctx context.Context, j *job) (more bool, pause time.Duration, err error) {
	db, err := s.store.Quick(ctx)
	if err != nil {
		return false, 0, recorded(err)
	}
	out, err := nextChunk(ctx, db, sqlOutChunks+` ORDER BY n LIMIT 1`, j)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return true, 0, s.lookBack(ctx, db, j)
	case err != nil:
		return false, 0, recorded(err)
	case out.state == chunkSent:
		pause, err = s.awaitChunk(ctx, db, j, out)
	case out.state == chunkTraced:
		pause, err = s.trace(ctx, db, j, out)
	case j.Tally.Importing.Look() < out.longest():
		j.Tally.Doing = "waiting for what Mailtrap may be working on"
		pause = min(out.longest()-j.Tally.Importing.For(), 30*time.Second)
	default:
		var content intake.Rows
		n := 0
		if content, err = out.read(ctx, db, j); err == nil {
			n, err = content.Count()
		}
		if err == nil {
			err = s.concludeChunk(ctx, db, j, out, verdict{doubtful: n, why: leftBefore})
		}
	}
	return true, pause, err
}

// longest is how long Mailtrap works at most on a chunk of which it is not known whether it has arrived.
func (c chunk) longest() time.Duration {
	return time.Minute + 2*chunkTime*time.Duration(c.contacts)/fullChunk
}

// lookBack looks at a contact whose request may have left.
func (s *Service) lookBack(ctx context.Context, db *sql.DB, j *job) error {
	items, err := itemsOf(ctx, db, j, sqlOutItem+` ORDER BY n LIMIT 1`)
	if err != nil || len(items) == 0 {
		return recorded(err)
	}
	outcome, said, err := s.lookBackAt(ctx, j, &items[0])
	if err != nil {
		return err
	}
	return s.conclude(ctx, db, j, items[0], outcome, said)
}

func (s *Service) lookBackAt(ctx context.Context, j *job, it *item) (outcome, said string, failed error) {
	ref, err := apiclient.ParseContact(it.contact)
	switch {
	case err == nil && it.task == taskStayGone:
		return s.stayGone(ctx, j, it, ref)
	case err != nil || it.own.ID == "": // it was not looked up
		return itemUnknown, mayHaveLeftBefore, nil
	}
	change, err := it.own.change(j.Spec, it.task)
	if err != nil {
		return "", "", err
	}
	found, err := j.by.contacts.Get(ctx, ref)
	outcome, said, failed = s.cameBack(ctx, j, it, change, found, err)
	if outcome == "" && failed == nil {
		outcome, said = itemUnknown, mayHaveLeftBefore
	}
	return outcome, said, failed
}

// mayHaveLeftBefore is why nobody knows what became of a single contact.
const mayHaveLeftBefore = "the request may have left before the job was cancelled"
