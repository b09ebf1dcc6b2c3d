package emulator

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// The documented rate limits. The token's is what the headers show; the account's are invisible (recorded).
var (
	tokenRate        = rate{150, 10 * time.Second}
	contactsRate     = rate{200, 60 * time.Second}
	suppressionsRate = rate{10, 60 * time.Second}
)

type rate struct {
	limit  int
	window time.Duration
}

// counter counts requests within one window. Windows are aligned to the clock: recorded sequences jump back to 149 at
// :50. That the 60 s windows are aligned as well is unknown.
type counter struct {
	window int64
	used   int
}

// take counts a request if the window has room for it. A refused request is not counted (unknown).
func (c *counter) take(r rate, now time.Time) (remaining int, wait time.Duration, ok bool) {
	length := int64(r.window)
	if window := now.UnixNano() / length; window != c.window {
		*c = counter{window: window}
	}
	if c.used >= r.limit {
		return 0, time.Duration((c.window+1)*length - now.UnixNano()), false
	}
	c.used++
	return r.limit - c.used, 0, true
}

// quota is what the rate-limit headers show.
type quota struct{ limit, remaining int }

// tokenLimits holds one counter per token seen; a wrong token has its own (recorded).
type tokenLimits map[string]*counter

// take counts a request for the token. The answer is nil if it may pass.
func (t *tokenLimits) take(token string, now time.Time, config Config) (quota, *answer) {
	if config.Unlimited {
		return quota{tokenRate.limit, tokenRate.limit - 1}, nil
	}
	if *t == nil || len(*t) > 1000 { // someone is making tokens up: forget them all rather than grow
		*t = tokenLimits{}
	}
	c := (*t)[token]
	if c == nil {
		c = &counter{}
		(*t)[token] = c
	}
	remaining, wait, ok := c.take(tokenRate, now)
	q := quota{tokenRate.limit, remaining}
	if !ok {
		refused := throttled(now.Add(wait), wait, config)
		return q, &refused
	}
	return q, nil
}

// accountLimits are the limits that all tokens of an account share.
type accountLimits struct{ contacts, suppressions counter }

// take counts a request against the pool. The answer is nil if it may pass.
func (l *accountLimits) take(p pool, now time.Time, config Config) *answer {
	if config.Unlimited {
		return nil
	}
	var wait time.Duration
	ok := true
	switch p {
	case poolContacts:
		_, wait, ok = l.contacts.take(contactsRate, now)
	case poolSuppressions:
		_, wait, ok = l.suppressions.take(suppressionsRate, now)
	}
	if ok {
		return nil
	}
	refused := rateLimited(wait, config)
	return &refused
}

// throttled is how the limiter of the token answers, "kept here to match the real response" (spec): with the end of the window
// as an absolute time. The other two headers are those of every answer.
func throttled(until time.Time, wait time.Duration, config Config) answer {
	a := jsonAnswer(http.StatusTooManyRequests, errorBody{"Throttled"})
	a.header.Set("X-Ratelimit-Reset", until.UTC().Format("2006-01-02T15:04:05.000000Z"))
	a.retryAfter(wait, config)
	return a
}

// rateLimited is how an account's limits answer. Whether its real answer has any header of its own is unknown.
func rateLimited(wait time.Duration, config Config) answer {
	a := failure(http.StatusTooManyRequests, "Rate limit exceeded")
	a.retryAfter(wait, config)
	return a
}

func (a answer) retryAfter(wait time.Duration, config Config) {
	if config.RetryAfter {
		a.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
}
