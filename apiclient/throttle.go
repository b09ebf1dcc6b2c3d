package apiclient

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/fault"
)

const (
	// LongestWait is the longest pause that is kept because it was asked for: no answer may silence the server for a day.
	LongestWait = 5 * time.Minute
	// patience is how long bulk work sits a pause out within a call. When it is longer, its job has to know, to tell people.
	patience = 15 * time.Second
)

// pauseAsked is the pause that an answer asks for, 0 where it asks for none: by Retry-After, in seconds or as a date, or by
// X-Ratelimit-Reset, which is absolute (spec: ISO 8601; other APIs write epoch seconds, or seconds to go). Times are compared
// with the answer's own date, so that our clock does not matter.
func pauseAsked(header http.Header, now time.Time) time.Duration {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	if written := strings.TrimSpace(header.Get("Retry-After")); written != "" {
		if pause, ok := pauseUntil(written, now); ok {
			return pause
		}
	}
	pause, _ := pauseUntil(strings.TrimSpace(header.Get("X-Ratelimit-Reset")), now)
	return pause
}

func pauseUntil(written string, now time.Time) (time.Duration, bool) {
	if number, err := strconv.ParseFloat(written, 64); err == nil {
		return pauseOf(number, now)
	}
	for _, layout := range []string{time.RFC3339Nano, http.TimeFormat, time.RFC850, time.ANSIC} {
		if at, err := time.Parse(layout, written); err == nil {
			return max(at.Sub(now), 0), true
		}
	}
	return 0, false
}

// pauseOf reads a number: of seconds, or, when it is as large as those are, of seconds or milliseconds since 1970.
func pauseOf(number float64, now time.Time) (time.Duration, bool) {
	const centuries = 1e11 // seconds since 1970 in the year 5138
	switch {
	case number < 0 || number >= 1e15 || number != number:
		return 0, false
	case number >= centuries:
		return max(time.UnixMilli(int64(number)).Sub(now), 0), true
	case number >= 1e9:
		return max(time.Unix(int64(number), 0).Sub(now), 0), true
	}
	return min(time.Duration(number*float64(time.Second)), 1<<62), true
}

// pauseAfter sets how long to wait after an answer that asks for a pause, and otherwise, or when it failed without one,
// after least, doubled each time up to most.
func (a *attempts) pauseAfter(times int, least, most time.Duration, response *http.Response) {
	a.asked = 0
	if response != nil && (response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusServiceUnavailable) {
		a.asked = pauseAsked(response.Header, time.Now())
	}
	if a.asked > 0 {
		a.wait = min(max(a.asked, least), LongestWait)
		return
	}
	a.wait = most
	if times < 16 {
		a.wait = min(least<<times, most)
	}
}

// tooLong reports whether a call should rather fail than sit out a pause.
func tooLong(background bool, pause time.Duration) bool { return background && pause > patience }

// throttled is the error of a call that Mailtrap, or our own budget, has no room for.
func (e *Error) throttled() *fault.Error {
	what, next := "This server has used up Mailtrap's rate limit", "Wait a minute and repeat the call."
	if e.Status == http.StatusTooManyRequests {
		what = "Mailtrap refuses requests because its rate limit is used up"
	}
	if wait := time.Until(e.Until); wait > 0 {
		next = fmt.Sprintf("Repeat the call after %s, in %s.", e.Until.UTC().Format("15:04:05 UTC"), Roughly(wait))
	}
	var why []string
	if e.Waited >= time.Second {
		why = append(why, "The call has waited for "+Roughly(e.Waited.Truncate(time.Second))+".")
	}
	if e.Asked > LongestWait {
		why = append(why, fmt.Sprintf("Mailtrap asks for a pause of %s; this server asks again sooner.", Roughly(e.Asked)))
	}
	if e.Method != http.MethodGet && !e.Lost {
		why = append(why, "The request was not carried out.")
	}
	if e.Status != http.StatusTooManyRequests {
		next += " An import takes one request for many contacts, single calls take one or more each."
	}
	return fault.New(fault.RateLimited, what+" (200 contact requests a minute, 150 in ten seconds).", strings.Join(why, " "), next)
}

// Roughly is a pause in words, rounded up.
func Roughly(pause time.Duration) string {
	seconds := int64((pause + time.Second - 1) / time.Second)
	switch {
	case seconds == 1:
		return "1 second"
	case seconds < 120:
		return fmt.Sprintf("%d seconds", seconds)
	case seconds < 120*60:
		return fmt.Sprintf("%d minutes", (seconds+59)/60)
	case seconds < 72*3600:
		return fmt.Sprintf("%d hours", (seconds+3599)/3600)
	}
	return fmt.Sprintf("%d days", (seconds+86399)/86400)
}
