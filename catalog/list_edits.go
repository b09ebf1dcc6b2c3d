package catalog

import (
	"context"
	"fmt"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// List finds one list by name or id among those there are now. What is going to be changed is not looked up in memory: a
// name may have passed to another list since.
func (c *Catalog) List(ctx context.Context, ref string) (apiclient.List, error) {
	lists, err := c.lists.get(ctx, 0)
	if err != nil {
		return apiclient.List{}, err
	}
	return oneList(ref, lists)
}

func oneList(ref string, lists []apiclient.List) (apiclient.List, error) {
	list, found, err := MatchList(ref, lists)
	if err == nil && !found {
		err = unknownLists([]string{text.Clean(ref)}, lists, nil)
	}
	return list, err
}

// ListNow finds the one list that is wanted among those there are now; false when there is none.
func (c *Catalog) ListNow(ctx context.Context, wanted func(apiclient.List) bool) (apiclient.List, bool, error) {
	return lookFor(ctx, c.lists, wanted)
}

// RenameList renames a list and returns it as it was and as it is. A name that another list has, in whatever case, is
// already_exists; the name it has is no change, and nothing is sent.
func (c *Catalog) RenameList(ctx context.Context, ref, name string) (before, after apiclient.List, err error) {
	lists, err := c.lists.get(ctx, 0)
	if err != nil {
		return before, after, err
	}
	if before, err = oneList(ref, lists); err != nil || before.Name == name {
		return before, before, err
	}
	same := func(l apiclient.List) bool { return l.ID != before.ID && sameName(l.Name, name) }
	if i := slices.IndexFunc(lists, same); i >= 0 {
		return before, before, listExists(lists[i])
	}
	wanted := apiclient.List{ID: before.ID, Name: name}
	intent := journal.Write{Action: journal.Update, Kind: journal.List, Subject: idOf(before.ID), Name: before.Name,
		Before: before, After: wanted}
	err = c.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) (err error) {
		if after, err = c.By(write.By(c.api)).renameList(ctx, before, wanted, same); err == nil {
			write.After = after
		}
		return err
	})
	return before, after, err
}

func (c *Catalog) renameList(ctx context.Context, before, wanted apiclient.List, same func(apiclient.List) bool) (apiclient.List, error) {
	defer c.lists.forget()
	after, err := c.api.RenameList(ctx, before.ID, wanted.Name)
	switch {
	case isUnknown(err) && c.lists.show(ctx, func(now []apiclient.List) bool { return slices.Contains(now, wanted) }):
		return wanted, nil
	case isTaken(err, "name"):
		if there, found, _ := lookFor(ctx, c.lists, same); found {
			return before, listExists(there)
		}
	case apiclient.IsKind(err, apiclient.NotFound):
		return before, listGone(before, err)
	}
	return after, stillUnknown(err, "rename the list", "Look with list_lists; if the list has its old name, rename it again.")
}

// DeleteList deletes a list and returns it as it was. Its contacts stay in the account (documentation).
func (c *Catalog) DeleteList(ctx context.Context, ref string) (apiclient.List, error) {
	list, err := c.List(ctx, ref)
	if err != nil {
		return list, err
	}
	intent := journal.Write{
		Action: journal.Delete, Kind: journal.List, Subject: idOf(list.ID), Name: list.Name, Before: list,
		Final: "Mailtrap does not tell who was on a list, so that a deleted one cannot be filled again; create_list makes an " +
			"empty one of that name.",
	}
	return list, c.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) error {
		return c.By(write.By(c.api)).deleteList(ctx, list)
	})
}

func (c *Catalog) deleteList(ctx context.Context, list apiclient.List) error {
	defer c.lists.forget()
	err := c.api.DeleteList(ctx, list.ID)
	there := func(l apiclient.List) bool { return l.ID == list.ID }
	switch {
	case isUnknown(err) && c.lists.show(ctx, func(now []apiclient.List) bool { return !slices.ContainsFunc(now, there) }):
		return nil
	case apiclient.IsKind(err, apiclient.NotFound):
		return listGone(list, err)
	}
	return stillUnknown(err, "delete the list", "Look with list_lists; if the list is still there, delete it again.")
}

func listGone(list apiclient.List, cause error) error {
	return fault.New(fault.NotFound, fmt.Sprintf("The list %s (id %d) is gone: somebody else has deleted it a moment ago.",
		text.Quote(list.Name), list.ID), "",
		"list_lists shows the lists there are.").Because(cause)
}

// show fetches the items anew, after a write whose answer was lost, and reports whether they are as wanted. Items that
// cannot be had show nothing.
func (c *cached[T]) show(ctx context.Context, wanted func(now []T) bool) bool {
	now, err := c.get(ctx, 0)
	return err == nil && wanted(now)
}
