package tools

import (
	"context"
	"strings"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
)

// limitEvery is how often a call looks whether requests wait for Mailtrap's rate limit.
const limitEvery = 2 * time.Second

// reported is the progress of a call, and how far that was when it was last reported.
type reported struct {
	report Progress

	mu          sync.Mutex
	done, total int
}

func (r *reported) tell(done, total int, message string) {
	r.mu.Lock()
	r.done, r.total = done, total
	r.mu.Unlock()
	r.report(done, total, message)
}

// waits reports that requests wait for Mailtrap's rate limit.
func (r *reported) waits(left time.Duration) {
	r.mu.Lock()
	done, total := r.done, r.total
	r.mu.Unlock()
	r.report(done, total, "Mailtrap's rate limit is used up: waiting until "+time.Now().Add(left).UTC().Format("15:04:05 UTC")+", for "+
		apiclient.Roughly(left)+" more")
}

// tellingOfLimit is a context for a call whose progress says so while requests wait for Mailtrap's rate limit.
func (box *Toolbox) tellingOfLimit(ctx context.Context) (telling context.Context, stop func()) {
	report, listens := ctx.Value(progressKey{}).(Progress)
	if !listens {
		return ctx, func() {}
	}
	r := &reported{report: report}
	looking, cancel := context.WithCancel(ctx)
	var ended sync.WaitGroup
	ended.Go(func() {
		for apiclient.Pause(looking, limitEvery) == nil {
			if left := time.Until(box.API.Limited()); left > 0 {
				r.waits(left)
			}
		}
	})
	return WithProgress(ctx, r.tell), func() { cancel(); ended.Wait() }
}

// unchanged says of a write that failed before anything was sent, for a reason that may pass, that it has changed nothing.
func unchanged(ctx context.Context, err error) error {
	if journal.Began(ctx) || !apiclient.MayPass(err) {
		return err
	}
	said := *fault.From(err)
	if !strings.Contains(said.Next, "othing was") {
		said.Next = "Nothing was changed. " + said.Next
	}
	return &said
}
