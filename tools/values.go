package tools

import (
	"fmt"

	"mailtrap-contacts-mcp/coerce"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/text"
)

// ValuesView is what was made of a file's cells that are not what they look like.
type ValuesView struct {
	Remarks   []RemarkView   `json:"remarks,omitempty"`
	LeftEmpty int            `json:"left_empty,omitempty" jsonschema_description:"Values left out because they do not fit their fields; the fields stay as they are"`
	Bad       []BadValueView `json:"bad_values,omitempty" jsonschema_description:"The first of them"`
}

// RemarkView counts cells of one kind.
type RemarkView struct {
	Kind   string `json:"kind"`
	Column string `json:"column,omitempty"`
	Value  string `json:"value"`
	Cells  int    `json:"cells"`
	Line   int    `json:"line" jsonschema_description:"Of the first"`
}

// BadValueView is a value that does not fit its field.
type BadValueView struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	Value  string `json:"value"`
}

func viewValues(source intake.Summary) ValuesView {
	view := ValuesView{LeftEmpty: source.LeftEmpty}
	for _, r := range source.Remarks {
		view.Remarks = append(view.Remarks, RemarkView{r.Kind, text.Clip(r.Column, 60), text.Clip(r.Value, 60), r.Cells, r.Line})
	}
	for _, b := range source.BadValues {
		view.Bad = append(view.Bad, BadValueView{b.Line, text.Clip(b.Column, 60), text.Clip(b.Value, 60)})
	}
	return view
}

// remarkHeads begin the sentences about cells of each kind.
var remarkHeads = []struct{ kind, head string }{
	{coerce.Emptied, "Taken for empty: "},
	{coerce.Kept, "Imported unchanged, though they may mean nothing: "},
	{intake.Guarded, "Freed of marks that protect them in spreadsheet programs: "},
	{intake.Instead, "Further addresses, taken where the first is empty: "},
	{intake.Further, "Further addresses beside the one that was taken, not imported: "},
	{coerce.Currency, "Signs of currencies were left out: "},
	{coerce.Percent, "Percent signs were left out, and 12% became 12: "},
	{coerce.Shortened, "Digits were lost where a spreadsheet program shortened a number; export the file again with the column as text: "},
	{coerce.Entities, "Written for HTML, and imported as they stand: "},
}

func (v ValuesView) describe() string {
	var said []string
	for _, known := range remarkHeads {
		var items []string
		for _, r := range v.Remarks {
			if r.Kind == known.kind {
				items = append(items, r.describe())
			}
		}
		said = append(said, enumerated(known.head, items, 0, ""))
	}
	var bad []string
	for _, b := range v.Bad {
		bad = append(bad, fmt.Sprintf("line %d, %s: %s", b.Line, text.Quote(b.Column), text.Quote(b.Value)))
	}
	head := text.Count(v.LeftEmpty, "value") + " left out, not fitting the field, which stays unchanged: "
	return lines(lines(said...), enumerated(head, bad, v.LeftEmpty-len(bad), "value"))
}

func (r RemarkView) describe() string {
	said := text.Quote(r.Value)
	if r.Column != "" {
		said += " in " + text.Quote(r.Column)
	}
	where := fmt.Sprintf("line %d", r.Line)
	if r.Cells > 1 {
		where = text.Count(r.Cells, "cell") + ", first in " + where
	}
	return said + " (" + where + ")"
}

func (v ValuesView) shrink(width int) ValuesView {
	kept, _ := capped(v.Remarks, max(3, width/6))
	v.Remarks = nil
	for _, r := range kept {
		r.Column, r.Value = text.Clip(r.Column, width), text.Clip(r.Value, width)
		v.Remarks = append(v.Remarks, r)
	}
	bad, _ := capped(v.Bad, max(3, width/6))
	v.Bad = nil
	for _, b := range bad {
		b.Column, b.Value = text.Clip(b.Column, width), text.Clip(b.Value, width)
		v.Bad = append(v.Bad, b)
	}
	return v
}
