package server

import (
	"context"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// A notification and the response to the call that sent it take different ways through mcp-go v1.2.1, on every
// transport: without a wait, of 100 calls with three progress notes each, more than half lost at least one, because it
// came after the response or never. So a call that has notified waits for its notifications before it answers.
const (
	// settlePoll is how often the queue of notifications is looked at until it is empty.
	settlePoll = time.Millisecond
	// settleRest is for the notification that has left the queue but not the process. The TypeScript SDK also drops a
	// note that arrives in one chunk with the response.
	settleRest = 8 * time.Millisecond
	// settleLimit is for clients that have stopped reading.
	settleLimit = 3 * time.Second
)

// settleSubscription is for a subscription to nothing that we would ever send: its acknowledgement is a notification,
// and its result follows at once.
func settleSubscription(ctx context.Context, _ any, _ *mcp.SubscriptionsListenRequest, _ *mcp.SubscriptionsListenResult) {
	Settle(ctx)
}

// Settle waits until the notifications that a call has sent are on their way. A handler of Options.Extend that sends some
// calls it before it returns; calls that only report progress through package tools need not.
func Settle(ctx context.Context) {
	session := mcpserver.ClientSessionFromContext(ctx)
	if session == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	for len(session.NotificationChannel()) > 0 && ctx.Err() == nil {
		pause(ctx, settlePoll)
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
