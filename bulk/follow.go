package bulk

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/kept"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// Apply carries a plan out, as it was staged: it starts its job, and returns. A job that has failed is carried on with. A
// plan is carried out once.
func (s *Service) Apply(ctx context.Context, id string, confirmed bool) (err error) {
	defer func() { err = s.notSent(err) }()
	if !isID(id) {
		return unknownPlan(id)
	}
	account, err := s.api.AccountKey(ctx)
	if err != nil {
		return err
	}
	db, err := s.store.Durable(ctx)
	if err != nil {
		return err
	}
	planned, err := load(ctx, db, account, id)
	if err != nil {
		return err
	}
	if err := applicable(planned, id); err != nil {
		return err
	}
	if err := s.offered(planned); err != nil {
		return err
	}
	if err := planned.ofThisVersion(ctx, db); err != nil {
		return err
	}
	if err := s.stillThere(ctx, planned.Spec); err != nil {
		return err
	}
	defer s.wake()
	return store.InTx(ctx, db, func(tx *sql.Tx) error {
		s.noteUnfinished(true)
		j, err := load(ctx, tx, account, id) // another process may have been quicker
		if err != nil {
			return err
		}
		if err := applicable(j, id); err != nil {
			return err
		}
		j.call.Confirmed = j.call.Confirmed || confirmed
		j.call.Final = j.Spec.Final
		j.Tally.Failure, j.Tally.Failing, j.Tally.Until, j.Tally.InDoubt = nil, apiclient.Waiting{}, 0, 0
		return j.begin(ctx, tx)
	})
}

// undoneAtOnce is how many contacts a job may be for without anybody asking whether the journal has room for what they were.
const undoneAtOnce = 50

// applicable refuses a job that is no plan, or was one.
func applicable(j *job, id string) error {
	switch {
	case j == nil:
		return unknownPlan(id)
	case j.State == Failed, j.State == Planned && time.Now().Before(j.Expires) && time.Until(j.Expires) < planFor+aheadOfUs:
		return nil
	case j.State == Planned:
		return fault.New(fault.PlanExpired, "The plan "+j.ID+" has expired.", "A plan can be carried out for an hour.",
			"Nothing was sent; preview again, and apply the new plan.")
	case j.State == Running:
		return fault.New(fault.AlreadyExists, "The plan "+j.ID+" is being carried out already.", "", "Follow it with get_job.")
	case j.State == Cancelled && j.Err() != nil: // it was replaced
		return j.Err()
	case j.State == Cancelled:
		return fault.New(fault.PlanExpired, "The plan "+j.ID+" was cancelled.", "", "Preview again, and apply the new plan.")
	case j.State == Finished, j.State == FailedInPart:
		return fault.New(fault.PlanExpired, "The plan "+j.ID+" has been carried out already, and a plan is carried out once.", "",
			"get_job shows what it did; preview again to do it anew.")
	}
	return unknownPlan(id)
}

func unknownPlan(id string) error {
	return fault.New(fault.NotFound, "There is no plan "+text.Quote(id)+".", "Plans that have expired are removed.",
		"Give the plan_id as the preview answered it, or preview again.")
}

// Follow waits up to wait for a job to end, and returns it as it stands then. The job does not mind when the caller goes away.
func (s *Service) Follow(ctx context.Context, id string, wait time.Duration, report func(done, total int, message string)) (Status, error) {
	if !isID(id) {
		return Status{}, unknownJob(id)
	}
	account, db, err := s.reading(ctx)
	if err != nil {
		return Status{}, err
	}
	for began, looks := time.Now(), 0; ; looks++ {
		worked := s.turn.over()
		j, err := load(ctx, db, account, id)
		switch {
		case ctx.Err() != nil:
			return Status{}, onlyWaiting(id, ctx.Err())
		case err != nil:
			return Status{}, s.store.Fault(err)
		case j == nil:
			return Status{}, unknownJob(id)
		}
		if limited := s.api.Background().Limited(); j.State == Running && j.Tally.Until == 0 && limited.After(time.Now()) {
			j.Tally.Until = limited.UnixMilli()
		}
		if report != nil {
			report(j.standing())
		}
		if j.State != Running || time.Since(began) >= wait {
			return j.Status, nil
		}
		if looks == 0 { // a server that only looks sees to it that somebody works
			s.Resume()
		}
		select {
		case <-worked:
		case <-time.After(min(followEvery, max(wait-time.Since(began), time.Millisecond))): // another process may be at it
		case <-ctx.Done():
			return Status{}, onlyWaiting(id, ctx.Err())
		}
	}
}

// followEvery is how often a job is looked at that is waited for.
const followEvery = 250 * time.Millisecond

// standing says for people how far a job is. Of an import Mailtrap tells what it has worked off request by request only.
func (s Status) standing() (done, total int, message string) {
	message = s.Doing(time.Now())
	if message == "" {
		message = text.Number(s.Worked()) + " of " + text.Count(s.Total, "contact")
	}
	return s.Worked(), s.Total, message
}

func onlyWaiting(id string, cause error) error {
	return fault.New(fault.Cancelled, "The call was cancelled; the job "+id+" goes on.", "",
		"Follow it with get_job, or stop it with cancel_job.").Because(cause)
}

// recentJobs is how many jobs Recent returns, and recently for how long one that has ended comes before plans: agents make many of
// these, and apply few.
const (
	recentJobs = 50
	recently   = 24 * time.Hour
)

// Recent returns the account's jobs, the newest of each kind first: those that run, those that ended recently, plans that nobody has
// applied, and older ones.
func (s *Service) Recent(ctx context.Context) ([]Status, error) {
	const order = ` ORDER BY CASE WHEN state = 'running' THEN 0 WHEN state = 'planned' THEN 2 WHEN ended > $4 THEN 1 ELSE 3 END,
		planned DESC`
	now := time.Now()
	return s.listed(ctx, `id IN (SELECT id FROM job WHERE account = $1 AND state <> 'staging' AND (state <> 'planned' OR expires > $2)
		AND NOT (`+sqlReplaced+`)`+order+` LIMIT $3)`+order, now.UnixMilli(), recentJobs, now.Add(-recently).UnixMilli())
}

// Cancel stops a job: what was not sent is not sent any more. What Mailtrap works on already it goes on with. A plan is
// dropped. It returns the job as it stands then, which may take a moment to stop.
func (s *Service) Cancel(ctx context.Context, id string) (Status, error) {
	if !isID(id) {
		return Status{}, unknownJob(id)
	}
	account, db, err := s.writing(ctx)
	if err != nil {
		return Status{}, err
	}
	j, err := load(ctx, db, account, id)
	switch {
	case err != nil:
		return Status{}, s.store.Fault(err)
	case j == nil || j.State == Staging:
		return Status{}, unknownJob(id)
	case j.State == Planned:
		err = s.dropUnsent(ctx, db, j)
	case j.State == Failed:
		err = s.cancelFailed(ctx, db, j)
	case j.State == Running:
		err = s.tellToStop(ctx, db, j)
	}
	if err != nil {
		return Status{}, s.store.Fault(err)
	}
	return s.Follow(ctx, id, cancelWait, nil)
}

// tellToStop has a job end itself, now if it pauses.
func (s *Service) tellToStop(ctx context.Context, db *sql.DB, j *job) error {
	defer s.wake()
	return store.Exec(ctx, db, `UPDATE job SET stop = 1, due = 0 WHERE account = $1 AND id = $2`, j.account, j.ID)
}

// dropUnsent cancels a job that nobody works on.
func (s *Service) dropUnsent(ctx context.Context, db *sql.DB, j *job) error {
	unsent, err := store.Changes(ctx, db, `UPDATE job SET state = 'cancelled', ended = ?
		WHERE account = ? AND id = ? AND state IN ('planned', 'failed')`,
		time.Now().UnixMilli(), j.account, j.ID)
	if err != nil || !unsent { // somebody else has applied it meanwhile
		return err
	}
	return errors.Join(j.giveUp(ctx, db), s.journal.DropOptOuts(ctx, j.ID))
}

// cancelWait is how long a job that was told to stop is waited for.
const cancelWait = 5 * time.Second

func unknownJob(id string) error {
	return fault.New(fault.NotFound, "There is no job "+text.Quote(id)+".", "",
		"Give the job_id as the call that started it answered it, or call get_job without it to see the recent ones.")
}

// Problems names contacts of a job that did not go as they should, at most limit of them: those not found, refused, or of
// whom it is not known what became.
func (s *Service) Problems(ctx context.Context, id string, limit int) ([]kept.Problem, error) {
	account, db, err := s.reading(ctx)
	if err != nil {
		return nil, err
	}
	j, err := load(ctx, db, account, id)
	if err != nil || j == nil {
		return nil, s.store.Fault(err)
	}
	found, err := problems(ctx, db, j, limit)
	return found, s.store.Fault(err)
}
