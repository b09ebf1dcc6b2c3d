package tools

import (
	_ "embed"
	"strings"
	"sync"

	"mailtrap-contacts-mcp/schema"
)

// written are the schemas of all tools, three lines each, as `go test ./tools -update -run Golden` writes them from the structs.
//
//go:embed schemas.txt
var written string

// schemas finds a tool's schemas by its name.
var schemas = sync.OnceValue(func() map[string]schema.Texts {
	found := map[string]schema.Texts{}
	for line := range strings.Lines(written) {
		name, rest, _ := strings.Cut(line, " ")
		kind, text, _ := strings.Cut(strings.TrimSuffix(rest, "\n"), " ")
		texts := found[name]
		switch kind {
		case "rules":
			texts.Rules = text
		case "input":
			texts.Input = text
		case "output":
			texts.Output = text
		}
		found[name] = texts
	}
	return found
})
