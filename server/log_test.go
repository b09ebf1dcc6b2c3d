package server

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestTheLibrarySpeaksAtDebugUnlessSomethingPanicked(t *testing.T) {
	for _, level := range []slog.Level{slog.LevelInfo, slog.LevelDebug} {
		var out bytes.Buffer
		log := slog.New(quiet{slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level})}).With("a", 1).WithGroup("g")
		log.Info("Sweeping expired session", "session", "secret-id")
		log.Error("Failed to write SSE event", "session", "secret-id")
		log.Error("panic in notification forwarder", "panic", "boo")
		got := out.String()
		if !strings.Contains(got, "level=ERROR msg=\"panic") {
			t.Errorf("at %s: the panic is missing: %s", level, got)
		}
		if shown := strings.Contains(got, "secret-id"); shown != (level == slog.LevelDebug) {
			t.Errorf("at %s: %s", level, got)
		}
	}
}
