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

func asks(*tools.Toolbox, context.Context, greetInput) (*tools.Question, error) {
	return &tools.Question{Text: "Really greet?"}, nil
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
	connected, err := newToolServer(t, greet(t, "greet", tools.Destroys, asks)).Connect(t.Context())
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
	if got := mcp.GetTextFromContent(result.Content[0]); got != "Hello, Ada!" {
		t.Errorf("answered %q", got)
	}
}

func TestAModernClientIsAnsweredWithTheQuestionAndRepeatsTheCall(t *testing.T) {
	served := serveHTTP(t, newToolServer(t, greet(t, "greet", tools.Destroys, asks)))
	ask := func(responses string) message {
		body, headers := modern(1, "tools/call", "greet", `"name":"greet","arguments":{"name":"Ada"},`+responses)
		return all(served.request(t, t.Context(), http.MethodPost, "/mcp", body, headers...))[0]
	}
	var question struct {
		ResultType    string `json:"resultType"`
		InputRequests map[string]struct {
			Method string `json:"method"`
			Params struct {
				Message string `json:"message"`
			} `json:"params"`
		} `json:"inputRequests"`
	}
	if err := json.Unmarshal(ask("").Result, &question); err != nil {
		t.Fatal(err)
	}
	asked := question.InputRequests[confirmKey]
	if question.ResultType != "input_required" || asked.Method != "elicitation/create" || asked.Params.Message != "Really greet?" {
		t.Fatalf("the question is %+v", question)
	}
	if got := text(t, ask(`"inputResponses":{"confirm":{"action":"accept","content":{}}},`)); got != "Hello, Ada!" {
		t.Errorf("after agreement: %q", got)
	}
	if got := text(t, ask(`"inputResponses":{"confirm":{"action":"decline"}},`)); !strings.HasPrefix(got, "[cancelled]") {
		t.Errorf("after a refusal: %q", got)
	}
}
