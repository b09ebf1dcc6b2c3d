package apiclient

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// expectation is what a call has to make of a fault: how it fails, after how many requests and how long.
type expectation struct {
	kind     Kind
	code     fault.Code
	unknown  bool
	requests int
	took     time.Duration
}

// behaviour is a fault and what reads, repeatable writes and once-calls make of it.
type behaviour struct {
	name                     string
	fault                    emulator.Fault
	read, repeatable, single expectation
}

const networkWaits = 500*time.Millisecond + time.Second + 2*time.Second + 4*time.Second

var htmlHeader = http.Header{"Content-Type": {"text/html"}}

func status(code int, body string) emulator.Fault { return emulator.Fault{Status: code, Body: body} }

func alike(e expectation) [3]expectation { return [3]expectation{e, e, e} }

func behaviours() []behaviour {
	at := func(name string, f emulator.Fault, e [3]expectation) behaviour {
		return behaviour{name, f, e[0], e[1], e[2]}
	}
	page := "<html><title>Sign in</title>" + strings.Repeat("<p>wi-fi</p>", 90_000)
	unreadable := [3]expectation{
		{Unreadable, fault.UpstreamError, false, 1, 0}, {Unreadable, fault.OutcomeUnknown, true, 1, 0}, {Unreadable, fault.OutcomeUnknown, true, 1, 0},
	}
	lost := [3]expectation{
		{NoAnswer, fault.UpstreamError, false, 5, networkWaits}, {NoAnswer, fault.OutcomeUnknown, true, 5, networkWaits}, {NoAnswer, fault.OutcomeUnknown, true, 1, 0},
	}
	failing := [3]expectation{
		{ServerFailed, fault.UpstreamError, false, 5, networkWaits}, {ServerFailed, fault.UpstreamError, false, 5, networkWaits}, {ServerFailed, fault.OutcomeUnknown, true, 1, 0},
	}
	return []behaviour{
		at("401", status(401, `{"error":"Incorrect API token"}`), alike(expectation{Unauthorized, fault.Unauthorized, false, 1, 0})),
		at("403", status(403, `{"errors":"Access forbidden"}`), alike(expectation{Forbidden, fault.Forbidden, false, 1, 0})),
		at("404", status(404, `{"error":"Not Found"}`), alike(expectation{NotFound, fault.NotFound, false, 1, 0})),
		at("413", emulator.Fault{Status: 413, Header: htmlHeader}, alike(expectation{TooLarge, fault.LimitReached, false, 1, 0})),
		at("422", status(422, `{"errors":{"base":["no"]}}`), alike(expectation{Refused, fault.InvalidInput, false, 1, 0})),
		at("429 for ever without Retry-After", status(429, `{"errors":"Rate limit exceeded"}`), alike(expectation{Throttled, fault.RateLimited, false, 7, 45 * time.Second})),
		at("429 with a Retry-After beyond the deadline", emulator.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}},
			alike(expectation{Throttled, fault.RateLimited, false, 1, 0})),
		at("500", status(500, `{"errors":"Unexpected error"}`), failing),
		at("502 with a page", emulator.Fault{Status: 502, Body: page, Header: htmlHeader}, failing),
		at("302", emulator.Fault{Do: emulator.Redirect, Header: http.Header{"Location": {"https://elsewhere.example/"}}},
			alike(expectation{Unreadable, fault.UpstreamError, false, 1, 0})),
		at("a page of 1 MB", emulator.Fault{Status: 200, Body: page, Header: htmlHeader}, unreadable),
		at("a connection reset before the work", emulator.Fault{Do: emulator.LoseBefore}, lost),
		at("a connection reset after the work", emulator.Fault{Do: emulator.LoseAfter}, lost),
		at("a silent API", emulator.Fault{Do: emulator.Hang}, [3]expectation{
			{TimedOut, fault.Timeout, false, 4, interactive}, {TimedOut, fault.OutcomeUnknown, true, 2, interactive}, {TimedOut, fault.OutcomeUnknown, true, 1, writeTimeout},
		}),
	}
}

func (b behaviour) wanted(o operation) expectation {
	switch {
	case !o.writes:
		return b.read
	case o.once:
		return b.single
	}
	return b.repeatable
}

func TestEveryFaultHasItsKindAndIsRepeatedOnlyWhereSafe(t *testing.T) {
	for _, b := range behaviours() {
		for _, o := range operations() {
			inBubble(t, b.name+"/"+o.name, func(t *testing.T) {
				want := b.wanted(o)
				checkFault(t, b.fault, o, want)
			})
		}
	}
}

func checkFault(t *testing.T, injected emulator.Fault, o operation, want expectation) {
	t.Helper()
	e, c := emulated(t, emulator.Config{Unlimited: true})
	e.Inject(injected)
	start := time.Now()
	err := o.do(context.Background(), c)
	took := since(start)
	failed := apiError(t, err)
	if failed.Kind != want.kind || failed.Unknown != want.unknown || failed.Repeatable == o.once {
		t.Errorf("got kind %d, unknown %v, repeatable %v (%v); want kind %d, unknown %v", failed.Kind, failed.Unknown, failed.Repeatable, failed, want.kind, want.unknown)
	}
	wantFault(t, err, want.code)
	if sent := len(e.Requests()); sent != want.requests {
		t.Errorf("sent %d requests, want %d", sent, want.requests)
	}
	if took != want.took {
		t.Errorf("took %s, want %s", took, want.took)
	}
}

func TestBodiesThatAreNoAnswerAreNoSuccess(t *testing.T) {
	for name, body := range map[string]string{
		"null": "null", "nothing": "", "an empty object": "{}", "half a body": `{"data":{"id":"018dd5e3`, "a string": `"ok"`, "a number": "1", "white space": " \n",
		"a contact without an id": `{"data":{"email":"a@example.com"}}`, "an id of the wrong type": `{"id":{}}`, "an id of 0": `{"id":0}`, "two bodies": `{"id":1}{"id":1}`,
	} {
		for _, o := range operations() {
			if o.name == "DeleteContact" || o.name == "CreateEvent" || o.name == "Lists" { // their status decides; lists are below
				continue
			}
			inBubble(t, name+"/"+o.name, func(t *testing.T) {
				code := fault.UpstreamError
				if o.writes {
					code = fault.OutcomeUnknown
				}
				checkFault(t, status(200, body), o, expectation{Unreadable, code, o.writes, 1, 0})
			})
		}
	}
}

func TestListsWithHolesAreNoAnswer(t *testing.T) {
	calls := map[string]func(context.Context, *Client) error{
		"Lists":    func(ctx context.Context, c *Client) error { _, err := c.Lists(ctx); return err },
		"Fields":   func(ctx context.Context, c *Client) error { _, err := c.Fields(ctx); return err },
		"Accounts": func(ctx context.Context, c *Client) error { _, err := c.Accounts(ctx); return err },
		"Suppressions": func(ctx context.Context, c *Client) error {
			_, err := c.Suppressions(ctx, SuppressionFilter{})
			return err
		},
	}
	for name, call := range calls {
		for _, body := range []string{"null", "{}", "", "[{}]", "[null]", "[1]", `[{"id":"x"`} {
			inBubble(t, name+"/"+body, func(t *testing.T) {
				c := newClient(t, Config{Account: TokenScoped, Transport: always(200, body)})
				if err := call(context.Background(), c); !IsKind(err, Unreadable) {
					t.Errorf("got %v", err)
				}
			})
		}
		if err := call(context.Background(), newClient(t, Config{Account: TokenScoped, Transport: always(200, "[]")})); err != nil {
			t.Errorf("%s: an empty list is an answer: %v", name, err)
		}
	}
}

func TestADeleteOrEventCountsByItsStatus(t *testing.T) {
	for name, body := range map[string]string{"nothing": "", "an object": `{"id":"x"}`, "null": "null", "an empty object": "{}"} {
		for _, o := range operations() {
			if o.name != "DeleteContact" && o.name != "CreateEvent" {
				continue
			}
			c := newClient(t, Config{Account: TokenScoped, Transport: always(200, body)})
			if err := o.do(context.Background(), c); err != nil {
				t.Errorf("%s with %s: %v", o.name, name, err)
			}
		}
	}
}

func TestTruncatedAnswersAreNoSuccess(t *testing.T) {
	for _, o := range operations() {
		inBubble(t, o.name, func(t *testing.T) {
			want := expectation{NoAnswer, fault.UpstreamError, false, 5, networkWaits}
			switch {
			case o.once:
				want = expectation{NoAnswer, fault.OutcomeUnknown, true, 1, 0}
			case o.writes:
				want = expectation{NoAnswer, fault.OutcomeUnknown, true, 5, networkWaits}
			}
			network := &stub{answer: func(int, *http.Request) (*http.Response, error) {
				broken := response(200, "")
				broken.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"data":`), brokenReader{}))
				return broken, nil
			}}
			c := newClient(t, Config{Account: TokenScoped, Transport: network})
			start := time.Now()
			err := o.do(context.Background(), c)
			if o.name == "CreateEvent" { // a 201 is enough: the event was fired, and must not be fired again
				if err != nil || len(network.sent()) != 1 {
					t.Errorf("got %v after %d requests", err, len(network.sent()))
				}
				return
			}
			failed := apiError(t, err)
			if failed.Kind != want.kind || failed.Unknown != want.unknown || failed.Status != 200 || len(network.sent()) != want.requests || since(start) != want.took {
				t.Errorf("got %+v after %d requests and %s", failed, len(network.sent()), since(start))
			}
			wantFault(t, err, want.code)
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestARefusalWhoseBodyBreaksOffIsStillARefusal(t *testing.T) {
	for code, kind := range map[int]Kind{404: NotFound, 422: Refused, 401: Unauthorized} {
		network := &stub{answer: func(int, *http.Request) (*http.Response, error) {
			broken := response(code, "")
			broken.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"errors":"half a sen`), brokenReader{}))
			return broken, nil
		}}
		c := newClient(t, Config{Account: TokenScoped, Transport: network})
		_, err := c.CreateContact(context.Background(), NewContact{Email: anEmail})
		failed := apiError(t, err)
		if failed.Kind != kind || failed.Unknown || len(failed.Problems) != 1 || !strings.Contains(failed.Problems[0].Text, "half a sen") {
			t.Errorf("%d: got %+v", code, failed)
		}
	}
}

func TestEndlessAndExplodingBodiesAreCutOff(t *testing.T) {
	for name, do := range map[string]emulator.Action{"endless": emulator.EndlessBody, "gzip bomb": emulator.GzipBomb} {
		for _, o := range operations() {
			inBubble(t, name+"/"+o.name, func(t *testing.T) {
				e, c := emulated(t, emulator.Config{Unlimited: true})
				e.Inject(emulator.Fault{Do: do})
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				err := o.do(context.Background(), c)
				runtime.ReadMemStats(&after)
				if used := after.TotalAlloc - before.TotalAlloc; used > 10*maxAnswer {
					t.Errorf("allocated %d MB in all", used>>20)
				}
				if len(e.Requests()) != 1 {
					t.Errorf("sent %d requests", len(e.Requests()))
				}
				if o.name == "CreateEvent" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if failed := apiError(t, err); failed.Kind != Unreadable || failed.Unknown != o.writes {
					t.Errorf("got %+v", failed)
				}
			})
		}
	}
}

func TestWhatNeverLeftTheMachineIsNoUnknownOutcome(t *testing.T) {
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	proxy := &net.OpError{Op: "proxyconnect", Net: "tcp", Err: dial}
	certificate := &tls.CertificateVerificationError{Err: errors.New("x509: unknown authority")}
	for name, c := range map[string]struct {
		err      error
		requests int
	}{"a refused connection": {dial, 5}, "a dead proxy": {proxy, 5}, "a bad certificate": {certificate, 1}} {
		for _, o := range operations() {
			inBubble(t, name+"/"+o.name, func(t *testing.T) {
				network := inTurn(failure(c.err))
				client := newClient(t, Config{Account: TokenScoped, Transport: network})
				err := o.do(context.Background(), client)
				if failed := apiError(t, err); failed.Kind != NoAnswer || failed.Unknown {
					t.Errorf("got %+v", failed)
				}
				wantFault(t, err, fault.UpstreamError)
				if len(network.sent()) != c.requests {
					t.Errorf("%d attempts, want %d", len(network.sent()), c.requests)
				}
			})
		}
	}
}
