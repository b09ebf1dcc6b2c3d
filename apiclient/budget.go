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
	// backgroundShare is the part of a limit that bulk work may use; the rest is kept for someone who is waiting. Of the few requests
	// for suppressions that is half: one look at some people takes as many.
	backgroundShare   = 0.85
	suppressionsShare = 0.5
	// answerTime is what a call must have left when its turn comes. With less it would be sent and not heard out, and read
	// as if the API had not answered.
	answerTime = 2 * time.Second
	// slowFor is how long the budget is halved after a 429: somebody else uses the same account.
	slowFor = 60 * time.Second
)

// budget keeps the limits before sending: for all calls of a client, and through shared for those of other processes.
type budget struct {
	// turn lets one at a time read and write what follows. It is no mutex, because who has it may wait for another process's
	// transaction.
	turn                         *semaphore.Weighted
	token, account, suppressions limit
	clock                        wallClock
	shared                       *sharedLimits // nil: for this process alone
	// line has at its head the call of bulk work whose turn is next. Those behind get there in the order in which they came,
	// so that jobs have equal shares. Who waits for the suppressions' limit, for most of a minute, holds up nobody else.
	line, suppressionsLine *semaphore.Weighted
	held, heldBulk         held
}

func newBudget() *budget {
	return &budget{
		turn:             semaphore.NewWeighted(1),
		line:             semaphore.NewWeighted(1),
		suppressionsLine: semaphore.NewWeighted(1),
		token:            limit{most: tokenLimit, share: backgroundShare, within: tokenWindow + jitter},
		account:          limit{most: accountLimit, share: backgroundShare, within: accountWindow + jitter},
		suppressions:     limit{most: suppressionsLimit, share: suppressionsShare, within: suppressionsWindow + jitter},
	}
}

// limits are those that apply to a call.
func (b *budget) limits(call call) []*limit {
	switch {
	case call.suppressions:
		return []*limit{&b.token, &b.suppressions}
	case call.unscoped, call.tokenPath: // campaigns and domains were not seen to have a limit of their own
		return []*limit{&b.token}
	}
	return []*limit{&b.token, &b.account}
}

// change does something to the limits that apply to a call, as they are now for all who share them: to what this process
// knows of them, and again where another one has changed them meanwhile. Where do changes nothing, it says so, and has seen
// all that this process knows.
func (b *budget) change(call call, do func(now time.Time, applies []*limit) (changes bool)) {
	_ = b.turn.Acquire(context.Background(), 1) // what was sent is counted, whoever has given up
	defer b.turn.Release(1)
	now := time.Now()
	leapt := b.clock.leapt(now)
	for _, l := range []*limit{&b.token, &b.account, &b.suppressions} {
		l.follow(leapt, now)
	}
	applies := b.limits(call)
	if b.shared == nil || !b.shared.change(call, applies, leapt, do) {
		do(time.Now(), applies)
	}
}

// take waits until the call fits all limits that apply to it and counts it against them.
func (b *budget) take(ctx context.Context, call call) error {
	if call.background {
		line := b.line
		if call.suppressions {
			line = b.suppressionsLine
		}
		if err := line.Acquire(ctx, 1); err != nil {
			return err
		}
		defer line.Release(1)
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		wait, closed := b.try(call)
		if wait <= 0 {
			return ctx.Err() // it may have ended while the store was waited for
		}
		if tooLong(call.background, closed) {
			return errNoBudget{wait}
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait+answerTime {
			return errNoBudget{wait}
		}
		pause := Pause
		if !call.background || closed > 0 {
			pause = b.holds(call.background).pause
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// try counts the call if it fits now, which is when it has the limits: it may have waited for them. closed is how long a 429
// keeps everybody from sending.
func (b *budget) try(call call) (wait, closed time.Duration) {
	b.change(call, func(now time.Time, applies []*limit) bool {
		wait, closed = 0, 0
		for _, l := range applies {
			wait = max(wait, l.free(now, call.background))
			closed = max(closed, l.closedUntil.Sub(now))
		}
		if wait > 0 {
			return false
		}
		for _, l := range applies {
			l.sent = l.sent.and(now)
		}
		return true
	})
	return wait, closed
}

// throttled is told of a 429: nobody sends before it is over, and everybody sends less for a while. Which of the limits
// was hit is unknown; one on the suppressions is taken for theirs, because it is so much smaller.
func (b *budget) throttled(call call, wait time.Duration) {
	b.change(call, func(now time.Time, applies []*limit) bool {
		now = now.Round(0) // it is compared with what other processes write
		if call.suppressions {
			applies = applies[1:]
		}
		for _, l := range applies {
			if until := now.Add(wait); until.After(l.closedUntil) {
				l.closedUntil = until
			}
			l.slowUntil = now.Add(slowFor)
		}
		return true
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
		c.budget.change(call, func(now time.Time, applies []*limit) bool {
			l := applies[which]
			l.free(now, false)
			found.Used, found.Limit, found.Window = l.sent.count(), l.most, l.within-jitter
			return true // what has expired is dropped, so that what others have sent is seen
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
