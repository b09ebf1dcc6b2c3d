package bulk

import (
	"context"
	"database/sql"
	"errors"
	"runtime/debug"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
)

const (
	// stepFor is about how long a step lasts: then it is the turn of another job.
	stepFor = 2 * time.Second
	// sitOut is the longest pause that a step sits out itself.
	sitOut = 500 * time.Millisecond
)

// step works on a job for a while. again says that there is more to do, after a pause. A job that is not ours to work on, or
// has ended, is left alone.
func (s *Service) step(id string, ticket int64) (pause time.Duration, again bool) {
	ctx, cancel := context.WithTimeout(s.running, stepTimeout)
	defer cancel()
	j, err := s.take(ctx, id, ticket)
	if errors.Is(err, errNotItsTurn) {
		return nextTurn, true
	}
	if err != nil {
		if ctx.Err() == nil {
			s.log.Warn("a job could not be looked at; it is tried again", "job", id, "cause", err)
		}
		return time.Second, true
	}
	if j == nil {
		return 0, false
	}
	ctx, alive := s.keepAlive(ctx, j)
	defer alive()
	ctx = journal.In(ctx, j.call)
	pause, again, err = s.work(ctx, j)
	switch {
	case errors.Is(err, errNotOurs):
		return 0, false
	case s.running.Err() != nil: // the next process finds out where it stands
		s.release(j, ticket)
		return 0, true
	case err != nil:
		s.log.Warn("how far a job is could not be written down; it is tried again", "job", id, "cause", err)
		pause, again = time.Second, true
	}
	s.release(j, ticket)
	return pause, again
}

// silent is the condition on a job that nobody is known to work on: its last sign of life is too old, or of a clock that has
// been set back since.
const silent = `(beat < ? OR beat > ?)`

// aheadOfUs is how far ahead of this process's clock another one's may be.
const aheadOfUs = time.Minute

// errNotItsTurn is of a job that waits for one that was asked for before it.
var errNotItsTurn = errors.New("bulk: an earlier job is not done")

// nextTurn is how soon a job that waits for another looks again.
const nextTurn = 500 * time.Millisecond

// take makes this process the one that works on a job; nil when it may not. A job that writes fails with errNotItsTurn while
// one that was asked for before has not ended, whatever that one waits for: of two changes to the same people the later one
// is to stand. One that is to stop need not wait.
func (s *Service) take(ctx context.Context, id string, ticket int64) (*job, error) {
	account, err := s.api.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	db, err := s.store.Quick(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	j := &job{Status: Status{ID: id}, account: account}
	const free = `account = ?1 AND id = ?2 AND state = 'running' AND ticket = ?3 AND (owner = '' OR beat < ?4)`
	condition, given := s.ours()
	result, err := db.ExecContext(ctx, `UPDATE job SET owner = ?5, hand = ?5, beat = ?6, behind = '' WHERE `+free+` AND (stop = 1 OR NOT EXISTS (SELECT 1 `+sqlEarlier+`))`+condition,
		append([]any{account, id, ticket, now.Add(-s.pace.dead).UnixMilli(), s.process, now.UnixMilli()}, given...)...)
	if err != nil {
		return nil, err
	}
	if n, err := result.RowsAffected(); err != nil {
		return nil, err
	} else if n == 0 {
		var waits bool
		err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job WHERE `+free+`)`, account, id, ticket, now.Add(-s.pace.dead).UnixMilli()).Scan(&waits)
		if err != nil || !waits {
			return nil, err
		}
		if err := j.lineUp(ctx, db); err != nil {
			return nil, err
		}
		return nil, errNotItsTurn
	}
	j, err = load(ctx, db, account, id)
	if err != nil || j == nil {
		return nil, err
	}
	j.call.Change = j.Change
	return j, nil
}

// keepAlive says every now and then that this process works on a job. When it is not its any more, the context ends; when it
// is told to stop meanwhile, nothing is waited for any more.
func (s *Service) keepAlive(ctx context.Context, j *job) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	until, stop := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for apiclient.Pause(ctx, s.pace.beat) == nil {
			db, err := s.store.Quick(ctx)
			if err != nil {
				continue
			}
			var toStop bool
			err = db.QueryRowContext(ctx, `UPDATE job SET beat = ? WHERE account = ? AND id = ? AND owner = ? RETURNING stop`, time.Now().UnixMilli(), j.account, j.ID, s.process).Scan(&toStop)
			switch {
			case errors.Is(err, sql.ErrNoRows):
				cancel(errNotOurs)
			case err == nil && toStop && !j.Stopping:
				stop()
			}
		}
	}()
	return apiclient.Until(ctx, until), func() {
		stop()
		cancel(context.Canceled)
		<-stopped
	}
}

// release lets others work on the job.
func (s *Service) release(j *job, ticket int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.running), 5*time.Second)
	defer cancel()
	db, err := s.store.Quick(ctx)
	if err == nil {
		err = exec(ctx, db, `UPDATE job SET owner = '', beat = ? WHERE account = ? AND id = ? AND owner = ? AND ticket = ?`,
			time.Now().UnixMilli(), j.account, j.ID, s.process, ticket)
	}
	if err != nil {
		s.log.Warn("a job could not be let go of; others take it over in a moment", "job", j.ID, "cause", err)
	}
}

// work does one thing after the other until the time is up, there is a longer pause, or the job has ended. What fails in a
// way that may pass is tried again later; any other failure is the job's.
func (s *Service) work(ctx context.Context, j *job) (pause time.Duration, again bool, err error) {
	for began := time.Now(); ; {
		stop, out, err := s.toStop(ctx, j)
		switch { // before anything more is sent
		case err != nil:
			return 0, true, err
		case stop && !out:
			return 0, false, s.end(ctx, j, Cancelled, nil)
		case stop && !j.Stopping: // what it asks for gives up where it waits; in its next turn it does not
			return 0, true, nil
		}
		more, pause, err := s.guarded(ctx, j)
		j.Change = max(j.Change, journal.ChangeID(ctx))
		switch {
		case context.Cause(ctx) != nil:
			return 0, true, context.Cause(ctx)
		case errors.Is(err, errNotOurs) || isStores(err):
			return 0, true, err
		case apiclient.IsKind(err, apiclient.Stopped): // it was told to stop
			continue
		case err != nil && s.passes(j, err):
			more, pause = true, max(backOff(j.Tally.Since), time.Until(time.UnixMilli(j.Tally.Until)))
		case err != nil && stop:
			return 0, false, s.end(ctx, j, Cancelled, err)
		case err != nil:
			return 0, false, s.end(ctx, j, Failed, err)
		default:
			j.Tally.goesOn()
		}
		if !more {
			return 0, false, s.end(ctx, j, Finished, nil)
		}
		if err := s.progress(ctx, j); err != nil {
			return 0, true, err
		}
		if pause > sitOut || time.Since(began)+pause > stepFor {
			return pause, true, nil
		}
		if err := apiclient.Pause(ctx, pause); err != nil {
			return 0, true, err
		}
	}
}

// guarded turns a panic into a failure of the job.
func (s *Service) guarded(ctx context.Context, j *job) (more bool, pause time.Duration, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.log.Error("a job panicked", "job", j.ID, "cause", cause, "stack", string(debug.Stack()))
			err = fault.From(errPanic)
		}
	}()
	return s.advance(ctx, j)
}

var errPanic = errors.New("a job panicked")

// advance does the next thing of a job. more is false when there is nothing left to do.
func (s *Service) advance(ctx context.Context, j *job) (more bool, pause time.Duration, err error) {
	switch {
	case j.Kind == Export:
		return s.advanceExport(ctx, j)
	case j.Stopping:
		return s.windUp(ctx, j)
	}
	if !j.Tally.Prepared {
		return true, 0, s.makeReady(ctx, j)
	}
	if more, pause, err = s.advanceChunk(ctx, j); more || err != nil {
		return more, pause, err
	}
	return s.advanceItems(ctx, j)
}

// isStores reports that what failed was the record of the job, so that nothing can be said of it.
func isStores(err error) bool {
	var failed *storeError
	return errors.As(err, &failed)
}

// storeError is a failure to write down what has happened.
type storeError struct{ err error }

func (e *storeError) Error() string { return "bulk: " + e.err.Error() }

func (e *storeError) Unwrap() error { return e.err }

func recorded(err error) error {
	if err == nil || errors.Is(err, errNotOurs) || errors.Is(err, errErased) {
		return err
	}
	return &storeError{err}
}

// progress writes down how far the job is.
func (s *Service) progress(ctx context.Context, j *job) error {
	db, err := s.store.Quick(ctx)
	if err != nil {
		return err
	}
	return s.save(ctx, db, j)
}

// passes reports whether a failure may pass, and notes since when the requests fail.
func (s *Service) passes(j *job, err error) bool {
	if !mayPass(err) {
		return false
	}
	now := time.Now()
	if j.Tally.Since == 0 {
		j.Tally.Since = now.UnixMilli()
	}
	return now.Sub(time.UnixMilli(j.Tally.Since)) < j.Tally.waits(err)
}

// backOff is how long to wait when requests have been failing for some time.
func backOff(since int64) time.Duration {
	return min(max(time.Since(time.UnixMilli(since))/4, time.Second), 30*time.Second)
}

// mayPass reports failures that say nothing of what was asked for.
func mayPass(err error) bool {
	if fault.Is(err, fault.RateLimited) || fault.Is(err, fault.Timeout) {
		return true
	}
	apiError, ok := apiclient.AsError(err)
	if !ok {
		return false
	}
	switch apiError.Kind {
	case apiclient.NoAnswer, apiclient.TimedOut, apiclient.ServerFailed, apiclient.Throttled, apiclient.Unreadable:
		return true
	}
	return false
}
