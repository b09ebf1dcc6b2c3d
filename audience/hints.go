package audience

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// maxHints is how many hints an answer gives.
const maxHints = 4

// Hints say what may be meant otherwise in a condition that total contacts fit: empty cells, spellings that differ in case,
// texts compared with numbers.
func (sn *Snapshot) Hints(ctx context.Context, where string, total int) ([]string, error) {
	if strings.TrimSpace(where) == "" {
		return nil, nil
	}
	asked, err := sn.checked(where)
	if err != nil {
		return nil, err
	}
	return sn.hints(ctx, asked, total)
}

func (sn *Snapshot) hints(ctx context.Context, asked *checked, total int) (hints []string, err error) {
	if asked == nil {
		return nil, nil
	}
	if slices.Contains(asked.columns(), colLists) && sn.about.Unlisted > 0 {
		hints = append(hints, sn.unlisted())
	}
	for _, n := range asked.notes.all {
		hint, err := sn.hint(ctx, asked, n, total)
		if err != nil {
			return nil, err
		}
		if hint != "" && !slices.Contains(hints, hint) {
			hints = append(hints, hint)
		}
	}
	if total == 0 {
		if columns := asked.columns(); len(columns) < 10 {
			for _, col := range columns {
				if c := sn.schema.columns[col]; c.Filled == 0 && col != colLists {
					hints = append(hints, sn.named(col)+" is empty for every contact.")
				}
			}
		}
	}
	return hints[:min(len(hints), maxHints)], nil
}

// unlisted says of how many contacts it is not known on which lists they are.
func (sn *Snapshot) unlisted() string {
	return "Of " + text.Count(sn.about.Unlisted, "contact") + " it is not known, or not fully, on which lists they are: " +
		"Mailtrap's export names lists that are not the account's, or does not tell some apart. They fit neither in_list nor NOT in_list."
}

// named is a column's name as a condition has to write it.
func (sn *Snapshot) named(col int) string { return sn.schema.asWritten(sn.schema.columns[col].Name) }

// hint is what a note comes to; empty where nothing is to be said.
func (sn *Snapshot) hint(ctx context.Context, asked *checked, n note, total int) (string, error) {
	c, name := sn.schema.columns[n.col], sn.named(n.col)
	empty := sn.about.Contacts - c.Filled
	thought := asked.notes.find(noteAsksEmpty, n.col) != nil
	switch n.kind {
	case noteUnequal:
		if n.col != colLists && empty > 0 && c.Filled > 0 && !thought {
			return fmt.Sprintf("%s without %s fit neither = nor <>, LIKE nor NOT LIKE; add OR %s IS NULL to have them too.",
				text.Count(empty, "contact"), name, name), nil
		}
	case noteFalse:
		if empty > 0 && !thought && asked.notes.find(noteUnequal, n.col) == nil {
			return fmt.Sprintf("%s without %s are not false but empty; add OR %s IS NULL to have them too.",
				text.Count(empty, "contact"), name, name), nil
		}
	case noteEmptyText:
		if !thought {
			return fmt.Sprintf("No cell holds an empty text; write %s IS NULL for the %s without one.",
				name, text.Count(empty, "contact")), nil
		}
	case noteNullInList:
		if !thought {
			return fmt.Sprintf("NULL in IN fits nobody; add OR %s IS NULL for the %s without one.", name, text.Count(empty, "contact")), nil
		}
	case noteTextOrder:
		return fmt.Sprintf("%s is a text and is compared as one, where '10' comes before '9'; CAST(%s AS real) compares numbers.",
			name, name), nil
	case noteReversed:
		return "BETWEEN takes the smaller bound first; as it is written, nobody lies between the two.", nil
	case noteNoWildcard:
		if total == 0 {
			return "LIKE without % compares the whole text; write '%…%' for a part of it.", nil
		}
	case noteShadowed:
		return fmt.Sprintf("%s is Mailtrap's own; the field of that name is \"field:%s\".", c.Name, c.Name), nil
	case noteEqual:
		return sn.otherSpellings(ctx, n, name)
	}
	return "", nil
}

// otherSpellings tells values that differ from those asked for in case or in blanks around them.
func (sn *Snapshot) otherSpellings(ctx context.Context, n note, name string) (string, error) {
	column := &expr{op: opColumn, col: n.col, kind: catalog.Text}
	trimmed := &expr{op: opCall, name: "trim", kind: catalog.Text, args: []*expr{column}}
	alike := &expr{op: opIn, kind: truth, args: []*expr{{op: opCall, name: "lower", kind: catalog.Text, args: []*expr{trimmed}}}}
	same := &expr{op: opIn, kind: truth, not: true, args: []*expr{column}}
	for _, said := range n.said {
		alike.args = append(alike.args, textAt(column, lowered(strings.TrimSpace(said))))
		same.args = append(same.args, textAt(column, said))
	}
	others := &expr{op: opAnd, kind: truth, args: []*expr{alike, same}}
	over, err := sn.overlay(ctx)
	if err != nil {
		return "", err
	}
	counts, err := sn.countBy(ctx, sn.fitting(over, others), sn.cellOf(n.col), 3)
	if err != nil || counts.Total == 0 {
		return "", err
	}
	shown := make([]string, len(counts.Groups))
	for i, group := range counts.Groups {
		shown[i] = text.Quote(fmt.Sprint(group.Value)) + " (" + text.Number(group.Count) + ")"
	}
	more := ""
	if counts.Others > 0 {
		more = " and others"
	}
	fits := "which = does not fit"
	if n.not {
		fits = "which are not taken for the same"
	}
	return fmt.Sprintf("%s is also written %s%s, %s; lower(trim(%s)) compares without case.",
		name, strings.Join(shown, ", "), more, fits, name), nil
}
