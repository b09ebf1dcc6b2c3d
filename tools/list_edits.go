package tools

import (
	"context"
	"fmt"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var renameList = Tool[RenameListInput, RenameListOutput]{
	Name: "rename_list", Title: "Rename a list", Toolset: Lists, Effect: Sets,
	Description: "Gives a list another name; its id and its contacts stay.",
	Example:     `{"list": "Trial", "name": "Free trial"}`,
	Run:         (*Toolbox).renameList,
}

// RenameListInput is the list and its new name.
type RenameListInput struct {
	List string `json:"list" jsonschema:"minLength=1" jsonschema_description:"By name or id"`
	Name string `json:"name" jsonschema:"minLength=1,maxLength=255" jsonschema_description:"The new name"`
}

// RenameListOutput is the list as it is now, and the name it had.
type RenameListOutput struct {
	List    ListView `json:"list"`
	Before  string   `json:"before" jsonschema_description:"The name it had"`
	Changed bool     `json:"changed"`
	Followed
}

func (box *Toolbox) renameList(ctx context.Context, in RenameListInput) (RenameListOutput, error) {
	name := text.Clean(in.Name)
	if name == "" {
		return RenameListOutput{}, fault.New(fault.InvalidInput, "name: is empty.", "", "Give the list a name.")
	}
	before, after, err := box.Catalog.RenameList(ctx, in.List, name)
	if err != nil {
		return RenameListOutput{}, err
	}
	out := RenameListOutput{List: viewList(after), Before: text.Clean(before.Name), Changed: after != before}
	if out.Changed {
		out.Followed = followed(box.Audience.ListRenamed(ctx, before, after))
	}
	return out, nil
}

// Summary is the text an agent reads.
func (out RenameListOutput) Summary() string {
	if !out.Changed {
		return "The list " + out.List.String() + " has this name already; nothing was changed."
	}
	return lines(fmt.Sprintf("Renamed the list %s to %s.", ListView{ID: out.List.ID, Name: out.Before},
		text.Quote(out.List.Name)), out.describe())
}

// Shrink keeps the result within its bounds.
func (out RenameListOutput) Shrink(width int) Output {
	out.List.Name, out.Before = text.Clip(out.List.Name, width), text.Clip(out.Before, width)
	out.Segments, _ = capped(clipAll(out.Segments, 100), max(1, width/8))
	return out
}

var deleteList = Tool[DeleteListInput, DeleteListOutput]{
	Name: "delete_list", Title: "Delete a list", Toolset: Lists, Effect: Destroys,
	Description: "Deletes a list for good; its contacts stay in the account. To take contacts off a list use remove_from_list.",
	Example:     `{"list": "Old leads"}`,
	Asking: Asking{
		When: "before the list is deleted, with the number of contacts on it",
		Otherwise: "the call goes ahead if at most 25 contacts are on the list; with more, or a number that cannot " +
			"be found out, it is refused with `needs_confirmation`",
	},
	Confirm: askBefore((*Toolbox).listDeletion),
	Unasked: onlyFew((*Toolbox).listDeletion),
	Run:     (*Toolbox).deleteList,
}

// DeleteListInput names the list.
type DeleteListInput struct {
	List string `json:"list" jsonschema:"minLength=1" jsonschema_description:"By name or id"`
}

// DeleteListOutput is what was deleted.
type DeleteListOutput struct {
	Deleted ListView `json:"deleted"`
	// Contacts is absent when they were not counted.
	Contacts *int `json:"contacts,omitempty" jsonschema_description:"Contacts that were on it; they stay in the account"`
}

// listDeletion is the deletion of a list as there is one now.
func (box *Toolbox) listDeletion(ctx context.Context, in DeleteListInput) (deletion, error) {
	list, err := box.unusedList(ctx, in)
	return deletion{
		subject: listSubject(list.ID, list.Name),
		what:    "the list " + viewList(list).String(),
		count:   func(ctx context.Context) (int, error) { return box.members(ctx, list) },
		touches: func(n int) string {
			switch n {
			case uncounted:
				return "How many contacts are on it could not be counted. Deleting it leaves them in the account, but who was on it " +
					"cannot be brought back."
			case 0:
				return "Nobody is on it."
			case 1:
				return "1 contact is on it. Deleting the list leaves it in the account, but that it was on the list cannot be brought back."
			}
			return text.Count(n, "contact") + " are on it. Deleting it leaves them in the account, but who was on it cannot be brought back."
		},
	}, err
}

// members is how many contacts are on a list. It fails where that is not certain: where the export does not tell it of all
// contacts, or nobody is on the list and a job may be adding some.
func (box *Toolbox) members(ctx context.Context, list apiclient.List) (int, error) {
	n, facts, err := box.countNow(ctx, narrowing([]apiclient.List{list}, ""))
	switch {
	case err != nil:
		return 0, err
	case facts.Unlisted > 0 || !facts.ListsKnown:
		return 0, fault.New(fault.UpstreamError, "Mailtrap's export does not tell of all contacts on which lists they are.", "",
			"Nothing was counted.")
	case n > 0:
		return n, nil
	}
	filling, err := box.Bulk.Filling(ctx, list.ID)
	if filling {
		err = exports.Empty("A job of this server that may be adding contacts is running.")
	}
	return 0, err
}

// unusedList is the list that is to be deleted, which no segment may use.
func (box *Toolbox) unusedList(ctx context.Context, in DeleteListInput) (apiclient.List, error) {
	list, err := box.Catalog.List(ctx, in.List)
	if err != nil {
		return list, err
	}
	using, err := box.Audience.SegmentsUsingList(ctx, list.ID)
	return list, notInSegments("The list "+viewList(list).String(), using, err)
}

func listSubject(id int64, name string) string { return fmt.Sprintf("list %d %s", id, name) }

func (box *Toolbox) deleteList(ctx context.Context, in DeleteListInput) (DeleteListOutput, error) {
	if _, err := box.unusedList(ctx, in); err != nil {
		return DeleteListOutput{}, err
	}
	list, err := box.Catalog.DeleteList(ctx, in.List)
	if err != nil {
		return DeleteListOutput{}, err
	}
	return DeleteListOutput{Deleted: viewList(list), Contacts: box.counted.take(listSubject(list.ID, list.Name))}, nil
}

// Summary is the text an agent reads.
func (out DeleteListOutput) Summary() string {
	members := "The contacts that were on it stay in the account."
	switch {
	case out.Contacts == nil:
	case *out.Contacts == 0:
		members = "Nobody was on it."
	case *out.Contacts == 1:
		members = "1 contact was on it and stays in the account."
	default:
		members = text.Count(*out.Contacts, "contact") + " were on it and stay in the account."
	}
	return "Deleted the list " + out.Deleted.String() + ". " + members
}

// Shrink keeps the result within its bounds.
func (out DeleteListOutput) Shrink(width int) Output {
	out.Deleted.Name = text.Clip(out.Deleted.Name, width)
	return out
}
