package audience

import (
	"slices"
	"strings"
	"unicode"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// aliases are what the built-in columns may be called, in plain form, the surest first. How a real export is headed is not
// documented.
var aliases = [builtIns][]string{
	colEmail:   {"email", "emailaddress", "contactemail", "mail", "emails", "address"},
	colID:      {"contactid", "contactuuid", "id", "uuid"},
	colStatus:  {"subscriptionstatus", "contactstatus", "status", "subscribed", "unsubscribed"},
	colLists:   {"listids", "listnames", "lists", "contactlists", "listmemberships", "listmembership", "list", "memberships", "listid", "listname"},
	colCreated: {"createdat", "created", "creationdate", "createdon", "createdate", "dateadded", "addedat", "dateofcreation"},
	colUpdated: {"updatedat", "updated", "lastupdated", "updatedon", "updatedate", "modifiedat", "lastmodified", "modified", "lastupdate"},
}

// layout says which column of a file is which of the snapshot's.
type layout struct {
	columns []Column
	source  []int // for each column of the snapshot the one of the file; -1 for none
	inverse bool  // the status is a column "unsubscribed"
}

func (l *layout) has(col int) bool { return l.source[col] >= 0 }

// lettersOf is a header without case, blanks and signs.
func lettersOf(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

// layoutOf reads a header by what it says: merge tags or names of fields, in any case, and what is nothing known is kept
// under its own name. Where a field is called like a built-in column and both are there, the built-in ones are those that
// stand outside: id, email and status at the beginning, lists and times at the end.
func layoutOf(header []string, fields []apiclient.Field) (*layout, error) {
	l := &layout{columns: make([]Column, builtIns), source: slices.Repeat([]int{-1}, builtIns)}
	taken := make([]bool, len(header))
	isField := func(i int) bool {
		return slices.ContainsFunc(fields, func(f apiclient.Field) bool { return names(f, header[i]) })
	}
	for col := range builtIns {
		l.columns[col] = Column{Name: builtInNames[col], DataType: builtInType(col)}
		if i := findBuiltIn(col, header, taken, isField); i >= 0 {
			l.source[col], taken[i] = i, true
			l.inverse = l.inverse || col == colStatus && lettersOf(header[i]) == "unsubscribed"
		}
	}
	if !l.has(colEmail) {
		return nil, unreadable("Its header has no column of addresses: " + text.Listing(text.Words(header[:min(len(header), 20)], 40), 20) + ".")
	}
	for _, f := range fields {
		at := -1
		for i, h := range header {
			if !taken[i] && names(f, h) && (at < 0 || h == f.MergeTag) {
				at = i
			}
		}
		if at >= 0 {
			taken[at] = true
		}
		l.columns = append(l.columns, Column{Name: f.MergeTag, Label: label(f), DataType: f.DataType, FieldID: f.ID})
		l.source = append(l.source, at)
	}
	for i, h := range header {
		if !taken[i] && len(l.columns) < maxColumns {
			l.columns = append(l.columns, Column{Name: text.Clean(h), DataType: catalog.Text})
			l.source = append(l.source, i)
		}
	}
	return l, nil
}

func builtInType(col int) string {
	if col == colCreated || col == colUpdated {
		return moment
	}
	return catalog.Text
}

func label(f apiclient.Field) string {
	if f.Name == f.MergeTag {
		return ""
	}
	return f.Name
}

func names(f apiclient.Field, header string) bool {
	return header == f.MergeTag || header == f.Name || plain(header) == plain(f.MergeTag) || plain(header) == plain(f.Name)
}

// findBuiltIn finds a built-in column. One that a field may be called by is taken only where there is no other.
func findBuiltIn(col int, header []string, taken []bool, isField func(int) bool) int {
	fallback := -1
	for _, alias := range aliases[col] {
		var found []int
		for i, h := range header {
			if !taken[i] && lettersOf(h) == alias {
				found = append(found, i)
			}
		}
		switch {
		case len(found) == 0:
			continue
		case len(found) > 1 && (col == colLists || col == colCreated || col == colUpdated):
			return found[len(found)-1]
		case len(found) > 1 || !isField(found[0]):
			return found[0]
		case fallback < 0 && alias == lettersOf(builtInNames[col]):
			fallback = found[0]
		}
	}
	return fallback
}
