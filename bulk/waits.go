package bulk

import (
	"fmt"
	"time"

	"mailtrap-contacts-mcp/apiclient"
)

const (
	// failingFor is how long requests may fail in a way that may pass before the job has failed. Of a longer pause a minute counts.
	failingFor = 2 * time.Hour
	// unreadableFor is the same for a write whose answer cannot be read: each time it may have been carried out anew.
	unreadableFor = 5 * time.Minute
)

// waits notes that the job waits after a failure, and until when, and says for how long such failures are borne.
func (t *Tally) waits(err error) time.Duration {
	t.Until, t.Pause = 0, 0
	t.Doing = "waiting to ask again"
	apiError, ok := apiclient.AsError(err)
	if !ok {
		return failingFor
	}
	if why := waitsFor[apiError.Kind]; why != "" {
		t.Doing += ", because " + why
	}
	switch {
	case apiError.Kind == apiclient.Unreadable && apiError.Unknown:
		return unreadableFor
	case apiError.Kind == apiclient.Throttled && !apiError.Until.IsZero():
		t.Until, t.Pause = apiError.Until.UnixMilli(), apiError.Asked.Milliseconds()
	}
	return failingFor
}

// pauses is how long the job has to wait still because Mailtrap takes no requests. Nobody waits for longer than Mailtrap's pauses:
// the clock was set back then.
func (t *Tally) pauses(now time.Time) time.Duration {
	if left := time.UnixMilli(t.Until).Sub(now); left <= apiclient.LongestWait+aheadOfUs {
		return max(left, 0)
	}
	return 0
}

// waitsFor is why a job waits after a failure that may pass.
var waitsFor = map[apiclient.Kind]string{
	apiclient.NoAnswer:     "Mailtrap cannot be reached",
	apiclient.TimedOut:     "Mailtrap does not answer in time",
	apiclient.ServerFailed: "Mailtrap answers with an error",
	apiclient.Throttled:    "the rate limit is used up",
	apiclient.Unreadable:   "what Mailtrap answers cannot be read",
}

// goesOn notes that requests succeed.
func (t *Tally) goesOn() {
	if t.Failing.HasBegun() {
		t.Doing = ""
	}
	t.Failing, t.Until, t.Pause = apiclient.Waiting{}, 0, 0
}

// Doing says for people what a running job is at, with the end of its waiting where that is known.
func (s Status) Doing(now time.Time) string {
	left := s.Tally.pauses(now)
	if left == 0 {
		return s.Tally.Doing
	}
	said := fmt.Sprintf("waiting until %s, for %s more, because %s", now.Add(left).UTC().Format("15:04:05 UTC"),
		apiclient.Roughly(left), waitsFor[apiclient.Throttled])
	if asked := time.Duration(s.Tally.Pause) * time.Millisecond; asked > left+time.Minute {
		said += fmt.Sprintf(" (Mailtrap asked for %s; it is asked again sooner)", apiclient.Roughly(asked))
	}
	return said
}
