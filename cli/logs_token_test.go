package cli

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/text"
)

// Guarantee 4.7.
func TestNoLogHasAPartOfTheTokenHoweverItWasCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.StringMatching(`[0-9a-zA-Z]{20,40}`).Draw(t, "token")
		said := rapid.StringMatching(`[a-z: /]{0,60}`).Draw(t, "before") + token + rapid.StringMatching(`[a-z: /]{0,60}`).Draw(t, "after")
		cut := text.Clip(said, rapid.IntRange(1, len(said)).Draw(t, "limit"))
		format := rapid.SampledFrom([]string{"text", "json"}).Draw(t, "format")
		var written bytes.Buffer
		log := slog.New(accountFlags{Token: token, LogFormat: format, LogPII: true}.logHandler(&written, false))
		log.With("with", cut).WithGroup("group").Error(cut, "whole", said, "cause", errors.New(cut), "quoted", text.Quote(cut), slog.Group("inner", "any", []string{said}))
		for i := 0; i+6 <= len(token); i++ {
			if strings.Contains(written.String(), token[i:i+6]) {
				t.Fatalf("%s shows %q of %q", written.String(), token[i:i+6], token)
			}
		}
	})
}
