package tools

import (
	"context"
	"sync"
	"time"
)

// memo is what the steps of one call have found out: the question, the check after its answer and the work itself come
// one upon the other and often look at the same things.
type memo struct {
	mu    sync.Mutex
	known map[string]memoed
}

type memoed struct {
	value any
	at    time.Time
}

// memoKept is how long it holds. An operator takes longer to answer, and then it is looked up anew.
const memoKept = 2 * time.Second

type memoKey struct{}

func withMemo(ctx context.Context) context.Context {
	return context.WithValue(ctx, memoKey{}, &memo{known: map[string]memoed{}})
}

// foundOnce is what find finds, or what it found a moment ago in the same call.
func foundOnce[T any](ctx context.Context, key string, find func() (T, error)) (T, error) {
	kept, ok := ctx.Value(memoKey{}).(*memo)
	if !ok {
		return find()
	}
	kept.mu.Lock()
	before := kept.known[key]
	kept.mu.Unlock()
	if value, ok := before.value.(T); ok && time.Since(before.at) < memoKept {
		return value, nil
	}
	found, err := find()
	if err == nil {
		kept.mu.Lock()
		kept.known[key] = memoed{value: found, at: time.Now()}
		kept.mu.Unlock()
	}
	return found, err
}
