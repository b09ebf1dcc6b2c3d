package server

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestOnlyRequestsFromHereAndFromAllowedPagesGetThrough(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil), "https://app.example.com")
	own := served.base
	cases := []struct {
		name    string
		headers []string
		allowed bool
	}{
		{"a program sends no origin", nil, true},
		{"a page of our own", []string{"Origin", own}, true},
		{"a page on the list", []string{"Origin", "https://app.example.com"}, true},
		{"a foreign page", []string{"Origin", "https://evil.example.com"}, false},
		{"a page that hides its origin", []string{"Origin", "null"}, false},
		{"another page on this machine", []string{"Origin", "http://localhost:5173"}, false},
		{"a page on the list, over http", []string{"Origin", "http://app.example.com"}, false},
		{"a name pointed at this machine", []string{"Host", "evil.example.com"}, false},
		{"a name that begins like ours", []string{"Host", "localhost.evil.example.com"}, false},
		{"a rebound page and its own name", []string{"Host", "evil.example.com:80", "Origin", "http://evil.example.com:80"}, false},
		{"localhost in capitals", []string{"Host", "LOCALHOST:1"}, true},
		{"the loopback address of IPv6", []string{"Host", "[::1]:1"}, true},
		{"the loopback address of IPv6 without a port", []string{"Host", "[::1]"}, true},
	}
	routes := []struct{ method, path, body string }{
		{http.MethodPost, "/mcp", initialize},
		{http.MethodGet, "/mcp", ""},
		{http.MethodDelete, "/mcp", ""},
		{http.MethodGet, "/sse", ""},
		{http.MethodPost, "/message?sessionId=x", initialize},
		{http.MethodGet, "/healthz", ""},
	}
	for _, c := range cases {
		for _, route := range routes {
			t.Run(c.name+" "+route.method+" "+route.path, func(t *testing.T) {
				response := served.request(t, t.Context(), route.method, route.path, route.body, c.headers...)
				if got := response.StatusCode != http.StatusForbidden; got != c.allowed {
					t.Errorf("answered with %s", response.Status)
				}
			})
		}
	}
}

func TestOnlyAllowedPagesMayReadTheAnswers(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil), "https://app.example.com")
	for _, path := range []string{"/mcp", "/sse", "/message"} {
		response := served.request(t, t.Context(), http.MethodOptions, path, "",
			"Origin", "https://app.example.com", "Access-Control-Request-Method", "POST")
		if got := response.Header.Get("Access-Control-Allow-Origin"); got != "https://app.example.com" {
			t.Errorf("%s: Access-Control-Allow-Origin is %q", path, got)
		}
		allowed := strings.ToLower(response.Header.Get("Access-Control-Allow-Headers"))
		for _, header := range []string{"mcp-protocol-version", "mcp-method", "mcp-name", "mcp-session-id", "content-type"} {
			if !strings.Contains(allowed, header) {
				t.Errorf("%s: a page may not send %s, only %s", path, header, allowed)
			}
		}
	}
	plain := serveHTTP(t, newServer(t, nil))
	response := plain.request(t, t.Context(), http.MethodGet, "/sse", "")
	if got := response.Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("/sse is open to pages of %q", got)
	}
}

func TestTheSessionIsReadableByAllowedPages(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil), "https://app.example.com")
	response := served.request(t, t.Context(), http.MethodPost, "/mcp", initialize, "Origin", "https://app.example.com")
	if got := response.Header.Get("Access-Control-Expose-Headers"); !strings.Contains(got, "Mcp-Session-Id") {
		t.Errorf("Access-Control-Expose-Headers is %q", got)
	}
}

func TestHealth(t *testing.T) {
	served := serveHTTP(t, newServer(t, nil))
	response := served.request(t, t.Context(), http.MethodGet, "/healthz", "")
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK || string(body) != "ok\n" {
		t.Errorf("answered with %s: %s", response.Status, body)
	}
}
