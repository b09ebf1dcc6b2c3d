package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

var fireEvent = Tool[FireEventInput, FireEventOutput]{
	Name: "fire_event", Title: "Fire a custom event", Toolset: Events, Effect: Adds, AnswersJob: true,
	Description: "Fires a custom event for existing contacts, which can start automations. An automation takes a contact in " +
		"once per 24 hours.",
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

// FireEventOutput is what became of each contact.
type FireEventOutput struct {
	Event    string   `json:"event"`
	Contacts int      `json:"contacts"`
	Fired    int      `json:"fired"`
	NotFound []string `json:"not_found,omitempty"`
	// Unknown are contacts whose answer was lost: the event may have been fired.
	Unknown []string      `json:"outcome_unknown,omitempty"`
	NotSent []string      `json:"not_sent,omitempty"`
	Failed  []FailureView `json:"failed,omitempty"`
	// Omitted counts the addresses left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`
	// Job is set for a preview, and when there are more contacts than can be dealt with within a call.
	Job *JobView `json:"job,omitempty"`
}

// firedAtOnce is for how many contacts an event is fired within a call.
const firedAtOnce = 100

// fireFor is how long a call goes on firing; what is left then is named as not sent.
const fireFor = 40 * time.Second

func (box *Toolbox) fireEvent(ctx context.Context, in FireEventInput) (FireEventOutput, error) {
	who, done, err := box.choose(ctx, in.Selection)
	if err != nil {
		return FireEventOutput{}, err
	}
	defer done()
	if err := unseen(who, in.Preview, box.PreviewAbove); err != nil {
		return FireEventOutput{}, err
	}
	event := in.event()
	if in.Preview || who.File != "" || who.Known != nil || len(who.Contacts) > firedAtOnce {
		before, err := box.firedBefore(ctx, in)
		if err != nil {
			return FireEventOutput{}, err
		}
		if before != "" {
			who.Notes = append(who.Notes, before)
		}
		planned, err := box.Bulk.PlanWrite(ctx, bulk.Event, bulk.Spec{Event: &event}, who)
		if err != nil {
			return FireEventOutput{}, err
		}
		job, err := box.previewOrRun(ctx, planned, in.Preview, box.PreviewAbove)
		return FireEventOutput{Event: text.Clean(in.Event), Contacts: planned.Total, Fired: job.Done, Job: &job}, err
	}
	began := time.Now()
	refs, err := box.eachPersonOnce(ctx, who.Contacts)
	if err != nil {
		return FireEventOutput{}, err
	}
	report := newCounter(progressOf(ctx), len(refs), "fired")
	errs := make([]error, len(refs))
	contacts.Each(len(refs), func(i int) {
		defer report.step()
		if ctx.Err() != nil || time.Since(began) > fireFor {
			errs[i] = errNotSent
			return
		}
		errs[i] = box.Contacts.Fire(ctx, refs[i], event)
	})
	return fireOutput(in.Event, refs, errs)
}

// eachPersonOnce drops the UUIDs of people who are named by address too. A UUID that is not found stays, to be reported.
// It looks up only where both kinds are given, and fails as a whole: who it cannot tell apart might get the event twice.
func (box *Toolbox) eachPersonOnce(ctx context.Context, refs []apiclient.ContactRef) ([]apiclient.ContactRef, error) {
	addresses := map[string]bool{}
	var uuids []apiclient.ContactRef
	for _, ref := range refs {
		if ref.ByUUID() {
			uuids = append(uuids, ref)
		} else {
			addresses[ref.String()] = true
		}
	}
	if len(uuids) == 0 || len(addresses) == 0 {
		return refs, nil
	}
	ctx, cancel := context.WithTimeout(ctx, fireFor)
	defer cancel()
	looked, err := box.Contacts.LookUp(ctx, uuids)
	if err != nil {
		return nil, err
	}
	again := map[apiclient.ContactRef]bool{}
	for _, one := range looked {
		again[one.Ref] = one.Known && addresses[strings.ToLower(one.Found.Email)]
	}
	return slices.DeleteFunc(refs, func(ref apiclient.ContactRef) bool { return again[ref] }), nil
}

// errNotSent marks a contact whose turn did not come.
var errNotSent = fault.New(fault.Timeout, "There was no time left for this contact.", "", "Fire the event again for those not sent.")

// fireOutput sorts the outcomes. When nothing was fired and all failed alike, that is the answer.
func fireOutput(event string, refs []apiclient.ContactRef, errs []error) (FireEventOutput, error) {
	out := FireEventOutput{Event: text.Clean(event), Contacts: len(refs)}
	for i, err := range errs {
		name := text.Clip(refs[i].String(), 80)
		switch {
		case err == nil:
			out.Fired++
		case errors.Is(err, errNotSent):
			out.NotSent = append(out.NotSent, name)
		case fault.Is(err, fault.NotFound):
			out.NotFound = append(out.NotFound, name)
		case fault.Is(err, fault.OutcomeUnknown):
			out.Unknown = append(out.Unknown, name)
		default:
			out.Failed = append(out.Failed, FailureView{Contact: name, Error: explain(err).Error()})
		}
	}
	if out.Fired == 0 {
		names := make([]string, len(refs))
		for i, ref := range refs {
			names[i] = ref.String()
		}
		return out, alike(names, errs)
	}
	return out, nil
}

// Summary is the text an agent reads.
func (out FireEventOutput) Summary() string {
	if out.Job != nil {
		return lines(out.Job.describe(), out.Job.next())
	}
	head := fmt.Sprintf("Fired %s for %s.", text.Quote(out.Event), text.Count(out.Fired, "contact"))
	if out.Fired < out.Contacts {
		head = fmt.Sprintf("Fired %s for %d of %s.", text.Quote(out.Event), out.Fired, text.Count(out.Contacts, "contact"))
	}
	omitted := ""
	if out.Omitted > 0 {
		omitted = text.Count(out.Omitted, "more contact") + " not shown."
	}
	return lines(head,
		listed("Not a contact of this account (nothing fired)", "Not contacts of this account (nothing fired)", out.NotFound),
		listed(answerLost, answerLost, out.Unknown),
		listed("Not sent, because time ran out; call again for this one", "Not sent for lack of time; call again for these", out.NotSent),
		strings.Join(failureLines(out.Failed), "\n"), omitted)
}

const answerLost = "Sent, but the answer was lost, so it may have been fired; do not repeat blindly"

// listed names contacts below a head, which is one of two: for one contact and for several.
func listed(one, several string, names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return one + ": " + text.Word(names[0], 80)
	}
	return several + ": " + strings.Join(text.Words(names, 80), ", ")
}

// Shrink keeps the result within its bounds.
func (out FireEventOutput) Shrink(width int) Output {
	if out.Job != nil {
		job := out.Job.shrink(width)
		out.Job = &job
	}
	out.Event = text.Clip(out.Event, width)
	out.Omitted = 0
	for _, names := range []*[]string{&out.NotFound, &out.Unknown, &out.NotSent} {
		kept, omitted := capped(*names, width)
		*names = kept
		out.Omitted += omitted
	}
	kept, omitted := capped(out.Failed, width/4)
	out.Omitted += omitted
	out.Failed = make([]FailureView, len(kept))
	for i, failure := range kept {
		out.Failed[i] = FailureView{Contact: failure.Contact, Error: text.ClipProse(failure.Error, 3*max(width, 60))}
	}
	return out
}
