package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

var importContacts = Tool[ImportContactsInput, ImportContactsOutput]{
	Name: "import_contacts", Title: "Import contacts", Toolset: Bulk, Effect: Sets, AnswersJob: true,
	Description: "Creates or updates many contacts at once, from rows or a file, and puts them on lists. For one contact use create_contact.",
	Example:     `{"rows": [{"email": "fred@example.com", "fields": {"first_name": "Fred"}}], "lists": ["Newsletter"]}`,
	Foreign:     waitsElsewhere,
	Run:         (*Toolbox).importContacts,
}

// ImportContactsInput is who to import and onto which lists.
type ImportContactsInput struct {
	Rows           []ImportRowInput `json:"rows,omitempty" jsonschema:"maxItems=1000" jsonschema_description:"The contacts"`
	File           string           `json:"file,omitempty" jsonschema_description:"Contact file (CSV, TSV, JSON, JSON Lines, Excel, vCard; also in .gz, .zip), instead of rows. Empty cells leave a field as it is"`
	Lists          []string         `json:"lists,omitempty" jsonschema_description:"Lists all join, by name or id"`
	RemoveFromList []string         `json:"remove_from_lists,omitempty" jsonschema_description:"Lists all leave, by name or id"`
	Mapping        schema.Object    `json:"mapping,omitempty" jsonschema_description:"File column to field, \"email\" or \"ignore\"; the other columns match by name"`
	Skip           []string         `json:"skip,omitempty" jsonschema:"enum=role,enum=typo" jsonschema_description:"Leave out role addresses (info@) or misspelt domains (gmial.com)"`
	Unsubscribe    bool             `json:"unsubscribe,omitempty" jsonschema_description:"Also unsubscribe contacts who unsubscribed or complained by the file; it never imports them"`
	CreateLists    bool             `json:"create_lists,omitempty" jsonschema_description:"Create lists that do not exist"`
	CreateFields   bool             `json:"create_fields,omitempty" jsonschema_description:"Create fields for columns without one"`
	DateOrder      string           `json:"date_order,omitempty" jsonschema:"enum=dmy,enum=mdy,enum=ymd" jsonschema_description:"How the file writes 03/04/2025"`
	DecimalSign    string           `json:"decimal_sign,omitempty" jsonschema:"enum=.,enum=\\," jsonschema_description:"How the file writes one and a half: 1.5 or 1,5"`
	OnBadValue     string           `json:"on_bad_value,omitempty" jsonschema:"enum=reject,enum=leave_empty" jsonschema_description:"If a value does not fit its field: reject the row (default), or import it without the value"`
	Columns        []string         `json:"columns,omitempty" jsonschema_description:"Names of the columns of a file without a header"`
	Encoding       string           `json:"encoding,omitempty" jsonschema_description:"Of the file, like windows-1252; found out when absent"`
	Delimiter      string           `json:"delimiter,omitempty" jsonschema_description:"Between its cells, found out when absent"`
	Sheet          string           `json:"sheet,omitempty" jsonschema_description:"Of an Excel file, or the file of a ZIP: name or number"`
	HiddenRows     bool             `json:"hidden_rows,omitempty" jsonschema_description:"Read hidden rows of a sheet too"`
	Preview        bool             `json:"preview,omitempty" jsonschema_description:"Send nothing; check all and answer with a plan_id for apply_plan"`
}

// ImportRowInput is one contact.
type ImportRowInput struct {
	Email  string        `json:"email" jsonschema:"format=email"`
	Fields schema.Object `json:"fields,omitempty" jsonschema_description:"By merge tag or field name; null clears"`
	Lists  []string      `json:"lists,omitempty" jsonschema_description:"Lists this one joins"`
}

// Check wants exactly one source.
func (in ImportContactsInput) Check() error {
	if (len(in.Rows) > 0) == (in.File != "") {
		return fault.New(fault.InvalidInput, "Give the contacts either in rows or in a file.", "",
			"Up to 1,000 contacts fit into rows; for more, use a file.")
	}
	if in.File == "" && (len(in.Mapping) > 0 || len(in.Columns) > 0 || in.CreateFields || in.Unsubscribe || in.HiddenRows ||
		in.DateOrder+in.DecimalSign+in.OnBadValue+in.Encoding+in.Delimiter+in.Sheet != "") {
		return fault.New(fault.InvalidInput, "mapping, create_fields, unsubscribe, date_order, decimal_sign, on_bad_value, "+
			"columns, encoding, delimiter, sheet and hidden_rows apply to a file, and the call names none.", "",
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

// ImportContactsOutput is the import, planned or as far as it went within the call.
type ImportContactsOutput struct {
	Read ReadView `json:"read,omitzero"`
	Job  JobView  `json:"job"`
}

func (box *Toolbox) importContacts(ctx context.Context, in ImportContactsInput) (ImportContactsOutput, error) {
	planned, err := box.planImport(ctx, in)
	if err != nil {
		return ImportContactsOutput{}, err
	}
	job, err := box.previewOrRun(ctx, planned, in.Preview, box.PreviewAbove)
	out := ImportContactsOutput{Read: viewRead(planned.Source), Job: job}
	out.Read.creates, out.Read.preview, out.Job.creates = in.CreateFields, in.Preview, in.CreateFields
	out.Read.unsubscribes = in.Unsubscribe
	return out, err
}

func (box *Toolbox) planImport(ctx context.Context, in ImportContactsInput) (bulk.Status, error) {
	leave, err := box.Catalog.ResolveLists(ctx, in.RemoveFromList)
	if err != nil {
		return bulk.Status{}, err
	}
	join, create, err := box.importLists(ctx, in, leave)
	if err != nil {
		return bulk.Status{}, err
	}
	if err := box.Catalog.RoomForLists(ctx, newNames(create)); err != nil {
		return bulk.Status{}, err
	}
	request := bulk.ImportRequest{File: in.File, Join: join, Leave: leave, CreateLists: create, Unsubscribe: in.Unsubscribe,
		Progress: reading(ctx)}
	if request.Reading, err = in.reading(); err != nil {
		return bulk.Status{}, err
	}
	unseen := ""
	if in.File != "" || in.Preview {
		s, err := box.seeForImport(ctx, in.Preview)
		if err != nil {
			return bulk.Status{}, err
		}
		defer s.Release()
		if unseen = s.withLists(); unseen == "" {
			request.There, request.AsOf = s.Snapshot, s.TakenAt()
		}
	}
	if in.File == "" {
		if request.Rows, err = box.importRows(ctx, in.Rows, create); err != nil {
			return bulk.Status{}, err
		}
	}
	if request.There == nil { // else the comparison tells
		if request.Unsubscribed, err = box.knownUnsubscribed(ctx, request.Rows); err != nil {
			return bulk.Status{}, err
		}
	}
	planned, err := box.Bulk.PlanImport(ctx, request)
	if in.Preview && unseen != "" {
		planned.Notes = append(planned.Notes, "How many of them would be created, changed or left as they are is not known: "+unseen)
	}
	return planned, err
}

// reading reports how much of a file was read.
func reading(ctx context.Context) func(read, size int64) {
	report := progressOf(ctx)
	return func(read, size int64) { report(int(read>>10), int(size>>10), "reading the file (KB)") }
}

// importLists are the lists that all contacts join, and those to create; without create_lists there must be none. A list
// to be left may not be joined.
func (box *Toolbox) importLists(ctx context.Context, in ImportContactsInput, leave []apiclient.List) (join []apiclient.List,
	create []bulk.NewList, err error) {
	if join, create, err = box.joinable(ctx, in.Lists, in.CreateLists); err != nil {
		return nil, nil, err
	}
	var own []string
	for _, row := range in.Rows {
		own = append(own, row.Lists...)
	}
	slices.Sort(own)
	rows, missing, err := box.listsToCreate(ctx, slices.Compact(own), in.CreateLists)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range missing {
		if !slices.ContainsFunc(create, func(list bulk.NewList) bool { return strings.EqualFold(list.Name, text.Clean(name)) }) {
			create = append(create, bulk.NewList{Name: text.Clean(name)})
		}
	}
	for _, list := range slices.Concat(join, rows) {
		if slices.Contains(leave, list) {
			return nil, nil, fault.New(fault.InvalidInput, "The list "+viewList(list).String()+" is to be both joined and left.", "",
				"Nothing was sent; name each list either in remove_from_lists or among the lists to join.")
		}
	}
	return join, create, nil
}

// joinable are lists that all contacts of a job join: those that are there, and those to create.
func (box *Toolbox) joinable(ctx context.Context, names []string, createMissing bool) (there []apiclient.List,
	create []bulk.NewList, err error) {
	there, missing, err := box.listsToCreate(ctx, names, createMissing)
	for _, name := range missing {
		create = append(create, bulk.NewList{Name: text.Clean(name), All: true})
	}
	return there, create, err
}

// newNames are the names of lists that are to be created.
func newNames(create []bulk.NewList) []string {
	names := make([]string, len(create))
	for i, list := range create {
		names[i] = list.Name
	}
	return names
}

// importRows checks the rows of a call against the account. All that is wrong is reported at once.
func (box *Toolbox) importRows(ctx context.Context, given []ImportRowInput, create []bulk.NewList) ([]apiclient.ImportRow, error) {
	rows := make([]apiclient.ImportRow, len(given))
	var problems []string
	for i, row := range given {
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
		lists, err := box.rowLists(ctx, row.Lists, create)
		if err != nil {
			return nil, err
		}
		rows[i] = apiclient.ImportRow{Email: email, Fields: values, AddToLists: lists}
	}
	if len(problems) > 0 {
		return nil, fault.New(fault.InvalidInput,
			strings.Join(problems[:min(len(problems), shownProblems)], "; ")+more(len(problems)-min(len(problems), shownProblems), "row")+".", "",
			"Nothing was sent; list_fields shows the fields and their types, create_field makes a new one.")
	}
	return rows, nil
}

// rowLists are the lists of one row; one that is still to be created has a stand-in.
func (box *Toolbox) rowLists(ctx context.Context, names []string, create []bulk.NewList) ([]int64, error) {
	if len(names) == 0 {
		return nil, nil
	}
	there, missing, err := box.Catalog.FindLists(ctx, names)
	if err != nil {
		return nil, err
	}
	ids := listIDs(there)
	for _, name := range missing {
		i := slices.IndexFunc(create, func(list bulk.NewList) bool { return strings.EqualFold(list.Name, text.Clean(name)) })
		ids = append(ids, bulk.StandIn(i))
	}
	return ids, nil
}

// shownProblems is how many wrong rows an error names.
const shownProblems = 10

// Summary is the text an agent reads.
func (out ImportContactsOutput) Summary() string {
	return lines(out.Job.describe(), out.Read.describe(), out.Job.next())
}

// Shrink keeps the result within its bounds.
func (out ImportContactsOutput) Shrink(width int) Output {
	out.Read = out.Read.shrink(width)
	out.Job = out.Job.shrink(width)
	return out
}
