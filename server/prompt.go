package server

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"mailtrap-contacts-mcp/prompts"
)

// maxCompletions is how many values MCP lets a completion have.
const maxCompletions = 100

// describePrompt gives the prompt as clients see it.
func describePrompt(prompt prompts.Prompt) mcp.Prompt {
	described := mcp.Prompt{Name: prompt.Name, Title: prompt.Title, Description: prompt.Description}
	for _, argument := range prompt.Arguments {
		described.Arguments = append(described.Arguments, mcp.PromptArgument{
			Name: argument.Name, Description: argument.Description, Required: argument.Required,
		})
	}
	return described
}

// handlePrompt answers with the workflow as something the person says.
func handlePrompt(prompt prompts.Prompt) mcpserver.PromptHandlerFunc {
	return func(_ context.Context, request mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		text, err := prompt.Text(request.Params.Arguments)
		if err != nil {
			return nil, err
		}
		return &mcp.GetPromptResult{
			Description: prompt.Description,
			Messages:    []mcp.PromptMessage{mcp.NewPromptMessage(mcp.RoleUser, mcp.NewTextContent(text))},
		}, nil
	}
}

var errDefect = errors.New("the server failed to answer because of a defect; its log has the details")

// recovered keeps a defect in one prompt from ending the connection: mcp-go v1.2.1 recovers tools, but not prompts.
func (s *Server) recovered(next mcpserver.PromptHandlerFunc) mcpserver.PromptHandlerFunc {
	return func(ctx context.Context, request mcp.GetPromptRequest) (result *mcp.GetPromptResult, err error) {
		defer func() {
			if cause := recover(); cause != nil {
				s.log.ErrorContext(ctx, "prompt panicked", "prompt", request.Params.Name, "cause", cause, "stack", string(debug.Stack()))
				result, err = nil, errDefect
			}
		}()
		return next(ctx, request)
	}
}

// completions complete the arguments of prompts, by the prompt's name. One that fails or panics is empty: a completion
// is a convenience, and no failure of it is worth an error in a person's face.
type completions struct {
	of  map[string]func(ctx context.Context, argument, prefix string) ([]string, error)
	log *slog.Logger
}

func completionsOf(offered []prompts.Prompt, log *slog.Logger) completions {
	c := completions{of: map[string]func(context.Context, string, string) ([]string, error){}, log: log}
	for _, prompt := range offered {
		c.of[prompt.Name] = prompt.Complete
	}
	return c
}

// CompletePromptArgument implements mcpserver.PromptCompletionProvider.
func (c completions) CompletePromptArgument(
	ctx context.Context, prompt string, argument mcp.CompleteArgument, _ mcp.CompleteContext,
) (found *mcp.Completion, _ error) {
	defer func() {
		if cause := recover(); cause != nil {
			c.log.ErrorContext(ctx, "completion panicked", "prompt", prompt, "cause", cause, "stack", string(debug.Stack()))
			found = nil
		}
	}()
	complete, ok := c.of[prompt]
	if !ok {
		return nil, nil
	}
	values, err := complete(ctx, argument.Name, argument.Value)
	if err != nil {
		c.log.DebugContext(ctx, "completion failed", "prompt", prompt, "error", err)
		return nil, nil
	}
	shown := values[:min(len(values), maxCompletions)]
	return &mcp.Completion{Values: shown, Total: len(values), HasMore: len(shown) < len(values)}, nil
}
