package tools

import (
	"context"
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var applyPlan = Tool[ApplyPlanInput, JobOutput]{
	Name: "apply_plan", Title: "Carry out a plan", Toolset: Bulk, Effect: Destroys, AnswersJob: true,
	Description: "Carries out a plan that a preview answered with, exactly as previewed and once. A job that failed half-way is continued.",
	Example:     `{"plan_id": "update-20261127-k7m2x9qd"}`,
	Asking: Asking{
		When: "before a plan deletes contacts, creates deleted ones again, suppresses addresses, or subscribes people again who had " +
			"unsubscribed",
		Otherwise: "the plan is carried out: the preview has been the brake; one that undoes a change is held to what undo_change " +
			"is held to",
	},
	Accompanies: plans,
	Confirm:     (*Toolbox).confirmPlan,
	Unasked:     (*Toolbox).unaskedPlan,
	Run: func(box *Toolbox, ctx context.Context, in ApplyPlanInput) (JobOutput, error) {
		job, err := box.runPlan(ctx, strings.TrimSpace(in.PlanID), in.WaitSeconds)
		job.previewed = true
		return JobOutput{Job: job}, err
	},
}

// ApplyPlanInput names the plan.
type ApplyPlanInput struct {
	PlanID      string `json:"plan_id" jsonschema:"minLength=1" jsonschema_description:"From a preview"`
	WaitSeconds *int64 `json:"wait_seconds,omitempty" jsonschema:"minimum=0,maximum=45" jsonschema_description:"For the end; absent: 20"`
}

// confirmPlan asks before contacts are deleted, or people are subscribed again. Where nobody can be asked, the plan has
// been the brake.
func (box *Toolbox) confirmPlan(ctx context.Context, in *ApplyPlanInput) (*Question, error) {
	status, err := box.Bulk.Follow(ctx, strings.TrimSpace(in.PlanID), 0, nil)
	if err != nil || status.State != bulk.Planned {
		return nil, notAPlan(err) // applying it says what is wrong with it
	}
	if !box.offers(status.Tool) { // before anybody is asked
		return nil, bulk.NotOffered("The plan "+status.ID, status.Tool)
	}
	return bulkQuestion(status), nil
}

// unaskedPlan holds a plan that undoes a change to what undo_change is held to.
func (box *Toolbox) unaskedPlan(ctx context.Context, in *ApplyPlanInput) error {
	status, err := box.Bulk.Follow(ctx, strings.TrimSpace(in.PlanID), 0, nil)
	if err != nil || status.Kind != bulk.Undo || status.State != bulk.Planned {
		return notAPlan(err)
	}
	return unaskedUndoing(status.Spec.Undo, status.Total)
}

func notAPlan(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// bulkQuestion is what the operator is asked before a plan is carried out; nil when it destroys nothing.
func bulkQuestion(planned bulk.Status) *Question {
	of, from := existing(planned), "(from "+text.Word(planned.Spec.Source, 120)+")"
	if planned.Spec.Known {
		from = planned.Spec.Source // which quotes what is not ours
	}
	var asked string
	switch {
	case planned.Kind == bulk.Undo:
		return undoQuestion(planned.Spec.Undo)
	case planned.Kind == bulk.Delete:
		asked = fmt.Sprintf("Delete %s %s? Their fields, list memberships and history in automations are lost.", of, from)
	case planned.Kind == bulk.Suppress:
		asked = suppressQuestion(of+" "+from, *planned.Spec.Suppress)
	case planned.Spec.Unsubscribed != nil && !*planned.Spec.Unsubscribed && planned.Spec.Consent != "": // else they were asked before
		asked = fmt.Sprintf("Subscribe %s again, as far as they had unsubscribed by %s? The agent says that they agreed to get "+
			"mail again: %s", of, planned.Planned.UTC().Format("2006-01-02 15:04:05 UTC"), text.QuoteUpTo(planned.Spec.Consent, maxConsent))
	case planned.Source.Released() > 0:
		asked = fmt.Sprintf("Import %s of people whose file leaves open whether they may be mailed? In doubt are %s. The import "+
			"subscribes everyone it creates.",
			text.Count(planned.Source.Released(), "row"), released(planned.Source))
	default:
		return nil
	}
	return &Question{
		Subject: fmt.Sprintf("plan %s for %d", planned.ID, planned.Total),
		Text:    func(context.Context) (string, error) { return asked, nil },
	}
}
