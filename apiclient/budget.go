package apiclient

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"
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

// window is one limit: the times of the last requests that count against it, oldest first, and what a 429 has made of it.
type window struct {
	limit       int
	length      time.Duration
	sent        []time.Time
	closedUntil time.Time
	slowUntil   time.Time
}

// free is how long until one more request fits, 0 when it does now.
func (w *window) free(now time.Time, background bool) time.Duration {
	expired := 0
	for expired < len(w.sent) && now.Sub(w.sent[expired]) >= w.length {
		expired++
	}
	w.sent = w.sent[expired:]
	share := 1.0
	if background {
		share = backgroundShare
	}
	if now.Before(w.slowUntil) {
		share /= 2
	}
	wait := w.closedUntil.Sub(now)
	if allowed := max(1, int(float64(w.limit)*share)); len(w.sent) >= allowed {
		wait = max(wait, w.sent[len(w.sent)-allowed].Add(w.length).Sub(now))
	}
	return max(wait, 0)
}

// budget keeps the limits before sending: for all calls of a client, and through shared for those of other processes.
type budget struct {
	// turn lets one at a time read and write what follows. It is no mutex, because who has it may wait for another process's
	// transaction.
	turn                         *semaphore.Weighted
	token, account, suppressions window
	shared                       *sharedWindows // nil: for this process alone
	// line has at its head the call of bulk work whose turn is next. Those behind get there in the order in which they came,
	// so that jobs have equal shares.
	line *semaphore.Weighted
}

func newBudget() *budget {
	return &budget{
		turn:         semaphore.NewWeighted(1),
		line:         semaphore.NewWeighted(1),
		token:        window{limit: tokenLimit, length: tokenWindow + jitter},
		account:      window{limit: accountLimit, length: accountWindow + jitter},
		suppressions: window{limit: suppressionsLimit, length: suppressionsWindow + jitter},
	}
}

// windows are the limits that apply to a call.
func (b *budget) windows(call call) []*window {
	switch {
	case call.suppressions:
		return []*window{&b.token, &b.suppressions}
	case call.unscoped:
		return []*window{&b.token}
	}
	return []*window{&b.token, &b.account}
}

// with does something with the windows that apply to a call, as they are now for all who share them.
func (b *budget) with(call call, do func([]*window)) {
	_ = b.turn.Acquire(context.Background(), 1) // what was sent is counted, whoever has given up
	defer b.turn.Release(1)
	applies := b.windows(call)
	if b.shared == nil {
		do(applies)
		return
	}
	b.shared.with(call, applies, do)
}

// take waits until the call fits all limits that apply to it and counts it against them.
func (b *budget) take(ctx context.Context, call call) error {
	if isBackground(ctx) {
		if err := b.line.Acquire(ctx, 1); err != nil {
			return err
		}
		defer b.line.Release(1)
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		wait, closed := b.try(call, isBackground(ctx))
		if wait <= 0 {
			return ctx.Err() // it may have ended while the store was waited for
		}
		if tooLong(isBackground(ctx), closed) {
			return errNoBudget{wait}
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait+answerTime {
			return errNoBudget{wait}
		}
		if err := Pause(ctx, wait); err != nil {
			return err
		}
	}
}

// try counts the call if it fits now, which is when it has the windows: it may have waited for them. closed is how long a 429
// keeps everybody from sending.
func (b *budget) try(call call, background bool) (wait, closed time.Duration) {
	b.with(call, func(applies []*window) {
		now := time.Now()
		wait, closed = 0, 0
		for _, w := range applies {
			wait = max(wait, w.free(now, background))
			closed = max(closed, w.closedUntil.Sub(now))
		}
		for _, w := range applies {
			if wait <= 0 {
				w.sent = append(w.sent, now)
			}
		}
	})
	return wait, closed
}

// throttled is told of a 429: nobody sends before it is over, and everybody sends less for a while. Which of the limits
// was hit is unknown; one on the suppressions is taken for theirs, because it is so much smaller.
func (b *budget) throttled(call call, wait time.Duration) {
	b.with(call, func(applies []*window) {
		now := time.Now()
		if call.suppressions {
			applies = applies[1:]
		}
		for _, w := range applies {
			if until := now.Add(wait); until.After(w.closedUntil) {
				w.closedUntil = until
			}
			w.slowUntil = now.Add(slowFor)
		}
	})
}

// Usage is how much of a rate limit is used in its current window.
type Usage struct {
	Name   string
	Used   int
	Limit  int
	Window time.Duration
}

// Budget reports what this server, and the others that share its data folder, have used of each limit. Users of the same
// token on other machines are not seen. Limits of an account that cannot be found out are left out.
func (c *Client) Budget(ctx context.Context) []Usage {
	prefix, err := c.account.resolve(ctx, c)
	usage := func(name string, call call, which int) Usage {
		found := Usage{Name: name}
		call.account = prefix
		c.budget.with(call, func(applies []*window) {
			w := applies[which]
			w.free(time.Now(), false)
			found.Used, found.Limit, found.Window = len(w.sent), w.limit, w.length-jitter
		})
		return found
	}
	used := []Usage{usage("token", call{unscoped: true}, 0)}
	if err == nil {
		used = append(used, usage("contacts", call{}, 1), usage("suppressions", call{suppressions: true}, 1))
	}
	return used
}

// errNoBudget says that the limits leave no room before the call's deadline.
type errNoBudget struct{ wait time.Duration }

func (e errNoBudget) Error() string {
	return "the rate budget is used up for " + e.wait.Round(time.Second).String()
}
