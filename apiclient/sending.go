package apiclient

import "context"

type sendingKey struct{}

// sending is what has to happen before a write leaves.
type sending func(context.Context) error

// OnSend has a function called each time a request that may change the account is about to leave, after the wait for the
// rate budget. An error keeps the request from being sent, and is what the call fails with.
func OnSend(ctx context.Context, before func(context.Context) error) context.Context {
	return context.WithValue(ctx, sendingKey{}, sending(before))
}

// notSent is an error of an OnSend function.
type notSent struct{ error }

func (e notSent) Unwrap() error { return e.error }

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
