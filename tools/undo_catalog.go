package tools

import (
	"context"
	"fmt"
	"strconv"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// listBack is how a write of a list is undone. The journal marks a deletion as final.
func (box *Toolbox) listBack(ctx context.Context, write journal.Entry) (*step, error) {
	var before, after apiclient.List
	hadBefore, hasAfter := decodeImage(write.Before, &before), decodeImage(write.After, &after)
	now, there, err := box.Catalog.ListNow(ctx, func(l apiclient.List) bool {
		return strconv.FormatInt(l.ID, 10) == write.Subject || write.Subject == "" && l.Name == after.Name
	})
	if err != nil {
		return nil, err
	}
	what := "The list " + text.Quote(after.Name)
	switch {
	case write.Action == journal.Create && !there:
		return nil, nil
	case write.Subject == "":
		return nil, box.unidentified(ctx, write, "the list "+viewList(now).String(), "delete_list")
	case !there:
		return nil, box.changedSince(ctx, write, what, "it does not exist any more")
	case write.Action == journal.Update && hadBefore && now.Name == before.Name:
		return nil, nil
	case !hasAfter || now.Name != after.Name:
		return nil, box.changedSince(ctx, write, what, "its name is "+text.Quote(now.Name))
	}
	ref := fmt.Sprintf("id:%d", now.ID)
	if write.Action == journal.Create {
		d, err := box.listDeletion(ctx, DeleteListInput{List: ref})
		if err != nil {
			return nil, err
		}
		return &step{
			write: write, what: "delete the list " + viewList(now).String(), grave: true, deletes: &d,
			warning: "Its contacts stay in the account.",
			do: func(ctx context.Context) error {
				_, err := box.Catalog.DeleteList(ctx, ref)
				return err
			},
		}, nil
	}
	return &step{
		write: write, what: fmt.Sprintf("rename the list %s to %s", viewList(now), text.Quote(before.Name)),
		do: func(ctx context.Context) error {
			was, is, err := box.Catalog.RenameList(ctx, ref, before.Name)
			if err == nil {
				_, err = box.Audience.ListRenamed(ctx, was, is)
			}
			return err
		},
	}, nil
}

// fieldBack is how a write of a field is undone. The journal marks a deletion as final.
func (box *Toolbox) fieldBack(ctx context.Context, write journal.Entry) (*step, error) {
	var before, after apiclient.Field
	hadBefore, hasAfter := decodeImage(write.Before, &before), decodeImage(write.After, &after)
	now, there, err := box.Catalog.FieldNow(ctx, func(f apiclient.Field) bool {
		return strconv.FormatInt(f.ID, 10) == write.Subject || write.Subject == "" && f.MergeTag == after.MergeTag
	})
	if err != nil {
		return nil, err
	}
	same := func(a, b apiclient.Field) bool { return a.Name == b.Name && a.MergeTag == b.MergeTag }
	what := "The field " + text.Quote(after.Name)
	switch {
	case write.Action == journal.Create && !there:
		return nil, nil
	case write.Subject == "":
		return nil, box.unidentified(ctx, write, "the field "+viewField(now).String(), "delete_field")
	case !there:
		return nil, box.changedSince(ctx, write, what, "it does not exist any more")
	case write.Action == journal.Update && hadBefore && same(now, before):
		return nil, nil
	case !hasAfter || !same(now, after):
		return nil, box.changedSince(ctx, write, what, "it is "+viewField(now).String())
	case write.Action == journal.Update && now.MergeTag != before.MergeTag:
		if err := box.unfilled(ctx, now); err != nil {
			return nil, err
		}
	}
	ref := fmt.Sprintf("id:%d", now.ID)
	if write.Action == journal.Create {
		d, err := box.fieldDeletion(ctx, DeleteFieldInput{Field: ref})
		if err != nil {
			return nil, err
		}
		return &step{
			write: write, what: "delete the field " + viewField(now).String(), grave: true, deletes: &d,
			warning: "Values that contacts have in it are lost.",
			do: func(ctx context.Context) error {
				_, err := box.Catalog.DeleteField(ctx, ref)
				return err
			},
		}, nil
	}
	return &step{
		write: write, what: fmt.Sprintf("set the field %s back to %s (merge tag %s)", viewField(now), text.Quote(before.Name),
			text.Word(before.MergeTag, 80)),
		do: func(ctx context.Context) error {
			was, is, err := box.Catalog.RestoreField(ctx, ref, before)
			if err == nil {
				_, err = box.Audience.FieldRenamed(ctx, was, is)
			}
			return err
		},
	}, nil
}
