package where

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

// The columns that every table of contacts has, in their order. Those of fields and of headers that are nothing known come
// after.
const (
	Email = iota
	ID
	Status
	Lists // a Set
	Created
	Updated
	BuiltIns // how many there are
)

var builtInNames = [BuiltIns]string{"email", "id", "status", "lists", "created_at", "updated_at"}

// BuiltIn is one of the columns that every table has.
func BuiltIn(col int) Column {
	c := Column{Name: builtInNames[col], DataType: catalog.Text}
	if col == Created || col == Updated {
		c.DataType = moment
	}
	return c
}

// moment is the type of the columns of times, besides those that fields have.
const moment = "time"

// Column is one that conditions can name.
type Column struct {
	Name     string `json:"name"`            // as conditions name it: a built-in name, a merge tag, or a header
	Label    string `json:"label,omitempty"` // the field's name where it is another
	DataType string `json:"data_type"`       // of a field; text for what is nothing known, time for created_at and updated_at
	FieldID  int64  `json:"field_id,omitempty"`
	Filled   int    `json:"filled"`           // contacts that have a value
	Absent   bool   `json:"absent,omitempty"` // the table has nothing in it
	Untold   bool   `json:"untold,omitempty"` // and it cannot be told which of several columns of the export is the field's
	Shared   bool   `json:"shared,omitempty"` // one of Mailtrap's own columns is called the same: its place alone tells that it is the field's
	Traits   traits `json:"traits,omitempty"` // of its texts
}

// Schema is a table of contacts as conditions see it.
type Schema struct {
	Contacts   int              `json:"contacts"`
	Columns    []Column         `json:"columns"` // built-in ones first
	Lists      []apiclient.List `json:"lists"`
	ListsKnown bool             `json:"lists_known"`             // whether it is known who is in which list
	Doubtful   []int64          `json:"doubtful,omitempty"`      // lists of which it is not
	Unlisted   int              `json:"lists_unknown,omitempty"` // contacts of whom it is not known, or not fully, on which lists they are
	Statuses   []string         `json:"statuses"`                // that contacts have, besides Mailtrap's two
	// Suppressions are the kinds that there are of them. They are another file's than the contacts.
	Suppressions []suppressions.Kind `json:"-"`
}

// knownStatuses are those that a condition can ask for.
func (s *Schema) knownStatuses() []string {
	return append([]string{apiclient.Subscribed, apiclient.Unsubscribed}, s.Statuses...)
}

// Names that are made of a column.
const (
	emailDomain = "email_domain"
	listCount   = "list_count"
)

// plain is a name without its case and its accents' way of being written.
func plain(name string) string { return strings.ToLower(norm.NFC.String(text.Clean(name))) }

// find is the column of a name. A built-in name means the built-in column; onlyFields passes them over.
func (s *Schema) find(name string, onlyFields bool) (int, bool) {
	if field, is := strings.CutPrefix(name, "field:"); is {
		name, onlyFields = field, true
	}
	if !onlyFields {
		for i, known := range builtInNames {
			if strings.EqualFold(name, known) {
				return i, true
			}
		}
	}
	if id, is := strings.CutPrefix(name, "id:"); is {
		i := slices.IndexFunc(s.Columns, func(c Column) bool { return c.FieldID != 0 && idText(c.FieldID) == strings.TrimSpace(id) })
		return i, i >= 0
	}
	if inner, ok := strings.CutPrefix(name, "{{"); ok {
		name = strings.TrimSpace(strings.TrimSuffix(inner, "}}"))
	}
	for _, same := range []func(Column) bool{
		func(c Column) bool { return c.Name == name },
		func(c Column) bool { return c.Label == name },
		func(c Column) bool { return plain(c.Name) == plain(name) },
		func(c Column) bool { return c.Label != "" && plain(c.Label) == plain(name) },
	} {
		if i := slices.IndexFunc(s.Columns[BuiltIns:], same); i >= 0 {
			return BuiltIns + i, true
		}
	}
	return 0, false
}

// names are all that a condition can name, in their order.
func (s *Schema) names() []string {
	names := []string{"email", "id", "status", "created_at", "updated_at", emailDomain, listCount, suppressed, suppressedAt}
	for _, c := range s.Columns[BuiltIns:] {
		names = append(names, c.Name)
	}
	return names
}

// known says which columns a condition has, and others that may be named too, the closest to a name first.
func (s *Schema) known(name string, others ...string) string {
	candidates := slices.Concat(others, s.names())
	for _, c := range s.Columns[BuiltIns:] {
		if c.Label != "" {
			candidates = append(candidates, c.Label)
		}
	}
	why := ""
	if near, ok := text.Nearest(name, candidates); ok {
		why = "Is " + s.asWritten(near) + " meant? "
	}
	shown := slices.Concat(others, s.names())
	for i, name := range shown {
		shown[i] = s.asWritten(name)
	}
	return why + meantBy(name) + "The columns are " + text.Listing(shown, 50) + "."
}

// asWritten is a column's name as an expression has to write it.
func (s *Schema) asWritten(name string) string {
	i, ok := s.find(name, false)
	low := strings.ToLower(name)
	bare := name != "" && wordLength(name) == len(name) && !isDigit(rune(name[0])) && !reserved[low] && !statements[low]
	isField := slices.ContainsFunc(s.Columns[BuiltIns:], func(c Column) bool { return c.Name == name })
	switch {
	case isField && (ok && i < BuiltIns && !slices.Contains(builtInNames[:], name) || low == suppressed || low == suppressedAt):
		return "field('" + strings.ReplaceAll(text.Clip(name, 80), "'", "''") + "')"
	case bare:
		return text.Clip(name, 80)
	case strings.Contains(name, `\`): // as all values are quoted: a backslash would let it out of the quotes of a sentence
		return text.QuoteUpTo(name, 80)
	}
	return `"` + strings.ReplaceAll(text.Clip(name, 80), `"`, `""`) + `"`
}

// List is the list that the argument of a call names, if it is known who is on it.
func (s *Schema) List(ref, argument string) (apiclient.List, error) {
	list, p := s.findList(ref, 0)
	if p != nil {
		return list, fault.New(cmp.Or(p.code, fault.InvalidInput), argument+": "+p.what+".", p.why, "Nothing was counted.")
	}
	if !s.ListsKnown {
		return list, fault.New(fault.InvalidInput, argument+": the snapshot does not tell who is in which list.",
			"Mailtrap's export has no column of lists.", "Nothing was counted.")
	}
	return list, nil
}

// findList is the list of a name or id, by the rule of the whole program.
func (s *Schema) findList(ref string, at int) (apiclient.List, *problem) {
	list, found, err := catalog.MatchList(ref, s.Lists)
	if err != nil {
		return list, conflicting(err, at).because(fault.From(err).Why + " Name it by id: in_list('id:42').")
	}
	if !found {
		return list, wrong(at, "there is no list %s", text.Quote(ref)).because(s.knownLists(ref))
	}
	if slices.Contains(s.Doubtful, list.ID) {
		return list, wrong(at, "it is not known who is on the list %s (id:%s)", text.Quote(list.Name), idText(list.ID)).
			because(s.indistinct())
	}
	return list, nil
}

// indistinct is why it is not known who is on some lists.
func (s *Schema) indistinct() string {
	names := make([]string, len(s.Doubtful))
	for i, id := range s.Doubtful {
		names[i] = text.QuoteUpTo(s.ListName(id), 60) + " (id:" + idText(id) + ")"
	}
	return "Mailtrap's export names lists in a way that does not tell these apart: " + text.Listing(names, 10) +
		". Rename one with rename_list and renew the snapshot."
}

// conflicting is a problem of a name that fits two.
func conflicting(err error, at int) *problem {
	p := wrong(at, "%s", strings.TrimSuffix(fault.From(err).What, "."))
	p.code = fault.Conflict
	return p
}

// twoFields is the problem of a name that means two fields; nil where it means one, or none.
func (s *Schema) twoFields(name string, at int) *problem {
	if _, _, err := catalog.MatchField(strings.TrimPrefix(name, "field:"), s.Fields()); err != nil {
		return conflicting(err, at).because(fault.From(err).Why + " Name it by id: field('id:42').")
	}
	return nil
}

// Fields are the fields among the columns.
func (s *Schema) Fields() (fields []apiclient.Field) {
	for _, c := range s.Columns[BuiltIns:] {
		if c.FieldID != 0 {
			fields = append(fields, apiclient.Field{ID: c.FieldID, Name: cmp.Or(c.Label, c.Name), MergeTag: c.Name, DataType: c.DataType})
		}
	}
	return fields
}

// ListName is the name of a list; its id where it is not known.
func (s *Schema) ListName(id int64) string {
	for _, l := range s.Lists {
		if l.ID == id {
			return l.Name
		}
	}
	return idText(id)
}

// IsExact reports that the texts of a field are in the table as the account has them.
func (s *Schema) IsExact(field int64) bool {
	return !slices.ContainsFunc(s.Columns, func(c Column) bool { return c.FieldID == field && c.Traits&(loose|altered) != 0 })
}

// knownLists says which lists there are, the closest to a name first.
func (s *Schema) knownLists(ref string) string {
	if len(s.Lists) == 0 {
		return "The account has no lists."
	}
	names := make([]string, len(s.Lists))
	for i, l := range s.Lists {
		names[i] = l.Name
	}
	meant := text.Meant([]string{ref}, names)
	names = text.Closest(ref, names)
	for i, name := range names {
		names[i] = text.QuoteUpTo(name, 60)
	}
	return meant + "The lists are " + text.Listing(names, 20) + "."
}

// isNumber tells the types whose values are numbers.
func isNumber(dataType string) bool { return dataType == catalog.Integer || dataType == catalog.Float }
