package tools

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/text"
)

var exportContacts = Tool[ExportContactsInput, ExportContactsOutput]{
	Name: "export_contacts", Title: "Export contacts to a file", Toolset: Bulk, Effect: Reads,
	Description: "Writes contacts to a file and says how many there are and how full each column is. To look or count use search_contacts.",
	Example:     `{"lists": ["Newsletter"], "columns": ["email", "plan"]}`,
	Foreign: map[string]string{"wait_seconds": fmt.Sprintf(
		"only apply_plan and get_job take it; this call waits up to %.0f seconds", snapshotWait.Seconds())},
	Run: (*Toolbox).exportContacts,
}

// ExportContactsInput is whom to export.
type ExportContactsInput struct {
	Lists   []string `json:"lists,omitempty" jsonschema_description:"Members of any of these, by name or id; absent: everyone"`
	Status  string   `json:"status,omitempty" jsonschema:"enum=subscribed,enum=unsubscribed"`
	Segment string   `json:"segment,omitempty"`
	Where   string   `json:"where,omitempty" jsonschema_description:"As in search_contacts"`
	Columns []string `json:"columns,omitempty" jsonschema_description:"Columns to keep, by merge tag, field name or header; absent: all"`
	Format  string   `json:"format,omitempty" jsonschema:"enum=csv,enum=jsonl,enum=xlsx" jsonschema_description:"Absent: csv"`
	File    string   `json:"file,omitempty" jsonschema_description:"Path of a new file"`
}

// ExportContactsOutput is what was written.
type ExportContactsOutput struct {
	Exported int          `json:"exported"`
	File     string       `json:"file"`
	Columns  []ColumnView `json:"columns"`
	Omitted  int          `json:"omitted,omitempty"`
	Snapshot SnapshotView `json:"snapshot"`
	Notes    []string     `json:"notes,omitempty"`

	headless bool // the file has no header
}

// Check refuses two conditions.
func (in ExportContactsInput) Check() error {
	if in.Segment != "" && in.Where != "" {
		return fault.New(fault.InvalidInput, "segment and where are both given.", "", "Give one of them, or neither for everyone.")
	}
	return nil
}

func (box *Toolbox) exportContacts(ctx context.Context, in ExportContactsInput) (out ExportContactsOutput, err error) {
	lists, err := box.Catalog.ResolveLists(ctx, in.Lists)
	if err != nil {
		return out, err
	}
	extension := cmp.Or(in.Format, audience.CSV)
	form := extension
	if form == audience.CSV && in.Segment+in.Where == "" {
		form = audience.AsExported
	}
	draft, err := box.newFile(in.File, extension)
	if err != nil { // what cannot be written need not be asked
		return out, err
	}
	draft.Discard()
	asked, err := box.askExactly(ctx, in.Segment, in.Where, narrowing(lists, in.Status), need{})
	if err != nil {
		return out, err
	}
	defer asked.Release()
	if err = box.stateSuppressions(ctx, asked.Snapshot, &asked.view, false, asked.where, in.Columns...); err != nil {
		return out, err
	}
	if out.Notes, err = asked.notes(ctx); err != nil {
		return out, err
	}
	if draft, err = box.newFile(in.File, extension); err != nil {
		return out, err
	}
	written, filled, err := asked.Write(ctx, draft, asked.narrowed(), in.Columns, form)
	if err != nil {
		draft.Discard()
		return out, err
	}
	path, err := draft.Keep()
	out.Exported, out.File, out.Snapshot, out.headless = written, text.Path(path), asked.view, extension == audience.JSONL
	for _, column := range filled {
		out.Columns = append(out.Columns, ColumnView{Name: text.Clean(column.Name), Filled: column.Filled})
	}
	return out, err
}

// newFile starts the file of an export.
func (box *Toolbox) newFile(path, extension string) (*files.Draft, error) {
	if path == "" {
		return box.Folders.CreateNew(extension)
	}
	return box.Folders.Create(path, true)
}

// narrowing is the condition of lists and a status; empty where there are none.
func narrowing(lists []apiclient.List, status string) string {
	var all []string
	if len(lists) > 0 {
		in := make([]string, len(lists))
		for i, list := range lists {
			in[i] = "in_list('id:" + strconv.FormatInt(list.ID, 10) + "')"
		}
		all = append(all, "("+strings.Join(in, " OR ")+")")
	}
	if status != "" {
		all = append(all, "status = '"+status+"'")
	}
	return strings.Join(all, " AND ")
}

// Summary is the text an agent reads.
func (out ExportContactsOutput) Summary() string {
	said := "No contact fits, so " + out.File + " has a header only."
	if out.headless {
		said = "No contact fits, so " + out.File + " is empty."
	}
	if out.Exported > 0 {
		columns := make([]string, len(out.Columns))
		for i, column := range out.Columns {
			columns[i] = fmt.Sprintf("%s %s", text.Quote(column.Name), share(column.Filled, out.Exported))
		}
		said = lines(fmt.Sprintf("Exported %s to %s", text.Count(out.Exported, "contact"), out.File),
			"Filled: "+strings.Join(columns, ", ")+more(out.Omitted, "column"))
	}
	return lines(append([]string{said, out.Snapshot.String()}, out.Notes...)...)
}

// Shrink keeps the result within its bounds.
func (out ExportContactsOutput) Shrink(width int) Output {
	before := len(out.Columns)
	out.Columns = shrinkColumns(out.Columns, width)
	out.Omitted += before - len(out.Columns)
	out.Notes, _ = capped(clipAll(out.Notes, 300), max(1, width/8))
	return out
}
