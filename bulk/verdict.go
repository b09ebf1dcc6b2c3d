package bulk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/kept"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// oddFor is how long a status that the spec does not name is waited out: it may be one on the way to them.
const oddFor = time.Minute

// verdict is what Mailtrap's answer about an import comes to.
type verdict struct {
	wait bool // it works on it
	// What became of its contacts. Of doubtful ones nobody can say which they are.
	created, updated, overLimit, doubtful int
	why                                   string // of the doubtful ones, as the rest of a sentence about Mailtrap
	failure                               error  // ends the job
	mayGoOn                               bool   // Mailtrap may be working on it still, and nobody looks again
}

// without is what became of the others, where some of its contacts were created and are gone again.
func (v verdict) without(some int) verdict {
	for _, count := range []*int{&v.created, &v.doubtful, &v.updated} {
		out := min(some, *count)
		*count, some = *count-out, some-out
	}
	return v
}

// judge says what is known of an import of some contacts that Mailtrap was asked for a while ago. What it tells is believed
// where it can be true; the rest is of unknown outcome.
func judge(id int64, sent int, current apiclient.Import, err error, asked time.Duration) verdict {
	status := text.Quote(current.Status)
	switch {
	case err != nil:
		return failed(id, sent, "does not know its import %d any more")
	case current.Status == apiclient.JobFailed:
		return failed(id, sent, "reports that its import %d failed")
	case current.Status == apiclient.JobFinished:
		return byCounts(id, sent, current)
	case current.Under() && asked < audience.ImportLimit, asked < oddFor:
		return verdict{wait: true}
	case current.Under():
		return failed(id, sent, "has not finished its import %d within two hours")
	}
	odd := failed(id, sent, "reports a status of its import %d that this server does not know, "+strings.ReplaceAll(status, "%", "%%"))
	odd.mayGoOn = true
	return odd
}

// failed is an import of which nothing more is to be learned.
func failed(id int64, sent int, said string) verdict {
	why := fmt.Sprintf(said, id)
	return verdict{doubtful: sent, why: why, failure: fault.New(fault.UpstreamError, "Mailtrap "+why+".",
		"Whether "+text.Count(sent, "contact")+" of it "+text.Pick(sent, "was", "were")+" created or updated is not known.",
		"Import those again: that is harmless, because whoever is there already is updated. If it fails again, the operator "+
			"should look at the imports in Mailtrap.")}
}

// byCounts is an import that has finished. Counts that cannot be true are not believed, not even in part.
func byCounts(id int64, sent int, current apiclient.Import) verdict {
	if current.OverLimit == apiclient.UnknownCount && int(current.Created+current.Updated) == sent {
		current.OverLimit = 0 // there is nobody left for it
	}
	for _, count := range []apiclient.Count{current.Created, current.Updated, current.OverLimit} {
		if count == apiclient.UnknownCount || int(count) > sent {
			return verdict{doubtful: sent, why: fmt.Sprintf("reports that its import %d finished, with counts that cannot be right", id)}
		}
	}
	created, updated, over := int(current.Created), int(current.Updated), int(current.OverLimit)
	switch told := created + updated + over; {
	case told > sent:
		return verdict{doubtful: sent, why: fmt.Sprintf("reports that its import %d finished, with counts that cannot be right", id)}
	case told < sent:
		return verdict{created: created, updated: updated, overLimit: over, doubtful: sent - told,
			why: fmt.Sprintf("accounts for %s of the %s of its import %d, without telling which", text.Number(told),
				text.Count(sent, "contact"), id)}
	}
	return verdict{created: created, updated: updated, overLimit: over}
}

// settle writes down what a chunk has come to. Where some of its contacts are of unknown outcome, all of it goes into the
// file of rejected rows, so that they can be looked at and imported again.
func (s *Service) settle(ctx context.Context, db *sql.DB, j *job, c chunk, found verdict) error {
	t := &j.Tally
	t.Created, t.Updated, t.OverLimit, t.Unknown = t.Created+found.created, t.Updated+found.updated, t.OverLimit+
		found.overLimit, t.Unknown+found.doubtful
	t.Same += min(t.OutSame, found.updated)
	t.Doing, t.Out, t.OutSame = "", 0, 0
	if found.doubtful == 0 {
		if err := s.noteCreated(ctx, db, j, c, found); err != nil {
			s.log.WarnContext(ctx, "the journal could not be told whom an import has created; it cannot be undone", "job", j.ID, "cause", err)
		}
		return s.mark(ctx, db, j, c, chunkDone)
	}
	t.Doubts = append(t.Doubts, found.why)
	t.Doubts = t.Doubts[:min(len(t.Doubts), namedDoubts)]
	return recorded(store.InTx(ctx, db, func(tx *sql.Tx) error {
		if err := j.save(ctx, tx); err != nil {
			return err
		}
		content, err := c.read(ctx, tx, j)
		if err != nil {
			return err
		}
		if err := addDoubtful(ctx, tx, j, content, found.why); err != nil {
			return err
		}
		return store.Exec(ctx, tx, `UPDATE job_chunk SET state = 'done', content = NULL WHERE job = `+jobOf+` AND n = ?`, j.account, j.ID, c.n)
	}))
}

const (
	// namedDoubts is how many of the reasons of unknown outcomes are kept.
	namedDoubts = 3
	// doubtful is what the reason of a row of unknown outcome begins with.
	doubtful = "unknown outcome: Mailtrap "
	// doubtfulRows is how many rows of unknown outcome are written down together: with their cells they take memory.
	doubtfulRows = 5000
)

// addDoubtful puts the contacts of a chunk among the rejected rows.
func addDoubtful(ctx context.Context, tx *sql.Tx, j *job, content intake.Rows, why string) error {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM job_rejected WHERE job = `+jobOf, j.account,
		j.ID).Scan(&n); err != nil {
		return err
	}
	reason := doubtful + why + "; importing this row again is harmless"
	var rows []intake.Rejected
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		n++
		err := addRejected(ctx, tx, j, n, rows)
		rows = rows[:0]
		return err
	}
	err := content.Each(func(one intake.Row) error {
		cells, err := one.Cells(j.sourceTags())
		if rows = append(rows, intake.Rejected{Reason: reason, Cells: cells}); err == nil && len(rows) == doubtfulRows {
			err = flush()
		}
		return err
	})
	if err != nil {
		return err
	}
	return flush()
}

// sourceTags say what the columns of the file of rejected rows are.
func (j *job) sourceTags() []string {
	if len(j.Source.Columns) == 0 {
		return []string{"email"}
	}
	return j.Source.Tags
}

// doubtfulPeople names contacts of unknown outcome of a job's imports, at most limit of them.
func doubtfulPeople(ctx context.Context, db *sql.DB, j *job, limit int) ([]kept.Problem, error) {
	at := slices.Index(j.sourceTags(), "email")
	if at < 0 || limit <= 0 || len(j.Tally.Doubts) == 0 {
		return nil, nil
	}
	var found []kept.Problem
	err := eachRejected(ctx, db, j, 0, func(row intake.Rejected) error {
		if len(found) == limit {
			return errEnough
		}
		if why, ok := strings.CutPrefix(row.Reason, doubtful); ok && at < len(row.Cells) && row.Cells[at] != "" {
			why, _, _ = strings.Cut(why, "; importing")
			found = append(found, kept.Problem{Contact: row.Cells[at], Outcome: itemUnknown, Reason: "Mailtrap " + why})
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found, err
}

var errEnough = errors.New("bulk: enough of them")

// inDoubt is how many contacts are in requests that may have been carried out although the job has ended: nobody knows.
func inDoubt(ctx context.Context, db store.Runner, j *job) (n int, err error) {
	counts, err := store.Collect(ctx, db, func(rows *sql.Rows) (int, error) {
		var content intake.Rows
		if err := rows.Scan(&content); err != nil {
			return 0, err
		}
		return content.Count()
	}, `SELECT content FROM job_chunk WHERE job = `+jobOf+` AND state = 'sending'`, j.account, j.ID)
	for _, some := range counts {
		n += some
	}
	return n, err
}
