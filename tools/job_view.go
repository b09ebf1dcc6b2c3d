package tools

import (
	"maps"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

// JobView is a plan or job as results show it. Every contact of one that has ended is counted in exactly one of created,
// updated, over_limit, done, unchanged, not_found, unsubscribed, refused, erased_meanwhile, outcome_unknown, created_unasked,
// on_the_way and not_sent.
type JobView struct {
	JobID  string `json:"job_id,omitempty"`
	PlanID string `json:"plan_id,omitempty" jsonschema_description:"For apply_plan; the job has the same id"`
	Kind   string `json:"kind" jsonschema:"enum=import,enum=update,enum=delete,enum=event,enum=undo,enum=suppress"`
	State  string `json:"state" jsonschema:"enum=planned,enum=running,enum=finished,enum=failed_in_part,enum=failed,enum=cancelled"`
	What   string `json:"what,omitempty"`
	Who    string `json:"who,omitempty" jsonschema_description:"The condition by which they were chosen"`

	Rows         int          `json:"rows,omitempty"`
	Merged       int          `json:"merged,omitempty" jsonschema_description:"Rows that repeated an address"`
	Rejected     int          `json:"rejected,omitempty"`
	Reasons      []ReasonView `json:"reasons,omitempty"`
	RejectedFile string       `json:"rejected_file,omitempty"`
	Named        []RowView    `json:"rejected_rows,omitempty"`
	Unread       int          `json:"unread_rows,omitempty"`
	Gaps         []string     `json:"gaps,omitempty" jsonschema_description:"What of the source may be missing"`
	Contacts     int          `json:"contacts,omitempty"`
	ErasedBefore int          `json:"erased_before,omitempty"`

	Sent         int `json:"sent,omitempty" jsonschema_description:"Contacts Mailtrap has accepted in imports"`
	Created      int `json:"created,omitempty"`
	Updated      int `json:"updated,omitempty"`
	OverLimit    int `json:"over_limit,omitempty" jsonschema_description:"Left out because the plan of the account is full"`
	Done         int `json:"done,omitempty"`
	Unchanged    int `json:"unchanged,omitempty"`
	NotFound     int `json:"not_found,omitempty"`
	Unsubscribed int `json:"unsubscribed,omitempty"`
	Refused      int `json:"refused,omitempty"`
	TakenOut     int `json:"erased_meanwhile,omitempty"`
	Unknown      int `json:"outcome_unknown,omitempty"`
	Unasked      int `json:"created_unasked,omitempty" jsonschema_description:"Created though the job must create nobody"`
	NotSent      int `json:"not_sent,omitempty"`
	NoMail       int `json:"no_mail,omitempty" jsonschema_description:"Contacts on its lists who are unsubscribed and get no marketing mail"`
	OnTheWay     int `json:"on_the_way,omitempty" jsonschema_description:"Accepted by Mailtrap, which goes on with them"`

	CreatedLists []ListView    `json:"created_lists,omitempty"`
	Problems     []ProblemView `json:"problems,omitempty"`
	ReportFile   string        `json:"report_file,omitempty"`
	Doing        string        `json:"doing,omitempty"`

	Match       *MatchView      `json:"match,omitempty" jsonschema_description:"Whom of those named the account has"`
	Difference  *DifferenceView `json:"difference,omitempty" jsonschema_description:"Against a fresh snapshot"`
	NothingToDo bool            `json:"nothing_to_do,omitempty"`
	Filled      []ColumnView    `json:"filled,omitempty" jsonschema_description:"Contacts that get a value, by field"`
	Sample      []SampleView    `json:"sample,omitempty"`
	Missing     []string        `json:"missing,omitempty" jsonschema_description:"Some who are not in the source"`
	Seconds     int             `json:"seconds,omitempty" jsonschema_description:"About how long it takes, or still takes"`
	Requests    int             `json:"requests,omitempty"`
	Automations []string        `json:"automations,omitempty" jsonschema_description:"What automations that it may start wait for"`
	Expires     string          `json:"expires,omitempty"`
	PerMinute   int             `json:"per_minute,omitempty"`
	Stopping    bool            `json:"stopping,omitempty"`
	WaitsFor    string          `json:"waits_for,omitempty"`
	Change      int64           `json:"change_id,omitempty"`

	IgnoredColumns []string `json:"ignored_columns,omitempty"`
	Note           string   `json:"note,omitempty"`
	Error          string   `json:"error,omitempty"`
	// Unclear is set when nobody knows how long it still takes, and Doubtful when Mailtrap's own word on imports leaves
	// outcomes unknown: who is concerned stands in the file of rejected rows.
	Unclear  bool   `json:"-"`
	Doubtful bool   `json:"-"`
	sync     bool   // what is not in the source is missing
	target   string // what a sync makes like its source
	fromList bool   // whoever is missing from the source of a sync leaves the list
	removed  int    // how many of the updated left lists
	lists    string // what they left: the list, lists
	creates  bool   // it creates fields, or no tool here does
	withheld string // why apply_plan cannot carry it out, and what to do instead
	missing  string // what becomes of those who are no contacts: skipped, created
	noun     string // what those are whom it is for
	did      string // what it did to each of its contacts, where that is one thing
	was      string // what those were to whom there was nothing to do
	// previewed is set where a preview has named the rows that were rejected then, and a file has them.
	previewed bool
	imports   int               // how many of the requests are imports, on which Mailtrap works
	foreseen  int               // how many of the reasons are of rows that were rejected when the job was planned
	likely    []intake.Proposal // columns that probably belong in fields of the account
	place     string            // what rows are counted in: line, row
	skipped   int               // how many of the rejected are role addresses that the call leaves out
	unmailed  int               // how many of the rejected are people who may not be mailed, or of whom that is open
	// What was left out because the result would be too long.
	OmittedIgnored  int `json:"omitted_ignored_columns,omitempty"`
	OmittedProblems int `json:"omitted_problems,omitempty"`
}

// RowView is a row of the source that is not sent.
type RowView struct {
	Line   int    `json:"line"`
	Email  string `json:"email,omitempty"`
	Reason string `json:"reason"`

	reason int // its number among the reasons; -1 where it is not among them
}

// ReasonView is why rows or contacts were not sent.
type ReasonView struct {
	Reason string `json:"reason"`
	Rows   int    `json:"rows"`
}

// ColumnView is how full a column or field is.
type ColumnView struct {
	Name   string `json:"name"`
	Filled int    `json:"filled"`
}

// ProblemView is a contact that could not be dealt with.
type ProblemView struct {
	Contact string `json:"contact"`
	Outcome string `json:"outcome"`
	Reason  string `json:"reason,omitempty"`
}

// SampleView is a contact as it would be sent.
type SampleView struct {
	Email  string        `json:"email"`
	Fields schema.Object `json:"fields,omitempty"`
}

func viewJob(status bulk.Status) JobView {
	t, source := status.Tally, status.Source
	updated, done := status.Updated()
	view := JobView{
		JobID: status.ID, Kind: string(status.Kind), State: string(status.State), What: doesWhat(status),
		Rows: source.Read, Merged: source.Merged, Rejected: source.Rejected, RejectedFile: text.Path(t.RejectedFile),
		Contacts: status.Total, ErasedBefore: source.ErasedBefore,
		Sent: t.Sent, Created: t.Created, Updated: updated, OverLimit: t.OverLimit, Done: done, Unchanged: t.Unchanged + t.Same,
		NotFound: t.NotFound, Unsubscribed: t.Unsubscribed, Refused: t.Refused, TakenOut: t.TakenOut,
		Unknown: t.Unknown + t.InDoubt, Unasked: t.Unasked, NoMail: t.NoMail, missing: "skipped",
		ReportFile: text.Path(t.ReportFile), Stopping: status.Stopping && status.State == bulk.Running, Change: status.Change,
		Difference: viewDifference(status.Spec.Compared), IgnoredColumns: source.Ignored, Note: askedForErasure(source.ErasedBefore),
	}
	if found := status.Spec.Matched; found != nil && status.State == bulk.Planned {
		view.Match = &MatchView{Existing: found.Existing, AtMost: found.Why}
	}
	if status.Creates() {
		view.missing = "to be created"
	}
	view.did, view.was = didWhat(status)
	view.noun = nounOf(status)
	view.unmailed = source.OptedOut + source.HeldBack
	if source.Roles.Skipped {
		view.skipped = source.Roles.Count
	}
	view.likely = likely(source.Proposed)
	if status.Spec.Known {
		view.Who = status.Spec.Source
	}
	if status.State == bulk.Running {
		view.WaitsFor = status.Behind
	}
	if view.place = "line"; source.Given {
		view.place = "row"
	}
	view.creates = len(status.Spec.CreateFields) > 0
	view.addTarget(status)
	view.addLists(status)
	switch status.State {
	case bulk.Planned:
	case bulk.Running:
		view.NotSent = status.Left()
		if t.Failing.HasBegun() || t.Until > 0 { // of the others the counts say it
			view.Doing = status.Doing(time.Now())
		}
	default:
		view.NotSent = status.Left()
		view.OnTheWay = max(0, status.Total-view.worked()-view.NotSent)
	}
	if err := status.Err(); err != nil {
		view.Error = err.Error()
	}
	view.addNotes(t)
	view.Note = strings.TrimSpace(view.Note + " " + remembers(status))
	view.Doubtful = len(t.Doubts) > 0
	return view.estimated(status)
}

// likely are the columns whose name seems to mean a field that the account has.
func likely(proposed []intake.Proposal) []intake.Proposal {
	return slices.DeleteFunc(slices.Clone(proposed), func(one intake.Proposal) bool { return one.Likely == "" })
}

// addTarget adds what a sync makes like its source, and what contacts leave.
func (v *JobView) addTarget(status bulk.Status) {
	v.removed, v.fromList, v.lists = status.Tally.Removed, status.Spec.SyncTo != nil, "lists"
	if v.fromList || len(status.Spec.Leave) == 1 {
		v.lists = "the list"
	}
	if v.sync = status.Spec.Sync; v.sync {
		v.target = "the account"
		if list := status.Spec.SyncTo; list != nil {
			v.target = "the list " + viewList(*list).String()
		}
		v.Unread, v.Gaps = status.Source.Unread, status.Source.Gaps
	}
}

// addLists adds the rows, reasons, columns and lists that a job names.
func (v *JobView) addLists(status bulk.Status) {
	for _, row := range status.Source.Named {
		at := slices.IndexFunc(status.Source.Reasons, func(reason intake.Reason) bool { return reason.Covers(row.Reason) })
		v.Named = append(v.Named, RowView{row.Line, text.Clip(row.Email, 80), row.Reason, at})
	}
	v.foreseen = len(status.Source.Reasons)
	for _, reason := range append(append([]intake.Reason{}, status.Source.Reasons...), status.Tally.Reasons...) {
		v.Reasons = append(v.Reasons, ReasonView{reason.Text, reason.Rows})
	}
	for _, list := range status.Spec.CreateLists {
		if list.ID != 0 {
			v.CreatedLists = append(v.CreatedLists, ListView{ID: list.ID, Name: text.Clean(list.Name)})
		}
	}
}

// addNotes adds what has to be known to understand the counts.
func (v *JobView) addNotes(t bulk.Tally) {
	if t.OtherRejected != "" {
		v.Note = strings.TrimSpace(v.Note + " Somebody changed the file of rejected rows meanwhile, so later ones are in " +
			t.OtherRejected + ".")
	}
	if t.Rerouted {
		v.Note = strings.TrimSpace(v.Note +
			" An earlier version of this server planned it; its contacts are looked up before they are written, so that nobody is created.")
	}
	if t.Repeated && t.Updated > 0 {
		v.Note = strings.TrimSpace(v.Note +
			" A request was repeated because its answer was lost, so contacts that were created may count as updated.")
	}
	for _, why := range t.Doubts {
		v.Note = strings.TrimSpace(v.Note + " Mailtrap " + why + ".")
	}
}

// estimated adds what is to come.
func (v JobView) estimated(status bulk.Status) JobView {
	if status.State.Ended() {
		return v
	}
	estimate := status.Estimate(time.Now())
	v.Seconds, v.Requests, v.PerMinute = int(estimate.Left.Seconds()), estimate.Requests, estimate.PerMinute
	v.imports = estimate.Imports
	if v.Unclear = estimate.Unclear; v.Unclear {
		v.Seconds = 0
	}
	if status.State != bulk.Planned {
		return v
	}
	v.PlanID, v.Expires, v.Automations = status.ID, status.Expires.UTC().Format(time.RFC3339), status.Automations()
	if found := status.Spec.Compared; found == nil || found.Creates > 0 { // else the difference says it
		v.Filled = viewCounts(status.Source.Filled)
	}
	for _, contact := range status.Source.Sample {
		if contact.Missing {
			v.Missing = append(v.Missing, contact.Email)
			continue
		}
		v.Sample = append(v.Sample, SampleView{contact.Email, schema.Object(contact.Fields)})
	}
	return v
}

// shownIgnored is how many columns without a field are named.
const shownIgnored = 20

func (v JobView) shrink(width int) JobView {
	ignored, omitted := capped(v.IgnoredColumns, min(width, shownIgnored))
	v.IgnoredColumns, v.OmittedIgnored = clipAll(ignored, width), omitted
	v.Filled = shrinkColumns(v.Filled, width)
	reasons := make([]ReasonView, len(v.Reasons))
	for i, reason := range v.Reasons {
		reasons[i] = ReasonView{text.ClipProse(reason.Reason, 2*width), reason.Rows}
	}
	v.Reasons, _ = capped(reasons, 8)
	problems, omitted := capped(v.Problems, max(1, width/8))
	v.OmittedProblems += omitted
	v.Problems = make([]ProblemView, len(problems))
	for i, p := range problems {
		v.Problems[i] = ProblemView{text.Clip(p.Contact, max(width, 60)), p.Outcome, text.ClipProse(p.Reason, 3*max(width, 20))}
	}
	named, _ := capped(v.Named, max(1, width/12))
	v.Named = make([]RowView, len(named))
	for i, row := range named {
		v.Named[i] = RowView{row.Line, text.Clip(row.Email, max(width, 60)), text.ClipProse(row.Reason, 2*width), row.reason}
	}
	v.Gaps = clipAll(v.Gaps, 2*max(width, 60))
	sample, _ := capped(v.Sample, max(1, width/30))
	v.Sample = make([]SampleView, len(sample))
	for i, one := range sample {
		v.Sample[i] = SampleView{text.Clip(one.Email, max(width, 60)), clipValues(one.Fields, width)}
	}
	missing, _ := capped(v.Missing, max(1, width/30))
	v.Missing = clipAll(missing, max(width, 60))
	v.CreatedLists, _ = shrinkLists(v.CreatedLists, width)
	v.Difference = v.Difference.shrink(width)
	v.Match = v.Match.shrink(width)
	v.What, v.Who = text.ClipProse(v.What, 8*width), text.ClipProse(v.Who, 8*width)
	v.Error, v.Note = text.ClipProse(v.Error, 8*width), text.ClipProse(v.Note, max(900, 8*width))
	return v
}

func shrinkColumns(columns []ColumnView, width int) (shown []ColumnView) {
	kept, _ := capped(columns, width)
	for _, column := range kept {
		shown = append(shown, ColumnView{text.Clip(column.Name, width), column.Filled})
	}
	return shown
}

// clipValues are some of the values, each clipped.
func clipValues(values map[string]any, width int) map[string]any {
	tags, _ := capped(slices.Sorted(maps.Keys(values)), max(1, width/10))
	shown := make(map[string]any, len(tags))
	for _, tag := range tags {
		shown[text.Clip(tag, width)] = clipValue(values[tag], width)
	}
	return shown
}
