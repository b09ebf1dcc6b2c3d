package server

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/mark3labs/mcp-go/mcp"
)

// byteOrderMark is what some Windows programs put before the first line they write.
var byteOrderMark = []byte("\ufeff")

// envelope is what of a client's message has to be known before mcp-go sees it.
type envelope struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		RequestID json.RawMessage `json:"requestId"`
		Meta      struct {
			ProgressToken   json.RawMessage `json:"progressToken"`
			ProtocolVersion string          `json:"io.modelcontextprotocol/protocolVersion"`
		} `json:"_meta"`
	} `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`

	isJSON bool
	isOdd  bool // a member is not of the type that MCP gives it
}

func envelopeOf(message []byte) envelope {
	var e envelope
	err := json.Unmarshal(message, &e)
	_, e.isOdd = errors.AsType[*json.UnmarshalTypeError](err) // what fits is decoded all the same
	e.isJSON = err == nil || e.isOdd
	return e
}

// isRequest reports whether the client waits for an answer.
func (e envelope) isRequest() bool { return e.Method != "" && !isNothing(e.ID) }

// isAnswer reports whether the message answers a request of ours, however badly.
func (e envelope) isAnswer() bool { return e.isJSON && !e.isOdd && e.Method == "" && !isNothing(e.ID) }

// cancels is the id of the request that the client gives up, nil if it gives up none.
func (e envelope) cancels() json.RawMessage {
	if e.Method != string(mcp.MethodNotificationCancelled) || isNothing(e.Params.RequestID) {
		return nil
	}
	return e.Params.RequestID
}

// isModern reports whether the message is of protocol 2026-07-28 or later, which has no sessions. header is the version
// that its HTTP header names.
func (e envelope) isModern(header string) bool {
	return mcp.IsModernProtocol(header) || mcp.IsModernProtocol(e.Params.Meta.ProtocolVersion)
}

func isNothing(value json.RawMessage) bool {
	return len(value) == 0 || bytes.Equal(value, []byte("null"))
}
