package bulk

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"golang.org/x/sync/errgroup"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
)

// route is how contacts that are sent together may be sent. The API's import creates whoever it does not know, subscribed;
// so what must not create anybody goes through it only while it is known that they are there, and what takes something away
// never does: that is written one by one, after a look-up (see single).
type route string

const (
	// mayCreate is of an import that somebody asked for: whoever is missing is created.
	mayCreate route = "create"
	// wereThere is of an import that somebody asked for, and of contacts that were there when it was planned: whom this
	// server has deleted since is left out.
	wereThere route = "there"
	// mustNotCreate is of updates.
	mustNotCreate route = "update"
)

// single is a contact that is written alone.
type single struct {
	contact string // address or UUID
	task    string
	own     row
	state   string // open where it is empty
	said    string
}

// row is what is done to a single contact only, as an element of an import request has it (see apiclient.ImportRow), and what
// was found of it. Its values are left as they were written.
type row struct {
	Email      string          `json:"email,omitempty"`
	ID         string          `json:"id,omitempty"`
	Fields     json.RawMessage `json:"fields,omitempty"`
	AddToLists []int64         `json:"list_ids_included,omitempty"`
	RemoveFrom []int64         `json:"list_ids_excluded,omitempty"`
	Write      int64           `json:"write,omitempty"`   // the write that an Undo job turns back
	Consent    string          `json:"consent,omitempty"` // of this contact; else the job's, of whoever had unsubscribed when it was planned
}

func (r row) isEmpty() bool {
	return r.Write == 0 && r.Email+r.ID+r.Consent == "" && r.Fields == nil && len(r.AddToLists)+len(r.RemoveFrom) == 0
}

// encoded is the row as it is kept beside a single contact; nil when there is nothing of its own.
func (r row) encoded() ([]byte, error) {
	if r.isEmpty() {
		return nil, nil
	}
	return json.Marshal(r)
}

func (r row) values() (values apiclient.Values, err error) {
	if r.Fields != nil {
		err = json.Unmarshal(r.Fields, &values)
	}
	return values, err
}

// change is what a job does to a contact that is written alone.
func (r row) change(spec Spec, task string) (contacts.Change, error) {
	values, err := r.values()
	change := contacts.Change{Fields: values, AddTo: spec.realLists(r.AddToLists), RemoveFrom: r.RemoveFrom}
	if task == taskUnsubscribe {
		unsubscribed := true
		change.Unsubscribed = &unsubscribed
		return change, err
	}
	if len(spec.Fields) > 0 { // the same for all
		change.Fields = spec.Fields
	}
	change.AddTo = intake.Union(change.AddTo, spec.joined())
	change.RemoveFrom = contacts.Without(intake.Union(change.RemoveFrom, spec.left()), change.AddTo)
	change.Unsubscribed, change.Consent = spec.Unsubscribed, cmp.Or(r.Consent, spec.Consent)
	return change, err
}

// ownOf is a staged contact as a single one.
func ownOf(one intake.Row) row {
	return row{Email: one.Name(), Fields: one.Fields(), AddToLists: one.Joins(), RemoveFrom: one.Leaves()}
}

// together stages contacts that are sent many in a request.
func (g *stage) together(ctx context.Context, how route, chunk intake.Chunk) error {
	key, err := g.service.store.Key(ctx)
	if err != nil {
		return err
	}
	err = chunk.Rows.Each(func(one intake.Row) error {
		if !one.HasAddress() {
			return addressesOnly(one.Name())
		}
		if g.people.IsEmpty() { // as on most accounts
			return nil
		}
		return g.countErased(ctx, one.Name())
	})
	if err != nil {
		return err
	}
	rows, err := g.withBefore(ctx, how, chunk)
	if err != nil {
		return err
	}
	g.chunks++
	g.job.chunked += chunk.Count
	g.job.Spec.OwnLists = g.job.Spec.OwnLists || chunk.Joins
	seen := int64(0)
	if !g.asOf.IsZero() && how != mayCreate {
		seen = g.asOf.UnixMilli()
	}
	var hashes []byte
	var beside errgroup.Group // while the contacts are written
	beside.Go(func() (err error) { hashes, err = hashesOf(key, chunk); return err })
	err = store.InTx(ctx, g.db, func(tx *sql.Tx) error {
		err := store.Exec(ctx, tx, `INSERT INTO job_chunk (job, n, contacts, state, content, route, seen)
			VALUES ((SELECT id FROM job WHERE account = $1 AND id = $2), $3, $4, $5, $6, $7, $8)`,
			g.job.account, g.job.ID, g.chunks, chunk.Count, chunkOpen, rows, how, seen)
		if err := cmp.Or(err, beside.Wait()); err != nil {
			return err
		}
		return store.Exec(ctx, tx, `INSERT INTO job_chunk_people (job, n, hashes)
			VALUES ((SELECT id FROM job WHERE account = $1 AND id = $2), $3, $4)`, g.job.account, g.job.ID, g.chunks, hashes)
	})
	return cmp.Or(err, beside.Wait()) // the chunk is valid until this returns
}

// alone stages contacts that are written one by one.
func (g *stage) alone(ctx context.Context, singles []single) error {
	for part := range slices.Chunk(singles, itemsAtOnce) {
		if err := store.InTx(ctx, g.db, func(tx *sql.Tx) error { return addSingles(ctx, tx, g.job, g.items, part) }); err != nil {
			return err
		}
		g.items += len(part)
		g.job.listed += len(part)
	}
	return nil
}

// addSingles writes contacts down that are written one by one, behind those that are there.
func addSingles(ctx context.Context, tx *sql.Tx, j *job, behind int, singles []single) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO job_item (job, n, contact, task, state, content, said) VALUES (`+jobOf+
		`, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }() // it has nothing to say that its executions have not
	for i, one := range singles {
		content, err := one.own.encoded()
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, j.account, j.ID, behind+i+1, one.contact, one.task, cmp.Or(one.state, itemOpen),
			content, one.said); err != nil {
			return err
		}
	}
	return nil
}
