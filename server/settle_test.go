package server

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	mcpserver "github.com/mark3labs/mcp-go/server"
)

// rounds is how often each transport is tried: without the wait, more than half of the rounds lose a note.
const rounds = 100

func offerNotes(server *mcpserver.MCPServer) { tool(server, "notes", threeNotes) }

// inOrderOfArrival fails unless three progress notes come before the result.
func inOrderOfArrival(t *testing.T, got []message) {
	t.Helper()
	if len(got) != 4 || got[3].Result == nil {
		t.Fatalf("want three notes and then the result, got %d messages, the last of method %q", len(got), got[len(got)-1].Method)
	}
	for _, note := range got[:3] {
		if note.Method != "notifications/progress" {
			t.Fatalf("want a progress note, got %q", note.Method)
		}
	}
}

func TestProgressPrecedesTheResultOverStdio(t *testing.T) {
	client := serveStdio(t, newServer(t, offerNotes))
	client.send(initialize)
	client.next()
	for i := range rounds {
		client.send(call(i+1, "notes"))
		inOrderOfArrival(t, []message{client.next(), client.next(), client.next(), client.next()})
	}
}

func TestProgressPrecedesTheResultOverStreamableHTTP(t *testing.T) {
	served := serveHTTP(t, newServer(t, offerNotes))
	session := served.initialize(t)
	for i := range rounds {
		response := served.request(t, t.Context(), http.MethodPost, "/mcp", call(i+1, "notes"), "Mcp-Session-Id", session)
		inOrderOfArrival(t, all(response))
	}
}

func TestProgressPrecedesTheResultForModernClients(t *testing.T) {
	served := serveHTTP(t, newServer(t, offerNotes))
	for i := range rounds {
		body, headers := modern(i+1, "tools/call", "notes", `"name":"notes","arguments":{},`)
		body = body[:len(body)-3] + fmt.Sprintf(`,"progressToken":"t%d"}}}`, i)
		response := served.request(t, t.Context(), http.MethodPost, "/mcp", body, headers...)
		inOrderOfArrival(t, all(response))
	}
}

func TestProgressPrecedesTheResultOverSSE(t *testing.T) {
	served := serveHTTP(t, newServer(t, offerNotes))
	stream, endpoint := served.openSSE(t, t.Context())
	post := func(body string) {
		response := served.request(t, t.Context(), http.MethodPost, endpoint, body)
		_, _ = io.Copy(io.Discard, response.Body)
	}
	post(initialize)
	within(t, stream, "the answer to initialize")
	for i := range rounds {
		post(call(i+1, "notes"))
		var got []message
		for range 4 {
			got = append(got, within(t, stream, "a message"))
		}
		inOrderOfArrival(t, got)
	}
}

func TestAnEmptySubscriptionIsAcknowledgedBeforeItEnds(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil))
	for i := range rounds {
		body, headers := modern(i+1, "subscriptions/listen", "", `"notifications":{"toolsListChanged":true},`)
		got := all(served.request(t, t.Context(), http.MethodPost, "/mcp", body, headers...))
		if len(got) != 2 || got[0].Method != "notifications/subscriptions/acknowledged" || got[1].Result == nil {
			t.Fatalf("want the acknowledgement and then the result, got %d messages, the first of method %q", len(got), got[0].Method)
		}
	}
}
