package bulk

import (
	"context"
	"database/sql"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
)

const (
	// turnFor is about how long a turn lasts: then it is that of another job.
	turnFor = 2 * time.Second
	// turnTimeout bounds one turn: the longest is the upload of one chunk.
	turnTimeout = 10 * time.Minute
	// sitOut is the longest pause that a turn sits out itself.
	sitOut = 500 * time.Millisecond
)

// takeTurn works on a claimed job for a while, and says when the rest of it is due.
func (s *Service) takeTurn(j *job) {
	ctx, cancel := context.WithTimeout(s.running, turnTimeout)
	defer cancel()
	ctx, until, alive := s.keepAlive(ctx, j)
	defer alive()
	j.by = s.clients(until)
	pause, err := s.work(journal.In(ctx, j.call), j)
	switch {
	case errors.Is(err, errNotOurs):
		return
	case s.running.Err() != nil: // the next process finds out where it stands
		pause = 0
	case err != nil:
		s.log.Warn("how far a job is could not be written down; it is tried again", "job", j.ID, "cause", err)
		pause = time.Second
	}
	s.release(j, pause)
}

// keepAlive says every now and then that this process works on a job. When it is not its any more, the context ends; when it
// is told to stop meanwhile, until ends.
func (s *Service) keepAlive(ctx context.Context, j *job) (_, until context.Context, end func()) {
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
			err = db.QueryRowContext(ctx, `UPDATE job SET beat = $4 WHERE account = $1 AND id = $2 AND owner = $3 RETURNING stop`,
				j.account, j.ID, j.owner, time.Now().UnixMilli()).Scan(&toStop)
			switch {
			case errors.Is(err, sql.ErrNoRows):
				cancel(errNotOurs)
			case err == nil && toStop && !j.Stopping:
				stop()
			}
		}
	}()
	return ctx, until, func() {
		stop()
		cancel(context.Canceled)
		<-stopped
	}
}

// clients are what the calls of a job are made by.
type clients struct {
	api      *apiclient.Client
	catalog  *catalog.Catalog
	contacts *contacts.Service
	exports  *exports.Service
}

// clients are those of a job that nobody waits for, and that gives up what waits when until ends.
func (s *Service) clients(until context.Context) clients {
	api := s.api.Background().Until(until)
	return clients{api: api, catalog: s.catalog.By(api), contacts: s.contacts.By(api), exports: exports.New(api)}
}

// work does one thing after the other until the time is up, there is a longer pause, or the job has ended. What fails in a
// way that may pass is tried again later; any other failure is the job's.
func (s *Service) work(ctx context.Context, j *job) (pause time.Duration, err error) {
	for began := time.Now(); ; {
		stop, out, err := s.toStop(ctx, j)
		switch { // before anything more is sent
		case err != nil:
			return 0, err
		case stop && !out:
			return 0, s.end(ctx, j, Cancelled, nil)
		case stop && !j.Stopping: // what it asks for gives up where it waits; in its next turn it does not
			return 0, nil
		}
		more, pause, err := s.guarded(ctx, j)
		j.Change = max(j.Change, journal.ChangeID(ctx))
		switch {
		case context.Cause(ctx) != nil:
			return 0, context.Cause(ctx)
		case errors.Is(err, errNotOurs) || isStores(err):
			return 0, err
		case apiclient.IsKind(err, apiclient.Stopped): // it was told to stop
			continue
		case err != nil && s.passes(j, err):
			more, pause = true, max(j.Tally.backOff(), j.Tally.pauses(time.Now()))
		case err != nil && stop:
			return 0, s.end(ctx, j, Cancelled, err)
		case err != nil:
			return 0, s.end(ctx, j, Failed, err)
		default:
			j.Tally.goesOn()
		}
		if !more {
			return 0, s.end(ctx, j, Finished, nil)
		}
		if err := s.progress(ctx, j); err != nil {
			return 0, err
		}
		if pause > sitOut || time.Since(began)+pause > turnFor {
			return pause, nil
		}
		if err := apiclient.Pause(ctx, pause); err != nil {
			return 0, err
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
	if j.Stopping {
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
	return j.save(ctx, db)
}

// passes reports whether a failure may pass, and notes for how long the requests have failed.
func (s *Service) passes(j *job, err error) bool {
	if !apiclient.MayPass(err) {
		return false
	}
	return j.Tally.Failing.Look() < j.Tally.waits(err)
}

// backOff is how long to wait when requests have been failing for some time.
func (t *Tally) backOff() time.Duration {
	return min(max(t.Failing.For()/4, time.Second), 30*time.Second)
}

// turn tells those who wait when this process has worked on a job for a while. The zero value is ready.
type turn struct {
	mu   sync.Mutex
	next chan struct{} // closed at the end of the next turn; nil when nobody waits
}

// over is closed when the turn is over that goes on now, or comes next.
func (t *turn) over() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == nil {
		t.next = make(chan struct{})
	}
	return t.next
}

func (t *turn) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next != nil {
		close(t.next)
	}
	t.next = nil
}
