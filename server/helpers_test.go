package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// message is any JSON-RPC message, as far as the tests look at it.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func newServer(t *testing.T, extend func(*mcpserver.MCPServer)) *Server {
	t.Helper()
	s, err := New(Options{Name: "test", Version: "1", Extend: extend})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tool offers a tool without arguments.
func tool(server *mcpserver.MCPServer, name string, run mcpserver.ToolHandlerFunc) {
	server.AddTool(mcp.Tool{Name: name, RawInputSchema: json.RawMessage(`{"type":"object","properties":{}}`)}, run)
}

func says(text string) mcpserver.ToolHandlerFunc {
	return func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultText(text), nil
	}
}

// threeNotes reports progress three times, too fast for the throttle to matter, and answers.
func threeNotes(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	p := progressOf(ctx, request)
	for i := range 3 {
		p.last = time.Time{}
		p.report(i+1, 3, "")
	}
	p.finish(ctx)
	return mcp.NewToolResultText("done"), nil
}

// held is a tool that runs until it is let go or cancelled.
type held struct {
	started, release, cancelled chan struct{}
}

func newHeld() *held {
	return &held{make(chan struct{}, 10), make(chan struct{}), make(chan struct{}, 10)}
}

func (h *held) run(ctx context.Context, _ mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	h.started <- struct{}{}
	select {
	case <-h.release:
		return mcp.NewToolResultText("finished"), nil
	case <-ctx.Done():
		h.cancelled <- struct{}{}
		return mcp.NewToolResultError("cancelled"), nil
	}
}

// within fails the test if ch stays silent.
func within[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(10 * time.Second):
		t.Fatalf("waited in vain: %s", what)
		panic("unreachable")
	}
}

// site is a server on a loopback port.
type site struct {
	base string
	stop context.CancelFunc
	done chan error
	web  *http.Client
}

func serveHTTP(t *testing.T, s *Server, origins ...string) *site {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	bound := make(chan net.Addr, 1)
	served := &site{stop: stop, done: make(chan error, 1), web: &http.Client{Transport: &http.Transport{}}}
	go func() {
		served.done <- s.ListenAndServe(ctx, HTTP{
			Address: "127.0.0.1:0", Origins: origins, Ready: func(a net.Addr) { bound <- a },
		})
	}()
	served.base = "http://" + within(t, bound, "the server to listen").String()
	t.Cleanup(func() {
		stop()
		served.web.CloseIdleConnections()
		if err, open := <-served.done; open && err != nil {
			t.Errorf("serving ended with %v", err)
		}
	})
	return served
}

// ended waits for the server to be done, after stop.
func (s *site) ended(t *testing.T) {
	t.Helper()
	if err := within(t, s.done, "the server to end"); err != nil {
		t.Errorf("serving ended with %v", err)
	}
	close(s.done)
}

// request sends a request to path; headers are pairs.
func (s *site) request(t *testing.T, ctx context.Context, method, path, body string, headers ...string) *http.Response {
	t.Helper()
	response, err := s.try(ctx, method, path, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// later posts a message to /mcp and passes on what is answered, which is nothing if the connection breaks.
func (s *site) later(t *testing.T, body string, headers ...string) <-chan message {
	answered := make(chan message, 100)
	go func() {
		defer close(answered)
		response, err := s.try(t.Context(), http.MethodPost, "/mcp", body, headers...)
		if err != nil {
			return
		}
		defer response.Body.Close()
		for m := range messages(response.Body) {
			answered <- m
		}
	}()
	return answered
}

func (s *site) try(ctx context.Context, method, path, body string, headers ...string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.base+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Accept", "application/json, text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	return s.web.Do(request)
}

// initialize opens a session of a 2025-11-25 client and returns its id.
func (s *site) initialize(t *testing.T) string {
	t.Helper()
	response := s.request(t, t.Context(), http.MethodPost, "/mcp", initialize)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("initialize was answered with %s", response.Status)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	return response.Header.Get("Mcp-Session-Id")
}

const initialize = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",` +
	`"capabilities":{},"clientInfo":{"name":"test","version":"1"}}}`

// call is the request for a tool, with a progress token equal to the request's id.
func call(id int, name string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{`+
		`"name":%q,"arguments":{},"_meta":{"progressToken":%d}}}`, id, name, id)
}

// modern is a request of a 2026-07-28 client, with the headers that go with it.
func modern(id int, method, name, params string) (body string, headers []string) {
	body = fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":{%s"_meta":{`+
		`"io.modelcontextprotocol/protocolVersion":"2026-07-28",`+
		`"io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"},`+
		`"io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}}`, id, method, params)
	headers = []string{"Mcp-Protocol-Version", "2026-07-28", "Mcp-Method", method}
	if name != "" {
		headers = append(headers, "Mcp-Name", name)
	}
	return body, headers
}

// messages reads the JSON-RPC messages of a response, be it one or a stream, and passes them on until it ends.
func messages(body io.Reader) <-chan message {
	found := make(chan message, 100)
	go func() {
		defer close(found)
		lines := bufio.NewReader(body)
		for {
			line, err := lines.ReadBytes('\n')
			var m message
			if json.Unmarshal(bytes.TrimPrefix(line, []byte("data: ")), &m) == nil {
				found <- m
			}
			if err != nil {
				return
			}
		}
	}()
	return found
}

// all reads a response to its end.
func all(response *http.Response) []message {
	var found []message
	for m := range messages(response.Body) {
		found = append(found, m)
	}
	return found
}

// text is the text of a tool's result.
func text(t *testing.T, m message) string {
	t.Helper()
	if m.Error != nil {
		t.Fatalf("a protocol error instead of a result: %d %s", m.Error.Code, m.Error.Message)
	}
	var result struct {
		Content []struct{ Text string } `json:"content"`
	}
	if err := json.Unmarshal(m.Result, &result); err != nil || len(result.Content) == 0 {
		t.Fatalf("no text in the result %s", m.Result)
	}
	return result.Content[0].Text
}
