package server

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"
)

func TestACompletionThatFailsIsEmpty(t *testing.T) {
	known := map[string]complete{
		"works": func(_ context.Context, argument, prefix string) ([]string, error) {
			return []string{argument, prefix}, nil
		},
		"fails":  func(context.Context, string, string) ([]string, error) { return []string{"x"}, errors.New("no API") },
		"panics": func(context.Context, string, string) ([]string, error) { panic("boo") },
		"many":   func(context.Context, string, string) ([]string, error) { return make([]string, 250), nil },
	}
	c := completions{prompts: known, resources: known, log: slog.New(slog.DiscardHandler)}
	for name, want := range map[string]*mcp.Completion{
		"works":   {Values: []string{"list", "News"}, Total: 2},
		"many":    {Values: make([]string, maxCompletions), Total: 250, HasMore: true},
		"fails":   nil,
		"panics":  nil,
		"unknown": nil,
	} {
		asked := mcp.CompleteArgument{Name: "list", Value: "News"}
		ofPrompt, promptErr := c.CompletePromptArgument(t.Context(), name, asked, mcp.CompleteContext{})
		ofResource, resourceErr := c.CompleteResourceArgument(t.Context(), name, asked, mcp.CompleteContext{})
		if err := errors.Join(promptErr, resourceErr); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]*mcp.Completion{want, want}, []*mcp.Completion{ofPrompt, ofResource}); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
