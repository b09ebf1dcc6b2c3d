package server

import (
	"context"
	"slices"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"mailtrap-contacts-mcp/tools"
)

// describeTool gives the tool as clients see it. It is a literal because mcp.NewTool of mcp-go v1.2.1 sets a schema of its
// own beside a raw one, and then the whole list of tools fails to marshal.
func describeTool(callable tools.Callable) mcp.Tool {
	hints := callable.Effect.Hints()
	tool := mcp.Tool{
		Name:           callable.Name,
		Title:          callable.Title,
		Description:    callable.Description,
		RawInputSchema: callable.InputSchema,
		Annotations: mcp.ToolAnnotation{
			ReadOnlyHint:    &hints.ReadOnly,
			DestructiveHint: &hints.Destructive,
			IdempotentHint:  &hints.Idempotent,
			OpenWorldHint:   &hints.OpenWorld,
		},
	}
	if !callable.AnswersJob {
		tool.RawOutputSchema = callable.OutputSchema
	}
	return tool
}

// handleTool runs the tool for one call, with the client's name, progress and operator within the handler's reach. It
// returns no Go error: mcp-go makes a protocol error of it, which agents do not get to read.
func (s *Server) handleTool(callable tools.Callable) mcpserver.ToolHandlerFunc {
	return func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		progress := progressOf(ctx, request)
		operator := &operator{ctx: ctx, seals: s.seals, request: request.Params}
		ctx = tools.WithClient(ctx, clientOf(ctx))
		ctx = tools.WithProgress(ctx, progress.report)
		ctx = tools.WithOperator(ctx, operator)

		result := callable.Call(ctx, request.Params.RawArguments)

		progress.finish(ctx)
		if operator.open != nil {
			return operator.question(), nil
		}
		return answer(result), nil
	}
}

// clientOf is what the calling program calls itself, if it has said.
func clientOf(ctx context.Context) string {
	if mcpserver.IsModernRequest(ctx) {
		if known := mcpserver.RequestProtocolInfoFromContext(ctx).ClientInfo; known != nil {
			return known.Name
		}
		return ""
	}
	if known, ok := mcpserver.ClientSessionFromContext(ctx).(mcpserver.SessionWithClientInfo); ok {
		return known.GetClientInfo().Name
	}
	return ""
}

// listTools fills the list of tools: those that are offered, in their order, then those of Options.Extend. The registry of
// mcp-go v1.2.1 has the names alone: it would read every schema at the start, and sort by name, which parts create_list from
// list_lists. A tool filter of it would apply to calls, too, and answer one of a withheld tool with a protocol error, so that
// an agent would not read why.
func listTools(offered, withheld []tools.Callable) mcpserver.OnAfterListToolsFunc {
	listed := make([]mcp.Tool, len(offered))
	for i, callable := range offered {
		listed[i] = describeTool(callable)
	}
	return func(_ context.Context, _ any, _ *mcp.ListToolsRequest, result *mcp.ListToolsResult) {
		others := slices.DeleteFunc(result.Tools, func(tool mcp.Tool) bool {
			named := func(callable tools.Callable) bool { return callable.Name == tool.Name }
			return slices.ContainsFunc(offered, named) || slices.ContainsFunc(withheld, named)
		})
		result.Tools = slices.Concat(listed, others)
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
