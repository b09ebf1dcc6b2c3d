package tools

import (
	"context"
	"fmt"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

var syncContacts = Tool[SyncContactsInput, SyncContactsOutput]{
	Name: "sync_contacts", Title: "Make a list like a file or segment", Toolset: Audience, Effect: Reads, AnswersJob: true,
	Description: "Compares a file or segment with a list, or a file with the account, and plans the difference; changes " +
		"nothing. Carry it out with apply_plan.",
	Example: `{"file": "crm.csv", "list": "Customers"}`,
	Foreign: waitsElsewhere,
	Run:     (*Toolbox).syncContacts,
}

// SyncContactsInput is what is to be made like what.
type SyncContactsInput struct {
	File               string        `json:"file,omitempty" jsonschema_description:"Contact file that is the truth"`
	Segment            string        `json:"segment,omitempty" jsonschema_description:"Segment that is, instead of a file"`
	List               string        `json:"list,omitempty" jsonschema_description:"Who is on it and not in the source leaves it; absent: the account, which nobody leaves"`
	Mapping            schema.Object `json:"mapping,omitempty" jsonschema_description:"As for import_contacts"`
	Skip               []string      `json:"skip,omitempty" jsonschema:"enum=role,enum=typo" jsonschema_description:"As for import_contacts"`
	DateOrder          string        `json:"date_order,omitempty" jsonschema:"enum=dmy,enum=mdy,enum=ymd"`
	DecimalSign        string        `json:"decimal_sign,omitempty" jsonschema:"enum=.,enum=\\,"`
	OnBadValue         string        `json:"on_bad_value,omitempty" jsonschema:"enum=reject,enum=leave_empty"`
	MaxChanges         *int64        `json:"max_changes,omitempty" jsonschema:"minimum=0" jsonschema_description:"Refuse a plan that creates or changes more"`
	MaxRemovals        *int64        `json:"max_removals,omitempty" jsonschema:"minimum=0" jsonschema_description:"Refuse a plan that removes or unsubscribes more; absent: 10 or a tenth of the target"`
	UnsubscribeMissing bool          `json:"unsubscribe_missing,omitempty" jsonschema_description:"Also unsubscribe who is not in the source"`
}

// Check wants one source, and a target that a segment can be compared with.
func (in SyncContactsInput) Check() error {
	switch {
	case (in.File != "") == (in.Segment != ""):
		return fault.New(fault.InvalidInput, "Give exactly one of file and segment as the source.", "", "Nothing was planned.")
	case in.Segment != "" && in.List == "":
		return fault.New(fault.InvalidInput, "list: is missing; a segment is already part of the account.", "",
			"Name the list that is to match the segment.")
	case in.File == "" && (len(in.Mapping)+len(in.Skip) > 0 || in.DateOrder+in.DecimalSign+in.OnBadValue != ""):
		return fault.New(fault.InvalidInput, "mapping, skip, date_order, decimal_sign and on_bad_value apply to a file, and the call "+
			"names none.", "", "Leave them out.")
	}
	return nil
}

// SyncContactsOutput is the difference as a plan.
type SyncContactsOutput struct {
	Target string   `json:"target"`
	Source string   `json:"source"`
	Read   ReadView `json:"read,omitzero"`
	Job    JobView  `json:"job"`
	AsOf   string   `json:"as_of" jsonschema_description:"When the snapshot was taken that it was compared with"`
}

func (box *Toolbox) syncContacts(ctx context.Context, in SyncContactsInput) (SyncContactsOutput, error) {
	request := bulk.SyncRequest{File: in.File, UnsubscribeMissing: in.UnsubscribeMissing, MaxChanges: bound(in.MaxChanges),
		MaxRemovals: bound(in.MaxRemovals), Progress: reading(ctx)}
	out := SyncContactsOutput{Target: "the account", Source: text.Clean(in.File)}
	var err error
	if in.List != "" {
		list, err := box.Catalog.List(ctx, in.List, createFirst)
		if err != nil {
			return out, err
		}
		request.List, out.Target = &list, "the list "+viewList(list).String()
	}
	if request.Reading, err = readingOf(in.Mapping, in.Skip, in.DateOrder, in.DecimalSign, in.OnBadValue); err != nil {
		return out, err
	}
	if err := box.undisturbed(ctx, request); err != nil {
		return out, err
	}
	sn, err := box.ask(ctx, in.Segment, "", need{writing: true})
	if err != nil {
		return out, err
	}
	defer sn.Release()
	facts, err := sn.Facts(ctx)
	if err != nil {
		return out, err
	}
	if err := membersKnown(facts); request.List != nil && err != nil {
		return out, err
	}
	out.AsOf = facts.TakenAt.UTC().Format("2006-01-02T15:04:05Z")
	request.There, request.AsOf = sn.Snapshot, sn.TakenAt()
	if in.Segment != "" {
		if err := sn.feedsItself(*request.List); err != nil {
			return out, err
		}
		out.Source = "segment " + in.Segment
		request.Source = out.Source
		request.Where = sn.where
	}
	notes, err := sn.planNotes(ctx)
	if err != nil {
		return out, err
	}
	planned, err := box.Bulk.PlanSync(ctx, request)
	if err != nil {
		return out, err
	}
	planned.Notes = notes
	out.Job, err = box.previewOrRun(ctx, planned, true, 0)
	out.Job.creates = out.Job.creates || !box.offers("create_field")
	out.Read = viewRead(planned.Source)
	out.Read.sync = true
	return out, err
}

// membersKnown refuses to compare with a list whose members nobody knows for sure.
func membersKnown(facts audience.Facts) error {
	switch {
	case !facts.ListsKnown:
		return fault.New(fault.UpstreamError, "Mailtrap's export does not tell who is on which list.", "",
			"Nothing was planned; use add_to_list and remove_from_list.")
	case facts.Unlisted > 0:
		return fault.New(fault.UpstreamError,
			"Of "+text.Count(facts.Unlisted, "contact")+" it is not known, or not fully, on which lists they are.",
			"Mailtrap's export names lists that are not the account's, or does not tell some apart.",
			"Nothing was planned; rename lists with similar names with rename_list, or use add_to_list and remove_from_list.")
	}
	return nil
}

// feedsItself refuses to make a list like a segment whose condition asks who is on that list: each sync would change whom
// the next one finds.
func (a *asked) feedsItself(target apiclient.List) error {
	itself, err := a.AsksFor(a.where, target.ID)
	if err != nil || !itself {
		return err
	}
	return fault.New(fault.Conflict, "The segment's condition asks who is on the list "+viewList(target).String()+
		", which is to be made like it.",
		"Each sync would change the result of the next one.",
		"Nothing was planned. Use a segment whose condition names neither this list nor list_count, or add_to_list and "+
			"remove_from_list for the contacts you mean.")
}

// bound is a limit that may be absent.
func bound(limit *int64) int {
	if limit == nil {
		return -1
	}
	return int(*limit)
}

// Summary is the text an agent reads.
func (out SyncContactsOutput) Summary() string {
	head := fmt.Sprintf("Making %s like %s.", out.Target, text.Quote(out.Source))
	return lines(head, out.Job.describe(), out.Read.describe(), "Compared with the snapshot of "+out.AsOf+".", out.Job.next())
}

// Shrink keeps the result within its bounds.
func (out SyncContactsOutput) Shrink(width int) Output {
	out.Target, out.Source = text.ClipProse(out.Target, 2*max(width, 60)), text.Clip(out.Source, 2*max(width, 60))
	out.Read, out.Job = out.Read.shrink(width), out.Job.shrink(width)
	return out
}
