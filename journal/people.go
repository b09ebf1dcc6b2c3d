package journal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/store"
)

// Standing is what is kept about a person whose contact is gone.
type Standing string

// The standings.
const (
	// OptedOut is of a contact that was unsubscribed when this server deleted it: creating it again would subscribe it.
	OptedOut Standing = "unsubscribed"
	// Erased is of a person who asked for their data to be erased.
	Erased Standing = "erased"
	// Deleted is of every contact that this server deleted, until this server creates it again or an import that somebody
	// asked for does: what must not create anybody leaves it out, however lately a snapshot still showed it.
	Deleted Standing = "deleted"
)

// Remember keeps a person's standing, under a keyed hash of the address: it cannot be turned back into one, though who has
// the store can test an address that they guess, and a later import can be warned.
func (j *Journal) Remember(ctx context.Context, email string, standing Standing) error {
	db, account, hash, err := j.person(ctx, email)
	if err == nil {
		_, err = db.ExecContext(ctx, `INSERT INTO person (account, hash, what, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (account, hash, what) DO UPDATE SET at = excluded.at`,
			account, hash, standing, time.Now().UnixMilli())
	}
	switch err = j.options.Store.Fault(err); {
	case err != nil && standing == Deleted && j.options.Off && j.options.Store.IsNew():
		j.options.Log.WarnContext(ctx, "that a contact is deleted could not be kept, because the data folder cannot be used", "cause", err)
		return nil
	case standing == Erased:
		return err
	}
	return store.Unsent(err) // it is remembered before the write that brings it about
}

// Forget drops a person's standing, once they have agreed to be a contact again and are one. That cannot be taken back, so
// that a failure is logged: the person is then asked to agree once more than needed.
func (j *Journal) Forget(ctx context.Context, email string, standing Standing) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concluding)
	defer cancel()
	err := func() error {
		db, account, hash, err := j.person(ctx, email)
		if err != nil {
			return err
		}
		_, err = db.ExecContext(ctx, `DELETE FROM person WHERE account = ? AND hash = ? AND what = ?`, account, hash, standing)
		return err
	}()
	if err != nil {
		j.options.Log.ErrorContext(ctx, "a person's standing could not be dropped; consent will be asked for again", "standing",
			string(standing), "cause", err)
	}
}

// People tells the standing of addresses. It is made once for many of them.
type People struct {
	journal *Journal
	account string
	known   map[string][]known // by hash
}

// known is a standing, and since when it is known.
type known struct {
	what Standing
	at   int64 // ms since 1970
}

// People reads what is known of people, of all or of one address, before something is written to them. With the journal
// off, where nothing has ever been kept and nothing can be, nobody is known. What is kept and cannot be read is a fault:
// it may say that this very person has unsubscribed.
func (j *Journal) People(ctx context.Context, only ...string) (People, error) {
	people := People{journal: j, known: map[string][]known{}}
	var err error
	if people.account, err = j.options.Account.AccountKey(ctx); err != nil {
		return people, err
	}
	err = people.read(ctx, only)
	if err != nil && j.options.Off && j.options.Store.IsNew() {
		j.options.Log.WarnContext(ctx, "who has unsubscribed or been erased is not known, because the data folder cannot be used", "cause", err)
		return people, nil
	}
	return people, store.Unsent(j.options.Store.Fault(err))
}

func (p People) read(ctx context.Context, only []string) error {
	db, err := p.journal.options.Store.Reading(ctx)
	if err != nil {
		return err
	}
	query, given := `SELECT hash, what, at FROM person WHERE account = ?`, []any{p.account}
	if len(only) == 1 {
		hash, err := p.journal.hash(ctx, p.account, only[0])
		if err != nil {
			return err
		}
		query, given = query+` AND hash = ?`, append(given, hash)
	}
	rows, err := db.QueryContext(ctx, query, given...)
	if err != nil {
		return err
	}
	type person struct {
		hash []byte
		known
	}
	all, err := collect(rows, func(row scanner) (p person, err error) { return p, row.Scan(&p.hash, &p.what, &p.at) })
	for _, one := range all {
		p.known[string(one.hash)] = append(p.known[string(one.hash)], one.known)
	}
	return err
}

// IsEmpty reports that nobody has a standing, so that no address has to be looked at.
func (p People) IsEmpty() bool { return len(p.known) == 0 }

// Of returns an address's standings, mostly none.
func (p People) Of(ctx context.Context, email string) ([]Standing, error) {
	all, err := p.of(ctx, email)
	var standings []Standing
	for _, one := range all {
		standings = append(standings, one.what)
	}
	return standings, err
}

func (p People) of(ctx context.Context, email string) ([]known, error) {
	if p.IsEmpty() {
		return nil, nil
	}
	hash, err := p.journal.hash(ctx, p.account, email)
	if err != nil {
		return nil, err
	}
	return p.known[string(hash)], nil
}

// DeletedSince reports whether this server deleted an address's contact at that time or later, and has not created it
// again. What was seen of the contact before that time says nothing any more.
func (p People) DeletedSince(ctx context.Context, email string, since time.Time) (bool, error) {
	all, err := p.of(ctx, email)
	return slices.ContainsFunc(all, func(one known) bool { return one.what == Deleted && one.at >= since.UnixMilli() }), err
}

// Are reports whether an address is known to have a standing.
func (p People) Are(ctx context.Context, email string, standing Standing) (bool, error) {
	standings, err := p.Of(ctx, email)
	return slices.Contains(standings, standing), err
}

// person is what a person's standing is kept under, and where.
func (j *Journal) person(ctx context.Context, email string) (db *sql.DB, account string, hash []byte, err error) {
	if account, err = j.options.Account.AccountKey(ctx); err != nil {
		return nil, "", nil, err
	}
	if hash, err = j.hash(ctx, account, email); err != nil {
		return nil, "", nil, err
	}
	db, err = j.options.Store.Durable(ctx)
	return db, account, hash, err
}

func (j *Journal) hash(ctx context.Context, account, email string) ([]byte, error) {
	key, err := j.options.Store.Key(ctx)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(account + "\x00" + strings.ToLower(strings.TrimSpace(email))))
	return mac.Sum(nil), nil
}
