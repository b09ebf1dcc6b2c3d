package server

import (
	"context"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// calls counts what is in flight, so that the end of a session or of the server can wait for it.
type calls struct {
	mu      sync.Mutex
	running int
	idle    chan struct{} // closed when running falls to 0; nil while nothing runs
}

func (c *calls) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running++; c.running == 1 {
		c.idle = make(chan struct{})
	}
}

func (c *calls) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running--; c.running == 0 {
		close(c.idle)
		c.idle = nil
	}
}

// wait returns when nothing is in flight, or when ctx ends.
func (c *calls) wait(ctx context.Context) {
	for {
		c.mu.Lock()
		idle := c.idle
		c.mu.Unlock()
		if idle == nil {
			return
		}
		select {
		case <-idle:
		case <-ctx.Done():
			return
		}
	}
}

// counted is the middleware that counts tool calls.
func (s *Server) counted(next mcpserver.ToolHandlerFunc) mcpserver.ToolHandlerFunc {
	return func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		s.calls.begin()
		defer s.calls.end()
		return next(ctx, request)
	}
}
