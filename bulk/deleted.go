package bulk

import (
	"cmp"
	"context"
	"database/sql"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/journal"
)

// taskStayGone is of a contact that is gone, and that a request may create which has left, or may have left, before.
const taskStayGone = "stay_gone"

// whereGone is what becomes of those of a chunk who are gone before it is sent: they are not found, or have to be looked after
// when it may have been sent before.
func (c chunk) whereGone() single {
	if c.state == chunkSending {
		return single{state: itemOpen, task: taskStayGone}
	}
	return single{state: itemNotFound}
}

// stayGone looks after a contact that was gone when its chunk was sent again: the first request may have created it.
func (s *Service) stayGone(ctx context.Context, j *job, it *item, ref apiclient.ContactRef) (outcome, said string, failed error) {
	found, err := j.by.contacts.Appeared(ctx, ref)
	if err != nil {
		return judged(err)
	}
	change, err := it.own.change(j.Spec, "")
	if err != nil {
		return "", "", err
	}
	gone, err := s.deleteAgain(ctx, j, map[string]contacts.Change{found.Email: change}, time.Time{})
	switch {
	case err != nil:
		return judged(err)
	case len(gone) > 0:
		return itemNotFound, gone[found.Email], nil
	}
	return itemCreated, maybeUnasked, nil
}

// cameBack tells of a contact to which a request has left, and whose outcome was not written down, whether there is another
// one of its address now: then it was deleted after it had been looked up, and the request has created that one, or somebody
// else has. Which of the two is not told, so that it counts as created.
func (s *Service) cameBack(ctx context.Context, j *job, it *item, change contacts.Change, found contacts.Found,
	lookedUp error) (outcome, said string, failed error) {
	if fault.Is(lookedUp, fault.NotFound) || found.Pending { // what the request has created may not show yet, and has another UUID
		ref, err := apiclient.ParseContact(cmp.Or(it.own.Email, it.contact))
		if err != nil {
			return judged(err)
		}
		found, lookedUp = j.by.contacts.Shown(ctx, ref)
	}
	if lookedUp != nil {
		return judged(lookedUp)
	}
	if found.ID == it.own.ID {
		return "", "", nil
	}
	created := map[string]contacts.Change{found.Email: change}
	gone, err := s.deleteAgain(ctx, j, created, j.Started.Add(-applying))
	if err != nil {
		return judged(err)
	}
	it.contact = found.Email
	if len(gone) > 0 {
		return itemNotFound, gone[found.Email], nil
	}
	return itemCreated, maybeUnasked, nil
}

// maybeUnasked is what is said of a contact that a job has created whose process was killed.
const maybeUnasked = "it was deleted while it was being updated, and it exists again: Mailtrap has created it for the " +
	"update, or somebody else has"

// withoutDeleted is what a chunk holds without those whom this server has deleted since they were chosen: of an import that
// may create whoever is missing, since it was planned; else since they were seen.
func (s *Service) withoutDeleted(ctx context.Context, db *sql.DB, j *job, c chunk) (content intake.Rows, err error) {
	people, err := s.journal.People(ctx)
	if err != nil || people.IsEmpty() {
		return c.content, err
	}
	since := j.Planned
	if c.route != mayCreate {
		if c.seen != 0 {
			since = time.UnixMilli(c.seen)
		}
		since = since.Add(-applying)
	}
	gone := map[string]string{}
	err = c.content.Each(func(one intake.Row) error {
		deleted, err := people.DeletedSince(ctx, one.Name(), since)
		if deleted {
			gone[one.Name()] = "deleted here since it was chosen"
		}
		return err
	})
	if err != nil || len(gone) == 0 {
		return c.content, err
	}
	like := c.whereGone()
	c.state = chunkSending
	if err := s.takeApart(ctx, db, j, c, like, gone); err != nil {
		return nil, err
	}
	return c.content.Without(func(one intake.Row) bool { _, is := gone[one.Name()]; return is })
}

// concludeAsked ends a chunk that may create whoever is missing, and has created somebody. Whom this server had deleted before
// it was sent is a contact again, as was asked for; whom it has deleted since is deleted once more.
func (s *Service) concludeAsked(ctx context.Context, db *sql.DB, j *job, c chunk, found verdict) error {
	people, err := s.journal.People(ctx)
	switch {
	case err != nil:
		return err
	case people.IsEmpty():
		return cmp.Or(s.settle(ctx, db, j, c, found), found.failure)
	}
	content, err := c.read(ctx, db, j)
	if err != nil {
		return err
	}
	sent := time.UnixMilli(c.sent)
	again := map[string]bool{}
	err = content.Each(func(one intake.Row) error {
		email := one.Name()
		deleted, err := people.Are(ctx, email, journal.Deleted)
		if err != nil || !deleted {
			return err
		}
		since, err := people.DeletedSince(ctx, email, sent)
		if since {
			again[email] = true
		} else if err == nil && c.route == mayCreate {
			s.journal.Forget(ctx, email, journal.Deleted)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := s.appeared(ctx, j, again); err != nil {
		return err
	}
	created, err := s.changesOf(ctx, db, j, c, again)
	if err != nil {
		return err
	}
	gone, err := s.deleteAgain(ctx, j, created, sent)
	if err != nil {
		return err
	}
	if len(gone) > 0 {
		if err := s.takeApart(ctx, db, j, c, single{state: itemNotFound}, gone); err != nil {
			return err
		}
		found = found.without(len(gone))
	}
	return cmp.Or(s.settle(ctx, db, j, c, found), found.failure)
}

// appeared leaves of some contacts those that are there, or appear while Mailtrap applies what it was sent.
func (s *Service) appeared(ctx context.Context, j *job, emails map[string]bool) (err error) {
	var mu sync.Mutex
	all := make([]string, 0, len(emails))
	for email := range emails {
		all = append(all, email)
	}
	contacts.Each(len(all), func(i int) {
		ref, failed := apiclient.ParseContact(all[i])
		if failed == nil {
			_, failed = j.by.contacts.Appeared(ctx, ref)
		}
		mu.Lock()
		defer mu.Unlock()
		if fault.Is(failed, fault.NotFound) {
			delete(emails, all[i])
		} else {
			err = cmp.Or(err, failed)
		}
	})
	return err
}
