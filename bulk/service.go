// Package bulk is work on many contacts: plans that say beforehand what will happen, and jobs that carry them out.
//
// The truth of a job stands in the tables of store/: what is to be done, the contacts it is for, and what came of each. A
// job is planned first, which sends nothing, and then carried out once, in turns, by whichever server process is alive and
// claims it. A turn marks in the tables what it is about to send and what was answered, so that a process that is killed at
// any moment leaves what is known, and that the rest is not.
package bulk

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
)

// Options are what bulk work needs. All but Log and Poll are required.
type Options struct {
	API      *apiclient.Client
	Catalog  *catalog.Catalog
	Contacts *contacts.Service
	Audience *audience.Service // is told of imports
	Journal  *journal.Journal
	Store    *store.Store
	Folders  *files.Folders
	Log      *slog.Logger
	// Poll is how often it is looked for jobs whose turn has come, while there are any; 0 means ten times a second.
	Poll time.Duration
}

// Service plans and carries out bulk work. It is safe for concurrent use, and by several processes on one data folder.
type Service struct {
	api      *apiclient.Client
	catalog  *catalog.Catalog
	contacts *contacts.Service
	audience *audience.Service
	exports  *exports.Service
	journal  *journal.Journal
	store    *store.Store
	folders  *files.Folders
	log      *slog.Logger
	process  string // names this process in the tables, for people
	limited  bool   // to the jobs of some tools
	tools    []string
	pace     pace

	running context.Context // ends when the service closes
	stop    context.CancelFunc
	group   sync.WaitGroup
	resumed sync.Once     // since when jobs are carried on with
	woken   chan struct{} // holds one token when there may be something due
	turn    turn
	atWork  atomic.Int64 // jobs that this process works on now
	kept    atomic.Bool  // without a data folder: whether there are unfinished jobs

	// staging is held, a part of it, while the contacts of a plan are being written down, so that Erase, which takes all of
	// it, finds all of them or none.
	staging *semaphore.Weighted
}

// allStaging is the whole of staging: more plans than are ever written down at once.
const allStaging = 1 << 30

// New returns a service; nothing is opened or run before it is asked for.
func New(options Options) *Service {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	running, stop := context.WithCancel(context.Background())
	s := &Service{
		api: options.API, catalog: options.Catalog, contacts: options.Contacts, audience: options.Audience,
		exports: exports.New(options.API), journal: options.Journal,
		store: options.Store, folders: options.Folders, log: options.Log, process: thisProcess(), pace: ordinary,
		running: running, stop: stop, woken: make(chan struct{}, 1), staging: semaphore.NewWeighted(allStaging),
	}
	s.pace.poll = cmp.Or(options.Poll, s.pace.poll)
	return s
}

// Close stops working on jobs, and waits for what is being sent. Another process, or the next start, goes on with them.
func (s *Service) Close() {
	s.stop()
	s.group.Wait()
}
