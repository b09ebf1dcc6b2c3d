package server

import (
	"net/http"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/tools"
)

// Guarantee 7.2b. Go's decoder would make U+FFFD of all of these, and mcp-go might decode before the tool does.
func TestWhatIsNotUnicodeIsRefusedOverEveryTransport(t *testing.T) {
	broken := []string{`"a\ud800"`, "\"a\xff\"", `"a\u0000"`}
	request := func(name string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{"name":` + name + `}}}`
	}
	check := func(t *testing.T, name string, answer message) {
		t.Helper()
		if said := text(t, answer); !strings.HasPrefix(said, "[invalid_input] name: is no text") {
			t.Errorf("%q: %s", name, said)
		}
	}
	s := newToolServer(t, greet(t, "greet", tools.Reads, nil))
	t.Run("stdio", func(t *testing.T) {
		client := serveStdio(t, s)
		client.send(initialize)
		client.next()
		for _, name := range broken {
			client.send(request(name))
			check(t, name, client.next())
		}
	})
	served := serveHTTP(t, s)
	t.Run("Streamable HTTP", func(t *testing.T) {
		session := served.initialize(t)
		for _, name := range broken {
			answered := all(served.request(t, t.Context(), http.MethodPost, "/mcp", request(name), "Mcp-Session-Id", session))
			check(t, name, answered[0])
		}
	})
	t.Run("Streamable HTTP without a session", func(t *testing.T) {
		for _, name := range broken {
			body, headers := modern(1, "tools/call", "greet", `"name":"greet","arguments":{"name":`+name+`},`)
			check(t, name, all(served.request(t, t.Context(), http.MethodPost, "/mcp", body, headers...))[0])
		}
	})
	t.Run("HTTP+SSE", func(t *testing.T) {
		stream, endpoint := served.openSSE(t, t.Context())
		served.request(t, t.Context(), http.MethodPost, endpoint, initialize)
		within(t, stream, "the answer to initialize")
		for _, name := range broken {
			served.request(t, t.Context(), http.MethodPost, endpoint, request(name))
			check(t, name, within(t, stream, "the answer to the call"))
		}
	})
}
