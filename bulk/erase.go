package bulk

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// Erased is what Erase has done.
type Erased struct {
	// Files are the paths of those that were changed or removed.
	Files []string
	// Rows is how many rows were taken out, of them and of plans and jobs.
	Rows int
	// Sending are the jobs that have the person on their way to Mailtrap: they arrive all the same, and the contact has to be
	// deleted once the jobs have ended.
	Sending []string
	// Planning is set when another server is writing plans down, which may hold the person: what is kept has to be looked
	// through again when they are there.
	Planning bool
}

// Erase takes a person out of what this server keeps of bulk work: contacts of plans and jobs that were not sent yet, what
// is kept of those that were, and its files of rejected rows and reports. The files of exports, and those the operator gave,
// are not its own. A repeat goes on where it was. It does all it can before it fails: an error comes with what was done.
func (s *Service) Erase(ctx context.Context, email string) (Erased, error) {
	e := erasure{Service: s, email: strings.ToLower(strings.TrimSpace(email)), done: Erased{Files: []string{}}}
	if e.email == "" {
		return Erased{}, fault.New(fault.InvalidInput, "There is no address to erase.", "", "Give the person's e-mail address.")
	}
	if err := s.staging.Acquire(ctx, allStaging); err != nil { // a plan that is being written down would be seen in part
		return e.done, err
	}
	defer s.staging.Release(allStaging)
	if err := e.takeOutOfJobs(ctx); err != nil {
		return e.done, s.store.Fault(err)
	}
	if err := e.takeOutOfFiles(ctx); err != nil {
		return e.done, err
	}
	if len(e.failed) > 0 {
		return e.done, fault.New(fault.FileAccess, "The person could not be taken out of "+text.Listing(e.failed, 10)+".", e.why,
			"Take the rows out by hand or delete the file, and repeat the call.").Because(e.cause)
	}
	return e.done, nil
}

// erasure is one call of Erase.
type erasure struct {
	*Service
	email string // in lower case
	done  Erased

	failed []string // the files that could not be changed
	why    string   // the first of them could not
	cause  error
}

// takeOutOfJobs takes the person out of the tables, job by job. What is not known to anybody is passed over without a lock.
func (e *erasure) takeOutOfJobs(ctx context.Context) error {
	db, err := e.store.Durable(ctx)
	if err != nil {
		return err
	}
	// In a chunk an address stands in lower case; in one of an earlier program as JSON has it.
	needle, err := json.Marshal(e.email)
	if err != nil {
		return err
	}
	needle = bytes.Trim(needle, `"`)
	account, err := e.api.AccountKey(ctx)
	if err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job WHERE account = ? AND state = 'staging' AND planned > ?)`,
		account, time.Now().Add(-stagingFor).UnixMilli()).Scan(&e.done.Planning); err != nil {
		return err
	}
	ids, err := jobsWith(ctx, db, account, needle, e.email)
	if err != nil {
		return err
	}
	for _, id := range ids {
		sending := false
		err := store.InTx(ctx, db, func(tx *sql.Tx) (err error) {
			sending, err = e.takeOutOfJob(ctx, tx, account, id, needle)
			return err
		})
		if err != nil {
			return err
		}
		if sending {
			e.done.Sending = append(e.done.Sending, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return store.Exec(ctx, db, `PRAGMA wal_checkpoint(TRUNCATE)`) // nothing of them is left in the log
}

// jobsWith are the jobs of an account that a person stands in.
func jobsWith(ctx context.Context, db store.Runner, account string, needle []byte, email string) ([]string, error) {
	return store.Collect(ctx, db, func(rows *sql.Rows) (id string, err error) {
		err = rows.Scan(&id)
		return id, err
	}, `SELECT id FROM job WHERE account = $1 AND (
		instr(lower(source), $3) > 0 OR instr(lower(tally), $3) > 0 OR instr(lower(spec), $3) > 0
		OR instr(source || tally, '…') > 0 AND instr(lower(source || tally), $4) > 0
		OR EXISTS (SELECT 1 FROM job_item WHERE job_item.job = job.id AND (contact = $3 OR CAST(content AS TEXT) ->> '$.email' = $3))
		OR EXISTS (SELECT 1 FROM job_chunk WHERE job_chunk.job = job.id
			AND instr(content, CAST($2 AS BLOB)) + instr(content, CAST($3 AS BLOB)) > 0)
		OR EXISTS (SELECT 1 FROM job_rejected WHERE job_rejected.job = job.id AND instr(lower(CAST(content AS TEXT)), $3) > 0))`,
		account, needle, email, text.AddressStart(email))
}

func (e *erasure) takeOutOfJob(ctx context.Context, tx *sql.Tx, account, id string, needle []byte) (sending bool, err error) {
	j, err := load(ctx, tx, account, id)
	if err != nil || j == nil {
		return false, err
	}
	taken := 0
	if taken, sending, err = e.takeOutOfChunks(ctx, tx, j, needle); err != nil {
		return false, err
	}
	items, unsent, busy, err := e.takeOutOfItems(ctx, tx, j)
	if err != nil {
		return false, err
	}
	rows, err := e.takeOutOfRejected(ctx, tx, j)
	if err != nil {
		return false, err
	}
	e.done.Rows += taken + items + rows
	if j.State == Running { // the process that works on it counts; it finds the contact taken out
		return sending || busy, e.clean(ctx, tx, j)
	}
	j.Tally.TakenOut += taken + unsent
	tally, err := withoutAddress(j.Tally, e.email)
	if err != nil {
		return false, err
	}
	return sending || busy, errors.Join(store.Exec(ctx, tx, `UPDATE job SET tally = ? WHERE account = ? AND id = ?`, tally, account, id),
		e.clean(ctx, tx, j))
}

// clean takes the person out of what a job says of its source: samples, examples, and the headers of a file without one.
func (e *erasure) clean(ctx context.Context, tx *sql.Tx, j *job) error {
	theirs := func(s string) bool { return text.WithoutAddress(s, e.email) != s }
	source := j.Source
	source.Sample = slices.DeleteFunc(source.Sample, func(c intake.Contact) bool { return theirs(c.Email) || theirs(fmt.Sprint(c.Fields)) })
	source.Named = slices.DeleteFunc(source.Named, func(r intake.NamedRow) bool { return theirs(r.Email) || theirs(r.Reason) })
	for _, who := range []*intake.Doubtful{&source.Roles, &source.Typos, &source.Unsubscribed} {
		who.Examples = slices.DeleteFunc(who.Examples, theirs)
	}
	source.Ignored = slices.DeleteFunc(source.Ignored, theirs)
	source.Columns = blanked(source.Columns, theirs)
	source.Reasons = slices.DeleteFunc(source.Reasons, func(r intake.Reason) bool { return theirs(r.Text) })
	source.Uses = slices.DeleteFunc(source.Uses, func(u intake.Use) bool { return theirs(u.Column) || theirs(u.Shows) })
	source.Proposed = slices.DeleteFunc(source.Proposed, func(p intake.Proposal) bool { return theirs(p.Column) || theirs(p.Misfit) })
	j.Spec.Source = text.WithoutAddress(j.Spec.Source, e.email) // a condition may name them
	described, err := withoutAddress(source, e.email)
	if err != nil {
		return err
	}
	return store.Exec(ctx, tx, `UPDATE job SET source = ?, spec = ? WHERE account = ? AND id = ?`, described,
		store.JSON(j.Spec), j.account, j.ID)
}

func blanked(values []string, theirs func(string) bool) []string {
	kept := slices.Clone(values)
	for i, value := range kept {
		if theirs(value) {
			kept[i] = ""
		}
	}
	return kept
}

// takeOutOfChunks takes the person out of what is still to be sent. What is on its way stays: it arrives all the same.
func (e *erasure) takeOutOfChunks(ctx context.Context, tx *sql.Tx, j *job, needle []byte) (taken int, sending bool, err error) {
	for after := 0; ; {
		var c chunk
		err := tx.QueryRowContext(ctx, `SELECT n, contacts, state, content FROM job_chunk
			WHERE job = (SELECT id FROM job WHERE account = $1 AND id = $2) AND n > $3
			AND instr(content, CAST($4 AS BLOB)) + instr(content, CAST($5 AS BLOB)) > 0 ORDER BY n LIMIT 1`,
			j.account, j.ID, after, needle, e.email).Scan(&c.n, &c.contacts, &c.state, (*[]byte)(&c.content))
		if errors.Is(err, sql.ErrNoRows) {
			return taken, sending, nil
		}
		if err != nil {
			return 0, false, err
		}
		after = c.n
		out := 0
		kept, err := c.content.Without(func(one intake.Row) bool {
			theirs := one.Name() == e.email
			if theirs {
				out++
			}
			return theirs
		})
		if err != nil {
			return 0, false, err
		}
		if out == 0 {
			continue
		}
		sending = sending || c.state != chunkOpen && j.State == Running
		taken += out
		if err := store.Exec(ctx, tx, `UPDATE job_chunk SET content = ? WHERE job = `+jobOf+` AND n = ?`, []byte(kept),
			j.account, j.ID, c.n); err != nil {
			return 0, false, err
		}
	}
}

// takeOutOfItems takes the person out of the contacts that are written one by one: they are passed over, and those that were
// written are not named any more.
func (e *erasure) takeOutOfItems(ctx context.Context, tx *sql.Tx, j *job) (items, unsent int, sending bool, err error) {
	var busy int
	if err := tx.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (WHERE state = 'open'),
		count(*) FILTER (WHERE state = 'sending') FROM job_item
		WHERE job = `+jobOf+` AND (contact = ? OR CAST(content AS TEXT) ->> '$.email' = ?)`,
		j.account, j.ID, e.email, e.email).Scan(&items, &unsent, &busy); err != nil || items == 0 {
		return 0, 0, false, err
	}
	err = store.Exec(ctx, tx, `UPDATE job_item SET contact = '', said = '', content = NULL,
		state = CASE state WHEN 'open' THEN 'taken_out' ELSE state END
		WHERE job = `+jobOf+` AND (contact = ? OR CAST(content AS TEXT) ->> '$.email' = ?)`,
		j.account, j.ID, e.email, e.email)
	return items, unsent, busy > 0 && j.State == Running, err
}

func (e *erasure) takeOutOfRejected(ctx context.Context, tx *sql.Tx, j *job) (rows int, err error) {
	for after := 0; ; {
		var content []byte
		err := tx.QueryRowContext(ctx, `SELECT n, content FROM job_rejected WHERE job = `+jobOf+
			` AND n > ? AND instr(lower(CAST(content AS TEXT)), ?) > 0 ORDER BY n LIMIT 1`,
			j.account, j.ID, after, e.email).Scan(&after, &content)
		if errors.Is(err, sql.ErrNoRows) {
			return rows, nil
		}
		if err != nil {
			return 0, err
		}
		var rejected []intake.Rejected
		if err := json.Unmarshal(content, &rejected); err != nil {
			return 0, err
		}
		before := len(rejected)
		rejected = slices.DeleteFunc(rejected, func(row intake.Rejected) bool {
			return slices.ContainsFunc(row.Cells, func(cell string) bool { return isAddress(cell, e.email) })
		})
		if len(rejected) == before {
			continue
		}
		rows += before - len(rejected)
		kept, err := json.Marshal(rejected)
		if err != nil {
			return 0, err
		}
		if err := store.Exec(ctx, tx, `UPDATE job_rejected SET content = ? WHERE job = `+jobOf+` AND n = ?`,
			kept, j.account, j.ID, after); err != nil {
			return 0, err
		}
	}
}
