package server

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	mcpserver "github.com/mark3labs/mcp-go/server"
)

func TestOnlyLoopbackAddressesAreServed(t *testing.T) {
	s := newServer(t, nil)
	for _, address := range []string{":8080", "0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080", "example.com:8080", "8080", ""} {
		err := s.ListenAndServe(t.Context(), HTTP{Address: address, Ready: func(a net.Addr) { t.Errorf("listens on %s", a) }})
		if err == nil {
			t.Errorf("%q: no error", address)
		}
	}
	err := s.ListenAndServe(t.Context(), HTTP{Address: "0.0.0.0:8080"})
	for _, part := range []string{"0.0.0.0:8080", "no authentication", "127.0.0.1"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the refusal does not say %q: %v", part, err)
		}
	}
}

func TestAPortThatIsTakenIsAnError(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if err := newServer(t, nil).ListenAndServe(t.Context(), HTTP{Address: taken.Addr().String()}); err == nil {
		t.Error("no error")
	}
}

// Each of these would stay open for ever if nobody ended it.
func TestShutdownEndsOpenStreams(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil))
	served.request(t, t.Context(), http.MethodGet, "/mcp", "", "Mcp-Session-Id", served.initialize(t))
	served.openSSE(t, t.Context())
	body, headers := modern(1, "subscriptions/listen", "", `"notifications":{"resourceSubscriptions":["test://x"]},`)
	listening := messages(served.request(t, t.Context(), http.MethodPost, "/mcp", body, headers...).Body)
	if got := within(t, listening, "the subscription to be acknowledged").Method; got != "notifications/subscriptions/acknowledged" {
		t.Fatalf("the stream began with %q", got)
	}

	began := time.Now()
	served.stop()
	served.ended(t)
	if took := time.Since(began); took > closing {
		t.Errorf("the end took %s", took)
	}
}

func TestACallInFlightMayFinishAtShutdown(t *testing.T) {
	work := newHeld()
	served := serveHTTP(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) }))
	session := served.initialize(t)
	stream, endpoint := served.openSSE(t, t.Context())
	served.request(t, t.Context(), http.MethodPost, endpoint, initialize)
	within(t, stream, "the answer to initialize")

	answered := served.later(t, call(1, "work"), "Mcp-Session-Id", session)
	served.request(t, t.Context(), http.MethodPost, endpoint, call(1, "work"))
	within(t, work.started, "one call to start")
	within(t, work.started, "the other call to start")
	served.stop()
	close(work.release)
	if got := text(t, within(t, answered, "the answer over Streamable HTTP")); got != "finished" {
		t.Errorf("answered %q", got)
	}
	if got := text(t, within(t, stream, "the answer over HTTP+SSE")); got != "finished" {
		t.Errorf("answered %q", got)
	}
	served.ended(t)
}

func TestACallThatTakesTooLongIsCancelledAtShutdown(t *testing.T) {
	work := newHeld()
	s := newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) })
	s.grace = time.Millisecond
	served := serveHTTP(t, s)
	body, headers := modern(1, "tools/call", "work", `"name":"work","arguments":{},`)
	served.later(t, body, headers...)
	within(t, work.started, "the call to start")
	served.stop()
	within(t, work.cancelled, "the call to be cancelled")
	served.ended(t)
}

func TestACallEndsWithTheConnectionOfItsClient(t *testing.T) {
	work := newHeld()
	served := serveHTTP(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) }))
	connection, err := net.Dial("tcp", strings.TrimPrefix(served.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	body, headers := modern(1, "tools/call", "work", `"name":"work","arguments":{},`)
	request, err := http.NewRequest(http.MethodPost, served.base+"/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	if err := request.Write(connection); err != nil {
		t.Fatal(err)
	}
	within(t, work.started, "the call to start")
	_ = connection.Close()
	within(t, work.cancelled, "the call to be cancelled")
}
