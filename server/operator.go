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
// request and waits; from 2026-07-28 the call is answered with the question and the client repeats it with the answer and
// with the seal that the question carried as its requestState.
type operator struct {
	ctx     context.Context
	seals   *seals
	request mcp.CallToolParams
	open    *openQuestion // asked of a 2026-07-28 client, not yet answered
}

type openQuestion struct {
	subject, text string
}

var errUnanswered = fault.New(fault.NeedsConfirmation, "The operator has not answered yet.", "",
	"Repeat the call with the operator's answer.")

// CanAsk implements tools.Operator. Over HTTP+SSE mcp-go v1.2.1 cannot send the client a request of its own.
func (o *operator) CanAsk() (bool, error) {
	if mcpserver.IsModernRequest(o.ctx) {
		return reach(mcpserver.RequestProtocolInfoFromContext(o.ctx).ClientCapabilities.Elicitation, true)
	}
	session := mcpserver.ClientSessionFromContext(o.ctx)
	known, _ := session.(mcpserver.SessionWithClientInfo)
	if known == nil {
		return false, nil
	}
	_, reachable := session.(mcpserver.SessionWithElicitation)
	return reach(known.GetClientCapabilities().Elicitation, reachable)
}

// reach reports whether a client that says that it can ask is reached with our question.
func reach(declared *mcp.ElicitationCapability, reachable bool) (bool, error) {
	const what = "The operator has to confirm this, and cannot be asked."
	switch {
	case declared == nil:
		return false, nil
	case !reachable:
		return false, fault.New(fault.NeedsConfirmation, what, "This client can ask them, but not over HTTP+SSE (/sse).",
			"Nothing was changed; ask the operator to connect the client to /mcp of this server (Streamable HTTP), where they are asked.")
	case !showsForms(declared):
		return false, fault.New(fault.NeedsConfirmation, what, "This client can show them links, but not a question to agree to.",
			"Nothing was changed; use a client that supports elicitation by forms, or do it in Mailtrap itself.")
	}
	return true, nil
}

// showsForms reports whether a client can put our question. One that names no mode means forms; one may open links only.
func showsForms(can *mcp.ElicitationCapability) bool {
	return can != nil && (can.Form != nil || can.URL == nil)
}

// Answered implements tools.Operator. An answer without the seal of a question about the same subject, asked of the same
// call, is no answer: any client could make it up, or keep it for another call. Earlier clients answer while the call
// waits and have nothing to send along.
func (o *operator) Answered(subject string) tools.Decision {
	if !mcpserver.IsModernRequest(o.ctx) {
		return tools.Undecided
	}
	if _, sent := o.request.InputResponses[confirmKey]; !sent || !o.seals.redeem(o.request.RequestState, subject, o.request.RawArguments) {
		return tools.Undecided
	}
	return decision(mcpserver.ElicitationResponse(o.request.InputResponses, confirmKey))
}

// Ask implements tools.Operator.
func (o *operator) Ask(ctx context.Context, subject, text string) (tools.Decision, error) {
	if mcpserver.IsModernRequest(o.ctx) {
		o.open = &openQuestion{subject, text}
		return tools.Undecided, errUnanswered
	}
	answered, err := mcpserver.ServerFromContext(o.ctx).RequestElicitation(ctx, mcp.ElicitationRequest{
		Request: mcp.Request{Method: string(mcp.MethodElicitationCreate)},
		Params:  elicitation(text),
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
	seal := o.seals.issue(o.open.subject, o.request.RawArguments)
	return mcpserver.NewInputRequestBuilder(seal).Elicit(confirmKey, elicitation(o.open.text)).ToolResult()
}

// elicitation has no fields to fill in: accepting the form is the agreement.
func elicitation(question string) mcp.ElicitationParams {
	return mcp.ElicitationParams{
		Message:         question,
		RequestedSchema: map[string]any{"type": "object", "properties": map[string]any{}},
	}
}

// decision is what an answer says. Only an agreement is one: an answer that cannot be read, nil, declines.
func decision(answered *mcp.ElicitationResult) tools.Decision {
	if answered != nil && answered.Action == mcp.ElicitationResponseActionAccept {
		return tools.Agreed
	}
	return tools.Declined
}
