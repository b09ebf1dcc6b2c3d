package bulk

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// tracing is the search for whom a chunk has created that must not create anybody. It goes on where a process was killed.
type tracing struct {
	// What the import has come to, as in a verdict.
	Created   int          `json:"created,omitempty"`
	Updated   int          `json:"updated,omitempty"`
	OverLimit int          `json:"over_limit,omitempty"`
	Doubtful  int          `json:"doubtful,omitempty"`
	Why       string       `json:"why,omitempty"`
	Failure   *fault.Error `json:"failure,omitempty"`

	Surely bool `json:"surely,omitempty"` // Created is all of them
	Found  int  `json:"found,omitempty"`
	Gone   int  `json:"gone,omitempty"`  // who was created and deleted again, because this server had deleted them meanwhile
	Alone  bool `json:"alone,omitempty"` // they are looked up one by one, and At of them have been
	At     int  `json:"at,omitempty"`
	Tries  int  `json:"tries,omitempty"`
}

// traceAgain is when it is looked again for whom nobody has found: an import's contacts may show a little later.
const traceAgain, traceTries = 10 * time.Second, 3

// concludeChunk ends a chunk that Mailtrap has worked off. Where it must not have created anybody and may have, it is found
// out first whom.
func (s *Service) concludeChunk(ctx context.Context, db *sql.DB, j *job, c chunk, found verdict) error {
	if !found.mayGoOn {
		s.audience.Imported(ctx, c.request(j), cmp.Or(j.Tally.Out, c.contacts))
	}
	surely := !j.Tally.Repeated && found.doubtful == 0
	switch {
	case found.created == 0 && surely:
		return cmp.Or(s.settle(ctx, db, j, c, found), found.failure)
	case !c.isStrict(j):
		return s.concludeAsked(ctx, db, j, c, found)
	}
	t := &tracing{Created: found.created, Updated: found.updated, OverLimit: found.overLimit, Doubtful: found.doubtful,
		Why: found.why, Surely: surely}
	if found.failure != nil {
		t.Failure = keep(found.failure)
	}
	j.Tally.Tracing = t
	j.Tally.Doing, j.Tally.Out = "looking for contacts that were created without anybody having asked", 0
	return s.mark(ctx, db, j, c, chunkTraced)
}

// isStrict reports a chunk that must not create anybody.
func (c chunk) isStrict(j *job) bool {
	return c.route == mustNotCreate || c.route == "" && j.Kind == Update // sent by an earlier version
}

// trace looks for whom a chunk has created: by the time that an export tells, or where that does not tell it or they are
// few, by looking them up.
func (s *Service) trace(ctx context.Context, db *sql.DB, j *job, c chunk) (pause time.Duration, err error) {
	t := j.Tally.Tracing
	if t == nil { // as written by mark, so this is a defect
		return 0, fmt.Errorf("chunk %d of %s is traced and nothing is known of it", c.n, j.ID)
	}
	content, err := c.read(ctx, db, j)
	if err != nil {
		return 0, err
	}
	emails := make([]string, 0, c.contacts)
	if err := content.Each(func(one intake.Row) error { emails = append(emails, one.Name()); return nil }); err != nil {
		return 0, err
	}
	if len(emails) > fewContacts && !t.Alone {
		return s.traceByExport(ctx, db, j, c, emails)
	}
	part := emails[min(t.At, len(emails)):min(t.At+fewContacts, len(emails))]
	seen, err := s.createdTimes(ctx, j, part)
	if err != nil {
		return 0, err
	}
	t.At += len(part)
	return s.traced(ctx, db, j, c, seen, t.At >= len(emails))
}

// traceByExport looks an export through for them.
func (s *Service) traceByExport(ctx context.Context, db *sql.DB, j *job, c chunk, emails []string) (pause time.Duration, err error) {
	ours := make(map[string]bool, len(emails))
	for _, email := range emails {
		ours[email] = true
	}
	times := map[string]time.Time{} // a download that broke off is read again
	untold := false
	done, pause, err := s.exportPeople(ctx, j, func(one exported) error {
		if !ours[one.email] {
			return nil
		}
		at, ok := timeIn(one.created)
		untold = untold || !ok
		times[one.email] = at
		return nil
	})
	switch {
	case err != nil || !done:
		return pause, err
	case untold: // the export does not tell, so that each of them has to be looked up
		j.Tally.Tracing.Alone = true
		return 0, nil
	}
	seen := make([]appeared, 0, len(times))
	for email, at := range times {
		seen = append(seen, appeared{email, at})
	}
	return s.traced(ctx, db, j, c, seen, true)
}

// appeared is a contact, and when it was created.
type appeared struct {
	email string
	at    time.Time
}

// createdTimes looks contacts up, several at a time.
func (s *Service) createdTimes(ctx context.Context, j *job, emails []string) (seen []appeared, err error) {
	var mu sync.Mutex
	contacts.Each(len(emails), func(i int) {
		ref, failed := apiclient.ParseContact(emails[i])
		var found contacts.Found
		if failed == nil {
			found, failed = j.by.contacts.Get(ctx, ref)
		}
		mu.Lock()
		defer mu.Unlock()
		switch {
		case failed == nil:
			seen = append(seen, appeared{emails[i], found.CreatedAt.Time})
		case !fault.Is(failed, fault.NotFound) && err == nil:
			err = failed
		}
	})
	return seen, err
}

// traced notes those of a chunk's contacts that were created by it: where it is known how many they are, the newest; else
// those who are there since it was sent. Whom this server was told to delete meanwhile it deletes again: that is carrying out
// what was asked.
func (s *Service) traced(ctx context.Context, db *sql.DB, j *job, c chunk, seen []appeared, isLast bool) (pause time.Duration, err error) {
	t := j.Tally.Tracing
	sent := j.Started
	if c.sent != 0 {
		sent = time.UnixMilli(c.sent)
	}
	since := s.leftAt(j, sent).Add(-apiclient.ClockError)
	if t.Surely && isLast && t.At <= fewContacts { // all of them were seen at once
		slices.SortFunc(seen, func(a, b appeared) int { return b.at.Compare(a.at) })
		seen = seen[:min(t.Created, len(seen))]
	}
	recent := map[string]bool{}
	for _, one := range seen {
		recent[one.email] = !one.at.Before(since)
	}
	created, err := s.changesOf(ctx, db, j, c, recent)
	if err != nil {
		return 0, err
	}
	gone, failed := s.deleteAgain(ctx, j, created, sent.Add(-applying))
	c.state = chunkTraced
	t.At = max(0, t.At-len(gone)) // they are not among the others any more
	if len(gone) > 0 {
		t.Gone += len(gone)
		if err := s.takeApart(ctx, db, j, c, single{state: itemNotFound}, gone); err != nil {
			return 0, err
		}
	}
	if failed != nil {
		return 0, failed
	}
	if len(created) > 0 {
		t.At = max(0, t.At-len(created))
		t.Found += len(created)
		named := make(map[string]string, len(created))
		for email := range created {
			named[email] = unaskedFor
		}
		if err := s.takeApart(ctx, db, j, c, single{state: itemCreated}, named); err != nil {
			return 0, err
		}
	}
	switch {
	case !isLast:
		return 0, nil
	case t.Surely && t.Found+t.Gone < t.Created && t.Tries < traceTries:
		t.Tries, t.At = t.Tries+1, 0
		return traceAgain, nil
	}
	return 0, s.endTrace(ctx, db, j, c)
}

// leftAt is when the chunk that a job has out first left, by Mailtrap's clock: contacts are as old as that says.
func (s *Service) leftAt(j *job, sent time.Time) time.Time {
	if j.Tally.Left != 0 {
		return time.UnixMilli(j.Tally.Left)
	}
	return cmp.Or(s.api.TheirTime(sent), sent)
}

// noteLeft notes it as soon as it is known, because this machine's clock may be set while Mailtrap works.
func (s *Service) noteLeft(j *job, sent time.Time) {
	if at := s.api.TheirTime(sent); j.Tally.Left == 0 && !at.IsZero() {
		j.Tally.Left = at.UnixMilli()
	}
}

// unaskedFor is what is said of a contact that a job has created.
const unaskedFor = "nobody had asked for it: it had been deleted a moment before, and it exists again"

// changesOf is what a chunk's request was to make of some of its contacts.
func (s *Service) changesOf(ctx context.Context, db store.Runner, j *job, c chunk, of map[string]bool) (map[string]contacts.Change, error) {
	content, err := c.read(ctx, db, j)
	if err != nil {
		return nil, err
	}
	changes := map[string]contacts.Change{}
	err = content.Each(func(one intake.Row) (err error) {
		if email := one.Name(); of[email] {
			changes[email], err = ownOf(one).change(j.Spec, "")
		}
		return err
	})
	return changes, err
}

// deleteAgain deletes whom this server deleted since some time and a request has created again, and takes them out of the
// created ones, each given with what the request was to make of them. Whoever has more than that was created, or changed, by
// somebody else as well, and is left. An error comes with those who are gone.
func (s *Service) deleteAgain(ctx context.Context, j *job, created map[string]contacts.Change,
	since time.Time) (gone map[string]string, err error) {
	if len(created) == 0 {
		return nil, nil
	}
	people, err := s.journal.People(ctx)
	if err != nil {
		return nil, err
	}
	gone = map[string]string{}
	for email, change := range created {
		here, err := people.DeletedSince(ctx, email, since)
		if err != nil {
			return gone, err
		}
		if !here {
			continue
		}
		ref, err := apiclient.ParseContact(email)
		if err != nil {
			return gone, err
		}
		found, err := j.by.contacts.Get(ctx, ref)
		if err == nil && !change.Made(found.Contact) {
			continue
		}
		if err == nil {
			err = j.by.contacts.Delete(ctx, found)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return gone, err
		}
		delete(created, email)
		gone[email] = "deleted here while it was being updated"
	}
	return gone, nil
}

// endTrace counts what the chunk has come to.
func (s *Service) endTrace(ctx context.Context, db *sql.DB, j *job, c chunk) error {
	t := j.Tally.Tracing
	found := verdict{updated: t.Updated, overLimit: t.OverLimit, doubtful: t.Doubtful, why: t.Why}
	if t.Failure != nil {
		found.failure = t.Failure
	}
	// What a request has created whose outcome is not known is not doubtful any more; what one has that was repeated counts as
	// updated.
	more := max(0, t.Found+t.Gone-t.Created)
	found.doubtful -= min(more, t.Doubtful)
	found.updated -= min(more-min(more, t.Doubtful), t.Updated)
	unasked := max(t.Found, t.Created-t.Gone)
	j.Tally.Unasked += unasked
	j.Tally.Unnamed += max(0, unasked-t.Found)
	j.Tally.Tracing = nil
	return cmp.Or(s.settle(ctx, db, j, c, found), found.failure)
}

// createdUnasked is the fault of a job that has created contacts without having been asked to.
func (t Tally) createdUnasked() error {
	if t.Unasked == 0 {
		return nil
	}
	unnamed := ""
	if t.Unnamed > 0 {
		unnamed = " Which " + text.Number(t.Unnamed) + " of them are could not be found out."
	}
	return fault.New(fault.Conflict, text.Count(t.Unasked, "contact")+" "+text.Pick(t.Unasked, "was", "were")+
		" created without anybody having asked.",
		"Somebody else had deleted "+text.Pick(t.Unasked, "it", "them")+" a moment before, and Mailtrap creates whom it does not know."+unnamed,
		"They are named here, or in the report. Show the operator; whoever is to stay deleted is deleted with bulk_delete_contacts.")
}

// timeIn reads the time of an export's cell, however it is written.
func timeIn(cell string) (time.Time, bool) {
	if millis, err := strconv.ParseInt(cell, 10, 64); err == nil && millis > 1e11 {
		return time.UnixMilli(millis), true
	}
	cell = strings.TrimSuffix(cell, " UTC")
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999 -0700", time.DateTime, "2006-01-02T15:04:05"} {
		if at, err := time.Parse(layout, cell); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
