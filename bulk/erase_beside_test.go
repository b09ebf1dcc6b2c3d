package bulk

import (
	"bytes"
	"context"
	"database/sql"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
)

// names counts where an address stands in what is kept of jobs.
func names(t *testing.T, s *Service, email string) (n int) {
	t.Helper()
	db, err := s.store.Reading(t.Context())
	must(t, err)
	must(t, db.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM job_item WHERE contact = ?1 OR instr(coalesce(content, ''), ?1) > 0 OR instr(said, ?1) > 0)
		+ (SELECT count(*) FROM job_rejected WHERE instr(content, ?1) > 0)`, email).Scan(&n))
	chunks, err := store.Collect(t.Context(), db, func(rows *sql.Rows) (content intake.Rows, err error) { return content, rows.Scan(&content) },
		`SELECT content FROM job_chunk`)
	must(t, err)
	for _, content := range chunks {
		if bytes.Contains(content, []byte(email)) {
			n++
		}
	}
	return n
}

// Another process erases a person whom a job has read, and is about to write, is writing, or is refused.
//
// Guarantee 4.5.
func TestWhomAnotherProcessErasesARunningJobDoesNotWriteDownAgain(t *testing.T) {
	for name, c := range map[string]struct {
		at      string // the request before which they are erased
		sent    bool   // they are on the way by then
		refused bool
	}{
		"read":     {at: http.MethodGet},
		"on a way": {at: http.MethodPatch, sent: true},
		"refused":  {at: http.MethodPost, sent: true, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				account, kept := peopled(emulator.Config{Unlimited: true, Latency: 50 * time.Millisecond}, 30), store.InMemory()
				account.AddField("Plan", "text", "plan")
				email := address(3)
				if c.refused {
					email = "odd@@example.com"
				}
				contact, _ := account.Contact(email)
				beside := started(t, setting{account: account, dirs: []string{t.TempDir()}, kept: kept})
				var erased Erased
				isTheirs := func(request *http.Request) bool {
					last := path.Base(request.URL.Path)
					return request.Method == c.at && (last == email || last == contact.ID || c.refused && last == "imports")
				}
				var done atomic.Bool
				var later atomic.Int32
				s := started(t, setting{kept: kept, dirs: []string{t.TempDir()}, transport: transport(func(request *http.Request) (*http.Response, error) {
					switch {
					case isTheirs(request) && done.CompareAndSwap(false, true):
						var err error
						erased, err = beside.Erase(context.WithoutCancel(request.Context()), email)
						must(t, err)
					case done.Load() && path.Base(request.URL.Path) == contact.ID:
						later.Add(1)
					}
					return account.Transport().RoundTrip(request)
				})})
				var planned Status
				var err error
				if c.refused {
					planned, err = s.plan(t.Context(), Import, Spec{}, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
						stage.route = mayCreate
						return &intake.Summary{Columns: []string{"email"}, Tags: []string{"email"}, Contacts: 2}, stage.Contacts(ctx, intake.Chunk{
							Rows: intake.RowsOf(nil).Add(nil, "odd@@example.com", nil, nil, nil).Add(nil, "new@example.com", nil, nil, nil), Count: 2,
						})
					})
				} else {
					planned, err = s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": "pro"}}, Selection{Contacts: refs(t, 30)})
				}
				got := applied(t, s, planned, err)
				addsUp(t, got)
				if !done.Load() || len(erased.Sending) > 0 != c.sent || names(t, s, email) > 0 {
					t.Errorf("erased %v: %+v; the address stands in %d places; the job is %+v", done.Load(), erased, names(t, s, email), got.Tally)
				}
				if !c.sent && (later.Load() > 0 || got.Tally.TakenOut != 1 || got.Tally.Done != 29) {
					t.Errorf("%d requests were sent after it, and the job is %+v", later.Load(), got.Tally)
				}
				problems, err := s.Problems(t.Context(), got.ID, 100)
				must(t, err)
				for _, problem := range problems {
					if problem.Contact == "" || strings.Contains(problem.Contact, email) {
						t.Errorf("it names %+v", problem)
					}
				}
			})
		})
	}
}

// Guarantee 4.5.
func TestAnErasureKnowsThatAnotherProcessIsWritingAPlanDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, kept := emulator.New(emulator.Config{Unlimited: true}), store.InMemory()
		s := started(t, setting{account: account, dirs: []string{t.TempDir()}, kept: kept})
		beside := started(t, setting{account: account, dirs: []string{t.TempDir()}, kept: kept})
		planned, err := s.plan(t.Context(), Import, Spec{}, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
			first, err := beside.Erase(ctx, address(1))
			if err != nil || !first.Planning || first.Rows != 0 {
				t.Errorf("while the plan is written down: %+v, %v", first, err)
			}
			return manyChunks(ctx, stage, 1)
		})
		must(t, err)
		second, err := beside.Erase(t.Context(), address(1))
		if err != nil || second.Planning || second.Rows != 1 || names(t, s, address(1)) > 0 {
			t.Errorf("of the plan %s: %+v, %v", planned.ID, second, err)
		}
	})
}
