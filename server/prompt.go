package server

import (
	"context"
	"errors"
	"runtime/debug"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"mailtrap-contacts-mcp/prompts"
)

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
