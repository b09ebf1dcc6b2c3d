package audience

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// The columns that every snapshot has, in their order. Those of fields and of headers that are nothing known come after.
const (
	colEmail = iota
	colID
	colStatus
	colLists // the ids of the lists, ",1,5,"; empty where it is in none
	colCreated
	colUpdated
	builtIns // how many there are
)

// maxColumns bounds the columns of a snapshot: an account has at most 40 fields.
const maxColumns = 250

// moment is the type of the columns of times, besides those that fields have.
const moment = "time"

// Column is one that can be asked about.
type Column struct {
	Name     string `json:"name"`            // as queries name it: a built-in name, a merge tag, or a header
	Label    string `json:"label,omitempty"` // the field's name where it is another
	DataType string `json:"data_type"`       // of a field; text for what is nothing known, time for created_at and updated_at
	FieldID  int64  `json:"field_id,omitempty"`
	Filled   int    `json:"filled"`           // contacts that have a value
	Absent   bool   `json:"absent,omitempty"` // the export has no such column
	Untold   bool   `json:"untold,omitempty"` // it has columns that could be the field's, and it cannot be told which; Absent as well
	Traits   traits `json:"traits,omitempty"` // of its texts
}

// schema is what a snapshot's queries can name.
type schema struct {
	columns []Column
	lists   []apiclient.List
	// listsKnown tells whether it is known who is in which list.
	listsKnown bool
	doubtful   []int64  // lists of which it is not
	statuses   []string // that contacts have
}

// knownStatuses are those that a condition can ask for.
func (s *schema) knownStatuses() []string {
	return append([]string{apiclient.Subscribed, apiclient.Unsubscribed}, s.statuses...)
}

var builtInNames = [builtIns]string{"email", "id", "status", "lists", "created_at", "updated_at"}

// Names that are made of a column.
const (
	emailDomain = "email_domain"
	listCount   = "list_count"
)

// key is what a column's values stand under in answers and files: beside status, a field of that merge tag is field:status.
func (s *schema) key(i int) string {
	if i < builtIns {
		return s.columns[i].Name
	}
	return catalog.FieldKey(s.columns[i].Name)
}

// plain is a name without its case and its accents' way of being written.
func plain(name string) string { return strings.ToLower(norm.NFC.String(text.Clean(name))) }

// find is the column of a name. A built-in name means the built-in column; onlyFields passes them over.
func (s *schema) find(name string, onlyFields bool) (int, bool) {
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
		i := slices.IndexFunc(s.columns, func(c Column) bool { return c.FieldID != 0 && idText(c.FieldID) == strings.TrimSpace(id) })
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
		if i := slices.IndexFunc(s.columns[builtIns:], same); i >= 0 {
			return builtIns + i, true
		}
	}
	return 0, false
}

// names are all that a condition can name, in their order.
func (s *schema) names() []string {
	names := []string{"email", "id", "status", "created_at", "updated_at", emailDomain, listCount}
	for _, c := range s.columns[builtIns:] {
		names = append(names, c.Name)
	}
	return names
}

// known says which columns there are, the closest to a name first.
func (s *schema) known(name string) string {
	candidates := s.names()
	for _, c := range s.columns[builtIns:] {
		if c.Label != "" {
			candidates = append(candidates, c.Label)
		}
	}
	why := ""
	if near, ok := text.Nearest(name, candidates); ok {
		why = "Is " + s.asWritten(near) + " meant? "
	}
	shown := s.names()
	for i, name := range shown {
		shown[i] = s.asWritten(name)
	}
	return why + "The columns are " + text.Listing(shown, 50) + "."
}

// asWritten is a column's name as an expression has to write it.
func (s *schema) asWritten(name string) string {
	i, ok := s.find(name, false)
	low := strings.ToLower(name)
	bare := name != "" && wordLength(name) == len(name) && !isDigit(rune(name[0])) && !reserved[low] && !statements[low]
	isField := slices.ContainsFunc(s.columns[builtIns:], func(c Column) bool { return c.Name == name })
	switch {
	case ok && i < builtIns && isField && !slices.Contains(builtInNames[:], name):
		return "field('" + strings.ReplaceAll(text.Clip(name, 80), "'", "''") + "')"
	case bare:
		return text.Clip(name, 80)
	case strings.Contains(name, `\`): // as all values are quoted: a backslash would let it out of the quotes of a sentence
		return text.QuoteUpTo(name, 80)
	}
	return `"` + strings.ReplaceAll(text.Clip(name, 80), `"`, `""`) + `"`
}

// findList is the list of a name or id, by the rule of the whole program.
func (s *schema) findList(ref string, at int) (apiclient.List, error) {
	list, found, err := catalog.MatchList(ref, s.lists)
	if err != nil {
		return list, conflicting(err, at).because(fault.From(err).Why + " Name it by id: in_list('id:42').")
	}
	if !found {
		return list, wrong(at, "there is no list %s", text.Quote(ref)).because(s.knownLists(ref))
	}
	if slices.Contains(s.doubtful, list.ID) {
		return list, wrong(at, "it is not known who is on the list %s (id:%s)", text.Quote(list.Name), idText(list.ID)).
			because(s.indistinct())
	}
	return list, nil
}

// indistinct is why it is not known who is on some lists.
func (s *schema) indistinct() string {
	names := make([]string, len(s.doubtful))
	for i, id := range s.doubtful {
		names[i] = text.QuoteUpTo(s.listName(id), 60) + " (id:" + idText(id) + ")"
	}
	return "Mailtrap's export names lists in a way that does not tell these apart: " + text.Listing(names, 10) +
		". Rename one with rename_list and renew the snapshot."
}

func (s *schema) doubtfulLists() (lists []apiclient.List) {
	for _, id := range s.doubtful {
		lists = append(lists, apiclient.List{ID: id, Name: s.listName(id)})
	}
	return lists
}

// conflicting is a problem of a name that fits two.
func conflicting(err error, at int) *problem {
	p := wrong(at, "%s", strings.TrimSuffix(fault.From(err).What, "."))
	p.code = fault.Conflict
	return p
}

// twoFields is the problem of a name that means two fields; nil where it means one, or none.
func (s *schema) twoFields(name string, at int) error {
	var fields []apiclient.Field
	for _, c := range s.columns[builtIns:] {
		if c.FieldID != 0 {
			label := c.Label
			if label == "" {
				label = c.Name
			}
			fields = append(fields, apiclient.Field{ID: c.FieldID, Name: label, MergeTag: c.Name})
		}
	}
	if _, _, err := catalog.MatchField(strings.TrimPrefix(name, "field:"), fields); err != nil {
		return conflicting(err, at).because(fault.From(err).Why + " Name it by id: field('id:42').")
	}
	return nil
}

func (s *schema) listNames() []string {
	names := make([]string, len(s.lists))
	for i, l := range s.lists {
		names[i] = l.Name
	}
	return names
}

func (s *schema) listName(id int64) string {
	for _, l := range s.lists {
		if l.ID == id {
			return l.Name
		}
	}
	return idText(id)
}

// knownLists says which lists there are, the closest to a name first.
func (s *schema) knownLists(ref string) string {
	if len(s.lists) == 0 {
		return "The account has no lists."
	}
	names := text.Closest(ref, s.listNames())
	for i, name := range names {
		names[i] = text.QuoteUpTo(name, 60)
	}
	return "The lists are " + text.Listing(names, 20) + "."
}

// isNumber tells the types whose values are numbers.
func isNumber(dataType string) bool { return dataType == catalog.Integer || dataType == catalog.Float }
