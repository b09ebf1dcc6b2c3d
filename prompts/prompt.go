// Package prompts holds ready-made workflows: texts that a person picks in their client and an agent then follows.
//
// A prompt is a value that describes itself, like a tool. Its arguments are completed from the account. Nothing in this
// package knows about MCP.
package prompts

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailtrap-contacts-mcp/text"
)

// Prompt is one workflow.
type Prompt struct {
	Name, Title, Description string
	Arguments                []Argument
	// Tools are the tools that its text names. Without one of them it cannot be followed.
	Tools []string

	// write gives the text for arguments that were checked.
	write func(given map[string]string) string
}

// Argument is what a person fills in.
type Argument struct {
	Name, Description string
	Required          bool

	// complete gives the values that begin with a prefix; nil completes nothing.
	complete func(ctx context.Context, prefix string) ([]string, error)
}

// maxArgument is how long a value may be, in characters.
const maxArgument = 1000

// Text is the workflow with its arguments filled in. Unknown, missing and overlong arguments are errors that name them.
func (p Prompt) Text(given map[string]string) (string, error) {
	filled := map[string]string{}
	for name, value := range given {
		i := slices.IndexFunc(p.Arguments, func(a Argument) bool { return a.Name == name })
		switch {
		case i < 0:
			return "", fmt.Errorf("%s: this argument does not exist; the arguments of %s are %s", text.Quote(name), p.Name,
				strings.Join(p.names(), ", "))
		case len([]rune(value)) > maxArgument:
			return "", fmt.Errorf("%s: is longer than %d characters", name, maxArgument)
		case strings.ContainsRune(value, utf8.RuneError): // what the protocol's decoder makes of text that is not Unicode
			return "", fmt.Errorf("%s: is not valid Unicode", name)
		case strings.ContainsFunc(value, func(r rune) bool { return unicode.In(r, unicode.C) }):
			return "", fmt.Errorf("%s: contains invisible characters", name)
		}
		if strings.TrimSpace(value) != "" {
			filled[name] = value // as it is: two lists may differ in a blank at their names' end
		}
	}
	for _, argument := range p.Arguments {
		if argument.Required && filled[argument.Name] == "" {
			return "", fmt.Errorf("%s: is missing: %s", argument.Name, argument.Description)
		}
	}
	return p.write(filled), nil
}

func (p Prompt) names() []string {
	names := make([]string, len(p.Arguments))
	for i, argument := range p.Arguments {
		names[i] = argument.Name
	}
	return names
}

// Complete gives the values of an argument that begin with a prefix, in whatever case. An argument that has no fixed
// values completes to none.
func (p Prompt) Complete(ctx context.Context, argument, prefix string) ([]string, error) {
	i := slices.IndexFunc(p.Arguments, func(a Argument) bool { return a.Name == argument })
	if i < 0 || p.Arguments[i].complete == nil {
		return nil, nil
	}
	return p.Arguments[i].complete(ctx, prefix)
}

// literal writes an argument as JSON, whole: the agent is to hand it on as it is.
func literal(value string) string {
	var written strings.Builder
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // a string always encodes
	return strings.TrimSpace(written.String())
}
