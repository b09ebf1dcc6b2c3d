package apiclient

import (
	"encoding/binary"
	"time"
)

// limit is one of the documented limits, and what counts against it.
type limit struct {
	most   int
	share  float64 // the part of it that bulk work may use
	within time.Duration

	key     string // that it is stored under; empty as long as nothing is known of what is stored
	version int64  // of what is stored
	sent    times  // of the last requests that count
	// What a 429 has made of it, by the wall clock.
	closedUntil time.Time
	slowUntil   time.Time
}

// free is how long until one more request fits, 0 when it does now.
func (l *limit) free(now time.Time, background bool) time.Duration {
	for l.sent.count() > 0 && now.Sub(l.sent.at(0)) >= l.within {
		l.sent = l.sent[timeSize:]
	}
	share := 1.0
	if background {
		share = l.share
	}
	if now.Before(l.slowUntil) {
		share /= 2
	}
	wait := l.closedUntil.Sub(now)
	if allowed := max(1, int(float64(l.most)*share)); l.sent.count() >= allowed {
		wait = max(wait, l.sent.at(l.sent.count()-allowed).Add(l.within).Sub(now))
	}
	return max(wait, 0)
}

// follow has what is known of the limit follow the clock. Where it was set forward, what was sent a moment ago would count as
// sent long ago, and more would be sent than the limit. Where it was set back, what was written before counts as if it were
// now: nobody waits for longer than a window, and nobody sends more than its limit. Another process may have done so before,
// so that nothing gets later than now.
func (l *limit) follow(leapt time.Duration, now time.Time) {
	if n := l.sent.count(); leapt > 0 || n > 0 && l.sent.at(n-1).After(now) {
		var sent times
		for i := range n {
			sent = sent.and(earlier(l.sent.at(i).Add(leapt), now))
		}
		l.sent = sent
	}
	if leapt > 0 && l.closedUntil.After(now.Add(-leapt)) {
		l.closedUntil = earlier(l.closedUntil.Add(leapt), now.Add(l.within))
	}
	if l.closedUntil.After(now.Add(LongestWait)) { // nobody closes it for as long
		l.closedUntil = now.Add(l.within)
	}
	l.slowUntil = earlier(l.slowUntil, now.Add(slowFor))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// times are the times of requests, oldest first, as they are stored: each eight bytes, ms since 1970.
type times []byte

const timeSize = 8

func (t times) count() int { return len(t) / timeSize }

func (t times) at(i int) time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(t[i*timeSize:])))
}

// and are the times with one more, the newest.
func (t times) and(at time.Time) times {
	return binary.BigEndian.AppendUint64(t, uint64(at.UnixMilli()))
}

// wallClock watches for the clock being set.
type wallClock struct {
	looked, wall time.Time // when it was looked at last, and what it showed then
}

// leapt is how far the clock was set forward since it was looked at last: by so much more than time has passed.
func (c *wallClock) leapt(now time.Time) time.Duration {
	leapt := now.Round(0).Sub(c.wall) - now.Sub(c.looked)
	first := c.looked.IsZero()
	c.looked, c.wall = now, now.Round(0)
	if first || leapt < time.Second {
		return 0
	}
	return leapt
}
