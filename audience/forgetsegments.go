package audience

import (
	"context"
	"encoding/json"

	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// takeOutOfSegments takes an address out of the conditions and descriptions of the account's segments.
func (s *Service) takeOutOfSegments(ctx context.Context, email string) error {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return err
	}
	segments, err := s.Segments(ctx)
	if err != nil {
		return err
	}
	db, err := s.options.Store.Durable(ctx)
	if err != nil {
		return err
	}
	for _, segment := range segments {
		condition, refs := where.WithoutAddress(segment.Where, segment.refs, email)
		description := text.WithoutAddress(segment.Description, email)
		if condition == segment.Where && description == segment.Description {
			continue
		}
		written := []byte{}
		if refs != nil {
			if written, err = json.Marshal(refs); err != nil {
				return err
			}
		}
		if _, err := db.ExecContext(ctx, `UPDATE segment SET condition = $1, refs = $2, description = $3 WHERE account = $4 AND folded = $5`,
			condition, string(written), description, account, folded(segment.Name)); err != nil {
			return s.options.Store.Fault(err)
		}
	}
	return nil
}
