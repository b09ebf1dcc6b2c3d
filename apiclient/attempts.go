package apiclient

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Limits of one call. An attempt's time starts when the rate budget lets it go.
const (
	readTimeout       = 15 * time.Second
	writeTimeout      = 25 * time.Second
	uploadTimeout     = 5 * time.Minute
	interactive       = 50 * time.Second // all attempts and waits of a call somebody waits for
	background        = 20 * time.Minute // the same for bulk work and uploads
	maxAnswer         = 4 << 20          // bytes of an answer, unpacked: a thousand suppressions are less than one MB
	maxRefusal        = 16 << 20         // the same for an import, whose refusal names up to 50,000 contacts
	maxAttempts       = 200              // a backstop; the waits end a call long before
	maxNetworkRetries = 4
	longestOutage     = 5 * time.Minute // that bulk work sits out within one call, however many attempts that takes
)

// attempts is the story of one call: it makes each attempt, decides whether to try again and remembers what that means.
type attempts struct {
	client *Client
	call   call
	target string
	body   []byte          // of the request; nil: none
	out    context.Context // of a request that is out
	answer []byte          // the body of the last one
	began  time.Time

	wait      time.Duration // before the next attempt
	asked     time.Duration // the pause that the last answer has asked for
	conflicts int           // 409s so far
	throttles int           // 429s so far
	failures  int           // network errors and 5xx so far
	failing   time.Time     // when the first of these was
	lost      bool          // an attempt at a write may have done its work without our knowing
}

func (c call) overall() time.Duration {
	if c.upload || c.background {
		return background
	}
	return interactive
}

func (c call) timeout() time.Duration {
	switch {
	case c.upload:
		return uploadTimeout
	case c.method == http.MethodGet:
		return readTimeout
	}
	return writeTimeout
}

// longest is how many bytes its answer may have.
func (c call) longest() int {
	if c.upload {
		return maxRefusal
	}
	return maxAnswer
}

func (c call) writes() bool { return c.method != http.MethodGet }

// exchange makes attempts until one is answered, or fails, for good.
func (a *attempts) exchange(waits context.Context) (*http.Response, error) {
	for n := 1; ; n++ {
		response, err := a.attempt(waits)
		if n > maxAttempts || !a.again(waits, response, err) {
			return response, err
		}
		pause := Pause
		if response != nil && response.StatusCode == http.StatusTooManyRequests {
			pause = a.client.budget.holds(a.call.background).pause
		}
		if err := pause(waits, a.wait); err != nil {
			return nil, err
		}
	}
}

// attempt waits for the rate budget, bounds the attempt in time, and reads the answer whole, so that a connection that breaks
// inside the body is a failed attempt like any other. A redirect is an answer: it would carry the token to wherever it points.
func (a *attempts) attempt(waits context.Context) (*http.Response, error) {
	if err := a.client.budget.take(waits, a.call); err != nil {
		return nil, err
	}
	if err := leaving(waits, a.call); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(a.out, a.call.timeout())
	defer cancel()
	request, err := a.request(ctx)
	if err != nil {
		return nil, err
	}
	left := time.Now()
	response, err := a.client.pool.RoundTrip(request)
	if err != nil {
		a.lost = a.lost || a.call.writes() && !neverSent(err)
		return nil, err
	}
	a.client.clock.look(response.Header, left)
	body, err := readBounded(response.Body, a.call.longest())
	// A refusal is known by its status, whatever became of its words; those of an import name the rows that can be left out.
	if err != nil && (response.StatusCode < 400 || a.call.upload && response.StatusCode == http.StatusUnprocessableEntity) {
		a.lost = a.lost || a.call.writes()
		return nil, &brokenAnswer{status: response.StatusCode, err: cmp.Or(ctx.Err(), err)}
	}
	a.answer, response.Body = body, http.NoBody
	return response, nil
}

func (a *attempts) request(ctx context.Context) (*http.Request, error) {
	var body io.Reader // nil without one: net/http would have a goroutine look whether an empty one is
	if a.body != nil {
		body = bytes.NewReader(a.body)
	}
	request, err := http.NewRequestWithContext(ctx, a.call.method, a.target, body)
	if err != nil {
		return nil, notSent{fmt.Errorf("preparing %s %s: %w", a.call.method, a.call.route, withoutURL(err))}
	}
	request.Header.Set("Authorization", "Bearer "+a.client.token)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", a.client.userAgent)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

var errTooLarge = errors.New("the answer is larger than any of the API")

func readBounded(body io.ReadCloser, limit int) ([]byte, error) {
	defer body.Close()
	read, err := io.ReadAll(io.LimitReader(body, int64(limit)+1))
	if err == nil && len(read) > limit {
		err = errTooLarge
	}
	return read, err
}

// brokenAnswer is an answer whose status arrived and whose body did not.
type brokenAnswer struct {
	status int
	err    error
}

func (b *brokenAnswer) Error() string {
	return fmt.Sprintf("the body of a %d answer: %v", b.status, b.err)
}
func (b *brokenAnswer) Unwrap() error { return b.err }

// neverSent reports errors that happened before anything left this machine.
func neverSent(err error) bool {
	var operation *net.OpError
	if errors.As(err, &operation) && (operation.Op == "dial" || operation.Op == "proxyconnect") {
		return true
	}
	return isCertificate(err)
}

func isCertificate(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}

// again is the retry policy. It answers false when the next wait would pass the deadline, so that the last answer, and not a
// time-out, is what the caller hears of.
func (a *attempts) again(ctx context.Context, response *http.Response, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	reason := a.reason(response, err)
	if reason == "" {
		return false
	}
	if response != nil && response.StatusCode == http.StatusTooManyRequests {
		a.client.budget.throttled(a.call, a.wait)
		if tooLong(a.call.background, a.wait) {
			return false
		}
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < a.wait+time.Second {
		return false
	}
	a.client.log.DebugContext(ctx, "repeating a request", "method", a.call.method, "route", a.call.route, "because", reason, "wait", a.wait)
	return true
}

// reason says why to repeat, setting the wait; empty means not to.
func (a *attempts) reason(response *http.Response, err error) string {
	if err != nil {
		return a.afterError(err)
	}
	switch status := response.StatusCode; {
	case status == http.StatusTooManyRequests:
		// It was not carried out, so repeating is safe whatever the call does.
		a.pauseAfter(a.throttles, time.Second, 15*time.Second, response)
		a.throttles++
		return "429"
	case status == http.StatusConflict && a.call.throughConflict && a.conflicts < 8:
		// Real accounts take 3 to 10 seconds to apply a write (observed); 8 waits are 22 seconds.
		a.conflicts++
		a.wait = min(time.Duration(a.conflicts)*500*time.Millisecond+500*time.Millisecond, 4*time.Second)
		return "409"
	case status >= 500 && status != http.StatusNotImplemented:
		a.lost = a.lost || a.call.writes()
		return a.afterFailure("5xx", false, response)
	}
	return ""
}

func (a *attempts) afterError(err error) string {
	if isCertificate(err) || errors.Is(err, errTooLarge) || errors.As(err, new(errNoBudget)) || errors.As(err, new(notSent)) {
		return ""
	}
	return a.afterFailure("network", neverSent(err), nil)
}

func (a *attempts) afterFailure(reason string, unsent bool, response *http.Response) string {
	if a.call.once && !unsent || a.givenUp() {
		return ""
	}
	a.pauseAfter(a.failures, 500*time.Millisecond, 8*time.Second, response)
	a.failures++
	return reason
}

// givenUp reports whether a failure has lasted for long enough. Nobody waits for bulk work, and ending a long job is worse
// than a pause in it.
func (a *attempts) givenUp() bool {
	if a.failures == 0 {
		a.failing = time.Now()
	}
	return a.failures >= maxNetworkRetries && (!a.call.background || time.Since(a.failing) > longestOutage)
}
