package server

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/mark3labs/mcp-go/mcp"
)

// A client may answer a question with nothing we understand: {"result":{}}, null, no result at all, an action that MCP
// does not know. Over HTTP mcp-go v1.2.1 takes the first three for the answer to a ping, and the call would wait for as
// long as a person may; the last is an error of the client's to it. What is no agreement is a refusal.

// saysNothing reports whether a message is such an answer.
func saysNothing(e envelope) bool {
	return e.isAnswer() && !hasMembers(e.Error) && !isDecision(e.Result)
}

// refusal is what is understood instead.
func refusal(e envelope) []byte {
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"result":{"action":"decline"}}`, e.ID)
}

func hasMembers(object json.RawMessage) bool {
	var members map[string]json.RawMessage
	return json.Unmarshal(object, &members) == nil && len(members) > 0
}

// isDecision reports whether a result says something: what the operator decided, or, without an action, what mcp-go
// asked for on behalf of others.
func isDecision(result json.RawMessage) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(result, &members) != nil || len(members) == 0 {
		return false
	}
	if _, decides := members["action"]; !decides {
		return true
	}
	var answered mcp.ElicitationResult
	if json.Unmarshal(result, &answered) != nil {
		return false
	}
	switch answered.Action {
	case mcp.ElicitationResponseActionAccept, mcp.ElicitationResponseActionDecline, mcp.ElicitationResponseActionCancel:
		return true
	}
	return false
}

// pong is the response to an answer that may have been one to a ping. Then mcp-go does not know of a question and calls
// it a bad request, which it is not.
type pong struct {
	http.ResponseWriter
	swallow bool
}

// WriteHeader implements http.ResponseWriter.
func (p *pong) WriteHeader(status int) {
	if status == http.StatusBadRequest {
		p.swallow, status = true, http.StatusAccepted
	}
	p.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (p *pong) Write(body []byte) (int, error) {
	if p.swallow {
		return len(body), nil
	}
	return p.ResponseWriter.Write(body)
}

// Flush implements http.Flusher.
func (p *pong) Flush() { _ = http.NewResponseController(p.ResponseWriter).Flush() }
