package intake

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
)

// ReadRows is ReadFile for rows that were given in a call, a thousand at most, whose addresses and fields were checked
// already. Rows that repeat an address are merged, and their lists united. Of how, only Skip matters.
func ReadRows(ctx context.Context, rows []apiclient.ImportRow, how Reading, account Account, stage Stage) (*Summary, error) {
	merged, places := mergeRows(rows)
	sum := &Summary{Given: true, Read: len(rows), Merged: len(rows) - len(merged), Tags: tagsOf(rows)}
	sum.Columns = sum.Tags
	sum.Roles.Skipped, sum.Typos.Skipped = slices.Contains(how.Skip, Role), slices.Contains(how.Skip, Typo)
	err := deliver(ctx, stage, account, sum, sum.Tags[1:], ordinaryBounds(), func(out *outlet) error {
		refused := refusals(merged, sum.Tags)
		for i, row := range merged {
			said, is := refused[i]
			reason, err := said.reason, error(nil)
			if is {
				err = out.outOf(row.Email, said.kind)
			} else {
				reason, err = out.refusal(row, places[i], how.Skip)
			}
			if err != nil {
				return err
			}
			if reason != "" {
				err = out.rejected(Rejected{Line: places[i], Reason: reason, Cells: contactOf(row).cells(sum.Tags), Email: row.Email})
			} else {
				out.unsubscribed(row.Email, places[i])
				err = out.row(row, places[i])
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	maps.DeleteFunc(sum.Filled, func(_ string, filled int) bool { return filled == 0 })
	return sum, err
}

// refusal says why a row of a call is not to be imported.
func (o *outlet) refusal(row apiclient.ImportRow, place int, skip []Doubt) (reason string, err error) {
	o.doubt(row.Email, place)
	if kind, meant := o.doubts.of(row.Email); kind != "" && slices.Contains(skip, kind) {
		return skipped(kind, meant), nil
	}
	return o.standing(row.Email)
}

// row takes a row of a call that can be imported.
func (o *outlet) row(row apiclient.ImportRow, place int) error {
	fields := make(map[string]json.RawMessage, len(row.Fields))
	for tag, value := range row.Fields {
		written, err := json.Marshal(value)
		if err != nil {
			return err
		}
		fields[tag] = written
	}
	return o.contact(place, Row{o.tags, []byte(row.Email), slotsOf(o.tags, fields, row.AddToLists, row.RemoveFrom)})
}

func contactOf(row apiclient.ImportRow) Contact {
	return Contact{Email: row.Email, Fields: row.Fields, AddToLists: row.AddToLists, RemoveFrom: row.RemoveFrom}
}

// mergeRows merges the rows of each address, and says where each stands first, from 1. The rows given stay as they are.
func mergeRows(rows []apiclient.ImportRow) (merged []apiclient.ImportRow, places []int) {
	at := map[string]int{}
	for number, row := range rows {
		i, seen := at[row.Email]
		if !seen {
			at[row.Email] = len(merged)
			row.Fields = maps.Clone(row.Fields)
			merged, places = append(merged, row), append(places, number+1)
			continue
		}
		earlier := &merged[i]
		if earlier.Fields == nil {
			earlier.Fields = apiclient.Values{}
		}
		maps.Copy(earlier.Fields, row.Fields)
		earlier.AddToLists, earlier.RemoveFrom = Union(earlier.AddToLists, row.AddToLists), Union(earlier.RemoveFrom, row.RemoveFrom)
	}
	return merged, places
}

// tagsOf are the cells that rows of a call are written back as.
func tagsOf(rows []apiclient.ImportRow) []string {
	tags := map[string]bool{}
	for _, row := range rows {
		for tag := range row.Fields {
			tags[tag] = true
		}
	}
	return append([]string{asAddress}, slices.Sorted(maps.Keys(tags))...)
}

// Union joins two sets of ids.
func Union(a, b []int64) []int64 {
	joined := slices.Clone(a)
	for _, id := range b {
		if !slices.Contains(joined, id) {
			joined = append(joined, id)
		}
	}
	return joined
}
