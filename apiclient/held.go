package apiclient

import (
	"context"
	"sync"
	"time"
)

// Limited is until when requests are held back because of Mailtrap's rate limit, as far as that is known: those of bulk work or those
// that somebody waits for, as the client is for. It is zero where none is. Bulk work always has pauses of its own; only those after a
// 429 count.
func (c *Client) Limited() time.Time {
	h := c.budget.holds(c.background)
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.until
}

// held is the requests that wait for the rate limit.
type held struct {
	mu    sync.Mutex
	n     int
	until time.Time // when the last of them goes on
}

// holds are the requests of bulk work, or those that somebody waits for.
func (b *budget) holds(background bool) *held {
	if background {
		return &b.heldBulk
	}
	return &b.held
}

// pause waits for the rate limit.
func (h *held) pause(ctx context.Context, wait time.Duration) error {
	h.mu.Lock()
	h.n++
	if until := time.Now().Add(wait); until.After(h.until) {
		h.until = until
	}
	h.mu.Unlock()
	err := Pause(ctx, wait)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.n--; h.n == 0 {
		h.until = time.Time{}
	}
	return err
}
