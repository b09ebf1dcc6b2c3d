package tools

import (
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

// reading is what the call says about its file.
func (in ImportContactsInput) reading() (intake.Reading, error) {
	how, err := readingOf(in.Mapping, in.Skip, in.DateOrder, in.DecimalSign, in.OnBadValue)
	how.CreateFields, how.CreateLists = in.CreateFields, in.CreateLists
	how.Columns, how.Encoding, how.Delimiter, how.Sheet, how.HiddenRows = in.Columns, in.Encoding, in.Delimiter, in.Sheet, in.HiddenRows
	return how, err
}

// readingOf is what every call with a contact file may say about it.
func readingOf(mapping schema.Object, skip []string, dateOrder, decimalSign, onBadValue string) (how intake.Reading, err error) {
	how = intake.Reading{DateOrder: dateOrder, DecimalSign: decimalSign, LeaveEmpty: onBadValue == leaveEmpty}
	for _, kind := range skip {
		how.Skip = append(how.Skip, intake.Doubt(kind))
	}
	how.Mapping, err = mappingOf(mapping)
	return how, err
}

// leaveEmpty is what on_bad_value may be besides reject.
const leaveEmpty = "leave_empty"

// mappingOf wants a text for each column; a number is a field's id.
func mappingOf(given schema.Object) (map[string]string, error) {
	mapping := make(map[string]string, len(given))
	var wrong []string
	for name, to := range given {
		switch to := to.(type) {
		case string:
			mapping[name] = to
		case fmt.Stringer: // json.Number
			mapping[name] = to.String()
		case nil:
			mapping[name] = leftOutAs
		default:
			wrong = append(wrong, "mapping."+text.Clip(name, 60)+": is "+text.Value(to))
		}
		if to, ok := mapping[name]; ok && strings.TrimSpace(to) == "" {
			wrong = append(wrong, "mapping."+text.Clip(name, 60)+": is empty")
		}
	}
	if len(wrong) == 0 {
		return mapping, nil
	}
	slices.Sort(wrong)
	return nil, fault.New(fault.InvalidInput, text.Listing(wrong, 10)+".", "",
		"Nothing was sent; give for each column a field's name or merge tag, \"email\" or \"ignore\".")
}

// ReadView is what was made of a file's columns and addresses.
type ReadView struct {
	Format         string         `json:"format,omitempty" jsonschema_description:"What the file was taken for"`
	NotRead        []NoteView     `json:"not_read,omitempty" jsonschema_description:"What else the file holds"`
	Columns        []UseView      `json:"columns,omitempty" jsonschema_description:"What the columns of the file go into"`
	CreatedFields  []ProposalView `json:"created_fields,omitempty"`
	ProposedFields []ProposalView `json:"proposed_fields,omitempty" jsonschema_description:"What create_fields would create"`
	OptedOut       int            `json:"opted_out,omitempty" jsonschema_description:"People the file says not to mail, left out"`
	HeldBack       int            `json:"held_back,omitempty" jsonschema_description:"People of whom the file leaves it open, left out"`
	Unsubscribed   DoubtfulView   `json:"unsubscribed,omitzero" jsonschema_description:"Contacts that are unsubscribed in the account, as far as the last snapshot knows"`
	Mail           []MailView     `json:"mail,omitempty" jsonschema_description:"Columns that say who may be mailed"`
	Values         ValuesView     `json:"values,omitzero"`
	Roles          DoubtfulView   `json:"role_addresses,omitzero"`
	Typos          DoubtfulView   `json:"misspelt_domains,omitzero"`
	// Omitted and OmittedProposals count what was left out because the result would be too long.
	Omitted          int `json:"omitted_columns,omitempty"`
	OmittedProposals int `json:"omitted_proposed_fields,omitempty"`

	sync    bool   // of a call that does not take create_fields
	creates bool   // the call creates fields
	preview bool   // nothing is done yet
	release string // how those who are held back are released
	export  bool   // the file is an export of contacts

	otherwise int // of OptedOut, those who neither unsubscribed nor complained by the file

	unsubscribes bool // the call unsubscribes those who unsubscribed or complained by the file
}

// NoteView is something in a file that was not read as one of its rows.
type NoteView struct {
	Kind   string `json:"kind"`
	Name   string `json:"name,omitempty"`
	Rows   int    `json:"rows,omitempty"`
	First  int    `json:"first_line,omitempty"`
	Last   int    `json:"last_line,omitempty"`
	People bool   `json:"holds_addresses,omitempty"`

	said string
}

// UseView is what a column goes into.
type UseView struct {
	Column    string `json:"column"`
	To        string `json:"to,omitempty" jsonschema_description:"email, a merge tag, lists, ignore"`
	OptOut    bool   `json:"opt_out,omitempty" jsonschema_description:"Read for who may be mailed"`
	DateOrder string `json:"date_order,omitempty"`
	Decimals  string `json:"decimal_sign,omitempty"`
	ShownBy   string `json:"shown_by,omitempty" jsonschema_description:"The value that shows the order or the sign"`

	overruled bool // it shows another than the call gave
}

// ProposalView is a field for a column that has none.
type ProposalView struct {
	Column   string `json:"column"`
	Name     string `json:"name"`
	MergeTag string `json:"merge_tag"`
	DataType string `json:"data_type"`
	Values   int    `json:"values"`
	Fitting  int    `json:"fitting,omitempty" jsonschema_description:"Values that fit the type, or nearly"`
	NotFit   string `json:"not_fitting,omitempty" jsonschema_description:"One that does not"`
	Nearly   string `json:"nearly,omitempty" jsonschema_description:"The type that most of a text's values would fit"`
	TooLong  bool   `json:"too_long,omitempty"`
	Likely   string `json:"likely_field,omitempty" jsonschema_description:"A field that the column may mean; say so with mapping"`
}

// shownNotes is how many things that were not read are told.
const shownNotes = 12

// DoubtfulView counts addresses that are seldom worth mailing.
type DoubtfulView struct {
	Count    int      `json:"count"`
	Examples []string `json:"examples,omitempty"`
	Skipped  bool     `json:"skipped,omitempty"`
}

func viewRead(source intake.Summary) ReadView {
	view := ReadView{Format: source.Format, OptedOut: source.OptedOut, HeldBack: source.HeldBack, Mail: viewMail(source.Mail),
		Unsubscribed: viewDoubtful(source.Unsubscribed), release: source.Release(), export: source.Export,
		otherwise: source.OptedOut - source.Guarded - source.SaidNo,
		Roles:     viewDoubtful(source.Roles), Typos: viewDoubtful(source.Typos)}
	for _, use := range source.Uses {
		if use.To != "" || use.OptOut {
			view.Columns = append(view.Columns, UseView{use.Column, use.To, use.OptOut, use.Order, use.Sign, use.Shows, use.Overruled})
		}
	}
	for _, note := range source.Notes[:min(len(source.Notes), shownNotes)] {
		view.NotRead = append(view.NotRead,
			NoteView{string(note.Kind), note.Name, note.Rows, note.First, note.Last, note.People, note.Describe()})
	}
	view.CreatedFields, view.ProposedFields = viewProposals(source.Created), viewProposals(source.Proposed)
	view.Values = viewValues(source)
	return view
}

// leftOutAs is what a column goes into that mapping leaves out.
const leftOutAs = "ignore"

// because says what decided how a column was read.
func (v UseView) because(argument string) string {
	switch {
	case v.overruled:
		return "as " + text.Quote(v.ShownBy) + " shows, against the " + argument + " given"
	case v.ShownBy != "":
		return "as " + text.Quote(v.ShownBy) + " shows"
	}
	return "as " + argument + " says"
}

func viewProposals(proposals []intake.Proposal) []ProposalView {
	views := make([]ProposalView, len(proposals))
	for i, p := range proposals {
		views[i] = ProposalView{
			Column: p.Column, Name: p.Field.Name, MergeTag: p.Field.MergeTag, DataType: p.Field.DataType,
			Values: p.Values, Fitting: p.Fits, NotFit: p.Misfit, Nearly: p.Nearly, TooLong: p.TooLong, Likely: p.Likely,
		}
	}
	return views
}

func viewDoubtful(d intake.Doubtful) DoubtfulView {
	return DoubtfulView{Count: d.Count, Examples: clipAll(d.Examples, 80), Skipped: d.Skipped && d.Count > 0}
}

// describe is what was made of the file in lines of text.
func (v ReadView) describe() string {
	var to, out, orders, signs []string
	for _, use := range v.Columns {
		said := text.Quote(use.Column) + " → " + use.To
		if use.To == leftOutAs && !use.OptOut {
			out = append(out, text.Quote(use.Column))
			continue
		}
		switch {
		case use.To == leftOutAs:
			said = text.Quote(use.Column) + " (left out as mapping says, but read for who may be mailed)"
		case use.To == "":
			said = text.Quote(use.Column) + " (who may be mailed)"
		case use.OptOut:
			said += " (and who may be mailed)"
		}
		to = append(to, said)
		if use.DateOrder != "" {
			orders = append(orders, text.Quote(use.Column)+" "+use.DateOrder+", "+use.because("date_order"))
		}
		if use.Decimals != "" {
			signs = append(signs, text.Quote(use.Column)+" with "+text.Quote(use.Decimals)+", "+use.because("decimal_sign"))
		}
	}
	notes := make([]string, len(v.NotRead))
	for i, note := range v.NotRead {
		notes[i] = note.said
	}
	return lines(
		v.takenFor(),
		enumerated("Not read: ", notes, 0, ""),
		enumerated("Columns: ", to, v.Omitted, "column"),
		enumerated("Left out, as mapping says: ", out, 0, ""),
		v.describeMail(),
		v.describeUnsubscribed(),
		enumerated("Dates read: ", orders, 0, ""),
		enumerated("Decimals read: ", signs, 0, ""),
		v.Values.describe(),
		enumerated(v.created(), descriptions(v.CreatedFields, true), 0, ""),
		enumerated(v.would(), descriptions(v.ProposedFields, false), v.OmittedProposals, "field"),
		v.Roles.describe("role address", "like info@", "role"),
		v.Typos.describe("address", "at what looks like a misspelt domain", "typo"),
	)
}

// created begins the sentence that names fields which are created.
func (v ReadView) created() string {
	if v.preview {
		return "Fields that would be created: "
	}
	return "Fields created: "
}

// would begins the sentence that names fields which could be created.
func (v ReadView) would() string {
	switch {
	case v.sync:
		return "Fields that could be made for other columns: "
	case v.creates:
		return "Not created: "
	}
	return "Fields that create_fields: true would create: "
}

// takenFor says what a file was taken for, unless it is what everybody expects.
func (v ReadView) takenFor() string {
	if v.Format == "" || v.Format == "CSV" {
		return ""
	}
	return "Read as " + v.Format + "."
}

func enumerated(head string, items []string, omitted int, noun string) string {
	if len(items) == 0 {
		return ""
	}
	return head + strings.Join(items, "; ") + more(omitted, noun) + "."
}

func descriptions(proposals []ProposalView, created bool) []string {
	var said []string
	for _, p := range proposals {
		if p.Likely != "" {
			continue
		}
		what := p.DataType
		switch {
		case p.TooLong:
			said = append(said, fmt.Sprintf("%s: none, its texts are longer than %d characters", text.Quote(p.Column), apiclient.MaxTextValue))
			continue
		case p.Nearly != "":
			what += fmt.Sprintf("; %s of %s would fit %s, %s would not", text.Number(p.Fitting), text.Count(p.Values, "value"),
				p.Nearly, text.Quote(p.NotFit))
		case p.Fitting < p.Values:
			what += fmt.Sprintf("; fits %s of %s, not %s", text.Number(p.Fitting), text.Count(p.Values, "value"), text.Quote(p.NotFit))
		case !created:
			what += "; filled in " + text.Count(p.Values, "row")
		}
		said = append(said, fmt.Sprintf("%s as %s (%s)", text.Quote(p.Column), text.Quote(p.MergeTag), what))
	}
	return said
}

func (v DoubtfulView) describe(noun, what, word string) string {
	if v.Count == 0 {
		return ""
	}
	said := text.Count(v.Count, noun) + " " + what
	if v.Skipped {
		said += " " + was(v.Count) + " skipped"
	}
	said += ": " + strings.Join(v.Examples, ", ")
	if v.Count > len(v.Examples) {
		said += " …"
	}
	if !v.Skipped {
		said += `; skip: ["` + word + `"] leaves such out`
	}
	return said + "."
}

func (v ReadView) shrink(width int) ReadView {
	columns, omitted := capped(v.Columns, max(1, width/3))
	v.Omitted = omitted
	v.Columns = make([]UseView, len(columns))
	for i, use := range columns {
		v.Columns[i] = UseView{text.Clip(use.Column, width/2), text.Clip(use.To, width), use.OptOut, use.DateOrder, use.Decimals,
			text.Clip(use.ShownBy, 40), use.overruled}
	}
	mail, _ := capped(v.Mail, max(1, width/12))
	v.Mail = nil
	for _, column := range mail {
		v.Mail = append(v.Mail, column.shrink(width))
	}
	v.CreatedFields, _ = shrinkProposals(v.CreatedFields, width)
	v.ProposedFields, v.OmittedProposals = shrinkProposals(v.ProposedFields, width)
	v.Unsubscribed = v.Unsubscribed.shrink(width)
	v.Values = v.Values.shrink(width)
	v.Roles, v.Typos = v.Roles.shrink(width), v.Typos.shrink(width)
	return v
}

func shrinkProposals(proposals []ProposalView, width int) (shown []ProposalView, omitted int) {
	kept, omitted := capped(proposals, max(1, width/6))
	for _, p := range kept {
		p.Column, p.Name, p.MergeTag, p.NotFit = text.Clip(p.Column, width/2), text.Clip(p.Name, width/2), text.Clip(p.MergeTag,
			width/2), text.Clip(p.NotFit, width/2)
		shown = append(shown, p)
	}
	return shown, omitted
}

func (v DoubtfulView) shrink(width int) DoubtfulView {
	v.Examples = clipAll(v.Examples, width)
	return v
}
