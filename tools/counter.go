package tools

import (
	"fmt"
	"sync"
)

// counter reports how many of a known number of things are done.
type counter struct {
	mu     sync.Mutex
	report Progress
	done   int
	total  int
	what   string
}

func newCounter(report Progress, total int, what string) *counter {
	return &counter{report: report, total: total, what: what}
}

func (c *counter) step() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	c.report(c.done, c.total, fmt.Sprintf("%d of %d %s", c.done, c.total, c.what))
}
