package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	mcpserver "github.com/mark3labs/mcp-go/server"
)

// workers is how many calls run at once over stdio. The default of mcp-go v1.2.1 is 5, and a call that waits for an
// import would hold up those that take a moment.
const workers = 100

// queue is how many more calls wait for a worker. When it is full, mcp-go v1.2.1 runs the next call where it reads, and
// hears nothing else until that is done.
const queue = 4096

// ServeStdio serves the one client at the other end of in and out until in or ctx ends, or out breaks, and then returns nil. What the
// client has asked by then is still answered if that takes no longer than a few seconds; mcp-go v1.2.1 by itself
// cancels it, so that `echo REQUEST | server` would print nothing.
//
// One process can serve one client at a time this way: mcp-go keeps the session in a variable of its package.
func (s *Server) ServeStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	writer := &lineWriter{out: out, asked: newRequests(), ids: s.ids, broken: make(chan struct{})}
	reader := s.newLineReader(ctx, in, writer)

	stdio := mcpserver.NewStdioServer(s.mcp)
	mcpserver.WithWorkerPoolSize(workers)(stdio)
	mcpserver.WithQueueSize(queue)(stdio)
	mcpserver.WithErrorLogger(slog.NewLogLogger(s.log.Handler(), slog.LevelWarn))(stdio)

	// The library sees the end of ctx as the end of its input, once the calls in flight have had their time.
	listening, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	finished := make(chan error, 1)
	go func() { finished <- stdio.Listen(listening, reader, writer) }()
	select {
	case err := <-finished:
		return stdioError(err)
	case <-reader.ended:
	}
	// Whatever is still running has been cancelled; a handler that does not heed it is left behind.
	limit, cancel := context.WithTimeout(listening, closing)
	defer cancel()
	select {
	case err := <-finished:
		return stdioError(err)
	case <-limit.Done():
		s.log.Warn("some calls did not end in time and were cut")
		return nil
	}
}

func stdioError(err error) error {
	if err != nil {
		return fmt.Errorf("reading from the client: %w", err)
	}
	return nil
}
