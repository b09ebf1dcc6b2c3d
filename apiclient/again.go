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

// LookAfter is when to look again at one of Mailtrap's own jobs, an import or export, that it was asked for some time ago: less
// and less often.
func (c *Client) LookAfter(asked time.Duration) time.Duration {
	return min(max(c.look, asked/3), 5*time.Second)
}
