package server

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// A notification and the response to the call that sent it take different ways through mcp-go v1.2.1, on every
// transport: without a wait, of 100 calls with three progress notes each, more than half lost at least one, because it
// came after the response or never. So a call that has notified sends a last notification, which the writers drop, and
// waits until that is being written: then those before it have been.
const (
	settled = "notifications/settled"
	// settleRest is for clients: the TypeScript SDK drops a note that arrives in one chunk with the response.
	settleRest = 8 * time.Millisecond
	// settleLimit is for clients that have stopped reading, or that read no streams: for them nothing is written.
	settleLimit = time.Second
)

// isSettled reports whether a message on its way out is the notification that nobody is to see.
func isSettled(message []byte) bool {
	return bytes.Contains(message, []byte(`"jsonrpc":"2.0","method":"`+settled+`"`)) // in a text, the quotes would be escaped
}

// turn tells when it is being written.
type turn struct {
	once sync.Once
	came chan struct{}
}

// MarshalJSON implements json.Marshaler.
func (t *turn) MarshalJSON() ([]byte, error) {
	t.once.Do(func() { close(t.came) })
	return []byte("true"), nil
}

// settleSubscription is for a subscription to nothing that we would ever send: its acknowledgement is a notification,
// and its result follows at once.
func settleSubscription(ctx context.Context, _ any, _ *mcp.SubscriptionsListenRequest, _ *mcp.SubscriptionsListenResult) {
	Settle(ctx)
}

// Settle waits until the notifications that a call has sent are on their way. A handler of Options.Extend that sends some
// calls it before it returns; calls that only report progress through package tools need not.
func Settle(ctx context.Context) {
	server := mcpserver.ServerFromContext(ctx)
	if server == nil {
		return
	}
	last := &turn{came: make(chan struct{})}
	if server.SendNotificationToClient(ctx, settled, map[string]any{"last": last}) == nil {
		select {
		case <-last.came:
		case <-ctx.Done():
		case <-time.After(settleLimit):
		}
	}
	pause(ctx, settleRest)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
