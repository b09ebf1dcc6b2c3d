package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

var fireEvent = Tool[FireEventInput, FireEventOutput]{
	Name: "fire_event", Title: "Fire a custom event", Toolset: Events, Effect: Adds, AnswersJob: true,
	Description: "Fires a custom event for existing contacts, which can start automations. An automation takes a contact in " +
		"once per 24 hours.",
	Example: `{"event": "signed_up", "contacts": ["ann@example.com"], "params": {"source": "fair"}}`,
	Asking: Asking{
		When:      "when it was fired with the same params for one of the same contacts in the last ten minutes",
		Otherwise: "the call is refused, and a preview with `apply_plan` is the way to do it all the same",
	},
	Foreign: waitsElsewhere,
	Confirm: (*Toolbox).confirmFire,
	Unasked: (*Toolbox).unaskedFire,
	Run:     (*Toolbox).fireEvent,
}

// FireEventInput is the event and for whom.
type FireEventInput struct {
	Event  string        `json:"event" jsonschema:"minLength=1,maxLength=255" jsonschema_description:"Name that automations wait for"`
	Params schema.Object `json:"params,omitempty" jsonschema_description:"Text, number, boolean or null by key, e.g. {\"days_left\": 3}"`
	Selection
	Preview bool `json:"preview,omitempty" jsonschema_description:"Fire nothing; answer with a plan_id"`
}

// Check refuses an event and parameters that the API would, and a selection that is none.
func (in FireEventInput) Check() error {
	if text.Clean(in.Event) == "" {
		return fault.New(fault.InvalidInput, "event: is blank.", "", "Nothing was sent; give the name that the automation waits for.")
	}
	var wrong []string
	for _, key := range slices.Sorted(maps.Keys(in.Params)) {
		at := "params." + text.Word(key, 60)
		if utf8.RuneCountInString(key) > apiclient.MaxEventKey {
			wrong = append(wrong, at+": the key is longer than 255 characters")
		}
		if key == "" {
			wrong = append(wrong, "params: a key is empty")
		}
		switch in.Params[key].(type) {
		case nil, string, bool, json.Number:
		default:
			wrong = append(wrong, at+": "+text.Value(in.Params[key])+" is not allowed; give a text, number, boolean or null")
		}
	}
	if len(wrong) == 0 {
		return in.Selection.Check()
	}
	return fault.New(fault.InvalidInput, strings.Join(wrong[:min(len(wrong), 20)], "; ")+".", "",
		"Nothing was sent; give params one level of plain values.")
}

// FireEventOutput is the event that was fired for one contact, or the job that fires it for several.
type FireEventOutput struct {
	Event string `json:"event"`
	Fired int    `json:"fired,omitempty" jsonschema_description:"1 where it was fired for one contact"`
	// Job is set for more than one contact, and for a preview.
	Job *JobView `json:"job,omitempty"`
}

func (box *Toolbox) fireEvent(ctx context.Context, in FireEventInput) (FireEventOutput, error) {
	who, done, err := box.choose(ctx, in.Selection, in.Preview)
	if err != nil {
		return FireEventOutput{}, err
	}
	defer done()
	alone, err := box.alone(ctx, &who, in.Preview)
	if err != nil {
		return FireEventOutput{}, err
	}
	event, out := in.event(), FireEventOutput{Event: text.Clean(in.Event)}
	if alone {
		out.Fired = 1
		return out, box.Contacts.Fire(ctx, who.Contacts[0], event)
	}
	before, err := box.firedBefore(ctx, in, automationTime)
	if err != nil {
		return FireEventOutput{}, err
	}
	if before != "" {
		who.Notes = append(who.Notes, before)
	}
	firing, err := box.firing(ctx, event.Name)
	if err != nil {
		return FireEventOutput{}, err
	}
	who.Notes = append(who.Notes, firing...)
	planned, err := box.Bulk.PlanWrite(ctx, bulk.Event, bulk.Spec{Event: &event}, who)
	if err != nil {
		return FireEventOutput{}, err
	}
	job, err := box.previewOrRun(ctx, planned, in.Preview, box.PreviewAbove)
	out.Job = &job
	return out, cmp.Or(err, noneKnown(job))
}

// Summary is the text an agent reads.
func (out FireEventOutput) Summary() string {
	if out.Job != nil {
		return lines(out.Job.describe(), out.Job.next())
	}
	return "Fired " + text.Quote(out.Event) + " for 1 contact."
}

// Shrink keeps the result within its bounds.
func (out FireEventOutput) Shrink(width int) Output {
	out.Event = text.Clip(out.Event, width)
	if out.Job != nil {
		job := out.Job.shrink(width)
		out.Job = &job
	}
	return out
}
