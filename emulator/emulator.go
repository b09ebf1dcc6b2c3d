// Package emulator is an embedded Mailtrap Contacts API: an http.Handler that keeps contacts, lists, fields, imports,
// exports and suppressions in memory and answers like the real service, down to its error shapes, headers, rate
// limits and delays. It serves for trying things out without an account, and for tests.
//
// What it does rests on Mailtrap's OpenAPI specification ("spec" in the comments), recorded exchanges ("recorded") and
// reports of live runs ("observed"). Where they contradict each other, recordings win. Where nothing is known the
// comment says "unknown" and the emulator does the least surprising thing.
//
// It starts no goroutine and no timer for its state: writes in their window and running jobs move on when the next
// request or accessor looks at the clock. So it can be used inside a testing/synctest bubble, through
// Emulator.Transport.
package emulator

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Emulator is the emulated API. Use New; its methods are safe for concurrent use.
type Emulator struct {
	config Config
	faults faults
	log    requestLog

	mu       sync.Mutex // guards everything below, including what the accounts hold
	accounts []*account
	tokens   tokenLimits
	events   ring[Event]
	random   io.Reader // for identifiers; not secret, but fast
	lastID   ids
}

// ids are the last identifiers given out. They are shared by all accounts, and each kind has its own range, so that an
// identifier used for the wrong account or the wrong kind finds nothing.
type ids struct{ list, field, importJob, export, campaign int64 }

// New returns an emulator with empty accounts.
func New(config Config) *Emulator {
	e := &Emulator{
		config: config.withDefaults(),
		log:    requestLog{entries: ring[Request]{size: maxRequests}},
		events: ring[Event]{size: maxEvents},
		lastID: ids{list: 0, field: 1000, importJob: 5000, export: 7000, campaign: 9000},
	}
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // never fails: it stops the program instead
	e.random = mathrand.NewChaCha8(seed)
	for _, a := range e.config.Accounts {
		e.accounts = append(e.accounts, e.newAccount(a))
	}
	return e
}

// ServeHTTP answers one request. An injected fault may end it with a panic of http.ErrAbortHandler, which net/http
// turns into a closed connection.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := e.config.Now()
	body, bodyErr := readBody(r)
	entry := e.log.add(r, body, started)
	fault := e.faults.take(r)

	if bodyErr != nil && !errors.Is(bodyErr, errTooLarge) {
		panic(http.ErrAbortHandler) // the client broke off
	}
	if !pause(r.Context(), e.config.Latency) {
		panic(http.ErrAbortHandler)
	}

	respond := func() answer {
		if bodyErr != nil {
			return tooLarge()
		}
		return e.answer(r, body)
	}
	send := func(a answer) {
		e.log.setStatus(entry, a.status)
		a.setTimes(e.config.Now(), e.config.Now().Sub(started))
		a.send(w)
	}
	if fault == nil {
		send(respond())
		return
	}
	fault.perform(r, respond, send)
}

// answer routes the request, passes the gates every request passes, and runs the endpoint.
func (e *Emulator) answer(r *http.Request, body []byte) answer {
	route, found := findRoute(r.Method, r.URL.EscapedPath())
	if !found {
		// Observed for GET /contacts; that the router answers before it looks at the token is unknown.
		return htmlNotFound()
	}
	if route.endpoint.download {
		return e.download(r, route)
	}

	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.config.Now()
	token := requestToken(r)
	quota, refused := e.tokens.take(token, now, e.config)
	if refused != nil {
		return refused.quota(quota)
	}
	c := &call{emulator: e, request: r, route: route, now: now, body: body}
	return e.gated(c, token).quota(quota)
}

// gated checks token, account, account-wide limits and rights, in this order, and then runs the endpoint. The caller
// holds the lock.
func (e *Emulator) gated(c *call, token string) answer {
	if token != e.config.Token {
		return unauthorized()
	}
	if c.account = e.findAccount(c.route); c.account == nil {
		return failure(http.StatusForbidden, "Account access forbidden")
	}
	if refused := c.account.limits.take(c.route.endpoint.pool, c.now, e.config); refused != nil {
		return *refused
	}
	if e.config.ReadOnlyToken && c.request.Method != http.MethodGet {
		return failure(http.StatusForbidden, "Access forbidden")
	}
	if !c.readParams() {
		return badRequest()
	}
	c.account.schedule.run(c.now)
	return c.route.endpoint.run(c)
}

// newUUID returns a UUIDv7 whose embedded time is t.
func (e *Emulator) newUUID(t time.Time) uuid.UUID {
	id, err := uuid.NewV7FromReader(e.random)
	if err != nil {
		panic(err) // the reader never fails
	}
	ms := t.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i)))
	}
	return id
}

// pause waits for d and reports whether the context outlived it.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
