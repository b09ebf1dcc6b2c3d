package bulk

import (
	"context"
	"database/sql"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
)

// A plan of an earlier version does not say which of its chunks may create people: it sent all of them by import.

// unrouted asks whether a job has chunks that do not say how they may be sent.
const unrouted = `SELECT EXISTS (SELECT 1 FROM job_chunk WHERE job = ` + jobOf + ` AND route = '' AND state <> 'done')`

// routeOf is how the chunks of a job may be sent that do not say it. An import was asked for; of one that was compared with
// the account it cannot be told who was there, so that those are left out whom this server has deleted since. Whoever a sync
// names that is not there any more is not created: which of its rows were new is not told either.
func (j *job) routeOf() route {
	switch {
	case j.Kind != Import, j.Spec.SyncTo != nil:
		return mustNotCreate
	case j.Spec.Compared != nil:
		return wereThere
	}
	return mayCreate
}

// adopt gives a chunk of an earlier version its route. What takes something away is written one by one.
func (s *Service) adopt(ctx context.Context, db *sql.DB, j *job, c chunk) error {
	c.route = j.routeOf()
	if c.route == mustNotCreate {
		j.Tally.Rerouted = true
		content, err := c.read(ctx, db, j)
		if err != nil {
			return err
		}
		alone := map[string]string{}
		err = content.Each(func(one intake.Row) error {
			if one.TakesAway() || j.Spec.takesAway() {
				alone[one.Name()] = ""
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(alone) > 0 {
			if err := s.takeApart(ctx, db, j, c, single{state: itemOpen}, alone); err != nil {
				return err
			}
		}
	}
	return recorded(store.Exec(ctx, db, `UPDATE job_chunk SET route = ? WHERE job = `+jobOf+` AND n = ?`, c.route, j.account, j.ID, c.n))
}

// ofThisVersion refuses a plan of an earlier version that might create people whom nobody asked for. A job that is under way
// is carried on with (see adopt).
func (j *job) ofThisVersion(ctx context.Context, db store.Runner) error {
	if j.State != Planned || j.routeOf() != mustNotCreate {
		return nil
	}
	var old bool
	if err := db.QueryRowContext(ctx, unrouted, j.account, j.ID).Scan(&old); err != nil || !old {
		return err
	}
	return fault.New(fault.PlanExpired, "The plan "+j.ID+" was made by an earlier version of this server.",
		"That version would have sent it in a way that creates contacts which were deleted meanwhile.",
		"Nothing was sent; preview again, and apply the new plan.")
}
