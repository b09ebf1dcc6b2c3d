// Package kept is what jobs keep of contacts: in the tables of the store, and in the files that they leave for people to read, of
// rejected rows and of what came of a job. It writes those files, and takes a person out of all of it.
//
// Of a job's row it knows this much: its source is an intake.Summary, what it is to do names the source for people, and its tally
// counts who was taken out.
package kept

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/files"
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
}

// Erase takes a person out of what an account's jobs keep: contacts of plans and jobs that were not sent yet, what is kept of those
// that were, and the files of rejected rows and reports. The files of exports, and those the operator gave, are left alone. A
// repeat goes on where it was. It does all it can before it fails: an error comes with what was done.
func Erase(ctx context.Context, from *store.Store, folders *files.Folders, account, email string) (Erased, error) {
	e := erasure{store: from, folders: folders, account: account, email: strings.ToLower(strings.TrimSpace(email)),
		done: Erased{Files: []string{}}}
	if e.email == "" {
		return Erased{}, fault.New(fault.InvalidInput, "There is no address to erase.", "", "Give the person's e-mail address.")
	}
	if err := e.takeOutOfJobs(ctx); err != nil {
		return e.done, from.Fault(err)
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
	store   *store.Store
	folders *files.Folders
	account string
	email   string // in lower case
	done    Erased

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
	ids, err := e.jobsWith(ctx, db)
	if err != nil {
		return err
	}
	for _, id := range ids {
		sending := false
		err := store.InTx(ctx, db, func(tx *sql.Tx) (err error) {
			sending, err = e.takeOutOfJob(ctx, tx, id)
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

// jobOf stands for a job's id in a statement: its account and its id are given there.
const jobOf = `(SELECT id FROM job WHERE account = ? AND id = ?)`

// jobsWith are the jobs of the account that the person stands in.
func (e *erasure) jobsWith(ctx context.Context, db store.Runner) ([]string, error) {
	named, err := store.Collect(ctx, db, func(rows *sql.Rows) (id string, err error) {
		err = rows.Scan(&id)
		return id, err
	}, `SELECT id FROM job WHERE account = $1 AND (
		instr(lower(source), $2) > 0 OR instr(lower(tally), $2) > 0 OR instr(lower(spec), $2) > 0
		OR instr(source || tally, '…') > 0 AND instr(lower(source || tally), $3) > 0
		OR EXISTS (SELECT 1 FROM job_item WHERE job_item.job = job.id AND (contact = $2 OR CAST(content AS TEXT) ->> '$.email' = $2))
		OR EXISTS (SELECT 1 FROM job_rejected WHERE job_rejected.job = job.id AND instr(lower(CAST(content AS TEXT)), $2) > 0))`,
		e.account, e.email, text.AddressStart(e.email))
	if err != nil {
		return nil, err
	}
	staged, err := store.Collect(ctx, db, func(rows *sql.Rows) (id string, err error) {
		var content intake.Rows
		if err := rows.Scan(&id, &content); err != nil {
			return "", err
		}
		has, err := content.Has(e.email)
		if !has {
			id = ""
		}
		return id, err
	}, `SELECT job.id, content FROM job_chunk JOIN job ON job.id = job_chunk.job WHERE account = $1 AND content IS NOT NULL`, e.account)
	all := slices.Compact(slices.Sorted(slices.Values(append(named, staged...))))
	return slices.DeleteFunc(all, func(id string) bool { return id == "" }), err
}

// job is what is kept of one.
type job struct {
	id          string
	running     bool
	source      intake.Summary
	spec, tally map[string]json.RawMessage
}

func (e *erasure) takeOutOfJob(ctx context.Context, tx *sql.Tx, id string) (sending bool, err error) {
	j := job{id: id}
	err = tx.QueryRowContext(ctx, `SELECT state = 'running', source, spec, tally FROM job WHERE account = $1 AND id = $2`, e.account, id).
		Scan(&j.running, store.JSON(&j.source), store.JSON(&j.spec), store.JSON(&j.tally))
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	taken, sending, err := e.takeOutOfChunks(ctx, tx, j)
	if err != nil {
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
	if j.running { // the process that works on it counts; it finds the contact taken out
		return sending || busy, e.clean(ctx, tx, j)
	}
	if err := j.count(taken + unsent); err != nil {
		return false, err
	}
	tally, err := withoutAddress(j.tally, e.email)
	if err != nil {
		return false, err
	}
	return sending || busy, errors.Join(e.clean(ctx, tx, j),
		store.Exec(ctx, tx, `UPDATE job SET tally = $3 WHERE account = $1 AND id = $2`, e.account, id, tally))
}

// count adds to those who were taken out of a job.
func (j job) count(taken int) error {
	before := 0
	if kept := j.tally["taken_out"]; kept != nil {
		if err := json.Unmarshal(kept, &before); err != nil {
			return err
		}
	}
	if taken > 0 {
		j.tally["taken_out"] = json.RawMessage(strconv.Itoa(before + taken))
	}
	return nil
}

// clean takes the person out of what a job says of its source: samples, examples, and the headers of a file without one.
func (e *erasure) clean(ctx context.Context, tx *sql.Tx, j job) error {
	theirs := func(s string) bool { return text.WithoutAddress(s, e.email) != s }
	source := j.source
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
	described, err := withoutAddress(source, e.email)
	if err != nil {
		return err
	}
	if named := j.spec["source"]; named != nil { // a condition may name them
		clean, err := withoutAddress(named, e.email)
		if err != nil {
			return err
		}
		j.spec["source"] = json.RawMessage(clean)
	}
	return store.Exec(ctx, tx, `UPDATE job SET source = $3, spec = $4 WHERE account = $1 AND id = $2`, e.account, j.id, described,
		store.JSON(j.spec))
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
func (e *erasure) takeOutOfChunks(ctx context.Context, tx *sql.Tx, j job) (taken int, sending bool, err error) {
	for after := 0; ; {
		var state string
		var content intake.Rows
		err := tx.QueryRowContext(ctx, `SELECT n, state, content FROM job_chunk
			WHERE job = (SELECT id FROM job WHERE account = $1 AND id = $2) AND n > $3
			AND content IS NOT NULL ORDER BY n LIMIT 1`, e.account, j.id, after).Scan(&after, &state, &content)
		if errors.Is(err, sql.ErrNoRows) {
			return taken, sending, nil
		}
		if err != nil {
			return 0, false, err
		}
		out := 0
		kept, err := content.Without(func(one intake.Row) bool {
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
		sending = sending || state != "open" && j.running
		taken += out
		if err := store.Exec(ctx, tx, `UPDATE job_chunk SET content = ? WHERE job = `+jobOf+` AND n = ?`, kept,
			e.account, j.id, after); err != nil {
			return 0, false, err
		}
	}
}

// takeOutOfItems takes the person out of the contacts that are written one by one: they are passed over, and those that were
// written are not named any more.
func (e *erasure) takeOutOfItems(ctx context.Context, tx *sql.Tx, j job) (items, unsent int, sending bool, err error) {
	var busy int
	if err := tx.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (WHERE state = 'open'),
		count(*) FILTER (WHERE state = 'sending') FROM job_item
		WHERE job = `+jobOf+` AND (contact = ? OR CAST(content AS TEXT) ->> '$.email' = ?)`,
		e.account, j.id, e.email, e.email).Scan(&items, &unsent, &busy); err != nil || items == 0 {
		return 0, 0, false, err
	}
	err = store.Exec(ctx, tx, `UPDATE job_item SET contact = '', said = '', content = NULL,
		state = CASE state WHEN 'open' THEN 'taken_out' ELSE state END
		WHERE job = `+jobOf+` AND (contact = ? OR CAST(content AS TEXT) ->> '$.email' = ?)`,
		e.account, j.id, e.email, e.email)
	return items, unsent, busy > 0 && j.running, err
}

func (e *erasure) takeOutOfRejected(ctx context.Context, tx *sql.Tx, j job) (rows int, err error) {
	for after := 0; ; {
		var content []byte
		err := tx.QueryRowContext(ctx, `SELECT n, content FROM job_rejected WHERE job = `+jobOf+
			` AND n > ? AND instr(lower(CAST(content AS TEXT)), ?) > 0 ORDER BY n LIMIT 1`,
			e.account, j.id, after, e.email).Scan(&after, &content)
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
			kept, e.account, j.id, after); err != nil {
			return 0, err
		}
	}
}
