package bulk

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"io"
	"slices"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/kept"
	"mailtrap-contacts-mcp/store"
)

// end ends a job: what it has left to say goes into files, and then it has ended. What it holds of contacts that were not
// sent stays where it may be carried on with.
func (s *Service) end(ctx context.Context, j *job, state State, cause error) error {
	j.Tally.Doing, j.Tally.Failing, j.Tally.Until = "", apiclient.Waiting{}, 0
	unasked := j.Tally.createdUnasked()
	switch {
	case cause != nil && unasked != nil:
		failed := fault.From(cause)
		j.Tally.Failure = keep(fault.New(failed.Code, failed.What+" Besides, "+fault.From(unasked).What, failed.Why, failed.Next))
	case cause != nil || unasked != nil:
		j.Tally.Failure = keep(cmp.Or(cause, unasked))
	}
	db, err := s.store.Quick(ctx)
	if err != nil {
		return err
	}
	if state == Cancelled {
		if err := errors.Join(j.giveUp(ctx, db), s.journal.DropOptOuts(ctx, j.ID)); err != nil {
			return err
		}
	}
	if state == Failed {
		if j.Tally.InDoubt, err = inDoubt(ctx, db, j); err != nil {
			return err
		}
	}
	if state == Finished { // whoever is not accounted for was erased meanwhile
		j.Tally.TakenOut += max(0, j.Total-j.Worked())
	}
	if unasked != nil && state != Failed {
		state = FailedInPart
	}
	if err := s.writeFiles(ctx, j); err != nil { // the contacts are dealt with all the same
		if isStores(err) {
			return err
		}
		if j.Tally.Failure == nil {
			j.Tally.Failure = keep(err)
		}
	}
	return store.InTx(ctx, db, func(tx *sql.Tx) error {
		if err := j.save(ctx, tx); err != nil {
			return err
		}
		return store.Exec(ctx, tx, `UPDATE job SET state = ?, ended = ?, owner = '' WHERE account = ? AND id = ?`, state,
			time.Now().UnixMilli(), j.account, j.ID)
	})
}

// giveUp drops what a job has not sent. What may have left before a process was stopped is of unknown outcome, because nobody
// looks again.
func (j *job) giveUp(ctx context.Context, db *sql.DB) error {
	return store.InTx(ctx, db, func(tx *sql.Tx) error {
		items, err := tx.ExecContext(ctx, `UPDATE job_item SET state = 'unknown', said = ? WHERE job = `+jobOf+
			` AND state = 'sending'`, mayHaveLeftBefore, j.account, j.ID)
		if err != nil {
			return err
		}
		n, err := items.RowsAffected()
		if err != nil {
			return err
		}
		j.Tally.Unknown += int(n)
		j.Tally.InDoubt, j.Tally.Tracing = 0, nil
		for {
			left, err := nextChunk(ctx, tx, sqlOutChunks+` ORDER BY n LIMIT 1`, j)
			if errors.Is(err, sql.ErrNoRows) {
				break
			}
			if err != nil {
				return err
			}
			why := tookIt
			if left.state == chunkSending {
				why = leftBefore
			}
			if err := j.doubt(ctx, tx, left, why); err != nil {
				return err
			}
		}
		return errors.Join(store.Exec(ctx, tx, `UPDATE job_chunk SET content = NULL WHERE job = `+jobOf, j.account, j.ID),
			store.Exec(ctx, tx, `UPDATE job SET tally = ? WHERE account = ? AND id = ?`, store.JSON(j.Tally), j.account, j.ID))
	})
}

// doubt ends a chunk of whose contacts nobody finds out any more what became of them.
func (j *job) doubt(ctx context.Context, tx *sql.Tx, c chunk, why string) error {
	content, err := c.read(ctx, tx, j)
	if err != nil {
		return err
	}
	n, err := content.Count()
	if err != nil {
		return err
	}
	j.Tally.Unknown += n
	if !slices.Contains(j.Tally.Doubts, why) {
		j.Tally.Doubts = append(j.Tally.Doubts, why)
	}
	if err := addDoubtful(ctx, tx, j, content, why); err != nil {
		return err
	}
	return store.Exec(ctx, tx, `UPDATE job_chunk SET state = 'done' WHERE job = `+jobOf+` AND n = ?`, j.account, j.ID, c.n)
}

const (
	// leftBefore is why nobody knows what became of contacts whose request was on its way, and tookIt of those whose request
	// has arrived.
	leftBefore = "may have taken the request before the job was cancelled"
	tookIt     = "took the request, and whom it updated or created could not be found out before the job ended"
)

func (s *Service) writeFiles(ctx context.Context, j *job) error {
	if err := s.writeRejected(ctx, j); err != nil {
		return err
	}
	if s.folders.IsEmpty() || !needsReport(j) {
		return nil
	}
	draft, err := s.folders.Create(j.ID+"-report.json", false)
	if err != nil {
		return err
	}
	if err := s.report(ctx, draft, j); err != nil {
		if isStores(err) {
			draft.Discard()
			return err
		}
		return draft.Fail(err)
	}
	j.Tally.ReportFile, err = draft.Replace() // in the place of that of when it had failed, or could not be ended
	return err
}

// needsReport reports whether there is more to say of a job than its counts: who was not found, refused, or of whom it is
// not known what became.
func needsReport(j *job) bool {
	t := j.Tally
	bad := t.NotFound + t.Unknown + t.Refused
	few := j.Total <= undoneAtOnce && bad <= answered
	return j.listed > 0 && (bad > 0 && !few || t.Unasked > 0) || len(t.Doubts) > 0 || j.Total > reportedFrom
}

// answered is how many contacts the answer about a job names: of a few contacts it says as much as a report would.
const answered = 20

// reportedFrom is how many contacts a job has to have for a report where all went well.
const reportedFrom = 1000

// reportedItems is how many contacts a report names: more are counted in it and stand in the job itself.
const reportedItems = 100_000

func (s *Service) report(ctx context.Context, to io.Writer, j *job) error {
	t := j.Tally
	updated, done := j.Updated()
	said := kept.Report{
		Job: j.ID, Kind: string(j.Kind), Planned: j.Planned.UTC(), Started: j.Started.UTC(), Ended: time.Now().UTC(), Source: j.Spec.Source,
		Rows: j.Source.Read, Merged: j.Source.Merged, Reject: j.Source.Rejected, Why: append(j.Source.Reasons, t.Reasons...),
		Total: j.Total, Created: t.Created, Updated: updated, Over: t.OverLimit, Done: done, Same: t.Unchanged, Unsub: t.Unsubscribed,
		Missing: t.NotFound, Refused: t.Refused, Unknown: t.Unknown + t.InDoubt, Unasked: t.Unasked, Taken: t.TakenOut, NotSent: j.Left(),
	}
	if err := j.Err(); err != nil {
		said.Failure = fault.From(err).What
	}
	db, err := s.store.Reading(ctx)
	if err != nil {
		return recorded(err)
	}
	if said.People, err = problems(ctx, db, j, reportedItems); err != nil {
		return recorded(err)
	}
	return said.Write(to)
}

// problems are the contacts of a job that did not go as they should, and behind them those whom its lists do not reach.
func problems(ctx context.Context, db *sql.DB, j *job, limit int) ([]kept.Problem, error) {
	found, err := problemItems(ctx, db, j, limit)
	if err != nil {
		return nil, err
	}
	doubtful, err := doubtfulPeople(ctx, db, j, limit-len(found))
	return append(found, doubtful...), err
}

func problemItems(ctx context.Context, db *sql.DB, j *job, limit int) ([]kept.Problem, error) {
	return store.Collect(ctx, db, func(rows *sql.Rows) (one kept.Problem, err error) {
		err = rows.Scan(&one.Contact, &one.Outcome, &one.Reason)
		if one.Reason == NoMail {
			one.Outcome, one.Reason = NoMail, ""
		}
		return one, err
	}, `SELECT contact, state, said FROM job_item
		WHERE job = (SELECT id FROM job WHERE account = $1 AND id = $2) AND contact <> ''
			AND (state IN ('created', 'not_found', 'refused', 'unknown') OR said = $3) ORDER BY said = $3, state, n LIMIT $4`,
		j.account, j.ID, NoMail, limit)
}
