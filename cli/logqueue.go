package cli

import (
	"io"
	"sync"
	"time"
)

const (
	// maxWaiting is how many bytes of log wait for a reader.
	maxWaiting = 1 << 20
	// flushing is how long the end of the program waits for one.
	flushing = time.Second
)

// logQueue keeps a reader that has stopped reading from stopping us: a client that starts the server and never looks at
// its stderr fills the pipe, after 64 KB on Linux, and then whoever logs waits for ever. Lines go through the queue; what
// does not fit is dropped, counted, and told of when somebody reads again.
type logQueue struct {
	out io.Writer
	// tell makes the line that says how many were dropped.
	tell func(dropped int) []byte

	mu      sync.Mutex
	waiting [][]byte
	size    int
	dropped int
	closed  bool
	wake    chan struct{}
	done    chan struct{}
}

func newLogQueue(out io.Writer, tell func(dropped int) []byte) *logQueue {
	q := &logQueue{out: out, tell: tell, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go q.write()
	return q
}

// Write implements io.Writer. It takes one line and never waits.
func (q *logQueue) Write(line []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return len(line), nil
	case q.size+len(line) > maxWaiting:
		q.dropped++
		return len(line), nil
	}
	q.waiting, q.size = append(q.waiting, append([]byte(nil), line...)), q.size+len(line)
	select {
	case q.wake <- struct{}{}:
	default: // it is awake
	}
	return len(line), nil
}

// write is the one that may have to wait.
func (q *logQueue) write() {
	defer close(q.done)
	for range q.wake {
		q.drain()
	}
	q.drain()
}

func (q *logQueue) drain() {
	for lines := q.take(); len(lines) > 0; lines = q.take() {
		for _, line := range lines {
			_, _ = q.out.Write(line) // there is nobody left to tell
		}
	}
}

// take takes what waits, and what was dropped after it.
func (q *logQueue) take() [][]byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines, dropped := q.waiting, q.dropped
	q.waiting, q.size, q.dropped = nil, 0, 0
	if dropped > 0 {
		lines = append(lines, q.tell(dropped))
	}
	return lines
}

// flush ends the queue and gives what waits a moment to be read.
func (q *logQueue) flush() {
	q.mu.Lock()
	if !q.closed {
		q.closed = true
		close(q.wake)
	}
	q.mu.Unlock()
	select {
	case <-q.done:
	case <-time.After(flushing):
	}
}
