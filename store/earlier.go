package store

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"time"
)

// withQueue is the last version of the tables that a queue of jobs belonged to. A program that has the file open with them
// goes on working on jobs by that queue, whatever a later one does: it must have ended before the queue is taken away.
const withQueue = 8

// withExports is the last version in which exports were jobs. A program that works on one must have ended before these go.
const withExports = 10

// What those programs do: they say that they are alive every two seconds, and take for dead who has not for eight. Clocks may
// differ by a minute.
const (
	earlierDead  = 8 * time.Second
	earlierAhead = time.Minute
)

// earlierAtWork is an earlier program that works on jobs in this file.
type earlierAtWork struct{ who string }

func (e earlierAtWork) Error() string { return "an earlier program works on its jobs: " + e.who }

// noneEarlier fails with earlierAtWork while an earlier program works on a job, or has its queue running.
func noneEarlier(ctx context.Context, tx *sql.Tx, version int) error {
	var tables int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name IN ('job', 'river_job', 'river_leader')`).Scan(&tables)
	if err != nil || tables == 0 {
		return err
	}
	now := time.Now()
	asked, given := sqlExporting, []any{now.Add(-exportingDead).UnixMilli(), now.Add(earlierAhead).UnixMilli()}
	if tables == 3 && version <= withQueue {
		asked, given = sqlEarlier, []any{now.Add(-earlierDead).UnixMilli(), now.Add(earlierAhead).UnixMilli(), now.Unix()}
	}
	var who string
	err = tx.QueryRowContext(ctx, asked, given...).Scan(&who)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return earlierAtWork{whoIs.ReplaceAllString(who, "started on the host $1 at $2-$3-$4 $5:$6:$7")}
}

// sqlEarlier names the processes that work on jobs, and the one that the running queues have elected.
const sqlEarlier = `SELECT coalesce((SELECT attempted_by ->> '$[#-1]' FROM river_job WHERE id = ticket), owner) FROM job
	WHERE state = 'running' AND owner <> '' AND beat >= $1 AND beat <= $2
	UNION ALL SELECT leader_id FROM river_leader WHERE unixepoch(expires_at) >= $3 LIMIT 1`

// exportingDead is how long nothing must have been noted of an export for its process to be dead: between two looks at it nobody
// works on it.
const exportingDead = time.Minute

// sqlExporting names the process that works on an export.
const sqlExporting = `SELECT CASE owner WHEN '' THEN 'one that exports contacts' ELSE owner END FROM job
	WHERE kind = 'export' AND state = 'running' AND beat >= $1 AND beat <= $2 LIMIT 1`

// whoIs takes apart how the queue named a process.
var whoIs = regexp.MustCompile(`^(.+)_(\d{4})_(\d\d)_(\d\d)T(\d\d)_(\d\d)_(\d\d)_\d+$`)
