package tools

import (
	"context"
	"fmt"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// ahead says that jobs asked for before still have people to do whom this call has written.
func (box *Toolbox) ahead(ctx context.Context, people ...string) string {
	jobs, err := box.Bulk.Ahead(ctx, people...)
	if err != nil {
		box.Log.WarnContext(ctx, "the jobs that are running could not be looked at", "cause", err)
		return "Whether a running job still has to do this could not be found out; get_job without job_id lists the jobs."
	}
	if len(jobs) == 0 {
		return ""
	}
	return "Careful: " + text.Listing(jobs, 3) +
		" was requested earlier, still has to do this, and may overwrite what this call wrote. See with get_job when it has ended."
}

// stillWriting says that numbers from a snapshot lack what running jobs have not done yet.
func (box *Toolbox) stillWriting(ctx context.Context) (string, error) {
	open, err := box.Bulk.Writing(ctx)
	if err != nil || len(open) == 0 {
		return "", err
	}
	ids := make([]string, len(open))
	for i, job := range open {
		ids[i] = job.ID
	}
	return "Still running, and not wholly in these numbers: " + text.Listing(ids, 3) + ".", nil
}

// undisturbed refuses a sync while a job that has not ended changes who is in its target: the comparison would miss what
// that job has still to do.
func (box *Toolbox) undisturbed(ctx context.Context, request bulk.SyncRequest) error {
	open, err := box.Bulk.Writing(ctx)
	for _, job := range open {
		changes := request.List == nil && request.UnsubscribeMissing &&
			(job.Kind == bulk.Import || job.Kind == bulk.Delete || job.Spec.Unsubscribed != nil)
		if changes || request.List != nil && job.Moves(*request.List) {
			return fault.New(fault.Conflict, fmt.Sprintf("%s is still changing who is in the target: %s of %s done.", job.ID,
				text.Number(job.Worked()), text.Count(job.Total, "contact")),
				"A comparison with the target now would be wrong.",
				"Nothing was planned. Wait for it with get_job, or stop it with cancel_job, and repeat the call.")
		}
	}
	return err
}
