package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// reply is an answer of the emulator as a test sees it.
type reply struct {
	status int
	header http.Header
	body   string
}

// send sends a request with the right token; header adds to or replaces what it carries.
func send(e http.Handler, method, target, body string, header ...string) reply {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+Token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

// expect sends a request and checks status and body; an empty body is not checked.
func expect(t *testing.T, e http.Handler, method, target, body string, status int, want string) reply {
	t.Helper()
	got := send(e, method, target, body)
	if got.status != status || want != "" && got.body != want {
		t.Fatalf("%s %s %s\n got %d %s\nwant %d %s", method, target, body, got.status, got.body, status, want)
	}
	return got
}

// decode reads a JSON answer.
func decode[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("decoding %s: %v", r.body, err)
	}
	return v
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// clock is a clock that a test sets. Use it from one goroutine.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 8, 17, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time          { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }
