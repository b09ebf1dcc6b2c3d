package tools

import (
	"cmp"
	"context"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/fault"
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

// snapshot is a snapshot of the contacts that is new enough, the caller's to release, and what it lacks. What is written, exported or
// counted depends on the newest that can be had where the last one lacks something. Reading has it renewed where it has lists or fields
// that the account no longer has, and makes do with the old one where that fails. The taking of a snapshot goes on when the call ends,
// and the next call joins it. While Mailtrap may still be making the changes that it lacks, none is waited for.
func (box *Toolbox) snapshot(ctx context.Context, n need) (*audience.Snapshot, SnapshotView, error) {
	sn, view, err := box.snapshotNow(ctx, n)
	if err != nil || !n.renews(view) {
		return sn, view, err
	}
	if view.Missing > 0 && !view.facts.UnderWay() {
		err = apiclient.Pause(ctx, time.Until(view.facts.Complete))
	}
	var renewed *audience.Snapshot
	var now SnapshotView
	if err == nil {
		n.refresh = true
		renewed, now, err = box.snapshotNow(ctx, n)
	}
	if err != nil && n.reads() && ctx.Err() == nil {
		return sn, view, nil
	}
	sn.Release()
	return renewed, now, err
}

// reads reports that only an answer depends on the snapshot, which says what it lacks.
func (n need) reads() bool { return !n.writing && !n.exact }

// renews reports that a snapshot that lacks what its view says will not do.
func (n need) renews(view SnapshotView) bool {
	if !n.refresh && len(view.gone) > 0 {
		return true
	}
	return !n.reads() && view.lacks() != "" && !view.facts.UnderWay()
}

func (box *Toolbox) snapshotNow(ctx context.Context, n need) (*audience.Snapshot, SnapshotView, error) {
	sn, err := box.snapshotOf(ctx, n)
	if err != nil {
		return nil, SnapshotView{}, err
	}
	view, err := box.viewSnapshot(ctx, n, sn)
	if err != nil {
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
	if err = ask(sn, view); err != nil && !n.refresh && view.knowsLess(err) {
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

func (box *Toolbox) snapshotOf(ctx context.Context, n need) (*audience.Snapshot, error) {
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
		return box.older(ctx, n)
	}
	return sn, err
}

// older is the snapshot before the one that is being taken, which will do for reading: its answers state its age.
func (box *Toolbox) older(ctx context.Context, n need) (*audience.Snapshot, error) {
	if n.reads() && !n.refresh {
		if sn, found, err := box.Audience.Latest(ctx); err != nil || found {
			return sn, err
		}
	}
	return nil, fault.New(fault.Timeout, "The snapshot of the contacts is still being taken.",
		"Mailtrap has to export all contacts first, which takes longer than a call may wait.",
		"It continues in the background. Call again in a minute to get its result. Nothing was written.")
}
