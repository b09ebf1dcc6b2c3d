package server

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"mailtrap-contacts-mcp/tools"
)

// describeTool gives the tool as clients see it. It is a literal because mcp.NewTool of mcp-go v1.2.1 sets a schema of its
// own beside a raw one, and then the whole list of tools fails to marshal.
func describeTool(callable tools.Callable) mcp.Tool {
	hints := callable.Effect.Hints()
	return mcp.Tool{
		Name:            callable.Name,
		Title:           callable.Title,
		Description:     callable.Description,
		RawInputSchema:  callable.InputSchema,
		RawOutputSchema: callable.OutputSchema,
		Annotations: mcp.ToolAnnotation{
			ReadOnlyHint:    &hints.ReadOnly,
			DestructiveHint: &hints.Destructive,
			IdempotentHint:  &hints.Idempotent,
			OpenWorldHint:   &hints.OpenWorld,
		},
	}
}

// handleTool runs the tool for one call, with the client's progress and operator within the handler's reach. It returns no
// Go error: mcp-go makes a protocol error of it, which agents do not get to read.
func handleTool(callable tools.Callable) mcpserver.ToolHandlerFunc {
	return func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		progress := progressOf(ctx, request)
		operator := &operator{ctx: ctx, answers: request.Params.InputResponses}
		ctx = tools.WithProgress(ctx, progress.report)
		ctx = tools.WithOperator(ctx, operator)

		result := callable.Call(ctx, request.Params.RawArguments)

		progress.finish()
		if operator.open != nil {
			return operator.question(), nil
		}
		return answer(result), nil
	}
}

// answer is made anew for each call: mcp-go changes the results it is given.
func answer(result tools.Result) *mcp.CallToolResult {
	answer := &mcp.CallToolResult{
		Content: []mcp.Content{mcp.NewTextContent(result.Text)},
		IsError: result.Failed,
	}
	if !result.Failed && result.Structured != nil {
		answer.StructuredContent = result.Structured
	}
	return answer
}
