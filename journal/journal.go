// Package journal keeps what this server changed in the account: by which tool and client, and what it was before.
//
// A write is recorded before it is sent, marked when it leaves, and given its outcome when the answer is there. Each step
// is a commit of its own, so that a process that is killed in between leaves what is known, and that the rest is not.
// What is sent without a record is nothing: where the intent cannot be written down, the write does not take place.
package journal

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
)

// MostUndoable is of how many contacts the journal keeps, for an account, what they were before they were written: what is
// written to more in bulk cannot be undone.
const MostUndoable = 200_000

// DefaultDays is how long changes are kept when nothing else is asked for.
const DefaultDays = 90

// Account is what the journal has to know of the account.
type Account interface {
	// AccountKey names it, always in the same way.
	AccountKey(ctx context.Context) (string, error)
}

// Options say where the journal is kept and for how long.
type Options struct {
	Store *store.Store
	// Account tells which account is worked on; entries of others are not shown.
	Account Account
	// Off records nothing. What is known about erased and unsubscribed people is kept all the same.
	Off bool
	// Days is how long a change is kept; 0 or less means DefaultDays.
	Days int
	// Log receives what could not be recorded after the fact; nil discards it.
	Log *slog.Logger
}

// Journal records writes. It is safe for concurrent use, by several processes on one data folder.
type Journal struct {
	options Options
	retags  ownRetags // while it is off
}

// New returns a journal; nothing is opened before the first write.
func New(options Options) *Journal {
	if options.Days <= 0 {
		options.Days = DefaultDays
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	return &Journal{options: options}
}

// IsOn reports whether changes are recorded.
func (j *Journal) IsOn() bool { return !j.options.Off }

// IsUnused reports that nothing has ever been kept where the journal is.
func (j *Journal) IsUnused() bool { return j.options.Store.IsNew() }

// Days is how long a change is kept.
func (j *Journal) Days() int { return j.options.Days }

// Write is one write, to be recorded. What is not known beforehand, the function that sends it fills in.
type Write struct {
	Action Action
	Kind   Kind
	// Subject is the id at Mailtrap of what is written; Name its address, name or merge tag.
	Subject, Name string
	// Before is what was there, nil if nothing was; After what is there then. Both are written down as JSON.
	Before, After any
	// Final says why the write cannot be undone; empty when it can.
	Final string
	// Parts are what a write to many contacts at once does to some of them: each of these is undone by itself.
	Parts []Write
	// Consent is how a person who is subscribed again is said to have agreed.
	Consent string
	// Accepted is set by the function that sends, once the API has said yes. What fails after that leaves an unknown
	// outcome, not a failed write.
	Accepted bool

	leaving func(context.Context) error
}

// By is the client that the write is sent by: it records that a request is leaving.
func (w *Write) By(api *apiclient.Client) *apiclient.Client { return api.OnSend(w.leaving) }

// Do records a write, has it sent, and records the outcome. The function may send several requests that belong together, each
// by the client that the write is sent by. It returns the function's error, or a fault when the write could not be recorded
// and was not sent. When ctx ends, a request that is out is heard out: what the agent has called off, or left, is known all
// the same.
func (j *Journal) Do(ctx context.Context, w Write, send func(context.Context, *Write) error) error {
	sent := false
	if j.options.Off {
		w.leaving = func(context.Context) error { sent = true; return nil }
		err := send(ctx, &w)
		if err == nil {
			j.retags.note(w)
		}
		touch(ctx, outcome(sent, isUnknown(err), w.Accepted, err))
		return err
	}
	if final := CallOf(ctx).Final; final != "" {
		w.Before, w.Parts, w.Final = nil, nil, cmp.Or(w.Final, final) // what it was before would serve for nothing
	}
	account, err := j.options.Account.AccountKey(ctx)
	if err != nil {
		return err
	}
	id, err := j.intend(ctx, account, w)
	if err != nil {
		return err
	}
	w.leaving = func(ctx context.Context) error {
		if sent {
			return nil
		}
		err := j.mark(ctx, account, id)
		sent = err == nil
		return err
	}
	defer func() {
		if cause := recover(); cause != nil {
			j.conclude(ctx, account, id, w, outcome(sent, true, w.Accepted, errPanic), errPanic)
			panic(cause) //nolint:forbidigo // it is a panic already
		}
	}()
	err = send(ctx, &w)
	state := outcome(sent, isUnknown(err), w.Accepted, err)
	touch(ctx, state)
	j.conclude(ctx, account, id, w, state, err)
	return err
}

var errPanic = fault.New(fault.Internal, "The server failed because of a defect.", "", "Look at its log.")

func outcome(sent, unknown, accepted bool, err error) State {
	switch {
	case err == nil:
		return Done
	case !sent:
		return NotSent
	case accepted || unknown:
		return Unknown
	}
	return Failed
}

// isUnknown reports errors that leave open whether a write was carried out.
func isUnknown(err error) bool {
	if apiError, ok := apiclient.AsError(err); ok {
		return apiError.Unknown || apiError.Lost
	}
	code := fault.From(err).Code
	return code == fault.Cancelled || code == fault.Timeout || code == fault.OutcomeUnknown || code == fault.Internal
}

// intend records a write that is about to be sent. Its commit has reached the disk when it returns.
func (j *Journal) intend(ctx context.Context, account string, w Write) (id int64, err error) {
	defer func() { err = store.Unsent(err) }()
	db, err := j.options.Store.Durable(ctx)
	if err != nil {
		return 0, err
	}
	call := callIn(ctx)
	if err := call.turn.Acquire(ctx, 1); err != nil { // a call's writes share one change
		return 0, err
	}
	defer call.turn.Release(1)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, j.options.Store.Fault(err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	change := call.Change
	if change == 0 {
		if change, err = insertChange(ctx, tx, account, call.Call); err != nil {
			return 0, j.options.Store.Fault(err)
		}
	}
	if id, err = insertWrites(ctx, tx, account, change, w, undoneIn(ctx)); err != nil {
		return 0, j.options.Store.Fault(err)
	}
	if err := tx.Commit(); err != nil {
		return 0, j.options.Store.Fault(err)
	}
	call.Change = change
	return id, nil
}

func undoneIn(ctx context.Context) int64 {
	w, _ := ctx.Value(callKey{}).(within)
	return w.undoes
}

func insertChange(ctx context.Context, tx *sql.Tx, account string, call Call) (id int64, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO change (account, at, tool, client, confirmed, undoes) VALUES ($1, $2, $3, $4, $5, $6)
		RETURNING id`, account, time.Now().UnixMilli(), call.Tool, call.Client, call.Confirmed, orNull(call.Undoes)).Scan(&id)
	return id, err
}

const (
	sqlInsertWrite = `INSERT INTO write
		(change, at, action, kind, subject, name, state, before, after, final, consent, failure, undoes, part)
		VALUES ((SELECT id FROM change WHERE account = $1 AND id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13, $14)
		RETURNING id`
	sqlHasParts = `SELECT name FROM write WHERE change = $2 AND part IS NOT NULL AND state IN ($1, $4, $5) AND ` + ofAccount3
)

// insertWrites records a write and its parts.
func insertWrites(ctx context.Context, tx *sql.Tx, account string, change int64, w Write, undoes int64) (id int64, err error) {
	values, err := insertion(account, change, w, undoes, nil)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, sqlInsertWrite, values...).Scan(&id)
	if err != nil || len(w.Parts) == 0 {
		return id, err
	}
	return id, insertParts(ctx, tx, account, change, id, undoes, w.Parts)
}

// insertParts records the parts of a write, but for contacts that are parts of another one of the change.
func insertParts(ctx context.Context, tx *sql.Tx, account string, change, of, undoes int64, parts []Write) error {
	rows, err := tx.QueryContext(ctx, sqlHasParts, Sending, change, account, Done, Unknown) // a request that was cut off may have left
	if err != nil {
		return err
	}
	names, err := collect(rows, func(row scanner) (name string, err error) { return name, row.Scan(&name) })
	if err != nil {
		return err
	}
	has := make(map[string]bool, len(names))
	for _, name := range names {
		has[name] = true
	}
	insert, err := tx.PrepareContext(ctx, sqlInsertWrite)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }() // it has nothing to say that its executions have not
	for _, part := range parts {
		if has[part.Name] {
			continue
		}
		values, err := insertion(account, change, part, undoes, of)
		if err != nil {
			return err
		}
		if err := insert.QueryRowContext(ctx, values...).Scan(new(int64)); err != nil {
			return err
		}
	}
	return nil
}

// insertion are the values of sqlInsertWrite.
func insertion(account string, change int64, w Write, undoes int64, part any) ([]any, error) {
	before, err := image(w.Before)
	if err != nil {
		return nil, err
	}
	after, err := image(w.After)
	return []any{account, change, time.Now().UnixMilli(), w.Action, w.Kind, w.Subject, w.Name, Intended, before, after, w.Final, w.Consent,
		orNull(undoes), part}, err
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func image(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	encoded, err := json.Marshal(v)
	return string(encoded), err
}

// mark records that a request is leaving. What is not marked was not sent, even after a power cut.
func (j *Journal) mark(ctx context.Context, account string, id int64) error {
	db, err := j.options.Store.Durable(ctx)
	if err != nil {
		return store.Unsent(err)
	}
	_, err = db.ExecContext(ctx, `UPDATE write SET state = $1 WHERE (id = $2 OR part = $2) AND `+ofAccount3, Sending, id, account)
	return store.Unsent(j.options.Store.Fault(err))
}

// concluding is how long recording an outcome may take after the call itself was cancelled.
const concluding = 30 * time.Second

// conclude records the outcome. It cannot undo what was sent, so that a failure is logged: the journal then says that the
// outcome is not known. Whoever was erased meanwhile is not named again.
func (j *Journal) conclude(ctx context.Context, account string, id int64, w Write, state State, failure error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concluding)
	defer cancel()
	err := func() error {
		db, err := j.options.Store.Quick(ctx)
		if err != nil {
			return err
		}
		after, err := image(w.After)
		if err != nil {
			return err
		}
		said := ""
		if failure != nil {
			said = string(fault.From(failure).Code)
		}
		now := time.Now().UnixMilli()
		_, err = db.ExecContext(ctx, `UPDATE write SET state = $1, ended = $4, failure = $5,
			subject = CASE WHEN erased = 1 THEN subject ELSE $6 END, name = CASE WHEN erased = 1 THEN name ELSE $7 END,
			after = CASE WHEN erased = 1 THEN after ELSE $8 END, final = CASE WHEN erased = 1 THEN final ELSE $9 END
			WHERE id = $2 AND `+ofAccount3, state, id, account, now, said, w.Subject, w.Name, after, w.Final)
		if err == nil && len(w.Parts) > 0 {
			_, err = db.ExecContext(ctx, `UPDATE write SET state = $1, ended = $4, failure = $5 WHERE part = $2 AND `+ofAccount3,
				state, id, account, now, said)
		}
		return err
	}()
	if err != nil {
		j.options.Log.ErrorContext(ctx, "the outcome of a write could not be recorded; the journal says that it is unknown",
			"write", id, "outcome", string(state), "cause", err)
	}
}

// oldest is the time before which changes are not kept, nor shown.
func (j *Journal) oldest() time.Time { return time.Now().AddDate(0, 0, -j.options.Days) }
