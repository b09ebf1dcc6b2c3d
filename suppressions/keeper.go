// Package suppressions keeps whom the sending side of the account delivers nothing to: the whole list, in a file of its own beside
// the snapshot of the contacts.
//
// Mailtrap lists suppressions a thousand at a time, ten requests a minute, so that a long list takes a while. It is loaded in
// the background with a part of that budget, each page kept as it arrives: a killed process's successor goes on from there. Only
// a list that is whole is used. Later only what is new is asked for, by its time; once a week, and when that is wanted, all of it:
// what was lifted is told by nothing else.
package suppressions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// How new a list is.
const (
	freshFor = 15 * time.Minute   // after this it is asked for what is new
	wholeFor = 7 * 24 * time.Hour // after this it is loaded whole
	usedFor  = 31 * 24 * time.Hour
)

// How long a call waits for a list: for the first one, and for a newer one. answerTime of a call's own time is left for its answer.
const (
	firstWait  = 30 * time.Second
	newerWait  = 10 * time.Second
	answerTime = 10 * time.Second
)

// failedFor is how long the reason why a list could not be loaded holds, before it is tried again.
const failedFor = time.Minute

// The names of files.
const (
	finished   = ".suppressions"
	unfinished = ".suppressions-loading"
)

// Keeper loads and keeps the lists. It is safe for concurrent use.
type Keeper struct {
	dir  string // of all accounts, each of which has a folder
	api  *apiclient.Client
	log  *slog.Logger
	most int

	mu      sync.Mutex
	loading map[string]*loading
	failed  map[string]failure
	read    map[string]asRead // by account
	life    context.Context   //nolint:containedctx // loading outlives the calls that begin it
	stop    context.CancelFunc
	running sync.WaitGroup
}

type failure struct {
	at  time.Time
	err error
}

// asRead is a list as its file had it when that was last written.
type asRead struct {
	list    List
	written time.Time
}

// loading is a list that is being loaded. All who want it wait for the same.
type loading struct {
	began time.Time
	done  chan struct{}
	err   error
}

// New returns a keeper of files in a folder. Nothing is made or asked for before it is needed.
func New(dir string, api *apiclient.Client, log *slog.Logger) *Keeper {
	k := &Keeper{dir: dir, api: api, log: log, most: maxSuppressions, loading: map[string]*loading{}, failed: map[string]failure{},
		read: map[string]asRead{}}
	k.life, k.stop = context.WithCancel(context.Background())
	return k
}

// Close stops loading; the next process goes on with it.
func (k *Keeper) Close() {
	k.stop()
	k.running.Wait()
}

// folder is where an account's list is. The name tells nothing of the account.
func (k *Keeper) folder(account string) string {
	sum := sha256.Sum256([]byte(account))
	return filepath.Join(k.dir, hex.EncodeToString(sum[:10]))
}

// files are an account's files that end so, the newest last.
func (k *Keeper) files(account, ending string) []string {
	return files.Ending(k.folder(account), ending)
}

// Latest is the newest list, without asking Mailtrap; nil when there is none, or one too old to be relied on.
func (k *Keeper) Latest(ctx context.Context) (*List, error) {
	account, err := k.api.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	list, err := k.latest(ctx, account)
	if list != nil && time.Since(list.Updated) > usedFor {
		return nil, err
	}
	return list, err
}

func (k *Keeper) latest(ctx context.Context, account string) (*List, error) {
	var failed error
	for range 3 { // another process may replace the file between two looks
		files := k.files(account, finished)
		if len(files) == 0 {
			return nil, nil
		}
		list, err := k.readOnce(ctx, account, files[len(files)-1])
		if err == nil {
			return list, nil
		}
		failed = err
	}
	if ctx.Err() == nil {
		k.log.WarnContext(ctx, "the list of suppressions cannot be read and is loaded anew", "cause", failed)
	}
	return nil, ctx.Err()
}

// readOnce reads a list, unless its file is as it was when it was last read.
func (k *Keeper) readOnce(ctx context.Context, account, path string) (*List, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	before := k.read[account]
	k.mu.Unlock()
	if before.list.Path == path && before.written.Equal(info.ModTime()) {
		return &before.list, nil
	}
	list, err := readList(ctx, path)
	if err == nil {
		k.mu.Lock()
		k.read[account] = asRead{*list, info.ModTime()}
		k.mu.Unlock()
	}
	return list, err
}

// List is the newest list; one that is new enough, if there is one or it can be loaded while a call may wait. Else it is the one
// before, which says how old it is and why; where there is none, an error says so: it is not known then who is suppressed. Loading
// goes on in any case. refresh loads all of it anew.
func (k *Keeper) List(ctx context.Context, refresh bool, report func(string)) (*List, error) {
	account, err := k.api.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	known, err := k.latest(ctx, account)
	if err != nil {
		return nil, err
	}
	if known != nil && !refresh && known.isFresh(time.Now()) {
		return known, nil
	}
	failed := k.lately(account)
	if failed == nil || refresh {
		if failed, err = k.await(ctx, account, known, refresh, report); err != nil {
			return nil, err
		}
	}
	list, err := k.latest(ctx, account)
	switch {
	case err != nil:
		return nil, err
	case list != nil && time.Since(list.Updated) <= usedFor:
		list.note(failed)
		return list, nil
	case failed != nil:
		return nil, k.unknown(ctx, account, failed)
	}
	return nil, k.unknown(ctx, account, errUnreadable)
}

var errUnreadable = errors.New("the list cannot be read, though it was just loaded")

// lately is why the list could not be loaded a moment ago.
func (k *Keeper) lately(account string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if failed := k.failed[account]; time.Since(failed.at) < failedFor {
		return failed.err
	}
	return nil
}

// await waits for a list that is being loaded, as long as a call may; where there is one already, only in the loading's first seconds,
// since a call asks many questions. failed is why there is none yet; err ends the call.
func (k *Keeper) await(ctx context.Context, account string, known *List, refresh bool, report func(string)) (failed, err error) {
	l := k.begin(account, refresh)
	wait := firstWait
	switch {
	case known != nil && refresh:
		wait -= time.Since(l.began)
	case known != nil:
		wait = newerWait - time.Since(l.began)
	}
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline)-answerTime)
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		select {
		case <-l.done:
			return l.err, nil
		case <-waiting.Done():
			return errStillLoading, ctx.Err()
		case <-look.C:
			if n := k.sofar(waiting, account); n > 0 && report != nil {
				report("loaded " + text.Count(n, "suppression"))
			}
		}
	}
}

// errStillLoading is why a call does without the list that it wanted.
var errStillLoading = errors.New("it is still being loaded")

// begin joins the loading of an account's list, or begins it.
func (k *Keeper) begin(account string, refresh bool) *loading {
	k.mu.Lock()
	defer k.mu.Unlock()
	if l := k.loading[account]; l != nil {
		return l
	}
	l := &loading{began: time.Now(), done: make(chan struct{})}
	k.loading[account] = l
	k.running.Go(func() {
		l.err = k.takeTurn(k.life, account, l.began, refresh)
		k.mu.Lock()
		delete(k.loading, account)
		k.failed[account] = failure{time.Now(), l.err}
		k.mu.Unlock()
		if l.err != nil && k.life.Err() == nil {
			k.log.Warn("the list of suppressions could not be loaded", "cause", l.err)
		}
		close(l.done)
	})
	return l
}

// takeTurn loads the list when no other process does; where one does, what it loads will do.
func (k *Keeper) takeTurn(ctx context.Context, account string, asked time.Time, refresh bool) error {
	folder := k.folder(account)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for {
		turn, err := files.Lock(folder + finished + ".turn") // nil while another process has it
		if err != nil {
			return err
		}
		if turn != nil {
			defer turn.Close()
		}
		list, err := k.latest(ctx, account)
		switch {
		case err != nil:
			return err
		case list != nil && list.isFresh(time.Now()) && (!refresh || list.Whole.After(asked)):
			return nil
		case turn != nil:
			return k.load(ctx, account, list, refresh)
		}
		if err := apiclient.Pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

// sofar is how many suppressions of a list have been loaded that is not whole yet.
func (k *Keeper) sofar(ctx context.Context, account string) int {
	parts := k.files(account, unfinished)
	if len(parts) == 0 {
		return 0
	}
	db, err := store.OpenFile(parts[len(parts)-1], "ro", "busy_timeout(1000)")
	if err != nil {
		return 0
	}
	defer func() { _ = db.Close() }()
	n := 0
	if err := db.QueryRowContext(ctx, `SELECT coalesce(sum(rows), 0) FROM page`).Scan(&n); err != nil {
		return 0
	}
	return n
}

// unknown is why it is not known who is suppressed, as an agent reads it.
func (k *Keeper) unknown(ctx context.Context, account string, cause error) error {
	const what = "It is not known yet who is suppressed."
	if errors.Is(cause, errStillLoading) {
		return fault.New(fault.Timeout, what, "Mailtrap lists "+text.Number(apiclient.SuppressionPage)+" suppressions at a time, and "+
			"few requests a minute; so far "+text.Count(k.sofar(ctx, account), "suppression")+" of this account were loaded.",
			"Loading continues in the background; call again in a few minutes. Nothing was changed.")
	}
	failed := fault.From(Fault(cause))
	return fault.New(failed.Code, what+" "+failed.What, failed.Why, failed.Next).Because(cause)
}

// Fault is an error of the sending side's part of the API, which has rights and a rate limit of its own, as an agent reads it.
func Fault(err error) error {
	switch {
	case apiclient.IsKind(err, apiclient.Forbidden), apiclient.IsKind(err, apiclient.NotFound):
		return fault.New(fault.Forbidden, "This API token may not look at suppressions.", "",
			"Ask the operator for a token with rights to the account's sending domains, or to look under Suppressions in Mailtrap.").Because(err)
	case apiclient.IsKind(err, apiclient.Throttled):
		return fault.New(fault.RateLimited, "Mailtrap takes 10 requests for suppressions a minute, and they are used up.", "",
			"Wait a minute and repeat the call.").Because(err)
	case err != nil && fault.From(err).Code == fault.Internal:
		return fault.New(fault.FileAccess, "The list of suppressions cannot be kept or read.", "",
			"Ask the operator to see whether the disk is full or the data folder protected, then call again.").Because(err)
	}
	return err
}
