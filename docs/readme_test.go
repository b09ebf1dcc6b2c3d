package docs

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/prompts"
	"mailtrap-contacts-mcp/resources"
	"mailtrap-contacts-mcp/tools"
)

var update = flag.Bool("update", false, "write generated parts anew")

const (
	tableBegins = "<!-- tools: made from the code; `go test ./docs -update` renews it -->\n"
	tableEnds   = "<!-- /tools -->"
)

func TestTheToolTableInTheREADMEIsInStepWithTheCode(t *testing.T) {
	content, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(content), tableBegins)
	_, after, closed := strings.Cut(rest, tableEnds)
	if !found || !closed {
		t.Fatal("README.md has lost the marks around its tool table")
	}
	want := before + tableBegins + toolTable(t) + tableEnds + after
	if want == string(content) {
		return
	}
	if !*update {
		t.Fatal("the tool table in README.md is not in step with the code; run: go test ./docs -update")
	}
	if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func toolTable(t *testing.T) string {
	t.Helper()
	callables, err := tools.All(&tools.Toolbox{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| toolset | tool | what it does | effect |\n|---|---|---|---|\n")
	before := tools.Toolset("")
	for _, callable := range callables {
		toolset := ""
		if callable.Toolset != before {
			toolset, before = string(callable.Toolset), callable.Toolset
		}
		fmt.Fprintf(&table, "| %s | `%s` | %s | %s |\n", toolset, callable.Name, callable.Description, callable.Effect)
	}
	return table.String()
}

func TestTheREADMENamesEveryPromptAndResource(t *testing.T) {
	content, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, prompt := range prompts.All(prompts.Sources{}) {
		names = append(names, prompt.Name)
	}
	for _, resource := range resources.All(resources.Sources{Offered: func(string) bool { return true }}) {
		names = append(names, resource.URI)
	}
	for _, name := range names {
		if !strings.Contains(string(content), "`"+name+"`") {
			t.Errorf("README.md does not name %s", name)
		}
	}
}
