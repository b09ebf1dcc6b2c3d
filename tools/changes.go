package tools

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/undo"
)

var listChanges = Tool[ListChangesInput, ListChangesOutput]{
	Name: "list_changes", Title: "Show what was changed", Toolset: Account, Effect: Reads, OfJournal: true,
	Description: "Shows what was changed through this server, newest first: by which tool, what it was before, whether " +
		"undo_change can undo it.",
	Example: `{"contact": "ann@example.com", "limit": 5}`,
	Run:     (*Toolbox).listChanges,
}

// ListChangesInput narrows and pages the changes.
type ListChangesInput struct {
	Contact       string `json:"contact,omitempty" jsonschema_description:"Only changes of this contact: address or UUID"`
	Since         string `json:"since,omitempty" jsonschema_description:"2026-11-23 or 2026-11-23T09:00:00Z"`
	Limit         *int64 `json:"limit,omitempty" jsonschema:"minimum=1,maximum=50" jsonschema_description:"Absent: 10"`
	Cursor        string `json:"cursor,omitempty" jsonschema_description:"From the page before"`
	ShowAddresses bool   `json:"show_addresses,omitempty" jsonschema_description:"Do not mask addresses"`
}

// defaultChanges is how many changes a page has when the call does not say.
const defaultChanges = 10

// ListChangesOutput is a page of changes.
type ListChangesOutput struct {
	Changes []ChangeRecord `json:"changes"`
	// NextCursor gives the next page; empty on the last one.
	NextCursor string `json:"next_cursor,omitempty"`
	KeptDays   int    `json:"kept_days" jsonschema_description:"How long changes are kept"`
	Masked     bool   `json:"masked,omitempty" jsonschema_description:"Addresses are masked"`
	// Omitted counts the changes of the page that the answer has no room for.
	Omitted int `json:"omitted,omitempty"`
	// narrowed tells that there may be changes that the filter leaves out.
	narrowed bool
	// ofContact tells that one contact was asked about.
	ofContact bool
}

// importsMissing is the limit of what is known about one contact.
const importsMissing = "Of imports, only those are included of which it was known beforehand what the contacts were."

// ChangeRecord is one call that changed the account.
type ChangeRecord struct {
	ChangeID  int64       `json:"change_id"`
	At        string      `json:"at"`
	Tool      string      `json:"tool"`
	Client    string      `json:"client,omitempty"`
	Confirmed bool        `json:"confirmed,omitempty" jsonschema_description:"The operator agreed to it"`
	Undoes    int64       `json:"undoes,omitempty" jsonschema_description:"The change it undid"`
	UndoneBy  int64       `json:"undone_by,omitempty" jsonschema_description:"The change that undid it"`
	CanUndo   bool        `json:"can_undo" jsonschema_description:"Of some of it, without delete_created"`
	Writes    []WriteView `json:"writes"`
	// Others counts the writes to other contacts, where one was asked about.
	Others int `json:"others,omitempty" jsonschema_description:"Writes of the same call to others, not shown"`
	// undoes is how many of those undo_change may set back, and prospect what of the whole change can be undone.
	undoes   int
	runs     string // the job that still works on it, or undoes it
	prospect journal.Prospect
	// Omitted counts the writes left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`
}

// WriteView is one write of a change.
type WriteView struct {
	What     string `json:"what"`
	Contacts int    `json:"contacts,omitempty" jsonschema_description:"Of one, what says whom"`
	ID       string `json:"id,omitempty" jsonschema_description:"Mailtrap's id of what was written"`
	State    string `json:"state" jsonschema:"enum=done,enum=failed,enum=not_sent,enum=unknown,enum=sending,enum=intended"`
	// Consent is how a person who was subscribed again is said to have agreed.
	Consent string `json:"consent,omitempty"`
	Final   string `json:"final,omitempty" jsonschema_description:"Why it cannot be undone"`
}

func (box *Toolbox) listChanges(ctx context.Context, in ListChangesInput) (ListChangesOutput, error) {
	filter, err := in.filter()
	if err != nil {
		return ListChangesOutput{}, err
	}
	changes, more, err := box.Journal.List(ctx, filter)
	if err != nil {
		return ListChangesOutput{}, err
	}
	out := ListChangesOutput{
		Changes: make([]ChangeRecord, len(changes)), KeptDays: box.Journal.Days(), Masked: !in.ShowAddresses,
		narrowed: in.Contact != "" || in.Since != "" || in.Cursor != "", ofContact: in.Contact != "",
	}
	running, err := box.Bulk.Writing(ctx)
	if err != nil {
		return ListChangesOutput{}, err
	}
	made, err := box.jobsOf(ctx, changes)
	if err != nil {
		return ListChangesOutput{}, err
	}
	for i, change := range changes {
		out.Changes[i] = box.recordOf(ctx, change, out.ofContact)
		if job, is := made[change.ID]; is && !out.ofContact {
			out.Changes[i].countUnsent(job)
		}
		out.Changes[i].runs = runsFor(running, change.ID)
		if out.Masked {
			out.Changes[i].mask()
		}
	}
	if more {
		out.NextCursor = cursorAfter(out.Changes)
	}
	return out, nil
}

// jobsOf are the jobs that have made some changes, which are the newest first, by the change.
func (box *Toolbox) jobsOf(ctx context.Context, changes []journal.Change) (map[int64]bulk.Status, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	jobs, err := box.Bulk.OfChanges(ctx, changes[len(changes)-1].ID, changes[0].ID)
	made := make(map[int64]bulk.Status, len(jobs))
	for _, job := range jobs {
		made[job.Change] = job
	}
	return made, err
}

// countUnsent has a change say of how many contacts nothing was sent as its job does. The journal knows only those whose turn came,
// and who may have had another.
func (r *ChangeRecord) countUnsent(job bulk.Status) {
	sent := slices.DeleteFunc(slices.Clone(r.Writes), func(write WriteView) bool { return write.State == string(journal.NotSent) })
	switch left := job.Left(); {
	case left > 0 && job.State.Ended():
		what := text.Count(left, nounOf(job)) + " of job " + job.ID
		r.Writes = slices.Concat(sent, []WriteView{{What: what, Contacts: left, State: string(journal.NotSent)}})
	case len(sent) > 0:
		r.Writes = sent
	}
}

// runsFor says which job still works on a change, or undoes it; empty where none does.
func runsFor(running []bulk.Status, change int64) string {
	for _, job := range running {
		switch {
		case job.Spec.Undo != nil && job.Spec.Undo.Change == change:
			return "being undone by job " + job.ID
		case job.Change == change:
			return "job " + job.ID + " is still at it"
		}
	}
	return ""
}

func (in ListChangesInput) filter() (journal.Filter, error) {
	filter := journal.Filter{Limit: defaultChanges}
	if in.Limit != nil {
		filter.Limit = int(*in.Limit)
	}
	if in.Contact != "" {
		ref, err := apiclient.ParseContact(in.Contact)
		if err != nil {
			return filter, err
		}
		filter.Contact = ref.String()
	}
	var err error
	if in.Since != "" {
		if filter.Since, err = time.Parse(time.DateOnly, in.Since); err != nil {
			filter.Since, err = time.Parse(time.RFC3339, in.Since)
		}
		if err != nil {
			return filter, fault.New(fault.InvalidInput, "since: "+text.Quote(in.Since)+" is neither a date nor a time.", "",
				"Give it like 2026-11-23 or 2026-11-23T09:00:00Z.")
		}
	}
	if in.Cursor != "" {
		if filter.Before, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || filter.Before < 1 {
			return filter, fault.New(fault.InvalidInput, "cursor: "+text.Quote(in.Cursor)+" is not one of ours.", "",
				"Give next_cursor as list_changes answered it, or leave it out for the newest changes.")
		}
	}
	return filter, nil
}

func cursorAfter(shown []ChangeRecord) string {
	if len(shown) == 0 {
		return ""
	}
	return strconv.FormatInt(shown[len(shown)-1].ChangeID, 10)
}

func (box *Toolbox) recordOf(ctx context.Context, change journal.Change, ofContact bool) ChangeRecord {
	box.closeGone(ctx, &change)
	record := ChangeRecord{
		ChangeID: change.ID, At: change.At.Format(time.RFC3339), Tool: change.Tool, Client: text.Clip(change.Client, 80),
		Confirmed: change.Confirmed, Undoes: change.Undoes, Writes: box.told(ctx, change.Writes),
		UndoneBy: change.Prospect.UndoneBy, CanUndo: change.Prospect.Open+change.Prospect.Others > 0, prospect: change.Prospect,
	}
	if !ofContact {
		return record
	}
	record.Others, record.undoes = change.Prospect.ToPeople, change.Prospect.Open
	for _, write := range change.Writes {
		if write.Touched() {
			record.Others--
		}
		if write.Kind == journal.Contact && write.IsOpen() && (write.Part == 0 || write.Action != journal.Create) {
			record.undoes--
		}
	}
	return record
}

// closeGone has a change say that those of its writes cannot be undone of which nothing is there any more, as far as that is known.
// Contacts of one job were changed alike, as a rule: the first of them that has something left answers for all.
func (box *Toolbox) closeGone(ctx context.Context, change *journal.Change) {
	for i, write := range change.Writes {
		gone, err := box.undoing().Gone(ctx, write)
		switch {
		case err != nil:
			return // undo_change tells
		case gone && write.Kind == journal.Contact:
			change.Prospect.Open--
		case gone:
			change.Prospect.Others--
		case write.Kind == journal.Contact && write.IsOpen():
			return
		default:
			continue
		}
		change.Writes[i].Final = undo.WhyGone
		change.Prospect.Final = append(change.Prospect.Final, undo.WhyGone)
	}
}

func (r *ChangeRecord) mask() {
	for i, write := range r.Writes {
		r.Writes[i].What, r.Writes[i].ID, r.Writes[i].Consent = text.MaskAll(write.What), text.MaskAll(write.ID), text.MaskAll(write.Consent)
	}
}

// Summary is the text an agent reads.
func (out ListChangesOutput) Summary() string {
	if len(out.Changes) == 0 {
		if out.narrowed {
			said := fmt.Sprintf("No changes match. Changes through this server are kept for %s.", text.Count(out.KeptDays, "day"))
			if out.ofContact {
				said += " " + importsMissing
			}
			return said
		}
		return fmt.Sprintf("Nothing was changed through this server in the last %s. What was changed in Mailtrap itself, or by "+
			"others, is not known here.", text.Count(out.KeptDays, "day"))
	}
	head := text.Count(len(out.Changes), "change") + ", the newest first"
	if out.Omitted > 0 {
		head += ", of " + text.Number(len(out.Changes)+out.Omitted) + ": the others do not fit into one answer"
	}
	if out.Masked {
		head += " (addresses are masked; show_addresses shows them)"
	}
	if slices.ContainsFunc(out.Changes, func(r ChangeRecord) bool { return r.CanUndo }) {
		head += "; an undo leaves alone what was changed, renamed or deleted since"
	}
	parts := []string{head + ":"}
	for _, change := range out.Changes {
		parts = append(parts, change.describe())
	}
	if out.NextCursor != "" {
		parts = append(parts, "There are older ones: repeat the call with cursor: "+strconv.Quote(out.NextCursor)+" and the rest as it is.")
	}
	if out.ofContact {
		parts = append(parts, importsMissing)
	}
	return strings.Join(parts, "\n")
}

func (r ChangeRecord) describe() string {
	head := fmt.Sprintf("- change %d, %s, %s", r.ChangeID, r.At, r.Tool)
	if r.Client != "" {
		head += " by " + text.Quote(r.Client)
	}
	if r.Confirmed {
		head += ", confirmed by the operator"
	}
	if r.Undoes != 0 {
		head += fmt.Sprintf(", undoing change %d", r.Undoes)
	}
	can := cmp.Or(r.runs, canUndo(r.prospect, "", "created"))
	if can != "" {
		head += " (" + can + ")"
	}
	did := make([]string, len(r.Writes))
	for i, write := range r.Writes {
		did[i] = write.describe(r.Confirmed)
		if write.isFinal() && can != cannotBeUndone {
			did[i] += " — " + cannotBeUndone
		}
	}
	if r.Omitted > 0 {
		did = append(did, "and "+text.Count(r.Omitted, "more write"))
	}
	if r.Others > 0 {
		others := "and " + text.Count(r.Others, "write") + " to others"
		switch {
		case r.undoes == r.Others:
			others += ", which undo_change undoes too"
		case r.undoes > 0:
			others += ", of which undo_change undoes " + text.Number(r.undoes) + " too"
		}
		did = append(did, others)
	}
	return head + ": " + strings.Join(did, "; ")
}

// states tell what is known about a write that is not simply done; what it was to do follows.
var states = map[journal.State]string{
	journal.Failed:   "refused, nothing was changed: ",
	journal.NotSent:  "not done, given up before it was sent: ",
	journal.Intended: "recorded and, as far as is known, not sent: ",
	journal.Sending:  "sent, outcome not recorded, because it is under way or the server was stopped: ",
	journal.Unknown:  "sent, but it is not known whether Mailtrap did it: ",
}

func (v WriteView) isFinal() bool { return v.Final != "" && v.State == string(journal.Done) }

func (v WriteView) describe(confirmed bool) string {
	said := states[journal.State(v.State)] + v.What
	if v.Consent != "" {
		by := "claimed by the agent"
		if confirmed {
			by = "confirmed by the operator"
		}
		said += fmt.Sprintf("; consent (%s): %s", by, text.Quote(v.Consent))
	}
	return said
}

// Shrink keeps the result within its bounds. Changes that do not fit are on the next page.
func (out ListChangesOutput) Shrink(width int) Output {
	kept, omitted := capped(out.Changes, max(1, width/2))
	if out.Omitted = omitted; omitted > 0 {
		out.NextCursor = cursorAfter(kept)
	}
	out.Changes = make([]ChangeRecord, len(kept))
	for i, change := range kept {
		out.Changes[i] = change.shrink(width)
	}
	return out
}

func (r ChangeRecord) shrink(width int) ChangeRecord {
	r.Client = text.Clip(r.Client, width)
	kept, omitted := capped(r.Writes, max(1, width/10))
	r.Omitted = omitted
	r.Writes = make([]WriteView, len(kept))
	for i, write := range kept {
		write.What, write.Consent = text.ClipProse(write.What, 3*width), text.Clip(write.Consent, width)
		r.Writes[i] = write
	}
	return r
}
