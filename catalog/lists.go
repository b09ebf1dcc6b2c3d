package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// shownNames is how many existing names an error lists.
const shownNames = 12

// ResolveLists finds lists by name or id, each once, in the order asked for. What cannot be found is reported all at
// once, with the existing names closest to it.
func (c *Catalog) ResolveLists(ctx context.Context, refs []string) ([]apiclient.List, error) {
	found, missing, err := c.FindLists(ctx, refs)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		lists, err := c.Lists(ctx)
		if err != nil {
			return nil, err
		}
		return nil, unknownLists(missing, lists)
	}
	return found, nil
}

// FindLists is ResolveLists for callers who can do something about missing lists.
func (c *Catalog) FindLists(ctx context.Context, refs []string) (found []apiclient.List, missing []string, err error) {
	if len(refs) == 0 {
		return nil, nil, nil
	}
	lists, err := c.Lists(ctx)
	if err != nil {
		return nil, nil, err
	}
	found, missing, err = matchAll(refs, lists, listName)
	if err == nil && len(missing) > 0 {
		if lists, err = c.lists.get(ctx, justNow); err != nil {
			return nil, nil, err
		}
		found, missing, err = matchAll(refs, lists, listName)
	}
	return found, missing, err
}

var listName = naming[apiclient.List]{
	noun:  "list",
	id:    func(l apiclient.List) int64 { return l.ID },
	names: func(l apiclient.List) []string { return []string{l.Name} },
}

func unknownLists(missing []string, lists []apiclient.List) error {
	quoted := make([]string, len(missing))
	for i, name := range missing {
		quoted[i] = text.Quote(name)
	}
	what := "There is no list " + text.Listing(quoted, shownNames) + "."
	if len(lists) == 0 {
		return fault.New(fault.InvalidInput, what, "The account has no lists yet.", "Create the list with create_list first.")
	}
	names := make([]string, len(lists))
	for i, list := range lists {
		names[i] = list.Name
	}
	names = text.Closest(missing[0], names)
	for i, name := range names {
		names[i] = text.Quote(name)
	}
	return fault.New(fault.InvalidInput, what, "The lists are: "+text.Listing(names, shownNames)+".",
		"Use one of these names, or create the list with create_list.")
}

// CreateList creates a list. A name that is there already, in whatever case, is already_exists. When the API's answer
// is lost, the lists are looked at before the request is repeated.
func (c *Catalog) CreateList(ctx context.Context, name string) (apiclient.List, error) {
	lists, err := c.lists.get(ctx, 0)
	if err != nil {
		return apiclient.List{}, err
	}
	same := func(l apiclient.List) bool { return strings.EqualFold(l.Name, name) }
	if i := slices.IndexFunc(lists, same); i >= 0 {
		return lists[i], listExists(lists[i])
	}
	if len(lists) >= apiclient.MaxLists {
		return apiclient.List{}, fault.New(fault.LimitReached, fmt.Sprintf("The account has %d lists, which is Mailtrap's limit.", len(lists)), "",
			"Ask the operator which list can go.")
	}
	defer c.lists.forget()
	look := func(wanted func(apiclient.List) bool) (apiclient.List, bool, error) {
		return lookFor(ctx, c.lists, wanted)
	}
	created, err := createOnce(func() (apiclient.List, error) { return c.api.CreateList(ctx, name) },
		func() (apiclient.List, bool, error) {
			return look(func(l apiclient.List) bool { return l.Name == name })
		})
	if isTaken(err, "name") {
		if there, found, _ := look(same); found {
			return there, listExists(there)
		}
	}
	return created, err
}

func listExists(list apiclient.List) error {
	return fault.New(fault.AlreadyExists, fmt.Sprintf("There is a list %s already, id %d.", text.Quote(list.Name), list.ID), "",
		"Use it, or choose another name.")
}

// isTaken recognises the API's refusal of a name that somebody else took a moment ago.
func isTaken(err error, where string) bool {
	apiError, ok := apiclient.AsError(err)
	return ok && apiError.Says(where, "already been taken")
}

// lookFor looks among items fetched anew.
func lookFor[T any](ctx context.Context, items *cached[T], wanted func(T) bool) (item T, found bool, err error) {
	all, err := items.get(ctx, 0)
	i := slices.IndexFunc(all, wanted)
	if err != nil || i < 0 {
		return item, false, err
	}
	return all[i], true, nil
}

// createOnce creates something whose name is unique. After a lost answer it looks whether it is there, and repeats the
// request once when it is not.
func createOnce[T any](create func() (T, error), look func() (T, bool, error)) (T, error) {
	created, err := create()
	if apiError, ok := apiclient.AsError(err); !ok || !apiError.Unknown {
		return created, err
	}
	there, found, lookErr := look()
	switch {
	case lookErr != nil:
		return created, err
	case found:
		return there, nil
	}
	if created, err = create(); err == nil {
		return created, nil
	}
	// The repeat was lost as well, or refused because the first one was carried out after all.
	if there, found, _ := look(); found {
		return there, nil
	}
	return created, err
}
