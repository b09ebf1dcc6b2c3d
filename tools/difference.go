package tools

import (
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/comparison"
	"mailtrap-contacts-mcp/text"
)

// DifferenceView is how a source differs from the contacts that are there. A contact may count more than once.
type DifferenceView struct {
	Creates      int          `json:"creates"`
	Updates      int          `json:"updates"`
	Joins        int          `json:"joins" jsonschema_description:"Contacts there already that join a list"`
	Leaves       int          `json:"leaves"`
	Unsubscribes int          `json:"unsubscribes"`
	Unchanged    int          `json:"unchanged"`
	Held         int          `json:"held,omitempty" jsonschema_description:"Kept because their rows were rejected"`
	Kept         int          `json:"kept,omitempty" jsonschema_description:"Not in the source, which could not be read whole"`
	Blank        []ColumnView `json:"blank,omitempty" jsonschema_description:"Kept because the cell is empty, by field"`
	Fields       []ColumnView `json:"fields,omitempty" jsonschema_description:"Contacts that get another value, by field"`

	outAlready, outNotThere int // of people of whom the source of an import says no
}

func viewDifference(found *comparison.Counts) *DifferenceView {
	if found == nil {
		return nil
	}
	return &DifferenceView{
		Creates: found.Creates, Updates: found.Updates, Joins: found.Joins, Leaves: found.Leaves, Unsubscribes: found.Unsubscribes,
		Unchanged: found.Unchanged, Held: found.Held, Kept: found.Kept, Fields: viewCounts(found.Fields), Blank: viewCounts(found.Blank),
		outAlready: found.OutAlready, outNotThere: found.OutNotThere,
	}
}

// viewCounts are counts by merge tag, in their order.
func viewCounts(counts map[string]int) (views []ColumnView) {
	for _, tag := range slices.Sorted(maps.Keys(counts)) {
		if counts[tag] > 0 {
			views = append(views, ColumnView{tag, counts[tag]})
		}
	}
	return views
}

// describe is the difference in a line.
func (v *DifferenceView) describe() string {
	if v == nil {
		return ""
	}
	var parts []string
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, text.Number(n)+" "+what)
		}
	}
	parts = append(parts, text.Number(v.Creates)+" to create")
	if v.Updates > 0 {
		parts = append(parts, text.Number(v.Updates)+" with other values ("+strings.Join(byField(v.Fields), ", ")+")")
	}
	add(v.Joins, "to join")
	add(v.Leaves, "to leave")
	add(v.Unsubscribes, "to unsubscribe")
	if len(parts) == 1 {
		parts = append(parts, "0 to change")
	}
	parts = append(parts, text.Number(v.Unchanged)+" as they should be already")
	several := ""
	if v.Updates > 0 && v.Joins+v.Leaves+v.Unsubscribes > 0 || v.Joins > 0 && v.Leaves > 0 {
		several = " One contact may be in several of these numbers."
	}
	return lines("Against what is there: "+strings.Join(parts, ", ")+"."+several+v.out(), v.left())
}

// out says how the others stand whom an import is to unsubscribe.
func (v *DifferenceView) out() string {
	var said []string
	if n := v.outNotThere; n > 0 {
		said = append(said, text.Number(n)+" "+isOrAre(n)+" not in the account")
	}
	if n := v.outAlready; n > 0 {
		said = append(said, text.Number(n)+" "+isOrAre(n)+" unsubscribed already")
	}
	if len(said) == 0 {
		return ""
	}
	return " Of those whom the source says to have left, " + strings.Join(said, " and ") + "."
}

// left says who and what stays as it is, though the source does not say the same.
func (v *DifferenceView) left() string {
	if v == nil {
		return ""
	}
	var said []string
	if len(v.Blank) > 0 {
		said = append(said, "Empty cells leave values as they are: "+strings.Join(byField(v.Blank), ", ")+".")
	}
	if v.Held > 0 {
		said = append(said, text.Count(v.Held, "contact")+" of rejected rows "+stays(v.Held)+" as before.")
	}
	return strings.Join(said, "\n")
}

func stays(n int) string { return text.Pick(n, "stays", "stay") }

// byField are counts as people read them: "plan of 3".
func byField(counts []ColumnView) []string {
	said := make([]string, len(counts))
	for i, field := range counts {
		said[i] = text.Word(field.Name, 60) + " of " + text.Number(field.Filled)
	}
	return said
}

func (v *DifferenceView) shrink(width int) *DifferenceView {
	if v == nil {
		return nil
	}
	shown := *v
	shown.Fields = shrinkColumns(v.Fields, width)
	shown.Blank = shrinkColumns(v.Blank, width)
	return &shown
}
