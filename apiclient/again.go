package apiclient

import (
	"time"

	"mailtrap-contacts-mcp/fault"
)

// MayPass reports failures that say nothing of what was asked for: the same request may do later.
func MayPass(err error) bool {
	if fault.Is(err, fault.RateLimited) || fault.Is(err, fault.Timeout) {
		return true
	}
	apiError, ok := AsError(err)
	if !ok {
		return false
	}
	switch apiError.Kind {
	case NoAnswer, TimedOut, ServerFailed, Throttled, Unreadable:
		return true
	}
	return false
}

// LookAfter is when to look again at one of Mailtrap's own jobs, imports and exports, that it was asked for some time ago.
func LookAfter(asked time.Duration) time.Duration {
	switch {
	case asked < time.Second:
		return 100 * time.Millisecond
	case asked < 5*time.Second:
		return 400 * time.Millisecond
	case asked < 30*time.Second:
		return 2 * time.Second
	}
	return 5 * time.Second
}
