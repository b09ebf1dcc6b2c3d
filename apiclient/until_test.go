package apiclient

import (
	"context"
	"net/http"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestACallThatWaitsGivesUpAndOneThatIsOutIsHeardOut(t *testing.T) {
	fire := func(c *Client, after time.Duration) error {
		until, stop := context.WithCancel(context.Background())
		if after == 0 {
			stop()
		}
		time.AfterFunc(after, stop)
		return c.Background().Until(until).CreateEvent(context.Background(), ContactID(aUUID), Event{Name: "e"})
	}
	inBubble(t, "out", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{Latency: 5 * time.Second})
		start := time.Now()
		if err := fire(c, time.Second); err != nil || since(start) != 5*time.Second || len(e.Events()) != 1 {
			t.Errorf("got %v after %s, and %d events", err, since(start), len(e.Events()))
		}
	})
	for name, c := range map[string]struct {
		ready func(*emulator.Emulator, *Client)
		after time.Duration
		sent  int
	}{
		"waiting to try again": {func(e *emulator.Emulator, _ *Client) { e.Inject(emulator.Fault{Status: http.StatusTooManyRequests}) }, 9 * time.Second, 4},
		"waiting for the budget": {func(_ *emulator.Emulator, c *Client) {
			burst(150, func(int) error { _, err := c.GetContact(context.Background(), ContactID(aUUID)); return err })
		}, 9 * time.Second, 150},
		"not begun": {func(*emulator.Emulator, *Client) {}, 0, 0},
	} {
		inBubble(t, name, func(t *testing.T) {
			e, client := aContact(t, emulator.Config{})
			c.ready(e, client)
			start := time.Now()
			err := fire(client, c.after)
			wantFault(t, err, fault.Cancelled)
			if failed := apiError(t, err); failed.Kind != Stopped || failed.Unknown || failed.Lost || since(start) != c.after || len(e.Requests()) != c.sent {
				t.Errorf("got %+v after %s and %d requests", failed, since(start), len(e.Requests()))
			}
			time.Sleep(time.Hour)
			if len(e.Events()) != 0 {
				t.Errorf("%d events were fired", len(e.Events()))
			}
		})
	}
}
