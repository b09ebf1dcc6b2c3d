package cli

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"mailtrap-contacts-mcp/text"
)

// logger writes to stderr: in stdio mode stdout carries MCP and nothing else. It begins with what was set and is not
// followed. The caller flushes it at the end.
func (f accountFlags) logger(unheeded *notes) (log *slog.Logger, flush func()) {
	colour := useColour(os.Stderr)
	queue := newLogQueue(os.Stderr, func(dropped int) []byte {
		var line bytes.Buffer
		slog.New(f.logHandler(&line, colour)).Warn("log lines were dropped because nobody read stderr", "lines", dropped)
		return line.Bytes()
	})
	log = slog.New(f.logHandler(queue, colour))
	for _, note := range unheeded.all() {
		log.Warn(note)
	}
	return log, queue.flush
}

func (f accountFlags) logHandler(w io.Writer, colour bool) slog.Handler {
	token, _, _ := f.token()
	secret := text.NewSecret(strings.Trim(token, quotes))
	replace := func(_ []string, attr slog.Attr) slog.Attr {
		return slog.Attr{Key: attr.Key, Value: f.harmless(attr.Value, secret)}
	}
	level := slog.Level(f.LogLevel)
	if f.LogFormat == "json" {
		return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: replace})
	}
	return tint.NewTextHandler(w, &tint.Options{Level: level, ReplaceAttr: replace, NoColor: !colour})
}

// logLevel is a level by any of the names that programs have for it.
type logLevel slog.Level

var levels = map[string]slog.Level{
	"trace": slog.LevelDebug, "verbose": slog.LevelDebug, "information": slog.LevelInfo, "notice": slog.LevelInfo,
	"warning": slog.LevelWarn, "err": slog.LevelError, "critical": slog.LevelError, "fatal": slog.LevelError,
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *logLevel) UnmarshalText(given []byte) error {
	level, known := levels[strings.ToLower(string(given))]
	if !known && level.UnmarshalText(given) != nil {
		return fmt.Errorf("the log level is debug, info, warn or error, not %q", given)
	}
	*l = logLevel(level)
	return nil
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
