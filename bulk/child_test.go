package bulk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	command "os/exec"
	"sync/atomic"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
)

// childWork tells a process of this test binary that it is a child, and what to do.
const childWork = "BULK_TEST_CHILD_WORK"

// work is what a child is to do, on an account that its parent serves and in folders that others use as well.
type work struct {
	API         string // where the parent serves the account
	Data, Files string
	Kind        Kind  // of the job to plan and to carry out; empty: the child only goes on with what is there
	List        int64 // of the account
	Pace        pace
	Small       bool   // the job is for few contacts
	File        string // to import; empty: made-up contacts
}

// items is how many contacts a job that writes them one by one is for; chunks how many an import has.
func (do work) items() int {
	if do.Small {
		return 30
	}
	return killedItems
}

func (do work) chunks() int {
	if do.Small {
		return 6
	}
	return killedChunks
}

// MarshalJSON implements json.Marshaler: a pace has no exported fields.
func (p pace) MarshalJSON() ([]byte, error) {
	return json.Marshal([]time.Duration{p.beat, p.dead, p.watch, p.poll})
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *pace) UnmarshalJSON(data []byte) error {
	var all [4]time.Duration
	err := json.Unmarshal(data, &all)
	p.beat, p.dead, p.watch, p.poll = all[0], all[1], all[2], all[3]
	return err
}

// TestChild is a server process. It ends when it is killed, or its parent is gone.
func TestChild(t *testing.T) {
	told := os.Getenv(childWork)
	if told == "" {
		t.Skip("this is what other tests run as processes of their own")
	}
	var do work
	must(t, json.Unmarshal([]byte(told), &do))
	s := atWork(t, do)
	s.Resume()
	if do.Kind != "" {
		planned, err := plannedTo(t.Context(), s, do)
		must(t, err)
		must(t, s.Apply(t.Context(), planned.ID, false))
	}
	_, _ = os.Stdin.Read(make([]byte, 1)) // it ends with the parent
}

// atWork is a service on an account that another process serves.
func atWork(t testing.TB, do work) *Service {
	t.Helper()
	kept := store.At(do.Data)
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	api, err := apiclient.New(apiclient.Config{Look: 100 * time.Millisecond, BaseURL: do.API, Token: emulator.Token, Log: log}) // each process has a rate budget of its own
	must(t, err)
	folders, err := files.OpenFolders([]string{do.Files}, do.Data)
	must(t, err)
	changes := journal.New(journal.Options{Store: kept, Account: api, Log: log})
	known := catalog.New(api, changes)
	people := audience.New(audience.Options{Dir: do.Data, API: api, Catalog: known, Store: kept, Log: log})
	s := New(Options{API: api, Catalog: known, Contacts: contacts.New(api, known, changes), Audience: people, Journal: changes, Store: kept, Folders: folders, Log: log})
	s.pace = do.Pace
	t.Cleanup(func() {
		s.Close()
		must(t, people.Close())
		folders.Close()
		api.Close()
		_ = kept.Close()
	})
	return s
}

// served is an account that children can reach, with a count of what it was asked.
func served(t testing.TB, config emulator.Config) (account *emulator.Emulator, url string, asked *atomic.Int64) {
	t.Helper()
	account, asked = emulator.New(config), &atomic.Int64{}
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		account.ServeHTTP(w, r)
	}))
	t.Cleanup(listening.Close)
	return account, listening.URL, asked
}

// child starts a process with work to do.
func child(t testing.TB, do work) *command.Cmd {
	t.Helper()
	told, err := json.Marshal(do)
	must(t, err)
	process := command.Command(os.Args[0], "-test.run=^TestChild$", "-test.count=1")
	process.Env = append(os.Environ(), childWork+"="+string(told), "TMPDIR="+t.TempDir()) // it is killed, and cannot clear up
	process.Stderr = os.Stderr
	_, err = process.StdinPipe()
	must(t, err)
	must(t, process.Start())
	return process
}

const (
	killedItems  = 60 // contacts of a job that writes them one by one
	killedChunks = 20
	chunkRows    = 10
)

// refusedRow is an address that the account refuses in every third chunk.
const refusedRow = "refused%02d@@example.com"

// plannedTo plans the job of a kind that children are killed in.
func plannedTo(ctx context.Context, s *Service, do work) (Status, error) {
	var who Selection
	for i := range do.items() {
		ref, err := apiclient.ParseContact(address(i))
		if err != nil {
			return Status{}, err
		}
		who.Contacts = append(who.Contacts, ref)
	}
	lists := []apiclient.List{{ID: do.List, Name: "Newsletter"}}
	switch do.Kind {
	case Update:
		return s.PlanWrite(ctx, Update, Spec{Join: lists, Fields: apiclient.Values{"plan": "pro"}}, who)
	case Delete:
		return s.PlanWrite(ctx, Delete, Spec{}, who)
	case Event:
		return s.PlanWrite(ctx, Event, Spec{Event: &apiclient.Event{Name: "killed"}}, who)
	}
	if do.File != "" {
		return s.PlanImport(ctx, ImportRequest{File: do.File, Join: lists})
	}
	spec := Spec{Source: "rows", Join: lists, CreateLists: []NewList{{Name: "Fresh", All: true}}, Unsubscribe: true}
	spec.Relies.Lists = lists
	return s.plan(ctx, Import, spec, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
		return manyChunks(ctx, stage, do.chunks())
	})
}

// manyChunks stages few contacts as an import of very many would be.
func manyChunks(ctx context.Context, stage *stage, chunks int) (*intake.Summary, error) {
	stage.route = mayCreate
	sum := &intake.Summary{Columns: []string{"email", "plan"}, Tags: []string{"email", "plan"}, Rejected: 1}
	for n := range chunks {
		var chunk intake.Chunk
		tags := []string{"plan"}
		chunk.Rows = intake.RowsOf(tags)
		add := func(email, plan string) {
			chunk.Rows = chunk.Rows.Add(tags, email, map[string]json.RawMessage{"plan": fmt.Appendf(nil, "%q", plan)}, nil, nil)
			chunk.Count++
		}
		for i := range chunkRows {
			add(address(n*chunkRows+i), "pro")
		}
		if n%3 == 0 {
			add(fmt.Sprintf(refusedRow, n), "odd")
		}
		if err := stage.Contacts(ctx, chunk); err != nil {
			return nil, err
		}
		sum.Contacts += chunk.Count
	}
	if err := stage.Rejected(ctx, sum.Columns, []intake.Rejected{{Line: 3, Reason: "plan is odd", Cells: []string{"x@example.com", "=1+1"}}}); err != nil {
		return nil, err
	}
	var out []string
	for i := range 20 {
		out = append(out, address(20_000+i))
	}
	sum.OptedOut, sum.SaidNo, sum.Read = len(out), len(out), sum.Contacts+1
	return sum, stage.OptedOut(ctx, out)
}
