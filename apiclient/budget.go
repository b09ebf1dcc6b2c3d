package apiclient

import (
	"context"
	"sync"
	"time"
)

// The documented limits. Which kind of window the API counts in is unknown (its headers suggest fixed ones); a sliding
// window of the same length keeps within either. golang.org/x/time/rate would not do: its bucket, sized to keep these
// limits in every window, makes the second hundred of 200 calls wait a minute.
const (
	tokenLimit         = 150 // requests per token (recording, documentation)
	tokenWindow        = 10 * time.Second
	accountLimit       = 200 // contacts requests per account (documentation)
	accountWindow      = 60 * time.Second
	suppressionsLimit  = 10 // suppressions requests per account (documentation)
	suppressionsWindow = 60 * time.Second

	// jitter lengthens our windows, because requests are counted when they arrive, not when they are sent.
	jitter = 500 * time.Millisecond
	// backgroundShare is the part of a limit that bulk work may use; the rest is kept for someone who is waiting.
	backgroundShare = 0.85
	// answerTime is what a call must have left when its turn comes. With less it would be sent and not heard out, and read
	// as if the API had not answered.
	answerTime = 2 * time.Second
	// slowFor is how long the budget is halved after a 429: somebody else uses the same account.
	slowFor = 60 * time.Second
)

type backgroundKey struct{}

// Background marks bulk work: it leaves a part of the rate budget to interactive calls, and may wait for minutes.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

func isBackground(ctx context.Context) bool {
	background, _ := ctx.Value(backgroundKey{}).(bool)
	return background
}

// window is one limit: the times of the last requests that count against it, oldest first.
type window struct {
	limit  int
	length time.Duration
	sent   []time.Time
}

// free is how long until one more request fits, 0 when it does now.
func (w *window) free(now time.Time, share float64) time.Duration {
	expired := 0
	for expired < len(w.sent) && now.Sub(w.sent[expired]) >= w.length {
		expired++
	}
	w.sent = w.sent[expired:]
	allowed := max(1, int(float64(w.limit)*share))
	if len(w.sent) < allowed {
		return 0
	}
	return w.sent[len(w.sent)-allowed].Add(w.length).Sub(now)
}

// budget keeps the limits before sending, for all calls of a client.
type budget struct {
	mu                           sync.Mutex
	token, account, suppressions window
	closedUntil                  time.Time // after a 429
	slowUntil                    time.Time
}

func newBudget() *budget {
	return &budget{
		token:        window{limit: tokenLimit, length: tokenWindow + jitter},
		account:      window{limit: accountLimit, length: accountWindow + jitter},
		suppressions: window{limit: suppressionsLimit, length: suppressionsWindow + jitter},
	}
}

// take waits until the call fits all limits that apply to it and counts it against them.
func (b *budget) take(ctx context.Context, call call) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		wait := b.try(time.Now(), call, isBackground(ctx))
		if wait <= 0 {
			return nil
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait+answerTime {
			return errNoBudget{wait}
		}
		if err := Pause(ctx, wait); err != nil {
			return err
		}
	}
}

func (b *budget) try(now time.Time, call call, background bool) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	share := 1.0
	if background {
		share = backgroundShare
	}
	if now.Before(b.slowUntil) {
		share /= 2
	}
	applies := []*window{&b.token}
	switch {
	case call.suppressions:
		applies = append(applies, &b.suppressions)
	case !call.unscoped:
		applies = append(applies, &b.account)
	}
	wait := b.closedUntil.Sub(now)
	for _, w := range applies {
		wait = max(wait, w.free(now, share))
	}
	if wait > 0 {
		return wait
	}
	for _, w := range applies {
		w.sent = append(w.sent, now)
	}
	return 0
}

// throttled is told of a 429: nobody sends before it is over, and everybody sends less for a while.
func (b *budget) throttled(wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if until := now.Add(wait); until.After(b.closedUntil) {
		b.closedUntil = until
	}
	b.slowUntil = now.Add(slowFor)
}

// Usage is how much of a rate limit this process has used in its current window.
type Usage struct {
	Name   string
	Used   int
	Limit  int
	Window time.Duration
}

// Budget reports what this process has used of each limit. Other users of the same token are not seen.
func (c *Client) Budget() []Usage {
	c.budget.mu.Lock()
	defer c.budget.mu.Unlock()
	now := time.Now()
	usage := func(name string, w *window) Usage {
		w.free(now, 1)
		return Usage{Name: name, Used: len(w.sent), Limit: w.limit, Window: w.length - jitter}
	}
	return []Usage{
		usage("token", &c.budget.token),
		usage("contacts", &c.budget.account),
		usage("suppressions", &c.budget.suppressions),
	}
}

// errNoBudget says that the limits leave no room before the call's deadline.
type errNoBudget struct{ wait time.Duration }

func (e errNoBudget) Error() string {
	return "the rate budget is used up for " + e.wait.Round(time.Second).String()
}
