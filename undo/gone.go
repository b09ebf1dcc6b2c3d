package undo

import (
	"context"
	"slices"
	"strconv"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/journal"
)

// WhyGone is why a write is not turned back of which Gone reports so.
const WhyGone = "What it changed does not exist any more."

// Gone reports that there is nothing left to turn back of a write, because the list or field was deleted since, or because all that a
// contact was given or lost by it was of such.
func (s Service) Gone(ctx context.Context, write journal.Entry) (bool, error) {
	id, _ := strconv.ParseInt(write.Subject, 10, 64)
	if err := s.Catalog.ForgetBefore(ctx, write.At); err != nil {
		return false, err
	}
	switch {
	case !write.IsOpen():
	case write.Kind == journal.List && id != 0:
		there, err := s.lists(ctx, []int64{id}, nil)
		return err == nil && len(there) == 0, err
	case write.Kind == journal.Field && id != 0:
		fields, err := s.Catalog.Fields(ctx)
		return err == nil && !slices.ContainsFunc(fields, func(field apiclient.Field) bool { return field.ID == id }), err
	case write.Kind == journal.Contact && write.Action == journal.Update:
		back := Back{Write: write}
		if !decode(write.Before, &back.Before) || !decode(write.After, &back.After) {
			return false, nil
		}
		if err := s.retag(ctx, &back); err != nil {
			return false, err
		}
		left, err := s.stillMeant(ctx, contacts.Between(back.After, back.Before), back.After.Fields, nil)
		return err == nil && left.IsEmpty(), err
	}
	return false, nil
}
