package tools_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// told makes a call whose progress is listened to, and returns what that said.
func (w *world) told(tool string, given args) (answer, string) {
	w.t.Helper()
	var mu sync.Mutex
	var said []string
	w.client.OnNotification(func(notification mcp.JSONRPCNotification) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, fmt.Sprint(notification.Params.AdditionalFields["message"]))
	})
	request := mcp.CallToolRequest{Params: mcp.CallToolParams{Name: tool, Arguments: given, Meta: &mcp.Meta{ProgressToken: "p"}}}
	result, err := w.client.CallTool(w.t.Context(), request)
	must(w.t, err)
	mu.Lock()
	defer mu.Unlock()
	return w.check(tool, result), strings.Join(said, "\n")
}

const waitsForLimit = "ailtrap's rate limit is used up: waiting until 00:00:"

func TestWhileMailtrapAnswers429TheProgressSaysSo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("list_lists", nil)
		for method, says := range map[string]string{"GET": "[rate_limited] Mailtrap refuses requests because its rate limit is used up", "PATCH": "The request was not carried out."} {
			w.Inject(emulator.Fault{Method: method, Path: "/contacts/", Status: http.StatusTooManyRequests})
			refused, progress := w.told("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 9}})
			refused.says(t, says, "The call has waited for ", " Repeat the call after 00:0")
			if nothing := strings.Contains(refused.text, "Nothing was changed."); !refused.isError || nothing != (method == "GET") {
				t.Errorf("%s: %s", method, refused.text)
			}
			if n := strings.Count(progress, waitsForLimit[:len(waitsForLimit)-9]); n < 10 {
				t.Errorf("%s: it is told %d times:\n%s", method, n, progress)
			}
			w.ClearFaults()
		}
		w.works("get_contact", args{"contact": "anna@example.com"})
	})
}

func TestWhileMailtrapAnswers429AJobSaysSo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.AddContact(emulator.Contact{Email: "bob@example.com"})
		w.works("list_lists", nil)
		w.Inject(emulator.Fault{Method: "PATCH", Path: "/contacts/", Status: http.StatusTooManyRequests})
		running, progress := w.told("bulk_update_contacts", args{"contacts": []any{"anna@example.com", "bob@example.com"}, "fields": args{"age": 9}})
		running.says(t, "0 of 2 contacts dealt with", "Now: waiting until 00:00:", "because the rate limit is used up")
		if !strings.Contains(progress, "waiting until 00:00:") {
			t.Errorf("it is not told:\n%s", progress)
		}
		w.ClearFaults()
		w.works("get_job", args{"job_id": running.at("job.job_id"), "wait_seconds": 45}).says(t, "Update finished: 2 contacts")
	})
}
