package audience

import (
	"context"
	"encoding/json"
	"strings"

	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// takeOutOfSegments takes an address out of the conditions and descriptions of the account's segments. A condition that names
// somebody who is gone fits the same people with an address that nobody has.
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
		condition, refs := segment.without(email)
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

// without is the condition without an address, and where it names fields and lists then.
func (s Segment) without(email string) (condition string, refs []where.Ref) {
	var b strings.Builder
	at := 0
	for _, r := range s.refs {
		b.WriteString(text.WithoutAddress(s.Where[at:r.From], email))
		from := b.Len()
		b.WriteString(s.Where[r.From:r.To]) // the name of a list, whatever it is
		refs = append(refs, where.Ref{Kind: r.Kind, ID: r.ID, From: from, To: b.Len()})
		at = r.To
	}
	b.WriteString(text.WithoutAddress(s.Where[at:], email))
	if s.refs != nil {
		refs = append([]where.Ref{}, refs...)
	}
	return b.String(), refs
}
