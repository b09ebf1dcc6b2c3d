package bulk

import (
	"context"
	"database/sql"

	"mailtrap-contacts-mcp/store"
)

// Matched is what was found out about whether those whom a plan names exist.
type Matched struct {
	// Existing is how many of them there are; nil where that is not known, for the reason Why: then the plan's number is an
	// upper bound.
	Existing *int   `json:"existing,omitempty"`
	Why      string `json:"why,omitempty"`
}

// NamesContacts reports a job for contacts that somebody names, who are not known to exist.
func (s Status) NamesContacts() bool {
	return (s.Kind == Update || s.Kind == Delete || s.Kind == Event) && !s.Spec.Known
}

// Creates reports a job that creates those who are no contacts yet.
func (s Status) Creates() bool { return s.Kind == Import || s.Spec.CreateMissing }

// namedAtOnce is how many contacts of a plan are read together.
const namedAtOnce = 2000

// Named visits the addresses and UUIDs that a plan names.
func (s *Service) Named(ctx context.Context, id string, visit func(contact string) error) error {
	account, err := s.api.AccountKey(ctx)
	if err != nil {
		return err
	}
	db, err := s.store.Reading(ctx)
	for last, more := -1, err == nil; more; {
		var contacts []string
		contacts, err = store.Collect(ctx, db, func(rows *sql.Rows) (contact string, err error) {
			err = rows.Scan(&last, &contact)
			return contact, err
		}, `SELECT n, contact FROM job_item WHERE job = `+jobOf+` AND n > ? ORDER BY n LIMIT ?`, account, id, last, namedAtOnce)
		if err != nil {
			break
		}
		more = len(contacts) == namedAtOnce
		for _, contact := range contacts {
			if err := visit(contact); err != nil {
				return err
			}
		}
	}
	return s.store.Fault(err)
}

// KeepMatched keeps with a plan what was found out about those it names, for whoever is asked before it is carried out.
func (s *Service) KeepMatched(ctx context.Context, planned *Status, found Matched) error {
	account, db, err := s.writing(ctx)
	if err != nil {
		return err
	}
	planned.Spec.Matched = &found
	return s.store.Fault(store.Exec(ctx, db, `UPDATE job SET spec = ? WHERE account = ? AND id = ? AND state = 'planned'`,
		store.JSON(planned.Spec), account, planned.ID))
}
