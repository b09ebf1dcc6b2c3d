package server

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// streams are the open HTTP+SSE streams: session id to the context of the request that opened it.
type streams struct {
	open sync.Map
}

// sse returns the transport of clients that speak HTTP+SSE, which knows nothing of protocol 2026-07-28. mcp-go v1.2.1
// offers that version all the same and then refuses every call, so it is taken off the list.
func (s *Server) sse(origins []string) *mcpserver.SSEServer {
	return mcpserver.NewSSEServer(s.mcp,
		mcpserver.WithSSECORS(cors(origins)...),
		mcpserver.WithSessionIDGenerator(s.streams.register),
		mcpserver.WithSSEContextFunc(func(ctx context.Context, _ *http.Request) context.Context {
			return mcpserver.WithSupportedProtocolVersions(ctx, mcp.LegacyProtocolVersions())
		}),
	)
}

// register names a new stream and remembers it for as long as it is open.
func (s *streams) register(ctx context.Context, _ *http.Request) (string, error) {
	id := rand.Text()
	s.open.Store(id, ctx)
	context.AfterFunc(ctx, func() { s.open.Delete(id) })
	return id, nil
}

// endedWithStream cancels a call when the stream its answer would go to is closed. mcp-go v1.2.1 lets it run on.
func (s *Server) endedWithStream(next mcpserver.ToolHandlerFunc) mcpserver.ToolHandlerFunc {
	return func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		ctx, release := s.streams.with(ctx)
		defer release()
		return next(ctx, request)
	}
}

// with returns a context that ends with the stream the answer would go to, if it goes to one.
func (s *streams) with(ctx context.Context) (_ context.Context, release func()) {
	session := mcpserver.ClientSessionFromContext(ctx)
	if session == nil {
		return ctx, func() {}
	}
	opened, _ := s.open.Load(session.SessionID())
	stream, ok := opened.(context.Context)
	if !ok {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	unwatch := context.AfterFunc(stream, cancel)
	return ctx, func() {
		unwatch()
		cancel()
	}
}
