package audience

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
)

// What this server writes after a snapshot was taken is kept in the store, for all processes, and laid over the snapshot
// when it is asked. A write takes effect within about ten seconds (observed), so that an export may miss what was written
// shortly before it: that counts as after it.
const applying = time.Minute

// patchedAtMost is how many changes are kept one by one; more are only counted.
const patchedAtMost = 5000

// overlay is what was changed since a snapshot was taken.
type overlay struct {
	seq       int64
	replaced  map[uint32]bool // rows that no longer hold
	columns   []*column       // of the contacts as they are now
	rows      int
	patched   int
	unpatched int
}

// Wrote keeps what a contact is now, so that snapshots show it. formerly are addresses it had before. It never fails: what
// cannot be kept is logged, and the snapshot is as it was.
func (s *Service) Wrote(ctx context.Context, contact apiclient.Contact, formerly ...string) {
	written, err := json.Marshal(contact)
	if err != nil {
		return
	}
	for _, email := range formerly {
		if !strings.EqualFold(email, contact.Email) {
			s.patch(ctx, email, "", nil, 0)
		}
	}
	s.patch(ctx, contact.Email, contact.ID, new(string(written)), 0)
}

// Deleted keeps that a contact is gone. The id or the address may be empty.
func (s *Service) Deleted(ctx context.Context, id, email string) { s.patch(ctx, email, id, nil, 0) }

// Imported keeps that so many contacts were changed which are not known one by one.
func (s *Service) Imported(ctx context.Context, n int) {
	if n > 0 {
		s.patch(ctx, "", "", nil, n)
	}
}

func (s *Service) patch(ctx context.Context, email, id string, contact *string, unknown int) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := func() error {
		account, err := s.options.Account(ctx)
		if err != nil || !s.hasFiles(account) {
			return err
		}
		db, err := s.options.Store.Quick(ctx)
		if err != nil {
			return err
		}
		var n int
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM snapshot_patch WHERE account = ?`, account).Scan(&n); err != nil {
			return err
		}
		if n >= patchedAtMost && unknown == 0 {
			email, id, contact, unknown = "", "", nil, 1
		}
		if unknown > 0 { // one row for all of them in a minute
			now := time.Now().UnixMilli()
			changed, err := db.ExecContext(ctx, `UPDATE snapshot_patch SET unknown = unknown + ?, at = ? WHERE account = ? AND unknown > 0 AND at > ?`, unknown, now, account, now-10_000)
			if err != nil {
				return err
			}
			if rows, err := changed.RowsAffected(); err == nil && rows > 0 {
				return nil
			}
		}
		_, err = db.ExecContext(ctx, `INSERT INTO snapshot_patch (account, at, email, subject, contact, unknown) VALUES (?, ?, ?, ?, ?, ?)`,
			account, time.Now().UnixMilli(), strings.ToLower(email), strings.ToLower(id), contact, unknown)
		return err
	}()
	if err != nil {
		s.options.Log.WarnContext(ctx, "a write could not be noted in the snapshot of the contacts; it shows the contact as before", "cause", err)
	}
}

// overlay reads what was changed since the snapshot was taken, unless it is known already.
func (sn *Snapshot) overlay(ctx context.Context) (*overlay, error) {
	db, err := sn.service.options.Store.Reading(ctx)
	if err != nil {
		return nil, err
	}
	since := sn.about.TakenAt.Add(-applying).UnixMilli()
	var seq sql.NullInt64
	var unpatched sql.NullInt64
	err = db.QueryRowContext(ctx, `SELECT sum(seq), sum(unknown) FROM snapshot_patch WHERE account = ? AND at >= ?`, sn.account, since).Scan(&seq, &unpatched)
	if err != nil {
		return nil, sn.service.options.Store.Fault(err)
	}
	sn.mu.Lock()
	defer sn.mu.Unlock()
	if sn.changed != nil && sn.changed.seq == seq.Int64 && sn.changed.unpatched == int(unpatched.Int64) {
		return sn.changed, nil
	}
	over := &overlay{seq: seq.Int64, unpatched: int(unpatched.Int64), replaced: map[uint32]bool{}}
	if seq.Valid {
		if err := sn.layOver(ctx, db, since, over); err != nil {
			return nil, sn.service.options.Store.Fault(err)
		}
	}
	sn.changed = over
	return over, nil
}

// patched is a change to one contact.
type patched struct {
	email, id string
	contact   *apiclient.Contact // nil: it is gone
}

func (sn *Snapshot) layOver(ctx context.Context, db *sql.DB, since int64, over *overlay) error {
	rows, err := db.QueryContext(ctx, `SELECT email, subject, contact FROM snapshot_patch WHERE account = ? AND at >= ? AND unknown = 0 ORDER BY seq`, sn.account, since)
	if err != nil {
		return err
	}
	defer rows.Close()
	var now []patched
	at := map[string]int{} // by address and by id, where in now it is
	for rows.Next() {
		var p patched
		var written sql.NullString
		if err := rows.Scan(&p.email, &p.id, &written); err != nil {
			return err
		}
		if written.Valid {
			p.contact = &apiclient.Contact{}
			if err := json.Unmarshal([]byte(written.String), p.contact); err != nil {
				return err
			}
		}
		for _, key := range []string{p.email, p.id} {
			if before, known := at[key]; known && key != "" {
				now[before].contact = nil // the row it replaced stays replaced
			}
			at[key] = len(now)
		}
		now = append(now, p)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	people := map[string]bool{}
	for _, p := range now {
		people[cmp.Or(p.email, p.id)] = true
		for kind, key := range map[int]string{byEmail: p.email, byID: p.id} {
			found, err := sn.lookUp(ctx, kind, key)
			if err != nil {
				return err
			}
			for _, row := range found {
				over.replaced[row] = true
			}
		}
	}
	over.patched = len(people)
	over.build(sn, now)
	return nil
}

func (over *overlay) build(sn *Snapshot, now []patched) {
	over.columns = make([]*column, len(sn.schema.columns))
	for i := range over.columns {
		over.columns[i] = &column{}
	}
	for _, p := range now {
		if p.contact == nil {
			continue
		}
		over.rows++
		for col, c := range sn.schema.columns {
			over.columns[col].values = append(over.columns[col].values, cellOf(*p.contact, col, c))
		}
	}
	if over.rows == 1 {
		return
	}
	for _, c := range over.columns { // codes, so that a column with one value is told from one with many
		c.codes = make([]uint16, len(c.values))
		for i := range c.codes {
			c.codes[i] = uint16(i)
		}
	}
}

// cellOf is what a contact has in a column.
func cellOf(contact apiclient.Contact, col int, c Column) value {
	textOrNull := func(s string) value {
		if s == "" {
			return value{}
		}
		return ofText(s)
	}
	timeOrNull := func(t time.Time) value {
		if t.IsZero() {
			return value{}
		}
		return ofText(string(appendTime(nil, t.UnixMilli())))
	}
	switch col {
	case colEmail:
		return textOrNull(strings.ToLower(contact.Email))
	case colID:
		return textOrNull(strings.ToLower(contact.ID))
	case colStatus:
		return textOrNull(contact.Status)
	case colLists:
		m := newMembership(nil)
		return ofText(m.text(m.number(slices.Clone(contact.ListIDs))))
	case colCreated:
		return timeOrNull(contact.CreatedAt.Time)
	case colUpdated:
		return timeOrNull(contact.UpdatedAt.Time)
	}
	switch v := contact.Fields[c.Name].(type) {
	case string:
		return typed(v, c.DataType)
	case bool:
		return ofBool(v)
	case json.Number:
		return typed(v.String(), c.DataType)
	case interface{ String() string }:
		return typed(v.String(), c.DataType)
	}
	return value{}
}
