package bulk

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
)

// The jobs of testdata/c003921, a data folder that the program at that commit has made and was killed in: on an account with
// the list News, the field plan and 129 people.
const (
	earlierUpdate  = "update-20261127-mgb6jp3c" // a plan: a field's value, by a where
	earlierRemoval = "update-20261127-7jorekof" // a plan: off a list, by a where
	earlierImport  = "import-20261127-p6z5ts57" // a plan: one row
	earlierRunning = "update-20261127-hlahld2j" // a removal like the one above, as its process was killed
	earlierURL     = "http://127.0.0.1:8025"
)

// earlierFolder is the earlier program's folder.
func earlierFolder(t *testing.T) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	must(t, os.Mkdir(data, 0o700))
	packed, err := os.Open(filepath.Join("testdata", "c003921", "state.db.gz"))
	must(t, err)
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	must(t, err)
	content, err := io.ReadAll(unpacked)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(data, "state.db"), content, 0o600))
	must(t, os.WriteFile(filepath.Join(data, unfinished), nil, 0o600))
	return data
}

// earlier is bulk work on the earlier program's folder, and on an account like its.
func earlier(t *testing.T) (*Service, *emulator.Emulator) {
	t.Helper()
	return earlierAt(t, earlierFolder(t))
}

func earlierAt(t *testing.T, data string) (*Service, *emulator.Emulator) {
	t.Helper()
	account := emulator.New(emulator.Config{Unlimited: true})
	list := account.AddList("News")
	account.AddField("plan", "text", "plan")
	for i := range 129 {
		account.AddContact(emulator.Contact{Email: address(i), ListIDs: []int64{list}, Fields: map[string]any{"plan": "old"}})
	}
	kept, log := store.At(data), slog.New(slog.DiscardHandler)
	api, err := apiclient.New(apiclient.Config{Look: 100 * time.Millisecond, BaseURL: earlierURL, Token: emulator.Token, Transport: account.Transport(), Log: log})
	must(t, err)
	folders, err := files.OpenFolders([]string{t.TempDir()}, data)
	must(t, err)
	changes := journal.New(journal.Options{Store: kept, Account: api, Log: log})
	known := catalog.New(api, changes)
	people := audience.New(audience.Options{Dir: data, API: api, Catalog: known, Store: kept, Log: log})
	s := New(Options{API: api, Catalog: known, Contacts: contacts.New(api, known, changes), Audience: people, Journal: changes, Store: kept, Folders: folders, Log: log})
	s.pace = quickPace
	t.Cleanup(func() {
		s.Close()
		must(t, people.Close())
		folders.Close()
		_ = kept.Close()
	})
	return s, account
}

// quickPace has it noticed in no time that a process is dead.
var quickPace = pace{beat: 100 * time.Millisecond, dead: 500 * time.Millisecond, watch: 50 * time.Millisecond, poll: 20 * time.Millisecond}

// says runs a statement of the earlier program on the folder, and returns how many rows it has changed.
func says(t *testing.T, s *Service, statement string, given ...any) int64 {
	t.Helper()
	db, err := s.store.Durable(t.Context())
	must(t, err)
	result, err := db.ExecContext(t.Context(), statement, given...)
	must(t, err)
	n, err := result.RowsAffected()
	must(t, err)
	return n
}

// Guarantee 3.6.
func TestPlansOfTheEarlierVersionExpireWhereTheyCouldCreateSomebody(t *testing.T) {
	t.Parallel()
	s, account := earlier(t)
	says(t, s, `UPDATE job SET expires = ? WHERE state = 'planned'`, time.Now().Add(time.Hour).UnixMilli())
	for _, id := range []string{earlierUpdate, earlierRemoval} {
		err := s.Apply(t.Context(), id, false)
		if !fault.Is(err, fault.PlanExpired) || !strings.Contains(err.Error(), "earlier version") || !strings.Contains(err.Error(), "preview again") {
			t.Errorf("applying %s: %v", id, err)
		}
	}
	got := applied(t, s, Status{ID: earlierImport}, nil) // somebody asked for it
	if got.State != Finished || got.Tally.Created != 1 || account.Len() != 130 {
		t.Errorf("the import is %+v", got)
	}
}

// The job's process was killed before it had sent anything.
//
// Guarantee 3.6.
func TestAJobOfTheEarlierVersionGoesOnWithoutImports(t *testing.T) {
	t.Parallel()
	s, account := earlier(t)
	gone(t, account, address(3))
	db, err := s.store.Quick(t.Context())
	must(t, err)
	fewer(t, db, 20)
	s.Resume()
	got := ended(t, s, earlierRunning)
	if got.State != Finished || !got.Tally.Rerouted || got.Tally.Done != 19 || got.Tally.NotFound != 1 || account.Len() != 128 || count(account, http.MethodPost, "/imports") != 0 {
		t.Errorf("the job is %+v, with %d imports, and %d contacts are there", got, count(account, http.MethodPost, "/imports"), account.Len())
	}
	addsUp(t, got)
}

// fewer leaves the job that the earlier process was killed in so few contacts, because all of them would take a minute.
func fewer(t *testing.T, db store.Runner, contacts int) {
	t.Helper()
	var content []byte
	must(t, db.QueryRowContext(t.Context(), `SELECT content FROM job_chunk WHERE job = ?`, earlierRunning).Scan(&content))
	content = append(bytes.Join(bytes.SplitN(content, []byte("\n"), contacts+1)[:contacts], []byte("\n")), '\n')
	must(t, store.Exec(t.Context(), db, `UPDATE job_chunk SET state = 'open', import = 0, content = ?, contacts = ? WHERE job = ?`, content, contacts, earlierRunning))
}

// Guarantee 3.6.
func TestAnEarlierProcessThatWorksKeepsItsFolder(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]struct{ lives, dies string }{
		"on a job": {
			`UPDATE job SET owner = 'earlier', beat = unixepoch('subsec') * 1000 WHERE state = 'running'`,
			`UPDATE job SET beat = beat - 9000 WHERE state = 'running'`,
		},
		"on none, because its job waits": {
			`UPDATE river_leader SET expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '+15 seconds')`,
			`UPDATE river_leader SET expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 seconds')`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			data := earlierFolder(t)
			process, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(data, "state.db"))+"?_pragma=busy_timeout(5000)")
			must(t, err)
			defer process.Close()
			must(t, store.Exec(t.Context(), process, how.lives))
			s, account := earlierAt(t, data)
			for range 3 { // it is not waited for
				_, err = s.Recent(t.Context())
				for _, part := range []string{"An earlier version", "the host vm at 2026-11-27 09:13:52", "stop that process"} {
					if !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), part) {
						t.Errorf("it does not say %q: %v", part, err)
					}
				}
			}
			s.Resume()
			time.Sleep(5 * s.pace.watch)
			var version, tables int
			must(t, process.QueryRow(`PRAGMA user_version`).Scan(&version))
			must(t, process.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE name LIKE 'river%' AND type = 'table'`).Scan(&tables))
			if version != 3 || tables == 0 || writesTo(account) > 0 {
				t.Errorf("the file is of version %d with %d of its tables, and %d writes were sent", version, tables, writesTo(account))
			}
			fewer(t, process, 5)
			must(t, store.Exec(t.Context(), process, how.dies))
			if got := ended(t, s, earlierRunning); got.State != Finished || got.Tally.Done != 5 {
				t.Errorf("its job is %+v", got)
			}
			must(t, process.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE name LIKE 'river%'`).Scan(&tables))
			if tables != 0 {
				t.Errorf("%d of its tables are left", tables)
			}
		})
	}
}

// It had nothing to do when the file was brought up to date, and is asked for something afterwards.
//
// Guarantee 3.6.
func TestAnEarlierProcessThatIsStillOpenTakesNoJob(t *testing.T) {
	t.Parallel()
	s, account := earlier(t)
	s.pace.watch, s.pace.poll = time.Hour, time.Hour // the other process is to be first
	planned, err := s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": "pro"}}, knowing(account, 129))
	must(t, err)
	now := time.Now().UnixMilli()
	db, err := s.store.Durable(t.Context())
	must(t, err)
	for what, statement := range map[string]string{ // as that program has them
		"find a job":    `SELECT id, account, kind, state, planned, expires, started, ended, spec, source, tally, call, change, stop, ticket FROM job`,
		"begin a job":   `UPDATE job SET state = 'running', started = 1, ended = NULL, beat = 1, owner = '', stop = 0, ticket = 99 WHERE id <> ''`,
		"take a job":    `UPDATE job SET owner = 'earlier', beat = 1 WHERE id <> '' AND state = 'running' AND ticket = 0 AND (owner = '' OR beat < 8000)`,
		"renew a job":   `UPDATE job SET owner = '', beat = 1 WHERE id <> '' AND state = 'running' AND ticket = 0 AND owner <> '' AND beat < 8000`,
		"release a job": `UPDATE job SET owner = '', beat = 1 WHERE id <> '' AND owner = 'earlier' AND ticket = 0`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("it can %s", what)
		}
	}
	if got, err := s.Follow(t.Context(), planned.ID, 0, nil); err != nil || got.State != Planned {
		t.Errorf("the plan is %+v, %v", got, err)
	}
	// What it writes down is still taken, and what it makes is known by that.
	says(t, s, `INSERT INTO job (id, account, kind, state, planned, spec, call) VALUES (?, ?, 'update', 'planned', ?, '{}', '{}')`, "update-20261127-aaaaaaaa", "127.0.0.1:8025/accounts/1111111", now)
	says(t, s, `UPDATE job SET state = 'planned', expires = ? WHERE id = ? AND state = 'planned'`, now+3_600_000, "update-20261127-aaaaaaaa")
	says(t, s, `INSERT INTO job_chunk (job, n, contacts, state, content) VALUES (?, 1, 1, 'open', ?)`, "update-20261127-aaaaaaaa", []byte(fmt.Sprintf(`{"email":%q}`+"\n", address(1))))
	says(t, s, `INSERT INTO job_item (job, n, contact, task, state) VALUES (?, 1, ?, '', 'open')`, "update-20261127-aaaaaaaa", address(2))
	if err := s.Apply(t.Context(), "update-20261127-aaaaaaaa", false); !fault.Is(err, fault.PlanExpired) {
		t.Errorf("its plan: %v", err)
	}
}
