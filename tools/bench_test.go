package tools_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/server"
	"mailtrap-contacts-mcp/tools"
)

func unlimited(set *setting) { set.emulator.Unlimited = true }

// silent logs as a server does that nobody debugs.
func silent(set *setting) { set.log = slog.New(slog.DiscardHandler) }

// BenchmarkGetContact compares a tool call with the API call it makes. The client's own rate budget would hold both up,
// so each has a new client every 100 calls, made while the clock stands still.
func BenchmarkGetContact(b *testing.B) {
	const kept = 100
	b.Run("bare API call", func(b *testing.B) {
		known := emulator.New(emulator.Config{Unlimited: true})
		known.AddContact(emulator.Contact{Email: "anna@example.com"})
		ref, err := apiclient.ParseContact("anna@example.com")
		must(b, err)
		var api *apiclient.Client
		for i := range b.N {
			if i%kept == 0 {
				b.StopTimer()
				api, err = apiclient.New(apiclient.Config{BaseURL: "http://127.0.0.1", Token: emulator.Token, Transport: known.Transport()})
				must(b, err)
				_, err = api.AccountID(b.Context())
				must(b, err)
				b.StartTimer()
			}
			_, err := api.GetContact(b.Context(), ref)
			must(b, err)
		}
	})
	b.Run("tool call", func(b *testing.B) {
		known := emulator.New(emulator.Config{Unlimited: true})
		known.AddContact(emulator.Contact{Email: "anna@example.com"})
		var w *world
		for i := range b.N {
			if i%kept == 0 {
				b.StopTimer()
				w = open(b, silent, func(set *setting) { set.known = known })
				w.call("list_lists", nil)
				b.StartTimer()
			}
			_, err := w.client.CallTool(b.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{Name: "get_contact", Arguments: args{"contact": "anna@example.com"}}})
			must(b, err)
		}
	})
	b.Run("tool call without the API", func(b *testing.B) {
		w := open(b, silent, unlimited)
		for b.Loop() {
			_, err := w.client.CallTool(b.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{Name: "get_job"}})
			must(b, err)
		}
	})
}

// BenchmarkValidateImport checks the arguments of an import of 1,000 rows.
func BenchmarkValidateImport(b *testing.B) {
	rows := make([]any, 1000)
	for i := range rows {
		rows[i] = args{"email": fmt.Sprintf("person%d@example.com", i), "fields": args{"first_name": "Ann", "age": i}}
	}
	arguments, err := json.Marshal(args{"rows": rows, "lists": "VIP"})
	must(b, err)
	email := schema.Format{Name: "email", Check: func(s string) error {
		_, err := apiclient.ParseEmail(s)
		return err
	}}
	input := schema.New(reflect.TypeFor[tools.ImportContactsInput](), tools.SchemasOf[tools.ImportContactsInput, struct{}]().Rules, email)
	b.SetBytes(int64(len(arguments)))
	for b.Loop() {
		var in tools.ImportContactsInput
		must(b, input.Decode(arguments, &in))
	}
	b.ReportMetric(float64(b.N*len(rows))/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkStart is what a server does before it can be connected to: registering all tools.
func BenchmarkStart(b *testing.B) {
	box := &tools.Toolbox{Log: slog.New(slog.DiscardHandler)}
	for b.Loop() {
		callables, err := tools.All(box)
		must(b, err)
		_, err = server.New(server.Options{Name: "bench", Version: "1", Tools: callables})
		must(b, err)
	}
}
