package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// stdioClient is the other end of a served stdio. mcp-go keeps the stdio session in a variable of its package, so these
// tests do not run in parallel.
type stdioClient struct {
	t    *testing.T
	in   *io.PipeWriter
	out  <-chan message
	stop context.CancelFunc
	done chan error
}

func serveStdio(t *testing.T, s *Server) *stdioClient {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	client := &stdioClient{t: t, in: toServer, out: messages(fromServer), stop: stop, done: make(chan error, 1)}
	go func() {
		client.done <- s.ServeStdio(ctx, fromClient, toClient)
		_ = toClient.Close()
	}()
	t.Cleanup(func() {
		_ = toServer.Close()
		for range client.out {
		}
		stop()
	})
	return client
}

func (c *stdioClient) send(line string) {
	c.t.Helper()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
}

func (c *stdioClient) next() message {
	c.t.Helper()
	return within(c.t, c.out, "a message from the server")
}

func (c *stdioClient) ended() {
	c.t.Helper()
	if err := within(c.t, c.done, "the server to end"); err != nil {
		c.t.Errorf("serving ended with %v", err)
	}
}

func TestWhatWasAskedBeforeTheEndOfInputIsAnswered(t *testing.T) {
	asked := []string{initialize, `{"jsonrpc":"2.0","method":"notifications/initialized"}`, call(1, "a"), call(2, "a"), call(3, "a")}
	var out strings.Builder
	s := newServer(t, func(m *mcpserver.MCPServer) { tool(m, "a", says("hello")) })
	// The last line has no newline.
	if err := s.ServeStdio(t.Context(), strings.NewReader(strings.Join(asked, "\n")), &out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "hello"); got != 3 {
		t.Errorf("%d of 3 calls were answered:\n%s", got, out.String())
	}
}

func TestACallInFlightMayFinishAfterTheEndOfInput(t *testing.T) {
	work := newHeld()
	client := serveStdio(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) }))
	client.send(call(1, "work"))
	within(t, work.started, "the call to start")
	_ = client.in.Close()
	close(work.release)
	if got := text(t, client.next()); got != "finished" {
		t.Errorf("answered %q", got)
	}
	client.ended()
}

func TestACallInFlightMayFinishAfterASignal(t *testing.T) {
	work := newHeld()
	client := serveStdio(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) }))
	client.send(call(1, "work"))
	within(t, work.started, "the call to start")
	client.stop()
	close(work.release)
	if got := text(t, client.next()); got != "finished" {
		t.Errorf("answered %q", got)
	}
	client.ended()
}

func TestACallThatTakesTooLongIsCancelledAtTheEnd(t *testing.T) {
	work := newHeld()
	s := newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) })
	s.linger = time.Millisecond
	client := serveStdio(t, s)
	client.send(call(1, "work"))
	within(t, work.started, "the call to start")
	_ = client.in.Close()
	within(t, work.cancelled, "the call to be cancelled")
	client.ended()
}

// Guarantee 7.3a.
func TestASignalShortensTheTimeAfterTheEndOfInput(t *testing.T) {
	work := newHeld()
	s := newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) })
	s.linger, s.grace = time.Hour, time.Millisecond
	client := serveStdio(t, s)
	client.send(call(1, "work"))
	within(t, work.started, "the call to start")
	_ = client.in.Close()
	client.stop()
	within(t, work.cancelled, "the call to be cancelled")
	client.ended()
}

// brokenPipe is the output to a client that has died, from the second message on.
type brokenPipe struct{ first chan struct{} }

func (b *brokenPipe) Write(p []byte) (int, error) {
	select {
	case <-b.first:
		return 0, syscall.EPIPE
	default:
		close(b.first)
		return len(p), nil
	}
}

// The client has died, and something else still holds our standard input open.
// Guarantee 7.3a.
func TestCallsInFlightFinishWhenNobodyReadsTheAnswers(t *testing.T) {
	work := newHeld()
	s := newServer(t, func(m *mcpserver.MCPServer) {
		tool(m, "work", func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			defer close(work.cancelled)
			if result, _ := work.run(ctx, request); result.IsError {
				t.Error("the call was cancelled")
			}
			return mcp.NewToolResultText("finished"), nil
		})
	})
	in, toServer := io.Pipe()
	defer toServer.Close()
	out := &brokenPipe{make(chan struct{})}
	done := make(chan error, 1)
	go func() { done <- s.ServeStdio(t.Context(), in, out) }()
	for _, line := range []string{initialize, call(1, "work"), `{"jsonrpc":"2.0","id":2,"method":"ping"}`} {
		if _, err := io.WriteString(toServer, line+"\n"); err != nil {
			t.Fatal(err)
		}
		if line == initialize {
			within(t, out.first, "the answer to initialize")
		}
	}
	within(t, work.started, "the call to start")
	close(work.release)
	within(t, work.cancelled, "the call to finish")
	if err := within(t, done, "the server to end"); err != nil {
		t.Errorf("serving ended with %v", err)
	}
}

// Guarantee 7.4e.
func TestAByteOrderMarkBeforeAMessageIsOverlooked(t *testing.T) {
	client := serveStdio(t, newServer(t, nil))
	client.send("\ufeff" + initialize)
	if got := client.next(); got.Error != nil || string(got.ID) != "0" {
		t.Errorf("over stdio: %+v", got)
	}
	served := serveHTTP(t, newServer(t, nil))
	if got := all(served.request(t, t.Context(), http.MethodPost, "/mcp", "\ufeff"+initialize)); len(got) != 1 || got[0].Error != nil {
		t.Errorf("over HTTP: %+v", got)
	}
}

func TestACallIsCancelledByItsClient(t *testing.T) {
	work := newHeld()
	client := serveStdio(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) }))
	client.send(call(7, "work"))
	within(t, work.started, "the call to start")
	client.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}`)
	within(t, work.cancelled, "the call to be cancelled")
}

func TestManyCallsRunAtOnceOverStdio(t *testing.T) {
	work := newHeld()
	work.started = make(chan struct{}, workers)
	client := serveStdio(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) }))
	for i := range workers {
		client.send(call(i+1, "work"))
	}
	for range workers {
		within(t, work.started, "all calls to start")
	}
	close(work.release)
	for range workers {
		client.next()
	}
}

func TestALineThatIsTooLongIsRefusedAndTheNextOneAnswered(t *testing.T) {
	client := serveStdio(t, newServer(t, nil))
	go func() {
		_, _ = io.WriteString(client.in, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"`)
		_, _ = io.WriteString(client.in, strings.Repeat("x", maxLine))
		_, _ = io.WriteString(client.in, "\"}}\n\n"+`{"jsonrpc":"2.0","id":2,"method":"ping"}`+"\n")
	}()
	if refused := client.next(); refused.Error == nil || !strings.Contains(refused.Error.Message, "16 MB") {
		t.Errorf("want a refusal that names the limit, got %+v", refused)
	}
	if answered := client.next(); string(answered.ID) != "2" || answered.Result == nil {
		t.Errorf("want the answer to the next request, got %+v", answered)
	}
}

func TestNothingButMessagesIsWrittenToStdout(t *testing.T) {
	asked := []string{"not json", `{"jsonrpc":"1.0","id":1,"method":"ping"}`, `{"jsonrpc":"2.0","id":2,"method":"no/such"}`,
		`[]`, `{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"no_such"}}`}
	var out strings.Builder
	if err := newServer(t, nil).ServeStdio(t.Context(), strings.NewReader(strings.Join(asked, "\n")), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != len(asked) {
		t.Errorf("%d answers to %d messages:\n%s", len(lines), len(asked), out.String())
	}
	for _, line := range lines {
		var m message
		if err := json.Unmarshal([]byte(line), &m); err != nil || m.Error == nil {
			t.Errorf("want an error as an answer, got %s", line)
		}
	}
}

func TestAReadErrorIsReported(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(initialize+"\n"), brokenReader{})
	if err := newServer(t, nil).ServeStdio(t.Context(), broken, io.Discard); err == nil {
		t.Error("no error")
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, fmt.Errorf("device gone") }
