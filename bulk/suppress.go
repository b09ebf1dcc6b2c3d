package bulk

import (
	"context"

	"mailtrap-contacts-mcp/apiclient"
)

// suppressOne has an address suppressed, unless it is already. Whoever is named by UUID is looked up: their address may have changed.
func (s *Service) suppressOne(ctx context.Context, j *job, it item, ref apiclient.ContactRef) (outcome, said string, failed error) {
	email := ref.String()
	if ref.ByUUID() {
		found, err := j.by.contacts.Get(ctx, ref)
		if err != nil {
			return judged(err)
		}
		email = found.Email
	}
	if err := s.mayHaveLeft(ctx, j, it, false); err != nil {
		return "", "", err
	}
	added, err := s.audience.Suppressed.Add(ctx, j.by.api, s.journal, email, *j.Spec.Suppress, it.state == itemSending)
	switch {
	case err != nil:
		return s.unsent(ctx, j, it, err)
	case added:
		return itemDone, "", nil
	}
	return settled(it), "", nil
}
