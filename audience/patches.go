package audience

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/where"
)

// What this server writes is kept in the store, for all processes, and laid over the snapshot when it is asked. It is kept
// also while there is no snapshot: a write takes effect within about ten seconds (observed), so that an export may miss
// what was written shortly before it was asked for. With a margin for slow days that counts as written after it.
//
// What an export holds is never older than when it was asked for, so that what was written more than applying before
// that is in it. Without a snapshot, and while none is being taken, nothing older than applying is needed.
const applying = time.Minute

// counting is the same for changes that are only counted. They cannot be laid over a snapshot, which counts as lacking them
// until the next one is taken, so that there is less of a margin.
const counting = 15 * time.Second

// patchedAtMost is how many changes are kept one by one; of more, the oldest are only counted. Within applying this server
// cannot write as many: Mailtrap lets through 200 requests a minute.
const patchedAtMost = 5000

// overlay is what was changed since a snapshot was taken.
type overlay struct {
	seq       int64
	changed   [][]any      // the contacts as they are now: a number behind those of the file, and all columns
	before    [][]any      // by place in changed, the row of the file in whose stead it is; nil where there was none
	replaced  [][]any      // the numbers of the rows of the file that no longer hold
	schema    where.Schema // with the traits of these texts as well
	patched   int
	unpatched int
	changedAt time.Time // when the last of those was
}

func (over *overlay) isReplaced(number any) bool {
	return slices.ContainsFunc(over.replaced, func(row []any) bool { return row[0] == number })
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

// Lately are the contacts that are laid over an export that is asked for now, by address.
func (s *Service) Lately(ctx context.Context) (map[string]apiclient.Contact, error) {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	written, err := s.written(ctx, account, time.Now().Add(-applying))
	lately := map[string]apiclient.Contact{}
	for _, p := range written {
		if p.contact != nil {
			lately[p.email] = *p.contact
		}
	}
	return lately, s.options.Store.Fault(err)
}

// Imported keeps that so many contacts were changed which are not known one by one.
func (s *Service) Imported(ctx context.Context, n int) {
	if n > 0 {
		s.patch(ctx, "", "", nil, n)
	}
}

func (s *Service) patch(ctx context.Context, email, id string, contact *string, unknown int) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	account, err := s.options.API.AccountKey(ctx)
	if err == nil {
		err = s.note(ctx, account, strings.ToLower(email), strings.ToLower(id), contact, unknown)
	}
	if err != nil {
		const said = "a write could not be noted in the snapshot of the contacts; it shows the contact as before"
		s.options.Log.WarnContext(ctx, said, "cause", err)
	}
}

func (s *Service) note(ctx context.Context, account, email, id string, contact *string, unknown int) error {
	db, err := s.options.Store.Quick(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	if unknown > 0 {
		added, err := addUnknown(ctx, db, account, unknown, now.Add(-sameTime), now)
		if err != nil || added {
			return err
		}
	}
	if _, err := db.ExecContext(ctx, `INSERT INTO snapshot_patch (account, at, email, subject, contact, unknown)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		account, now.UnixMilli(), email, id, contact, unknown); err != nil {
		return err
	}
	if err := s.forgetOld(ctx, db, account, now); err != nil {
		return err
	}
	return countOldest(ctx, db, account)
}

// sameTime is how far apart changes may be that are only counted and share a row.
const sameTime = 10 * time.Second

// addUnknown adds to a row of changes that are only counted, where there is one of that time.
func addUnknown(ctx context.Context, db *sql.DB, account string, n int, from, to time.Time) (bool, error) {
	changed, err := db.ExecContext(ctx, `UPDATE snapshot_patch SET unknown = unknown + $1, at = CASE WHEN at > $2 THEN at ELSE $2 END
		WHERE account = $3 AND seq = (SELECT max(seq) FROM snapshot_patch WHERE account = $3 AND unknown > 0 AND at BETWEEN $4 AND $2)`,
		n, to.UnixMilli(), account, from.UnixMilli())
	if err != nil {
		return false, err
	}
	rows, err := changed.RowsAffected()
	return rows > 0, err
}

// forgetOld removes what no snapshot needs, of those that there are, are being taken, or will be.
func (s *Service) forgetOld(ctx context.Context, db *sql.DB, account string, now time.Time) error {
	_, err := db.ExecContext(ctx, `DELETE FROM snapshot_patch WHERE account = $1 AND at < $2`,
		account, s.needed(account, now).Add(-applying).UnixMilli())
	return err
}

// needed is when the oldest export was asked for that changes are laid over. Any process's files tell it by their names.
func (s *Service) needed(account string, now time.Time) time.Time {
	for _, path := range append(s.files(account, finished), s.files(account, unfinished)...) {
		if began, ok := stampIn(path); ok && began.Before(now) {
			now = began
		}
	}
	return now
}

// countOldest makes room where changes are too many to be kept one by one: of the oldest it is only kept that there was one.
// The newest have to stay: an export that is asked for now may lack them.
func countOldest(ctx context.Context, db *sql.DB, account string) error {
	for {
		var n int
		var seq, at sql.NullInt64 // NULL where all changes are only counted
		err := db.QueryRowContext(ctx, `SELECT count(*), min(seq), min(at) FROM snapshot_patch WHERE account = $1 AND unknown = 0`,
			account).Scan(&n, &seq, &at)
		if err != nil || n <= patchedAtMost {
			return err
		}
		added, err := addUnknown(ctx, db, account, 1, time.UnixMilli(at.Int64), time.UnixMilli(at.Int64).Add(sameTime))
		if err != nil {
			return err
		}
		if added {
			_, err = db.ExecContext(ctx, `DELETE FROM snapshot_patch WHERE account = $1 AND seq = $2`, account, seq.Int64)
		} else {
			_, err = db.ExecContext(ctx, `UPDATE snapshot_patch SET unknown = 1, email = '', subject = '', contact = NULL
				WHERE account = $1 AND seq = $2`, account, seq.Int64)
		}
		if err != nil {
			return err
		}
	}
}

// overlay reads what was changed since the snapshot was taken, unless it is known already.
func (sn *Snapshot) overlay(ctx context.Context) (*overlay, error) {
	db, err := sn.service.options.Store.Reading(ctx)
	if err != nil {
		return nil, err
	}
	since := sn.about.TakenAt.Add(-applying)
	var seq, unpatched, last sql.NullInt64
	err = db.QueryRowContext(ctx, `SELECT sum(seq), sum(CASE WHEN at >= $1 THEN unknown ELSE 0 END), max(CASE WHEN unknown > 0 THEN at END)
		FROM snapshot_patch WHERE account = $2 AND at >= $3`,
		sn.about.TakenAt.Add(-counting).UnixMilli(), sn.account, since.UnixMilli()).Scan(&seq, &unpatched, &last)
	if err != nil {
		return nil, sn.service.options.Store.Fault(err)
	}
	sn.mu.Lock()
	defer sn.mu.Unlock()
	if sn.changed != nil && sn.changed.seq == seq.Int64 && sn.changed.unpatched == int(unpatched.Int64) {
		return sn.changed, nil
	}
	over := &overlay{seq: seq.Int64, unpatched: int(unpatched.Int64), changedAt: time.UnixMilli(last.Int64)}
	over.schema = sn.about.Schema
	over.schema.Columns = slices.Clone(over.schema.Columns)
	if seq.Valid {
		now, err := sn.service.written(ctx, sn.account, since)
		if err == nil {
			err = sn.layOver(ctx, now, over)
		}
		if err != nil {
			return nil, sn.service.options.Store.Fault(err)
		}
	}
	sn.changed = over
	return over, nil
}

// patched is a change to one contact.
type patched struct {
	at        time.Time
	email, id string
	contact   *apiclient.Contact // nil: it is gone
}

// written are the changes to contacts since a time, each contact's last one.
func (s *Service) written(ctx context.Context, account string, since time.Time) ([]patched, error) {
	db, err := s.options.Store.Reading(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT at, email, subject, contact FROM snapshot_patch
		WHERE account = $1 AND at >= $2 AND unknown = 0 ORDER BY seq`, account, since.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var now []patched
	at := map[string]int{} // by address and by id, where in now it is
	for rows.Next() {
		var p patched
		var at64 int64
		var contact sql.NullString
		if err := rows.Scan(&at64, &p.email, &p.id, &contact); err != nil {
			return nil, err
		}
		p.at = time.UnixMilli(at64)
		if contact.Valid {
			p.contact = &apiclient.Contact{}
			if err := json.Unmarshal([]byte(contact.String), p.contact); err != nil {
				return nil, err
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
	return now, rows.Err()
}

func (sn *Snapshot) layOver(ctx context.Context, now []patched, over *overlay) error {
	people, replaced := map[string]bool{}, map[any]bool{}
	for _, p := range now {
		var before []any
		later := false
		for col, key := range map[int]string{where.Email: p.email, where.ID: p.id} {
			if key == "" {
				continue
			}
			err := sn.lookUp(ctx, over, col, key, func(row []any) (bool, error) {
				if later = later || p.isBefore(row, sn.service.options.API); later {
					return false, nil
				}
				if !replaced[row[0]] {
					replaced[row[0]] = true
					over.replaced = append(over.replaced, []any{row[0]})
					over.counted(row[1:], -1)
				}
				before = slices.Clone(row)
				return true, nil
			})
			if err != nil {
				return err
			}
		}
		if later {
			continue
		}
		people[cmp.Or(p.email, p.id)] = true
		if p.contact != nil {
			over.add(sn, *p.contact, before)
		}
	}
	over.patched = len(people)
	return nil
}

// isBefore reports a row of the export that somebody has changed since, long enough after the change that the row has that too:
// an import, another server, or a person in Mailtrap. Both times are Mailtrap's; where its clock is not known, nothing is later.
func (p patched) isBefore(row []any, api *apiclient.Client) bool {
	updated, _ := row[1+where.Updated].(string)
	written := api.TheirTime(p.at)
	return !written.IsZero() && timeIn(updated).After(written.Add(counting))
}

// add lays a contact over those of the file, in the stead of its row, whose columns of nothing known stay.
func (over *overlay) add(sn *Snapshot, contact apiclient.Contact, before []any) {
	row := []any{sn.about.Rows + int64(len(over.changed)) + 1}
	for col := range over.schema.Columns {
		c := &over.schema.Columns[col]
		if col >= where.BuiltIns && c.FieldID == 0 && before != nil {
			row = append(row, before[1+col])
			continue
		}
		row = append(row, cellOf(contact, col, c))
	}
	over.changed, over.before = append(over.changed, row), append(over.before, before)
	over.counted(row[1:], 1)
}

// counted has a contact count among all, and among those with a value in each column, once more or once less.
func (over *overlay) counted(row []any, n int) {
	over.schema.Contacts += n
	for col := where.BuiltIns; col < len(row); col++ {
		if row[col] != nil {
			over.schema.Columns[col].Filled += n
		}
	}
}

// cellOf is what a contact has in a column.
func cellOf(contact apiclient.Contact, col int, c *where.Column) any {
	textOrNull := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	timeOrNull := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return t.UTC().Format(time.DateTime)
	}
	switch col {
	case where.Email:
		return textOrNull(strings.ToLower(contact.Email))
	case where.ID:
		return textOrNull(strings.ToLower(contact.ID))
	case where.Status:
		return textOrNull(contact.Status)
	case where.Lists:
		return string(where.SetOf(contact.ListIDs, nil, false))
	case where.Created:
		return timeOrNull(contact.CreatedAt.Time)
	case where.Updated:
		return timeOrNull(contact.UpdatedAt.Time)
	}
	switch v := contact.Fields[c.Name].(type) {
	case string:
		return c.Read(v)
	case bool:
		return c.Read(strconv.FormatBool(v))
	case json.Number:
		return c.Read(v.String())
	case interface{ String() string }:
		return c.Read(v.String())
	}
	return nil
}
