package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/tools"
)

func asks(*tools.Toolbox, context.Context, *greetInput) (*tools.Question, error) {
	text := func(context.Context) (string, error) { return "Really greet?", nil }
	return &tools.Question{Subject: "greeting", Text: text}, nil
}

// person answers every question the same way.
type person struct {
	action mcp.ElicitationResponseAction
	err    error
	heard  []string
}

func (p *person) Elicit(_ context.Context, request mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	p.heard = append(p.heard, request.Params.Message)
	return &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: p.action}}, p.err
}

func TestTheOperatorIsAskedAndDecides(t *testing.T) {
	s := newToolServer(t, greet(t, "greet", tools.Destroys, asks))
	for _, c := range []struct {
		name   string
		person person
		want   string
	}{
		{"agrees", person{action: mcp.ElicitationResponseActionAccept}, "Hello, Ada!"},
		{"declines", person{action: mcp.ElicitationResponseActionDecline}, "[cancelled]"},
		{"closes the question", person{action: mcp.ElicitationResponseActionCancel}, "[cancelled]"},
		{"cannot be reached", person{err: errors.New("no screen")}, "[needs_confirmation]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			connected, err := s.Connect(t.Context(), client.WithElicitationHandler(&c.person))
			if err != nil {
				t.Fatal(err)
			}
			defer connected.Close()
			result, err := connected.CallTool(t.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{
				Name: "greet", Arguments: map[string]any{"name": "Ada"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			if got := mcp.GetTextFromContent(result.Content[0]); !strings.HasPrefix(got, c.want) {
				t.Errorf("answered %q", got)
			}
			if len(c.person.heard) != 1 || c.person.heard[0] != "Really greet?" {
				t.Errorf("the operator heard %q", c.person.heard)
			}
		})
	}
}

func TestAClientThatCannotAskIsNotAsked(t *testing.T) {
	s := newToolServer(t, greet(t, "greet", tools.Destroys, asks))
	yes := &struct{}{}
	for name, c := range map[string]struct {
		can   *mcp.ElicitationCapability
		asked int
		want  string
	}{
		"it has not said that it can": {nil, 0, "Hello, Ada!"},
		// Guarantee 4.2.
		"it opens links only":    {&mcp.ElicitationCapability{URL: yes}, 0, "[needs_confirmation] "},
		"it names no mode":       {&mcp.ElicitationCapability{}, 1, "Hello, Ada!"},
		"it shows forms as well": {&mcp.ElicitationCapability{Form: yes, URL: yes}, 1, "Hello, Ada!"},
	} {
		t.Run(name, func(t *testing.T) {
			someone := &person{action: mcp.ElicitationResponseActionAccept}
			var options []client.ClientOption
			if c.can != nil {
				can := mcp.ClientCapabilities{Elicitation: c.can}
				options = []client.ClientOption{client.WithElicitationHandler(someone), client.WithClientCapabilities(can)}
			}
			connected, err := s.Connect(t.Context(), options...)
			if err != nil {
				t.Fatal(err)
			}
			defer connected.Close()
			result, err := connected.CallTool(t.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{
				Name: "greet", Arguments: map[string]any{"name": "Ada"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			if got := mcp.GetTextFromContent(result.Content[0]); !strings.HasPrefix(got, c.want) || len(someone.heard) != c.asked {
				t.Errorf("answered %q, and the operator heard %q", got, someone.heard)
			}
		})
	}
}

// Guarantee 4.2.
func TestAClientThatOffersToAskOverSSEIsRefused(t *testing.T) {
	for _, c := range []struct{ name, declares, want string }{
		{"declares elicitation", `{"elicitation":{}}`, "[needs_confirmation] The operator has to confirm this"},
		{"declares forms", `{"elicitation":{"form":{}}}`, "/mcp"},
		{"declares nothing", `{}`, "Hello, Ada!"},
	} {
		t.Run(c.name, func(t *testing.T) {
			served := serveHTTP(t, newToolServer(t, greet(t, "greet", tools.Destroys, asks)))
			stream, endpoint := served.openSSE(t, t.Context())
			served.request(t, t.Context(), http.MethodPost, endpoint, strings.Replace(initialize, `"capabilities":{}`, `"capabilities":`+c.declares, 1))
			within(t, stream, "the answer to initialize")
			served.request(t, t.Context(), http.MethodPost, endpoint, callGreet)
			if got := text(t, within(t, stream, "the answer")); !strings.Contains(got, c.want) {
				t.Errorf("answered %q", got)
			}
		})
	}
}

// A 2026-07-28 client is answered with the question, whatever the way.
// Guarantee 4.2.
func TestAModernClientIsAskedByAnAnswer(t *testing.T) {
	served := serveHTTP(t, newToolServer(t, greet(t, "greet", tools.Destroys, asks)))
	body, headers := modern(1, "tools/call", "greet", `"name":"greet","arguments":{"name":"Ada"},`)
	stream, endpoint := served.openSSE(t, t.Context())
	served.request(t, t.Context(), http.MethodPost, endpoint, body, headers...)
	if got := within(t, stream, "the answer over HTTP+SSE"); !strings.Contains(string(got.Result), "Really greet?") {
		t.Errorf("answered %+v", got)
	}
	asked := all(served.request(t, t.Context(), http.MethodPost, "/mcp", body, headers...))
	if len(asked) != 1 || !strings.Contains(string(asked[0].Result), "Really greet?") {
		t.Errorf("answered %+v", asked)
	}
}

const callGreet = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada"}}}`

// nonsense is what clients answer a question with that is no decision.
var nonsense = []string{
	`"result":{}`, `"result":{ }`, `"result":null`, `"result":[]`, `"result":"yes"`, `"result":true`, `"result":{"action":5}`, `"result":{"action":"yes"}`,
	`"result":{"action":null}`, `"result":{"action":"accept","_meta":7}`, `"result":{"content":{}}`, `"error":null`, `"error":{}`, `"extra":1`,
}

// Guarantee 7.4f.
func TestAnAnswerThatSaysNothingDeclines(t *testing.T) {
	declares := strings.Replace(initialize, `"capabilities":{}`, `"capabilities":{"elicitation":{}}`, 1)
	s := newToolServer(t, greet(t, "greet", tools.Destroys, asks))
	served := serveHTTP(t, s)
	for _, said := range nonsense {
		t.Run("over HTTP "+said, func(t *testing.T) {
			response := served.request(t, t.Context(), http.MethodPost, "/mcp", declares)
			id := response.Header.Get("Mcp-Session-Id")
			answers := served.later(t, callGreet, "Mcp-Session-Id", id)
			question := within(t, answers, "the question")
			answer := `{"jsonrpc":"2.0","id":` + string(question.ID) + `,` + said + `}`
			if got := served.request(t, t.Context(), http.MethodPost, "/mcp", answer, "Mcp-Session-Id", id).StatusCode; got != http.StatusAccepted {
				t.Errorf("the answer is received with %d", got)
			}
			if got := text(t, within(t, answers, "the end of the call")); !strings.HasPrefix(got, "[cancelled] ") {
				t.Errorf("answered %q", got)
			}
		})
	}
	client := serveStdio(t, s)
	client.send(declares)
	client.next()
	for _, said := range nonsense {
		t.Run("over stdio "+said, func(t *testing.T) {
			client.send(callGreet)
			client.send(`{"jsonrpc":"2.0","id":` + string(client.next().ID) + `,` + said + `}`)
			if got := text(t, client.next()); !strings.HasPrefix(got, "[cancelled] ") {
				t.Errorf("answered %q", got)
			}
		})
	}
}

// Guarantee 7.4f.
func TestAModernAnswerThatSaysNothingDeclines(t *testing.T) {
	served := serveHTTP(t, newToolServer(t, greet(t, "greet", tools.Destroys, asks)))
	for _, said := range []string{`{}`, `null`, `[]`, `"yes"`, `{"action":5}`, `{"action":"yes"}`} {
		t.Run(said, func(t *testing.T) {
			body, headers := modern(1, "tools/call", "greet", `"name":"greet","arguments":{"name":"Ada"},`)
			var asked struct{ RequestState string }
			if err := json.Unmarshal(all(served.request(t, t.Context(), http.MethodPost, "/mcp", body, headers...))[0].Result, &asked); err != nil {
				t.Fatal(err)
			}
			body, headers = modern(2, "tools/call", "greet",
				`"name":"greet","arguments":{"name":"Ada"},"requestState":"`+asked.RequestState+`","inputResponses":{"confirm":`+said+`},`)
			answered := all(served.request(t, t.Context(), http.MethodPost, "/mcp", body, headers...))
			if got := text(t, answered[0]); !strings.HasPrefix(got, "[cancelled] ") {
				t.Errorf("answered %q", got)
			}
		})
	}
}

// An answer to the ping that keeps a session alive looks like one that says nothing.
// Guarantee 7.4f.
func TestAPongIsNoAnswerToAQuestion(t *testing.T) {
	served := serveHTTP(t, newToolServer(t, greet(t, "greet", tools.Destroys, asks)))
	declares := strings.Replace(initialize, `"capabilities":{}`, `"capabilities":{"elicitation":{}}`, 1)
	id := served.request(t, t.Context(), http.MethodPost, "/mcp", declares).Header.Get("Mcp-Session-Id")
	answers := served.later(t, callGreet, "Mcp-Session-Id", id)
	question := within(t, answers, "the question")
	for _, answer := range []string{`4711,"result":{}`, string(question.ID) + `,"result":{"action":"accept"}`} {
		response := served.request(t, t.Context(), http.MethodPost, "/mcp", `{"jsonrpc":"2.0","id":`+answer+`}`, "Mcp-Session-Id", id)
		if response.StatusCode != http.StatusAccepted {
			t.Errorf("%s is received with %s", answer, response.Status)
		}
	}
	if got := text(t, within(t, answers, "the end of the call")); got != "Hello, Ada!" {
		t.Errorf("answered %q", got)
	}
}
