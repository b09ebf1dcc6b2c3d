package audience

import "sync"

// reports passes what is going on to all who wait.
type reports struct {
	mu   sync.Mutex
	last string
	to   map[int]func(string)
	next int
}

func newReports() *reports { return &reports{to: map[int]func(string){}} }

func (r *reports) say(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if what == r.last {
		return
	}
	r.last = what
	for _, report := range r.to {
		report(what)
	}
}

// join adds somebody who waits, and returns how they leave.
func (r *reports) join(report func(string)) (leave func()) {
	if report == nil {
		return func() {}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	id := r.next
	r.next++
	r.to[id] = report
	if r.last != "" {
		report(r.last)
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.to, id)
	}
}
