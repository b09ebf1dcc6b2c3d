package bulk

import (
	"context"

	"mailtrap-contacts-mcp/apiclient"
)

// fireFor fires the event for a contact, once. One whose request may have left before is not fired again: what became of it
// is not known.
func (s *Service) fireFor(ctx context.Context, j *job, it item, ref apiclient.ContactRef) (outcome, said string, err error) {
	if it.state == itemSending {
		return itemUnknown, "the request may have left before the server was stopped", nil
	}
	if ref.ByUUID() {
		again, err := s.namedTwice(ctx, j, ref)
		if again || err != nil {
			if err != nil {
				return judged(err)
			}
			return itemUnchanged, "this person is named by address as well", nil
		}
	}
	if err := s.mayHaveLeft(ctx, j, it, true); err != nil {
		return "", "", err
	}
	err = j.by.contacts.Fire(ctx, ref, *j.Spec.Event)
	if err != nil {
		return s.unsent(ctx, j, it, err)
	}
	return itemDone, "", nil
}

// namedTwice reports that a person named by UUID is named by address too.
func (s *Service) namedTwice(ctx context.Context, j *job, ref apiclient.ContactRef) (bool, error) {
	db, err := s.store.Quick(ctx)
	if err != nil {
		return false, recorded(err)
	}
	var addresses bool
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job_item WHERE job = `+jobOf+` AND contact LIKE '%@%')`,
		j.account, j.ID).Scan(&addresses)
	if err != nil || !addresses {
		return false, recorded(err)
	}
	found, err := j.by.contacts.Get(ctx, ref)
	if err != nil {
		return false, err
	}
	var twice bool
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job_item WHERE job = `+jobOf+` AND contact = ?)`, j.account,
		j.ID, found.Email).Scan(&twice)
	return twice, recorded(err)
}
