package catalog

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// shownNames is how many existing names an error lists.
const shownNames = 12

// ResolveLists finds lists by name or id, each once, in the order asked for. What cannot be found is reported all at
// once, with the existing names closest to it. remedies are what the caller can do about a missing list besides naming
// another one: "create it with create_list".
func (c *Catalog) ResolveLists(ctx context.Context, refs []string, remedies ...string) ([]apiclient.List, error) {
	found, missing, err := c.FindLists(ctx, refs)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		lists, err := c.Lists(ctx)
		if err != nil {
			return nil, err
		}
		return nil, unknownLists(missing, lists, remedies)
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
	if slices.Contains(missing, everyList) {
		return nil, nil, errEveryList
	}
	return found, missing, err
}

// everyList stands for all lists where a caller takes it so, before it looks names up here.
const everyList = "*"

var errEveryList = fault.New(fault.InvalidInput, `"*" is not the name of a list.`,
	"It means all lists in remove_from_list only, and stands alone there.",
	"Nothing was sent; name the lists.")

var listName = naming[apiclient.List]{
	noun:  "list",
	id:    func(l apiclient.List) int64 { return l.ID },
	names: func(l apiclient.List) []string { return []string{l.Name} },
}

var listKind = kind[apiclient.List]{
	naming: listName, record: journal.List, most: apiclient.MaxLists, counted: "list", taken: []string{"name"},
	free:     "use lists that exist, or ask the operator which can go; delete_list deletes it.",
	label:    func(l apiclient.List) string { return l.Name },
	describe: func(l apiclient.List) string { return fmt.Sprintf("the list %s (id %d)", text.Quote(l.Name), l.ID) },
	exists:   listExists,
}

func unknownLists(missing []string, lists []apiclient.List, remedies []string) error {
	what := "There is no list "
	if len(missing) > 1 {
		what = "There are no lists "
	}
	what += text.Listing(text.Quotes(missing, shownName), shownNames) + "."
	if !slices.ContainsFunc(missing, canBeName) {
		remedies = nil
	}
	if len(lists) == 0 {
		return fault.New(fault.InvalidInput, what, "The account has no lists yet.",
			sentence(remedies, "Nothing was sent; get_account shows which account this is."))
	}
	shown := closestLists(missing[0], lists)
	why, next := "The lists are: ", "Use one of these names"
	if len(shown) == 1 {
		why, next = "The only list is ", "Use its name"
	}
	why = text.Meant(missing, namesOf(lists)) + why
	return fault.New(fault.InvalidInput, what, why+text.Listing(shown, shownNames)+".", sentence(append([]string{next}, remedies...), ""))
}

// closestLists shows lists by name, the nearest to ref first. A name that had to be cut stands with its id.
func closestLists(ref string, lists []apiclient.List) []string {
	shown := make(map[string]string, len(lists))
	for _, list := range lists {
		shown[list.Name] = text.Quote(text.Clip(list.Name, shownName))
		if utf8.RuneCountInString(text.Clean(list.Name)) > shownName {
			shown[list.Name] += fmt.Sprintf(" (id:%d)", list.ID)
		}
	}
	names := text.Closest(ref, namesOf(lists))
	for i, name := range names {
		names[i] = shown[name]
	}
	return names
}

func namesOf(lists []apiclient.List) []string {
	names := make([]string, len(lists))
	for i, list := range lists {
		names[i] = list.Name
	}
	return names
}

// canBeName tells a name from an id: nothing is created for an id that is not there.
func canBeName(ref string) bool {
	_, err := strconv.ParseUint(strings.TrimSpace(strings.TrimPrefix(ref, "id:")), 10, 64)
	return err != nil
}

// shownName is how much of a list's name an error about other names shows.
const shownName = 40

// sentence joins what can be done with "or"; without any it is otherwise.
func sentence(remedies []string, otherwise string) string {
	if len(remedies) == 0 {
		return otherwise
	}
	joined := strings.Join(remedies, ", or ")
	return strings.ToUpper(joined[:1]) + joined[1:] + "."
}

// CreateList creates a list. A name that is there already, in whatever case, is already_exists. When the API's answer
// is lost, the lists are looked at before the request is repeated.
func (c *Catalog) CreateList(ctx context.Context, name string) (apiclient.List, error) {
	lists, err := c.lists.get(ctx, 0)
	if err != nil {
		return apiclient.List{}, err
	}
	if i := indexOfName(lists, name); i >= 0 {
		return lists[i], listExists(lists[i])
	}
	if err := listKind.room(len(lists), 1); err != nil {
		return apiclient.List{}, err
	}
	return c.createList(ctx, name)
}

// CreateLists creates those of the lists that are not there yet. When they would be too many, none is created. An error
// on the way leaves those that were created, which are returned with it.
func (c *Catalog) CreateLists(ctx context.Context, names []string) (created []apiclient.List, err error) {
	wanted, err := c.roomFor(ctx, names)
	if err != nil {
		return nil, err
	}
	for _, name := range wanted {
		list, err := c.createList(ctx, name)
		switch {
		case err == nil:
			created = append(created, list)
		case !fault.Is(err, fault.AlreadyExists): // one made meanwhile will do
			return created, err
		}
	}
	return created, nil
}

// RoomForLists refuses lists that CreateLists could not create because they would be too many.
func (c *Catalog) RoomForLists(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	_, err := c.roomFor(ctx, names)
	return err
}

// roomFor returns those of some lists that are not there yet.
func (c *Catalog) roomFor(ctx context.Context, names []string) (wanted []string, err error) {
	lists, err := c.lists.get(ctx, 0)
	if err != nil {
		return nil, err
	}
	wanted = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return indexOfName(lists, name) >= 0 })
	return wanted, listKind.room(len(lists), len(wanted))
}

// createList creates a list that was just seen to be missing.
func (c *Catalog) createList(ctx context.Context, name string) (apiclient.List, error) {
	return create(ctx, c, c.lists, listKind, apiclient.List{Name: name}, func(l apiclient.List) bool { return l.Name == name },
		func(l apiclient.List) bool { return sameName(l.Name, name) },
		func(api *apiclient.Client) (apiclient.List, error) { return api.CreateList(ctx, name) })
}

func indexOfName(lists []apiclient.List, name string) int {
	return slices.IndexFunc(lists, func(l apiclient.List) bool { return sameName(l.Name, name) })
}

func listExists(list apiclient.List) error {
	return fault.New(fault.AlreadyExists, fmt.Sprintf("There is a list %s already, id %d.", text.Quote(list.Name), list.ID), "",
		"Use it, or choose another name.")
}
