package server

import (
	"context"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"mailtrap-contacts-mcp/prompts"
)

func TestAPanickingPromptDoesNotEndTheServer(t *testing.T) {
	s := newServer(t, func(m *mcpserver.MCPServer) {
		m.AddPrompt(mcp.Prompt{Name: "bad"}, func(context.Context, mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
			panic("secret detail")
		})
	})
	client, err := s.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	_, err = client.GetPrompt(t.Context(), mcp.GetPromptRequest{Params: mcp.GetPromptParams{Name: "bad"}})
	if err == nil || strings.Contains(err.Error(), "secret detail") {
		t.Errorf("got %v", err)
	}
}

func TestPromptsAreListedInTheirOrderAndWritten(t *testing.T) {
	offered := prompts.All(prompts.Sources{})
	s, err := New(Options{Prompts: offered})
	if err != nil {
		t.Fatal(err)
	}
	client, err := s.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	listed, err := client.ListPrompts(t.Context(), mcp.ListPromptsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if len(listed.Prompts) != len(offered) {
		t.Fatalf("%d of %d prompts are listed", len(listed.Prompts), len(offered))
	}
	for i, prompt := range listed.Prompts {
		given := map[string]string{}
		for _, argument := range prompt.Arguments {
			given[argument.Name] = "x"
		}
		want, err := offered[i].Text(given)
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.GetPrompt(t.Context(), mcp.GetPromptRequest{Params: mcp.GetPromptParams{Name: prompt.Name, Arguments: given}})
		if err != nil {
			t.Fatal(err)
		}
		if text := mcp.GetTextFromContent(got.Messages[0].Content); text != want {
			t.Errorf("%s says %q, want %q", prompt.Name, text, want)
		}
		if _, err := client.GetPrompt(t.Context(), mcp.GetPromptRequest{Params: mcp.GetPromptParams{
			Name: prompt.Name, Arguments: map[string]string{"no_such_argument": "x"},
		}}); err == nil || !strings.Contains(err.Error(), "no_such_argument") {
			t.Errorf("%s: an unknown argument: %v", prompt.Name, err)
		}
	}
}
