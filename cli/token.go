package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// token reads the token from its file or takes the flag or variable. What is given and cannot be a token is not sent:
// problem says what is wrong with it, without quoting it.
func (f accountFlags) token() (token, problem string, err error) {
	if f.TokenFile == "" {
		token = strings.TrimSpace(f.Token)
		return token, problemOf(token), nil
	}
	content, err := os.ReadFile(f.TokenFile)
	if err != nil {
		return "", "", fmt.Errorf("--token-file: %w", err)
	}
	if bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff")) || bytes.ContainsRune(content, 0) {
		return "", "The --token-file is in UTF-16, as PowerShell writes it; save it as plain text (UTF-8).", nil
	}
	token = strings.TrimSpace(strings.TrimPrefix(string(content), "\ufeff"))
	if token == "" || strings.ContainsAny(token, "\t\r\n") {
		return "", "The --token-file must hold the token and nothing else.", nil
	}
	return token, problemOf(token), nil
}

var (
	unreplaced = text.Pattern(`\$\{|\{\{|^\$[A-Za-z_]|^%.+%$|^<.*>$|^\[.*\]$`)
	// placeholder matches the letters of YOUR_TOKEN and its like. Each word has a letter that no hexadecimal token has.
	placeholder = text.Pattern(`^(your|my|own|real|actual|the|this|insert|enter|paste|put|replace|change|with|mailtrap|` +
		`api|token|key|secret|value|here|goes|me|placeholder|example|todo|x{3,})+$`)
)

const quotes = "\"'`“”‘’„«»"

// problemOf says why what was given as a token cannot be one; empty if it may be.
func problemOf(token string) string {
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(token))
	scheme, rest, _ := strings.Cut(token, " ")
	switch {
	case token == "":
		return ""
	case strings.ContainsAny(token, "${%<[") && unreplaced().MatchString(strings.Trim(token, quotes)):
		return "It is a placeholder that the client did not replace."
	case strings.Trim(token, quotes) != token:
		return "It is in quotes; give it without them."
	case rest != "" && (strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "Token")):
		return `It begins with "` + scheme + `"; give only what comes after that.`
	case strings.Trim(letters, "abcdef") != "" && placeholder().MatchString(letters), len(token) >= 3 && strings.Trim(token, token[:1]) == "":
		return "It is a placeholder, as examples have it."
	}
	return ""
}
