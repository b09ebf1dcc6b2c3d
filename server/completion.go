package server

import (
	"context"
	"log/slog"
	"runtime/debug"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/prompts"
	"mailtrap-contacts-mcp/resources"
)

// maxCompletions is how many values MCP lets a completion have.
const maxCompletions = 100

// completions complete the arguments of prompts, by the prompt's name, and the variables of resource templates, by the
// template. One that fails or panics is empty: a completion is a convenience, and no failure of it is worth an error in a
// person's face.
type completions struct {
	prompts, resources map[string]complete
	log                *slog.Logger
}

// complete gives the values of an argument that begin with a prefix.
type complete func(ctx context.Context, argument, prefix string) ([]string, error)

func completionsOf(offered []prompts.Prompt, readable []resources.Resource, log *slog.Logger) completions {
	c := completions{prompts: map[string]complete{}, resources: map[string]complete{}, log: log}
	for _, prompt := range offered {
		c.prompts[prompt.Name] = prompt.Complete
	}
	for _, resource := range readable {
		c.resources[resource.URI] = resource.Complete
	}
	return c
}

// CompletePromptArgument implements mcpserver.PromptCompletionProvider.
func (c completions) CompletePromptArgument(
	ctx context.Context, prompt string, argument mcp.CompleteArgument, _ mcp.CompleteContext,
) (*mcp.Completion, error) {
	return c.completion(ctx, c.prompts[prompt], argument, c.log.With("prompt", prompt)), nil
}

// CompleteResourceArgument implements mcpserver.ResourceCompletionProvider.
func (c completions) CompleteResourceArgument(
	ctx context.Context, template string, argument mcp.CompleteArgument, _ mcp.CompleteContext,
) (*mcp.Completion, error) {
	return c.completion(ctx, c.resources[template], argument, c.log.With("template", template)), nil
}

func (c completions) completion(ctx context.Context, find complete, argument mcp.CompleteArgument,
	log *slog.Logger) (found *mcp.Completion) {
	defer func() {
		if cause := recover(); cause != nil {
			log.ErrorContext(ctx, "completion panicked", "cause", cause, "stack", string(debug.Stack()))
			found = nil
		}
	}()
	if find == nil {
		return nil
	}
	values, err := find(ctx, argument.Name, argument.Value)
	if err != nil {
		log.DebugContext(ctx, "completion failed", "error", err)
		return nil
	}
	shown := values[:min(len(values), maxCompletions)]
	return &mcp.Completion{Values: shown, Total: len(values), HasMore: len(shown) < len(values)}
}
