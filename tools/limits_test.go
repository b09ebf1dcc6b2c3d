package tools_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

func TestABurstOfTwoHundredCallsSucceedsWithinTheLimits(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "anna@example.com"})
		var group sync.WaitGroup
		for range 200 {
			group.Go(func() {
				if given := w.call("get_contact", args{"contact": "anna@example.com"}); given.isError {
					t.Error(given.text)
				}
			})
		}
		group.Wait()
		for _, request := range w.Requests() {
			if request.Status != http.StatusOK {
				t.Fatalf("a request was answered with %d", request.Status)
			}
		}
	})
}

func TestAJobIsFollowedThroughMinutesOfRefusals(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		imported := w.works("import_contacts", args{"rows": rowsOf(addresses(5))})
		w.Inject(emulator.Fault{Status: http.StatusTooManyRequests})
		time.Sleep(4 * time.Minute)
		w.ClearFaults()
		w.ended(imported).says(t, "Import finished: 5 created") // the next attempt may be a minute off
	}, func(set *setting) { set.emulator.JobDelay = 30 * time.Second })
}

func TestWhateverTheAPIDoesTheAnswerIsACodeAndAdvice(t *testing.T) {
	t.Parallel()
	page := "<html><body>" + strings.Repeat("<p>Bad gateway</p>", 60_000) + "</body></html>"
	html := http.Header{"Content-Type": {"text/html"}}
	for name, test := range map[string]struct {
		fault emulator.Fault
		code  string
	}{
		"401":                 {emulator.Fault{Status: 401, Body: `{"error":"Incorrect API token"}`}, "unauthorized"},
		"403":                 {emulator.Fault{Status: 403, Body: `{"errors":"Access forbidden"}`}, "forbidden"},
		"422, nested":         {emulator.Fault{Status: 422, Body: `{"errors":{"fields":{"age":["is odd"]}}}`}, "invalid_input"},
		"422, a list":         {emulator.Fault{Status: 422, Body: `{"errors":["one","two"]}`}, "invalid_input"},
		"429":                 {emulator.Fault{Status: 429}, "rate_limited"},
		"429 and Retry-After": {emulator.Fault{Status: 429, Header: http.Header{"Retry-After": {"120"}}}, "rate_limited"},
		"500":                 {emulator.Fault{Status: 500, Body: `{"error":"oops"}`}, "upstream_error"},
		"a page of 1 MB":      {emulator.Fault{Status: 502, Body: page, Header: html}, "upstream_error"},
		"a page and 200":      {emulator.Fault{Status: 200, Body: page, Header: html}, "upstream_error"},
		"null":                {emulator.Fault{Status: 200, Body: "null"}, "upstream_error"},
		"nothing":             {emulator.Fault{Status: 200}, "upstream_error"},
		"half an answer":      {emulator.Fault{Do: emulator.TruncateBody}, "upstream_error"},
		"no end":              {emulator.Fault{Do: emulator.EndlessBody}, "upstream_error"},
		"a bomb":              {emulator.Fault{Do: emulator.GzipBomb}, "upstream_error"},
		"a reset":             {emulator.Fault{Do: emulator.LoseBefore}, "upstream_error"},
		"silence":             {emulator.Fault{Do: emulator.Hang}, "timeout"},
		"another place":       {emulator.Fault{Do: emulator.Redirect, Header: http.Header{"Location": {"https://example.com/"}}}, "upstream_error"},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				seeded(w)
				w.works("get_account", nil)
				for tool, arguments := range map[string]any{
					"get_contact": args{"contact": "anna@example.com"}, "add_to_list": args{"contacts": "anna@example.com", "lists": "VIP"},
				} {
					w.Inject(test.fault)
					began := time.Now()
					w.refused(tool, arguments, test.code)
					if took := time.Since(began); took > time.Minute {
						t.Errorf("%s took %v", tool, took)
					}
					w.ClearFaults()
					time.Sleep(3 * time.Minute)
				}
				w.nothingWritten()
			})
		})
	}
}
