package bulk

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"mailtrap-contacts-mcp/apiclient"
)

// Resume resumes the jobs that dead processes left behind, now and from now on, without holding up the caller.
// As long as there are none it costs a look at one file's name.
func (s *Service) Resume() {
	s.queue.lock()
	defer s.queue.unlock()
	s.queue.watch()
}

// watch looks after unfinished jobs until the service closes. The caller holds the lock.
func (q *queue) watch() {
	if q.watching || q.service.running.Err() != nil {
		return
	}
	q.watching = true
	q.service.group.Go(func() {
		for {
			if err := q.look(q.service.running); err != nil && q.service.running.Err() == nil {
				q.service.log.Debug("unfinished jobs could not be looked for", "cause", err)
			}
			if apiclient.Pause(q.service.running, q.service.pace.watch) != nil {
				return
			}
		}
	})
}

func (q *queue) look(ctx context.Context) error {
	s := q.service
	q.lock()
	client, idle := q.client, time.Since(q.busy) > idleFor
	q.unlock()
	if client == nil && !s.hasUnfinished() {
		return nil
	}
	account, err := s.api.AccountKey(ctx)
	if err != nil {
		return err
	}
	db, err := s.store.Quick(ctx)
	if err != nil {
		return err
	}
	var mine int
	condition, given := s.ours()
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM job WHERE account = ? AND state = 'running'`+condition, append([]any{account}, given...)...).Scan(&mine); err != nil {
		return err
	}
	if mine > 0 {
		s.noteUnfinished(true)
	} else if err := s.noneUnfinished(ctx, db); err != nil {
		return err
	}
	switch {
	case mine > 0:
		if err := q.start(ctx); err != nil {
			return err
		}
		return q.recover(ctx, db, account)
	case client != nil && idle:
		q.lock()
		if time.Since(q.busy) > idleFor && q.client == client {
			q.client = nil
		} else {
			client = nil
		}
		q.unlock()
		q.halt(client)
	}
	return nil
}

// recover gives new tickets to the jobs of dead processes, and to those whose turn the queue has lost: a process may have
// died between taking a turn and working on it, or between ending its work and saying so.
func (q *queue) recover(ctx context.Context, db *sql.DB, account string) error {
	condition, given := q.service.ours()
	before, ahead := time.Now().Add(-q.service.pace.dead).UnixMilli(), time.Now().Add(aheadOfUs).UnixMilli()
	stale, err := find(ctx, db, account, `state = 'running' AND owner <> '' AND `+silent+condition, append([]any{before, ahead}, given...)...)
	if err != nil {
		return err
	}
	free, err := find(ctx, db, account, `state = 'running' AND owner = '' AND `+silent+condition, append([]any{before, ahead}, given...)...)
	if err != nil {
		return err
	}
	for _, j := range free {
		waits, err := q.waits(ctx, j)
		if err != nil {
			return err
		}
		if !waits {
			stale = append(stale, j)
		}
	}
	for _, j := range stale {
		renewed, err := q.renew(ctx, db, j, silent, before, ahead) // unless another process was quicker, or it is alive after all
		if err != nil {
			return err
		}
		if renewed {
			q.service.log.Info("resuming a job that was interrupted", "job", j.ID)
		}
	}
	return nil
}

// renew gives a job a new ticket whose turn is now, if the job still is as the condition says.
func (q *queue) renew(ctx context.Context, db *sql.DB, j *job, condition string, args ...any) (renewed bool, err error) {
	err = inTx(ctx, db, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE job SET owner = '', beat = ? WHERE account = ? AND id = ? AND state = 'running' AND ticket = ? AND `+condition,
			append([]any{time.Now().UnixMilli(), j.account, j.ID, j.ticket}, args...)...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		ticket, err := q.add(ctx, tx, j)
		if err != nil {
			return err
		}
		renewed = true
		return exec(ctx, tx, `UPDATE job SET ticket = ? WHERE account = ? AND id = ?`, ticket, j.account, j.ID)
	})
	return renewed && err == nil, err
}

// waits reports that the turn of a job's ticket will come here. One whose time has come and that stays scheduled waits for a process that
// was elected to see to that, and is dead.
func (q *queue) waits(ctx context.Context, j *job) (bool, error) {
	q.lock()
	client := q.client
	q.unlock()
	if client == nil {
		return true, nil
	}
	turn, err := client.JobGet(ctx, j.ticket)
	switch {
	case errors.Is(err, river.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case turn.Queue != q.service.lineOf(j.Kind, j.account): // of a server with other tools
		return false, nil
	case turn.State == rivertype.JobStateAvailable:
		return true, nil
	case turn.State == rivertype.JobStateScheduled || turn.State == rivertype.JobStateRetryable:
		return time.Since(turn.ScheduledAt) < q.service.pace.dead, nil
	}
	return false, nil
}
