package contacts

import (
	"context"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/journal"
)

// Fire fires an event. It is sent once; only an answer that says the contact is not there yet, for a contact this server
// created a moment ago, is tried again, because then nothing was fired.
func (s *Service) Fire(ctx context.Context, ref apiclient.ContactRef, event apiclient.Event) error {
	intent := journal.Write{
		Action: journal.Fire, Kind: journal.Event, Subject: ref.String(), Name: event.Name, After: event,
		Final: "An event cannot be taken back: automations may have started on it.",
	}
	return s.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) error {
		return s.By(write.By(s.api)).fire(ctx, ref, event)
	})
}

func (s *Service) fire(ctx context.Context, ref apiclient.ContactRef, event apiclient.Event) error {
	err := s.api.CreateEvent(ctx, ref, event)
	if !apiclient.IsKind(err, apiclient.NotFound) {
		return err
	}
	if _, created := s.justWritten(ctx, ref); created {
		for _, wait := range applyWaits {
			if err := apiclient.Pause(ctx, wait); err != nil {
				return err
			}
			if err = s.api.CreateEvent(ctx, ref, event); !apiclient.IsKind(err, apiclient.NotFound) {
				return err
			}
		}
	}
	return notFound(ref).Because(err)
}
