package tools

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// refireTime is within what time an event with the same parameters for the same people is asked about: agents repeat calls
// whose answer they did not get.
const refireTime = 10 * time.Minute

// automationTime is for how long an automation does not take a contact in again; a preview tells of firings within it.
const automationTime = 24 * time.Hour

func (in FireEventInput) event() apiclient.Event {
	return apiclient.Event{Name: strings.TrimSpace(in.Event), Params: in.Params}
}

// firedBefore says for whom of a call's contacts the event was fired within a time; empty when for nobody.
func (box *Toolbox) firedBefore(ctx context.Context, in FireEventInput, within time.Duration) (string, error) {
	event, last := in.event(), "ten minutes"
	if within == automationTime {
		last = "24 hours"
	}
	fired, err := box.Journal.Fired(ctx, event.Name, event, time.Now().Add(-within))
	if err != nil || fired.Contacts() == 0 {
		return "", err
	}
	if len(in.Contacts) == 0 {
		if err := box.usable(ctx, in.Selection); err != nil {
			return "", err
		}
		return fmt.Sprintf("The event %s with these params was fired for %s in the last %s, most recently at %s; those "+
			"of %s who are among them get it again.",
			text.Quote(event.Name), text.Count(fired.Contacts(), "contact"), last, fired.At(), in.Selection), nil
	}
	again := 0
	for _, contact := range in.Contacts {
		if fired.Had(strings.TrimSpace(contact)) {
			again++
		}
	}
	if again == 0 {
		return "", nil
	}
	return fmt.Sprintf("The event %s with these params was fired for %d of %s in the last %s, most recently at %s.",
		text.Quote(event.Name), again, text.Count(len(in.Contacts), "contact"), last, fired.At()), nil
}

// firing says which running jobs still fire an event of a name.
func (box *Toolbox) firing(ctx context.Context, event string) (said []string, err error) {
	open, err := box.Bulk.Writing(ctx)
	for _, job := range open {
		if job.Kind == bulk.Event && job.Spec.Event.Name == event {
			said = append(said, "Careful: "+isDoing(job)+"; whoever is in both gets the event twice.")
		}
	}
	return said, err
}

func (box *Toolbox) confirmFire(ctx context.Context, in *FireEventInput) (*Question, error) {
	if in.Preview {
		return nil, nil
	}
	before, err := box.firedBefore(ctx, *in, refireTime)
	if err != nil || before == "" {
		return nil, err
	}
	return &Question{
		Subject: fmt.Sprintf("fire %q again: %q %q %q %q", in.Event, in.Contacts, in.File, in.Segment, in.Where),
		Text:    func(context.Context) (string, error) { return before + " Fire it again?", nil },
	}, nil
}

// unaskedFire refuses a repeat where the operator cannot be asked. A preview is the way to go on.
func (box *Toolbox) unaskedFire(ctx context.Context, in *FireEventInput) error {
	if in.Preview {
		return nil
	}
	before, err := box.firedBefore(ctx, *in, refireTime)
	if err != nil || before == "" {
		return err
	}
	return fault.New(fault.NeedsPreview, before, "A repeat can start automations a second time.",
		"Nothing was sent. If that is intended, repeat the call with preview: true and carry it out with apply_plan; list_changes "+
			"shows what was fired.")
}
