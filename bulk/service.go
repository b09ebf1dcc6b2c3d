// Package bulk is work on many contacts: reading contact files, importing and exporting.
//
// An import or export runs on its own, apart from the call that started it. Its id carries the API's own ids, so that
// it can be followed after a restart; what a larger import has not sent yet lies in files, so that a killed process loses
// nothing, and a smaller one is sent before its call is answered.
package bulk

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// keptJobs is how many ended jobs stay in memory.
const keptJobs = 50

// Service runs bulk work. It is safe for concurrent use.
type Service struct {
	api     *apiclient.Client
	catalog *catalog.Catalog
	journal *journal.Journal
	folders *Folders
	log     *slog.Logger

	running context.Context // ends when the service closes
	stop    context.CancelFunc
	group   sync.WaitGroup

	mu      sync.Mutex
	jobs    []*job        // in the order they were started
	exports chan struct{} // holds one token: the API runs one export at a time

	// setUp is held for reading while an import is being set up, so that Erase finds all of it or nothing.
	setUp sync.RWMutex
}

// New returns a service; nothing runs before it is asked for.
func New(api *apiclient.Client, fields *catalog.Catalog, changes *journal.Journal, folders *Folders, log *slog.Logger) *Service {
	running, stop := context.WithCancel(context.Background())
	s := &Service{
		api: api, catalog: fields, journal: changes, folders: folders, log: log,
		running: apiclient.Background(running), stop: stop, exports: make(chan struct{}, 1),
	}
	s.exports <- struct{}{}
	return s
}

// Close ends running jobs and waits for them. What they have not sent stays in its files.
func (s *Service) Close() {
	s.stop()
	s.group.Wait()
}

// Folders are the allowed folders' paths.
func (s *Service) Folders() []string { return s.folders.Paths() }

// start runs a job on its own goroutine.
func (s *Service) start(j *job, run func(context.Context, *job) error) {
	s.startUnless(func(*job) bool { return false }, j, run)
}

// startUnless runs a job, unless there is one that does the same: then it returns that.
func (s *Service) startUnless(same func(*job) bool, j *job, run func(context.Context, *job) error) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.jobs, same); i >= 0 {
		return s.jobs[i]
	}
	s.jobs = append(s.jobs, j)
	s.forgetOld()
	s.group.Go(func() {
		j.end(s.guarded(j, run))
	})
	return j
}

// guarded turns a panic in a job into its failure.
func (s *Service) guarded(j *job, run func(context.Context, *job) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.log.Error("a job panicked", "job", j.status().ID, "cause", cause, "stack", string(debug.Stack()))
			err = fault.From(errPanic)
		}
	}()
	return run(s.running, j)
}

func (s *Service) forgetOld() {
	for i := 0; len(s.jobs) > keptJobs && i < len(s.jobs); i++ {
		if s.jobs[i].status().State != Running {
			s.jobs = append(s.jobs[:i], s.jobs[i+1:]...)
			i--
		}
	}
}

// Recent returns the jobs this process knows, the newest first, and then the imports of others that have rows left to
// send in an allowed folder.
func (s *Service) Recent() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	statuses := make([]Status, 0, len(s.jobs))
	mine := map[string]bool{}
	for _, j := range slices.Backward(s.jobs) {
		statuses = append(statuses, j.status())
		mine[j.stamp] = true
	}
	for _, stamp := range slices.Backward(s.leftovers()) {
		left, found := s.leftover(stamp)
		if !found || mine[stamp] || !left.unsent {
			continue
		}
		status := left.record.status(stamp)
		status.State, status.UnsentFolder = Stopped, left.folder
		if left.alive {
			status.State = Running
		}
		statuses = append(statuses, status)
	}
	return statuses
}

// Follow waits up to wait for a job to end and returns its state then. A job of an earlier process is asked for at the API.
func (s *Service) Follow(ctx context.Context, id string, wait time.Duration, report func(done, total int, message string)) (Status, error) {
	if j := s.find(id); j != nil {
		return j.follow(ctx, wait, report)
	}
	parsed, err := parseJobID(id)
	if err != nil {
		return Status{}, err
	}
	if parsed.kind == Export {
		j, err := s.resumeExport(ctx, parsed)
		if err != nil {
			return Status{}, err
		}
		return j.follow(ctx, wait, report)
	}
	return s.followPast(ctx, parsed, wait, report)
}

// find looks for a running or ended job of this process. An import's id grows while it runs; its stamp stays.
func (s *Service) find(id string) *job {
	wanted, err := parseJobID(id)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if j.answersTo(wanted) {
			return j
		}
	}
	return nil
}

// pollWaits are the pauses between looks at the API's own jobs; the last one repeats.
var pollWaits = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond, 1500 * time.Millisecond, 3 * time.Second, 5 * time.Second}

// jobLimit is how long one of the API's jobs may take. One that never ends must not keep others waiting for ever.
const jobLimit = 2 * time.Hour

// overdue is the failure of a job of the API's that has taken too long; nil as long as it has not.
func overdue(kind Kind, id int64, began time.Time) error {
	if time.Since(began) < jobLimit {
		return nil
	}
	return fault.New(fault.Timeout, fmt.Sprintf("Mailtrap has not finished its %s %d within two hours.", kind, id), "",
		"Look whether it is done in Mailtrap itself, and start anew if it is not.")
}

// poll looks at one of the API's own jobs until it has ended or is overdue. A look that fails in a way that may pass does
// not end it: Mailtrap goes on with the job meanwhile.
func poll[T any](ctx context.Context, current T, ended func(T) bool, look func() (T, error), late func(began time.Time) error) (T, error) {
	began := time.Now()
	for looks := 0; !ended(current); looks++ {
		if err := cmp.Or(late(began), apiclient.Pause(ctx, pollWait(looks))); err != nil {
			return current, err
		}
		switch seen, err := look(); {
		case err == nil:
			current = seen
		case !mayPass(err):
			return current, err
		}
	}
	return current, nil
}

// mayPass reports failures that say nothing of a job that was asked for.
func mayPass(err error) bool {
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

func pollWait(looks int) time.Duration { return pollWaits[min(looks, len(pollWaits)-1)] }

func unknownJob(id string) error {
	return fault.New(fault.NotFound, "There is no job "+text.Quote(id)+".", "",
		"Give the job_id as import_contacts or export_contacts answered it, or call get_job without it to see the recent ones.")
}
