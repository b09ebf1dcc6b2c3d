package apiclient

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	aUUID   = "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132"
	anEmail = "anna@example.com"
)

// newClient returns a client that ends with the test.
func newClient(t testing.TB, config Config) *Client {
	t.Helper()
	if config.Token == "" {
		config.Token = emulator.Token
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// emulated returns an emulator and a client of its first account, with no network between them.
func emulated(t testing.TB, config emulator.Config) (*emulator.Emulator, *Client) {
	t.Helper()
	e := emulator.New(config)
	return e, newClient(t, Config{Account: "1111111", Transport: e.Transport()})
}

// inBubble runs a test under fake time.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

func ref(t testing.TB, s string) ContactRef {
	t.Helper()
	r, err := ParseContact(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// stub is a network that answers by a function of the request's number, from 0.
type stub struct {
	answer func(n int, r *http.Request) (*http.Response, error)

	mu       sync.Mutex
	requests []sentRequest
}

type sentRequest struct {
	method, path, query, body string
	header                    http.Header
}

func (s *stub) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		read, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(read)
	}
	s.mu.Lock()
	n := len(s.requests)
	s.requests = append(s.requests, sentRequest{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, body, r.Header.Clone()})
	s.mu.Unlock()
	return s.answer(n, r)
}

func (s *stub) sent() []sentRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// response is an answer as http.Transport gives it.
func response(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// always answers every request alike.
func always(status int, body string, header ...string) *stub {
	return &stub{answer: func(int, *http.Request) (*http.Response, error) { return response(status, body, header...), nil }}
}

// inTurn gives one answer after the other and stays with the last.
func inTurn(answers ...func() (*http.Response, error)) *stub {
	return &stub{answer: func(n int, _ *http.Request) (*http.Response, error) { return answers[min(n, len(answers)-1)]() }}
}

func answer(status int, body string, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) { return response(status, body, header...), nil }
}

func failure(err error) func() (*http.Response, error) {
	return func() (*http.Response, error) { return nil, err }
}

// apiError requires err to be an *Error.
func apiError(t testing.TB, err error) *Error {
	t.Helper()
	found, ok := AsError(err)
	if !ok {
		t.Fatalf("got %v, want an *Error", err)
	}
	return found
}

// wantFault checks the code an agent reads, and that the fault says what to do.
func wantFault(t testing.TB, err error, code fault.Code) *fault.Error {
	t.Helper()
	if err == nil {
		t.Fatalf("succeeded, want %s", code)
	}
	f := fault.From(err)
	if f.Code != code {
		t.Fatalf("got %s, want %s", f, code)
	}
	if f.What == "" || f.Next == "" {
		t.Errorf("%s says not what happened or what to do", f)
	}
	if len(f.Error()) > 6000 {
		t.Errorf("%s is %d bytes long", f.Code, len(f.Error()))
	}
	return f
}

// since is how much of the bubble's time has passed.
func since(start time.Time) time.Duration { return time.Since(start) }

// operation is one call of the client, with what is safe about it.
type operation struct {
	name   string
	writes bool
	once   bool // must never be repeated blindly
	do     func(context.Context, *Client) error
}

func operations() []operation {
	id := ContactID(aUUID)
	byEmail := ContactRef{value: anEmail}
	return []operation{
		{"GetContact", false, false, func(ctx context.Context, c *Client) error { _, err := c.GetContact(ctx, id); return err }},
		{"Lists", false, false, func(ctx context.Context, c *Client) error { _, err := c.Lists(ctx); return err }},
		{"Import", false, false, func(ctx context.Context, c *Client) error { _, err := c.Import(ctx, 1); return err }},
		{"CreateContact", true, true, func(ctx context.Context, c *Client) error {
			_, err := c.CreateContact(ctx, NewContact{Email: anEmail})
			return err
		}},
		{"UpdateContact by UUID", true, false, func(ctx context.Context, c *Client) error {
			_, _, err := c.UpdateContact(ctx, id, ContactChange{Email: anEmail})
			return err
		}},
		{"UpdateContact by address", true, true, func(ctx context.Context, c *Client) error {
			_, _, err := c.UpdateContact(ctx, byEmail, ContactChange{Email: anEmail})
			return err
		}},
		{"DeleteContact", true, false, func(ctx context.Context, c *Client) error { return c.DeleteContact(ctx, id) }},
		{"CreateEvent", true, true, func(ctx context.Context, c *Client) error { return c.CreateEvent(ctx, id, Event{Name: "x"}) }},
		{"CreateList", true, true, func(ctx context.Context, c *Client) error { _, err := c.CreateList(ctx, "x"); return err }},
		{"RenameList", true, false, func(ctx context.Context, c *Client) error { _, err := c.RenameList(ctx, 1, "x"); return err }},
		{"CreateField", true, true, func(ctx context.Context, c *Client) error {
			_, err := c.CreateField(ctx, Field{Name: "x", DataType: "text", MergeTag: "x"})
			return err
		}},
		{"CreateExport", true, true, func(ctx context.Context, c *Client) error {
			_, err := c.CreateExport(ctx, ExportFilter{})
			return err
		}},
	}
}

// oneRow is the request of an import.
var oneRow = []byte(`{"contacts":[{"email":"` + anEmail + `"}]}`)

func createImport(ctx context.Context, c *Client) error {
	_, err := c.CreateImport(ctx, oneRow)
	return err
}
