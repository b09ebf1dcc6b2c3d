package bulk

import (
	"context"
	"slices"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/intake"
)

const (
	// stagingFor is how long writing a plan down may take. One that takes longer was left by a killed process.
	stagingFor = 3 * time.Hour
	// prunedAtOnce is how many jobs are looked for at once, and prunePause how long other writers have between two of them.
	prunedAtOnce, prunePause = 20, 20 * time.Millisecond
)

// Prune removes the unfinished files that killed processes have left in the allowed folders, and drops the account's plans
// that have expired and jobs that are older than the journal keeps changes, one by one. It reports whether all of them are
// gone, as they are where nothing was ever kept.
func (s *Service) Prune(ctx context.Context) bool {
	s.folders.Sweep()
	if s.store.IsNew() {
		return true
	}
	err := s.pruneAll(ctx)
	if err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "old plans and jobs could not be removed", "cause", err)
	}
	return err == nil
}

func (s *Service) pruneAll(ctx context.Context) error {
	account, db, err := s.writing(ctx)
	if err != nil {
		return err
	}
	for {
		now := time.Now()
		// A plan that was made later than now was made by a clock that went wrong.
		old, err := find(ctx, db, account, `(state = 'planned' AND (expires < $2 OR planned > $3) OR state = 'staging'
			AND (planned < $4 OR planned > $5)
			OR state IN ('finished', 'failed_in_part', 'failed', 'cancelled') AND ended < $6) LIMIT $7`,
			now.UnixMilli(), now.Add(planFor).UnixMilli(), now.Add(-stagingFor).UnixMilli(), now.Add(stagingFor).UnixMilli(),
			now.AddDate(0, 0, -s.journal.Days()).UnixMilli(), prunedAtOnce)
		if err != nil || len(old) == 0 {
			return err
		}
		for _, j := range old {
			if err := s.drop(ctx, account, j.ID); err != nil {
				return err
			}
			if err := apiclient.Pause(ctx, prunePause); err != nil {
				return err
			}
		}
	}
}

// withoutPeople is what a plan says of its source, without the people that its preview showed.
func withoutPeople(source intake.Summary) intake.Summary {
	source.Sample, source.Roles.Examples, source.Typos.Examples, source.Unsubscribed.Examples = nil, nil, nil, nil
	source.Uses, source.Proposed = slices.Clone(source.Uses), slices.Clone(source.Proposed)
	for i := range source.Uses {
		source.Uses[i].Shows = ""
	}
	for i := range source.Proposed {
		source.Proposed[i].Misfit = ""
	}
	return source
}
