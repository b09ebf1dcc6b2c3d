package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// defaultWait is how long slow work is waited for when the call does not say; clients give up after 60 seconds.
const defaultWait = 20

// answerTime is what is left of a call's time for its answer when the waiting ends.
const answerTime = 3 * time.Second

// waiting is the wait_seconds argument; absent means defaultWait, 0 means not at all. What was done before may have used
// up the call's time, and an answer without the job's id would be worse than a short wait.
func waiting(ctx context.Context, seconds *int64) time.Duration {
	wait := defaultWait * time.Second
	if seconds != nil {
		wait = time.Duration(*seconds) * time.Second
	}
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline)-answerTime)
	}
	return max(wait, 0)
}

// waitsElsewhere answers those who would say how long to wait where work is begun.
var waitsElsewhere = map[string]string{"wait_seconds": fmt.Sprintf(
	"only apply_plan and get_job take it; this call waits up to %d seconds", defaultWait)}

var getJob = Tool[GetJobInput, GetJobOutput]{
	Name: "get_job", Title: "Follow a job", Toolset: Bulk, Effect: Reads,
	Description: "Shows how far a job is, also after a restart. Without job_id it lists recent jobs and open plans.",
	Example:     `{"job_id": "import-20261127-k7m2x9qd", "wait_seconds": 30}`,
	Accompanies: plans,
	Run:         (*Toolbox).getJob,
}

// GetJobInput names the job.
type GetJobInput struct {
	JobID       string `json:"job_id,omitempty" jsonschema_description:"Absent: the recent jobs"`
	WaitSeconds *int64 `json:"wait_seconds,omitempty" jsonschema:"minimum=0,maximum=45" jsonschema_description:"How long to wait for the end; absent: 20"`
}

// GetJobOutput is one job, or the recent ones.
type GetJobOutput struct {
	Jobs []JobView `json:"jobs"`
	// One is set when a single job was asked for.
	One bool `json:"-"`
	// Omitted counts the jobs left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`

	omittedPlans int // how many of these are plans
}

func (box *Toolbox) getJob(ctx context.Context, in GetJobInput) (GetJobOutput, error) {
	if in.JobID == "" {
		out := GetJobOutput{Jobs: []JobView{}}
		recent, err := box.Bulk.Recent(ctx)
		for _, status := range recent {
			out.Jobs = append(out.Jobs, viewJob(status))
		}
		return out, err
	}
	job, err := box.follow(ctx, strings.TrimSpace(in.JobID), waiting(ctx, in.WaitSeconds))
	return GetJobOutput{Jobs: []JobView{job}, One: true}, err
}

// namedProblems is how many contacts with problems a result looks up.
const namedProblems = 20

// follow waits for a job to end, and shows it as it stands then.
func (box *Toolbox) follow(ctx context.Context, id string, wait time.Duration) (JobView, error) {
	status, err := box.Bulk.Follow(ctx, id, wait, progressOf(ctx))
	if err != nil {
		return JobView{}, err
	}
	return box.showJob(ctx, status)
}

func (box *Toolbox) showJob(ctx context.Context, status bulk.Status) (JobView, error) {
	view := box.viewPlan(ctx, status).noted([]string{box.canNowUndo(ctx, status), box.restOf(ctx, status)})
	if view.WaitsFor != "" {
		held, err := box.heldUp(ctx, view.WaitsFor)
		if err != nil {
			return JobView{}, err
		}
		view.Note = strings.TrimSpace(view.Note + " " + held)
	}
	if bad := view.NotFound + view.Refused + view.Unknown + view.Unasked; bad+view.NoMail > 0 {
		problems, err := box.Bulk.Problems(ctx, status.ID, namedProblems)
		if err != nil {
			return JobView{}, err
		}
		shown := 0
		for _, problem := range problems {
			view.Problems = append(view.Problems, ProblemView(problem))
			if problem.Outcome != bulk.NoMail {
				shown++
			}
		}
		if shown > 0 {
			view.OmittedProblems = max(0, bad-shown)
		}
	}
	return view, nil
}

// heldUp says what to do where the job that is waited for is not this server's to carry out.
func (box *Toolbox) heldUp(ctx context.Context, id string) (string, error) {
	first, err := box.Bulk.Follow(ctx, id, 0, nil)
	if fault.Is(err, fault.NotFound) { // it has ended meanwhile
		return "", nil
	}
	if err != nil || first.State != bulk.Running || box.offers(first.Tool) {
		return "", err
	}
	said := id + " was started with " + text.Word(first.Tool, 60) +
		", which this server does not offer: it continues only while a server that offers it runs on the same data folder. Ask " +
		"the operator to start one"
	if box.offers("cancel_job") {
		said += ", or stop it with cancel_job"
	}
	return said + ".", nil
}

// Summary is the text an agent reads.
func (out GetJobOutput) Summary() string {
	switch {
	case out.One:
		return lines(out.Jobs[0].describe(), out.Jobs[0].next())
	case len(out.Jobs) == 0:
		return "There are no jobs of this account, and no open plans."
	}
	parts := []string{"Recent jobs, those that run first, and plans that were not applied:"}
	for _, job := range out.Jobs {
		parts = append(parts, "- "+job.headline())
	}
	switch {
	case out.omittedPlans > 0:
		parts = append(parts, fmt.Sprintf("- and %d more, %d of them plans", out.Omitted, out.omittedPlans))
	case out.Omitted > 0:
		parts = append(parts, fmt.Sprintf("- and %d more", out.Omitted))
	}
	return strings.Join(parts, "\n")
}

// Shrink keeps the result within its bounds.
func (out GetJobOutput) Shrink(width int) Output {
	kept, omitted := capped(out.Jobs, max(1, width/8))
	out.Omitted, out.omittedPlans = omitted, 0
	for _, job := range out.Jobs[len(kept):] {
		if job.State == string(bulk.Planned) {
			out.omittedPlans++
		}
	}
	out.Jobs = make([]JobView, len(kept))
	for i, job := range kept {
		out.Jobs[i] = job.shrink(width)
		if !out.One {
			out.Jobs[i] = out.Jobs[i].brief()
		}
	}
	return out
}

// brief is a job as a list of jobs shows it.
func (v JobView) brief() JobView {
	v.Reasons, v.Named, v.Gaps, v.Filled, v.Sample = nil, nil, nil, nil, nil
	v.Missing, v.IgnoredColumns, v.Automations, v.Problems, v.CreatedLists = nil, nil, nil, nil, nil
	v.Note, v.OmittedProblems = "", 0
	return v
}

var cancelJob = Tool[CancelJobInput, JobOutput]{
	Name: "cancel_job", Title: "Cancel a job", Toolset: Bulk, Effect: Sets, AnswersJob: true,
	Description: "Stops a job, or drops a plan: nothing more is sent. What was sent stays.",
	Example:     `{"job_id": "import-20261127-k7m2x9qd"}`,
	Accompanies: plans,
	Run: func(box *Toolbox, ctx context.Context, in CancelJobInput) (JobOutput, error) {
		status, err := box.Bulk.Cancel(ctx, strings.TrimSpace(in.JobID))
		if err != nil {
			return JobOutput{}, err
		}
		job, err := box.showJob(ctx, status)
		if status.State.Ended() && status.State != bulk.Cancelled {
			job = job.noted([]string{"It had ended before it could be cancelled: nothing was stopped."})
		}
		return JobOutput{Job: job}, err
	},
}

// CancelJobInput names the job.
type CancelJobInput struct {
	JobID string `json:"job_id" jsonschema:"minLength=1" jsonschema_description:"Of a job or a plan"`
}

// JobOutput is a plan or job as it stands.
type JobOutput struct {
	Job JobView `json:"job"`
}

// Summary is the text an agent reads.
func (out JobOutput) Summary() string { return lines(out.Job.describe(), out.Job.next()) }

// Shrink keeps the result within its bounds.
func (out JobOutput) Shrink(width int) Output {
	out.Job = out.Job.shrink(width)
	return out
}

const (
	// DefaultPreviewAbove is how many contacts a bulk write may be for without a preview, unless the operator says otherwise.
	DefaultPreviewAbove = 1000
	// deletesUnseen is how many contacts may be deleted without a preview, if the operator allows as many.
	deletesUnseen = 25
)

// deletesAbove is how many contacts may be deleted without a preview.
func (box *Toolbox) deletesAbove() int { return min(deletesUnseen, box.PreviewAbove) }

// unseen refuses a write for more named contacts than may be written without a preview. One whose contacts are not named
// becomes a plan first, which previewOrRun looks at.
func unseen(who bulk.Selection, preview bool, limit int) error {
	if preview || len(who.Contacts) <= limit {
		return nil
	}
	return needsPreview(len(who.Contacts), limit)
}

// previewOrRun answers with a plan, or carries it out and waits defaultWait. One for more contacts than may be written unseen is dropped.
func (box *Toolbox) previewOrRun(ctx context.Context, planned bulk.Status, preview bool, limit int) (JobView, error) {
	planned.Notes = append(planned.Notes, box.alike(ctx, planned.Spec.CreateLists))
	switch {
	case planned.Total == 0 && planned.NewOptOuts == 0: // all is as it is to be
		box.Bulk.Discard(ctx, planned.ID)
		planned.Tally.Remembered = true // by an earlier import
		return viewJob(planned).dropped().noted(planned.Notes), nil
	case preview:
		view, err := box.preview(ctx, planned)
		if err != nil {
			box.Bulk.Discard(ctx, planned.ID)
		}
		return view, err
	case planned.Total > limit:
		box.Bulk.Discard(ctx, planned.ID)
		return JobView{}, needsPreview(planned.Total, limit)
	case planned.Source.Released() > 0:
		box.Bulk.Discard(ctx, planned.ID)
		return JobView{}, fault.New(fault.NeedsPreview,
			"mapping releases "+text.Count(planned.Source.Released(), "row")+" of people whose file leaves open whether they may be mailed.",
			"In doubt are "+released(planned.Source)+".",
			"Nothing was sent. Repeat the call with preview: true, show the operator what it says, and carry it out with apply_plan.")
	}
	warning, err := box.mayHaveSubscribed(ctx, planned)
	if err != nil {
		box.Bulk.Discard(ctx, planned.ID)
		return JobView{}, err
	}
	job, err := box.runPlan(ctx, planned.ID, nil)
	if fault.Is(err, fault.FileAccess) { // it was not started, and nobody has seen it to start it later
		box.Bulk.Discard(ctx, planned.ID)
	}
	return job.noted(append(planned.Notes, besides(planned), warning)), err
}

// dropped is a plan that was not kept because it would change nothing.
func (v JobView) dropped() JobView {
	v.NothingToDo, v.PlanID, v.State, v.RejectedFile = true, "", string(bulk.Finished), "" // the file goes with the plan
	return v
}

// preview shows a plan: whom it is for, how they stand, and which lists they would join.
func (box *Toolbox) preview(ctx context.Context, planned bulk.Status) (JobView, error) {
	s, err := box.seeFor(ctx, planned)
	if err != nil {
		return JobView{}, err
	}
	if s != nil && planned.Who.There == nil {
		defer s.Release()
	}
	match, err := box.match(ctx, &planned, s)
	if err != nil {
		return JobView{}, err
	}
	if match.isNobody(planned) {
		box.Bulk.Discard(ctx, planned.ID)
		view := viewJob(planned).dropped().noted(planned.Notes)
		view.Match = match
		return view, nil
	}
	joins, err := box.joins(ctx, planned, match, s)
	if err != nil {
		return JobView{}, err
	}
	notes := slices.Concat(planned.Notes, []string{joins, besides(planned), maySubscribe(planned, match), box.undoable(planned)})
	view := box.viewPlan(ctx, planned).noted(notes)
	view.Match = match
	if planned.Spec.Known || planned.Spec.Compared != nil {
		still, err := box.stillWriting(ctx)
		if err != nil {
			return JobView{}, err
		}
		view.Note = strings.TrimSpace(view.Note + " " + SnapshotView{Running: still}.unfinished())
	}
	if err := box.Bulk.Replace(ctx, planned); err != nil {
		box.Log.WarnContext(ctx, "earlier plans of the same could not be dropped; they expire", "cause", err)
	}
	return view, nil
}

// viewPlan is a job, or a plan with why it cannot be carried out.
func (box *Toolbox) viewPlan(ctx context.Context, status bulk.Status) JobView {
	view := viewJob(status)
	switch {
	case status.State != bulk.Planned:
	case !box.offers("apply_plan"):
		view.withheld = "No tool of this server carries it out."
	case status.Kind == bulk.Undo:
		view.withheld = box.refusesUnasked(ctx, unaskedUndoing(status.Spec.Undo, status.Total))
	}
	return view
}

// noneKnown is the fault of a job all of whose contacts are unknown: of as few as its answer would name.
func noneKnown(job JobView) error {
	if job.State != string(bulk.Finished) || job.NotFound == 0 || job.NotFound < job.Contacts || job.OmittedProblems > 0 {
		return nil
	}
	names := make([]string, len(job.Problems))
	for i, problem := range job.Problems {
		names[i] = text.Word(problem.Contact, 80)
	}
	return fault.New(fault.NotFound, "None of "+text.Count(job.Contacts, "contact")+" is known: "+text.Listing(names, namedProblems)+".",
		"Contacts are found by their exact address or UUID only.", "Nothing was done; check the spelling.")
}

// noted is the job with what is worth saying of how its contacts were chosen.
func (v JobView) noted(notes []string) JobView {
	v.Note = strings.TrimSpace(v.Note + " " + strings.Join(notes, " "))
	return v
}

// runPlan carries a plan out and waits. A job that failed before anything was sent is the call's failure.
func (box *Toolbox) runPlan(ctx context.Context, id string, wait *int64) (JobView, error) {
	if err := box.Bulk.Apply(ctx, id, confirmed(ctx)); err != nil {
		return JobView{}, err
	}
	status, err := box.Bulk.Follow(ctx, id, waiting(ctx, wait), progressOf(ctx))
	if err != nil {
		return JobView{}, err
	}
	if status.State == bulk.Failed && status.Worked() == 0 && status.Tally.Sent == 0 {
		return JobView{}, afterPreparing(status)
	}
	return box.showJob(ctx, status)
}

// afterPreparing is the failure of a job that has sent nothing; it names the lists and fields that were created for it.
func afterPreparing(failed bulk.Status) error {
	var lists, fields []string
	for _, list := range failed.Spec.CreateLists {
		if list.ID != 0 {
			lists = append(lists, list.Name)
		}
	}
	if failed.Tally.Prepared {
		for _, field := range failed.Spec.CreateFields {
			fields = append(fields, field.MergeTag)
		}
	}
	const next = "Nobody was added or changed; a repeat of the call uses the %s that exist now."
	err := afterMaking("list", lists, failed.Err(), fmt.Sprintf(next, "lists"))
	return afterMaking("field", fields, err, fmt.Sprintf(next, "fields"))
}
