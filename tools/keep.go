package tools

import (
	"context"
	"time"

	"mailtrap-contacts-mcp/apiclient"
)

const (
	// keepEvery is how often erasures are looked for that nobody goes on with.
	keepEvery = 5 * time.Second
	// pruneEvery is how often what has been kept for long enough is deleted: plans expire within an hour.
	pruneEvery = 10 * time.Minute
	// firstAnswers is how long a server that has just started has for its first answers before anything else is looked after:
	// opening the data folder's file takes about as long as starting.
	firstAnswers = time.Second
)

// Keep looks after what this server keeps of people, until the context ends: it finishes erasures that were interrupted,
// and deletes what has been kept for long enough. In a data folder that was never used, and as long as it cannot be found
// out which account is worked on, it does nothing.
func (box *Toolbox) Keep(ctx context.Context) {
	var pruned time.Time
	if apiclient.Pause(ctx, firstAnswers) != nil {
		return
	}
	for {
		pause := keepEvery
		if box.Journal.IsUnused() {
			// There is nothing to look after.
		} else if _, err := box.API.AccountKey(ctx); err != nil {
			pause = pruneEvery
		} else {
			if err := box.FinishErasures(ctx); err != nil && ctx.Err() == nil {
				box.Log.WarnContext(ctx, "an erasure could not be finished; it is tried again", "cause", err)
				pause = time.Minute
			}
			if since := time.Since(pruned); since >= pruneEvery || since < 0 {
				pruned = time.Now()
				box.Journal.Prune(ctx)
				box.Bulk.Prune(ctx)
			}
		}
		if apiclient.Pause(ctx, pause) != nil {
			return
		}
	}
}
