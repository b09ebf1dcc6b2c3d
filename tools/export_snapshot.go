package tools

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/text"
)

// exportSnapshot writes those to a file who fit a condition: Mailtrap itself exports by list and status only.
func (box *Toolbox) exportSnapshot(ctx context.Context, in ExportContactsInput, lists []apiclient.List) (ExportContactsOutput, error) {
	draft, err := box.Bulk.NewFile(in.File, cmp.Or(in.Format, "csv")) // what cannot be written need not be asked
	if err != nil {
		return ExportContactsOutput{}, err
	}
	kept := false
	defer func() {
		if !kept {
			draft.Discard()
		}
	}()
	asked, err := box.ask(ctx, in.Segment, in.Where, need{})
	if err != nil {
		return ExportContactsOutput{}, err
	}
	defer asked.Release()
	n, filled, err := asked.Write(ctx, draft, narrowed(asked.where, lists, in.Status), in.Columns, cmp.Or(in.Format, "csv"))
	if err != nil {
		return ExportContactsOutput{}, err
	}
	notes, err := asked.notes(ctx)
	if err != nil {
		return ExportContactsOutput{}, err
	}
	kept = true // or removed, when that fails
	path, err := draft.Keep()
	if err != nil {
		return ExportContactsOutput{}, err
	}
	job := JobView{Kind: string(bulk.Export), State: string(bulk.Finished), Exported: n, File: text.Path(path), Note: asked.view.String()}
	for _, column := range filled {
		job.Columns = append(job.Columns, ColumnView{Name: text.Clean(column.Name), Filled: column.Filled})
	}
	return ExportContactsOutput{Job: job.noted(notes), Snapshot: &asked.view}, nil
}

// narrowed is a condition that is also about lists and status.
func narrowed(where string, lists []apiclient.List, status string) string {
	var all []string
	if strings.TrimSpace(where) != "" {
		all = append(all, "("+where+"\n)")
	}
	if len(lists) > 0 {
		any := make([]string, len(lists))
		for i, list := range lists {
			any[i] = "in_list('id:" + strconv.FormatInt(list.ID, 10) + "')"
		}
		all = append(all, "("+strings.Join(any, " OR ")+")")
	}
	if status != "" {
		all = append(all, "status = '"+status+"'")
	}
	return strings.Join(slices.Clip(all), " AND ")
}
