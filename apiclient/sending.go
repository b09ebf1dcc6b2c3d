package apiclient

import (
	"context"
	"time"
)

type untilKey struct{}

// Until has calls give up where they wait, for the rate budget or to try again, when until ends, and send nothing after that.
// Unlike with the end of ctx itself, a request that is out is heard out, so that it is known what became of it.
func Until(ctx, until context.Context) context.Context {
	return context.WithValue(ctx, untilKey{}, until)
}

// waiting is the context of a call's waits.
func waiting(ctx context.Context) (context.Context, func()) {
	until, ok := ctx.Value(untilKey{}).(context.Context)
	if !ok {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(until, cancel)
	if until.Err() != nil { // what is to happen after it happens a moment later only
		cancel()
	}
	return ctx, func() { stop(); cancel() }
}

type sendingKey struct{}

// sending is what has to happen before a write leaves.
type sending func(context.Context) error

// OnSend has a function called each time a request that may change the account is about to leave, after the wait for the
// rate budget. An error keeps the request from being sent, and is what the call fails with. A request that is out when ctx
// ends is heard out.
func OnSend(ctx context.Context, before func(context.Context) error) context.Context {
	return context.WithValue(ctx, sendingKey{}, sending(before))
}

// notSent is an error of an OnSend function.
type notSent struct{ error }

func (e notSent) Unwrap() error { return e.error }

// hearing is how much longer than the call it belongs to a write may be out.
const hearing = 10 * time.Second

// heardOut is the context of a call's requests. A write that somebody records (OnSend) is heard out when ctx ends while it
// is out, so that it is known what became of it. With an until, it has its time anyway.
func heardOut(ctx context.Context, call call) (context.Context, context.CancelFunc) {
	if ctx.Value(sendingKey{}) == nil || ctx.Value(untilKey{}) != nil || !call.changes() {
		return context.WithTimeout(ctx, call.overall(ctx))
	}
	longer, cancel := context.WithTimeout(context.WithoutCancel(ctx), call.overall(ctx))
	stop := context.AfterFunc(ctx, func() {
		if Pause(longer, hearing) == nil {
			cancel()
		}
	})
	return longer, func() { stop(); cancel() }
}

// leaving tells that a request is about to be sent.
func leaving(ctx context.Context, call call) error {
	if !call.changes() {
		return nil
	}
	before, ok := ctx.Value(sendingKey{}).(sending)
	if !ok {
		return nil
	}
	if err := before(ctx); err != nil {
		return notSent{err}
	}
	return nil
}

// changes reports whether the call may change the account. An export is created with POST and changes nothing.
func (c call) changes() bool { return c.writes() && !c.reads }
