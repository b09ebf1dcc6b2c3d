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

// unchanged says of a call that failed at Mailtrap, of a tool with this effect, that it has changed nothing, where that is known.
func (e Effect) unchanged(ctx context.Context, err error) error {
	if e == Reads || journal.MayHaveChanged(ctx) || !refused(err) {
		return err
	}
	said := *fault.From(err)
	if text := said.Error(); !strings.Contains(text, "othing was") && !strings.Contains(text, "not carried out") {
		said.Next = "Nothing was changed. " + said.Next
	}
	return &said
}

// refused reports that Mailtrap, or this server's access to it, has refused a request, or not answered what is no write.
func refused(err error) bool {
	switch fault.From(err).Code {
	case fault.RateLimited, fault.Timeout, fault.Unauthorized, fault.Forbidden, fault.ReadOnly:
		return true
	case fault.Cancelled:
		return false
	}
	apiError, ok := apiclient.AsError(err)
	return ok && !apiError.Unknown && !apiError.Lost
}
