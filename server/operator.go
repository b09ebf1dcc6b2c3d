package server

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/tools"
)

// confirmKey names our question among those of a call.
const confirmKey = "confirm"

// operator asks the person behind the client by elicitation. Up to protocol 2025-11-25 the server sends the client a
// request and waits; from 2026-07-28 the call is answered with the question and the client repeats it with the answer.
type operator struct {
	ctx     context.Context
	answers mcp.InputResponses
	open    *tools.Question // asked of a 2026-07-28 client, not yet answered
}

var errUnanswered = fault.New(fault.NeedsConfirmation, "The operator has not answered yet.", "",
	"Repeat the call with the operator's answer.")

// CanAsk implements tools.Operator.
func (o *operator) CanAsk() bool {
	if mcpserver.IsModernRequest(o.ctx) {
		return mcpserver.RequestProtocolInfoFromContext(o.ctx).ClientCapabilities.Elicitation != nil
	}
	session := mcpserver.ClientSessionFromContext(o.ctx)
	_, reachable := session.(mcpserver.SessionWithElicitation)
	known, _ := session.(mcpserver.SessionWithClientInfo)
	return reachable && known != nil && known.GetClientCapabilities().Elicitation != nil
}

// Ask implements tools.Operator.
func (o *operator) Ask(ctx context.Context, question tools.Question) (tools.Decision, error) {
	if answered := mcpserver.ElicitationResponse(o.answers, confirmKey); answered != nil {
		return decision(answered), nil
	}
	if mcpserver.IsModernRequest(o.ctx) {
		o.open = &question
		return tools.Undecided, errUnanswered
	}
	answered, err := mcpserver.ServerFromContext(o.ctx).RequestElicitation(ctx, mcp.ElicitationRequest{
		Request: mcp.Request{Method: string(mcp.MethodElicitationCreate)},
		Params:  elicitation(question),
	})
	if ctx.Err() != nil {
		return tools.Undecided, fault.New(fault.NeedsConfirmation, "The operator has not answered in time, so nothing was changed.",
			"", "Call again when the operator is there to answer.").Because(ctx.Err())
	}
	if err != nil {
		return tools.Undecided, fault.New(fault.NeedsConfirmation, "The operator could not be asked.",
			"The client did not deliver the question.", "Ask the operator yourself, or repeat the call.").Because(err)
	}
	return decision(answered), nil
}

// question is the answer to a call that waits for the operator's decision.
func (o *operator) question() *mcp.CallToolResult {
	return mcpserver.NewInputRequestBuilder("").Elicit(confirmKey, elicitation(*o.open)).ToolResult()
}

// elicitation has no fields to fill in: accepting the form is the agreement.
func elicitation(question tools.Question) mcp.ElicitationParams {
	return mcp.ElicitationParams{
		Message:         question.Text,
		RequestedSchema: map[string]any{"type": "object", "properties": map[string]any{}},
	}
}

func decision(answered *mcp.ElicitationResult) tools.Decision {
	if answered.Action == mcp.ElicitationResponseActionAccept {
		return tools.Agreed
	}
	return tools.Declined
}
