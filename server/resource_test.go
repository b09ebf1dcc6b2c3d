package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"mailtrap-contacts-mcp/resources"
)

// readable are all resources, each of which tells how its tool was called. A contact called nobody does not exist, and one
// called ghost panics.
func readable() []resources.Resource {
	return resources.All(resources.Sources{
		Call: func(_ context.Context, tool string, arguments json.RawMessage) (json.RawMessage, error) {
			switch {
			case bytes.Contains(arguments, []byte("nobody")):
				return nil, errors.New("[not_found] There is no contact nobody.")
			case bytes.Contains(arguments, []byte("ghost")):
				panic("secret detail")
			}
			return fmt.Appendf(nil, `{"tool":%q,"given":%s}`, tool, arguments), nil
		},
		Offered:  func(string) bool { return true },
		Contacts: func(context.Context) []string { return []string{"ann@example.com", "bob@example.com"} },
		Jobs:     func(context.Context) []string { panic("boo") },
	})
}

// inBothEras runs a test with an in-process client of either era of the protocol.
func inBothEras(t *testing.T, test func(t *testing.T, agent *client.Client, modern bool)) {
	t.Helper()
	var log bytes.Buffer
	s, err := New(Options{Name: "test", Version: "1", Resources: readable(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{mcp.LATEST_LEGACY_PROTOCOL_VERSION, "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			agent, err := s.ConnectAs(t.Context(), mcp.InitializeParams{ProtocolVersion: version, ClientInfo: mcp.Implementation{Name: "test", Version: "1"}})
			if err != nil {
				t.Fatal(err)
			}
			defer agent.Close()
			test(t, agent, version == "2026-07-28")
		})
	}
	if strings.Contains(log.String(), "ghost") {
		t.Errorf("an address is logged: %s", log.String())
	}
}

func read(t *testing.T, agent *client.Client, uri string) (*mcp.ReadResourceResult, error) {
	t.Helper()
	return agent.ReadResource(t.Context(), mcp.ReadResourceRequest{Params: mcp.ReadResourceParams{URI: uri}})
}

func TestResourcesAreListedInTheirOrderAndTheTwinsAreNot(t *testing.T) {
	inBothEras(t, func(t *testing.T, agent *client.Client, _ bool) {
		single, err := agent.ListResources(t.Context(), mcp.ListResourcesRequest{})
		if err != nil {
			t.Fatal(err)
		}
		templates, err := agent.ListResourceTemplates(t.Context(), mcp.ListResourceTemplatesRequest{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range single.Resources {
			got = append(got, strings.Join([]string{r.URI, r.Name, r.Title, r.MIMEType}, "|"))
		}
		for _, r := range templates.ResourceTemplates {
			got = append(got, strings.Join([]string{r.URITemplate.Raw(), r.Name, r.Title, r.MIMEType}, "|"))
		}
		var want []string
		for _, r := range readable() {
			want = append(want, strings.Join([]string{r.URI, r.Name, r.Title, "application/json"}, "|"))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAResourceIsReadUnderTheURIItIsAskedBy(t *testing.T) {
	inBothEras(t, func(t *testing.T, agent *client.Client, modern bool) {
		for _, test := range []struct {
			uri, want string
			fresh     int64
		}{
			{"mailtrap://account", `{"tool":"get_account","given":{}}`, 60_000},
			{"mailtrap://lists", `{"tool":"list_lists","given":{}}`, 60_000},
			{"mailtrap://fields", `{"tool":"list_fields","given":{}}`, 60_000},
			{"mailtrap://changes", `{"tool":"list_changes","given":{}}`, 0},
			{"mailtrap://jobs/import-1.2-20260101t000000abcd", `{"tool":"get_job","given":{"job_id":"import-1.2-20260101t000000abcd","wait_seconds":0}}`, 1000},
			{"mailtrap://contacts/a%2Bb%40x.io", `{"tool":"get_contact","given":{"contact":"a+b@x.io"}}`, 5000},
			{"mailtrap://contacts/a+b@x.io", `{"tool":"get_contact","given":{"contact":"a+b@x.io"}}`, 5000},
			{"mailtrap://contacts/a%2Bb@x.io", `{"tool":"get_contact","given":{"contact":"a+b@x.io"}}`, 5000},
			{"mailtrap://contacts/o'neil@x.io", `{"tool":"get_contact","given":{"contact":"o'neil@x.io"}}`, 5000},
			{"mailtrap://contacts/john%23doe%40x.io", `{"tool":"get_contact","given":{"contact":"john#doe@x.io"}}`, 5000},
			{"mailtrap://contacts/lists%2F5", `{"tool":"get_contact","given":{"contact":"lists/5"}}`, 5000},
			{"mailtrap://contacts/../account", `{"tool":"get_contact","given":{"contact":"../account"}}`, 5000},
		} {
			result, err := read(t, agent, test.uri)
			if err != nil {
				t.Errorf("%s: %v", test.uri, err)
				continue
			}
			want := []mcp.ResourceContents{mcp.TextResourceContents{URI: test.uri, MIMEType: "application/json", Text: test.want}}
			if diff := cmp.Diff(want, result.Contents); diff != "" {
				t.Errorf("%s: %s", test.uri, diff)
			}
			if fresh, set := result.TTL(); modern && (!set || fresh != test.fresh || result.CacheScope != mcp.CacheScopePrivate) {
				t.Errorf("%s: may be kept %d ms (%t), %s", test.uri, fresh, set, result.CacheScope)
			}
		}
	})
}

func TestWhatCannotBeReadIsAProtocolErrorWithTheToolsWords(t *testing.T) {
	inBothEras(t, func(t *testing.T, agent *client.Client, _ bool) {
		for uri, want := range map[string]string{
			"mailtrap://contacts/nobody%40x.io": "[not_found] There is no contact nobody.",
			"mailtrap://contacts/":              "[invalid_input]",
			"mailtrap://jobs/%20":               "[invalid_input]",
			"mailtrap://contacts/ghost@x.io":    errDefect.Error(),
			"mailtrap://nothing":                "resource not found",
			"mailtrap://contacts":               "resource not found",
			"mailtrap://contacts/%zz":           "resource not found",
			"mailtrap://contacts/a b":           "resource not found",
			"file:///etc/passwd":                "resource not found",
			"":                                  "resource not found",
		} {
			result, err := read(t, agent, uri)
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q: %+v %v, want %q", uri, result, err, want)
			}
		}
	})
}

// Guarantee 10.12. A contact that is not there is as unknown as a URI that is none.
func TestTheCodeOfAnUnknownResourceIsThatOfTheEra(t *testing.T) {
	s, err := New(Options{Resources: readable()})
	if err != nil {
		t.Fatal(err)
	}
	served := serveHTTP(t, s)
	for uri, says := range map[string]string{
		"mailtrap://nothing": "resource not found", "mailtrap://contacts/nobody%40x.io": "[not_found] There is no contact nobody.",
	} {
		legacy := all(served.request(t, t.Context(), http.MethodPost, "/mcp",
			`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"`+uri+`"}}`,
			"Mcp-Session-Id", served.initialize(t)))
		body, headers := modern(1, "resources/read", uri, `"uri":"`+uri+`",`)
		current := all(served.request(t, t.Context(), http.MethodPost, "/mcp", body, headers...))
		for code, answered := range map[int][]message{mcp.RESOURCE_NOT_FOUND: legacy, mcp.INVALID_PARAMS: current} {
			if len(answered) != 1 || answered[0].Error == nil || answered[0].Error.Code != code || !strings.Contains(answered[0].Error.Message, says) || strings.Contains(answered[0].Error.Message, "-32") {
				t.Errorf("%s: want the error %d, got %+v", uri, code, answered)
			}
		}
	}
}

func TestTheVariableOfATemplateIsCompleted(t *testing.T) {
	inBothEras(t, func(t *testing.T, agent *client.Client, _ bool) {
		for _, test := range []struct {
			template, variable, prefix string
			want                       []string
		}{
			{"mailtrap://contacts/{contact}", "contact", "A", []string{"ann@example.com"}},
			{"mailtrap://contacts/{contact}", "contact", "", []string{"ann@example.com", "bob@example.com"}},
			{"mailtrap://contacts/{contact}", "nonsense", "", []string{}},
			{"mailtrap://jobs/{id}", "id", "", []string{}}, // it panics
			{"mailtrap://lists", "x", "", []string{}},
			{"mailtrap://nothing/{x}", "x", "", []string{}},
		} {
			completed, err := agent.Complete(t.Context(), mcp.CompleteRequest{Params: mcp.CompleteParams{
				Ref:      mcp.ResourceReference{Type: "ref/resource", URI: test.template},
				Argument: mcp.CompleteArgument{Name: test.variable, Value: test.prefix},
			}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, completed.Completion.Values); diff != "" {
				t.Errorf("%s %s %q: %s", test.template, test.variable, test.prefix, diff)
			}
		}
	})
}

func TestAReadingEndsWithTheStreamItsAnswerWouldGoTo(t *testing.T) {
	reading := newHeld()
	served := serveHTTP(t, newServer(t, func(m *mcpserver.MCPServer) {
		m.AddResource(mcp.Resource{URI: "test://slow", Name: "slow"}, func(ctx context.Context, _ mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
			_, err := reading.run(ctx, mcp.CallToolRequest{})
			return nil, err
		})
	}))
	ctx, leave := context.WithCancel(t.Context())
	stream, endpoint := served.openSSE(t, ctx)
	served.request(t, t.Context(), http.MethodPost, endpoint, initialize)
	within(t, stream, "the answer to initialize")
	served.request(t, t.Context(), http.MethodPost, endpoint, `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"test://slow"}}`)
	within(t, reading.started, "the reading to start")
	leave()
	within(t, reading.cancelled, "the reading to end")
}
