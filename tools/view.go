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
	// Cut names the fields whose values end in … here, because the whole would be too long.
	Cut []string `json:"cut,omitempty" jsonschema_description:"Fields whose values are cut here; do not write these values back"`
	// inText is how much of a value a text shows.
	inText int
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
			shown.Fields[tag] = text.Plain(value)
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
	for i, list := range named {
		if list.Name == "" {
			named[i].Name = box.pastName(ctx, list.ID)
		}
	}
	return viewLists(named)
}

// pastName is what a list was called that is not in the account any more: as the journal has it, or else the last snapshot.
func (box *Toolbox) pastName(ctx context.Context, id int64) string {
	if name := box.Journal.ListName(ctx, id); name != "" {
		return name
	}
	sn, found, err := box.Audience.Latest(ctx)
	if err != nil || !found {
		return ""
	}
	defer sn.Release()
	facts, err := sn.Facts(ctx)
	for _, list := range facts.Lists {
		if err == nil && list.ID == id {
			return list.Name
		}
	}
	return ""
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

// valueWidth is how much of a contact's value is shown at a width of the result. One contact is shown whole where that
// fits at all: an agent that edits a value and writes it back has to have it.
func valueWidth(width int) int {
	switch {
	case width >= widths[0]:
		return MaxStructured
	case width >= widths[1]:
		return 180
	case width >= widths[2]:
		return text.MaxValue
	}
	return width
}

// shrink cuts the view to what fits a width, values of fields last, and names those that are cut.
func (v ContactView) shrink(width int) ContactView {
	v.Lists, v.Omitted = shrinkLists(v.Lists, width)
	v.inText = min(width, text.MaxValue)
	tags := slices.Sorted(maps.Keys(v.Fields))
	most := width
	if width >= widths[3] {
		most = max(width, apiclient.MaxFields) // all of them, rather cut
	}
	kept, omitted := capped(tags, most)
	v.Omitted += omitted
	fields := make(schema.Object, len(kept))
	for _, tag := range kept {
		shown := text.Clip(tag, width)
		fields[shown] = v.Fields[tag]
		if value, isText := v.Fields[tag].(string); isText {
			if cut := text.CutPlain(value, valueWidth(width)); cut != value {
				fields[shown] = cut
				v.Cut = append(v.Cut, shown)
			}
		}
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

// cutInText are the fields whose values a text does not show whole or as they are.
func (v ContactView) cutInText() []string {
	var long []string
	for _, tag := range slices.Sorted(maps.Keys(v.Fields)) {
		if value, isText := v.Fields[tag].(string); isText && text.Clip(value, v.inText) != value {
			long = append(long, text.Word(tag, text.MaxValue))
		}
	}
	return long
}

// named is the contact's address within a sentence.
func (v ContactView) named() string { return text.Word(v.Email, apiclient.MaxEmail) }

// describe is the contact in lines of text.
func (v ContactView) describe() string {
	var fields []string
	for _, tag := range slices.Sorted(maps.Keys(v.Fields)) {
		said := text.Value(v.Fields[tag])
		if value, isText := v.Fields[tag].(string); isText {
			said = text.QuoteUpTo(value, v.inText)
		}
		fields = append(fields, text.Word(tag, text.MaxValue)+" "+said)
	}
	parts := []string{"id " + text.Word(v.ID, 40), "Lists: " + describeLists(v.Lists)}
	if len(fields) > 0 {
		parts = append(parts, "Fields: "+strings.Join(fields, ", "))
	}
	if len(v.EmptyFields) > 0 {
		parts = append(parts, "Empty fields: "+strings.Join(text.Words(v.EmptyFields, text.MaxValue), ", "))
	}
	if long := v.cutInText(); len(long) > 0 {
		where := "the structured content has them whole"
		if len(v.Cut) > 0 {
			where = "too long for an answer in full; export_contacts writes it to a file"
		}
		parts = append(parts, "Shown in part (…), not to be written back so: "+text.Listing(long, 10)+"; "+where)
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
