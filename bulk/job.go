package bulk

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/comparison"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/suppressions"
)

// Kind is what a job does.
type Kind string

// The kinds of job.
const (
	Import Kind = "import" // creates and updates contacts, many in a request
	Update Kind = "update" // changes contacts one by one
	Delete Kind = "delete"
	Event  Kind = "event" // fires an event for contacts
	Undo   Kind = "undo"  // sets contacts back to what they were before a change
	// Suppress has the sending side deliver nothing to addresses, which need not be contacts.
	Suppress Kind = "suppress"
)

// Kinds are all of them.
var Kinds = []Kind{Import, Update, Delete, Event, Undo, Suppress}

// ChangesContacts reports a kind of job that changes what the account knows of contacts.
func (k Kind) ChangesContacts() bool { return k != Event && k != Suppress }

// State is how far a job is.
type State string

// The states. A job that is Planned waits for somebody who wants it carried out. One that has Failed can be carried on with
// once its cause is fixed; what was sent before is not sent again.
const (
	Staging  State = "staging" // its rows are being written down
	Planned  State = "planned"
	Running  State = "running"
	Finished State = "finished"
	// FailedInPart is of a job that has done all it was to do, and has created contacts besides without having been asked.
	FailedInPart State = "failed_in_part"
	Failed       State = "failed"
	Cancelled    State = "cancelled"
)

// Spec is what a job is to do.
type Spec struct {
	// Source says for people where the contacts come from: a file's name, or "rows".
	Source string `json:"source,omitempty"`
	// Known is set when the contacts are those that somebody knows; Source then says who they are as a part of a sentence.
	Known bool `json:"known,omitempty"`
	// Join and Leave are the lists that all contacts join and leave; LeaveAll takes them off every list.
	Join     []apiclient.List `json:"join,omitempty"`
	Leave    []apiclient.List `json:"leave,omitempty"`
	LeaveAll bool             `json:"leave_all,omitempty"`
	// CreateLists and CreateFields do not exist yet, and are created before the first contact is sent.
	CreateLists  []NewList         `json:"create_lists,omitempty"`
	CreateFields []apiclient.Field `json:"create_fields,omitempty"`
	// Fields, Unsubscribed and Consent are what an update changes besides lists.
	Fields       apiclient.Values `json:"fields,omitempty"`
	Unsubscribed *bool            `json:"unsubscribed,omitempty"`
	Consent      string           `json:"consent,omitempty"`
	// CreateMissing has an update create those who are no contacts yet.
	CreateMissing bool `json:"create_missing,omitempty"`
	// Event is what an Event job fires.
	Event *apiclient.Event `json:"event,omitempty"`
	// Suppress is for what mail a Suppress job suppresses addresses.
	Suppress *suppressions.Place `json:"suppress,omitempty"`
	// Unsubscribe is set when an import unsubscribes those whom its source names as unsubscribed.
	Unsubscribe bool `json:"unsubscribe,omitempty"`
	// OwnLists is set when contacts join lists that not all of them join.
	OwnLists bool `json:"own_lists,omitempty"`
	// Sync is set when whoever is not in the source is missing from it: Unsubscribe is for those then.
	Sync bool `json:"sync,omitempty"`
	// SyncTo is the list that is made like the source, and Compared how that differs from what is there.
	SyncTo   *apiclient.List    `json:"sync_to,omitempty"`
	Compared *comparison.Counts `json:"compared,omitempty"`
	// Matched is what was found out about whether those whom it names exist; nil where nobody looked.
	Matched *Matched `json:"matched,omitempty"`
	// Same is equal of plans that replace each other; empty where they do not.
	Same string `json:"same,omitempty"`
	// Undo is what an Undo job turns back.
	Undo *Undoing `json:"undo,omitempty"`
	// Before is of how many contacts that are sent together it is known what they were before, and Final why what the job does
	// cannot be undone, where there is too much of it.
	Before int    `json:"before,omitempty"`
	Final  string `json:"final,omitempty"`
	// Relies is what of the account the plan was made for.
	Relies Relied `json:"relies,omitzero"`
}

// NewList is a list that a job creates. Rows that join it before it is there name it by StandIn of its place.
type NewList struct {
	Name string `json:"name"`
	// All is set when all contacts join it, not only rows that name it.
	All bool  `json:"all,omitempty"`
	ID  int64 `json:"id,omitempty"` // 0 until it is there
}

// StandIn is the id that stands for the i-th list to create; no list has such a one.
func StandIn(i int) int64 { return -int64(i) - 1 }

// Tally is how far a job is. Of those who are sent together every contact ends in exactly one of Created, Updated, OverLimit,
// Refused, TakenOut and Unknown, or is not sent; of those who are written one by one, in an import as well, in one of Created,
// Done, Unsubscribed, Unchanged, NotFound, Refused, TakenOut and Unknown.
type Tally struct {
	// Remembered is set when those are remembered who said no in the source, or that is undone.
	Remembered bool `json:"remembered,omitempty"`
	// Prepared is set when the lists and fields it needs are there.
	Prepared bool `json:"prepared,omitempty"`

	Sent    int `json:"sent,omitempty"` // contacts that Mailtrap has accepted in imports
	Created int `json:"created,omitempty"`
	Updated int `json:"updated,omitempty"`
	// Same counts those of Updated, as Mailtrap tells it, who were as wanted already, as far as is known; OutSame is of what is out.
	Same      int `json:"same,omitempty"`
	OutSame   int `json:"out_same,omitempty"`
	OverLimit int `json:"over_limit,omitempty"` // left out because the plan's limit is reached

	Done      int `json:"done,omitempty"`
	Removed   int `json:"removed,omitempty"`   // those of Done who left lists
	Unchanged int `json:"unchanged,omitempty"` // they were already as requested
	NotFound  int `json:"not_found,omitempty"` // no contacts of this account
	// NoMail counts those of Created, Done and Unchanged who joined lists, or were on them, and are unsubscribed.
	NoMail int `json:"no_mail,omitempty"`

	Refused  int `json:"refused,omitempty"`   // by the API, or by a guard of this server
	TakenOut int `json:"taken_out,omitempty"` // people who were erased meanwhile
	Unknown  int `json:"unknown,omitempty"`   // sent, and what became of them is not known
	// Unasked counts those who were created though the job was not to create them, and Unnamed those of them of whom it is not
	// known who they are.
	Unasked int `json:"unasked,omitempty"`
	Unnamed int `json:"unnamed,omitempty"`
	// Looking is the export that is taken to see who is there, and Tracing the search for whom a chunk has created.
	Looking exports.Turn `json:"looking,omitzero"`
	Tracing *tracing     `json:"tracing,omitempty"`
	// Rerouted is set when the job was planned by an earlier version, which would have sent by import what may create nobody.
	Rerouted bool `json:"rerouted,omitempty"`
	// Unsubscribed counts those whom the source named as unsubscribed and who were contacts.
	Unsubscribed int `json:"unsubscribed,omitempty"`
	// Repeated is set when a request was sent again after its answer was lost: its contacts then count as updated.
	Repeated bool `json:"repeated,omitempty"`

	Reasons []intake.Reason `json:"reasons,omitempty"` // of Refused, the most frequent

	RejectedFile  string `json:"rejected_file,omitempty"`
	RejectedSize  int64  `json:"rejected_size,omitempty"` // of the file as this program wrote it
	RejectedTime  int64  `json:"rejected_time,omitempty"` // when, in ns since 1970
	RejectedRows  int    `json:"rejected_rows,omitempty"` // of the job that are in the file
	OtherRejected string `json:"other_rejected,omitempty"`
	ReportFile    string `json:"report_file,omitempty"`

	// Out is how many contacts are in the import that Mailtrap works on now, InDoubt how many in requests that may have been
	// carried out when the job failed, and Doubts say why the outcome of imports is unknown.
	Out     int      `json:"out,omitempty"`
	InDoubt int      `json:"in_doubt,omitempty"`
	Doubts  []string `json:"doubts,omitempty"`

	// Until is when Mailtrap takes requests again, in ms since 1970, and Pause how long a pause it has asked for, in ms.
	Until int64 `json:"until,omitempty"`
	Pause int64 `json:"pause,omitempty"`
	// Failing is for how long the requests have failed in a way that may pass; it has not begun when the last one did not.
	Failing apiclient.Waiting `json:"failing,omitzero"`
	// Left is when the last chunk first left, by Mailtrap's clock, in ms since 1970; 0 where that is not known.
	Left int64 `json:"left,omitempty"`
	// Importing is how long the last request was waited for.
	Importing apiclient.Waiting `json:"importing,omitzero"`
	// Doing says for people what is done now.
	Doing string `json:"doing,omitempty"`
	// Failure is why it failed.
	Failure *fault.Error `json:"failure,omitempty"`
}

// keep is a fault as it is kept, without its cause.
func keep(err error) *fault.Error {
	kept := *fault.From(err)
	kept.Err = nil
	return &kept
}

// Status is a job as it stands.
type Status struct {
	ID    string
	Kind  Kind
	State State
	// Tool is the tool that planned it; empty where that was none.
	Tool string
	// Planned is when it was planned, Expires when a plan is dropped, Started and Ended when it was carried out; zero where
	// that has not happened.
	Planned, Expires, Started, Ended time.Time
	Spec                             Spec
	Source                           intake.Summary // without samples when people were erased from it
	Tally                            Tally
	// Total is how many contacts it is for; Together of them are sent many in a request, the others one by one.
	Total, Together int
	// Behind is the job that this one waits for, because it was asked for before; empty when it need not wait.
	Behind string
	// Stopping is set when it was told to stop and has not yet.
	Stopping bool
	// Change is the journal's id of what it did; 0 as long as there is none.
	Change int64
	// NewOptOuts is how many addresses of people who said no in the source of a plan are not remembered yet. It is not kept.
	NewOptOuts int
	// Who is how the contacts of an Update, Delete or Event were chosen, and Notes what is worth saying of that. They are not kept.
	Who   Selection
	Notes []string
}

// Err is why the job failed; nil where it has not.
func (s Status) Err() error {
	if s.Tally.Failure != nil {
		return s.Tally.Failure
	}
	return nil
}

// Ended reports whether nothing more happens by itself.
func (s State) Ended() bool {
	return s == Finished || s == FailedInPart || s == Failed || s == Cancelled
}

// Worked is how many contacts have been dealt with, whatever came of it.
func (s Status) Worked() int {
	t := s.Tally
	return t.Created + t.Updated + t.OverLimit + t.Done + t.Unchanged + t.NotFound + t.Refused + t.TakenOut + t.Unknown +
		t.Unasked + t.Unsubscribed
}

// Updated is how many contacts that were there were changed, and done how many others have what the job does. Whoever an import
// writes alone is updated like whoever it sends together.
func (s Status) Updated() (updated, done int) {
	updated = s.Tally.Updated - s.Tally.Same
	if s.Kind == Import {
		return updated + s.Tally.Done, 0
	}
	return updated, s.Tally.Done
}

// Accepted is how many contacts Mailtrap has taken in imports without having told what it did with them.
func (s Status) Accepted() int {
	t := s.Tally
	return max(0, t.Sent-t.Created-t.Updated-t.OverLimit-t.Unknown)
}

// Left is how many contacts nothing has been sent for yet.
func (s Status) Left() int { return max(0, s.Total-s.Worked()-s.Accepted()-s.Tally.InDoubt) }

// newID names a job: "import-20261126-k7m2qx4d".
func newID(kind Kind, at time.Time) string {
	return string(kind) + "-" + at.UTC().Format("20060102") + "-" + strings.ToLower(rand.Text()[:8])
}

// isID reports whether an id can be a job's, so that nothing need be asked of one that cannot.
func isID(id string) bool {
	kind, rest, _ := strings.Cut(id, "-")
	return slices.Contains(Kinds, Kind(kind)) && len(rest) == len("20261126-k7m2qx4d")
}
