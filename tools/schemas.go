package tools

import (
	"bytes"
	_ "embed"
	"sync"

	"mailtrap-contacts-mcp/schema"
)

// written are the schemas of all tools, three lines each, as `go test ./tools -update -run Golden` writes them from the structs.
//
//go:embed schemas.txt
var written []byte

// schemas finds a tool's schemas by its name.
var schemas = sync.OnceValue(func() map[string]schema.Texts {
	found := map[string]schema.Texts{}
	for line := range bytes.Lines(written) {
		name, rest, _ := bytes.Cut(line, []byte(" "))
		kind, text, _ := bytes.Cut(bytes.TrimSuffix(rest, []byte("\n")), []byte(" "))
		texts := found[string(name)]
		switch string(kind) {
		case "rules":
			texts.Rules = text
		case "input":
			texts.Input = text
		case "output":
			texts.Output = text
		}
		found[string(name)] = texts
	}
	return found
})
