package audience

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
}

// exporter is the way to the account: it counts exports, which are ready at once, or gives files of its own instead of them.
type exporter struct {
	account http.RoundTripper
	file    func() string    // what an export is instead
	stream  func() io.Reader // the same, of one that is too large for a string
	slow    chan struct{}    // an export waits for it to be closed
	calls   atomic.Int64
}

// RoundTrip sends a request to the account.
func (e *exporter) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case e.stream != nil && strings.HasPrefix(r.URL.Path, "/data_exports/"):
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(e.stream()), Request: r}, nil
	case e.file != nil && strings.HasPrefix(r.URL.Path, "/data_exports/"):
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(e.file())), Request: r}, nil
	case r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/contacts/exports"):
		return e.account.RoundTrip(r)
	}
	e.calls.Add(1)
	if e.slow != nil {
		select {
		case <-e.slow:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	answer, err := e.account.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var started apiclient.Export
	if err := json.NewDecoder(answer.Body).Decode(&started); err != nil {
		return nil, err
	}
	look := r.Clone(r.Context())
	look.Method, look.Body, look.ContentLength = http.MethodGet, nil, 0
	look.URL = look.URL.JoinPath(idText(started.ID))
	return e.account.RoundTrip(look)
}

// house is an audience on an emulated account.
type house struct {
	*Service
	account  *emulator.Emulator
	api      *apiclient.Client
	exporter *exporter
	catalog  *catalog.Catalog
}

func at(t testing.TB, dir string, account *emulator.Emulator, change ...func(*Options)) *house {
	t.Helper()
	way := &exporter{account: account.Transport()}
	api, err := apiclient.New(apiclient.Config{Look: 100 * time.Millisecond, BaseURL: "http://127.0.0.1", Token: emulator.Token, Transport: way})
	must(t, err)
	t.Cleanup(api.Close)
	kept := store.At(dir)
	lists := catalog.New(api, journal.New(journal.Options{Store: kept, Account: api}))
	h := &house{account: account, api: api, exporter: way, catalog: lists}
	options := Options{Dir: dir, API: api, Catalog: lists, Store: kept}
	for _, c := range change {
		c(&options)
	}
	h.Service = New(options)
	t.Cleanup(func() {
		must(t, h.Close())
		must(t, kept.Close())
	})
	return h
}

// snapshot takes a new one, released with the test.
func (h *house) snapshot(t testing.TB) *Snapshot {
	t.Helper()
	sn, err := h.Snapshot(t.Context(), Want{Refresh: true})
	must(t, err)
	t.Cleanup(sn.Release)
	return sn
}

// ofFile is the snapshot of a CSV file, on an account with some fields and lists.
func ofFile(t testing.TB, account *emulator.Emulator, file string) *Snapshot {
	t.Helper()
	h := at(t, t.TempDir(), account)
	h.exporter.file = func() string { return file }
	return h.snapshot(t)
}

func count(t testing.TB, sn *Snapshot, where string) int {
	t.Helper()
	total, _, err := sn.Count(t.Context(), where)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return total
}

func wantCounts(t *testing.T, sn *Snapshot, wants map[string]int) {
	t.Helper()
	for where, want := range wants {
		if got := count(t, sn, where); got != want {
			t.Errorf("%s: %d contacts, want %d", where, got, want)
		}
	}
}

func wantFault(t testing.TB, err error, code fault.Code, says ...string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Fatalf("got %v, want %s", err, code)
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("it does not say %q: %v", part, err)
		}
	}
}

// people is an account with a few contacts, lists and fields of every type and of names that are hard to take.
func people(layout emulator.Layout) *emulator.Emulator {
	e := emulator.New(emulator.Config{ExportLayout: layout, Unlimited: true})
	news, vip := e.AddList("Newsletter"), e.AddList("VIP; gold, and more")
	e.AddField("Plan", "text", "plan")
	e.AddField("Age", "integer", "age")
	e.AddField("Score", "float", "score")
	e.AddField("Is customer", "boolean", "is_customer")
	e.AddField("Last login", "date", "last_login")
	e.AddField("Город", "text", "gorod")
	e.AddField("status", "text", "state_of_mind")
	e.AddField(`Say "hi" it's`, "text", "say_hi")
	e.AddField("Order", "text", "order")
	day := time.Date(2026, 4, 28, 12, 40, 45, 0, time.UTC)
	add := func(email, status string, lists []int64, fields map[string]any) {
		e.AddContact(emulator.Contact{Email: email, Status: status, ListIDs: lists, Fields: fields, CreatedAt: day, UpdatedAt: day.Add(time.Hour)})
	}
	add("anna@example.com", "subscribed", []int64{news, vip}, map[string]any{"plan": "pro", "age": 42, "score": 1.5, "is_customer": true, "last_login": "2026-01-31", "gorod": "Москва", "state_of_mind": "calm", "say_hi": "O'Brien", "order": "first"})
	add("bob@test.org", "unsubscribed", []int64{news}, map[string]any{"plan": "free", "age": 7, "is_customer": false, "last_login": "2025-11-02", "order": "second"})
	add("info@gmial.com", "subscribed", nil, map[string]any{"score": -2, "gorod": "КИЕВ", "state_of_mind": "wild"})
	add("anna+tag@example.com", "subscribed", []int64{vip}, nil)
	return e
}
