package bulk

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
)

// job is a job while this process works on it.
type job struct {
	Status
	account string
	call    journal.Call
	owner   string // the claim, as long as this process works on it
	by      clients
	// size is how many contacts the chunks and items have.
	chunked, listed int
}

// jobOf stands for a job's id in a statement: its account and its id are given there. Another account's job is none.
const jobOf = `(SELECT id FROM job WHERE account = ? AND id = ?)`

const sqlJobs = `SELECT id, account, kind, state, planned, expires, started, ended, spec, source, tally, call, change, stop,
	CASE WHEN state = 'running' AND stop = 0 THEN (SELECT earlier.id ` + sqlEarlier +
	` ORDER BY earlier.asked, earlier.started, earlier.id LIMIT 1) END,
	(SELECT coalesce(sum(contacts), 0) FROM job_chunk WHERE job_chunk.job = job.id), (SELECT count(*) FROM job_item
		WHERE job_item.job = job.id)
	FROM job WHERE account = $1 AND `

// find returns an account's jobs that a condition holds for. What it is given begins with $2.
func find(ctx context.Context, db store.Runner, account, condition string, given ...any) ([]*job, error) {
	return store.Collect(ctx, db, func(rows *sql.Rows) (*job, error) {
		j := &job{}
		var planned int64
		var expires, started, ended sql.NullInt64
		var behind sql.NullString
		err := rows.Scan(&j.ID, &j.account, &j.Kind, &j.State, &planned, &expires, &started, &ended, store.JSON(&j.Spec), store.JSON(&j.Source),
			store.JSON(&j.Tally), store.JSON(&j.call), &j.Change, &j.Stopping, &behind, &j.chunked, &j.listed)
		j.Tool, j.Behind = j.call.Tool, behind.String
		j.Planned, j.Expires, j.Started, j.Ended = time.UnixMilli(planned), timeOf(expires), timeOf(started), timeOf(ended)
		j.Total, j.Together = j.chunked+j.listed, j.chunked
		return j, err
	}, sqlJobs+condition, append([]any{account}, given...)...)
}

func timeOf(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64)
}

// load returns an account's job; nil when there is none of that id.
func load(ctx context.Context, db store.Runner, account, id string) (*job, error) {
	found, err := find(ctx, db, account, "id = $2", id)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// reading is the account, and its jobs to be read.
func (s *Service) reading(ctx context.Context) (account string, db *sql.DB, err error) {
	if account, err = s.api.AccountKey(ctx); err == nil {
		db, err = s.store.Reading(ctx)
	}
	return account, db, err
}

// writing is the account, and its jobs to be written.
func (s *Service) writing(ctx context.Context) (account string, db *sql.DB, err error) {
	if account, err = s.api.AccountKey(ctx); err == nil {
		db, err = s.store.Quick(ctx)
	}
	return account, db, err
}

// listed are the account's jobs that a condition holds for, as they stand.
func (s *Service) listed(ctx context.Context, condition string, given ...any) ([]Status, error) {
	account, db, err := s.reading(ctx)
	if err != nil {
		return nil, err
	}
	found, err := find(ctx, db, account, condition, given...)
	statuses := make([]Status, len(found))
	for i, j := range found {
		statuses[i] = j.Status
	}
	return statuses, s.store.Fault(err)
}

// insert writes a new job down.
func (j *job) insert(ctx context.Context, db store.Runner) error {
	return store.Exec(ctx, db, `INSERT INTO job (id, account, kind, state, planned, spec, call) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		j.ID, j.account, j.Kind, j.State, j.Planned.UnixMilli(), store.JSON(j.Spec), store.JSON(j.call))
}

// errNotOurs is of a job that another process has taken over.
var errNotOurs = errors.New("bulk: the job is another process's by now")

// save writes down how far the job is, as long as it is this process's.
func (j *job) save(ctx context.Context, db store.Runner) error {
	ours, err := store.Changes(ctx, db, `UPDATE job SET spec = $4, tally = $5, change = $6, beat = $7
		WHERE account = $1 AND id = $2 AND owner = $3 AND state = 'running'`,
		j.account, j.ID, j.owner, store.JSON(j.Spec), store.JSON(j.Tally), j.Change, time.Now().UnixMilli())
	if err == nil && !ours {
		return errNotOurs
	}
	return err
}

// sqlEarlier finds the jobs of the account, given as $1, that were asked for before a job, which is the row of the statement
// around it. Suppressing takes hours, changes no contact and has a rate limit of its own: only its like wait for it, and it for them.
const sqlEarlier = `FROM job AS earlier WHERE account = $1 AND earlier.state = 'running' AND earlier.asked < job.asked
	AND (earlier.kind = 'suppress') = (job.kind = 'suppress')`

// begin makes a planned or failed job run, behind those that were asked for before. Only its preview showed people.
func (j *job) begin(ctx context.Context, tx *sql.Tx) error {
	return store.Exec(ctx, tx, `UPDATE job SET state = 'running', started = coalesce(started, $3), ended = NULL, beat = $3, due = $3,
		owner = '', stop = 0,
		call = $4, tally = $5, source = $6, asked = (SELECT max(asked) + 1 FROM job WHERE account = $1) WHERE account = $1 AND id = $2`,
		j.account, j.ID, time.Now().UnixMilli(), store.JSON(j.call), store.JSON(j.Tally), store.JSON(withoutPeople(j.Source)))
}
