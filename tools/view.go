package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

// ListView is a list as results show it.
type ListView struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// ContactView is a contact as results show it: cleaned, with the fields that have a value and the lists by name.
type ContactView struct {
	ID          string        `json:"id"`
	Email       string        `json:"email"`
	Status      string        `json:"status"`
	Lists       []ListView    `json:"lists"`
	Fields      schema.Object `json:"fields"`
	EmptyFields []string      `json:"empty_fields,omitempty"`
	CreatedAt   string        `json:"created_at,omitempty"`
	UpdatedAt   string        `json:"updated_at,omitempty"`
	// Omitted counts the lists and fields left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`
}

// view shows a contact with its lists by name. Names that cannot be had do not fail a call whose work is done.
func (box *Toolbox) view(ctx context.Context, contact apiclient.Contact) ContactView {
	shown := ContactView{
		ID: text.Clip(contact.ID, 40), Email: text.Clip(contact.Email, apiclient.MaxEmail), Status: text.Clip(contact.Status, 40),
		Lists: box.listViews(ctx, contact.ListIDs), Fields: schema.Object{},
		CreatedAt: stamp(contact.CreatedAt), UpdatedAt: stamp(contact.UpdatedAt),
	}
	for _, tag := range slices.Sorted(maps.Keys(contact.Fields)) {
		switch value := contact.Fields[tag].(type) {
		case nil:
			shown.EmptyFields = append(shown.EmptyFields, tag)
		case string:
			if value == "" {
				shown.EmptyFields = append(shown.EmptyFields, tag)
				continue
			}
			shown.Fields[tag] = text.Clean(value)
		case bool, json.Number, int64, float64:
			shown.Fields[tag] = value
			if number := text.Value(value); len(number) > longNumber {
				shown.Fields[tag] = number
			}
		default:
			shown.Fields[tag] = text.Value(value)
		}
	}
	return shown
}

// longNumber is how many digits a number may have to be shown as one.
const longNumber = 40

func (box *Toolbox) listViews(ctx context.Context, ids []int64) []ListView {
	named, err := box.Catalog.ListNames(ctx, ids)
	if err != nil {
		named = nil
		for _, id := range ids {
			named = append(named, apiclient.List{ID: id})
		}
	}
	return viewLists(named)
}

func viewLists(lists []apiclient.List) []ListView {
	views := make([]ListView, len(lists))
	for i, list := range lists {
		views[i] = viewList(list)
	}
	return views
}

func viewList(list apiclient.List) ListView {
	return ListView{ID: list.ID, Name: text.Clean(list.Name)}
}

func stamp(at apiclient.Timestamp) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// shrink cuts the view to width characters a value and width entries a list.
func (v ContactView) shrink(width int) ContactView {
	v.Lists, v.Omitted = shrinkLists(v.Lists, width)
	tags := slices.Sorted(maps.Keys(v.Fields))
	kept, omitted := capped(tags, width)
	v.Omitted += omitted
	fields := make(schema.Object, len(kept))
	for _, tag := range kept {
		fields[text.Clip(tag, width)] = clipValue(v.Fields[tag], width)
	}
	v.Fields = fields
	v.EmptyFields, omitted = capped(v.EmptyFields, width)
	v.Omitted += omitted
	v.EmptyFields = clipAll(v.EmptyFields, width)
	return v
}

func shrinkLists(lists []ListView, width int) ([]ListView, int) {
	kept, omitted := capped(lists, width)
	shown := make([]ListView, len(kept))
	for i, list := range kept {
		shown[i] = ListView{ID: list.ID, Name: text.Clip(list.Name, width)}
	}
	return shown, omitted
}

func capped[T any](items []T, limit int) (kept []T, omitted int) {
	if len(items) <= limit {
		return items, 0
	}
	return items[:limit], len(items) - limit
}

func clipAll(items []string, width int) []string {
	clipped := make([]string, len(items))
	for i, item := range items {
		clipped[i] = text.Clip(item, width)
	}
	return clipped
}

func clipValue(value any, width int) any {
	if s, ok := value.(string); ok {
		return text.Clip(s, width)
	}
	return value
}

// named is the contact's address within a sentence.
func (v ContactView) named() string { return text.Word(v.Email, apiclient.MaxEmail) }

// describe is the contact in lines of text.
func (v ContactView) describe() string {
	fields := describeValues(v.Fields)
	parts := []string{"id " + text.Word(v.ID, 40), "Lists: " + describeLists(v.Lists)}
	if len(fields) > 0 {
		parts = append(parts, "Fields: "+strings.Join(fields, ", "))
	}
	if len(v.EmptyFields) > 0 {
		parts = append(parts, "Empty fields: "+strings.Join(text.Words(v.EmptyFields, text.MaxValue), ", "))
	}
	if v.Omitted > 0 {
		parts = append(parts, fmt.Sprintf("%d more lists and fields are not shown", v.Omitted))
	}
	if v.CreatedAt != "" {
		parts = append(parts, fmt.Sprintf("Created %s, updated %s", v.CreatedAt, v.UpdatedAt))
	}
	return strings.Join(parts, "\n")
}

// describeValues are values by merge tag, as summaries show them.
func describeValues(values map[string]any) []string {
	var said []string
	for _, tag := range slices.Sorted(maps.Keys(values)) {
		said = append(said, text.Word(tag, text.MaxValue)+" "+text.Value(values[tag]))
	}
	return said
}

func describeLists(lists []ListView) string {
	if len(lists) == 0 {
		return "none"
	}
	shown := make([]string, len(lists))
	for i, list := range lists {
		shown[i] = list.String()
	}
	return strings.Join(shown, ", ")
}

// more tells of what a summary leaves out: " and 3 more lists".
func more(omitted int, noun string) string {
	if omitted == 0 {
		return ""
	}
	return " and " + text.Number(omitted) + " more " + strings.TrimPrefix(text.Count(omitted, noun), text.Number(omitted)+" ")
}

// String is the list as summaries show it: its name, quoted, and its id.
func (l ListView) String() string {
	if l.Name == "" {
		return fmt.Sprintf("id %d", l.ID)
	}
	return fmt.Sprintf("%s (id %d)", text.Quote(l.Name), l.ID)
}
