package bulk

import (
	"context"
	"database/sql"
	"errors"

	"mailtrap-contacts-mcp/intake"
)

// Joins reports that contacts of the job may join lists.
func (s Status) Joins() bool {
	return len(s.Spec.joinedByAll()) > 0 || s.rowsJoin() || s.Spec.SyncTo != nil
}

// EachJoining visits the contacts of a plan, named by address or UUID, each with the lists that it is to join; one that is still
// to be created has its StandIn.
func (s *Service) EachJoining(ctx context.Context, planned Status, visit func(contact string, lists []int64) error) error {
	account, db, err := s.reading(ctx)
	if err != nil {
		return err
	}
	j, all := &job{Status: planned, account: account}, planned.Spec.joinedByAll()
	for last, more := -1, true; more; {
		items, err := itemsOf(ctx, db, j, `n > ? ORDER BY n LIMIT ?`, last, namedAtOnce)
		if err != nil {
			return s.store.Fault(err)
		}
		more = len(items) == namedAtOnce
		for _, one := range items {
			last = one.n
			if one.task == taskUnsubscribe {
				continue
			}
			if err := visit(one.contact, intake.Union(one.own.AddToLists, all)); err != nil {
				return err
			}
		}
	}
	for last := -1; ; {
		next, err := nextChunk(ctx, db, `FROM job_chunk WHERE job = `+jobOf+` AND n > ? ORDER BY n LIMIT 1`, j, last)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return s.store.Fault(err)
		}
		last = next.n
		content, err := next.read(ctx, db, j)
		if err != nil {
			return s.store.Fault(err)
		}
		err = content.Each(func(one intake.Row) error { return visit(one.Name(), intake.Union(one.Joins(), all)) })
		if err != nil {
			return err
		}
	}
}
