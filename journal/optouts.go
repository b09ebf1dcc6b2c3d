package journal

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// OptOut says why a person must not be subscribed unasked. The zero value is of one whose contact was unsubscribed when this
// server deleted it; any other of one who unsubscribed or complained by what was imported then.
type OptOut struct {
	// File is what was imported; empty of the rows of a call.
	File string
	// At is when.
	At time.Time
}

// IsOfSource reports that an imported source says it.
func (o OptOut) IsOfSource() bool { return !o.At.IsZero() }

// Source names the source: `the file "old.csv", imported on 2026-11-28`.
func (o OptOut) Source() string {
	what := "rows of a call"
	if o.File != "" {
		what = "the file " + text.Quote(text.Clip(o.File, 30))
	}
	return what + ", imported on " + o.At.UTC().Format(time.DateOnly)
}

// Remembered is what the journal keeps of a write of the kind OptOuts: whose they are, and of how many people.
type Remembered struct {
	Source int64 `json:"source"`
	People int   `json:"people"`
}

const (
	sqlOptOutSource = `SELECT id, file, change, began FROM opt_out_source WHERE account = $1 AND job = $2`
	sqlStageOptOuts = `INSERT INTO opt_out (account, source, n, hashes)
		VALUES ($1, $2, (SELECT coalesce(max(n), 0) + 1 FROM opt_out WHERE account = $1 AND source = $2), $3)`
	sqlBegin = `UPDATE opt_out_source SET at = $3, change = $4,
		began = (SELECT coalesce(max(began), 0) + 1 FROM opt_out_source WHERE account = $1) WHERE account = $1 AND id = $2`
	sqlInForce = `SELECT id, file, began, at FROM opt_out_source WHERE account = $1 AND began IS NOT NULL AND forgotten IS NULL`
	sqlOptOuts = `SELECT hashes FROM opt_out WHERE account = $1 AND source = $2`
)

// StageOptOuts writes down, for a plan, people of whom its source says for sure that they want no mail. Nobody is held back for
// it before the plan is carried out.
func (j *Journal) StageOptOuts(ctx context.Context, job, file string, emails []string) (err error) {
	defer func() { err = store.Unsent(j.options.Store.Fault(err)) }()
	account, err := j.options.Account.AccountKey(ctx)
	if err != nil {
		return err
	}
	db, err := j.options.Store.Quick(ctx)
	if err != nil {
		return err
	}
	hashes := make([]byte, 0, len(emails)*len(shortHash{})) // before anybody has to wait
	for _, email := range emails {
		hash, err := j.hash(ctx, account, email)
		if err != nil {
			return err
		}
		short := shortHash(hash)
		hashes = append(hashes, short[:]...)
	}
	return store.InTx(ctx, db, func(tx *sql.Tx) error {
		var source int64
		if err := tx.QueryRowContext(ctx, `INSERT INTO opt_out_source (account, job, file) VALUES ($1, $2, $3)
			ON CONFLICT (account, job) DO UPDATE SET file = excluded.file RETURNING id`, account, job, file).Scan(&source); err != nil {
			return err
		}
		return store.Exec(ctx, tx, sqlStageOptOuts, account, source, hashes)
	})
}

// RememberOptOuts puts in force what was written down for a plan, which is carried out now, as a write of the call: people who
// are that many. A repeat, by whoever carries on with a job, does no more than say which change it is part of. What was not
// written down is nobody.
func (j *Journal) RememberOptOuts(ctx context.Context, job string, people int) error {
	return j.optOutsInTx(ctx, func(tx *sql.Tx, account string, call *openCall) error {
		var source, change int64
		var file string
		var began sql.NullInt64
		err := tx.QueryRowContext(ctx, sqlOptOutSource, account, job).Scan(&source, &file, &change, &began)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err != nil:
			return err
		case began.Valid:
			call.Change = cmp.Or(call.Change, change)
			return nil
		}
		remembered := Write{Action: Remembering, Name: file, After: Remembered{source, people}}
		if change, err = j.noteOptOuts(ctx, tx, account, call.Call, remembered); err != nil {
			return err
		}
		call.Change = cmp.Or(change, call.Change)
		_, err = tx.ExecContext(ctx, sqlBegin, account, source, time.Now().UnixMilli(), change)
		return err
	})
}

// TurnOptOutsBack undoes a write of the kind OptOuts: it forgets people who were remembered by it, unless another source says
// the same, or remembers again those who were forgotten.
func (j *Journal) TurnOptOutsBack(ctx context.Context, write Entry) error {
	var of Remembered
	if err := json.Unmarshal(write.After, &of); err != nil {
		return fmt.Errorf("write %d of the journal: %w", write.ID, err)
	}
	back, forgotten := Forgetting, any(time.Now().UnixMilli())
	if write.Action == Forgetting {
		back, forgotten = Remembering, nil
	}
	return j.optOutsInTx(ctx, func(tx *sql.Tx, account string, call *openCall) error {
		change, err := j.noteOptOuts(ctx, tx, account, call.Call, Write{Action: back, Name: write.Name, After: of})
		if err != nil {
			return err
		}
		call.Change = cmp.Or(change, call.Change)
		_, err = tx.ExecContext(ctx, `UPDATE opt_out_source SET forgotten = $3 WHERE account = $1 AND id = $2`, account, of.Source, forgotten)
		return err
	})
}

// optOutsInTx does something about opt-outs, for the context's call. Its commit has reached the disk when it returns.
func (j *Journal) optOutsInTx(ctx context.Context, do func(*sql.Tx, string, *openCall) error) (err error) {
	defer func() { err = store.Unsent(j.options.Store.Fault(err)) }()
	db, account, err := j.durable(ctx)
	if err != nil {
		return err
	}
	call := callIn(ctx)
	if err := call.turn.Acquire(ctx, 1); err != nil {
		return err
	}
	defer call.turn.Release(1)
	before := call.Change
	if err = store.InTx(ctx, db, func(tx *sql.Tx) error { return do(tx, account, call) }); err != nil {
		call.Change = before
	}
	return err
}

// noteOptOuts records a write that is done as soon as it is recorded, and returns its change; 0 with the journal off.
func (j *Journal) noteOptOuts(ctx context.Context, tx *sql.Tx, account string, call Call, w Write) (change int64, err error) {
	if j.options.Off {
		return 0, nil
	}
	if change = call.Change; change == 0 {
		if change, err = insertChange(ctx, tx, account, call); err != nil {
			return 0, err
		}
	}
	w.Kind = OptOuts
	id, err := insertWrites(ctx, tx, account, change, w, undoneIn(ctx))
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE write SET state = $1, ended = $4 WHERE id = $2 AND `+ofAccount3, Done, id, account,
		time.Now().UnixMilli())
	return change, err
}

// AlsoOut is how many addresses of a write of the kind OptOuts are held back for another reason as well.
func (j *Journal) AlsoOut(ctx context.Context, write Entry) (int, error) {
	var of Remembered
	if err := json.Unmarshal(write.After, &of); err != nil {
		return 0, fmt.Errorf("write %d of the journal: %w", write.ID, err)
	}
	out, _, err := j.otherwiseOut(ctx, of.Source)
	return out, err
}

// NewOptOuts is how many addresses of those that were written down for a plan are not held back yet.
func (j *Journal) NewOptOuts(ctx context.Context, job string) (int, error) {
	db, account, err := j.readingPeople(ctx)
	if err != nil {
		return 0, err
	}
	var source int64
	err = db.QueryRowContext(ctx, `SELECT id FROM opt_out_source WHERE account = $1 AND job = $2`, account, job).Scan(&source)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, j.options.Store.Fault(err)
	}
	_, fresh, err := j.otherwiseOut(ctx, source)
	return fresh, err
}

// otherwiseOut counts the addresses of a source that are held back for another reason as well, and the others.
func (j *Journal) otherwiseOut(ctx context.Context, source int64) (out, fresh int, err error) {
	people, err := j.People(ctx)
	if err != nil {
		return 0, 0, err
	}
	delete(people.sources, source)
	deleted := map[shortHash]bool{}
	for hash, all := range people.known {
		deleted[shortHash([]byte(hash))] = slices.ContainsFunc(all, func(one known) bool { return one.what == OptedOut })
	}
	db, account, err := j.readingPeople(ctx)
	if err != nil {
		return 0, 0, err
	}
	theirs, err := optOutsOf(ctx, db, account, source)
	for _, hash := range theirs {
		if deleted[hash] || len(people.saidBy(hash)) > 0 {
			out++
		} else {
			fresh++
		}
	}
	return out, fresh, j.options.Store.Fault(err)
}

func (j *Journal) readingPeople(ctx context.Context) (db *sql.DB, account string, err error) {
	if account, err = j.options.Account.AccountKey(ctx); err != nil {
		return nil, "", err
	}
	db, err = j.options.Store.Reading(ctx)
	return db, account, err
}

// optOutsOf are the people of whom a source says that they want no mail.
func optOutsOf(ctx context.Context, db *sql.DB, account string, source int64) ([]shortHash, error) {
	rows, err := db.QueryContext(ctx, sqlOptOuts, account, source)
	if err != nil {
		return nil, err
	}
	parts, err := collect(rows, func(row scanner) (part []byte, err error) { return part, row.Scan(&part) })
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	all := make([]shortHash, 0, length/len(shortHash{}))
	for _, part := range parts {
		for hash := range slices.Chunk(part, len(shortHash{})) {
			all = append(all, shortHash(hash))
		}
	}
	return all, err
}

// DropOptOuts deletes what was written down for a plan that is not carried out any more.
func (j *Journal) DropOptOuts(ctx context.Context, job string) error {
	return j.dropOptOuts(ctx, `job = $2 AND began IS NULL`, job)
}

// dropOptOuts deletes the sources that a condition holds for, which begins with $2, and what they said.
func (j *Journal) dropOptOuts(ctx context.Context, condition string, given any) error {
	account, err := j.options.Account.AccountKey(ctx)
	if err != nil {
		return err
	}
	db, err := j.options.Store.Quick(ctx)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `DELETE FROM opt_out WHERE account = $1
		AND source IN (SELECT id FROM opt_out_source WHERE account = $1 AND `+condition+`)`, account, given)
	if err == nil {
		_, err = db.ExecContext(ctx, `DELETE FROM opt_out_source WHERE account = $1 AND `+condition, account, given)
	}
	return err
}
