package audience

import (
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// maxColumns bounds the columns of a snapshot: an account has at most 40 fields.
const maxColumns = 250

// layout says which column of a file is which of the snapshot's.
type layout struct {
	header  []string // what the columns of the file are called
	columns []where.Column
	source  []int // for each column of the snapshot the one of the file; -1 for none
	inverse bool  // the status is a column "unsubscribed"
}

func (l *layout) has(col int) bool { return l.source[col] >= 0 }

// layoutOf reads a header: the facts first, then the fields, and what is nothing known under its own name.
func layoutOf(header []string, fields []apiclient.Field) *layout {
	told := exports.ColumnsOf(header, fields)
	l := &layout{header: told.Keys(header), inverse: told.Inverse}
	add := func(c where.Column, source int) {
		l.columns, l.source = append(l.columns, c), append(l.source, source)
	}
	for col, fact := range [where.BuiltIns]int{
		where.Email: exports.Email, where.ID: exports.ID, where.Status: exports.Status,
		where.Lists: exports.Lists, where.Created: exports.Created, where.Updated: exports.Updated,
	} {
		add(where.BuiltIn(col), told.Facts[fact])
	}
	for f, field := range fields {
		at := told.Fields[f]
		add(where.Column{
			Name: field.MergeTag, Label: label(field), DataType: field.DataType, FieldID: field.ID, Untold: told.Untold[f],
			Shared: at >= 0 && l.header[at] != header[at],
		}, at)
	}
	for _, i := range told.Rest {
		if len(l.columns) < maxColumns {
			add(where.Column{Name: text.Clean(header[i]), DataType: catalog.Text}, i)
		}
	}
	for _, col := range []int{where.Status, where.Lists} { // a file made of the snapshot has them all the same
		if at := slices.Index(l.header, l.columns[col].Name); at >= 0 && !l.has(col) {
			l.header[at] = "field:" + l.header[at]
		}
	}
	return l
}

// words are what a column "unsubscribed" says of statuses; nil where the column of statuses has their names.
func (l *layout) words() map[string]string {
	at := l.source[where.Status]
	switch {
	case l.inverse:
		return map[string]string{apiclient.Unsubscribed: "true", apiclient.Subscribed: "false"}
	case at >= 0 && exports.Letters(l.header[at]) == "subscribed":
		return map[string]string{apiclient.Unsubscribed: "false", apiclient.Subscribed: "true"}
	}
	return nil
}

func label(f apiclient.Field) string {
	if f.Name == f.MergeTag {
		return ""
	}
	return f.Name
}
