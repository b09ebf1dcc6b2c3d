package bulk

import (
	"time"

	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

// Estimate is what a plan or job still takes.
type Estimate struct {
	// Left is about how long it still takes, and Requests how many it still sends: Imports of them are imports, on which Mailtrap
	// works for longest. Looks at how far it is with one are not counted.
	Left              time.Duration
	Requests, Imports int
	// Unclear is set when how long it still takes depends on Mailtrap alone: Left is no estimate then.
	Unclear bool
	// PerMinute is how many contacts it has dealt with in a minute so far, where that counts rather than what was reckoned with;
	// 0 elsewhere.
	PerMinute int
}

const (
	// perMinute is how many requests a minute bulk work has: its share of the account's limit (documentation: 200).
	perMinute = 170
	// measured is after what time a job's own pace counts: of an import, of which nobody knows what Mailtrap takes, and of another
	// where it is much slower than it may be, because others share the rate limits. Before that one burst would be taken for it.
	measured = time.Minute
	// chunkTime is how long Mailtrap is taken to work on a full chunk. The documentation speaks of one to five minutes for
	// large files; how long it takes through the API is unknown.
	chunkTime = 2 * time.Minute
	// fullChunk is what a chunk has at most (spec).
	fullChunk = 50_000
)

// requestsFor is how many requests an item takes: one for an event or a suppression, and a look-up besides for the others.
func (k Kind) requestsFor() int {
	if !k.ChangesContacts() {
		return 1
	}
	return 2
}

// requestsAMinute is how many of them there is room for.
func (k Kind) requestsAMinute() int {
	if k == Suppress {
		return suppressions.PerMinute
	}
	return perMinute
}

// Estimate says what is still to be done, at the pace that the rate limits allow, or that it has had so far.
func (s Status) Estimate(now time.Time) Estimate {
	t := s.Tally
	together := max(0, s.Together-t.Created-t.Updated-t.OverLimit)
	alone := max(0, s.Total-s.Together-t.Done-t.Unchanged-t.NotFound-t.Unsubscribed)
	if s.Together == 0 {
		alone = max(0, alone-t.Created)
	}

	var e Estimate
	e.Requests = alone*s.Kind.requestsFor() - min(alone, s.onlyLookedUp(alone))
	e.Left = time.Duration(e.Requests) * time.Minute / time.Duration(s.Kind.requestsAMinute())
	if together > 0 {
		e.Imports = (together + fullChunk - 1) / fullChunk
		e.Requests += e.Imports
		e.Left += time.Duration(together) * chunkTime / fullChunk
	}
	if worked := s.Worked(); s.State == Running && worked > 0 && now.Sub(s.Started) >= measured {
		pace := int(float64(worked) / now.Sub(s.Started).Minutes())
		slower := s.Together == 0 && pace < s.Kind.requestsAMinute()/s.Kind.requestsFor()*3/4
		if pace > 0 && (slower || s.Together > 0) {
			e.PerMinute = pace
			e.Left = time.Duration(float64(max(0, s.Total-worked)) / float64(pace) * float64(time.Minute))
		}
	}
	e.Left += t.pauses(now)
	e.Unclear = s.State == Running && (t.Failing.HasBegun() && t.Until == 0 || s.overdue())
	return e
}

// telling is after how many contacts of a job those that follow are taken to be like them.
const telling = 50

// onlyLookedUp is for about how many of the contacts that are left a look-up is all that is sent, because they do not exist: as far as
// the plan found out, else as often as so far.
func (s Status) onlyLookedUp(left int) int {
	t, found := s.Tally, s.Spec.Matched
	switch {
	case !s.Kind.ChangesContacts() || s.Creates():
	case found != nil && found.Existing != nil:
		return max(0, s.Total-*found.Existing-t.NotFound)
	case s.State == Running && s.Worked() >= telling:
		return left * t.NotFound / s.Worked()
	}
	return 0
}

// overdue reports whether Mailtrap works on an import for longer than was reckoned with.
func (s Status) overdue() bool {
	t := s.Tally
	reckoned := max(time.Minute, 2*time.Duration(t.Out)*chunkTime/fullChunk)
	return t.Out > 0 && t.Importing.For() > reckoned
}

// Automations names what automations may wait for that the plan may start (documentation). Where it is known what differs
// from the contacts that are there, those that cannot start are left out.
func (s Status) Automations() []string {
	spec, found := s.Spec, s.Spec.Compared
	creates := s.Creates() && (found == nil || found.Creates > 0)
	joins := len(spec.Join)+len(spec.CreateLists) > 0 || s.rowsJoin()
	leaves := len(spec.Leave) > 0 || spec.LeaveAll
	updates := s.Kind == Import && len(s.Source.Filled) > 0 || len(spec.Fields) > 0
	if found != nil {
		joins = found.Joins > 0 || creates && (joins || spec.SyncTo != nil)
		leaves, updates = found.Leaves > 0, found.Updates > 0 || found.Valued
	}
	var starts []string
	for _, one := range []struct {
		name string
		is   bool
	}{{"contact created", creates}, {"added to list", joins}, {"removed from list", leaves}, {"field updated", updates}} {
		if one.is {
			starts = append(starts, one.name)
		}
	}
	if s.Kind == Event {
		starts = append(starts, "the custom event "+text.Quote(spec.Event.Name))
	}
	return starts
}

// rowsJoin reports that contacts of the plan may join lists of their own.
func (s Status) rowsJoin() bool { return s.Kind == Import && s.Spec.OwnLists }
