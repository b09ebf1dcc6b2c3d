package catalog

import (
	"context"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/text"
)

// List finds one list by name or id among those there are now. What is going to be changed is not looked up in memory: a
// name may have passed to another list since.
func (c *Catalog) List(ctx context.Context, ref string, remedies ...string) (apiclient.List, error) {
	lists, err := c.lists.get(ctx, 0)
	if err != nil {
		return apiclient.List{}, err
	}
	return oneList(ref, lists, remedies...)
}

func oneList(ref string, lists []apiclient.List, remedies ...string) (apiclient.List, error) {
	list, found, err := MatchList(ref, lists)
	if err == nil && !found {
		err = unknownLists([]string{text.Clean(ref)}, lists, remedies)
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
	after, err = change(ctx, c, c.lists, listKind, before, apiclient.List{ID: before.ID, Name: name}, same,
		func(api *apiclient.Client) (apiclient.List, error) { return api.RenameList(ctx, before.ID, name) })
	return before, after, err
}

// DeleteList deletes a list and returns it as it was. Its contacts stay in the account (documentation).
func (c *Catalog) DeleteList(ctx context.Context, ref string) (apiclient.List, error) {
	list, err := c.List(ctx, ref)
	if err != nil {
		return list, err
	}
	return list, remove(ctx, c, c.lists, listKind, list, "Mailtrap does not tell who was on a list, so that a deleted one cannot be "+
		"filled again; create_list makes an empty one of that name.",
		func(api *apiclient.Client) error { return api.DeleteList(ctx, list.ID) })
}
