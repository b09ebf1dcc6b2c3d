package server

import (
	"context"
	"log/slog"
	"strings"
)

// quiet takes mcp-go's own records down to debug. mcp-go v1.2.1 logs at info and error whatever clients do, an
// interrupted stream or an expired session, and names the session, whose id is all one needs to use it. Panics keep
// their level.
type quiet struct {
	slog.Handler
}

// Enabled implements slog.Handler.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError || q.Handler.Enabled(ctx, slog.LevelDebug)
}

// Handle implements slog.Handler.
func (q quiet) Handle(ctx context.Context, record slog.Record) error {
	if record.Level < slog.LevelError || !strings.HasPrefix(record.Message, "panic") {
		record.Level = slog.LevelDebug
	}
	if !q.Handler.Enabled(ctx, record.Level) {
		return nil
	}
	return q.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
