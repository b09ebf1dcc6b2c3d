package journal

import (
	"bytes"
	"cmp"
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
	// OptedOut is of a contact that was unsubscribed when this server deleted it, and of whoever unsubscribed or complained by an
	// imported source: creating it again would subscribe it.
	OptedOut Standing = "unsubscribed"
	// Erased is of a person who asked for their data to be erased.
	Erased Standing = "erased"
	// Deleted is of every contact that this server deleted, until this server creates it again or an import that somebody
	// asked for does: what must not create anybody leaves it out, however lately a snapshot still showed it.
	Deleted Standing = "deleted"
	// Agreed is of whoever agreed to get mail after they had said no in what was imported; their time is the number of the last
	// import that had begun by then.
	Agreed Standing = "agreed"
	// released is of whoever was OptedOut until they agreed.
	released Standing = "released"
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

// Forget drops a person's standing that came of a deletion here. That cannot be taken back, so that a failure is logged: the
// person is then asked to agree once more than needed.
func (j *Journal) Forget(ctx context.Context, email string, standing Standing) {
	j.forget(ctx, email, standing, false)
}

// NoteAgreed notes that a person has agreed to get mail and is a contact: what said until then that they want none does not count
// any more, unless TakeConsentBack is called.
func (j *Journal) NoteAgreed(ctx context.Context, email string) {
	j.forget(ctx, email, OptedOut, true)
}

// TakeConsentBack notes that what a person has agreed to is undone: whatever said before that they want no mail counts again.
func (j *Journal) TakeConsentBack(ctx context.Context, email string) error {
	db, account, hash, err := j.person(ctx, email)
	if err == nil {
		err = store.InTx(ctx, db, func(tx *sql.Tx) error {
			if err := store.Exec(ctx, tx, sqlKeepAs, account, hash, released, OptedOut); err != nil {
				return err
			}
			return store.Exec(ctx, tx, `DELETE FROM person WHERE account = $1 AND hash = $2 AND what IN ($3, $4)`, account, hash, released, Agreed)
		})
	}
	return store.Unsent(j.options.Store.Fault(err)) // before the write that undoes it
}

const (
	// sqlKeepAs keeps a standing as another one as well.
	sqlKeepAs = `INSERT INTO person (account, hash, what, at)
		SELECT account, hash, $4, at FROM person WHERE account = $1 AND hash = $2 AND what = $3
		ON CONFLICT (account, hash, what) DO UPDATE SET at = excluded.at`
	sqlForget = `DELETE FROM person WHERE account = $1 AND hash = $2 AND what = $3`
	sqlBegan  = `SELECT coalesce(max(began), 0) FROM opt_out_source WHERE account = $1`
	sqlAgreed = `INSERT INTO person (account, hash, what, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account, hash, what) DO UPDATE SET at = excluded.at`
)

func (j *Journal) forget(ctx context.Context, email string, standing Standing, agreed bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concluding)
	defer cancel()
	err := func() error {
		db, account, hash, err := j.person(ctx, email)
		if err != nil {
			return err
		}
		if agreed {
			if _, err := db.ExecContext(ctx, sqlKeepAs, account, hash, standing, released); err != nil {
				return err
			}
		}
		if _, err := db.ExecContext(ctx, sqlForget, account, hash, standing); err != nil || !agreed {
			return err
		}
		var began int64
		if err := db.QueryRowContext(ctx, sqlBegan, account).Scan(&began); err != nil || began == 0 { // nobody has said no
			return err
		}
		_, err = db.ExecContext(ctx, sqlAgreed, account, hash, Agreed, began)
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
	// out are those who said no by what was imported, who may be very many, by the hash, and sources what that was.
	out     []saidNo
	sources map[int64]source
	agreed  map[shortHash]int64 // up to which of them, by those who agreed
}

// saidNo is somebody who said no by a source.
type saidNo struct {
	hash   shortHash
	source int64
}

// shortHash is the beginning of a hash, which tells people apart all the same.
type shortHash [16]byte

// source is what people said no by, and the how-manieth that began.
type source struct {
	OptOut
	id, began int64
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
	people := People{journal: j, known: map[string][]known{}, agreed: map[shortHash]int64{}}
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

func (p *People) read(ctx context.Context, only []string) error {
	db, err := p.journal.options.Store.Reading(ctx)
	if err != nil {
		return err
	}
	query, given, hash := `SELECT hash, what, at FROM person WHERE account = $1`, []any{p.account}, []byte(nil)
	if len(only) == 1 {
		if hash, err = p.journal.hash(ctx, p.account, only[0]); err != nil {
			return err
		}
		query, given = query+` AND hash = $2`, append(given, hash)
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
		switch one.what {
		case released:
			continue
		case Agreed:
			p.agreed[shortHash(one.hash)] = one.at
			continue
		}
		p.known[string(one.hash)] = append(p.known[string(one.hash)], one.known)
	}
	if err != nil {
		return err
	}
	return p.readOptOuts(ctx, db, hash)
}

// readOptOuts reads who said no by what was imported; only one person where there is a hash.
func (p *People) readOptOuts(ctx context.Context, db *sql.DB, only []byte) error {
	rows, err := db.QueryContext(ctx, sqlInForce, p.account)
	if err != nil {
		return err
	}
	sources, err := collect(rows, func(row scanner) (one source, err error) {
		var at int64
		err = row.Scan(&one.id, &one.File, &one.began, &at)
		one.At = time.UnixMilli(at)
		return one, err
	})
	if err != nil {
		return err
	}
	p.sources = make(map[int64]source, len(sources))
	for _, one := range sources {
		p.sources[one.id] = one
		hashes, err := optOutsOf(ctx, db, p.account, one.id)
		if err != nil {
			return err
		}
		if only == nil {
			p.out = slices.Grow(p.out, len(hashes))
		}
		for _, hash := range hashes {
			if only == nil || hash == shortHash(only) {
				p.out = append(p.out, saidNo{hash, one.id})
			}
		}
	}
	slices.SortFunc(p.out, func(a, b saidNo) int {
		return cmp.Or(bytes.Compare(a.hash[:], b.hash[:]), cmp.Compare(a.source, b.source))
	})
	return nil
}

// IsEmpty reports that nobody has a standing, so that no address has to be looked at.
func (p People) IsEmpty() bool { return len(p.known)+len(p.out) == 0 }

// Of returns an address's standings, mostly none.
func (p People) Of(ctx context.Context, email string) ([]Standing, error) {
	hash, err := p.hash(ctx, email)
	var standings []Standing
	for _, one := range p.known[string(hash)] {
		standings = append(standings, one.what)
	}
	if hash != nil && len(p.saidBy(shortHash(hash))) > 0 && !slices.Contains(standings, OptedOut) {
		standings = append(standings, OptedOut)
	}
	return standings, err
}

// OptOut says why somebody must not be subscribed unasked; nil of most. Of several reasons it is the first.
func (p People) OptOut(ctx context.Context, email string) (*OptOut, error) {
	hash, err := p.hash(ctx, email)
	if err != nil || hash == nil {
		return nil, err
	}
	if slices.ContainsFunc(p.known[string(hash)], func(one known) bool { return one.what == OptedOut }) {
		return &OptOut{}, nil
	}
	said := p.saidBy(shortHash(hash))
	if len(said) == 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	return &said[0], nil
}

// saidBy are the sources by which somebody said no, and has not agreed since.
func (p People) saidBy(hash shortHash) (said []OptOut) {
	at, _ := slices.BinarySearchFunc(p.out, hash, func(one saidNo, hash shortHash) int { return bytes.Compare(one.hash[:], hash[:]) })
	for ; at < len(p.out) && p.out[at].hash == hash; at++ {
		if by, counts := p.sources[p.out[at].source]; counts && by.began > p.agreed[hash] {
			said = append(said, by.OptOut)
		}
	}
	return said
}

// hash is what an address is known by; nil where nobody is known at all.
func (p People) hash(ctx context.Context, email string) ([]byte, error) {
	if p.IsEmpty() {
		return nil, nil
	}
	return p.journal.hash(ctx, p.account, email)
}

// DeletedSince reports whether this server deleted an address's contact at that time or later, and has not created it
// again. What was seen of the contact before that time says nothing any more.
func (p People) DeletedSince(ctx context.Context, email string, since time.Time) (bool, error) {
	hash, err := p.hash(ctx, email)
	return slices.ContainsFunc(p.known[string(hash)], func(one known) bool { return one.what == Deleted && one.at >= since.UnixMilli() }), err
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
