package apiclient

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock is how far Mailtrap's clock is ahead of this machine's, by the dates of its answers. They are whole seconds, so that it
// is right to about a second. It is measured anew all the time, because either clock may be set.
type clock struct {
	ahead atomic.Pointer[time.Duration]
}

// ClockError is how far TheirTime may be from what Mailtrap's clock shows, with room to spare.
const ClockError = 5 * time.Second

// promptAnswer is how long an answer may take for its date to tell the time well.
const promptAnswer = 2 * time.Second

// look reads the date of an answer to a request that left at some time and was answered just now.
func (c *clock) look(header http.Header, left time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	took := time.Since(left)
	if err != nil || took > promptAnswer && c.ahead.Load() != nil {
		return
	}
	c.ahead.Store(new(date.Add(500 * time.Millisecond).Sub(left.Add(took / 2))))
}

// TheirTime is what Mailtrap's clock showed when this machine's showed at: the times of contacts and exports are to be compared
// with it. It is zero as long as no answer has told a time.
func (c *Client) TheirTime(at time.Time) time.Time {
	ahead := c.clock.ahead.Load()
	if ahead == nil {
		return time.Time{}
	}
	return at.Add(*ahead)
}
