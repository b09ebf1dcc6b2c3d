package text

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// Secret is a text that must not be shown, such as an API token. The zero value hides nothing.
type Secret struct {
	forms []string // as it may stand in a text, longest first
}

const (
	// minSecret is the least length of a secret: a shorter one would be found in ordinary words.
	minSecret = 8
	// minCut is the least length of what is left of a cut secret that is hidden.
	minCut = 5
	// hidden stands in place of the secret.
	hidden = "[token]"
)

// NewSecret returns s as a secret: as it is, as quoting and JSON write it, escaped for URLs, in base64 and in hexadecimal.
func NewSecret(s string) Secret {
	if len(s) < minSecret {
		return Secret{}
	}
	forms := []string{hex.EncodeToString([]byte(s)), strings.ToUpper(hex.EncodeToString([]byte(s)))}
	for _, written := range []string{s, quoting.Replace(s), inJSON(s), url.QueryEscape(s), url.PathEscape(s)} {
		forms = append(forms, written, quoting.Replace(written), inJSON(written))
	}
	for before := range 3 { // how many bytes of a group of three come before it
		forms = append(forms, inBase64(base64.StdEncoding, s, before), inBase64(base64.URLEncoding, s, before))
	}
	slices.SortFunc(forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return Secret{forms: slices.Compact(forms)}
}

func inJSON(s string) string {
	encoded, _ := json.Marshal(s) // a string always can be
	return string(encoded[1 : len(encoded)-1])
}

// inBase64 is the part of s in base64 that does not depend on what stands around it.
func inBase64(encoding *base64.Encoding, s string, before int) string {
	encoded := encoding.EncodeToString([]byte(strings.Repeat("\x00", before) + s))
	start := []int{0, 2, 3}[before]
	end := (before + len(s)) * 8 / 6
	return encoded[start:end]
}

// Hide takes the secret out of a text, and what a cut, marked with an ellipsis, has left of it.
func (s Secret) Hide(t string) string {
	for _, form := range s.forms {
		t = strings.ReplaceAll(t, form, hidden)
	}
	if len(s.forms) == 0 || !strings.Contains(t, "…") {
		return t
	}
	parts := strings.Split(t, "…")
	for i := range parts[:len(parts)-1] {
		parts[i] = s.withoutRest(parts[i])
	}
	return strings.Join(parts, "…")
}

// withoutRest hides the beginning of the secret with which a text ends that was cut.
func (s Secret) withoutRest(cut string) string {
	kept := strings.TrimRight(cut, " \\")
	longest := 0
	for _, form := range s.forms {
		for n := min(len(form), len(kept)); n >= minCut && n > longest; n-- {
			if strings.HasSuffix(kept, form[:n]) {
				longest = n
			}
		}
	}
	if longest == 0 {
		return cut
	}
	return kept[:len(kept)-longest] + hidden + cut[len(kept):]
}

// Redact takes the secret out of what was received, before anything cuts it. It returns body itself where there is none.
func (s Secret) Redact(body []byte) []byte {
	for _, form := range s.forms {
		if bytes.Contains(body, []byte(form)) {
			body = bytes.ReplaceAll(body, []byte(form), []byte(hidden))
		}
	}
	return body
}
