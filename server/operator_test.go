package server

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/tools"
)

func asks(*tools.Toolbox, context.Context, greetInput) (*tools.Question, error) {
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
	}{
		"it has not said that it can": {nil, 0},
		"it opens links only":         {&mcp.ElicitationCapability{URL: yes}, 0},
		"it names no mode":            {&mcp.ElicitationCapability{}, 1},
		"it shows forms as well":      {&mcp.ElicitationCapability{Form: yes, URL: yes}, 1},
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
			if got := mcp.GetTextFromContent(result.Content[0]); got != "Hello, Ada!" || len(someone.heard) != c.asked {
				t.Errorf("answered %q, and the operator heard %q", got, someone.heard)
			}
		})
	}
}
