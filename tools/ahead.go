package tools

import (
	"context"
	"fmt"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// ahead says that jobs asked for before still have people to do whom this call has written.
func (box *Toolbox) ahead(ctx context.Context, people ...string) string {
	jobs, err := box.Bulk.Ahead(ctx, people...)
	if said := box.unlooked(ctx, err); said != "" || len(jobs) == 0 {
		return said
	}
	return "Careful: " + text.Listing(jobs, 3) +
		" was requested earlier, still has to do this, and may overwrite what this call wrote. See with get_job when it has ended."
}

// changing says that jobs still have people to do whom this call has looked at.
func (box *Toolbox) changing(ctx context.Context, people ...string) string {
	ids, err := box.Bulk.Ahead(ctx, people...)
	var open []bulk.Status
	if err == nil && len(ids) > 0 {
		open, err = box.Bulk.Writing(ctx)
	}
	if said := box.unlooked(ctx, err); said != "" {
		return said
	}
	var jobs []string
	for _, job := range open {
		if slices.Contains(ids, job.ID) {
			jobs = append(jobs, isDoing(job))
		}
	}
	if len(jobs) == 0 {
		return ""
	}
	return "Still to come for this contact: " + text.Listing(jobs, 3) + "."
}

func (box *Toolbox) unlooked(ctx context.Context, err error) string {
	if err == nil {
		return ""
	}
	box.Log.WarnContext(ctx, "the jobs that are running could not be looked at", "cause", err)
	return "Whether a running job still has to do this could not be found out; get_job without job_id lists the jobs."
}

// stillWriting are the jobs that still change contacts, each with what it does and how far it is.
func (box *Toolbox) stillWriting(ctx context.Context) (jobs []string, err error) {
	open, err := box.Bulk.Writing(ctx)
	for _, job := range open {
		if job.Kind.ChangesContacts() {
			jobs = append(jobs, isDoing(job))
		}
	}
	return jobs, err
}

// isDoing says what a running job does, to how many contacts, and how far it is.
func isDoing(job bulk.Status) string {
	does, how := kinds[job.Kind].doing, ""
	switch change := doesWhat(job); {
	case change == "unsubscribe":
		does = "unsubscribing"
	case job.Kind == bulk.Update || !job.Kind.ChangesContacts():
		how = " (" + text.ClipProse(change, 100) + ")"
	}
	now := "is"
	if job.Behind != "" {
		now = "waits, and then goes on"
	}
	return fmt.Sprintf("%s %s %s %s%s, %s done", job.ID, now, does, text.Count(job.Total, nounOf(job)), how, text.Number(job.Worked()))
}

// undisturbed refuses a sync while a job that has not ended changes who is in its target: the comparison would miss what
// that job has still to do.
func (box *Toolbox) undisturbed(ctx context.Context, request bulk.SyncRequest) error {
	open, err := box.Bulk.Writing(ctx)
	for _, job := range open {
		if job.Disturbs(request) {
			return disturbing(job, "changing who is in the target", "A comparison with the target now would be wrong.")
		}
	}
	return err
}

// unfilled refuses to give a field another merge tag, or to delete it, while a job writes into it: what the job has still to do
// would fail, or go into another field that takes the merge tag.
func (box *Toolbox) unfilled(ctx context.Context, field apiclient.Field) error {
	open, err := box.Bulk.WritingInto(ctx, field)
	if err != nil || len(open) == 0 {
		return err
	}
	return disturbing(open[0], "writing into the field "+text.Word(field.MergeTag, 80),
		"It names the field by its merge tag, which could then be another field's.")
}

// disturbing refuses what a running job would disturb.
func disturbing(job bulk.Status, does, why string) error {
	return fault.New(fault.Conflict, fmt.Sprintf("%s is still %s: %s of %s done.", job.ID, does, text.Number(job.Worked()),
		text.Count(job.Total, nounOf(job))), why,
		"Nothing was changed. Wait for it with get_job, or stop it with cancel_job, and repeat the call.")
}
