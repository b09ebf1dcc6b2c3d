package tools

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
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
	view := viewSnapshot(facts)
	if view.Running, err = box.stillWriting(ctx); err != nil {
		sn.Release()
		return nil, SnapshotView{}, err
	}
	return sn, view, nil
}

// onSnapshot has a question answered by a snapshot; where that fails and the account has lists or fields by now that the snapshot
// does not know, by a new one.
func (box *Toolbox) onSnapshot(ctx context.Context, n need, ask func(sn *audience.Snapshot, view SnapshotView) error) error {
	sn, view, err := box.snapshot(ctx, n)
	if err != nil {
		return err
	}
	if err = ask(sn, view); err != nil && !n.refresh && box.knowsLess(ctx, sn, err) {
		sn.Release()
		n.refresh = true
		if sn, view, err = box.snapshot(ctx, n); err != nil {
			return err
		}
		err = ask(sn, view)
	}
	sn.Release()
	return err
}

// knowsLess reports that a question may have failed because its snapshot is older than a list or field that it names.
func (box *Toolbox) knowsLess(ctx context.Context, sn *audience.Snapshot, failed error) bool {
	facts, err := sn.Facts(ctx)
	if err != nil || !fault.Is(failed, fault.InvalidInput) {
		return false
	}
	lists, err := box.Catalog.Lists(ctx)
	fields, failure := box.Catalog.Fields(ctx)
	return err == nil && failure == nil &&
		(slices.ContainsFunc(lists, func(list apiclient.List) bool { return !slices.Contains(facts.Lists, list) }) ||
			slices.ContainsFunc(fields, func(field apiclient.Field) bool {
				return !slices.ContainsFunc(facts.Columns, func(column where.Column) bool { return column.FieldID == field.ID })
			}))
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
	TakenAt  string   `json:"taken_at"`
	Seconds  int      `json:"age_seconds"`
	Missing  int      `json:"changes_missing,omitempty" jsonschema_description:"Contacts changed here, perhaps shown as they were"`
	Complete string   `json:"complete_after,omitempty" jsonschema_description:"A snapshot taken later has these"`
	Running  []string `json:"running,omitempty" jsonschema_description:"Jobs that still change contacts"`

	since time.Duration // since the last of the changes that it may lack
}

func viewSnapshot(facts audience.Facts) SnapshotView {
	view := SnapshotView{
		TakenAt: facts.TakenAt.UTC().Format(time.RFC3339), Seconds: int(max(0, facts.Age).Seconds()), Missing: facts.Unpatched,
	}
	if view.Missing > 0 {
		view.Complete = facts.Complete.UTC().Format(time.RFC3339)
		view.since = facts.Age - facts.Changed.Sub(facts.TakenAt)
	}
	return view
}

// at is when the snapshot was taken, for people.
func (v SnapshotView) at() string {
	taken, err := time.Parse(time.RFC3339, v.TakenAt)
	if err != nil {
		return v.TakenAt
	}
	return taken.Format("2006-01-02 15:04") + " UTC"
}

// String says how old the answer is, and what it may lack.
func (v SnapshotView) String() string {
	said := fmt.Sprintf("As of %s, %s", v.at(), ago(time.Duration(v.Seconds)*time.Second))
	if v.Missing > 0 {
		said += "; " + v.lacks()
	}
	return lines(said+".", v.unfinished())
}

func (v SnapshotView) lacks() string {
	return fmt.Sprintf("may lack the update of %s %s (%s)", text.Count(v.Missing, "contact"), ago(v.since), v.completes())
}

// completes says when a snapshot would have all.
func (v SnapshotView) completes() string {
	return "complete after " + v.Complete[len("2026-01-02T"):len("2026-01-02T15:04:05")] + " UTC"
}

// unfinished names the jobs that still change contacts.
func (v SnapshotView) unfinished() string {
	if len(v.Running) == 0 {
		return ""
	}
	return "Not wholly in these numbers: " + text.Listing(v.Running, 3) + "."
}

// renewable is String where the call that is answered could have taken a new one.
func (v SnapshotView) renewable() string {
	if v.Missing > 0 || v.Seconds >= 60 {
		return v.String() + " refresh: true renews it."
	}
	return v.String()
}

func ago(age time.Duration) string {
	switch {
	case age < 5*time.Second:
		return "just now"
	case age < 2*time.Minute:
		return text.Count(int(age.Seconds()), "second") + " ago"
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
