package contacts

import (
	"context"
	"sync"
)

// turns lets one write at a time go to each contact. Of two at once the API may drop either; one after the other, the
// second knows that it has to check whether it arrived.
type turns struct {
	mu   sync.Mutex
	held map[string]chan struct{} // by UUID; closed when the write has been answered
}

func newTurns() *turns { return &turns{held: map[string]chan struct{}{}} }

// take waits for the contact's turn. The caller releases it.
func (t *turns) take(ctx context.Context, id string) (release func(), err error) {
	for {
		before, mine := t.claim(id)
		if before == nil {
			return func() { t.release(id, mine) }, nil
		}
		select {
		case <-before:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// claim takes the turn if it is free; otherwise before is whose end to wait for.
func (t *turns) claim(id string) (before, mine chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if before, taken := t.held[id]; taken {
		return before, nil
	}
	mine = make(chan struct{})
	t.held[id] = mine
	return nil, mine
}

func (t *turns) release(id string, mine chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.held, id)
	close(mine)
}
