package bulk

import (
	"errors"
	"net/http"
	"sync"
)

// mortal carries a process's requests until it is killed: then none leaves any more, and no answer comes back. What the
// process was at stays as it is, because whoever waits for an answer waits until the test buries it.
type mortal struct {
	next http.RoundTripper

	mu         sync.Mutex
	left       int                 // requests until it is killed; negative: it is not
	delivered  bool                // the last one arrives
	before     func(*http.Request) // what somebody does right before the last one; nil: nothing
	died, done chan struct{}
}

func newMortal(next http.RoundTripper) *mortal {
	return &mortal{next: next, left: -1, died: make(chan struct{}), done: make(chan struct{})}
}

// arm has it killed at a request.
func (m *mortal) arm(requests int, delivered bool, before func(*http.Request)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left, m.delivered, m.before = requests, delivered, before
}

func (m *mortal) bury() { close(m.done) }

// RoundTrip implements http.RoundTripper.
func (m *mortal) RoundTrip(request *http.Request) (*http.Response, error) {
	m.mu.Lock()
	last, before := m.left == 0, m.before
	m.left = max(m.left-1, -1)
	m.mu.Unlock()
	select {
	case <-m.died:
		return m.frozen()
	default:
	}
	if last && before != nil {
		before(request)
	}
	if last && !m.delivered {
		close(m.died)
		return m.frozen()
	}
	response, err := m.next.RoundTrip(request)
	if last {
		close(m.died)
	}
	select {
	case <-m.died:
		return m.frozen()
	default:
		return response, err
	}
}

func (m *mortal) frozen() (*http.Response, error) {
	<-m.done
	return nil, errors.New("the process is dead")
}
