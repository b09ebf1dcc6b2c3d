package bulk

import (
	"bytes"
	"compress/gzip"
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
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
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

// earlier is bulk work on the earlier program's folder, and on an account like its.
func earlier(t *testing.T) (*Service, *emulator.Emulator) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
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

	account := emulator.New(emulator.Config{Unlimited: true})
	list := account.AddList("News")
	account.AddField("plan", "text", "plan")
	for i := range 129 {
		account.AddContact(emulator.Contact{Email: address(i), ListIDs: []int64{list}, Fields: map[string]any{"plan": "old"}})
	}
	kept, log := store.At(data), slog.New(slog.DiscardHandler)
	api, err := apiclient.New(apiclient.Config{BaseURL: earlierURL, Token: emulator.Token, Transport: account.Transport(), Log: log})
	must(t, err)
	folders, err := OpenFolders([]string{t.TempDir()}, data)
	must(t, err)
	changes := journal.New(journal.Options{Store: kept, Account: api.AccountKey, Log: log})
	known := catalog.New(api, changes)
	s := New(Options{API: api, Catalog: known, Contacts: contacts.New(api, known, changes), Journal: changes, Store: kept, Folders: folders, Log: log})
	s.pace = quickPace
	t.Cleanup(func() {
		s.Close()
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
	var content []byte
	must(t, db.QueryRowContext(t.Context(), `SELECT content FROM job_chunk WHERE job = ?`, earlierRunning).Scan(&content))
	content = append(bytes.Join(bytes.SplitN(content, []byte("\n"), 21)[:20], []byte("\n")), '\n') // all of them would take a minute
	says(t, s, `UPDATE job_chunk SET state = 'open', import = 0, content = ?, contacts = 20 WHERE job = ?`, content, earlierRunning)
	s.Resume()
	got := ended(t, s, earlierRunning)
	if got.State != Finished || !got.Tally.Rerouted || got.Tally.Done != 19 || got.Tally.NotFound != 1 || account.Len() != 128 || count(account, http.MethodPost, "/imports") != 0 {
		t.Errorf("the job is %+v, with %d imports, and %d contacts are there", got, count(account, http.MethodPost, "/imports"), account.Len())
	}
	addsUp(t, got)
}

// Guarantee 3.6.
func TestAnEarlierProcessKeepsToItsOwnJobs(t *testing.T) {
	t.Parallel()
	s, account := earlier(t)
	s.pace.watch, s.pace.poll = time.Hour, time.Hour // the other process is to be first
	planned, err := s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": "pro"}}, knowing(account, 129))
	must(t, err)
	// As the earlier program takes a job whose ticket it has got.
	const take = `UPDATE job SET owner = ?, beat = ? WHERE id = ? AND state = 'running' AND ticket = ? AND (owner = '' OR beat < ?)`
	now := time.Now().UnixMilli()
	for _, jobs := range []struct {
		id   string
		want int64
	}{{planned.ID, 0}, {earlierRunning, 1}} {
		says(t, s, `UPDATE job SET state = 'running', ticket = 99, owner = '', beat = 0 WHERE id = ?`, jobs.id)
		if n := says(t, s, take, "earlier", now, jobs.id, 99, now-8000); n != jobs.want {
			t.Errorf("it takes %d jobs %s", n, jobs.id)
		}
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
