package bulk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
)

// Guarantee 5.1. Guarantee 5.2. Guarantee 5.3.
func TestMailtrapsWordOnAnImportIsJudged(t *testing.T) {
	const none = apiclient.UnknownCount
	gone := &apiclient.Error{Kind: apiclient.NotFound, Status: 404}
	finished := func(created, updated, over apiclient.Count) apiclient.Import {
		return apiclient.Import{ID: 7, Status: "finished", Created: created, Updated: updated, OverLimit: over}
	}
	in := func(status string) apiclient.Import {
		return apiclient.Import{ID: 7, Status: status, Created: 3, Updated: none, OverLimit: none}
	}
	for name, c := range map[string]struct {
		told  apiclient.Import
		err   error
		asked time.Duration
		want  verdict // without its texts
		says  string
		ends  bool
	}{
		"all created":           {finished(30, 0, 0), nil, 0, verdict{created: 30}, "", false},
		"some of each":          {finished(10, 15, 5), nil, 0, verdict{created: 10, updated: 15, overLimit: 5}, "", false},
		"none beyond the limit": {finished(10, 20, none), nil, 0, verdict{created: 10, updated: 20}, "", false},
		"some not accounted":    {finished(10, 14, 0), nil, 0, verdict{created: 10, updated: 14, doubtful: 6}, "accounts for 24 of the 30 contacts of its import 7, without telling which", false},
		"a negative count":      {finished(none, 30, 0), nil, 0, verdict{doubtful: 30}, "counts that cannot be right", false},
		"too many in one":       {finished(1e15+7, 0, 0), nil, 0, verdict{doubtful: 30}, "counts that cannot be right", false},
		"too many together":     {finished(20, 20, 0), nil, 0, verdict{doubtful: 30}, "counts that cannot be right", false},
		"counts that are lost":  {finished(none, none, none), nil, 0, verdict{doubtful: 30}, "counts that cannot be right", false},
		"one count is lost":     {finished(10, 5, none), nil, 0, verdict{doubtful: 30}, "counts that cannot be right", false},
		"failed":                {in("failed"), nil, 0, verdict{doubtful: 30}, "reports that its import 7 failed", true},
		"gone":                  {apiclient.Import{}, gone, 0, verdict{doubtful: 30}, "does not know its import 7 any more", true},
		"at work":               {in("started"), nil, time.Hour, verdict{wait: true}, "", false},
		"waiting for its turn":  {in("created"), nil, time.Hour, verdict{wait: true}, "", false},
		"at work for ever":      {in("started"), nil, 2 * time.Hour, verdict{doubtful: 30}, "has not finished its import 7 within two hours", true},
		"an odd status":         {in("100% done"), nil, 59 * time.Second, verdict{wait: true}, "", false},
		"an odd status stays":   {in("100% done"), nil, time.Minute, verdict{doubtful: 30, mayGoOn: true}, `does not know, "100% done"`, true},
	} {
		got := judge(7, 30, c.told, c.err, c.asked)
		if c.says == "" != (got.why == "") || !strings.Contains(got.why, c.says) || c.ends != (got.failure != nil) {
			t.Errorf("%s: says %q, ends %v", name, got.why, got.failure)
		}
		if c.ends && (!fault.Is(got.failure, fault.UpstreamError) || !strings.Contains(got.failure.Error(), "Import those again: that is harmless")) {
			t.Errorf("%s: %v", name, got.failure)
		}
		if got.why, got.failure = "", nil; got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

// Guarantee 5.4.
func TestAWaitingJobSaysUntilWhenAndItsEstimateHoldsToThat(t *testing.T) {
	now := time.Date(2026, 11, 27, 14, 0, 0, 0, time.UTC)
	job := Status{Kind: Import, State: Running, Total: 30, Together: 30, Started: now.Add(-time.Minute)}
	job.Tally.Failing.Looked = now.UnixMilli()
	if limit := job.Tally.waits(&apiclient.Error{Kind: apiclient.Throttled, Until: now.Add(270 * time.Second), Asked: 99999 * time.Second}); limit != failingFor {
		t.Errorf("it is borne for %s", limit)
	}
	const want = "waiting until 14:04:30 UTC, for 5 minutes more, because the rate limit is used up (Mailtrap asked for 28 hours; it is asked again sooner)"
	if got := job.Doing(now); got != want {
		t.Errorf("got %s", got)
	}
	if e := job.Estimate(now); e.Left < 270*time.Second || e.Unclear {
		t.Errorf("got %+v", e)
	}
	for kind, why := range map[apiclient.Kind]string{apiclient.ServerFailed: "answers with an error", apiclient.NoAnswer: "cannot be reached",
		apiclient.TimedOut: "does not answer in time", apiclient.Throttled: "the rate limit is used up"} {
		job.Tally.waits(&apiclient.Error{Kind: kind})
		if e := job.Estimate(now); !e.Unclear || !strings.HasSuffix(job.Doing(now), why) {
			t.Errorf("got %+v, %s", e, job.Doing(now))
		}
	}
	if limit := job.Tally.waits(&apiclient.Error{Kind: apiclient.Unreadable, Unknown: true}); limit != unreadableFor || !strings.Contains(job.Doing(now), "cannot be read") {
		t.Errorf("a write that is answered with nonsense is repeated for %s, %s", limit, job.Doing(now))
	}
	if limit := job.Tally.waits(errors.New("other")); limit != failingFor {
		t.Errorf("got %s", limit)
	}
	if job.Tally.goesOn(); job.Tally.Failing.HasBegun() || job.Tally.Doing != "" || job.Estimate(now).Unclear {
		t.Errorf("got %+v", job.Tally)
	}
	// One that Mailtrap works on for longer than was reckoned with.
	estimate := func(waited time.Duration) Estimate {
		job.Tally.Out, job.Tally.Importing = 30, apiclient.Waiting{Waited: waited.Milliseconds()}
		return job.Estimate(now)
	}
	if estimate(59*time.Second).Unclear || !estimate(61*time.Second).Unclear {
		t.Error("an import that takes its time is estimated")
	}
}
