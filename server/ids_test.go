package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	mcpserver "github.com/mark3labs/mcp-go/server"
)

// identifiers are ids as clients may send them.
var identifiers = []string{
	`0`, `1`, `-1`, `999999999999999`, `1000000000000000`, `9007199254740993`, `18446744073709551617`, `-9007199254740993`, `-0`, `1.50`, `1e3`,
	`1e400`, `"7"`, `""`, `"a-b_c"`, `"0b9c0f6e-3b1f-4b8e-9d57-1f6c2a7f9d11"`, `"9007199254740993"`, `"<&>"`, `"\ud83d"`, `"\"quoted\" \\ \u0000"`, `"naïve 💡"`,
}

func request(id string) string {
	return `{"jsonrpc":"2.0","id":` + id + `,"method":"tools/call","params":{"name":"work","arguments":{"html":"<b>"},"_meta":{"progressToken":` + id + `}}}`
}

// comesBack fails unless the call's id and progress token come back letter by letter.
func comesBack(t *testing.T, id string, next func() message) {
	t.Helper()
	for range 3 {
		note := next()
		var progress struct{ ProgressToken json.RawMessage }
		if err := json.Unmarshal(note.Params, &progress); err != nil || string(progress.ProgressToken) != id && !same(t, progress.ProgressToken, id) {
			t.Errorf("the progress of %s is %s", id, note.Params)
		}
	}
	if got := next(); string(got.ID) != id && !same(t, got.ID, id) || got.Result == nil {
		t.Errorf("%s came back as %s", id, got.ID)
	}
}

// same compares words that may be spelt in more than one way; numbers have to be spelt as they were.
func same(t *testing.T, got json.RawMessage, want string) bool {
	t.Helper()
	var a, b string
	return !strings.Contains(want, `\ud83d`) && json.Unmarshal(got, &a) == nil && json.Unmarshal([]byte(want), &b) == nil && a == b
}

// Guarantee 7.4d.
func TestIDsComeBackAsTheyCame(t *testing.T) {
	s := newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", threeNotes) })
	t.Run("over stdio", func(t *testing.T) {
		client := serveStdio(t, s)
		client.send(initialize)
		client.next()
		for _, id := range identifiers {
			client.send(request(id))
			comesBack(t, id, client.next)
		}
	})
	served := serveHTTP(t, s)
	t.Run("over Streamable HTTP", func(t *testing.T) {
		session := served.initialize(t)
		for _, id := range identifiers {
			answers := served.later(t, request(id), "Mcp-Session-Id", session)
			comesBack(t, id, func() message { return within(t, answers, "a message") })
		}
	})
	t.Run("over HTTP+SSE", func(t *testing.T) {
		stream, endpoint := served.openSSE(t, t.Context())
		served.request(t, t.Context(), http.MethodPost, endpoint, initialize)
		within(t, stream, "the answer to initialize")
		for _, id := range identifiers {
			served.request(t, t.Context(), http.MethodPost, endpoint, request(id))
			comesBack(t, id, func() message { return within(t, stream, "a message") })
		}
	})
}

// Guarantee 7.4d.
func TestACallIsCancelledByTheIDThatItHas(t *testing.T) {
	work := newHeld()
	client := serveStdio(t, newServer(t, func(m *mcpserver.MCPServer) { tool(m, "work", work.run) }))
	const cancel = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%s}}`
	// Each is taken for its neighbour where ids are read as floats, or written without their quotes.
	for _, c := range [][2]string{{`9007199254740993`, `9007199254740992`}, {`"7"`, `7`}, {`7`, `"7"`}} {
		client.send(call(1, "work"))
		client.send(strings.Replace(call(1, "work"), `"id":1`, `"id":`+c[0], 1))
		within(t, work.started, "one call to start")
		within(t, work.started, "the other call to start")
		client.send(fmt.Sprintf(cancel, c[1]))
		client.send(`{"jsonrpc":"2.0","id":2,"method":"ping"}`)
		if got := client.next(); string(got.ID) != "2" {
			t.Fatalf("%s was cancelled as %s: %+v", c[0], c[1], got)
		}
		client.send(fmt.Sprintf(cancel, c[0]))
		if got := client.next(); string(got.ID) != c[0] {
			t.Errorf("%s: %+v", c[0], got)
		}
		within(t, work.cancelled, "the call to be cancelled")
		client.send(fmt.Sprintf(cancel, "1"))
		client.next()
		within(t, work.cancelled, "the other call to be cancelled")
	}
}

// Guarantee 7.4d.
func TestOnlyHiddenIDsAreShown(t *testing.T) {
	i := newIDs()
	for _, message := range []string{`{"id":1}`, string(i.mark) + `no hex"`, string(i.mark[1:]) + `31"`} {
		if got := string(i.show([]byte(message))); strings.HasPrefix(got, "1") || !strings.HasSuffix(got, message[len(message)-4:]) {
			t.Errorf("%s became %s", message, got)
		}
	}
	hidden, changed := i.hide([]byte(request("1.0")), envelopeOf([]byte(request("1.0"))))
	if !changed || strings.Contains(string(hidden), "1.0") {
		t.Errorf("not hidden: %s", hidden)
	}
	if got := string(i.show(hidden)); strings.Count(got, "1.0") != 2 || !strings.Contains(got, `<b>`) {
		t.Errorf("became %s", got)
	}
}

// FuzzIDs: whatever a client sends stays JSON, and is as it was but for the order of its members.
// Guarantee 7.4d.
func FuzzIDs(f *testing.F) {
	for _, id := range identifiers {
		f.Add(request(id))
	}
	f.Add(`{"id":[1],"params":{"requestId":null,"_meta":[]}}`)
	f.Add(`[1e999]`)
	i := newIDs()
	f.Fuzz(func(t *testing.T, message string) {
		e := envelopeOf([]byte(message))
		hidden, changed := i.hide([]byte(message), e)
		if changed && !json.Valid(hidden) {
			t.Fatalf("%q became %q", message, hidden)
		}
		if changed && !json.Valid(i.show(hidden)) {
			t.Fatalf("%q came back as %q", message, i.show(hidden))
		}
	})
}

func TestTheIDsThatAreLeftAlone(t *testing.T) {
	for id, want := range map[string]bool{
		"": true, "null": true, "0": true, "7": true, "-7": true, "999999999999999": true, "-999999999999999": true,
		`"a"`: true, `"_"`: true, `"7f-3"`: true, `"1e5"`: true,
		"1000000000000000": false, "-0": false, "1.0": false, "1e3": false, "9223372036854775808": false, "true": false, "{}": false,
		`""`: false, `"7"`: false, `"-7"`: false, `"a b"`: false, `"é"`: false, `"a\"b"`: false, `"\u0061"`: false,
	} {
		if got := isEasy(json.RawMessage(id)); got != want {
			t.Errorf("%s: %t", id, got)
		}
	}
}
