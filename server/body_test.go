package server

import (
	"net/http"
	"strings"
	"testing"

	mcpserver "github.com/mark3labs/mcp-go/server"
)

func TestAMessageThatIsTooLargeIsRefused(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil))
	for _, path := range []string{"/mcp", "/message?sessionId=x"} {
		response := served.request(t, t.Context(), http.MethodPost, path, strings.Repeat(" ", maxBody)+initialize)
		if response.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: answered with %s", path, response.Status)
		}
		if got := all(response); len(got) != 1 || got[0].Error == nil || !strings.Contains(got[0].Error.Message, "4 MB") {
			t.Errorf("%s: want an error that names the limit, got %+v", path, got)
		}
	}
	response := served.request(t, t.Context(), http.MethodPost, "/mcp", strings.Repeat(" ", maxBody-len(initialize))+initialize)
	if response.StatusCode != http.StatusOK {
		t.Errorf("a message of just the limit was answered with %s", response.Status)
	}
}

func TestAModernClientCannotCancelTheCallOfAnother(t *testing.T) {
	work := newHeld()
	served := serveHTTP(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) }))
	body, headers := modern(1, "tools/call", "work", `"name":"work","arguments":{},`)
	answered := served.later(t, body, headers...)
	within(t, work.started, "the call to start")

	for _, headers := range [][]string{
		{"Mcp-Protocol-Version", "2026-07-28", "Mcp-Method", "notifications/cancelled"},
		{"Mcp-Protocol-Version", "2026-07-28"},
	} {
		cancel := `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"_meta":{` +
			`"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}`
		response := served.request(t, t.Context(), http.MethodPost, "/mcp", cancel, headers...)
		if response.StatusCode != http.StatusAccepted {
			t.Errorf("the cancellation was answered with %s", response.Status)
		}
	}
	close(work.release)
	if got := text(t, within(t, answered, "the answer")); got != "finished" {
		t.Errorf("answered %q", got)
	}
}

func TestALegacyClientCancelsItsCallAndNoOther(t *testing.T) {
	work := newHeld()
	served := serveHTTP(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) }))
	mine, other := served.initialize(t), served.initialize(t)
	served.later(t, call(1, "work"), "Mcp-Session-Id", mine)
	within(t, work.started, "the call to start")

	cancel := `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`
	served.request(t, t.Context(), http.MethodPost, "/mcp", cancel, "Mcp-Session-Id", other)
	select {
	case <-work.cancelled:
		t.Fatal("the other client cancelled the call")
	default:
	}
	served.request(t, t.Context(), http.MethodPost, "/mcp", cancel, "Mcp-Session-Id", mine)
	within(t, work.cancelled, "the call to be cancelled")
}
