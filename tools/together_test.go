package tools_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/journal"
)

const (
	callers         = 2 // in each process, at once
	roundsPerCaller = 11
	callsPerRound   = 10
)

// mixesCalls makes hundreds of calls of all kinds, none of which may fail.
func mixesCalls(t *testing.T, do work, w *world) {
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for round := range roundsPerCaller {
				for _, call := range aRound(do.Name, caller, round) {
					w.mustWork(call)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d calls", callers*roundsPerCaller*callsPerRound)
}

// aCall is a call of a tool.
type aCall struct {
	tool string
	args args
}

// aRound is ten calls that work in their order.
func aRound(name string, caller, round int) []aCall {
	email := fmt.Sprintf("p%s-%d-%d@example.com", name, caller, round)
	last := aCall{"list_lists", args{}}
	if round%10 == 0 {
		last = aCall{"create_list", args{"name": fmt.Sprintf("List %s-%d-%d", name, caller, round)}}
	}
	return []aCall{
		{"create_contact", args{"email": email, "fields": args{"age": round}, "lists": []string{"Newsletter"}}},
		{"get_contact", args{"contact": email}},
		{"update_contact", args{"contact": email, "fields": args{"first_name": "Someone"}}},
		{"add_to_list", args{"contacts": []string{email}, "lists": []string{"VIP"}}},
		{"list_fields", args{}},
		{"fire_event", args{"contacts": []string{email}, "event": "signed_up"}},
		{"get_contact", args{"contact": "anna@example.com"}},
		{"remove_from_list", args{"contacts": []string{email}, "lists": []string{"Newsletter"}}},
		last,
		{"delete_contact", args{"contact": email}},
	}
}

// mustWork makes a call that may not fail. It may be called by several at once.
func (w *world) mustWork(call aCall) {
	result, err := w.client.CallTool(w.t.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{Name: call.tool, Arguments: call.args}})
	if err != nil || result.IsError {
		w.t.Errorf("%s: %v %+v", call.tool, err, result)
	}
}

func TestTwoProcessesShareAFolderThroughHundredsOfCalls(t *testing.T) {
	t.Parallel()
	account, address := served(t, emulator.Config{Unlimited: true})
	data := filepath.Join(t.TempDir(), "data")
	w := open(t, onDisk(data), func(set *setting) { set.known = account })
	seeded(w)
	limits, err := w.stored.Rates(t.Context())
	must(t, err)
	for _, after := range []string{"INSERT", "UPDATE OF sent"} { // the rate limits would make it last for ten minutes
		_, err := limits.Exec(`CREATE TRIGGER no_limits_` + after[:6] + ` AFTER ` + after + ` ON rate_limit
			BEGIN UPDATE rate_limit SET sent = x'', version = version + 1 WHERE key = new.key; END`)
		must(t, err)
	}
	var all sync.WaitGroup
	for _, name := range []string{"a", "b"} {
		all.Go(func() {
			said, err := child(t.Context(), t, work{Role: "mixes calls", Name: name, API: address, Data: data}).CombinedOutput()
			if err != nil || strings.Contains(string(said), "locked") || strings.Contains(string(said), "level=") || !strings.Contains(string(said), fmt.Sprint(callers*roundsPerCaller*callsPerRound, " calls")) {
				t.Errorf("process %s: %v: %s", name, err, said)
			}
		})
	}
	all.Wait()

	sent, recorded := map[string]int{}, map[string]int{}
	for _, request := range account.Requests() {
		if isWrite(request) {
			sent[nameOfRequest(t, request)]++
		}
	}
	for _, change := range w.journalled() {
		for _, entry := range change.Writes {
			recorded[nameOfEntry(entry)]++
			if entry.State != journal.Done {
				t.Errorf("it is not done: %+v", entry)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if sent[name] != recorded[name] {
			t.Errorf("%s was sent %d times and recorded %d times", name, sent[name], recorded[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		if sent[name] == 0 {
			t.Errorf("%s is recorded and was not sent", name)
		}
	}
	rounds := 2 * callers * roundsPerCaller
	if want := 6*rounds + 2*callers*2; total(recorded) != want {
		t.Errorf("%d writes are recorded, want %d", total(recorded), want)
	}
	w.worksOn()
}

func total(counts map[string]int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// nameOfRequest and nameOfEntry give a write one name, as it was sent and as it was recorded.
func nameOfRequest(t *testing.T, request emulator.Request) string {
	t.Helper()
	_, path, _ := strings.Cut(request.Path, "/accounts/1111111")
	var body struct {
		Name    string
		Contact struct{ Email string }
	}
	if len(request.Body) > 0 {
		must(t, json.Unmarshal(request.Body, &body))
	}
	subject := strings.TrimPrefix(path, "/contacts/")
	switch {
	case path == "/contacts":
		return "create contact " + body.Contact.Email
	case path == "/contacts/lists":
		return "create list " + body.Name
	case strings.HasSuffix(path, "/events"):
		return "fire event " + body.Name
	case request.Method == http.MethodPatch:
		return "update contact " + subject
	case request.Method == http.MethodDelete:
		return "delete contact " + subject
	}
	t.Errorf("what is %s %s?", request.Method, request.Path)
	return request.Path
}

func nameOfEntry(entry journal.Entry) string {
	name := entry.Name
	if entry.Action == journal.Update || entry.Action == journal.Delete {
		name = entry.Subject
	}
	return string(entry.Action) + " " + string(entry.Kind) + " " + name
}

// usesTheBudgetUp reads until the rate limits leave no room for a call that is in a hurry.
func usesTheBudgetUp(t *testing.T, _ work, w *world) {
	contact, err := apiclient.ParseContact("anna@example.com")
	must(t, err)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second) // shorter than the limit's window, by more than an answer may take
		_, err := w.box.API.GetContact(ctx, contact)
		cancel()
		if apiclient.IsKind(err, apiclient.Throttled) {
			return
		}
		must(t, err)
	}
}

func TestTwoProcessesKeepOneRateBudget(t *testing.T) {
	t.Parallel()
	stopped := time.Now() // for the account: it counts all requests in one window
	account, address := served(t, emulator.Config{Now: func() time.Time { return stopped }})
	data := filepath.Join(t.TempDir(), "data")
	seeded(open(t, onDisk(data), func(set *setting) { set.known = account }))
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if said, err := child(t.Context(), t, work{Role: "uses the budget up", API: address, Data: data}).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, said)
			}
		})
	}
	all.Wait()
	answered := map[int]int{}
	for _, request := range account.Requests() {
		answered[request.Status]++
	}
	// One that the other process overtook, or that a busy machine held up, is counted twice rather than not at all.
	if n := answered[http.StatusOK]; n > 150 || n < 135 || len(answered) != 1 {
		t.Errorf("answers by status: %v, want 200 nearly 150 times: that is what the token's limit allows", answered)
	}
}

func TestServersOnOneFolderKeepTheLimitsThroughHundredsOfCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		first := open(t, onDisk(data))
		seeded(first)
		second := open(t, onDisk(data), func(set *setting) { set.known = first.Emulator })
		var all sync.WaitGroup
		for name, w := range map[string]*world{"a": first, "b": second} {
			all.Go(func() {
				for round := range 20 {
					for _, call := range aRound(name, 0, round) {
						w.mustWorkInTime(call)
					}
				}
			})
		}
		all.Wait()
		answered := map[int]int{}
		for _, request := range first.Requests() {
			answered[request.Status]++
		}
		if answered[http.StatusTooManyRequests] > 0 || answered[0] > 0 {
			t.Errorf("answers by status: %v", answered)
		}
	})
}

// mustWorkInTime makes a call, and again as long as the rate limits leave it no room.
func (w *world) mustWorkInTime(call aCall) {
	for {
		result, err := w.client.CallTool(w.t.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{Name: call.tool, Arguments: call.args}})
		switch {
		case err != nil:
			w.t.Errorf("%s: %v", call.tool, err)
		case result.IsError:
			if said := result.Content[0].(mcp.TextContent).Text; !strings.HasPrefix(said, "[rate_limited]") {
				w.t.Errorf("%s: %s", call.tool, said)
				return
			}
			time.Sleep(5 * time.Second)
			continue
		}
		return
	}
}
