package tools_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
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

// effects says of every tool what it does to the account.
var effects = map[string]tools.Effect{
	"get_contact": tools.Reads, "create_contact": tools.Adds, "update_contact": tools.Sets, "delete_contact": tools.Destroys,
	"list_lists": tools.Reads, "create_list": tools.Adds, "rename_list": tools.Sets, "delete_list": tools.Destroys, "add_to_list": tools.Sets, "remove_from_list": tools.Sets,
	"list_fields": tools.Reads, "create_field": tools.Adds, "update_field": tools.Sets, "delete_field": tools.Destroys,
	"fire_event": tools.Adds, "import_contacts": tools.Sets, "export_contacts": tools.Reads, "get_job": tools.Reads, "get_account": tools.Reads,
	"bulk_update_contacts": tools.Sets, "bulk_delete_contacts": tools.Destroys, "apply_plan": tools.Destroys, "sync_contacts": tools.Reads, "cancel_job": tools.Sets,
	"search_contacts": tools.Reads, "audience_report": tools.Reads, "save_segment": tools.Sets, "delete_segment": tools.Destroys,
	"check_suppressions": tools.Reads, "list_changes": tools.Reads, "undo_change": tools.Destroys,
}

// arguments are the names of DESIGN §4; the same word means the same thing everywhere.
var arguments = map[string]string{
	"get_contact": "contact*", "create_contact": "email* fields lists", "delete_contact": "contact* erase",
	"update_contact": "contact* email fields add_to_lists remove_from_lists unsubscribed consent create_if_missing",
	"list_lists":     "search", "create_list": "name*", "add_to_list": "lists* contacts file segment where create_lists create_missing preview", "remove_from_list": "lists* contacts file segment where preview",
	"list_fields": "", "create_field": "name* data_type* merge_tag", "fire_event": "event* params contacts file segment where preview",
	"import_contacts": "rows file lists remove_from_lists mapping skip create_lists create_fields unsubscribe date_order decimal_sign on_bad_value preview columns encoding delimiter sheet hidden_rows", "export_contacts": "lists status segment where columns format file",
	"bulk_update_contacts": "contacts file segment where fields add_to_lists remove_from_lists unsubscribed consent preview", "bulk_delete_contacts": "contacts file segment where preview",
	"search_contacts": "where text columns count_by order_by limit cursor refresh", "audience_report": "list refresh",
	"save_segment": "name* where* description", "delete_segment": "name*",
	"sync_contacts": "file segment list mapping date_order decimal_sign on_bad_value max_changes max_removals unsubscribe_missing",
	"apply_plan":    "plan_id* wait_seconds", "cancel_job": "job_id*",
	"get_job": "job_id wait_seconds", "get_account": "", "check_suppressions": "contacts",
	"list_changes": "contact since limit cursor show_addresses", "undo_change": "change_id* preview",
	"rename_list": "list* name*", "delete_list": "list*", "update_field": "field* name merge_tag", "delete_field": "field*",
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
	seen := map[string]bool{}
	for _, tool := range toolList(t) {
		effect, known := effects[tool.Name]
		if !known || seen[tool.Name] {
			t.Errorf("%s: not in the table of effects, or twice", tool.Name)
			continue
		}
		seen[tool.Name] = true
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
	if len(seen) != len(effects) {
		t.Errorf("%d tools, want %d", len(seen), len(effects))
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

func TestArgumentsAreNamedAsDesignedAndExplained(t *testing.T) {
	for _, tool := range toolList(t) {
		var schema property
		must(t, json.Unmarshal(tool.InputSchema, &schema))
		var got []string
		for name, p := range schema.Properties {
			if slices.Contains(schema.Required, name) {
				got = append(got, name+"*")
			} else {
				got = append(got, name)
			}
			if p.Description == "" && len(p.Enum) == 0 && !slices.Contains(clear, name) {
				t.Errorf("%s: the argument %s is not explained", tool.Name, name)
			}
		}
		want := strings.Fields(arguments[tool.Name])
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s has the arguments %q, want %q", tool.Name, got, want)
		}
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
	maxVisible = 20_500
	maxList    = 45_000
)

func TestTheListOfToolsIsSmall(t *testing.T) {
	list := wireList(t, open(t))
	var wire struct{ Tools []json.RawMessage }
	must(t, json.Unmarshal(list, &wire))
	visible := 0
	for _, tool := range wire.Tools {
		var seen cost
		must(t, json.Unmarshal(tool, &seen)) // a RawMessage keeps the escapes of the wire
		raw, err := rawJSON(seen)
		must(t, err)
		visible += len(raw)
		t.Logf("%-22s %5d visible %6d in all", seen.Name, len(raw), len(tool))
	}
	t.Logf("%-22s %5d visible %6d in all", "together", visible, len(list))
	if visible > maxVisible || len(list) > maxList {
		t.Errorf("what a model reads has %d bytes, of %d; the whole list has %d, of %d", visible, maxVisible, len(list), maxList)
	}
	if visible < 10_000 || len(wire.Tools) != len(effects) {
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
