package journal

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
)

// Retag is what became of a field's merge tag.
type Retag struct {
	At  time.Time
	Was string
	Is  string // empty where the field was deleted
}

// sqlRetags finds the fields that a server on the data folder gave another merge tag, or deleted.
const sqlRetags = `SELECT ended, before ->> '$.merge_tag', coalesce(after ->> '$.merge_tag', '') FROM write
	WHERE kind = 'field' AND action IN ('update', 'delete') AND state = 'done' AND ended >= $2
		AND before ->> '$.merge_tag' <> coalesce(after ->> '$.merge_tag', '')
		AND EXISTS (SELECT 1 FROM change WHERE change.id = write.change AND change.account = $1)
	ORDER BY id`

// Retags are those since some time, in their order. A journal that is off knows those of its own process, for an hour.
func (j *Journal) Retags(ctx context.Context, since time.Time) ([]Retag, error) {
	if j.options.Off {
		return j.retags.since(since), nil
	}
	if j.options.Store.IsNew() {
		return nil, nil
	}
	db, account, err := j.reading(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, sqlRetags, account, since.UnixMilli())
	if err != nil {
		return nil, j.options.Store.Fault(err)
	}
	found, err := collect(rows, func(row scanner) (r Retag, err error) {
		var ended int64
		err = row.Scan(&ended, &r.Was, &r.Is)
		r.At = time.UnixMilli(ended)
		return r, err
	})
	return found, j.options.Store.Fault(err)
}

// Retagged are values that were written before some retags, under the merge tags that their fields have now; gone are those whose
// fields were deleted, under those that they had.
func Retagged(values apiclient.Values, retags []Retag) (now, gone apiclient.Values) {
	now, gone = maps.Clone(values), apiclient.Values{}
	for _, retag := range retags {
		value, has := now[retag.Was]
		switch {
		case !has:
		case retag.Is == "":
			gone[retag.Was] = value
		default:
			now[retag.Is] = value
		}
		delete(now, retag.Was)
	}
	return now, gone
}

// retagsKept is how long a journal that is off remembers a retag.
const retagsKept = time.Hour

// ownRetags are those of this process.
type ownRetags struct {
	mu   sync.Mutex
	kept []Retag
}

// note keeps what a write did, if it gave a field another merge tag or deleted it.
func (o *ownRetags) note(w Write) {
	before, wasField := w.Before.(apiclient.Field)
	after, isField := w.After.(apiclient.Field)
	if !wasField || before.MergeTag == after.MergeTag || !isField && w.Action != Delete {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	o.kept = slices.DeleteFunc(o.kept, func(r Retag) bool { return now.Sub(r.At) > retagsKept })
	o.kept = append(o.kept, Retag{At: now, Was: before.MergeTag, Is: after.MergeTag})
}

func (o *ownRetags) since(at time.Time) []Retag {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(o.kept), func(r Retag) bool { return r.At.Before(at) })
}
