package apiclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// aContact is an emulator with one contact, and a client.
func aContact(t *testing.T, config emulator.Config) (*emulator.Emulator, *Client) {
	t.Helper()
	e, c := emulated(t, config)
	e.AddContact(emulator.Contact{ID: aUUID, Email: anEmail})
	return e, c
}

func TestA429IsWaitedOut(t *testing.T) {
	date := func(after time.Duration) string { return time.Now().Add(after).UTC().Format(http.TimeFormat) }
	for name, c := range map[string]struct {
		retryAfter func() string
		took       time.Duration
	}{
		"without Retry-After":                 {func() string { return "" }, time.Second},
		"with seconds":                        {func() string { return "7" }, 7 * time.Second},
		"with a date":                         {func() string { return date(9 * time.Second) }, 9 * time.Second},
		"with a date that has passed":         {func() string { return date(-time.Hour) }, time.Second},
		"with zero seconds":                   {func() string { return "0" }, time.Second},
		"with a negative number":              {func() string { return "-5" }, time.Second},
		"with a number that overflows":        {func() string { return "9223372036854775807" }, time.Second},
		"with something that is not a number": {func() string { return "soon" }, time.Second},
	} {
		for _, o := range operations() {
			if o.name != "GetContact" && o.name != "UpdateContact by UUID" && o.name != "CreateEvent" {
				continue
			}
			inBubble(t, name+"/"+o.name, func(t *testing.T) {
				e, client := aContact(t, emulator.Config{})
				e.Inject(emulator.Fault{Status: 429, Body: `{"errors":"Rate limit exceeded"}`, Header: http.Header{"Retry-After": {c.retryAfter()}}, Times: 1})
				start := time.Now()
				if err := o.do(context.Background(), client); err != nil {
					t.Fatal(err)
				}
				if took := since(start); took != c.took {
					t.Errorf("took %s, want %s", took, c.took)
				}
				if len(e.Requests()) != 2 {
					t.Errorf("%d requests", len(e.Requests()))
				}
			})
		}
	}
}

func TestARetryAfterOfADayDoesNotSilenceTheClientForADay(t *testing.T) {
	inBubble(t, "429", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		e.Inject(emulator.Fault{Status: 429, Header: http.Header{"Retry-After": {"86400"}}, Times: 1})
		_, err := c.GetContact(context.Background(), ref(t, anEmail))
		wantFault(t, err, fault.RateLimited)
		time.Sleep(LongestWait)
		if _, err := c.GetContact(context.Background(), ref(t, anEmail)); err != nil {
			t.Error(err)
		}
	})
}

func TestAFailureThatPassesIsRepeatedWhereSafe(t *testing.T) {
	passing := map[string]emulator.Fault{
		"500":          {Status: 500, Body: `{"errors":"Unexpected error"}`, Times: 2},
		"lost before":  {Do: emulator.LoseBefore, Times: 2},
		"lost after":   {Do: emulator.LoseAfter, Times: 2},
		"truncated":    {Do: emulator.TruncateBody, Times: 2},
		"silent twice": {Do: emulator.Hang, Times: 1},
	}
	for name, f := range passing {
		inBubble(t, name, func(t *testing.T) {
			e, c := aContact(t, emulator.Config{})
			ctx := context.Background()
			calls := map[string]func() error{
				"get": func() error { _, err := c.GetContact(ctx, ref(t, aUUID)); return err },
				"update": func() error {
					contact, _, err := c.UpdateContact(ctx, ref(t, aUUID), ContactChange{Email: anEmail, Fields: Values{"first_name": "A"}})
					if contact.Fields["first_name"] != "A" {
						t.Errorf("got %v", contact)
					}
					return err
				},
				"import": func() error { return createImport(ctx, c) },
				"delete": func() error { return c.DeleteContact(ctx, ref(t, aUUID)) },
			}
			for _, call := range []string{"get", "update", "import", "delete"} {
				e.Inject(f)
				if err := calls[call](); err != nil {
					t.Errorf("%s: %v", call, err)
				}
				e.ClearFaults()
			}
			if e.Len() != 0 {
				t.Errorf("%d contacts are left", e.Len())
			}
		})
	}
}

func TestARepeatedDeleteThatFindsNothingHasSucceeded(t *testing.T) {
	inBubble(t, "lost after", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		e.Inject(emulator.Fault{Method: "DELETE", Do: emulator.LoseAfter, Times: 1})
		if err := c.DeleteContact(context.Background(), ref(t, aUUID)); err != nil {
			t.Error(err)
		}
		wantFault(t, c.DeleteContact(context.Background(), ref(t, aUUID)), fault.NotFound)
	})
}

func TestADeleteThatFailedAfterItsWorkHasSucceeded(t *testing.T) {
	inBubble(t, "500, then 404", func(t *testing.T) {
		c := newClient(t, Config{Account: TokenScoped, Transport: inTurn(answer(500, ""), answer(404, `{"errors":"Contact(s) not found"}`))})
		if err := c.DeleteContact(context.Background(), ContactID(aUUID)); err != nil {
			t.Error(err)
		}
	})
}

func TestA409IsWaitedOutOnlyForAWriteThatCanWait(t *testing.T) {
	for _, o := range operations() {
		inBubble(t, o.name, func(t *testing.T) {
			want := expectation{Conflict, fault.Conflict, false, 1, 0}
			if o.name == "UpdateContact by UUID" || o.name == "UpdateContact by address" || o.name == "DeleteContact" {
				want.requests, want.took = 9, 21500*time.Millisecond
			}
			checkFault(t, status(409, `{"errors":"Contact exists or being updated"}`), o, want)
		})
	}
}

func TestAnEventOrCreateIsSentOnceWhateverHappens(t *testing.T) {
	for name, f := range map[string]emulator.Fault{
		"lost after": {Do: emulator.LoseAfter}, "500": {Status: 500}, "truncated": {Do: emulator.TruncateBody}, "silent": {Do: emulator.Hang}, "a page": {Status: 200, Body: "<html>"},
	} {
		inBubble(t, name, func(t *testing.T) {
			e, c := aContact(t, emulator.Config{})
			e.Inject(f)
			for _, o := range operations() {
				if o.once {
					e.ResetRequests()
					_ = o.do(context.Background(), c) // its failure is checked elsewhere
					if len(e.Requests()) != 1 {
						t.Errorf("%s: sent %d requests", o.name, len(e.Requests()))
					}
				}
			}
			if len(e.Events()) > 1 {
				t.Errorf("%d events", len(e.Events()))
			}
		})
	}
}

func TestAThrottledWriteThatIsGivenUpWasNotSent(t *testing.T) {
	inBubble(t, "cancelled while it waits", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		e.Inject(emulator.Fault{Status: 429, Header: http.Header{"Retry-After": {"20"}}})
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(5*time.Second, cancel)
		start := time.Now()
		_, err := c.CreateContact(ctx, NewContact{Email: "new@example.com"})
		if failed := apiError(t, err); failed.Kind != Stopped || failed.Unknown {
			t.Errorf("got %+v", failed)
		}
		wantFault(t, err, fault.Cancelled)
		if since(start) != 5*time.Second {
			t.Errorf("took %s", since(start))
		}
	})
}

func TestAnUploadMayTakeMinutes(t *testing.T) {
	inBubble(t, "a slow API", func(t *testing.T) {
		e, c := emulated(t, emulator.Config{Latency: 4 * time.Minute})
		if err := createImport(context.Background(), c); err != nil {
			t.Error(err)
		}
		if len(e.Requests()) != 1 {
			t.Errorf("%d requests", len(e.Requests()))
		}
	})
	inBubble(t, "a silent API", func(t *testing.T) {
		checkFault(t, emulator.Fault{Do: emulator.Hang}, operation{name: "CreateImport", writes: true, do: createImport},
			expectation{TimedOut, fault.OutcomeUnknown, true, 4, background})
	})
}

func TestTheLookUpOfTheAccountCountsAgainstTheCallsDeadline(t *testing.T) {
	inBubble(t, "a silent API", func(t *testing.T) {
		e := emulator.New(emulator.Config{})
		c := newClient(t, Config{Transport: e.Transport()})
		e.Inject(emulator.Fault{Path: "/accounts", Do: emulator.Hang})
		start := time.Now()
		_, err := c.GetContact(context.Background(), ref(t, anEmail))
		wantFault(t, err, fault.Timeout)
		if since(start) > interactive {
			t.Errorf("took %s", since(start))
		}
	})
}

func TestTheCallersDeadlineHolds(t *testing.T) {
	inBubble(t, "a silent API", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		e.Inject(emulator.Fault{Do: emulator.Hang})
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.GetContact(ctx, ref(t, anEmail))
		wantFault(t, err, fault.Timeout)
		if since(start) != 3*time.Second {
			t.Errorf("took %s", since(start))
		}
	})
}

func TestAnAttemptsErrorNamesNoAddress(t *testing.T) {
	inBubble(t, "reset", func(t *testing.T) {
		network := inTurn(failure(errors.New("read tcp: connection reset by peer")), failure(io.ErrUnexpectedEOF))
		c := newClient(t, Config{Account: TokenScoped, Transport: network})
		_, err := c.GetContact(context.Background(), ref(t, anEmail))
		const want = "GET /contacts/{contact}: unexpected EOF"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}

func TestBulkWorkSitsOutAnOutageAndSomeoneWhoWaitsDoesNot(t *testing.T) {
	for name, outage := range map[string]emulator.Fault{"reset": {Do: emulator.LoseBefore}, "503": {Status: 503}} {
		for _, c := range []struct {
			by       func(*Client) *Client
			lasts    time.Duration
			survives bool
		}{
			{func(c *Client) *Client { return c }, 20 * time.Second, false},
			{(*Client).Background, 4 * time.Minute, true},
			{(*Client).Background, 10 * time.Minute, false},
		} {
			inBubble(t, name+" of "+c.lasts.String(), func(t *testing.T) {
				e, client := aContact(t, emulator.Config{})
				e.Inject(outage)
				over := time.AfterFunc(c.lasts, e.ClearFaults)
				defer over.Stop()
				start := time.Now()
				_, err := c.by(client).GetContact(t.Context(), ref(t, aUUID))
				if (err == nil) != c.survives {
					t.Errorf("got %v", err)
				}
				if took := since(start); took > longestOutage+10*time.Second || c.survives && took > c.lasts+8*time.Second {
					t.Errorf("took %s", took)
				}
			})
		}
	}
}
