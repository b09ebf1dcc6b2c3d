package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"mailtrap-contacts-mcp/text"
)

// logger writes to stderr: in stdio mode stdout carries MCP and nothing else.
func (f accountFlags) logger() *slog.Logger {
	return slog.New(f.logHandler(os.Stderr, useColour(os.Stderr)))
}

func (f accountFlags) logHandler(w io.Writer, colour bool) slog.Handler {
	token, _ := f.token()
	secret := text.NewSecret(token)
	replace := func(_ []string, attr slog.Attr) slog.Attr {
		return slog.Attr{Key: attr.Key, Value: f.harmless(attr.Value, secret)}
	}
	if f.LogFormat == "json" {
		return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: f.LogLevel, ReplaceAttr: replace})
	}
	return tint.NewTextHandler(w, &tint.Options{Level: f.LogLevel, ReplaceAttr: replace, NoColor: !colour})
}

// harmless takes the token and, unless asked not to, the addresses out of what is logged. Neither should get here; this
// is the last line.
func (f accountFlags) harmless(value slog.Value, secret text.Secret) slog.Value {
	written := ""
	switch value.Kind() {
	case slog.KindString:
		written = value.String()
	case slog.KindAny:
		written = fmt.Sprint(value.Any())
	default:
		return value
	}
	written = secret.Hide(written)
	if !f.LogPII {
		written = text.MaskAll(written)
	}
	return slog.StringValue(written)
}

// useColour follows https://no-color.org.
func useColour(file *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}
