package server

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestAnEndedSessionIsUnknown(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil))
	session := served.initialize(t)
	ping := func(session string) int {
		ping := `{"jsonrpc":"2.0","id":1,"method":"ping"}`
		return served.request(t, t.Context(), http.MethodPost, "/mcp", ping, "Mcp-Session-Id", session).StatusCode
	}
	if got := ping(session); got != http.StatusOK {
		t.Errorf("a live session: %d", got)
	}
	if got := served.request(t, t.Context(), http.MethodDelete, "/mcp", "", "Mcp-Session-Id", session).StatusCode; got != http.StatusOK {
		t.Errorf("ending it: %d", got)
	}
	if got := ping(session); got != http.StatusNotFound {
		t.Errorf("an ended session: %d", got)
	}
	if got := ping("made-up"); got != http.StatusNotFound {
		t.Errorf("a session that never was: %d", got)
	}
}

func TestAStreamNeedsALiveSession(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil))
	for _, c := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"no session", nil, http.StatusBadRequest},
		{"a session that never was", []string{"Mcp-Session-Id", "made-up"}, http.StatusNotFound},
		{"a live session", []string{"Mcp-Session-Id", served.initialize(t)}, http.StatusOK},
		{"a modern client, which has none", []string{"Mcp-Protocol-Version", "2026-07-28"}, http.StatusMethodNotAllowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := served.request(t, t.Context(), http.MethodGet, "/mcp", "", c.headers...).StatusCode; got != c.want {
				t.Errorf("answered with %d, want %d", got, c.want)
			}
		})
	}
}

// Claude Code looks for the code, and others for the status, before they initialize again.
// Guarantee 7.4b.
func TestASessionThatIsGoneIsRecognized(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil), "http://page.example")
	for _, c := range []struct{ method, path, body, id string }{
		{http.MethodPost, "/mcp", call(7, "a"), `7`},
		{http.MethodPost, "/mcp", `{"jsonrpc":"2.0","id":"x-7","method":"ping"}`, `"x-7"`},
		{http.MethodPost, "/mcp", `{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}`, `9007199254740993`},
		{http.MethodPost, "/mcp", `{"jsonrpc":"2.0","method":"notifications/initialized"}`, `null`},
		{http.MethodPost, "/mcp", `{"jsonrpc":"2.0","id":1,"result":{}}`, `1`},
		{http.MethodPost, "/mcp/", call(7, "a"), `7`},
		{http.MethodPost, "/message?sessionId=made-up", call(7, "a"), `7`},
		{http.MethodPost, "/message/?sessionId=made-up", call(7, "a"), `7`},
		{http.MethodGet, "/mcp", "", `null`},
		{http.MethodDelete, "/mcp", "", `null`},
	} {
		t.Run(c.method+" "+c.path+" "+c.id, func(t *testing.T) {
			response := served.request(t, t.Context(), c.method, c.path, c.body, "Mcp-Session-Id", "made-up", "Origin", "http://page.example")
			content, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			want := `{"jsonrpc":"2.0","id":` + c.id + `,"error":{"code":-32001,"message":"Session not found"}}` + "\n"
			if response.StatusCode != http.StatusNotFound || string(content) != want {
				t.Errorf("answered with %s %s", response.Status, content)
			}
			if response.Header.Get("Access-Control-Allow-Origin") != "http://page.example" {
				t.Error("a page that may use the server cannot read that")
			}
		})
	}
}

// Guarantee 7.4b.
func TestAMessageWithoutASessionIsToldWhatIsMissing(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil))
	for _, path := range []string{"/mcp", "/message"} {
		response := served.request(t, t.Context(), http.MethodPost, path, call(7, "a"))
		got := all(response)
		if response.StatusCode != http.StatusBadRequest || len(got) != 1 || string(got[0].ID) != "7" || !strings.Contains(got[0].Error.Message, "initialize") {
			t.Errorf("%s: answered with %s %+v", path, response.Status, got)
		}
	}
	if got := served.request(t, t.Context(), http.MethodGet, "/message?sessionId=x", "").StatusCode; got != http.StatusMethodNotAllowed {
		t.Errorf("GET /message is answered with %d", got)
	}
	// What names a session that is gone may begin another.
	if got := served.request(t, t.Context(), http.MethodPost, "/mcp", initialize, "Mcp-Session-Id", "made-up"); got.StatusCode != http.StatusOK {
		t.Errorf("initialize is answered with %s", got.Status)
	}
}

func TestEndedSessionsLeaveNothingBehind(t *testing.T) {
	kept := &sessions{}
	for range 1000 {
		if _, err := kept.Terminate(kept.Generate()); err != nil {
			t.Fatal(err)
		}
	}
	kept.live.Range(func(id, _ any) bool {
		t.Errorf("session %v is still there", id)
		return false
	})
}
