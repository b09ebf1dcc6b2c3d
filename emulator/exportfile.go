package emulator

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
)

// exportFile is what an exported CSV is made of. It is written anew for every download, without the emulator's lock,
// since records do not change.
type exportFile struct {
	layout  Layout
	filter  exportFilter
	lists   []List
	fields  []Field
	records []*record // nil where a contact was deleted
}

// writeTo writes the file as gzipped CSV.
func (f *exportFile) writeTo(out io.Writer) error {
	packed, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		return err
	}
	rows := csv.NewWriter(packed)
	columns := f.columns()
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	if err := rows.Write(line); err != nil {
		return err
	}
	for _, r := range f.records {
		if r == nil || !f.filter.selects(r) {
			continue
		}
		for i, c := range columns {
			line[i] = c.text(r)
		}
		if err := rows.Write(line); err != nil {
			return err
		}
	}
	rows.Flush()
	if err := rows.Error(); err != nil {
		return err
	}
	return packed.Close()
}

// column is one column of the CSV.
type column struct {
	name string
	text func(*record) string
}

func (f *exportFile) columns() []column {
	email := func(r *record) string { return r.email }
	id := func(r *record) string { return r.id.String() }
	created := func(r *record) string { return f.time(r.created) }
	updated := func(r *record) string { return f.time(r.updated) }

	switch f.layout {
	case LayoutTags:
		columns := []column{{"id", id}, {"email", email}, {"status", (*record).status}}
		columns = append(columns, f.fieldColumns()...)
		return append(columns, column{"list_ids", f.joinLists(",", listID)},
			column{"created_at", created}, column{"updated_at", updated})
	case LayoutWithoutLists:
		columns := []column{{"email", email}, {"contact_id", id}}
		columns = append(columns, f.fieldColumns()...)
		return append(columns, column{"subscription_status", (*record).status},
			column{"created_at", created}, column{"updated_at", updated})
	default:
		columns := []column{{"Email", email}, {"Status", capitalStatus}}
		columns = append(columns, f.fieldColumns()...)
		return append(columns, column{"Lists", f.joinLists("; ", listName)},
			column{"Created at", created}, column{"Updated at", updated})
	}
}

func (f *exportFile) fieldColumns() []column {
	columns := make([]column, 0, len(f.fields))
	for _, field := range f.fields {
		name := field.MergeTag
		if f.layout == LayoutNames {
			name = field.Name
		}
		columns = append(columns, column{name, func(r *record) string { return r.value(field).text() }})
	}
	return columns
}

func (f *exportFile) time(millis int64) string {
	t := time.UnixMilli(millis).UTC()
	switch f.layout {
	case LayoutTags:
		return t.Format(timeFormat)
	case LayoutWithoutLists:
		return strconv.FormatInt(millis, 10)
	default:
		return t.Format("2006-01-02 15:04:05 UTC")
	}
}

// joinLists renders the lists a contact is in; lists that were deleted are left out.
func (f *exportFile) joinLists(separator string, render func(List) string) func(*record) string {
	rendered := make(map[int64]string, len(f.lists))
	for _, l := range f.lists {
		rendered[l.ID] = render(l)
	}
	return func(r *record) string {
		var lists []string
		for _, id := range r.lists {
			if s, exists := rendered[id]; exists {
				lists = append(lists, s)
			}
		}
		return strings.Join(lists, separator)
	}
}

func listID(l List) string   { return strconv.FormatInt(l.ID, 10) }
func listName(l List) string { return l.Name }

func capitalStatus(r *record) string {
	if r.unsubscribed {
		return "Unsubscribed"
	}
	return "Subscribed"
}
