package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/schema/generate"
	"mailtrap-contacts-mcp/tools"
)

type greetInput struct {
	Name string `json:"name" jsonschema_description:"Whom to greet."`
}

type greetOutput struct {
	Greeting string `json:"greeting"`
}

func (o greetOutput) Summary() string { return o.Greeting }

func greetSchemas() schema.Texts {
	texts, err := generate.Texts(reflect.TypeFor[greetInput](), reflect.TypeFor[greetOutput]())
	if err != nil {
		panic(err)
	}
	return texts
}

// greet is a tool of the given effect; to greet nobody fails, and to greet a ghost panics.
func greet(
	t *testing.T, name string, effect tools.Effect, confirm func(*tools.Toolbox, context.Context, *greetInput) (*tools.Question, error),
) tools.Callable {
	t.Helper()
	var asking tools.Asking
	if confirm != nil {
		asking.When = "before someone is greeted"
	}
	callable, err := tools.Tool[greetInput, greetOutput]{
		Name: name, Title: "Greet", Description: "Greets someone.", Toolset: tools.Contacts, Effect: effect, Confirm: confirm,
		Schemas: greetSchemas(), Example: ada, Asking: asking,
		Run: func(_ *tools.Toolbox, _ context.Context, in greetInput) (greetOutput, error) {
			switch in.Name {
			case "nobody":
				return greetOutput{}, fault.New(fault.NotFound, "There is nobody.", "", "Name someone.")
			case "ghost":
				panic("boo")
			}
			return greetOutput{Greeting: "Hello, " + in.Name + "!"}, nil
		},
	}.Bind(&tools.Toolbox{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return callable
}

func newToolServer(t *testing.T, callables ...tools.Callable) *Server {
	t.Helper()
	s, err := New(Options{Name: "test", Version: "1", Tools: callables})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestToolsAreListedInTheirOrderWithHintsAndSchemas(t *testing.T) {
	s := newToolServer(t, greet(t, "wave", tools.Reads, nil), greet(t, "end", tools.Destroys, nil), greet(t, "add", tools.Adds, nil))
	client, err := s.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	listed, err := client.ListTools(t.Context(), mcp.ListToolsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	type seen struct {
		Name                                         string
		ReadOnly, Destructive, Idempotent, OpenWorld bool
	}
	var got []seen
	for _, tool := range listed.Tools {
		a := tool.Annotations
		got = append(got, seen{tool.Name, *a.ReadOnlyHint, *a.DestructiveHint, *a.IdempotentHint, *a.OpenWorldHint})
		if tool.InputSchema.Properties["name"] == nil || tool.OutputSchema.Properties["greeting"] == nil {
			t.Errorf("%s: a schema is missing", tool.Name)
		}
	}
	want := []seen{{"wave", true, false, true, true}, {"end", false, true, true, true}, {"add", false, false, false, true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTwoToolsOfOneNameAreRefused(t *testing.T) {
	twice := greet(t, "greet", tools.Reads, nil)
	if _, err := New(Options{Tools: []tools.Callable{twice, twice}}); err == nil {
		t.Error("no error")
	}
}

func TestTheAnswersToACall(t *testing.T) {
	client, err := newToolServer(t, greet(t, "greet", tools.Reads, nil)).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, c := range []struct {
		name, arguments, text, structured string
		failed                            bool
	}{
		{"a success carries text and facts", `{"name":"Ada"}`, "Hello, Ada!", `{"greeting":"Hello, Ada!"}`, false},
		{"a failure carries text only", `{"name":"nobody"}`, "[not_found] There is nobody. Name someone.", "", true},
		{"a panic is a failure", `{"name":"ghost"}`, "[internal]", "", true},
		{"no arguments are an empty object", `null`, "[invalid_input]", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			result, err := client.CallTool(t.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{
				Name: "greet", Arguments: json.RawMessage(c.arguments),
			}})
			if err != nil {
				t.Fatal(err)
			}
			if got := mcp.GetTextFromContent(result.Content[0]); !strings.HasPrefix(got, c.text) {
				t.Errorf("text %q", got)
			}
			if got := string(result.RawStructuredContent); got != c.structured {
				t.Errorf("structured content %s", got)
			}
			if result.IsError != c.failed {
				t.Errorf("isError is %t", result.IsError)
			}
		})
	}
}

func TestAnUnknownToolIsAProtocolError(t *testing.T) {
	client, err := newToolServer(t).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	_, err = client.CallTool(t.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{Name: "no_such_tool"}})
	if err == nil || !strings.Contains(err.Error(), "no_such_tool") {
		t.Errorf("got %v", err)
	}
}

func TestTenThousandCallsLeaveNoGoroutines(t *testing.T) {
	s := newServer(t, func(m *mcpserver.MCPServer) { tool(m, "notes", says("hello")) })
	client := serveStdio(t, s)
	client.send(initialize)
	client.next()
	before := runtime.NumGoroutine()
	for range 100 {
		for i := range 100 {
			client.send(call(i+1, "notes"))
		}
		for range 100 {
			client.next()
		}
	}
	if after := runtime.NumGoroutine(); after > before+10 {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func TestAWithheldToolIsNotListedAndAnswersAllTheSame(t *testing.T) {
	s, err := New(Options{Tools: []tools.Callable{greet(t, "greet", tools.Reads, nil)}, Withheld: []tools.Callable{greet(t, "embrace", tools.Sets, nil)}})
	if err != nil {
		t.Fatal(err)
	}
	client, err := s.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 2 {
		listed, err := client.ListTools(t.Context(), mcp.ListToolsRequest{})
		if err != nil || len(listed.Tools) != 1 || listed.Tools[0].Name != "greet" {
			t.Errorf("listed: %v, %v", listed, err)
		}
	}
	modernCall(t, s, "embrace", `{"name":"nobody"}`, "", "").says(t, "[not_found] There is nobody.")
}

func TestAHandlerKnowsTheNameOfTheClientInEveryEra(t *testing.T) {
	callable, err := tools.Tool[greetInput, greetOutput]{
		Name: "greet", Title: "Greet", Description: "Greets the client.", Toolset: tools.Contacts, Effect: tools.Reads,
		Schemas: greetSchemas(), Example: ada,
		Run: func(_ *tools.Toolbox, ctx context.Context, _ greetInput) (greetOutput, error) {
			return greetOutput{Greeting: "Hello, " + tools.ClientOf(ctx) + "!"}, nil
		},
	}.Bind(&tools.Toolbox{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s := newToolServer(t, callable)
	modernCall(t, s, "greet", ada, "", "").says(t, "Hello, test!")

	const arguments = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada"}}}`
	unnamed, err := json.Marshal(s.mcp.HandleMessage(t.Context(), json.RawMessage(arguments)))
	if err != nil || !strings.Contains(string(unnamed), "Hello, !") {
		t.Errorf("a client that has not said its name: %s, %v", unnamed, err)
	}
	served := serveHTTP(t, s)
	response := served.request(t, t.Context(), http.MethodPost, "/mcp", arguments, "Mcp-Session-Id", served.initialize(t))
	if got := text(t, all(response)[0]); got != "Hello, test!" {
		t.Errorf("over HTTP: %q", got)
	}
	stdio := serveStdio(t, s)
	stdio.send(initialize)
	stdio.next()
	stdio.send(arguments)
	if got := text(t, stdio.next()); got != "Hello, test!" {
		t.Errorf("over stdio: %q", got)
	}
}
