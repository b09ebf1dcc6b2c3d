package suppressions

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
}

// mailtrap lists suppressions, or says what answer makes of a request. Without limits.
type mailtrap struct {
	mu     sync.Mutex
	listed []map[string]any
	asked  []string // the queries
	answer func(query map[string]string, told []map[string]any) any
	status int
}

// one is a suppression as the API lists it.
func one(n int, email, kind, stream, domain string, at time.Time) map[string]any {
	return map[string]any{"id": fmt.Sprintf("%08x-0000-4000-8000-000000000000", n*2654435761%(1<<32)), "email": email, "type": kind,
		"sending_stream": stream, "domain_name": domain, "created_at": at.UTC().Format(time.RFC3339)}
}

// many are suppressions of as many people.
func many(n int) (all []map[string]any) {
	for i := range n {
		all = append(all, one(i, fmt.Sprintf("p%06d@example.com", i), Types[i%4], Streams[i%2], "example.com", time.Now().Add(-48*time.Hour)))
	}
	return all
}

func (m *mailtrap) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	query := map[string]string{}
	for name := range r.URL.Query() {
		query[name] = r.URL.Query().Get(name)
	}
	var body any
	status := http.StatusOK
	switch {
	case strings.HasSuffix(r.URL.Path, "/accounts"):
		body = []map[string]any{{"id": 1, "name": "Account"}}
	case m.status != 0:
		status, body = m.status, map[string]string{"errors": "Access forbidden"}
	default:
		m.asked = append(m.asked, r.URL.RawQuery)
		told := m.page(query)
		if body = told; m.answer != nil {
			body = m.answer(query, told)
		}
	}
	written, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(string(written)))}, nil
}

// page is what is listed: by address, from a time on, after an id; none after one that is not listed.
func (m *mailtrap) page(query map[string]string) []map[string]any {
	told := []map[string]any{}
	after := query["last_id"]
	for _, s := range m.listed {
		switch start, err := time.Parse(time.RFC3339, query["start_time"]); {
		case after != "":
			if s["id"] == after {
				after = ""
			}
		case len(told) == apiclient.SuppressionPage,
			query["email"] != "" && !strings.EqualFold(query["email"], s["email"].(string)), //nolint:forcetypeassert // it is a test's own
			err == nil && s["created_at"].(string) < start.Format(time.RFC3339):             //nolint:forcetypeassert // likewise
		default:
			told = append(told, s)
		}
	}
	return told
}

// requests are how many there were, since the last time.
func (m *mailtrap) requests() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.asked)
	m.asked = nil
	return n
}

func (m *mailtrap) change(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
}

// keeper keeps what a way to Mailtrap tells, in a folder.
func keeper(t testing.TB, dir string, way http.RoundTripper, account ...string) *Keeper {
	t.Helper()
	api, err := apiclient.New(apiclient.Config{BaseURL: "http://127.0.0.1", Token: emulator.Token, Transport: way,
		Account: append(account, "1")[0]})
	must(t, err)
	k := New(dir, api, slog.New(slog.NewTextHandler(t.Output(), nil)))
	t.Cleanup(func() {
		k.Close()
		api.Close()
	})
	return k
}

// list is the list of a keeper, waited for until it is there.
func list(t testing.TB, k *Keeper, refresh bool) *List {
	t.Helper()
	for {
		l, err := k.List(t.Context(), refresh, nil)
		if fault.Is(err, fault.Timeout) {
			continue
		}
		must(t, err)
		return l
	}
}

// people are the addresses of a list.
func people(t testing.TB, l *List) (found []string) {
	t.Helper()
	db, err := store.OpenFile(l.Path, "ro")
	must(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT DISTINCT email FROM suppression ORDER BY email`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var email string
		must(t, rows.Scan(&email))
		found = append(found, email)
	}
	must(t, rows.Err())
	return found
}

// holding are the files below a folder that hold a text.
func holding(t testing.TB, dir, text string) (found []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), text) {
			found = append(found, path)
		}
		return err
	}))
	return found
}

func wantPeople(t testing.TB, l *List, want ...string) {
	t.Helper()
	if got := people(t, l); !slices.Equal(got, want) {
		t.Errorf("the list has %q, want %q", got, want)
	}
}
