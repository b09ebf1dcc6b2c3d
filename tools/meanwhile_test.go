package tools_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"mailtrap-contacts-mcp/emulator"
)

// meanwhile plays another server: before each of the first requests of a method to a path it sends requests of its own.
type meanwhile struct {
	next   http.RoundTripper
	method string
	path   string // of the request it comes before, or a part of it
	left   atomic.Int32
	others func(*http.Request) []*http.Request
}

// RoundTrip implements http.RoundTripper.
func (m *meanwhile) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == m.method && strings.Contains(request.URL.Path, m.path) && m.left.Add(-1) >= 0 {
		for _, other := range m.others(request) {
			answer, err := m.next.RoundTrip(other)
			if err != nil {
				return nil, err
			}
			_ = answer.Body.Close()
		}
	}
	return m.next.RoundTrip(request)
}

// deletedMeanwhile has another server delete the contact of each of the first updates just before it arrives.
func deletedMeanwhile(times int32) func(*setting) {
	return func(set *setting) {
		set.emulator.UpsertByID = true
		set.transport = func(next http.RoundTripper) http.RoundTripper {
			m := &meanwhile{next: next, method: http.MethodPatch, path: "/contacts/", others: func(request *http.Request) []*http.Request {
				deletion := request.Clone(request.Context())
				deletion.Method, deletion.Body, deletion.ContentLength = http.MethodDelete, http.NoBody, 0
				return []*http.Request{deletion}
			}}
			m.left.Store(times)
			return m
		}
	}
}

// lostMeanwhile has another server delete a contact just before an update of it arrives, whose answer and the next look are lost.
func lostMeanwhile(set *setting) {
	set.emulator.UpsertByID = true
	set.known = emulator.New(set.emulator)
	deletedMeanwhile(1)(set)
	deletes := set.transport
	set.transport = func(next http.RoundTripper) http.RoundTripper {
		m := deletes(next).(*meanwhile)
		deletion := m.others
		m.others = func(request *http.Request) []*http.Request {
			set.known.Inject(emulator.Fault{Method: http.MethodPatch, Do: emulator.LoseAfter, Times: 1},
				emulator.Fault{Method: http.MethodGet, Path: "/contacts/", Status: http.StatusInternalServerError})
			return deletion(request)
		}
		return m
	}
}

// layout has exports look like that.
func layout(of emulator.Layout) []func(*setting) {
	return []func(*setting){func(set *setting) { set.emulator.ExportLayout = of }}
}

// elsewhere does what somebody does in Mailtrap itself.
func (w *world) elsewhere(method, path, body string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, "http://127.0.0.1/api/accounts/"+strconv.Itoa(emulator.AccountID)+path,
		strings.NewReader(body))
	must(w.t, err)
	request.Header.Set("Authorization", "Bearer "+emulator.Token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := w.Transport().RoundTrip(request)
	must(w.t, err)
	must(w.t, answer.Body.Close())
	if answer.StatusCode >= http.StatusMultipleChoices {
		w.t.Fatalf("%s %s: %s", method, path, answer.Status)
	}
}
