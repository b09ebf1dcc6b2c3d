package exports

import (
	"slices"
	"strings"
	"unicode"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// What an export tells of every contact besides its fields.
const (
	Email = iota
	ID
	Status
	Lists
	Created
	Updated
	Facts // how many there are
)

// aliases are what the columns of facts may be called, in letters and digits, the surest first. How a real export is headed
// is not documented.
var aliases = [Facts][]string{
	Email:  {"email", "emailaddress", "contactemail", "mail", "emails", "address"},
	ID:     {"contactid", "contactuuid", "id", "uuid"},
	Status: {"subscriptionstatus", "contactstatus", "status", "subscribed", "unsubscribed"},
	Lists: {"listids", "listnames", "lists", "contactlists", "listmemberships", "listmembership", "list", "memberships",
		"listid", "listname"},
	Created: {"createdat", "created", "creationdate", "createdon", "createdate", "dateadded", "addedat", "dateofcreation"},
	Updated: {"updatedat", "updated", "lastupdated", "updatedon", "updatedate", "modifiedat", "lastmodified", "modified", "lastupdate"},
}

// Columns say which column of an export is what.
type Columns struct {
	Facts   [Facts]int // by fact the column; -1 for none
	Inverse bool       // the status is a column "unsubscribed"
	Fields  []int      // by field the column; -1 for none
	Untold  []bool     // by field: columns could be its, and it cannot be told which
	Rest    []int      // columns that are nothing known
}

// ColumnsOf reads a header. Exports are headed by merge tags or by names, one or the other in all of a file: whichever fits
// more of the fields to the letter is taken. What is left is compared by letters and digits, and taken where one column
// fits one field only. A column that could be two fields', or a field's or one of the facts', is neither's: what it holds
// would be told of the wrong one. Where a field is called as a fact and both have a column, the facts are those that stand
// outside, ids and status before the fields, lists and times behind them (inferred).
func ColumnsOf(header []string, fields []apiclient.Field) Columns {
	c := Columns{Fields: slices.Repeat([]int{-1}, len(fields)), Untold: make([]bool, len(fields))}
	m := &matching{header: header, fields: fields, taken: make([]bool, len(header)), doubtful: make([]bool, len(header)), result: &c}
	m.decide()
	for fact := range Facts {
		c.Facts[fact] = m.fact(fact)
		if i := c.Facts[fact]; i >= 0 {
			m.taken[i] = true
			c.Inverse = c.Inverse || fact == Status && Letters(header[i]) == "unsubscribed"
		}
	}
	m.exact()
	m.similar()
	m.doubt()
	for i := range header {
		if !m.taken[i] && !m.doubtful[i] {
			c.Rest = append(c.Rest, i)
		}
	}
	return c
}

// Letters is a header without case, blanks and signs.
func Letters(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

// addresses finds the column of addresses; -1 where there is none.
func addresses(header []string) int {
	return (&matching{header: header, taken: make([]bool, len(header)), doubtful: make([]bool, len(header))}).fact(Email)
}

// matching is a header that is being read.
type matching struct {
	header   []string
	fields   []apiclient.Field
	taken    []bool                       // by column
	doubtful []bool                       // by column
	called   func(apiclient.Field) string // what the file calls fields; nil where it cannot be told
	complete bool                         // every field has a column that is called so
	result   *Columns
}

// decide tells whether the file is headed by merge tags or by names.
func (m *matching) decide() {
	_, tags := m.reading(tagOf)
	_, names := m.reading(nameOf)
	switch {
	case tags > names:
		m.called = tagOf
	case names > tags:
		m.called = nameOf
	}
	m.complete = m.called != nil && !slices.ContainsFunc(m.fields,
		func(f apiclient.Field) bool { return !slices.Contains(m.header, m.called(f)) })
}

func tagOf(f apiclient.Field) string  { return f.MergeTag }
func nameOf(f apiclient.Field) string { return f.Name }

// claims tells whether a column may be a field's: it is called so, or it resembles the field, which has no column that is
// called as the file calls fields.
func (m *matching) claims(f apiclient.Field, column int) bool {
	if m.called != nil && slices.Contains(m.header, m.called(f)) {
		return m.header[column] == m.called(f)
	}
	return resembles(f, m.header[column])
}

// fact finds the column of a fact. One that a field may be called by is taken only where there is another of that name; a
// single one is the field's in a file that has all fields, and else in doubt.
func (m *matching) fact(fact int) int {
	doubt := -1
	for _, alias := range aliases[fact] {
		var found []int
		for i, name := range m.header {
			if !m.taken[i] && !m.doubtful[i] && Letters(name) == alias {
				found = append(found, i)
			}
		}
		switch {
		case len(found) == 0:
		case len(found) > 1 && (fact == Lists || fact == Created || fact == Updated):
			return found[len(found)-1]
		case len(found) > 1 || fact == Email || !slices.ContainsFunc(m.fields, func(f apiclient.Field) bool { return m.claims(f, found[0]) }):
			return found[0]
		case m.complete: // the field has to have a column, and this is the only one
		case doubt < 0 && alias == Letters(factNames[fact]):
			doubt = found[0]
		}
	}
	if doubt >= 0 {
		m.doubtful[doubt] = true
		for f := range m.fields {
			m.result.Untold[f] = m.result.Untold[f] || m.claims(m.fields[f], doubt)
		}
	}
	return -1
}

var factNames = [Facts]string{"email", "id", "status", "lists", "created_at", "updated_at"}

// FactName is what searches and exported files call a fact.
func FactName(fact int) string { return factNames[fact] }

// IsIDs tells a column of lists that is headed as one of ids.
func IsIDs(header string) bool {
	return slices.Contains([]string{"listids", "listid"}, Letters(header))
}

func resembles(f apiclient.Field, header string) bool {
	letters := Letters(header)
	return header == f.MergeTag || header == f.Name || letters != "" && (letters == Letters(f.MergeTag) || letters == Letters(f.Name))
}

// exact gives columns to the fields that they are called by, to the letter.
func (m *matching) exact() {
	byTag, _ := m.reading(tagOf)
	byName, _ := m.reading(nameOf)
	if m.called != nil {
		byTag, _ = m.reading(m.called)
		byName = byTag
	}
	for i := range m.header {
		claims := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(byTag[i]), byName[i]...))))
		if len(claims) == 1 && m.only(claims[0], i, byTag, byName) {
			m.give(claims[0], i)
			continue
		}
		for _, f := range claims {
			m.result.Untold[f], m.doubtful[i] = true, true
		}
	}
}

// reading is which fields each column is called by, and how many fields have a column so.
func (m *matching) reading(called func(apiclient.Field) string) (claims [][]int, fit int) {
	claims = make([][]int, len(m.header))
	for f, field := range m.fields {
		has := false
		for i, name := range m.header {
			if !m.taken[i] && !m.doubtful[i] && name == called(field) && name != "" {
				claims[i], has = append(claims[i], f), true
			}
		}
		if has {
			fit++
		}
	}
	return claims, fit
}

// only tells whether a field claims that one column.
func (m *matching) only(field, column int, readings ...[][]int) bool {
	for _, claims := range readings {
		for i, claimed := range claims {
			if i != column && slices.Contains(claimed, field) {
				return false
			}
		}
	}
	return true
}

// similar gives what is left where letters and digits fit one to one.
func (m *matching) similar() {
	var fits [][2]int // column and field
	columns, fields := map[int]int{}, map[int]int{}
	for i, name := range m.header {
		for f, field := range m.fields {
			if !m.taken[i] && !m.doubtful[i] && m.result.Fields[f] < 0 && !m.result.Untold[f] && resembles(field, name) {
				fits = append(fits, [2]int{i, f})
				columns[i]++
				fields[f]++
			}
		}
	}
	for _, fit := range fits {
		if columns[fit[0]] == 1 && fields[fit[1]] == 1 {
			m.give(fit[1], fit[0])
			continue
		}
		m.result.Untold[fit[1]], m.doubtful[fit[0]] = true, true
	}
}

// doubt takes a field's column away where another is left that could be its as well.
func (m *matching) doubt() {
	for f, field := range m.fields {
		for i, name := range m.header {
			if at := m.result.Fields[f]; at >= 0 && !m.taken[i] && resembles(field, name) {
				m.result.Fields[f], m.result.Untold[f], m.doubtful[i], m.doubtful[at], m.taken[at] = -1, true, true, true, false
			}
		}
	}
}

func (m *matching) give(field, column int) {
	m.result.Fields[field], m.taken[column] = column, true
}

// Keys are what the columns are called where an answer or a file tells them apart: as in the header, and "field:status"
// where the column is a field's or nothing known and is called as a fact of the same file.
func (c Columns) Keys(header []string) []string {
	keys := slices.Clone(header)
	for i := range keys {
		if slices.Contains(c.Facts[:], i) {
			continue
		}
		if slices.ContainsFunc(c.Facts[:], func(fact int) bool { return fact >= 0 && Letters(header[fact]) == Letters(header[i]) }) {
			keys[i] = "field:" + keys[i]
		}
	}
	return keys
}

// Untold is the error of whoever would have to guess which column is a field's.
func Untold(name string) error {
	return fault.New(fault.Conflict, "It cannot be told which column of Mailtrap's export is the field "+text.Quote(name)+
		"; update_field gives it another name and keeps its values.",
		"Another field, or one of Mailtrap's own columns, is called the same.", "Nothing was counted.")
}
