package emulator

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Request is one entry of the request log.
type Request struct {
	// Time is when the request arrived, by Config.Now.
	Time   time.Time
	Method string
	// Path is the path as it was on the wire, still escaped, with the query.
	Path string
	// Body is the request body, at most its first 64 KB.
	Body []byte
	// Status is what was answered; 0 if the request is still being answered or its answer was lost.
	Status int
	// TokenSeen says whether an Authorization or Api-Token header was present.
	TokenSeen bool
}

// requestLog keeps the latest requests.
type requestLog struct {
	mu      sync.Mutex
	entries ring[Request]
}

// add records a request that has arrived and returns its number.
func (l *requestLog) add(r *http.Request, body []byte, now time.Time) int {
	path := r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entries.add(Request{
		Time:      now,
		Method:    r.Method,
		Path:      path,
		Body:      slices.Clone(body[:min(len(body), maxLoggedBody)]),
		TokenSeen: tokenSeen(r),
	})
}

func (l *requestLog) setStatus(number, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if entry := l.entries.at(number); entry != nil {
		entry.Status = status
	}
}

// Requests returns the latest requests, oldest first, at most 10,000.
func (e *Emulator) Requests() []Request {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	return e.log.entries.all()
}

// ResetRequests empties the request log.
func (e *Emulator) ResetRequests() {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	e.log.entries.clear()
}

// ring keeps the last size items added to it. Items are numbered from 0 as they are added; clearing does not start the
// numbers anew.
type ring[T any] struct {
	size  int
	items []T
	start int // position of the oldest item once the ring is full
	next  int // number of the next item
}

func (r *ring[T]) add(item T) int {
	if len(r.items) < r.size {
		r.items = append(r.items, item)
	} else {
		r.items[r.start] = item
		r.start = (r.start + 1) % r.size
	}
	r.next++
	return r.next - 1
}

// at returns the item with that number, nil if it is no longer there.
func (r *ring[T]) at(number int) *T {
	i := number - (r.next - len(r.items))
	if i < 0 || i >= len(r.items) {
		return nil
	}
	return &r.items[(r.start+i)%len(r.items)]
}

func (r *ring[T]) all() []T {
	return slices.Concat(r.items[r.start:], r.items[:r.start])
}

func (r *ring[T]) clear() { r.items, r.start = nil, 0 }
