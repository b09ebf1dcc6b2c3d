package audience

import (
	"context"
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// maxHints is how many hints an answer gives.
const maxHints = 4

// Hints say what may be meant otherwise in a condition that total contacts fit.
func (sn *Snapshot) Hints(ctx context.Context, condition string, total int) ([]string, error) {
	asked, err := sn.check(ctx, condition)
	if err != nil {
		return nil, err
	}
	return sn.hints(ctx, asked, total)
}

func (sn *Snapshot) hints(ctx context.Context, asked *where.Condition, total int) (hints []string, err error) {
	over, err := sn.overlay(ctx)
	if err != nil {
		return nil, err
	}
	schema, err := sn.withKinds(ctx, &over.schema)
	if err != nil {
		return nil, err
	}
	before := total
	for _, hint := range asked.Hints(schema, total) {
		said := hint.Text
		switch {
		case hint.Alike != nil:
			said, err = sn.spelled(ctx, hint)
		case hint.Wider != nil:
			said = ""
			wider, _, failed := sn.count(ctx, sn.asking(over, hint.Wider))
			if err = failed; wider > before {
				said, before = hint.Added(wider-before), wider
			}
		}
		if err != nil {
			return nil, err
		}
		if said != "" && len(hints) < maxHints {
			hints = append(hints, said)
		}
	}
	return hints, nil
}

// spelled is a hint with the spellings that there are; empty where there are none.
func (sn *Snapshot) spelled(ctx context.Context, hint where.Hint) (string, error) {
	over, err := sn.overlay(ctx)
	if err != nil {
		return "", err
	}
	counts, err := sn.countBy(ctx, sn.asking(over, hint.Alike), hint.Column, 3)
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
	return hint.Spelled(strings.Join(shown, ", ") + more), nil
}
