// Package fault holds the one kind of error an agent reads.
//
// A fault says what happened, why, and what to do next, under a code that stays the same across versions. Every
// error that reaches an agent is a fault; what is not one when it arrives becomes Internal, its text kept for the log.
package fault

import (
	"context"
	"errors"
	"strings"
)

// Code classes a fault; agents and scripts may rely on its value.
type Code string

// The codes, each with the condition it stands for.
const (
	InvalidInput      Code = "invalid_input"      // an argument is wrong; nothing was sent, or the API refused its value
	NotFound          Code = "not_found"          // what was named does not exist
	AlreadyExists     Code = "already_exists"     // what was to be created is there already
	Conflict          Code = "conflict"           // the request is ambiguous, or another write is in the way
	ConsentRequired   Code = "consent_required"   // resubscribing needs the contact's consent
	NeedsConfirmation Code = "needs_confirmation" // the operator has to agree first
	NeedsPreview      Code = "needs_preview"      // too many contacts for a direct write
	PlanExpired       Code = "plan_expired"       // a plan is too old, used up, or no longer fits the account
	ReadOnly          Code = "read_only"          // the server or the token may not write
	Unauthorized      Code = "unauthorized"       // no token, or the API does not know it
	Forbidden         Code = "forbidden"          // the token lacks the right
	RateLimited       Code = "rate_limited"       // the API's limit is used up for longer than a call may wait
	LimitReached      Code = "limit_reached"      // a limit of the account or of this server
	FileAccess        Code = "file_access"        // a file cannot be read or written, or may not be
	Timeout           Code = "timeout"            // no answer within the time allowed
	Cancelled         Code = "cancelled"          // the caller or the operator stopped it
	OutcomeUnknown    Code = "outcome_unknown"    // a write was sent and its answer was lost
	UpstreamError     Code = "upstream_error"     // the API failed, or answered what it should not
	Internal          Code = "internal"           // a defect of this server
)

// Error is a fault. What and Next are always set; Why may be empty where What says it all.
type Error struct {
	Code Code   `json:"code"`
	What string `json:"what"`          // what happened, one sentence, ends with a full stop
	Why  string `json:"why,omitempty"` // the reason, as far as it is known
	Next string `json:"next"`          // what the agent can do about it
	Err  error  `json:"-"`             // the cause, for errors.Is and for logs; never shown to the agent
}

// New returns a fault without a cause.
func New(code Code, what, why, next string) *Error {
	return &Error{Code: code, What: what, Why: why, Next: next}
}

// Error is the text an agent reads: "[code] what. why. next."
func (e *Error) Error() string {
	parts := make([]string, 0, 4)
	parts = append(parts, "["+string(e.Code)+"]")
	for _, part := range []string{e.What, e.Why, e.Next} {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Because returns a copy of e with err as its cause.
func (e *Error) Because(err error) *Error {
	withCause := *e
	withCause.Err = err
	return &withCause
}

// Is reports whether err is a fault of the given code, or a Faulter that reads as one.
func Is(err error, code Code) bool {
	return err != nil && From(err).Code == code
}

// Faulter is an error that knows how an agent should read it.
type Faulter interface {
	error
	Fault() *Error
}

// From turns any error into a fault: a fault stays itself, a Faulter is asked, an ended context becomes Cancelled or
// Timeout, and the rest is Internal, whose cause belongs in the log and not in the answer.
func From(err error) *Error {
	var f *Error
	var faulter Faulter
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &faulter):
		return faulter.Fault()
	case errors.Is(err, context.Canceled):
		return New(Cancelled, "The call was cancelled before it was done.", "",
			"Nothing more is sent; call again to continue.").Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return New(Timeout, "The call took longer than it is allowed to.", "", "Try again in a moment.").Because(err)
	default:
		return New(Internal, "Something went wrong inside this server.", "It is a defect of the server and not of the call.",
			"Tell the operator to look at the server's log; do not repeat a write without checking first.").Because(err)
	}
}
