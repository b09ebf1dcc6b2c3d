package tools

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"mailtrap-contacts-mcp/bulk"
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

var getJob = Tool[GetJobInput, GetJobOutput]{
	Name: "get_job", Title: "Follow a job", Toolset: Bulk, Effect: Reads,
	Description: "Shows how far an import or export is, also after a restart. Without job_id it lists the recent ones.",
	Accompanies: []string{"import_contacts", "export_contacts", "add_to_list"},
	Run:         (*Toolbox).getJob,
}

// GetJobInput names the job.
type GetJobInput struct {
	JobID       string `json:"job_id,omitempty" jsonschema_description:"As import_contacts or export_contacts answered it"`
	WaitSeconds *int64 `json:"wait_seconds,omitempty" jsonschema:"minimum=0,maximum=45" jsonschema_description:"How long to wait for the end; absent: 20"`
}

// GetJobOutput is one job, or the recent ones.
type GetJobOutput struct {
	Jobs []JobView `json:"jobs"`
	// One is set when a single job was asked for.
	One bool `json:"-"`
	// Omitted counts the jobs left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`
}

func (box *Toolbox) getJob(ctx context.Context, in GetJobInput) (GetJobOutput, error) {
	if in.JobID == "" {
		out := GetJobOutput{Jobs: []JobView{}}
		for _, status := range box.Bulk.Recent() {
			out.Jobs = append(out.Jobs, viewJob(status))
		}
		return out, nil
	}
	status, err := box.Bulk.Follow(ctx, in.JobID, waiting(ctx, in.WaitSeconds), progressOf(ctx))
	if err != nil {
		return GetJobOutput{}, err
	}
	return GetJobOutput{Jobs: []JobView{viewJob(status)}, One: true}, nil
}

// Summary is the text an agent reads.
func (out GetJobOutput) Summary() string {
	switch {
	case out.One:
		return out.Jobs[0].describe()
	case len(out.Jobs) == 0:
		return "This server has run no jobs since it was started, and no interrupted import was found. An earlier job is found by its id."
	}
	parts := []string{"Recent jobs, the newest first:"}
	for _, job := range out.Jobs {
		parts = append(parts, "- "+job.headline())
	}
	if out.Omitted > 0 {
		parts = append(parts, fmt.Sprintf("- and %d older ones", out.Omitted))
	}
	return strings.Join(parts, "\n")
}

// Shrink keeps the result within its bounds.
func (out GetJobOutput) Shrink(width int) Output {
	kept, omitted := capped(out.Jobs, max(1, width/8))
	out.Omitted = omitted
	out.Jobs = make([]JobView, len(kept))
	for i, job := range kept {
		out.Jobs[i] = job.shrink(width)
	}
	return out
}

// JobView is an import or export as results show it.
type JobView struct {
	JobID string `json:"job_id"`
	Kind  string `json:"kind" jsonschema:"enum=import,enum=export"`
	State string `json:"state" jsonschema:"enum=running,enum=finished,enum=failed,enum=stopped"`

	Rows           int          `json:"rows,omitempty" jsonschema_description:"Rows in the source"`
	Merged         int          `json:"merged,omitempty" jsonschema_description:"Rows that repeated an address"`
	ToSend         int          `json:"to_send,omitempty"`
	Sent           int          `json:"sent,omitempty" jsonschema_description:"Contacts Mailtrap has accepted"`
	Created        int          `json:"created,omitempty"`
	Updated        int          `json:"updated,omitempty"`
	OverLimit      int          `json:"over_limit,omitempty" jsonschema_description:"Contacts left out because the plan is full"`
	ErasedBefore   int          `json:"erased_before,omitempty" jsonschema_description:"Contacts who asked for erasure before"`
	TakenOut       int          `json:"taken_out,omitempty" jsonschema_description:"Rows of people erased since"`
	Rejected       int          `json:"rejected,omitempty"`
	Reasons        []ReasonView `json:"reasons,omitempty"`
	RejectedFile   string       `json:"rejected_file,omitempty"`
	UnsentFolder   string       `json:"unsent_folder,omitempty" jsonschema_description:"Folder with the rows not sent yet"`
	IgnoredColumns []string     `json:"ignored_columns,omitempty"`
	Counted        bool         `json:"counted,omitempty" jsonschema_description:"The counts are complete"`
	Applying       bool         `json:"applying,omitempty" jsonschema_description:"Mailtrap still works on what it has accepted"`

	Contacts int          `json:"contacts,omitempty" jsonschema_description:"Contacts exported"`
	Columns  []ColumnView `json:"columns,omitempty"`
	File     string       `json:"file,omitempty"`

	Note  string `json:"note,omitempty"`
	Error string `json:"error,omitempty"`
	// Omitted and OmittedIgnored count the columns left out because the result would be too long.
	Omitted        int `json:"omitted,omitempty"`
	OmittedIgnored int `json:"omitted_ignored_columns,omitempty"`
}

// ReasonView is why rows were rejected.
type ReasonView struct {
	Reason string `json:"reason"`
	Rows   int    `json:"rows"`
}

// ColumnView is how full a column of an export is.
type ColumnView struct {
	Name   string `json:"name"`
	Filled int    `json:"filled"`
}

func viewJob(status bulk.Status) JobView {
	view := JobView{
		JobID: status.ID, Kind: string(status.Kind), State: string(status.State),
		Rows: status.Read, Merged: status.Merged, ToSend: status.Total, Sent: status.Sent,
		Created: status.Created, Updated: status.Updated, OverLimit: status.OverLimit,
		Rejected: status.Rejected, RejectedFile: status.RejectedFile, UnsentFolder: status.UnsentFolder,
		IgnoredColumns: status.IgnoredColumns, Counted: status.Counted,
		Contacts: status.Contacts, File: status.File, Applying: status.Applying, ErasedBefore: status.ErasedBefore, TakenOut: status.TakenOut,
		Note: strings.TrimSpace(status.Note + " " + askedForErasure(status.ErasedBefore)),
	}
	for _, reason := range status.Reasons {
		view.Reasons = append(view.Reasons, ReasonView{Reason: reason.Text, Rows: reason.Rows})
	}
	for _, column := range status.Columns {
		view.Columns = append(view.Columns, ColumnView{Name: column.Name, Filled: column.Filled})
	}
	if status.Err != nil {
		view.Error = status.Err.Error()
	}
	return view
}

// shownIgnored is how many columns without a field are named.
const shownIgnored = 20

func (v JobView) shrink(width int) JobView {
	ignored, omitted := capped(v.IgnoredColumns, min(width, shownIgnored))
	v.IgnoredColumns, v.OmittedIgnored = clipAll(ignored, width), omitted
	kept, omitted := capped(v.Columns, width)
	v.Omitted = omitted
	v.Columns = make([]ColumnView, len(kept))
	for i, column := range kept {
		v.Columns[i] = ColumnView{Name: text.Clip(column.Name, width), Filled: column.Filled}
	}
	reasons := make([]ReasonView, len(v.Reasons))
	for i, reason := range v.Reasons {
		reasons[i] = ReasonView{Reason: text.ClipProse(reason.Reason, 2*width), Rows: reason.Rows}
	}
	v.Reasons = reasons
	v.Error = text.ClipProse(v.Error, 8*width)
	return v
}

func (v JobView) headline() string {
	switch {
	case v.Kind == string(bulk.Export) && v.State == string(bulk.Finished):
		return fmt.Sprintf("%s finished: %s in %s", v.JobID, text.Count(v.Contacts, "contact"), v.File)
	case v.Kind == string(bulk.Import) && v.Counted:
		return fmt.Sprintf("%s %s: %s created, %s updated", v.JobID, v.State, text.Number(v.Created), text.Number(v.Updated))
	}
	if v.State == string(bulk.Failed) {
		return v.JobID + " failed"
	}
	if v.State == string(bulk.Stopped) {
		return fmt.Sprintf("%s stopped half-way: %s of %s sent; get_job with this job_id says how to go on", v.JobID, text.Number(v.Sent), text.Count(v.ToSend, "contact"))
	}
	return v.JobID + " is " + v.State
}

// describe is the job in lines of text.
func (v JobView) describe() string {
	if v.Kind == string(bulk.Export) {
		return v.describeExport()
	}
	return v.describeImport()
}

func (v JobView) describeImport() string {
	var head string
	switch bulk.State(v.State) {
	case bulk.Finished:
		head = fmt.Sprintf("Import finished: %s created, %s updated.", text.Number(v.Created), text.Number(v.Updated))
		if v.Rows > 0 && v.Created+v.Updated < v.Rows-v.Merged {
			head = fmt.Sprintf("Import finished: %s of %s imported (%s created, %s updated).", text.Number(v.Created+v.Updated),
				text.Count(v.Rows-v.Merged, "contact"), text.Number(v.Created), text.Number(v.Updated))
		}
		head += " " + applied
	case bulk.Running:
		head = "Import is running"
		if v.ToSend > 0 {
			head += fmt.Sprintf(": %s of %s sent", text.Number(v.Sent), text.Count(v.ToSend, "contact"))
		}
		head += ". Follow it with get_job."
	case bulk.Stopped:
		head = fmt.Sprintf("Import stopped half-way: %s of %s sent, %s created, %s updated so far.", text.Number(v.Sent),
			text.Count(v.ToSend, "contact"), text.Number(v.Created), text.Number(v.Updated))
		if v.Applying {
			head += " Mailtrap is still importing the rest of those sent."
		}
	default:
		head = fmt.Sprintf("Import failed: %s created, %s updated before that.", text.Number(v.Created), text.Number(v.Updated))
	}
	return lines(head, v.Note, v.Error, v.leftOut(), v.unsent(), "job_id: "+v.JobID)
}

// leftOut names what of the source did not go in, and why.
func (v JobView) leftOut() string {
	var parts []string
	if v.Merged > 0 {
		parts = append(parts, text.Count(v.Merged, "row")+" repeated an address and "+was(v.Merged)+" merged.")
	}
	if v.TakenOut > 0 {
		parts = append(parts, text.Count(v.TakenOut, "row")+" "+was(v.TakenOut)+" taken out since, because the person was erased.")
	}
	if v.OverLimit > 0 {
		parts = append(parts, text.Count(v.OverLimit, "contact")+" did not fit the plan's contact limit and "+was(v.OverLimit)+" left out.")
	}
	if v.Rejected > 0 {
		where := ""
		if v.RejectedFile != "" {
			where = "; " + they(v.Rejected) + " in " + v.RejectedFile + ", with the reason for each; what is mended there can be imported again"
		}
		parts = append(parts, fmt.Sprintf("%s rejected%s.", text.Count(v.Rejected, "row"), where))
		others := v.Rejected
		for _, reason := range v.Reasons {
			parts = append(parts, fmt.Sprintf("- %s: %s", text.Count(reason.Rows, "row"), reason.Reason))
			others -= reason.Rows
		}
		if others > 0 && len(v.Reasons) > 0 {
			parts = append(parts, "- "+text.Count(others, "row")+" for other reasons")
		}
	}
	if len(v.IgnoredColumns) > 0 {
		quoted := make([]string, len(v.IgnoredColumns))
		for i, column := range v.IgnoredColumns {
			quoted[i] = text.Quote(column)
		}
		parts = append(parts, "Columns without a field, left out: "+strings.Join(quoted, ", ")+more(v.OmittedIgnored, "column")+". To bring one in, say with mapping which field it goes into, or import again with create_fields: true.")
	}
	return strings.Join(parts, "\n")
}

func (v JobView) unsent() string {
	running := v.State == string(bulk.Running)
	switch {
	case v.UnsentFolder == "" && running && v.Sent < v.ToSend:
		return "Until it is sent it is kept in this server's memory only; if the server is stopped before, import again."
	case v.UnsentFolder == "":
		return ""
	case running:
		return "Rows not sent yet are kept in " + v.UnsentFolder + " until they are."
	}
	return "Rows that were not sent are in " + filepath.Join(v.UnsentFolder, "not-sent-*.csv") +
		": import each file with the same lists (job.json beside them has their ids), then delete the folder; nobody is doubled."
}

func (v JobView) describeExport() string {
	switch bulk.State(v.State) {
	case bulk.Running:
		return lines("Export is running. Follow it with get_job.", "job_id: "+v.JobID)
	case bulk.Finished:
		if v.Contacts == 0 {
			return lines("Export finished: no contact fits, so "+v.File+" has a header only.", "job_id: "+v.JobID)
		}
		columns := make([]string, len(v.Columns))
		for i, column := range v.Columns {
			columns[i] = fmt.Sprintf("%s %s", text.Quote(column.Name), share(column.Filled, v.Contacts))
		}
		return lines(fmt.Sprintf("Exported %s to %s", text.Count(v.Contacts, "contact"), v.File),
			"Filled: "+strings.Join(columns, ", ")+more(v.Omitted, "column"), v.Note, "job_id: "+v.JobID)
	}
	return lines("Export "+v.State+".", v.Error, "job_id: "+v.JobID)
}

func they(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// share is a part of a whole in percent, never rounded to all or nothing.
func share(part, whole int) string {
	percent := (part*200 + whole) / (2 * whole)
	switch {
	case percent == 0 && part > 0:
		return "<1%"
	case percent == 100 && part < whole:
		return ">99%"
	}
	return fmt.Sprintf("%d%%", percent)
}
