package server

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	mcpserver "github.com/mark3labs/mcp-go/server"
)

// Guarantee 7.4a.
func TestNoStreamIsSilentForHalfAMinute(t *testing.T) {
	if silence >= 30*time.Second {
		t.Fatalf("streams may be silent for %s", silence)
	}
	work := newHeld()
	s := newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) })
	s.silence = 50 * time.Millisecond // longer than it takes to initialize: a stream names no session
	served := serveHTTP(t, s)
	session := served.initialize(t)
	alive := func(t *testing.T, response *http.Response) *bufio.Reader {
		t.Helper()
		if got := response.Header.Get("Content-Type"); got != eventStream {
			t.Fatalf("it is %q", got)
		}
		lines := bufio.NewReader(response.Body)
		for kept := 0; kept < 3; {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(line, ":") {
				kept++
			}
		}
		return lines
	}
	t.Run("the stream of a session", func(t *testing.T) {
		alive(t, served.request(t, t.Context(), http.MethodGet, "/mcp", "", "Mcp-Session-Id", session))
	})
	t.Run("HTTP+SSE", func(t *testing.T) {
		alive(t, served.request(t, t.Context(), http.MethodGet, "/sse", ""))
	})
	t.Run("a subscription", func(t *testing.T) {
		body, headers := modern(1, "subscriptions/listen", "", `"notifications":{"resourceSubscriptions":["test://x"]},`)
		alive(t, served.request(t, t.Context(), http.MethodPost, "/mcp", body, headers...))
	})
	t.Run("a long call, and its answer arrives", func(t *testing.T) {
		lines := alive(t, served.request(t, t.Context(), http.MethodPost, "/mcp", call(1, "work"), "Mcp-Session-Id", session))
		close(work.release)
		if got := text(t, within(t, messages(lines), "the answer")); got != "finished" {
			t.Errorf("answered %q", got)
		}
	})
}

// Guarantee 7.4a.
func TestAResponseIsAStreamOnlyWhereTheClientReadsOne(t *testing.T) {
	for _, c := range []struct{ method, accept, want string }{
		{http.MethodPost, "application/json, text/event-stream", "event: message\ndata: {\"id\":1}\n\n"},
		{http.MethodPost, "application/json", "{\"id\":1}\n"},
		{http.MethodGet, "text/event-stream", "{\"id\":1}\n"},
	} {
		t.Run(c.method+" "+c.accept, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := httptest.NewRequest(c.method, "/mcp", nil)
				r.Header.Set("Accept", c.accept)
				w := httptest.NewRecorder()
				newServer(t, nil).alive(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					time.Sleep(2*silence + time.Second)
					w.Header().Set("Content-Type", "application/json")
					_ = json.NewEncoder(w).Encode(map[string]int{"id": 1})
					time.Sleep(10 * silence)
				})).ServeHTTP(w, r)
				got := strings.ReplaceAll(w.Body.String(), keepAlive, "")
				if kept := strings.Count(w.Body.String(), keepAlive); got != c.want || (kept > 0) != (got[0] == 'e') {
					t.Errorf("%d signs of life and %q", kept, got)
				}
			})
		})
	}
}

func TestAnAnswerInTimeIsNoStream(t *testing.T) {
	served := serveHTTP(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "a", says("hello")) }))
	response := served.request(t, t.Context(), http.MethodPost, "/mcp", call(1, "a"), "Mcp-Session-Id", served.initialize(t))
	content, err := io.ReadAll(response.Body)
	if err != nil || response.Header.Get("Content-Type") != "application/json" || !json.Valid(content) {
		t.Errorf("%v: %v %s", err, response.Header, content)
	}
}

// Guarantee 7.4c.
func TestASlashAtTheEndOfAnAddressDoesNoHarm(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil))
	if got := served.request(t, t.Context(), http.MethodPost, "/mcp/", initialize).StatusCode; got != http.StatusOK {
		t.Errorf("/mcp/ is answered with %d", got)
	}
	if got := served.request(t, t.Context(), http.MethodGet, "/healthz/", "").StatusCode; got != http.StatusOK {
		t.Errorf("/healthz/ is answered with %d", got)
	}
	response := served.request(t, t.Context(), http.MethodGet, "/sse/", "")
	lines := bufio.NewReader(response.Body)
	_, _ = lines.ReadString('\n')
	data, _ := lines.ReadString('\n')
	endpoint := strings.TrimSpace(strings.TrimPrefix(data, "data: "))
	if !strings.HasPrefix(endpoint, "/message?") {
		t.Fatalf("/sse/ names %q", endpoint)
	}
	_, _ = lines.ReadString('\n')
	served.request(t, t.Context(), http.MethodPost, strings.Replace(endpoint, "/message?", "/message/?", 1), initialize)
	if got := within(t, messages(lines), "the answer to initialize"); string(got.ID) != "0" {
		t.Errorf("answered %+v", got)
	}
	for _, path := range []string{"/mcp/more", "/", "/nothing/"} {
		if got := served.request(t, t.Context(), http.MethodPost, path, initialize).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s is answered with %d", path, got)
		}
	}
}
