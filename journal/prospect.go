package journal

import (
	"context"
	"database/sql"
	"encoding/json"
)

// Prospect counts the writes of a change that may have changed the account, by what becomes of them when the change is undone,
// as far as the journal knows. Whether somebody has changed since what they wrote shows only then.
type Prospect struct {
	// ToPeople is how many were to contacts. One whom an import was sent for without it being known what they were before
	// counts as one.
	ToPeople int
	// Open is how many of these can be undone. Created are those that can be too, and only by deleting whom an import created.
	Open, Created int
	// Others is how many can be undone that were to lists and fields, or remembered people.
	Others int
	// Unknown is how many contacts were imported of whom it is not known what they were before.
	Unknown int
	// Final says why some of them cannot be undone.
	Final []string
	// UndoneBy is the last change that undid some of them and was not itself undone; 0 if there is none.
	UndoneBy int64
}

// sort of write: those of one are undone alike.
type sort struct {
	action Action
	kind   Kind
	part   bool
}

// of is the count that the open writes of a sort belong to.
func (p *Prospect) of(one sort) *int {
	switch {
	case one.kind != Contact:
		return &p.Others
	case one.part && one.action == Create:
		return &p.Created
	}
	return &p.Open
}

const (
	sqlSorts = `SELECT action, kind, part IS NOT NULL, final, count(*) FROM write
		WHERE ` + ofChange + ` AND state IN ($3, $4, $5) AND kind <> '` + string(Contacts) + `'
		GROUP BY action, kind, part IS NOT NULL, final ORDER BY min(id)`
	sqlRequests = `SELECT after, final FROM write WHERE ` + ofChange + ` AND state IN ($3, $4, $5) AND kind = '` + string(Contacts) + `'
		ORDER BY id`
	sqlHasSeveral = `SELECT count(*) > 1 FROM write WHERE ` + ofChange + ` AND part IS NOT NULL`
)

// prospect is what of a change can be undone, of which the writes are known that were undone.
func prospect(ctx context.Context, db *sql.DB, account string, change int64, undone map[int64]undo) (p Prospect, err error) {
	rows, err := db.QueryContext(ctx, sqlSorts, account, change, Done, Sending, Unknown)
	if err != nil {
		return p, err
	}
	if _, err = collect(rows, func(row scanner) (_ struct{}, err error) {
		var one sort
		var final string
		var n int
		err = row.Scan(&one.action, &one.kind, &one.part, &final, &n)
		if one.kind == Contact || one.kind == Event {
			p.ToPeople += n
		}
		if final == "" {
			*p.of(one) += n
		} else {
			p.Final = append(p.Final, final)
		}
		return struct{}{}, err
	}); err != nil {
		return p, err
	}
	for _, by := range undone {
		*p.of(by.sort)--
		p.UndoneBy = max(p.UndoneBy, by.change)
	}
	return p, p.addRequests(ctx, db, account, change)
}

// addRequests adds those of whom nobody knows what they were before they were written with others.
func (p *Prospect) addRequests(ctx context.Context, db *sql.DB, account string, change int64) error {
	rows, err := db.QueryContext(ctx, sqlRequests, account, change, Done, Sending, Unknown)
	if err != nil {
		return err
	}
	_, err = collect(rows, func(row scanner) (_ struct{}, err error) {
		var image sql.NullString
		var final string
		if err = row.Scan(&image, &final); err != nil {
			return struct{}{}, err
		}
		var request Imported
		if image.Valid {
			err = json.Unmarshal([]byte(image.String), &request)
		}
		p.ToPeople += request.unknown()
		p.Unknown += request.unknown()
		if final != "" {
			p.Final = append(p.Final, final)
		}
		return struct{}{}, err
	})
	return err
}
