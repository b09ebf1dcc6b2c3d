package bulk

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"mailtrap-contacts-mcp/apiclient"
)

// The queue's own recovery of a dead process's jobs is too slow: the process that does it has to be elected, and looks
// every 30 seconds. Here a job says itself, in its row, which process works on it and when that was last alive; whoever
// sees that it is dead gives the job a new ticket. A ticket is the queue's job that may work on it; one that is not the
// ticket any more drops out when its turn comes.

// pace is how soon it is noticed that a process is dead.
type pace struct {
	// beat is how often a process says that it is alive while it works on a job, and dead how long after the last time
	// others take it for dead.
	beat, dead time.Duration
	// watch is how often a process looks for jobs that need it.
	watch time.Duration
	// poll is how often the queue looks for steps whose time has come.
	poll time.Duration
}

// ordinary has a job go on within ten seconds of the death of the process that worked on it.
var ordinary = pace{beat: 2 * time.Second, dead: 8 * time.Second, watch: 2 * time.Second, poll: 100 * time.Millisecond}

const (
	// idleFor is how long the queue runs on when there is nothing to do.
	idleFor = 30 * time.Second
	// stepTimeout bounds one step: the longest is the upload of one chunk.
	stepTimeout = 10 * time.Minute
	// atOnce is how many jobs a process works on at a time.
	atOnce = 4
	// endless is how often a step may fail before the queue gives up: a job decides itself when it has failed.
	endless = 30_000
)

// queue schedules the steps of jobs with River. It is started by the first job, and stopped when there is none.
type queue struct {
	service *Service

	turn     chan struct{} // holds one token, which whoever looks at what follows has taken
	client   *river.Client[*sql.Tx]
	watching bool
	busy     time.Time // when there was work last
}

func newQueue(service *Service) *queue {
	q := &queue{service: service, turn: make(chan struct{}, 1)}
	q.unlock()
	return q
}

// lock is no mutex, because who holds it may wait for another process.
func (q *queue) lock() { <-q.turn }

func (q *queue) unlock() { q.turn <- struct{}{} }

// step is the queue's job: the next step of one of ours.
type step struct {
	Job string `json:"job"`
}

// Kind implements river.JobArgs.
func (step) Kind() string { return "bulk_step" }

// worker carries out steps.
type worker struct {
	river.WorkerDefaults[step]
	service *Service
}

// Work implements river.Worker.
func (w *worker) Work(_ context.Context, turn *river.Job[step]) error {
	pause, again := w.service.step(turn.Args.Job, turn.ID)
	if again {
		return river.JobSnooze(pause)
	}
	return nil
}

// Timeout implements river.Worker.
func (w *worker) Timeout(*river.Job[step]) time.Duration { return stepTimeout }

// lines are the names of the queues for an account's jobs: those that write, and those that only read, which a read-only
// server works on as well.
func lines(account string) (writes, reads string) {
	sum := sha256.Sum256([]byte(account))
	name := hex.EncodeToString(sum[:8])
	return "writes-" + name, "reads-" + name
}

// start starts the queue unless it runs, and sees to jobs that other processes have left.
func (q *queue) start(ctx context.Context) error {
	q.lock()
	defer q.unlock()
	q.busy = time.Now()
	if err := q.service.running.Err(); err != nil {
		return err
	}
	q.watch()
	if q.client != nil {
		return nil
	}
	account, err := q.service.api.AccountKey(ctx)
	if err != nil {
		return err
	}
	db, err := q.service.store.Queue(ctx)
	if err != nil {
		return err
	}
	client, err := q.connect(ctx, db, account)
	if err != nil {
		return q.service.store.Fault(err)
	}
	if err := client.Start(context.WithoutCancel(q.service.running)); err != nil {
		return q.service.store.Fault(err)
	}
	q.client = client
	return nil
}

func (q *queue) connect(ctx context.Context, db *sql.DB, account string) (*river.Client[*sql.Tx], error) {
	log := slog.New(warnings{q.service.log.Handler()})
	driver := riversqlite.New(db)
	if err := q.migrate(ctx, driver, log); err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{service: q.service})
	writes, reads := lines(account)
	queues := map[string]river.QueueConfig{reads: {MaxWorkers: atOnce}}
	if !q.service.api.ReadOnly() {
		queues[writes] = river.QueueConfig{MaxWorkers: atOnce}
	}
	if q.service.limited {
		queues = map[string]river.QueueConfig{q.service.lineOf(Export, account): {MaxWorkers: atOnce}}
	}
	return river.NewClient(driver, &river.Config{
		Queues: queues, Workers: workers, Logger: log, MaxAttempts: endless, RetryPolicy: promptly{},
		FetchCooldown: 10 * time.Millisecond, FetchPollInterval: q.service.pace.poll, PollOnly: true,
		JobTimeout: stepTimeout, RescueStuckJobsAfter: stepTimeout + time.Minute,
		CompletedJobRetentionPeriod: time.Hour, CancelledJobRetentionPeriod: time.Hour, DiscardedJobRetentionPeriod: time.Hour,
	})
}

// migrate makes the queue's own tables. Where two processes do so at once, one tries again.
func (q *queue) migrate(ctx context.Context, driver *riversqlite.Driver, log *slog.Logger) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return err
	}
	for range 5 {
		if _, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err == nil {
			return nil
		}
		if paused := apiclient.Pause(ctx, 200*time.Millisecond); paused != nil {
			return paused
		}
	}
	return err
}

// promptly tries a step that could not be recorded again soon.
type promptly struct{}

// NextRetry implements river.ClientRetryPolicy.
func (promptly) NextRetry(*rivertype.JobRow) time.Time { return time.Now().Add(time.Second) }

// warnings is a log that leaves out what is not at least a warning.
type warnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// add puts a job into the queue, in the transaction that makes it run, and returns its ticket.
func (q *queue) add(ctx context.Context, tx *sql.Tx, j *job) (ticket int64, err error) {
	q.lock()
	client := q.client
	q.unlock()
	if client == nil {
		return 0, errors.New("bulk: the queue is not running")
	}
	inserted, err := client.InsertTx(ctx, tx, step{Job: j.ID}, &river.InsertOpts{Queue: q.service.lineOf(j.Kind, j.account)})
	if err != nil {
		return 0, err
	}
	return inserted.Job.ID, nil
}

// close stops the queue. Steps end soon, because the service is closing.
func (q *queue) close() {
	q.lock()
	client := q.client
	q.client = nil
	q.unlock()
	q.halt(client)
}

func (q *queue) halt(client *river.Client[*sql.Tx]) {
	if client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := client.Stop(ctx); err != nil {
		q.service.log.Warn("the queue of jobs did not stop well; nothing is lost", "cause", err)
	}
}
