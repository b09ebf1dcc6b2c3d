package server

import (
	"context"
	"encoding/json"
	"fmt"
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
func (r *requests) received(message []byte) {
	var request struct {
		ID     any    `json:"id"`
		Method string `json:"method"`
		Params struct {
			RequestID any `json:"requestId"`
		} `json:"params"`
	}
	if json.Unmarshal(message, &request) != nil {
		return
	}
	switch {
	case request.Method == string(mcp.MethodNotificationCancelled):
		r.closed(request.Params.RequestID)
	case request.Method != "" && request.ID != nil && request.Method != string(mcp.MethodSubscriptionsListen):
		r.opened(request.ID)
	}
}

// answered notes a message to the client.
func (r *requests) answered(message []byte) {
	var response struct {
		ID     any    `json:"id"`
		Method string `json:"method"`
	}
	if json.Unmarshal(message, &response) == nil && response.Method == "" {
		r.closed(response.ID)
	}
}

func (r *requests) opened(id any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key := fmt.Sprintf("%T %v", id, id); !r.open[key] {
		r.open[key] = true
		r.begin()
	}
}

func (r *requests) closed(id any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key := fmt.Sprintf("%T %v", id, id); r.open[key] {
		delete(r.open, key)
		r.end()
	}
}

// wait returns when everything has been answered, or when ctx ends.
func (r *requests) wait(ctx context.Context) { r.calls.wait(ctx) }
