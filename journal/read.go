package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"mailtrap-contacts-mcp/fault"
)

// Filter chooses changes. Zero values do not filter.
type Filter struct {
	// Contact is an address or a UUID: changes of that contact, under whatever address it had.
	Contact string
	Since   time.Time
	// Before is the id that all changes are below: the last one of the page before.
	Before int64
	// Limit is the size of the page.
	Limit int
}

// aContact begins a statement about one contact: theirs are the writes to it. What is given is what it is called by, an
// address or an id, its id where that is known besides (else empty), and the account, outside of which nothing is looked
// at. A contact keeps its id when its address changes;
// with an id, what somebody else did who has, or had, the same address is not meant. With an address alone all are meant
// who ever had it. Events name a contact by either, and one that was not created has an address only: those are found by
// all addresses that it is known by. (UNION would sort, and have the planner take indexes for their order instead of for
// what they find.)
const aContact = `WITH given (key, id, account) AS (VALUES (?, ?, ?)),
	only (key) AS (SELECT key FROM given WHERE id = '' AND key <> ''),
	ids (key) AS (
		SELECT id FROM given WHERE id <> ''
		UNION ALL SELECT key FROM only
		UNION ALL SELECT subject FROM write WHERE kind = 'contact' AND name IN only AND subject <> '' AND ` + ofGiven + `
		UNION ALL SELECT subject FROM write WHERE kind = 'contact' AND after ->> '$.email' IN only AND subject <> '' AND ` + ofGiven + `),
	them (key) AS (
		SELECT key FROM given WHERE key <> ''
		UNION ALL SELECT key FROM ids
		UNION ALL SELECT name FROM write WHERE kind = 'contact' AND subject IN ids AND name <> '' AND ` + ofGiven + `
		UNION ALL SELECT after ->> '$.email' FROM write
			WHERE kind = 'contact' AND subject IN ids AND after ->> '$.email' <> '' AND ` + ofGiven + `),
	theirs (id, change) AS (
		SELECT id, change FROM write WHERE kind = 'contact' AND subject IN ids AND ` + ofGiven + `
		UNION ALL SELECT id, change FROM write WHERE kind = 'contact' AND name IN them AND subject = '' AND ` + ofGiven + `
		UNION ALL SELECT id, change FROM write WHERE kind IN ('event', 'suppression') AND subject IN them AND ` + ofGiven + `)
	`

// The conditions on a write to be an account's: the one that a statement about one contact gives, or the next one given.
const (
	ofGiven   = `EXISTS (SELECT 1 FROM change WHERE change.id = write.change AND change.account = (SELECT account FROM given))`
	ofAccount = `EXISTS (SELECT 1 FROM change WHERE change.id = write.change AND change.account = ?)`
	// ofAccount3 is ofAccount of the third one given.
	ofAccount3 = `EXISTS (SELECT 1 FROM change WHERE change.id = write.change AND change.account = $3)`
)

const (
	sqlNewest    = `SELECT id, at, tool, client, confirmed, undoes FROM change WHERE account = ? AND at >= ?`
	sqlOfContact = aContact + `SELECT id, at, tool, client, confirmed, undoes FROM change
		WHERE id IN (SELECT change FROM theirs) AND +account = ? AND +at >= ?`
	sqlFind  = `SELECT id, at, tool, client, confirmed, undoes FROM change WHERE account = ? AND id = ? AND at >= ?`
	sqlWrite = `SELECT ` + writeColumns + ` FROM write
		WHERE id = $1 AND at >= $2 AND ` + ofAccount3
	sqlLater = `SELECT write.id, write.change FROM write JOIN change ON change.id = write.change
		WHERE account = ? AND kind = ? AND subject = ? AND subject <> '' AND write.id > ? AND write.undoes IS NULL AND state NOT IN (?, ?, ?)
		ORDER BY write.id DESC`
	// sqlEvents leaves out names whose last write has been deleted since.
	sqlEvents = `SELECT fired.name FROM fired WHERE fired.account = ?
		AND EXISTS (SELECT 1 FROM write WHERE write.id = fired.last AND ` + ofAccount + `)
		ORDER BY fired.last DESC LIMIT ?`
)

var errOff = fault.New(fault.NotFound, "No changes are recorded.", "The server was started with --journal off.",
	"Ask the operator to start it with the journal on, if changes are to be kept and undone.")

// List returns changes, the newest first, and whether there are more.
func (j *Journal) List(ctx context.Context, filter Filter) (changes []Change, more bool, err error) {
	db, account, err := j.reading(ctx)
	if err != nil {
		return nil, false, err
	}
	query, given := listing(account, filter, j.oldest())
	rows, err := db.QueryContext(ctx, query, given...)
	if err != nil {
		return nil, false, j.options.Store.Fault(err)
	}
	if changes, err = collect(rows, scanChange); err != nil {
		return nil, false, j.options.Store.Fault(err)
	}
	if more = len(changes) > filter.Limit; more {
		changes = changes[:filter.Limit]
	}
	for i := range changes {
		if filter.Contact != "" {
			err = writesToOne(ctx, db, account, &changes[i], strings.ToLower(filter.Contact))
		} else {
			err = writesInShort(ctx, db, account, &changes[i])
		}
		if err != nil {
			return nil, false, j.options.Store.Fault(err)
		}
	}
	return changes, more, j.options.Store.Fault(withoutErased(ctx, db, account, changes))
}

// listing is the statement that finds changes. (The + keeps the planner from going through the account's changes by their time
// when it has those of one contact.)
func listing(account string, filter Filter, oldest time.Time) (query string, given []any) {
	since := max(filter.Since.UnixMilli(), oldest.UnixMilli())
	query, given = sqlNewest, []any{account, since}
	if filter.Contact != "" {
		query, given = sqlOfContact, []any{strings.ToLower(filter.Contact), "", account, account, since}
	}
	if filter.Before > 0 {
		query, given = query+` AND id < ?`, append(given, filter.Before)
	}
	return query + ` ORDER BY id DESC LIMIT ?`, append(given, filter.Limit+1)
}

// writesTo are the writes to one contact, by their ids.
func writesTo(ctx context.Context, db *sql.DB, account, key, id string) (map[int64]bool, error) {
	rows, err := db.QueryContext(ctx, aContact+`SELECT id FROM theirs`, key, id, account)
	if err != nil {
		return nil, err
	}
	ids, err := collect(rows, func(row scanner) (id int64, err error) { return id, row.Scan(&id) })
	theirs := make(map[int64]bool, len(ids))
	for _, id := range ids {
		theirs[id] = true
	}
	return theirs, err
}

// Find returns one change with all of its writes; not_found when there is none of that id in this account.
func (j *Journal) Find(ctx context.Context, id int64) (Change, error) {
	return j.find(ctx, id, allWrites)
}

// InShort returns one change as List does, without the parts of its writes to many contacts.
func (j *Journal) InShort(ctx context.Context, id int64) (Change, error) {
	return j.find(ctx, id, writesInShort)
}

func (j *Journal) find(ctx context.Context, id int64, read func(context.Context, *sql.DB, string, *Change) error) (Change, error) {
	db, account, err := j.reading(ctx)
	if err != nil {
		return Change{}, err
	}
	row := db.QueryRowContext(ctx, sqlFind, account, id, j.oldest().UnixMilli())
	change, err := scanChange(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Change{}, fault.New(fault.NotFound, "There is no such change.", "It may have been deleted: changes are kept for a limited time.",
			"Call list_changes to see the changes and their ids.")
	}
	if err != nil {
		return Change{}, j.options.Store.Fault(err)
	}
	if err = read(ctx, db, account, &change); err == nil {
		err = withoutErased(ctx, db, account, []Change{change})
	}
	return change, j.options.Store.Fault(err)
}

// Write returns one write as it stands now; not_found when it is not this account's, or is not kept any more.
func (j *Journal) Write(ctx context.Context, id int64) (Entry, error) {
	db, account, err := j.reading(ctx)
	if err != nil {
		return Entry{}, err
	}
	oldest := j.oldest().UnixMilli()
	entry, err := scanEntry(db.QueryRowContext(ctx, sqlWrite, id, oldest, account))
	if errors.Is(err, sql.ErrNoRows) {
		return Entry{}, fault.New(fault.NotFound, "What was there before is not kept any more.", "", "Nothing was changed.")
	}
	if err == nil {
		entry.UndoneBy, err = undoneBy(ctx, db, account, id)
	}
	one := []Change{{Writes: []Entry{entry}}}
	if err == nil {
		err = withoutErased(ctx, db, account, one)
	}
	return one[0].Writes[0], j.options.Store.Fault(err)
}

// HasCreated reports whether this server created a contact one by one; where its id is not known, whether it created one with
// its address.
func (j *Journal) HasCreated(ctx context.Context, id, email string) (created bool, err error) {
	db, account, err := j.reading(ctx)
	if err != nil {
		return false, err
	}
	column, key := "subject", id
	if id == "" {
		column, key = "name", strings.ToLower(email)
	}
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM write WHERE kind = $1 AND `+column+` = $2 AND action = $4 AND state = $5
		AND part IS NULL AND `+ofAccount3+`)`, Contact, key, account, Create, Done).Scan(&created)
	return created, j.options.Store.Fault(err)
}

// HasRoom reports whether the journal may keep what so many contacts more were before.
func (j *Journal) HasRoom(ctx context.Context, contacts int) (bool, error) {
	db, account, err := j.reading(ctx)
	if err != nil {
		return false, err
	}
	kept := 0
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM write WHERE kind = $1 AND final = '' AND state <> $2 AND `+ofAccount3,
		Contact, NotSent, account).Scan(&kept)
	return kept+contacts <= MostUndoable, j.options.Store.Fault(err)
}

// Later is the newest write after another that touched the same thing and is in force, and its change: one that undoes another, or
// was undone, is not meant. 0 if this journal knows of none.
func (j *Journal) Later(ctx context.Context, than Entry) (write, change int64, err error) {
	db, account, err := j.reading(ctx)
	if err != nil {
		return 0, 0, err
	}
	rows, err := db.QueryContext(ctx, sqlLater, account, than.Kind, than.Subject, than.ID, Failed, NotSent, Intended)
	if err != nil {
		return 0, 0, j.options.Store.Fault(err)
	}
	later, err := collect(rows, scanPlace)
	for _, write := range later {
		by, err := undoneBy(ctx, db, account, write.id)
		if err != nil || by == 0 {
			return write.id, write.change, j.options.Store.Fault(err)
		}
	}
	return 0, 0, j.options.Store.Fault(err)
}

// place is where a write stands in the journal.
type place struct{ id, change int64 }

func scanPlace(row scanner) (p place, err error) { return p, row.Scan(&p.id, &p.change) }

// Events are the names of the events that were fired, the latest first, at most limit.
func (j *Journal) Events(ctx context.Context, limit int) ([]string, error) {
	db, account, err := j.reading(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, sqlEvents, account, account, limit)
	if err != nil {
		return nil, j.options.Store.Fault(err)
	}
	names, err := collect(rows, func(row scanner) (name string, err error) { return name, row.Scan(&name) })
	return names, j.options.Store.Fault(err)
}

func (j *Journal) reading(ctx context.Context) (db *sql.DB, account string, err error) {
	if j.options.Off {
		return nil, "", errOff
	}
	if account, err = j.options.Account.AccountKey(ctx); err != nil {
		return nil, "", err
	}
	db, err = j.options.Store.Reading(ctx)
	return db, account, err
}

// durable is the account and the store for what must have reached the disk.
func (j *Journal) durable(ctx context.Context) (db *sql.DB, account string, err error) {
	if account, err = j.options.Account.AccountKey(ctx); err != nil {
		return nil, "", err
	}
	db, err = j.options.Store.Durable(ctx)
	return db, account, err
}

type scanner interface{ Scan(dest ...any) error }

// collect reads all rows and closes them: there is one connection, and the next query needs it.
func collect[T any](rows *sql.Rows, scan func(scanner) (T, error)) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

func scanChange(row scanner) (Change, error) {
	var c Change
	var at int64
	var undoes sql.NullInt64
	err := row.Scan(&c.ID, &at, &c.Tool, &c.Client, &c.Confirmed, &undoes)
	c.At, c.Undoes = time.UnixMilli(at).UTC(), undoes.Int64
	return c, err
}

func scanEntry(row scanner) (Entry, error) {
	var e Entry
	var at int64
	var before, after sql.NullString
	var undoes, part sql.NullInt64
	err := row.Scan(&e.ID, &at, &e.Action, &e.Kind, &e.Subject, &e.Name, &e.State, &before, &after, &e.Final, &e.Consent, &e.Failure,
		&undoes, &part)
	e.At, e.Undoes, e.Part = time.UnixMilli(at).UTC(), undoes.Int64, part.Int64
	if before.Valid {
		e.Before = json.RawMessage(before.String)
	}
	if after.Valid {
		e.After = json.RawMessage(after.String)
	}
	return e, err
}
