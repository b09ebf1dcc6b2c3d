package tools_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/tools"
)

// wireList is the answer to tools/list as the wire carries it.
func wireList(t *testing.T, w *world) json.RawMessage {
	t.Helper()
	response, err := w.client.GetTransport().SendRequest(t.Context(), transport.JSONRPCRequest{JSONRPC: "2.0", ID: mcp.NewRequestId(7), Method: "tools/list"})
	must(t, err)
	return response.Result
}

func TestTheListOfToolsIsTheOneInTheGoldenFile(t *testing.T) {
	var indented bytes.Buffer
	must(t, json.Indent(&indented, wireList(t, open(t)), "", "  "))
	indented.WriteByte('\n')
	const golden = "testdata/tools.golden.json"
	if *tools.Update {
		must(t, os.WriteFile(golden, indented.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if difference := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(indented.String(), "\n")); difference != "" {
		t.Errorf("what agents see has changed; run go test ./tools -update and read the difference:\n%s", difference)
	}
	if again := wireList(t, open(t)); !bytes.Equal(again, wireList(t, open(t))) {
		t.Error("the list is not the same each time")
	}
}

// listed is a tool as a client sees it.
type listed struct {
	Name, Title, Description string
	InputSchema              json.RawMessage
	Annotations              struct {
		ReadOnlyHint, DestructiveHint, IdempotentHint, OpenWorldHint *bool
	}
}

func toolList(t *testing.T) []listed {
	t.Helper()
	var list struct{ Tools []listed }
	must(t, json.Unmarshal(wireList(t, open(t)), &list))
	return list.Tools
}

func TestEveryToolSaysWhatItDoes(t *testing.T) {
	listed := toolList(t)
	for i, defined := range all(t) {
		tool, effect := listed[i], defined.Effect
		if tool.Name != defined.Name {
			t.Errorf("%s is listed where %s is defined", tool.Name, defined.Name)
		}
		hints := tool.Annotations
		if hints.ReadOnlyHint == nil || hints.DestructiveHint == nil || hints.IdempotentHint == nil || hints.OpenWorldHint == nil {
			t.Errorf("%s lacks a hint", tool.Name)
			continue
		}
		got := tools.Hints{ReadOnly: *hints.ReadOnlyHint, Destructive: *hints.DestructiveHint, Idempotent: *hints.IdempotentHint, OpenWorld: *hints.OpenWorldHint}
		if got != effect.Hints() {
			t.Errorf("%s: %s has the hints %+v", tool.Name, effect, got)
		}
		sentences := strings.Count(strings.ReplaceAll(tool.Description, "e.g.", ""), ". ") + 1
		if sentences > 2 || len(tool.Description) > 200 || !strings.HasSuffix(tool.Description, ".") {
			t.Errorf("%s: the description has %d sentences and %d characters", tool.Name, sentences, len(tool.Description))
		}
		if tool.Title == "" || len(tool.Title) > 40 {
			t.Errorf("%s: the title is %q", tool.Name, tool.Title)
		}
	}
	if len(listed) != len(all(t)) {
		t.Errorf("%d tools are listed, of %d", len(listed), len(all(t)))
	}
}

// clear are argument names that need no description where they stand alone.
var clear = []string{"name", "email", "segment"}

type property struct {
	Type, Description, Format string
	Enum                      []string
	Items                     *property
	Properties                map[string]property
	Required                  []string
}

// The same word means the same thing everywhere; the golden file has all words.
func TestArgumentsAreExplainedAndOfOneTypeEverywhere(t *testing.T) {
	kinds := map[string]string{}
	for _, tool := range toolList(t) {
		var schema property
		must(t, json.Unmarshal(tool.InputSchema, &schema))
		for name, p := range schema.Properties {
			if p.Description == "" && len(p.Enum) == 0 && !slices.Contains(clear, name) {
				t.Errorf("%s: the argument %s is not explained", tool.Name, name)
			}
			kind := p.Type
			if p.Items != nil {
				kind += " of " + p.Items.Type
			}
			if before := kinds[name]; before != "" && before != kind {
				t.Errorf("%s: the argument %s is a %s, and elsewhere a %s", tool.Name, name, kind, before)
			}
			kinds[name] = kind
		}
	}
	if len(kinds) < 30 {
		t.Errorf("only %d arguments were found", len(kinds))
	}
}

// cost is what of a tool every model reads in every conversation, as the wire carries it.
type cost struct {
	Name        json.RawMessage `json:"name"`
	Title       json.RawMessage `json:"title"`
	Description json.RawMessage `json:"description"`
	InputSchema json.RawMessage `json:"inputSchema"`
}

// The bounds of tools/list. Names, titles, descriptions and input schemas are in every conversation; all of it is sent
// to each client once.
const (
	maxVisible       = 20_500 // without the toolset campaigns
	maxWithCampaigns = 22_000
	maxList          = 45_000
)

func TestTheListOfToolsIsSmall(t *testing.T) {
	list := wireList(t, open(t))
	var wire struct{ Tools []json.RawMessage }
	must(t, json.Unmarshal(list, &wire))
	var ofCampaigns []string
	for _, tool := range all(t) {
		if tool.Toolset == tools.Campaigns {
			ofCampaigns = append(ofCampaigns, strconv.Quote(tool.Name))
		}
	}
	visible, campaigns, whole := 0, 0, len(list) // campaigns and whole: what a model reads of them, and the list without them
	for _, tool := range wire.Tools {
		var seen cost
		must(t, json.Unmarshal(tool, &seen)) // a RawMessage keeps the escapes of the wire
		raw, err := rawJSON(seen)
		must(t, err)
		visible += len(raw)
		if slices.Contains(ofCampaigns, string(seen.Name)) {
			campaigns += len(raw)
			whole -= len(tool)
		}
		t.Logf("%-22s %5d visible %6d in all", seen.Name, len(raw), len(tool))
	}
	t.Logf("%-22s %5d visible, %d without campaigns; %d in all, %d without", "together", visible, visible-campaigns, len(list), whole)
	if visible > maxWithCampaigns || visible-campaigns > maxVisible || whole > maxList {
		t.Errorf("what a model reads has %d bytes, %d of them for campaigns; the whole list has %d without those", visible, campaigns, whole)
	}
	if visible < 10_000 || len(wire.Tools) != len(all(t)) {
		t.Errorf("%d bytes of %d tools were counted", visible, len(wire.Tools))
	}
}

// rawJSON writes a value without changing what is JSON in it already.
func rawJSON(value any) ([]byte, error) {
	var written bytes.Buffer
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimRight(written.Bytes(), "\n"), err
}

func TestAJobIsDescribedOnce(t *testing.T) {
	w := open(t)
	var list struct {
		Tools []struct {
			Name         string
			OutputSchema json.RawMessage
		}
	}
	must(t, json.Unmarshal(wireList(t, w), &list))
	var tellsAll []string
	for _, tool := range list.Tools {
		if bytes.Contains(tool.OutputSchema, []byte(`"over_limit"`)) {
			tellsAll = append(tellsAll, tool.Name)
		}
	}
	if !slices.Equal(tellsAll, []string{"get_job"}) {
		t.Errorf("a job is described by %q", tellsAll)
	}
	for i, tool := range w.tools {
		if described := list.Tools[i].OutputSchema != nil; described == tool.AnswersJob {
			t.Errorf("%s: the list has an output schema: %v", tool.Name, described)
		}
	}
}

// Guarantee 7.1, 7.2a.
func TestSchemasAreDigestibleByEveryClient(t *testing.T) {
	for _, tool := range open(t).tools {
		for kind, schema := range map[string]json.RawMessage{"input": tool.InputSchema, "output": tool.OutputSchema} {
			var document map[string]any
			must(t, json.Unmarshal(schema, &document))
			if document["type"] != "object" || document["additionalProperties"] != false || document["properties"] == nil {
				t.Errorf("%s: the top of the %s schema is %v", tool.Name, kind, slices.Sorted(maps.Keys(document)))
			}
			for _, word := range []string{`"$ref"`, `"$defs"`, `"oneOf"`, `"anyOf"`, `"allOf"`, `"if"`, `"not"`, `"type":[`, `"format":"`} {
				if bytes.Contains(schema, []byte(word)) {
					t.Errorf("%s: the %s schema has %s", tool.Name, kind, word)
				}
			}
			nestedObjects(document, func(object map[string]any) {
				others, said := object["additionalProperties"]
				if others != true && (kind == "input" || said) || object["properties"] == nil {
					t.Errorf("%s: a client may take names out of %v of the %s schema", tool.Name, object, kind)
				}
			})
		}
	}
}

// nestedObjects visits the objects below the top of a schema.
func nestedObjects(document any, visit func(map[string]any)) {
	schema, _ := document.(map[string]any)
	below := []any{schema["items"]}
	properties, _ := schema["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		below = append(below, properties[name])
	}
	for _, one := range below {
		if object, isSchema := one.(map[string]any); isSchema {
			if object["type"] == "object" {
				visit(object)
			}
			nestedObjects(object, visit)
		}
	}
}
