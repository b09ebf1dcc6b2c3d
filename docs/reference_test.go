package docs

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	generator "github.com/invopop/jsonschema"

	"mailtrap-contacts-mcp/prompts"
	"mailtrap-contacts-mcp/resources"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/tools"
)

const toolReference = "docs/tools.md"

// The documents are named as from the top of the repository.
func TestMain(m *testing.M) {
	if err := os.Chdir(".."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestDocsToolReferenceIsInStepWithTheCode(t *testing.T) {
	want := newReference(t).write()
	if got := read(t, toolReference); got == want {
		return
	}
	if !*update {
		t.Fatalf("%s is not in step with the code; run: go test ./docs -update", toolReference)
	}
	if err := os.WriteFile(toolReference, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// read is a document as it is committed, whatever line ends the checkout has given it; empty when there is none yet.
func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil && (!os.IsNotExist(err) || !*update) {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(content), "\r\n", "\n")
}

// reference writes docs/tools.md.
type reference struct {
	t     *testing.T
	tools []tools.Callable
	// home is where a larger object of the answers is described, by its schema: the other tools refer there.
	home map[string]place
	out  strings.Builder
}

// place is a property of a tool's answer.
type place struct{ tool, property string }

func newReference(t *testing.T) *reference {
	t.Helper()
	callables, err := tools.All(&tools.Toolbox{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	r := &reference{t: t, tools: callables, home: map[string]place{}}
	for _, always := range []bool{true, false} { // best where it is always a part of the answer
		for _, callable := range callables {
			answer := r.schema(callable.OutputSchema)
			for name, property := range answer.Properties.FromOldest() {
				key := keyOf(property)
				if _, known := r.home[key]; key != "" && !known && (!always || slices.Contains(answer.Required, name)) {
					r.home[key] = place{callable.Name, name}
				}
			}
		}
	}
	return r
}

func (r *reference) schema(raw json.RawMessage) *generator.Schema {
	r.t.Helper()
	var schema generator.Schema
	if err := json.Unmarshal(raw, &schema); err != nil {
		r.t.Fatal(err)
	}
	return &schema
}

func (r *reference) printf(format string, args ...any) { fmt.Fprintf(&r.out, format, args...) }

// prose writes running text, in which ~ stands for a backtick.
func (r *reference) prose(format string, args ...any) {
	r.printf("%s", strings.ReplaceAll(fmt.Sprintf(format, args...), "~", "`"))
}

func (r *reference) write() string {
	r.prose(`<!-- Made from the code; do not edit. ~go test ./docs -update~ renews it. -->

# Tools, prompts and resources

What an agent can call, and what comes back. [safety.md](safety.md) says what holds it back, and the [README](../README.md) how
to start the server.

`)
	r.contents()
	r.howToRead()
	r.printf("## Tools\n")
	for _, toolset := range r.toolsets() {
		r.printf("\n### Toolset `%s`\n", toolset)
		for _, callable := range r.tools {
			if callable.Toolset == toolset {
				r.tool(callable)
			}
		}
	}
	r.prompts()
	r.resources()
	r.codes()
	return r.out.String()
}

func (r *reference) toolsets() []tools.Toolset {
	var toolsets []tools.Toolset
	for _, callable := range r.tools {
		if !slices.Contains(toolsets, callable.Toolset) {
			toolsets = append(toolsets, callable.Toolset)
		}
	}
	return toolsets
}

func (r *reference) contents() {
	for _, toolset := range r.toolsets() {
		var names []string
		for _, callable := range r.tools {
			if callable.Toolset == toolset {
				names = append(names, linked(callable.Name))
			}
		}
		r.printf("* **%s**: %s\n", toolset, strings.Join(names, ", "))
	}
	r.printf("* [Prompts](#prompts), [resources](#resources), [error codes](#error-codes)\n\n")
}

func linked(tool string) string { return fmt.Sprintf("[`%s`](#%s)", tool, tool) }

func (r *reference) howToRead() {
	r.prose(`## How to read this

**Arguments** are JSON. What is unmistakable is taken as it is meant: ~"42"~ for an integer, a single value for an array of them,
JSON text for an array or object, and ~null~ or an empty text for an optional argument that is not given. An argument that the
tool does not have is refused, and so is a value that does not fit; all that is wrong is said at once, and nothing is sent. A
list or field is named by its name or id; ~id:42~ forces the id.

**Answers** come twice: as a text for the agent, of at most %s bytes, and as structured content for programs, of at most
%s bytes. The tables below are of the latter. What does not apply is left out of it. Where an account holds more than fits,
values are cut, and ~omitted~ counts the entries left out.

**Effects** are what the four MCP hints come to:

| effect | in words | ~readOnlyHint~ | ~destructiveHint~ | ~idempotentHint~ | ~openWorldHint~ |
|---|---|---|---|---|---|
`, text.Number(tools.MaxText), text.Number(tools.MaxStructured))
	for _, effect := range []tools.Effect{tools.Reads, tools.Sets, tools.Adds, tools.Destroys} {
		hints := effect.Hints()
		r.printf("| %s | %s | %t | %t | %t | %t |\n", effect, inWords(effect), hints.ReadOnly, hints.Destructive, hints.Idempotent, hints.OpenWorld)
	}
	r.prose(`
**Asking the operator** is described as it is with ~--confirm auto~, the default. With ~--confirm never~ nobody is asked, and the
limits for clients that cannot ask do not hold either. With ~--confirm always~, a call that would have asked is refused where the
client cannot ask. Most tools never ask, whatever the setting: only those whose entry says so.

`)
}

// headline is a title as the first sentence of a paragraph.
func headline(title string) string {
	if strings.HasSuffix(title, "?") {
		return "**" + title + "**"
	}
	return "**" + title + ".**"
}

func inWords(effect tools.Effect) string {
	hints := effect.Hints()
	switch {
	case hints.ReadOnly:
		return "changes nothing in the account"
	case !hints.Destructive:
		return "each call adds something; nothing is overwritten"
	case effect == tools.Sets:
		return "brings about a state, and may overwrite another; a repeat changes nothing more"
	}
	return "removes what cannot be brought back as it was; a repeat changes nothing more"
}

func (r *reference) tool(callable tools.Callable) {
	r.printf("\n#### `%s`\n\n%s %s\n\n", callable.Name, headline(callable.Title), callable.Description)
	r.printf("Effect: **%s**, %s.", callable.Effect, inWords(callable.Effect))
	switch {
	case callable.Asking != tools.Asking{}:
		r.printf("\nThe operator is asked %s. Where the client cannot ask, %s.", callable.Asking.When, callable.Asking.Otherwise)
	case callable.Effect != tools.Reads:
		r.printf(" The operator is not asked.")
	}
	r.printf("\n\n")
	if len(callable.Accompanies) > 0 {
		names := make([]string, len(callable.Accompanies))
		for i, name := range callable.Accompanies {
			names[i] = linked(name)
		}
		r.printf("It comes with %s, also where its own toolset is off.\n\n", strings.Join(names, ", "))
	}
	arguments := r.schema(callable.InputSchema)
	if arguments.Properties.Len() == 0 {
		r.printf("No arguments.\n\n")
	} else {
		r.printf("| argument | required | type | meaning |\n|---|---|---|---|\n")
		r.arguments("", arguments)
		r.printf("\nFor example: `%s`\n\n", callable.Example)
	}
	for _, other := range r.tools {
		if string(other.OutputSchema) == string(callable.OutputSchema) {
			if other.Name == callable.Name {
				break
			}
			r.printf("The answer is like that of %s.\n", linked(other.Name))
			return
		}
	}
	r.answer(callable.Name, r.schema(callable.OutputSchema))
}

func (r *reference) arguments(prefix string, of *generator.Schema) {
	for name, property := range of.Properties.FromOldest() {
		required := ""
		if slices.Contains(of.Required, name) {
			required = "yes"
		}
		r.row("`"+prefix+name+"`", required, kindOf(property), property.Description)
		if inner := objectIn(property); inner != nil {
			r.arguments(prefix+name+under(property), inner)
		}
	}
}

// answer shows an answer's properties and theirs; what is deeper is only named.
func (r *reference) answer(tool string, answer *generator.Schema) {
	var rows [][]string
	add := func(name, kind, meaning string) { rows = append(rows, []string{"`" + name + "`", kind, meaning}) }
	for name, property := range answer.Properties.FromOldest() {
		if home := r.home[keyOf(property)]; home.tool != "" && home != (place{tool, name}) {
			add(name, kindOf(property)+", as `"+home.property+"` of "+linked(home.tool), property.Description)
			continue
		}
		add(name, kindOf(property), property.Description)
		inner := objectIn(property)
		if inner == nil {
			continue
		}
		for part, of := range inner.Properties.FromOldest() {
			kind := kindOf(of)
			if deeper := objectIn(of); deeper != nil {
				var parts []string
				for name := range deeper.Properties.FromOldest() {
					parts = append(parts, "`"+name+"`")
				}
				kind += " with " + strings.Join(parts, ", ")
			}
			add(name+under(property)+part, kind, of.Description)
		}
	}
	if !slices.ContainsFunc(rows, func(row []string) bool { return row[2] != "" }) { // the names say it all
		r.printf("| answer | type |\n|---|---|\n")
		for _, row := range rows {
			r.row(row[:2]...)
		}
		return
	}
	r.printf("| answer | type | meaning |\n|---|---|---|\n")
	for _, row := range rows {
		r.row(row...)
	}
}

func (r *reference) prompts() {
	r.printf(`
## Prompts

Workflows that a person picks in their client. A prompt is there when all its tools are.
`)
	for _, prompt := range prompts.All(prompts.Sources{}) {
		names := make([]string, len(prompt.Tools))
		for i, name := range prompt.Tools {
			names[i] = linked(name)
		}
		r.printf("\n### `%s`\n\n%s %s\n\nTools: %s.\n\n", prompt.Name, headline(prompt.Title), prompt.Description, strings.Join(names, ", "))
		if len(prompt.Arguments) == 0 {
			r.printf("No arguments.\n")
			continue
		}
		r.printf("| argument | required | meaning |\n|---|---|---|\n")
		for _, argument := range prompt.Arguments {
			required := ""
			if argument.Required {
				required = "yes"
			}
			r.row("`"+argument.Name+"`", required, argument.Description)
		}
	}
}

func (r *reference) resources() {
	r.printf(`
## Resources

The structured answers of tools, as JSON under a URI, for clients that read. A resource is there when its tool is.

| URI | what | tool | may be kept for |
|---|---|---|---|
`)
	for _, resource := range resources.All(resources.Sources{Offered: func(string) bool { return true }}) {
		fresh := "not at all"
		switch {
		case resource.Fresh >= time.Minute:
			fresh = text.Count(int(resource.Fresh.Minutes()), "minute")
		case resource.Fresh > 0:
			fresh = text.Count(int(resource.Fresh.Seconds()), "second")
		}
		source := linked(resource.Tool)
		if !slices.ContainsFunc(r.tools, func(callable tools.Callable) bool { return callable.Name == resource.Tool }) {
			source = "–" // a tool that agents are not offered
		}
		r.row("`"+resource.URI+"`", resource.Description, source, fresh)
	}
}

func (r *reference) codes() {
	r.prose(`
## Error codes

An error is a result that is marked as one. Its text reads ~[code] what happened. Why. What to do next.~; it has no structured
content. A code keeps its meaning across versions.

| code | condition |
|---|---|
`)
	used := namesUsed(r.t, "fault")
	for _, code := range faultCodes(r.t) {
		condition := code.condition
		if !used[code.name] {
			condition += " (not in use yet)"
		}
		r.row("`"+code.value+"`", condition)
	}
}

func (r *reference) row(cells ...string) {
	for i, cell := range cells {
		cells[i] = escaping.Replace(cell)
	}
	r.printf("| %s |\n", strings.Join(cells, " | "))
}

// escaping keeps a description from being read as Markdown.
var escaping = strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;")
