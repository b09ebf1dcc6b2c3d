package bulk

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"mailtrap-contacts-mcp/store"
)

// A job's row says when its next turn is due, who works on it, and when that process was last known to be alive. Whoever is
// alive claims what is due, works on it for a while, and says when the rest is due. What a dead process has claimed is due.

// pace is how soon it is noticed that there is something to do.
type pace struct {
	// beat is how often a process says that it is alive while it works on a job, and dead how long after the last time
	// others take it for dead.
	beat, dead time.Duration
	// watch is how often a process looks whether others have left jobs, and poll how often it looks for what is due while
	// there are unfinished jobs.
	watch, poll time.Duration
}

// ordinary has a job go on within ten seconds of the death of the process that worked on it.
var ordinary = pace{beat: 2 * time.Second, dead: 8 * time.Second, watch: 2 * time.Second, poll: 100 * time.Millisecond}

// atOnce is how many jobs a process works on at a time.
const atOnce = 4

// aheadOfUs is how far ahead of this process's clock another one's may be.
const aheadOfUs = time.Minute

// Resume resumes the jobs that dead processes left behind, now and from now on, without holding up the caller.
// While there are none, it costs one look at a file's name.
func (s *Service) Resume() {
	s.resumed.Do(func() {
		if s.running.Err() == nil && !s.api.ReadOnly() { // every job writes
			s.group.Go(s.carryOn)
		}
	})
}

// wake has this process look for what is due without waiting for the next time.
func (s *Service) wake() {
	s.Resume()
	select {
	case s.woken <- struct{}{}:
	default: // it is about to look
	}
}

// carryOn works on what is due until the service closes. Where there is no data folder, nobody else leaves jobs.
func (s *Service) carryOn() {
	for {
		var again <-chan time.Time
		switch {
		case s.hasUnfinished():
			pause := s.pace.watch
			unfinished, err := s.claimAll(s.running)
			if err != nil && s.running.Err() == nil {
				s.log.Debug("jobs that are due could not be looked for", "cause", err)
			}
			if unfinished {
				pause = s.pace.poll
			}
			again = time.After(pause)
		case s.store.Dir() != "":
			again = time.After(s.pace.watch)
		}
		select {
		case <-s.running.Done():
			return
		case <-s.woken:
		case <-again:
		}
	}
}

// claimAll claims what is due, as far as this process may work on more, and reports whether it has unfinished jobs.
func (s *Service) claimAll(ctx context.Context) (unfinished bool, err error) {
	account, db, err := s.reading(ctx)
	if err != nil {
		return false, err
	}
	for {
		var running, due int
		if err := db.QueryRowContext(ctx, sqlWork, s.claims(account)...).Scan(&running, &due); err != nil {
			return false, err
		}
		if running == 0 {
			return false, s.noneUnfinished(ctx)
		}
		if due == 0 || s.atWork.Load() >= atOnce {
			return true, nil
		}
		j, err := s.claim(ctx, account)
		if err != nil || j == nil { // another process may have been quicker
			return true, err
		}
		s.atWork.Add(1)
		s.group.Go(func() {
			s.takeTurn(j)
			s.atWork.Add(-1)
			s.turn.end()
			s.wake()
		})
	}
}

const (
	// sqlDue is the condition on a running job that its next turn is due, or that the process that worked on it is dead: its
	// last sign of life is too old, or of a clock that has been set back since. A job that writes waits until those that were
	// asked for before have ended, whatever they wait for: of two changes to the same people the later one is to stand. One
	// that is to stop need not wait.
	sqlDue = `(owner = '' AND due <= $2 OR owner <> '' AND beat < $3 OR beat > $4) AND (stop = 1 OR NOT EXISTS (SELECT 1 ` + sqlEarlier + `))`
	// sqlOurs is the condition on a job to be this server's to carry out, or to end because somebody wants it cancelled.
	sqlOurs = `($5 = '' OR stop = 1 OR $5 LIKE '%,' || (call ->> 'Tool') || ',%')`
	// sqlWork counts the jobs that this server is to carry out, and those of them that are due.
	sqlWork = `SELECT count(*), count(CASE WHEN ` + sqlDue + ` THEN 1 END) FROM job WHERE account = $1 AND state = 'running' AND ` + sqlOurs
	// sqlClaim makes somebody the one who works on the job that is due first. It holds for SQLite, where one process writes at
	// a time; PostgreSQL would need FOR UPDATE SKIP LOCKED at the end of the inner statement.
	sqlClaim = `UPDATE job SET owner = $6, beat = $2 WHERE account = $1 AND id = (SELECT id FROM job
		WHERE account = $1 AND state = 'running' AND ` + sqlOurs + ` AND ` + sqlDue + ` ORDER BY due, asked, id LIMIT 1) RETURNING id`
)

// claims are what those statements are given, but for who claims.
func (s *Service) claims(account string) []any {
	tools, now := "", time.Now()
	if s.limited {
		tools = "," + strings.Join(append(s.tools, ""), ",")
	}
	return []any{account, now.UnixMilli(), now.Add(-s.pace.dead).UnixMilli(), now.Add(aheadOfUs).UnixMilli(), tools}
}

// claim claims the job that is due first for this process; nil when nothing is due. Each claim has its own name, because a
// process that was taken for dead may claim a job again while it still works on it.
func (s *Service) claim(ctx context.Context, account string) (*job, error) {
	db, err := s.store.Quick(ctx)
	if err != nil {
		return nil, err
	}
	claimed := &job{account: account, owner: s.process + " " + rand.Text()}
	err = db.QueryRowContext(ctx, sqlClaim, append(s.claims(account), claimed.owner)...).Scan(&claimed.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	j, err := load(ctx, db, account, claimed.ID)
	if err != nil || j == nil {
		s.release(claimed, time.Second)
		return nil, err
	}
	j.owner, j.call.Change = claimed.owner, j.Change
	return j, nil
}

// release lets others work on a job, after a pause. Who was told meanwhile to stop it does not wait for that.
func (s *Service) release(j *job, pause time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.running), 5*time.Second)
	defer cancel()
	db, err := s.store.Quick(ctx)
	if err == nil {
		now := time.Now()
		err = store.Exec(ctx, db, `UPDATE job SET owner = '', beat = $4, due = CASE WHEN stop = 1 AND $6 = 0 THEN 0 ELSE $5 END
			WHERE account = $1 AND id = $2 AND owner = $3`,
			j.account, j.ID, j.owner, now.UnixMilli(), now.Add(pause).UnixMilli(), j.Stopping)
	}
	if err != nil {
		s.log.Warn("a job could not be let go of; others take it over in a moment", "job", j.ID, "cause", err)
	}
}

// thisProcess names this process to people.
func thisProcess() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	return fmt.Sprintf("process %d on %s", os.Getpid(), host)
}
