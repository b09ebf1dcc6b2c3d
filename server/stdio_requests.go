package server

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
)

// requests are those that have been read from stdio and not been answered. They are counted on the wire, because
// between the reading of a request and the start of its handler the library knows nothing of it.
type requests struct {
	calls
	mu   sync.Mutex
	open map[string]bool
}

func newRequests() *requests { return &requests{open: map[string]bool{}} }

// received notes a message from the client. Requests that stay open by design are not waited for, nor is one that the
// client has given up.
func (r *requests) received(e envelope) {
	switch given := e.cancels(); {
	case given != nil:
		r.closed(given)
	case e.isRequest() && e.Method != string(mcp.MethodSubscriptionsListen):
		r.opened(e.ID)
	}
}

// answered notes a message to the client.
func (r *requests) answered(message []byte) {
	if id := answeredID(message); id != nil {
		r.closed(id)
	}
}

// answeredID is the id of the request that a message answers, nil if it answers none. An answer that comes after its id is
// not read: it can be long.
func answeredID(message []byte) (id json.RawMessage) {
	decoder := json.NewDecoder(bytes.NewReader(message))
	if _, err := decoder.Token(); err != nil { // the brace
		return nil
	}
	for decoder.More() {
		name, err := decoder.Token()
		switch {
		case err != nil, name == "method":
			return nil
		case id != nil && (name == "result" || name == "error"):
			return id
		}
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return nil
		}
		if name == "id" {
			id = value
		}
	}
	return id
}

func (r *requests) opened(id json.RawMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key := string(id); !r.open[key] {
		r.open[key] = true
		r.begin()
	}
}

func (r *requests) closed(id json.RawMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key := string(id); r.open[key] {
		delete(r.open, key)
		r.end()
	}
}

// wait returns when everything has been answered, or when ctx ends.
func (r *requests) wait(ctx context.Context) { r.calls.wait(ctx) }
