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
	// newLists is set when somebody was put on a list that the export does not know: it may be deleted by the next time.
	newLists bool
}

func (over *overlay) isReplaced(number any) bool {
	return slices.ContainsFunc(over.replaced, func(row []any) bool { return row[0] == number })
}

// overlay reads what was changed since the snapshot was taken, unless it is known already.
func (sn *Snapshot) overlay(ctx context.Context) (*overlay, error) {
	db, err := sn.service.options.Store.Reading(ctx)
	if err != nil {
		return nil, err
	}
	lacked := sn.about.Lacked
	var seq, unpatched, last sql.NullInt64
	err = db.QueryRowContext(ctx, `SELECT sum(seq), sum(unknown), max(CASE WHEN unknown > 0 THEN at END)
		FROM snapshot_patch WHERE account = $1 AND (unknown = 0 AND seq >= $2 OR unknown > 0 AND seq >= $3)`,
		sn.account, lacked.Patched, lacked.Counted).Scan(&seq, &unpatched, &last)
	if err != nil {
		return nil, sn.service.options.Store.Fault(err)
	}
	sn.mu.Lock()
	defer sn.mu.Unlock()
	if sn.changed != nil && !sn.changed.newLists && sn.changed.seq == seq.Int64 && sn.changed.unpatched == int(unpatched.Int64) {
		return sn.changed, nil
	}
	over := &overlay{seq: seq.Int64, unpatched: int(unpatched.Int64), changedAt: time.UnixMilli(last.Int64)}
	over.schema = sn.about.Schema
	over.schema.Columns = slices.Clone(over.schema.Columns)
	if seq.Valid {
		now, err := sn.service.written(ctx, sn.account, lacked.Patched)
		if err == nil {
			over.newLists = sn.withoutGone(ctx, now)
			err = sn.layOver(ctx, now, over)
		}
		if err != nil {
			return nil, sn.service.options.Store.Fault(err)
		}
	}
	sn.changed = over
	return over, nil
}

// withoutGone takes lists that the export does not know off contacts, where the account does not have them any more, as far as it can
// be asked. It reports whether there are lists that the export does not know.
func (sn *Snapshot) withoutGone(ctx context.Context, now []patched) (some bool) {
	known := make(map[int64]bool, len(sn.about.Lists))
	for _, list := range sn.about.Lists {
		known[list.ID] = true
	}
	var unknown []int64
	for _, p := range now {
		if p.contact == nil {
			continue
		}
		for _, id := range p.contact.ListIDs {
			if !known[id] && !slices.Contains(unknown, id) {
				unknown = append(unknown, id)
			}
		}
	}
	if len(unknown) == 0 {
		return false
	}
	lists, err := sn.service.options.Catalog.ListNames(ctx, unknown)
	if err != nil {
		return true // a search needs no answer of Mailtrap's
	}
	for _, list := range lists {
		known[list.ID] = list.Name != ""
	}
	for _, p := range now {
		if p.contact != nil {
			p.contact.ListIDs = slices.DeleteFunc(p.contact.ListIDs, func(id int64) bool { return !known[id] })
		}
	}
	return true
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
func (over *overlay) add(sn *Snapshot, contact tagged, before []any) {
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
func cellOf(contact tagged, col int, c *where.Column) any {
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
	switch v := contact.value(c.Name, c.FieldID).(type) {
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
