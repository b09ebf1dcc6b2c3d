package suppressions

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/text"
)

// keep keeps a page, unless nothing in it is new. again keeps it in any case: where the one that it ended with was lifted, it ends
// with another now.
func (p *part) keep(ctx context.Context, page []apiclient.Suppression, again bool) (kept bool, err error) {
	if len(page) == 0 {
		return false, nil
	}
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	storing, err := tx.PrepareContext(ctx, sqlKeep)
	if err != nil {
		return false, err
	}
	defer func() { _ = storing.Close() }()
	kinds, added := map[Kind]int64{}, 0
	for _, one := range page {
		n, err := keepOne(ctx, tx, storing, kinds, one)
		if err != nil {
			return false, err
		}
		added += n
	}
	if added == 0 && !again {
		return false, nil
	}
	last := page[len(page)-1]
	if _, err := tx.ExecContext(ctx, `INSERT INTO page (number, last, email, rows, is_full)
		VALUES ((SELECT coalesce(max(number), 0) + 1 FROM page), $1, $2, $3, $4)`, last.ID, addressIn(last.Email), added,
		len(page) == apiclient.SuppressionPage); err != nil {
		return false, err
	}
	var all, different int
	if err := tx.QueryRowContext(ctx, `SELECT (SELECT sum(rows) FROM page), (SELECT count(*) FROM kind)`).Scan(&all, &different); err != nil {
		return false, err
	}
	if all > p.most || different > maxKinds {
		return false, &disbelieved{"Mailtrap lists more suppressions than an account can have: " + text.Number(all) + ", of " +
			text.Number(different) + " kinds"}
	}
	return true, tx.Commit()
}

const sqlKeep = `INSERT INTO suppression (email, id, kind, at) VALUES ($1, $2, $3, $4) ON CONFLICT (email, id) DO NOTHING`

// keepOne keeps a suppression, and returns 1 where it was not there.
func keepOne(ctx context.Context, tx *sql.Tx, storing *sql.Stmt, kinds map[Kind]int64, one apiclient.Suppression) (int, error) {
	email := addressIn(one.Email)
	if !strings.Contains(email, "@") || len(email) > 4*apiclient.MaxEmail {
		return 0, &disbelieved{"Mailtrap lists a suppression without a valid address"}
	}
	number, err := numberOf(ctx, tx, kinds, one)
	if err != nil {
		return 0, err
	}
	var at any // NULL where it is not told
	if !one.CreatedAt.IsZero() {
		at = one.CreatedAt.UTC().Format(time.DateTime)
	}
	stored, err := storing.ExecContext(ctx, email, one.ID, number, at)
	if err != nil {
		return 0, err
	}
	n, err := stored.RowsAffected()
	return int(n), err
}

// addressIn is an address as the snapshot of the contacts has it.
func addressIn(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// numberOf is the number of a suppression's kind, which is made known if need be.
func numberOf(ctx context.Context, tx *sql.Tx, kinds map[Kind]int64, one apiclient.Suppression) (number int64, err error) {
	word := func(s string, most int) string { return strings.ToLower(strings.TrimSpace(text.Clip(s, most))) }
	kind := Kind{Type: word(one.Type, 40), Stream: word(one.SendingStream, 40), Domain: word(one.DomainName, 255)}
	if number, known := kinds[kind]; known {
		return number, nil
	}
	if _, err = tx.ExecContext(ctx, `INSERT INTO kind (type, stream, domain) VALUES ($1, $2, $3)
		ON CONFLICT (type, stream, domain) DO NOTHING`, kind.Type, kind.Stream, kind.Domain); err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, `SELECT number FROM kind WHERE type = $1 AND stream = $2 AND domain = $3`,
		kind.Type, kind.Stream, kind.Domain).Scan(&number)
	kinds[kind] = number
	return number, err
}
