package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

var importContacts = Tool[ImportContactsInput, ImportContactsOutput]{
	Name: "import_contacts", Title: "Import contacts", Toolset: Bulk, Effect: Sets,
	Description: "Creates or updates many contacts at once, from rows or a file, and puts them on lists. For one contact use create_contact.",
	Run:         (*Toolbox).importContacts,
}

// ImportContactsInput is who to import and onto which lists.
type ImportContactsInput struct {
	Rows           []ImportRowInput `json:"rows,omitempty" jsonschema:"maxItems=1000" jsonschema_description:"The contacts, at most 1,000"`
	File           string           `json:"file,omitempty" jsonschema_description:"Path of a contact file (CSV, TSV, JSON, JSON Lines, Excel; .gz too), instead of rows. Empty cells leave a field as it is"`
	Lists          []string         `json:"lists,omitempty" jsonschema_description:"Lists all join, by name or id"`
	RemoveFromList []string         `json:"remove_from_lists,omitempty" jsonschema_description:"Lists all leave, by name or id"`
	Mapping        schema.Object    `json:"mapping,omitempty" jsonschema_description:"File column to field, \"email\" or \"ignore\"; the other columns match by name"`
	Skip           []string         `json:"skip,omitempty" jsonschema:"enum=role,enum=typo" jsonschema_description:"Leave out role addresses (info@) or misspelt domains (gmial.com)"`
	CreateLists    bool             `json:"create_lists,omitempty" jsonschema_description:"Create lists that do not exist"`
	CreateFields   bool             `json:"create_fields,omitempty" jsonschema_description:"Create fields for columns without one"`
	DateOrder      string           `json:"date_order,omitempty" jsonschema:"enum=dmy,enum=mdy,enum=ymd" jsonschema_description:"How the file writes 03/04/2025"`
	Columns        []string         `json:"columns,omitempty" jsonschema_description:"Names of the columns of a file without a header"`
	Encoding       string           `json:"encoding,omitempty" jsonschema_description:"Of the file, like windows-1252; found out when absent"`
	Delimiter      string           `json:"delimiter,omitempty" jsonschema_description:"Between its cells, found out when absent"`
	Sheet          string           `json:"sheet,omitempty" jsonschema_description:"Of an Excel file: name or number; absent: the first"`
	WaitSeconds    *int64           `json:"wait_seconds,omitempty" jsonschema:"minimum=0,maximum=45" jsonschema_description:"How long to wait for the end; absent: 20"`
}

// ImportRowInput is one contact.
type ImportRowInput struct {
	Email  string        `json:"email" jsonschema:"format=email"`
	Fields schema.Object `json:"fields,omitempty" jsonschema_description:"Values by merge tag or field name; null clears"`
	Lists  []string      `json:"lists,omitempty" jsonschema_description:"Lists this one joins"`
}

// Check wants exactly one source.
func (in ImportContactsInput) Check() error {
	if (len(in.Rows) > 0) == (in.File != "") {
		return fault.New(fault.InvalidInput, "Give the contacts either as rows or as a file.", "",
			"Up to 1,000 contacts fit into rows; more belong into a file.")
	}
	if in.File == "" && (len(in.Mapping) > 0 || len(in.Columns) > 0 || in.CreateFields || in.DateOrder+in.Encoding+in.Delimiter+in.Sheet != "") {
		return fault.New(fault.InvalidInput, "mapping, create_fields, date_order, columns, encoding, delimiter and sheet are about a file, and there is none.", "",
			"Leave them out; rows name their fields themselves.")
	}
	return joinedAndLeft("lists", in.Lists, "remove_from_lists", in.RemoveFromList)
}

// joinedAndLeft refuses a list that is named in two arguments which contradict each other.
func joinedAndLeft(joined string, join []string, left string, leave []string) error {
	for _, list := range join {
		if slices.Contains(leave, list) {
			return fault.New(fault.InvalidInput, joined+" and "+left+" both name "+text.Quote(list)+".", "",
				"Nothing was sent; name each list in one of them only.")
		}
	}
	return nil
}

// ImportContactsOutput is the import as far as it went within the call.
type ImportContactsOutput struct {
	Lists        []ListView `json:"lists"`
	Left         []ListView `json:"left,omitempty" jsonschema_description:"Lists that all were taken off"`
	CreatedLists int        `json:"created_lists,omitempty"`
	Read         ReadView   `json:"read,omitzero"`
	Job          JobView    `json:"job"`
}

func (box *Toolbox) importContacts(ctx context.Context, in ImportContactsInput) (ImportContactsOutput, error) {
	remove, err := box.Catalog.ResolveLists(ctx, in.RemoveFromList)
	if err != nil {
		return ImportContactsOutput{}, err
	}
	missing, err := box.missingLists(ctx, in, remove)
	if err != nil {
		return ImportContactsOutput{}, err
	}
	prepared, err := box.prepare(ctx, in)
	if err != nil {
		return ImportContactsOutput{}, err
	}
	if len(prepared.Rows) == 0 {
		return ImportContactsOutput{}, prepared.NothingToImport()
	}
	if err := box.createFields(ctx, prepared.Created); err != nil {
		return ImportContactsOutput{}, err
	}
	out, err := box.importPrepared(ctx, in, prepared, missing, remove)
	return out, afterCreatingFields(prepared.Created, err)
}

func (box *Toolbox) importPrepared(ctx context.Context, in ImportContactsInput, prepared *bulk.Prepared, missing []string, remove []apiclient.List) (ImportContactsOutput, error) {
	lists, err := box.ensureLists(ctx, in.Lists, missing)
	if err != nil {
		return ImportContactsOutput{}, err
	}
	if err := box.joinLists(ctx, prepared.Rows, in.Rows); err != nil {
		return ImportContactsOutput{}, afterCreating(missing, err, "")
	}
	for i := range prepared.Rows {
		prepared.Rows[i].AddToLists = bulk.Union(prepared.Rows[i].AddToLists, listIDs(lists))
		prepared.Rows[i].RemoveFrom = listIDs(remove)
	}
	job, err := box.runImport(ctx, prepared, waiting(ctx, in.WaitSeconds))
	if err != nil {
		return ImportContactsOutput{}, afterCreating(missing, err, "")
	}
	return ImportContactsOutput{Lists: viewLists(lists), Left: viewLists(remove), CreatedLists: len(missing), Read: viewRead(prepared), Job: job}, nil
}

// createFields creates the fields that a file's columns are to go into.
func (box *Toolbox) createFields(ctx context.Context, wanted []bulk.Proposal) error {
	fields := make([]apiclient.Field, len(wanted))
	for i, proposal := range wanted {
		fields[i] = proposal.Field
	}
	created, err := box.Catalog.CreateFields(ctx, fields)
	return afterCreatingFields(wanted[:len(created)], err)
}

// afterCreatingFields says of a call that failed which fields it has created.
func afterCreatingFields(created []bulk.Proposal, err error) error {
	tags := make([]string, len(created))
	for i, proposal := range created {
		tags[i] = proposal.Field.MergeTag
	}
	return afterMaking("field", tags, err, "No contact was changed by that; a repeat of the call uses the fields that exist now.")
}

// missingLists are the lists to create; without create_lists there must be none. A list to be left may not be joined.
func (box *Toolbox) missingLists(ctx context.Context, in ImportContactsInput, leave []apiclient.List) ([]string, error) {
	names := slices.Clone(in.Lists)
	for _, row := range in.Rows {
		for _, name := range row.Lists {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	join, missing, err := box.listsToCreate(ctx, names, in.CreateLists)
	if err != nil {
		return nil, err
	}
	for _, list := range join {
		if slices.Contains(leave, list) {
			return nil, fault.New(fault.InvalidInput, "The list "+viewList(list).String()+" is to be both joined and left.", "",
				"Nothing was sent; name each list either in remove_from_lists or among the lists to join.")
		}
	}
	return missing, nil
}

func (box *Toolbox) prepare(ctx context.Context, in ImportContactsInput) (*bulk.Prepared, error) {
	if in.File != "" {
		how, err := in.reading()
		if err != nil {
			return nil, err
		}
		return box.Bulk.ReadFile(ctx, in.File, how)
	}
	rows := make([]apiclient.ImportRow, len(in.Rows))
	var problems []string
	for i, row := range in.Rows {
		email, err := apiclient.ParseEmail(row.Email)
		if err != nil {
			return nil, err // the schema has checked it, so this is a defect
		}
		values, err := box.Catalog.Values(ctx, fmt.Sprintf("rows[%d].fields", i), row.Fields)
		switch {
		case fault.Is(err, fault.InvalidInput):
			problems = append(problems, text.ClipProse(strings.TrimSuffix(fault.From(err).What, "."), 300))
		case err != nil:
			return nil, err
		}
		rows[i] = apiclient.ImportRow{Email: email, Fields: values}
	}
	if len(problems) > 0 {
		return nil, fault.New(fault.InvalidInput, strings.Join(problems[:min(len(problems), shownProblems)], "; ")+more(len(problems)-min(len(problems), shownProblems), "row")+".", "",
			"Nothing was sent; list_fields shows the fields and their types, create_field makes a new one.")
	}
	return box.Bulk.ReadRows(ctx, rows, in.doubts())
}

// shownProblems is how many wrong rows an error names.
const shownProblems = 10

// joinLists puts contacts on the lists of their own rows, which exist by now. A file has no such lists.
func (box *Toolbox) joinLists(ctx context.Context, contacts []apiclient.ImportRow, rows []ImportRowInput) error {
	at := make(map[string]int, len(contacts))
	for i, contact := range contacts {
		at[contact.Email] = i
	}
	for _, row := range rows { // some of which were skipped
		lists, err := box.Catalog.ResolveLists(ctx, row.Lists)
		if err != nil {
			return err
		}
		email, err := apiclient.ParseEmail(row.Email)
		if err != nil {
			return err
		}
		i, there := at[email]
		if !there { // rejected
			continue
		}
		contact := &contacts[i]
		contact.AddToLists = bulk.Union(contact.AddToLists, listIDs(lists))
	}
	return nil
}

// runImport starts an import and waits. What is not kept in files is waited for until Mailtrap has accepted it, or the
// call's time is up: so few answers as possible leave contacts in this process only, and those say so.
func (box *Toolbox) runImport(ctx context.Context, prepared *bulk.Prepared, wait time.Duration) (JobView, error) {
	id, err := box.Bulk.StartImport(ctx, prepared)
	if err != nil {
		return JobView{}, err
	}
	status, err := box.Bulk.Follow(ctx, id, wait, progressOf(ctx))
	second := int64(1)
	for waited := 0; err == nil && status.State == bulk.Running && len(status.APIJobs) == 0 && waiting(ctx, nil) > time.Second; waited++ {
		if status.UnsentFolder != "" && waited == idSeconds {
			break
		}
		status, err = box.Bulk.Follow(ctx, id, waiting(ctx, &second), progressOf(ctx))
	}
	if err != nil {
		return JobView{}, err
	}
	if status.State == bulk.Failed && status.Sent == 0 && status.UnsentFolder == "" {
		return JobView{}, status.Err
	}
	return viewJob(status), nil
}

// Summary is the text an agent reads.
func (out ImportContactsOutput) Summary() string {
	created := ""
	if out.CreatedLists > 0 {
		created = text.Count(out.CreatedLists, "list") + " " + was(out.CreatedLists) + " created."
	}
	lists := ""
	if len(out.Lists) > 0 {
		lists = "Lists: " + describeLists(out.Lists)
	}
	if len(out.Left) > 0 {
		lists = strings.TrimSpace(lists + "\nTaken off: " + describeLists(out.Left))
	}
	return lines(out.Job.describe(), lists, created, out.Read.describe())
}

// Shrink keeps the result within its bounds.
func (out ImportContactsOutput) Shrink(width int) Output {
	out.Lists, _ = shrinkLists(out.Lists, width)
	out.Left, _ = shrinkLists(out.Left, width)
	out.Read = out.Read.shrink(width)
	out.Job = out.Job.shrink(width)
	return out
}

var exportContacts = Tool[ExportContactsInput, ExportContactsOutput]{
	Name: "export_contacts", Title: "Export contacts to a file", Toolset: Bulk, Effect: Reads,
	Description: "Writes contacts to a CSV file and says how many there are and how full each column is. The only way to count or list contacts.",
	Run:         (*Toolbox).exportContacts,
}

// ExportContactsInput is whom to export.
type ExportContactsInput struct {
	Lists       []string `json:"lists,omitempty" jsonschema_description:"Members of any of these, by name or id; absent: everyone"`
	Status      string   `json:"status,omitempty" jsonschema:"enum=subscribed,enum=unsubscribed"`
	Columns     []string `json:"columns,omitempty" jsonschema_description:"Columns to keep, by merge tag, field name or header; absent: all"`
	File        string   `json:"file,omitempty" jsonschema_description:"Path of a new CSV file"`
	WaitSeconds *int64   `json:"wait_seconds,omitempty" jsonschema:"minimum=0,maximum=45" jsonschema_description:"How long to wait for the end; absent: 20"`
}

// ExportContactsOutput is the export as far as it went within the call.
type ExportContactsOutput struct {
	Job JobView `json:"job"`
}

// idSeconds is how long even a call that does not want to wait waits for Mailtrap's number of the export: with it in the
// job's id, the export can be followed after a restart. One that waits for its turn has none for longer.
const idSeconds = 5

func (box *Toolbox) exportContacts(ctx context.Context, in ExportContactsInput) (ExportContactsOutput, error) {
	lists, err := box.Catalog.ResolveLists(ctx, in.Lists)
	if err != nil {
		return ExportContactsOutput{}, err
	}
	fresh := box.Contacts.JustWrote()
	id, err := box.Bulk.StartExport(bulk.ExportRequest{
		Filter:  apiclient.ExportFilter{ListIDs: listIDs(lists), Status: in.Status},
		Columns: in.Columns, File: in.File,
	})
	if err != nil {
		return ExportContactsOutput{}, err
	}
	status, err := box.Bulk.Follow(ctx, id, waiting(ctx, in.WaitSeconds), progressOf(ctx))
	second := int64(1)
	for range idSeconds {
		if err != nil || status.State != bulk.Running || len(status.APIJobs) > 0 {
			break
		}
		status, err = box.Bulk.Follow(ctx, id, waiting(ctx, &second), progressOf(ctx))
	}
	if err != nil {
		return ExportContactsOutput{}, err
	}
	if status.State == bulk.Failed {
		return ExportContactsOutput{}, status.Err
	}
	out := ExportContactsOutput{Job: viewJob(status)}
	if fresh {
		out.Job.Note = "Contacts were written in the ten seconds before, and those changes may be missing from it; export again to be sure."
	}
	return out, nil
}

// Summary is the text an agent reads.
func (out ExportContactsOutput) Summary() string { return out.Job.describe() }

// Shrink keeps the result within its bounds.
func (out ExportContactsOutput) Shrink(width int) Output {
	out.Job = out.Job.shrink(width)
	return out
}
