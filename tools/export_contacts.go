package tools

import (
	"context"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
)

var exportContacts = Tool[ExportContactsInput, ExportContactsOutput]{
	Name: "export_contacts", Title: "Export contacts to a file", Toolset: Bulk, Effect: Reads, AnswersJob: true,
	Description: "Writes contacts to a file and says how many there are and how full each column is. To look or count use search_contacts.",
	Example:     `{"lists": ["Newsletter"], "columns": ["email", "plan"]}`,
	Foreign:     waitsElsewhere,
	Run:         (*Toolbox).exportContacts,
}

// ExportContactsInput is whom to export.
type ExportContactsInput struct {
	Lists   []string `json:"lists,omitempty" jsonschema_description:"Members of any of these, by name or id; absent: everyone"`
	Status  string   `json:"status,omitempty" jsonschema:"enum=subscribed,enum=unsubscribed"`
	Segment string   `json:"segment,omitempty"`
	Where   string   `json:"where,omitempty" jsonschema_description:"As in search_contacts"`
	Columns []string `json:"columns,omitempty" jsonschema_description:"Columns to keep, by merge tag, field name or header; absent: all"`
	Format  string   `json:"format,omitempty" jsonschema:"enum=csv,enum=jsonl" jsonschema_description:"Absent: csv"`
	File    string   `json:"file,omitempty" jsonschema_description:"Path of a new file"`
}

// ExportContactsOutput is the export as far as it went within the call.
type ExportContactsOutput struct {
	Job JobView `json:"job"`
	// Snapshot is set when the contacts were taken from the snapshot; then there is no job to follow.
	Snapshot *SnapshotView `json:"snapshot,omitempty"`
}

// Check refuses two conditions.
func (in ExportContactsInput) Check() error {
	if in.Segment != "" && in.Where != "" {
		return fault.New(fault.InvalidInput, "segment and where are both given.", "", "Give one of them, or neither for everyone.")
	}
	return nil
}

func (box *Toolbox) exportContacts(ctx context.Context, in ExportContactsInput) (ExportContactsOutput, error) {
	lists, err := box.Catalog.ResolveLists(ctx, in.Lists)
	if err != nil {
		return ExportContactsOutput{}, err
	}
	if in.Segment != "" || in.Where != "" || in.Format == "jsonl" {
		return box.exportSnapshot(ctx, in, lists)
	}
	fresh := box.Contacts.JustWrote()
	id, err := box.Bulk.StartExport(ctx, bulk.ExportRequest{
		Filter:  apiclient.ExportFilter{ListIDs: listIDs(lists), Status: in.Status},
		Columns: in.Columns, File: in.File,
	})
	if err != nil {
		return ExportContactsOutput{}, err
	}
	status, err := box.Bulk.Follow(ctx, id, waiting(ctx, nil), progressOf(ctx))
	if err != nil {
		return ExportContactsOutput{}, err
	}
	if status.State == bulk.Failed {
		return ExportContactsOutput{}, status.Err()
	}
	job, err := box.showJob(ctx, status)
	if err != nil {
		return ExportContactsOutput{}, err
	}
	out := ExportContactsOutput{Job: job}
	if fresh {
		out.Job.Note = "Contacts were changed in the ten seconds before, and those changes may be missing; export again to be sure."
	}
	return out, nil
}

// Summary is the text an agent reads.
func (out ExportContactsOutput) Summary() string {
	if out.Snapshot != nil {
		return out.Job.describe()
	}
	return lines(out.Job.describe(), out.Job.next())
}

// Shrink keeps the result within its bounds.
func (out ExportContactsOutput) Shrink(width int) Output {
	out.Job = out.Job.shrink(width)
	return out
}
