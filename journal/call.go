package journal

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// Call is one call of a tool, which may make several writes.
type Call struct {
	Tool   string
	Client string // the name of the MCP client
	// Confirmed is set when the operator agreed to it.
	Confirmed bool
	// Undoes is the id of the change that this call undoes; 0 for any other call.
	Undoes int64
	// Change is the change that the writes are added to, of a call that goes on later; 0 makes one with the first of them.
	Change int64
	// Final says why none of the call's writes can be undone; empty when that is for each write to say.
	Final string
}

type callKey struct{}

// openCall is a call with the change that its writes belong to, which is made with the first of them.
type openCall struct {
	Call
	outer   *openCall // the call that this one is made within; nil for none
	touched atomic.Bool
	turn    *semaphore.Weighted // for one at a time, who reads the call or gives it its change, which is written down meanwhile
}

func openedCall(call Call) *openCall {
	return &openCall{Call: call, turn: semaphore.NewWeighted(1)}
}

// within is the call that writes belong to, and the write that they undo; 0 for none.
type within struct {
	*openCall
	undoes int64
}

// In says which call the writes made with the context belong to.
func In(ctx context.Context, call Call) context.Context {
	opened := openedCall(call)
	if w, ok := ctx.Value(callKey{}).(within); ok {
		opened.outer = w.openCall
	}
	return in(ctx, within{openCall: opened})
}

// MayHaveChanged reports that a write may have changed the account in the call that a context belongs to, or in one made within it.
// Writes that were refused, or never sent, have not.
func MayHaveChanged(ctx context.Context) bool { return callIn(ctx).touched.Load() }

// touch notes in a context's call, and those that it is made within, that a write has ended so.
func touch(ctx context.Context, ended State) {
	if ended == Failed || ended == NotSent {
		return
	}
	for call := callIn(ctx); call != nil; call = call.outer {
		call.touched.Store(true)
	}
}

// Undoing says that the writes made with the context, which belong to the call of ctx, undo another write.
func Undoing(ctx context.Context, write int64) context.Context {
	return in(ctx, within{callIn(ctx), write})
}

func in(ctx context.Context, w within) context.Context { return context.WithValue(ctx, callKey{}, w) }

// callIn is the call of a context; one of its own where there is none.
func callIn(ctx context.Context) *openCall {
	if w, ok := ctx.Value(callKey{}).(within); ok {
		return w.openCall
	}
	return openedCall(Call{})
}

// CallOf is the call that a context belongs to, for work that goes on after it has ended, or is part of it; the zero value
// where it belongs to none.
func CallOf(ctx context.Context) Call {
	call := callIn(ctx)
	_ = call.turn.Acquire(context.Background(), 1) // which does not end
	defer call.turn.Release(1)
	return call.Call
}

// ChangeID is the change that the context's writes belong to; 0 when there are none yet, or the journal is off.
func ChangeID(ctx context.Context) int64 { return CallOf(ctx).Change }
