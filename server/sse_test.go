package server

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// openSSE opens a stream and returns its messages and the path to post to.
func (s *site) openSSE(t *testing.T, ctx context.Context) (<-chan message, string) {
	t.Helper()
	response := s.request(t, ctx, http.MethodGet, "/sse", "")
	lines := bufio.NewReader(response.Body)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream ended before it named its endpoint: %v", err)
		}
		if endpoint, ok := strings.CutPrefix(line, "data: "); ok {
			return messages(lines), strings.TrimSpace(endpoint)
		}
	}
}

func TestSSEOffersOnlyTheProtocolsItCanServe(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil))
	stream, endpoint := served.openSSE(t, t.Context())
	discover, _ := modern(1, "server/discover", "", "")
	served.request(t, t.Context(), http.MethodPost, endpoint, discover)

	answered := within(t, stream, "the answer")
	var found struct {
		Versions []string `json:"supportedVersions"`
	}
	if err := json.Unmarshal(answered.Result, &found); err != nil {
		t.Fatalf("no list of versions: %+v", answered)
	}
	if slices.Contains(found.Versions, mcp.ProtocolVersion20260728) || !slices.Contains(found.Versions, "2025-11-25") {
		t.Errorf("HTTP+SSE offers %v", found.Versions)
	}
}

func TestACallEndsWithTheStreamItsAnswerWouldGoTo(t *testing.T) {
	work := newHeld()
	served := serveHTTP(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) }))
	ctx, disconnect := context.WithCancel(t.Context())
	stream, endpoint := served.openSSE(t, ctx)
	served.request(t, t.Context(), http.MethodPost, endpoint, initialize)
	within(t, stream, "the answer to initialize")
	served.request(t, t.Context(), http.MethodPost, endpoint, call(1, "work"))
	within(t, work.started, "the call to start")

	disconnect()
	within(t, work.cancelled, "the call to be cancelled")
}
