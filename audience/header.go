package audience

import (
	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/text"
)

// layout says which column of a file is which of the snapshot's.
type layout struct {
	columns []Column
	source  []int // for each column of the snapshot the one of the file; -1 for none
	inverse bool  // the status is a column "unsubscribed"
}

func (l *layout) has(col int) bool { return l.source[col] >= 0 }

// layoutOf reads a header: the facts first, then the fields, and what is nothing known under its own name.
func layoutOf(header []string, fields []apiclient.Field) *layout {
	told := exports.ColumnsOf(header, fields)
	l := &layout{inverse: told.Inverse}
	add := func(c Column, source int) {
		l.columns, l.source = append(l.columns, c), append(l.source, source)
	}
	for col, fact := range [builtIns]int{
		colEmail: exports.Email, colID: exports.ID, colStatus: exports.Status,
		colLists: exports.Lists, colCreated: exports.Created, colUpdated: exports.Updated,
	} {
		add(Column{Name: builtInNames[col], DataType: builtInType(col)}, told.Facts[fact])
	}
	for f, field := range fields {
		add(Column{
			Name: field.MergeTag, Label: label(field), DataType: field.DataType, FieldID: field.ID, Untold: told.Untold[f],
		}, told.Fields[f])
	}
	for _, i := range told.Rest {
		if len(l.columns) < maxColumns {
			add(Column{Name: text.Clean(header[i]), DataType: catalog.Text}, i)
		}
	}
	return l
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
