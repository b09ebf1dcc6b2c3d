package bulk

import (
	"context"
	"time"

	"mailtrap-contacts-mcp/kept"
)

// Erased is what Erase has done.
type Erased struct {
	kept.Erased
	// Planning is set when another server is writing plans down, which may hold the person: what is kept has to be looked
	// through again when they are there.
	Planning bool
}

// Erase takes a person out of what this server keeps of bulk work. An error comes with what was done.
func (s *Service) Erase(ctx context.Context, email string) (erased Erased, err error) {
	if err := s.staging.Acquire(ctx, allStaging); err != nil { // a plan that is being written down would be seen in part
		return erased, err
	}
	defer s.staging.Release(allStaging)
	account, db, err := s.writing(ctx)
	if err == nil {
		err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job WHERE account = $1 AND state = 'staging' AND planned > $2)`,
			account, time.Now().Add(-stagingFor).UnixMilli()).Scan(&erased.Planning)
	}
	if err != nil {
		return erased, s.store.Fault(err)
	}
	erased.Erased, err = kept.Erase(ctx, s.store, s.folders, account, email)
	return erased, err
}
