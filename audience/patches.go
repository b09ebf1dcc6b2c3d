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
	"mailtrap-contacts-mcp/store"
)

// What this server writes is kept in the store, for all processes, and laid over the snapshot when it is asked. It is kept
// also while there is no snapshot: a write takes effect within about ten seconds (observed), so that an export may miss
// what was written shortly before it was asked for. With a margin for slow days that counts as written after it.
//
// What an export holds is never older than when it was asked for, so that what was written more than applying before
// that is in it. Without a snapshot, and while none is being taken, nothing older than applying is needed. A snapshot keeps
// which changes came after it by their order: the clock may be set while it is in use.
const applying = time.Minute

// counting is the same for changes that are only counted. They cannot be laid over a snapshot, which counts as lacking them
// until the next one is taken, so that there is less of a margin.
const counting = 15 * time.Second

// ImportLimit is how long one of Mailtrap's imports may take. One of whose end nothing was heard counts as under way until then.
const ImportLimit = 2 * time.Hour

// patchedAtMost is how many changes are kept one by one; of more, the oldest are only counted. Within applying this server
// cannot write as many: Mailtrap lets through 200 requests a minute.
const patchedAtMost = 5000

// changes are those that an export may lack, by the first of each sort.
type changes struct {
	Patched int64 `json:"patched"` // to contacts that are known one by one
	Counted int64 `json:"counted"` // those that are only counted
}

// lackedBy are the changes that an export may lack that was asked for at some time.
func (s *Service) lackedBy(ctx context.Context, account string, began time.Time) (lacked changes, err error) {
	db, err := s.options.Store.Reading(ctx)
	if err != nil {
		return changes{}, err
	}
	err = db.QueryRowContext(ctx, `SELECT coalesce(min(CASE WHEN unknown = 0 AND at >= $2 THEN seq END), max(seq) + 1, 0),
			coalesce(min(CASE WHEN unknown > 0 AND at >= $3 THEN seq END), max(seq) + 1, 0) FROM snapshot_patch WHERE account = $1`,
		account, began.Add(-applying).UnixMilli(), began.Add(-counting).UnixMilli()).Scan(&lacked.Patched, &lacked.Counted)
	return lacked, s.options.Store.Fault(err)
}

// Wrote keeps what a contact is now, so that snapshots show it. formerly are addresses it had before. It never fails: what
// cannot be kept is logged, and the snapshot is as it was.
func (s *Service) Wrote(ctx context.Context, contact apiclient.Contact, formerly ...string) {
	written, err := json.Marshal(tagged{contact, s.fieldIDs(ctx)})
	if err != nil {
		return
	}
	for _, email := range formerly {
		if !strings.EqualFold(email, contact.Email) {
			s.patch(ctx, patch{email: email})
		}
	}
	s.patch(ctx, patch{email: contact.Email, id: contact.ID, contact: new(string(written))})
}

// tagged is a contact with which field each merge tag was when it was written: a tag may become another field's.
type tagged struct {
	apiclient.Contact
	FieldIDs map[string]int64 `json:"field_ids,omitempty"` // empty where it is not known, or an earlier program wrote it
}

func (s *Service) fieldIDs(ctx context.Context) map[string]int64 {
	fields, err := s.options.Catalog.Fields(ctx)
	if err != nil {
		return nil
	}
	ids := make(map[string]int64, len(fields))
	for _, field := range fields {
		ids[field.MergeTag] = field.ID
	}
	return ids
}

// value is what the contact has in a field.
func (t tagged) value(tag string, field int64) any {
	if is, known := t.FieldIDs[tag]; len(t.FieldIDs) == 0 || known && is == field {
		return t.Fields[tag]
	}
	for tag, is := range t.FieldIDs {
		if is == field {
			return t.Fields[tag]
		}
	}
	return nil
}

// now is the contact with the merge tags that its fields have now.
func (t tagged) now(fields []apiclient.Field) apiclient.Contact {
	values := make(apiclient.Values, len(fields))
	for _, field := range fields {
		values[field.MergeTag] = t.value(field.MergeTag, field.ID)
	}
	t.Fields = values
	return t.Contact
}

// Deleted keeps that a contact is gone. The id or the address may be empty.
func (s *Service) Deleted(ctx context.Context, id, email string) {
	s.patch(ctx, patch{email: email, id: id})
}

// Lately are the contacts that are laid over an export that is asked for now, by address.
func (s *Service) Lately(ctx context.Context) (map[string]apiclient.Contact, error) {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	lacked, err := s.lackedBy(ctx, account, time.Now())
	if err != nil {
		return nil, err
	}
	written, err := s.written(ctx, account, lacked.Patched)
	written = slices.DeleteFunc(written, func(p patched) bool { return p.contact == nil })
	if err != nil || len(written) == 0 {
		return nil, s.options.Store.Fault(err)
	}
	fields, err := s.options.Catalog.Fields(ctx)
	lately := make(map[string]apiclient.Contact, len(written))
	for _, p := range written {
		lately[p.email] = p.contact.now(fields)
	}
	return lately, err
}

// Importing keeps that a request is about to leave that changes so many contacts, which are not known one by one. Until Imported
// tells its end, every snapshot lacks them.
func (s *Service) Importing(ctx context.Context, request string, n int) {
	s.patch(ctx, patch{request: request, unknown: n, lasts: ImportLimit})
}

// Imported keeps that such a request has ended, and nothing of one that has changed nobody.
func (s *Service) Imported(ctx context.Context, request string, n int) {
	s.patch(ctx, patch{request: request, unknown: n})
}

// patch is what is kept of a change: to one contact, or of a request to many.
type patch struct {
	email, id string
	contact   *string // JSON; nil: it is gone
	request   string
	unknown   int           // how many contacts it changes
	lasts     time.Duration // how long it may go on
}

func (s *Service) patch(ctx context.Context, p patch) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	account, err := s.options.API.AccountKey(ctx)
	if err == nil {
		err = s.note(ctx, account, p)
	}
	if err != nil {
		const said = "a write could not be noted in the snapshot of the contacts; it shows the contact as before"
		s.options.Log.WarnContext(ctx, said, "cause", err)
	}
}

// note keeps a change behind all others; what was kept of the same request before goes.
func (s *Service) note(ctx context.Context, account string, p patch) error {
	db, err := s.options.Store.Quick(ctx)
	if err != nil {
		return err
	}
	return store.InTx(ctx, db, func(tx *sql.Tx) (err error) {
		if p.request != "" {
			err = store.Exec(ctx, tx, `DELETE FROM snapshot_patch WHERE account = $1 AND subject = $2 AND unknown > 0`, account, p.request)
		}
		if err == nil && (p.request == "" || p.unknown > 0) {
			err = store.Exec(ctx, tx, `INSERT INTO snapshot_patch (account, at, email, subject, contact, unknown)
				VALUES ($1, $2, $3, $4, $5, $6)`,
				account, time.Now().Add(p.lasts).UnixMilli(), strings.ToLower(p.email), cmp.Or(p.request, strings.ToLower(p.id)),
				p.contact, p.unknown)
		}
		if err == nil && len(s.files(account, finished))+len(s.files(account, unfinished)) == 0 { // else they are in the next snapshot
			err = store.Exec(ctx, tx, `DELETE FROM snapshot_patch WHERE account = $1 AND at < $2`, account,
				time.Now().Add(-applying).UnixMilli())
		}
		if err != nil {
			return err
		}
		return countOldest(ctx, tx, account)
	})
}

// sameTime is how far apart changes may be that are only counted and share a row.
const sameTime = 10 * time.Second

// countOldest makes room where changes are too many to be kept one by one: of the oldest it is only kept that there was one.
// The newest have to stay: an export that is asked for now may lack them.
func countOldest(ctx context.Context, tx *sql.Tx, account string) error {
	for {
		var n int
		var seq, at sql.NullInt64 // NULL where all changes are only counted
		err := tx.QueryRowContext(ctx, `SELECT count(*), min(seq), min(at) FROM snapshot_patch WHERE account = $1 AND unknown = 0`,
			account).Scan(&n, &seq, &at)
		if err != nil || n <= patchedAtMost {
			return err
		}
		var before int // of its time, which it takes over
		err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(unknown), 0) FROM snapshot_patch WHERE `+sqlCountedWith,
			account, seq.Int64, at.Int64-sameTime.Milliseconds(), at.Int64).Scan(&before)
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM snapshot_patch WHERE `+sqlCountedWith,
				account, seq.Int64, at.Int64-sameTime.Milliseconds(), at.Int64)
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE snapshot_patch SET unknown = $3, email = '', subject = '', contact = NULL
				WHERE account = $1 AND seq = $2`, account, seq.Int64, before+1)
		}
		if err != nil {
			return err
		}
	}
}

// sqlCountedWith is the condition on changes that are only counted to share the row of a later one.
const sqlCountedWith = `account = $1 AND seq < $2 AND at BETWEEN $3 AND $4 AND unknown > 0 AND subject = ''`

// forgetOld removes the changes that a new snapshot does not lack: the only one that is kept.
func (s *Service) forgetOld(ctx context.Context, account string, lacked changes) error {
	db, err := s.options.Store.Quick(ctx)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `DELETE FROM snapshot_patch
		WHERE account = $1 AND (unknown = 0 AND seq < $2 OR unknown > 0 AND seq < $3)`, account, lacked.Patched, lacked.Counted)
	return err
}

// patched is a change to one contact.
type patched struct {
	at        time.Time
	email, id string
	contact   *tagged // nil: it is gone
}

// written are the changes to contacts from one of them on, each contact's last one.
func (s *Service) written(ctx context.Context, account string, from int64) ([]patched, error) {
	db, err := s.options.Store.Reading(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT at, email, subject, contact FROM snapshot_patch
		WHERE account = $1 AND seq >= $2 AND unknown = 0 ORDER BY seq`, account, from)
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
			p.contact = &tagged{}
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
