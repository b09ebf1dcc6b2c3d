package apiclient

import (
	"context"
	"time"
)

// manner is how a client sends.
type manner struct {
	background bool
	until      context.Context // nil: as long as the call's own
	before     func(context.Context) error
}

// Background is the client for bulk work: it leaves a part of the rate budget to interactive calls, and may wait for minutes.
func (c *Client) Background() *Client {
	made := *c
	made.background = true
	return &made
}

// Until is the client whose calls give up where they wait, for the rate budget or to try again, when until ends, and send
// nothing after that. Unlike with the end of a call's own context, a request that is out is heard out, so that it is known
// what became of it.
func (c *Client) Until(until context.Context) *Client {
	made := *c
	made.until = until
	return &made
}

// OnSend is the client that calls a function each time a request that may change the account is about to leave, after the
// wait for the rate budget. An error keeps the request from being sent, and is what the call fails with. A request that is
// out when the call's context ends is heard out.
func (c *Client) OnSend(before func(context.Context) error) *Client {
	made := *c
	made.before = before
	return &made
}

// waiting is the context of a call's waits.
func waiting(ctx, until context.Context) (context.Context, func()) {
	if until == nil {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(until, cancel)
	if until.Err() != nil { // what is to happen after it happens a moment later only
		cancel()
	}
	return ctx, func() { stop(); cancel() }
}

// notSent is an error of an OnSend function.
type notSent struct{ error }

func (e notSent) Unwrap() error { return e.error }

// hearing is how much longer than the call it belongs to a write may be out.
const hearing = 10 * time.Second

// heardOut is the context of a call's requests. A write that somebody records (OnSend) is heard out when ctx ends while it
// is out, so that it is known what became of it. With an until, it has its time anyway.
func heardOut(ctx context.Context, call call) (context.Context, context.CancelFunc) {
	if call.before == nil || call.until != nil || !call.changes() {
		return ctx, func() {}
	}
	longer, cancel := context.WithTimeout(context.WithoutCancel(ctx), call.overall())
	stop := context.AfterFunc(ctx, func() {
		if Pause(longer, hearing) == nil {
			cancel()
		}
	})
	return longer, func() { stop(); cancel() }
}

// leaving tells that a request is about to be sent.
func leaving(ctx context.Context, call call) error {
	if call.before == nil || !call.changes() {
		return nil
	}
	if err := call.before(ctx); err != nil {
		return notSent{err}
	}
	return nil
}

// changes reports whether the call may change the account. An export is created with POST and changes nothing.
func (c call) changes() bool { return c.writes() && !c.reads }
