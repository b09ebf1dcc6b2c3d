package bulk

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mailtrap-contacts-mcp/fault"
)

// Kind is what a job does.
type Kind string

// The kinds of job.
const (
	Import Kind = "import"
	Export Kind = "export"
)

// State is how far a job is.
type State string

// The states.
const (
	Running  State = "running"
	Finished State = "finished"
	Failed   State = "failed"
	Stopped  State = "stopped" // the process that ran it is gone, and a part is left to do
)

// Status is a job as it stands. Counts that do not apply to its kind are 0.
type Status struct {
	ID      string
	Kind    Kind
	State   State
	Started time.Time

	// Of an import.
	Read      int // rows in the source
	Merged    int // rows that repeated an address
	Sent      int // contacts the API has accepted
	Total     int // contacts to send
	Created   int
	Updated   int
	OverLimit int
	Rejected  int
	// ErasedBefore counts the contacts of people who asked for erasure before, TakenOut the rows of people who were erased
	// since: from what was still to be sent, and from the file of rejected rows.
	ErasedBefore, TakenOut int
	// Counted is false while the API has not told the counts of everything sent.
	Counted        bool
	IgnoredColumns []string
	Reasons        []Reason // the most frequent reasons of rejections
	RejectedFile   string
	UnsentFolder   string // where the rows lie that were not sent
	// Applying is set while the API still works on what it has accepted, though the job itself has stopped.
	Applying bool
	APIJobs  []int64

	// Of an export.
	Contacts int
	Columns  []Column
	File     string

	// Note is a sentence on how the job came to be as it is, or empty.
	Note string
	// Err is why a job failed, or what went wrong in one that finished in part.
	Err *fault.Error
}

// Reason is why rows were rejected, and how many.
type Reason struct {
	Text string
	Rows int
}

// Column is a column of an export and how many of its cells have a value.
type Column struct {
	Name   string
	Filled int
}

// job is a running or ended job of this process.
type job struct {
	mu      sync.Mutex
	current Status
	stamp   string
	message string
	done    chan struct{}
	changed chan struct{} // closed and replaced at every change
	// key tells exports that would give the same file.
	key string
	// staged is set when a folder keeps all of the API's numbers, so that the id need not. It is set before the job runs.
	staged bool
	// rejects is how the file of rejected rows looked when it was written; who holds the staging's lock uses it.
	rejects fs.FileInfo
	// unsent is what an import has still to send. It is set before the job runs, and empty for an export.
	unsent *staging
}

func newJob(kind Kind) *job {
	now := time.Now()
	stamp := now.UTC().Format("20060102t150405") + strings.ToLower(rand.Text()[:4])
	j := &job{stamp: stamp, unsent: &staging{}, done: make(chan struct{}), changed: make(chan struct{})}
	j.current = Status{Kind: kind, State: Running, Started: now}
	j.current.ID = jobID{kind: kind, stamp: stamp}.String()
	return j
}

func (j *job) status() Status {
	j.mu.Lock()
	defer j.mu.Unlock()
	status := j.current
	status.APIJobs = slices.Clone(status.APIJobs)
	return status
}

// update changes the status under its lock and wakes followers.
func (j *job) update(message string, change func(*Status)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.current)
	id := jobID{kind: j.current.Kind, api: j.current.APIJobs, stamp: j.stamp}
	if j.staged {
		id = id.short()
	}
	j.current.ID = id.String()
	j.message = message
	close(j.changed)
	j.changed = make(chan struct{})
}

func (j *job) end(err error) {
	j.update("", func(status *Status) {
		switch {
		case err == nil:
			status.State = Finished
		case errors.Is(err, context.Canceled):
			status.State = Stopped
			status.Err = fault.New(fault.Cancelled, "The server was stopped while the job ran.", "", "Ask get_job for it when the server runs again.")
		default:
			status.State = Failed
			status.Err = fault.From(err)
		}
	})
	close(j.done)
}

// follow reports progress until the job ends, wait is over, or the caller goes away; the job does not mind.
func (j *job) follow(ctx context.Context, wait time.Duration, report func(done, total int, message string)) (Status, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		j.mu.Lock()
		status, message, changed := j.current, j.message, j.changed
		j.mu.Unlock()
		if status.State != Running {
			return j.status(), nil
		}
		if report != nil && message != "" {
			report(status.progress(message))
		}
		select {
		case <-changed:
		case <-timer.C:
			return j.status(), nil
		case <-ctx.Done():
			status = j.status()
			return status, onlyWaiting(status.ID, ctx.Err())
		}
	}
}

// progress counts what the API has worked off, which it tells request by request only.
func (s Status) progress(message string) (done, total int, text string) {
	if s.Kind == Import {
		return s.Created + s.Updated + s.OverLimit, s.Total, message
	}
	return s.Contacts, 0, message
}

func (j *job) answersTo(wanted jobID) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if wanted.kind != j.current.Kind {
		return false
	}
	if wanted.stamp != "" {
		return wanted.stamp == j.stamp
	}
	return len(wanted.api) > 0 && slices.Equal(wanted.api, j.current.APIJobs)
}

// jobID is the name of a job: "import-101.102-20261123t071500abcd". The numbers are the API's, so that the job can be
// followed by a process that does not know it; the stamp names the folder with what was not sent, which keeps the numbers
// that a short id leaves out.
type jobID struct {
	kind  Kind
	api   []int64
	stamp string
}

// shortNumbers is how many of the API's numbers a short id has.
const shortNumbers = 3

// short is the id of an import whose folder keeps its numbers: an import of hundreds of parts has a name that fits a line.
func (id jobID) short() jobID {
	id.api = id.api[:min(len(id.api), shortNumbers)]
	return id
}

// String writes the id.
func (id jobID) String() string {
	numbers := make([]string, len(id.api))
	for i, n := range id.api {
		numbers[i] = strconv.FormatInt(n, 10)
	}
	if len(numbers) == 0 {
		numbers = []string{"0"}
	}
	parts := []string{string(id.kind), strings.Join(numbers, ".")}
	if id.stamp != "" {
		parts = append(parts, id.stamp)
	}
	return strings.Join(parts, "-")
}

func parseJobID(s string) (jobID, error) {
	kind, rest, _ := strings.Cut(strings.TrimSpace(s), "-")
	numbers, stamp, _ := strings.Cut(rest, "-")
	id := jobID{kind: Kind(kind), stamp: stamp}
	if id.kind != Import && id.kind != Export || !isStamp(stamp) {
		return jobID{}, unknownJob(s)
	}
	for part := range strings.SplitSeq(numbers, ".") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil || n < 0 || len(id.api) == maxJobParts {
			return jobID{}, unknownJob(s)
		}
		if n > 0 && !slices.Contains(id.api, n) {
			id.api = append(id.api, n)
		}
	}
	return id, nil
}

// maxJobParts is how many of the API's numbers an id may have: more than any import makes that has no folder.
const maxJobParts = 200

// isStamp keeps a stamp from being anything but a name: it becomes part of a path.
func isStamp(s string) bool {
	return len(s) <= 32 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

var errPanic = errors.New("a job panicked")
