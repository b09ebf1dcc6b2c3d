package emulator

import (
	"time"
)

// account is everything one Mailtrap account holds. It is guarded by the emulator's lock.
type account struct {
	Account
	emulator     *Emulator
	limits       accountLimits
	schedule     schedule
	unapplied    unapplied
	contacts     table
	lists        []List
	fields       []Field
	slots        int // slots given out to fields so far
	imports      map[int64]*importJob
	exports      map[int64]*exportJob
	files        []*exportJob // finished exports whose file is still kept, oldest first
	suppressions suppressionList
	campaigns    []campaign // oldest first
	domains      []domain
	usage        usage
}

// newAccount returns an account as Mailtrap sets it up: with two text fields (observed) and nothing else.
func (e *Emulator) newAccount(a Account) *account {
	if len(a.AccessLevels) == 0 {
		a.AccessLevels = []int{1000}
		if e.config.ReadOnlyToken {
			a.AccessLevels = []int{10}
		}
	}
	created := &account{
		Account:   a,
		emulator:  e,
		unapplied: newUnapplied(),
		contacts:  newTable(),
		imports:   map[int64]*importJob{},
		exports:   map[int64]*exportJob{},
	}
	created.addField("First name", "text", "first_name")
	created.addField("Last name", "text", "last_name")
	return created
}

// listAccounts answers GET /api/accounts.
func (c *call) listAccounts() answer {
	accounts := make([]Account, 0, len(c.emulator.accounts))
	for _, a := range c.emulator.accounts {
		accounts = append(accounts, a.Account)
	}
	return jsonAnswer(200, accounts)
}

// full reports whether the plan allows no further contact. Contacts whose creation is not applied yet count.
func (a *account) full() bool {
	limit := a.emulator.config.ContactLimit
	return limit > 0 && a.contacts.len()+a.unapplied.creations >= limit
}

// newRecord returns a contact that is not stored yet. Its status follows from the suppressions (spec).
func (a *account) newRecord(email string, now time.Time) *record {
	ms := now.UnixMilli()
	return &record{
		id:           a.emulator.newUUID(now),
		email:        email,
		created:      ms,
		updated:      ms,
		unsubscribed: a.suppressions.has(email),
	}
}
