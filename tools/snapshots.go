package tools

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// How old the snapshot of the contacts may be, unless the operator says otherwise.
const (
	readingAge = 24 * time.Hour
	writingAge = 15 * time.Minute
	exactAge   = time.Minute // of what an export or a count before a deletion is made of
)

// snapshotWait is how long a call waits for a snapshot, and afterWait what is left of its time then.
const (
	snapshotWait = 45 * time.Second
	afterWait    = 10 * time.Second
)

// need is what a snapshot is needed for.
type need struct {
	writing bool          // what is written depends on it
	exact   bool          // it is to be as new as can be
	refresh bool          // it is to be taken anew
	wait    time.Duration // how long a call waits for it; 0: as long as calls do
}

func (box *Toolbox) snapshotAge(n need) time.Duration {
	switch {
	case n.exact:
		return min(exactAge, cmp.Or(box.SnapshotAge, exactAge))
	case box.SnapshotAge > 0:
		return box.SnapshotAge
	case n.writing:
		return writingAge
	}
	return readingAge
}

// snapshot is a snapshot of the contacts that is new enough, the caller's to release. What is written, exported or counted
// depends on none that lacks an import of this server. Its taking goes on when the call ends, and the next call joins it.
func (box *Toolbox) snapshot(ctx context.Context, n need) (*audience.Snapshot, SnapshotView, error) {
	sn, facts, err := box.snapshotOf(ctx, n)
	if err == nil && (n.writing || n.exact) && !n.refresh && facts.Unpatched > 0 {
		sn.Release()
		n.refresh = true
		sn, facts, err = box.snapshotOf(ctx, n)
	}
	if err != nil {
		return nil, SnapshotView{}, err
	}
	return sn, viewSnapshot(facts), nil
}

func (box *Toolbox) snapshotOf(ctx context.Context, n need) (*audience.Snapshot, audience.Facts, error) {
	wait := cmp.Or(n.wait, snapshotWait)
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline)-afterWait)
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	report := progressOf(ctx)
	sn, err := box.Audience.Snapshot(waiting, audience.Want{
		MaxAge: box.snapshotAge(n), Refresh: n.refresh, Report: func(what string) { report(0, 0, what) },
	})
	if err != nil && waiting.Err() != nil && ctx.Err() == nil {
		if sn, err = box.older(ctx, n); err != nil {
			return nil, audience.Facts{}, err
		}
	}
	if err != nil {
		return nil, audience.Facts{}, err
	}
	facts, err := sn.Facts(ctx)
	if err != nil {
		sn.Release()
	}
	return sn, facts, err
}

// older is the snapshot before the one that is being taken, which will do for reading: its answers state its age.
func (box *Toolbox) older(ctx context.Context, n need) (*audience.Snapshot, error) {
	if !n.writing && !n.exact && !n.refresh {
		if sn, found, err := box.Audience.Latest(ctx); err != nil || found {
			return sn, err
		}
	}
	return nil, fault.New(fault.Timeout, "The snapshot of the contacts is still being taken.",
		"Mailtrap has to export all contacts first, which takes longer than a call may wait.",
		"It continues in the background. Call again in a minute to get its result. Nothing was written.")
}

// SnapshotView is how far an answer can be relied on.
type SnapshotView struct {
	TakenAt  string `json:"taken_at"`
	Seconds  int    `json:"age_seconds"`
	Included int    `json:"changes_included,omitempty" jsonschema_description:"Contacts changed here since, shown as they are now"`
	Missing  int    `json:"changes_missing,omitempty" jsonschema_description:"Contacts imported here since, perhaps shown as they were"`
}

func viewSnapshot(facts audience.Facts) SnapshotView {
	return SnapshotView{
		TakenAt: facts.TakenAt.UTC().Format(time.RFC3339), Seconds: int(max(0, facts.Age).Seconds()),
		Included: facts.Patched, Missing: facts.Unpatched,
	}
}

// at is when the snapshot was taken, for people.
func (v SnapshotView) at() string {
	taken, err := time.Parse(time.RFC3339, v.TakenAt)
	if err != nil {
		return v.TakenAt
	}
	return taken.Format("2006-01-02 15:04") + " UTC"
}

// String says how old the answer is, and what of it may have changed since.
func (v SnapshotView) String() string {
	since := ""
	switch {
	case v.Included > 0 && v.Missing > 0:
		since = fmt.Sprintf("; %s changed here since %s included, %s imported since may not be", text.Count(v.Included, "contact"),
			isOrAre(v.Included), text.Number(v.Missing))
	case v.Included > 0:
		since = fmt.Sprintf("; %s changed here since %s included", text.Count(v.Included, "contact"), isOrAre(v.Included))
	case v.Missing > 0:
		since = fmt.Sprintf("; %s imported here since may not be included", text.Count(v.Missing, "contact"))
	}
	return fmt.Sprintf("As of %s, %s%s.", v.at(), v.age(), since)
}

// renewable is String where the call that is answered could have taken a new one.
func (v SnapshotView) renewable() string { return v.String() + " refresh: true renews it." }

func (v SnapshotView) age() string {
	age := time.Duration(v.Seconds) * time.Second
	switch {
	case age < 5*time.Second:
		return "just now"
	case age < 2*time.Minute:
		return text.Count(v.Seconds, "second") + " ago"
	case age < 2*time.Hour:
		return text.Count(int(age.Minutes()), "minute") + " ago"
	case age < 48*time.Hour:
		return text.Count(int(age.Hours()), "hour") + " ago"
	}
	return text.Count(int(age.Hours()/24), "day") + " ago"
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
