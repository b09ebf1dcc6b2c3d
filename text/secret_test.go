package text

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// aToken is what an API token may be: visible ASCII.
var aToken = rapid.StringMatching(`[!-~]{8,64}`)

// writtenAs are ways in which something may write a token out.
var writtenAs = map[string]func(string) string{
	"as it is":  func(s string) string { return s },
	"in a URL":  url.QueryEscape,
	"in a path": url.PathEscape,
	"in JSON": func(s string) string {
		encoded, _ := json.Marshal(s)
		return string(encoded)
	},
	"quoted":          Quote,
	"base64":          func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"basic":           func(s string) string { return base64.StdEncoding.EncodeToString([]byte("api:" + s)) },
	"basic, both":     func(s string) string { return base64.URLEncoding.EncodeToString([]byte("me:" + s + ":x")) },
	"hexadecimal":     func(s string) string { return hex.EncodeToString([]byte(s)) },
	"with invisibles": func(s string) string { return s[:3] + "\u200b" + s[3:] },
}

// Guarantee 4.7.
func TestNothingOfASecretIsLeftHoweverItIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token := aToken.Draw(t, "token")
		as := rapid.SampledFrom([]string{"as it is", "in a URL", "in a path", "in JSON", "quoted", "base64", "basic", "basic, both", "hexadecimal", "with invisibles"}).Draw(t, "as")
		around := rapid.StringMatching(`[ä ".:/=]{0,40}`)
		whole := around.Draw(t, "before") + writtenAs[as](token) + around.Draw(t, "after")
		if as != "with invisibles" { // which nothing but cleaning takes out
			reveals(t, token, NewSecret(token).Hide(whole))
		}
		limit := rapid.IntRange(1, len(whole)+2).Draw(t, "limit")
		for name, cut := range map[string]func(string) string{
			"Clip":       func(s string) string { return Clip(s, limit) },
			"QuoteUpTo":  func(s string) string { return QuoteUpTo(s, limit) },
			"Word":       func(s string) string { return Word(s, limit) },
			"ClipProse":  func(s string) string { return ClipProse(s, limit) },
			"cut twice":  func(s string) string { return ClipProse(QuoteUpTo(s, limit), max(1, limit-2)) },
			"hide first": func(s string) string { return Clip(NewSecret(token).Hide(s), limit) },
			"in an object": func(s string) string {
				encoded, _ := json.Marshal(map[string]string{"a": Clip(s, limit)})
				return string(encoded)
			},
		} {
			t.Log(name)
			reveals(t, token, NewSecret(token).Hide(cut(whole)))
		}
	})
}

// reveals fails where six characters of a token, in a row, stand in a text in any form.
func reveals(t *rapid.T, token, shown string) {
	shown = strings.ReplaceAll(shown, hidden, "")
	for i := 0; i+6 <= len(token); i++ {
		if run := token[i : i+6]; strings.Contains(shown, run) || strings.Contains(shown, hex.EncodeToString([]byte(run))) {
			t.Fatalf("%q shows %q of %q", shown, run, token)
		}
	}
	for at := 0; at+8 <= len(shown); at++ { // eight characters of base64 are six bytes
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			if bytes, err := encoding.DecodeString(shown[at : at+8]); err == nil && strings.Contains(token, string(bytes)) {
				t.Fatalf("%q shows %q of %q", shown, bytes, token)
			}
		}
	}
}

func TestOrdinaryWordsAreNotHidden(t *testing.T) {
	for secret, shown := range map[string]string{
		"":                                 "a text",
		"short":                            "a short text…",
		"emulator-token":                   "the emulator answers; its token is set…",
		"0123456789abcdef0123456789abcdef": "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8012…4567",
	} {
		if got := NewSecret(secret).Hide(shown); got != shown {
			t.Errorf("%q became %q", shown, got)
		}
	}
}
