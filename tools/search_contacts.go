package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

var searchContacts = Tool[SearchContactsInput, SearchContactsOutput]{
	Name: "search_contacts", Title: "Search or count contacts", Toolset: Contacts, Effect: Reads,
	Description: "Finds or counts contacts by a condition on fields, lists, status or suppressions (bounces, complaints), in a " +
		"snapshot of the account that Mailtrap exports. For one known address use get_contact.",
	Example: `{"where": "plan = 'pro' AND in_list('Newsletter')", "columns": ["email", "plan"]}`,
	Run:     (*Toolbox).searchContacts,
}

// SearchContactsInput is what to look for, and how the answer is to be.
type SearchContactsInput struct {
	Where   string   `json:"where,omitempty" jsonschema_description:"SQL condition, like status = 'subscribed' AND plan = 'pro' AND last_login < date('now','-90 days') AND in_list('VIP') AND NOT suppressed"`
	Text    string   `json:"text,omitempty" jsonschema:"maxLength=255" jsonschema_description:"Part of an address or text field"`
	Columns []string `json:"columns,omitempty" jsonschema:"maxItems=40" jsonschema_description:"Absent: email, status, lists and those of where"`
	CountBy string   `json:"count_by,omitempty" jsonschema_description:"Counts instead of rows: by email_domain, list, status, a field"`
	OrderBy string   `json:"order_by,omitempty" jsonschema_description:"Like created_at desc, email"`
	Limit   int64    `json:"limit,omitempty" jsonschema:"minimum=1,maximum=100" jsonschema_description:"Rows; absent: 20"`
	Cursor  string   `json:"cursor,omitempty" jsonschema_description:"From the page before"`
	Refresh bool     `json:"refresh,omitempty" jsonschema_description:"Take a new snapshot first"`
}

// Check refuses arguments about rows where there are none.
func (in SearchContactsInput) Check() error {
	if in.CountBy != "" && (len(in.Columns) > 0 || in.OrderBy != "" || in.Cursor != "") {
		return fault.New(fault.InvalidInput, "count_by cannot be combined with columns, order_by or cursor.", "",
			"Give either count_by or these.")
	}
	return nil
}

// SearchContactsOutput is the contacts that fit, or how many there are of each kind.
type SearchContactsOutput struct {
	Total   int             `json:"total" jsonschema_description:"Contacts that fit"`
	Of      int             `json:"of" jsonschema_description:"Contacts in the account"`
	Columns []string        `json:"columns,omitempty"`
	Rows    []schema.Object `json:"rows,omitempty" jsonschema_description:"Values by column"`
	CountBy string          `json:"count_by,omitempty"`
	Counts  []CountView     `json:"counts,omitempty"`
	// Others counts the contacts of the kinds that are not shown.
	Others int      `json:"others,omitempty" jsonschema_description:"Contacts with other values"`
	Hints  []string `json:"hints,omitempty"`
	// OmittedColumns counts those left out because the result would be too long.
	OmittedColumns int          `json:"omitted_columns,omitempty"`
	Cursor         string       `json:"next_cursor,omitempty"`
	Snapshot       SnapshotView `json:"snapshot"`

	page   audience.Page
	counts audience.Counts
	later  bool // this is not the first page
}

// CountView is how many contacts have a value.
type CountView struct {
	Value    string `json:"value"`
	None     bool   `json:"none,omitempty" jsonschema_description:"They have no value"`
	Contacts int    `json:"contacts"`
}

func (box *Toolbox) searchContacts(ctx context.Context, in SearchContactsInput) (SearchContactsOutput, error) {
	var out SearchContactsOutput
	err := box.onSnapshot(ctx, need{refresh: in.Refresh}, func(sn *audience.Snapshot, view SnapshotView) (err error) {
		names := append(append(orderNames(in.OrderBy), in.CountBy), in.Columns...)
		if err = box.stateSuppressions(ctx, sn, &view, in.Refresh, in.Where, names...); err == nil {
			out, err = in.search(ctx, sn, view)
		}
		return err
	})
	return out, err
}

func (in SearchContactsInput) search(ctx context.Context, sn *audience.Snapshot, view SnapshotView) (SearchContactsOutput, error) {
	var err error
	out := SearchContactsOutput{Snapshot: view, later: in.Cursor != ""}
	limit := int(in.Limit)
	if in.CountBy != "" {
		if limit == 0 {
			limit = countsShown
		}
		if out.counts, err = sn.CountBy(ctx, in.Where, in.Text, in.CountBy, limit); err != nil {
			return SearchContactsOutput{}, err
		}
		out.CountBy, out.Total, out.Others, out.Hints = text.Clip(out.counts.By, 80), out.counts.Total, out.counts.Others, out.counts.Hints
	} else {
		out.page, err = sn.Search(ctx, audience.Query{Where: in.Where, Text: in.Text, Columns: in.Columns, OrderBy: in.OrderBy,
			Limit: limit, Cursor: in.Cursor})
		if err != nil {
			return SearchContactsOutput{}, err
		}
		out.Total, out.Hints = out.page.Total, out.page.Hints
	}
	if out.Of = out.Total; strings.TrimSpace(in.Where+in.Text) != "" {
		out.Of, _, err = sn.Count(ctx, "")
	}
	return out, err
}

// countsShown is how many kinds a count shows when the call does not say.
const countsShown = 20

// Summary is the text an agent reads.
func (out SearchContactsOutput) Summary() string {
	shown := []string{out.headline()}
	for _, count := range out.Counts {
		value := "no value"
		switch {
		case !count.None:
			value = text.Word(count.Value, text.MaxValue)
		case out.CountBy == "lists":
			value = "on no list"
		}
		shown = append(shown, "- "+value+" "+text.Number(count.Contacts))
	}
	if out.Others > 0 {
		shown = append(shown, "- others "+text.Number(out.Others))
	}
	for _, row := range out.Rows {
		cells := make([]string, len(out.Columns))
		for i, column := range out.Columns {
			cells[i] = cellText(column, row[column])
		}
		shown = append(shown, "- "+strings.Join(cells, "; "))
	}
	shown = append(shown, out.Hints...)
	if out.Cursor != "" {
		shown = append(shown, "There are more; the next page has cursor: "+out.Cursor)
	}
	return lines(append(shown, out.Snapshot.renewable())...)
}

func (out SearchContactsOutput) headline() string {
	head := text.Number(out.Total) + " of " + text.Count(out.Of, "contact") + " fit"
	switch {
	case out.Of == 0:
		return "The account has no contacts."
	case out.Total == 0:
		return "0 of " + text.Count(out.Of, "contact") + " fit."
	case out.Total == out.Of:
		head = text.Count(out.Of, "contact")
	case out.Total == 1:
		head += "s"
	}
	if out.CountBy != "" {
		by := ", by " + text.Word(out.CountBy, 80)
		if out.CountBy == "lists" {
			by += " (who is on several counts in each)"
		}
		return head + by + ":"
	}
	if len(out.Rows) < out.Total && len(out.Rows) > 0 {
		which := "the first "
		if out.later {
			which = "the next "
		}
		head += ", " + which + text.Number(len(out.Rows))
	}
	return head + ": " + strings.Join(text.Words(out.Columns, 80), "; ") + more(out.OmittedColumns, "column")
}

// wholeWord is more characters than an address or a domain has.
const wholeWord = 260

// plainColumns are those whose values are words of Mailtrap's, or addresses.
var plainColumns = []string{"email", "id", "status", "created_at", "updated_at", "email_domain"}

func cellText(column string, value any) string {
	switch v := value.(type) {
	case nil:
		return "–"
	case string:
		if slices.Contains(plainColumns, column) {
			return text.Word(v, wholeWord)
		}
		return text.Quote(v)
	case []string:
		if len(v) == 0 {
			return "no list"
		}
		return strings.Join(text.Quotes(v, text.MaxValue), ", ")
	}
	return text.Value(value)
}

// Shrink keeps the result within its bounds. Addresses and ids are whole, so that they can be used.
func (out SearchContactsOutput) Shrink(width int) Output {
	if out.CountBy != "" {
		return out.shrinkCounts(width)
	}
	columns, omitted := capped(out.page.Columns, width)
	rows, _ := capped(out.page.Rows, width)
	out.Columns, out.OmittedColumns = clipAll(columns, 80), omitted
	out.Rows = make([]schema.Object, len(rows))
	for i, row := range rows {
		shown := make(schema.Object, len(columns))
		for at, name := range out.Columns {
			shown[name] = clipCell(columns[at], row[at], width)
		}
		out.Rows[i] = shown
	}
	out.Cursor = out.page.After(len(rows))
	return out.shrinkHints(width)
}

func clipCell(column string, value any, width int) any {
	switch v := value.(type) {
	case string:
		if slices.Contains(plainColumns, column) {
			return text.Clip(v, wholeWord)
		}
		return text.Clip(v, width)
	case []string:
		kept, omitted := capped(v, width)
		kept = clipAll(kept, width)
		if omitted > 0 {
			kept = append(kept, fmt.Sprintf("and %d more", omitted))
		}
		return kept
	}
	return value
}

func (out SearchContactsOutput) shrinkCounts(width int) Output {
	groups, _ := capped(out.counts.Groups, width)
	out.Counts = make([]CountView, len(groups))
	for i, group := range groups {
		value, is := group.Value.(string)
		if !is && group.Value != nil {
			value = text.Value(group.Value)
		}
		out.Counts[i] = CountView{Value: text.Clip(value, width), None: group.Value == nil, Contacts: group.Count}
	}
	for _, group := range out.counts.Groups[len(groups):] {
		out.Others += group.Count
	}
	return out.shrinkHints(width)
}

func (out SearchContactsOutput) shrinkHints(width int) Output {
	out.Hints = shrinkHints(out.Hints, width)
	return out
}

func shrinkHints(hints []string, width int) []string {
	shown := make([]string, len(hints))
	for i, hint := range hints {
		shown[i] = text.ClipProse(hint, max(200, 4*width))
	}
	return shown
}
