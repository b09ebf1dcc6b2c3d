// Package audience keeps a snapshot of the account's contacts that can be asked.
//
// Mailtrap's API neither lists nor searches contacts; it exports them. A snapshot is an export as a table of SQLite, a file of
// its own, with indexes by address and id. Package where reads the conditions that are asked of it. What this server writes
// later is laid over the table.
package audience

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/suppressions"
)

// Options are what a Service works with. All but Log are required.
type Options struct {
	Dir     string // the data folder; snapshots go below it
	Memory  bool   // keep nothing: the snapshots are in a temporary folder that Close removes
	API     *apiclient.Client
	Catalog *catalog.Catalog
	Store   *store.Store
	Log     *slog.Logger
}

// Service takes and keeps snapshots. It is safe for concurrent use.
type Service struct {
	options Options
	exports *exports.Service
	// Suppressed keeps whom Mailtrap's sending side delivers nothing to.
	Suppressed *suppressions.Keeper

	mu       sync.Mutex
	dir      string // of all snapshots
	current  map[string]*Snapshot
	building map[string]*building
	awaited  map[string]time.Time // by account, when a snapshot was done that somebody could not wait for
	ended    bool
	stop     context.CancelFunc
	life     context.Context //nolint:containedctx // builds outlive the calls that begin them
	running  sync.WaitGroup
}

// New returns a service. Nothing is opened or exported before it is needed.
func New(options Options) *Service {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{
		options: options, exports: exports.New(options.API),
		current: map[string]*Snapshot{}, building: map[string]*building{}, awaited: map[string]time.Time{},
	}
	s.dir = filepath.Join(options.Dir, "snapshots")
	if options.Memory {
		s.dir = filepath.Join(os.TempDir(), "mailtrap-contacts-mcp-"+rand.Text())
	}
	s.Suppressed = suppressions.New(s.dir, options.API, options.Log)
	s.life, s.stop = context.WithCancel(context.Background())
	s.running.Go(func() {
		if s.sweep(s.life); apiclient.Pause(s.life, sweepAgain) == nil {
			s.sweep(s.life)
		}
	})
	return s
}

// sweepAgain is when what killed processes left is looked for a second time: a file of one that was killed a moment before
// this process started cannot be told from a living one's at once.
const sweepAgain = 20 * time.Second

// sweep removes the unfinished files of all accounts that killed processes left.
func (s *Service) sweep(ctx context.Context) {
	folders, err := os.ReadDir(s.dir)
	if err != nil {
		return // there are none
	}
	s.Suppressed.Sweep()
	for _, folder := range folders {
		if folder.IsDir() {
			store.SweepFiles(ctx, filepath.Join(s.dir, folder.Name()), "", unfinished)
		}
	}
}

// Close stops a build, and closes the snapshots.
func (s *Service) Close() error {
	s.stop()
	s.Suppressed.Close()
	s.running.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	for _, sn := range s.current {
		sn.retire()
	}
	clear(s.current)
	if s.options.Memory {
		return os.RemoveAll(s.dir)
	}
	return nil
}

func (s *Service) where() string {
	if s.options.Memory {
		return "memory"
	}
	return s.options.Dir
}

// folder is where an account's snapshots are. The name tells nothing of the account.
func (s *Service) folder(account string) string {
	sum := sha256.Sum256([]byte(account))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:10]))
}

func (s *Service) madeFolder(account string) (string, error) {
	folder := s.folder(account)
	return folder, os.MkdirAll(folder, 0o700)
}

const (
	finished   = ".db"
	unfinished = ".part"
)

// files are an account's files that end so, the newest last.
func (s *Service) files(account, ending string) []string {
	return files.Ending(s.folder(account), ending)
}

// Latest is the newest snapshot, without exporting anything; false when there is none. One that was taken later than now, before
// the clock was set back, does not count: nobody knows how old it is, and which changes were made since.
func (s *Service) Latest(ctx context.Context) (*Snapshot, bool, error) {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return nil, false, err
	}
	return s.latest(ctx, account)
}

func (s *Service) latest(ctx context.Context, account string) (*Snapshot, bool, error) {
	var failed error
	for range 3 { // another process may replace the file between two looks
		files := s.files(account, finished)
		if len(files) == 0 {
			return nil, false, nil
		}
		newest := files[len(files)-1]
		s.mu.Lock()
		if current := s.current[account]; current != nil && current.path == newest {
			defer s.mu.Unlock()
			// A damaged one's file stays for the next one, which takes over its growth numbers.
			if current.damaged.Load() || current.about.TakenAt.After(time.Now()) {
				return nil, false, nil
			}
			return current.held(), true, nil
		}
		s.mu.Unlock()
		opened, err := s.openSnapshot(ctx, account, newest)
		if err == nil && opened.about.TakenAt.After(time.Now()) {
			opened.close()
			return nil, false, nil
		}
		if err == nil {
			return s.adopt(opened), true, nil
		}
		if errors.Is(err, errOlder) { // it is replaced when one is needed
			return nil, false, nil
		}
		failed = err
	}
	const said = "the snapshot of the contacts cannot be read; a new one takes its place when it is needed"
	s.options.Log.WarnContext(ctx, said, "cause", failed)
	return nil, false, ctx.Err()
}

// adopt makes a snapshot the current one, unless another call was faster.
func (s *Service) adopt(opened *Snapshot) *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.current[opened.account]
	if before != nil && before.path == opened.path {
		opened.retire()
		return before.held()
	}
	if before != nil {
		before.retire()
	}
	if s.ended {
		opened.held()
		opened.retire()
		return opened
	}
	s.current[opened.account] = opened
	return opened.held()
}

// stampFormat names a snapshot's file so that names sort by time.
const stampFormat = "20060102T150405.000000000"

func stampOf(t time.Time) string { return t.UTC().Format(stampFormat) }

// nameOf is the name of the file of a new snapshot, without its ending. It sorts behind those that are there, also where the clock
// was set back since.
func (s *Service) nameOf(account string, began time.Time) string {
	name := stampOf(began)
	for _, path := range s.files(account, finished) {
		there := filepath.Base(path)
		if newest, err := time.Parse(stampFormat, there[:min(len(there), len(stampFormat))]); err == nil && there >= name {
			name = stampOf(newest.Add(1))
		}
	}
	return name
}
