package server

import (
	"net/http"
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
