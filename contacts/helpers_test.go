package contacts

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
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

const anna = "anna@example.com"

var background = context.Background()

// windows are the ways a real account was seen to apply writes.
var windows = map[string]emulator.Config{
	"applied at once":        {},
	"applied after 5 s":      {ApplyDelay: 5 * time.Second},
	"dropped within 5 s":     {ApplyDelay: 5 * time.Second, DropInFlight: true},
	"applied after 10 s":     {ApplyDelay: 10 * time.Second},
	"dropped within 10 s":    {ApplyDelay: 10 * time.Second, DropInFlight: true},
	"dropped, with latency":  {ApplyDelay: 5 * time.Second, DropInFlight: true, Latency: 300 * time.Millisecond},
	"a slow and lagging API": {ApplyDelay: 5 * time.Second, Latency: 300 * time.Millisecond},
}

// inWindows runs a test once for each of them, under fake time.
func inWindows(t *testing.T, test func(t *testing.T, e *emulator.Emulator, s *Service)) {
	t.Helper()
	for name, config := range windows {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, s := newService(t, config)
				test(t, e, s)
			})
		})
	}
}

// inBubble runs a test under fake time.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// newService returns an emulator with the lists News (1) and VIP (2) and the field age, and a service on it.
func newService(t testing.TB, config emulator.Config) (*emulator.Emulator, *Service) {
	t.Helper()
	e := emulator.New(config)
	e.AddList("News")
	e.AddList("VIP")
	e.AddField("Age", "integer", "age")
	return e, serviceOn(t, e)
}

// serviceOn is one more process that works on the same account.
func serviceOn(t testing.TB, e *emulator.Emulator) *Service {
	t.Helper()
	api, err := apiclient.New(apiclient.Config{Recorded: true, Token: emulator.Token, Account: "1111111", Transport: e.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	changes := journalled(t, api)
	return New(api, catalog.New(api, changes), changes)
}

func ref(t testing.TB, s string) apiclient.ContactRef {
	t.Helper()
	r, err := apiclient.ParseContact(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// settled is the contact after every write has been applied.
func settled(t testing.TB, e *emulator.Emulator, email string) emulator.Contact {
	t.Helper()
	time.Sleep(time.Minute) // in the bubble
	contact, ok := e.Contact(email)
	if !ok {
		t.Fatalf("there is no %s", email)
	}
	return contact
}

// wantFault checks the code, and that the text has all the parts.
func wantFault(t testing.TB, err error, code fault.Code, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("succeeded, want %s", code)
	}
	f := fault.From(err)
	if f.Code != code {
		t.Fatalf("got %s, want %s", f, code)
	}
	for _, part := range parts {
		if !strings.Contains(f.Error(), part) {
			t.Errorf("%s\nlacks %s", f, part)
		}
	}
}

// count is how many requests were made with the method.
func count(e *emulator.Emulator, method string) int {
	n := 0
	for _, r := range e.Requests() {
		if r.Method == method {
			n++
		}
	}
	return n
}

func must[T any](t testing.TB) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// journalled is a journal of what is written through the client, in memory.
func journalled(t testing.TB, api *apiclient.Client) *journal.Journal {
	t.Helper()
	kept := store.InMemory()
	t.Cleanup(func() { _ = kept.Close() })
	return journal.New(journal.Options{Store: kept, Account: api})
}
