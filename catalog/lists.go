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
	return fault.New(fault.InvalidInput, what, why+text.Listing(shown, shownNames)+".", sentence(append([]string{next}, remedies...), ""))
}

// closestLists shows lists by name, the nearest to ref first. A name that had to be cut stands with its id.
func closestLists(ref string, lists []apiclient.List) []string {
	names, shown := make([]string, len(lists)), make(map[string]string, len(lists))
	for i, list := range lists {
		names[i] = list.Name
		shown[list.Name] = text.Quote(text.Clip(list.Name, shownName))
		if utf8.RuneCountInString(text.Clean(list.Name)) > shownName {
			shown[list.Name] += fmt.Sprintf(" (id:%d)", list.ID)
		}
	}
	names = text.Closest(ref, names)
	for i, name := range names {
		names[i] = shown[name]
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
	if len(lists) >= apiclient.MaxLists {
		return apiclient.List{}, fault.New(fault.LimitReached,
			fmt.Sprintf("The account has %d lists, which is Mailtrap's limit.", len(lists)), "",
			"Ask the operator which list can go; delete_list deletes it.")
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
	if len(lists)+len(wanted) > apiclient.MaxLists {
		return nil, tooManyLists(len(lists), len(wanted))
	}
	return wanted, nil
}

func tooManyLists(there, wanted int) error {
	return fault.New(fault.LimitReached, fmt.Sprintf("The account has %s, and %s would be too many.",
		text.Count(there, "list"), text.Count(wanted, "new one")),
		fmt.Sprintf("Mailtrap's limit is %d lists.", apiclient.MaxLists),
		"Nothing was changed; use lists that exist, or ask the operator which can go.")
}

// createList creates a list that was just seen to be missing.
func (c *Catalog) createList(ctx context.Context, name string) (apiclient.List, error) {
	defer c.lists.forget()
	look := func(wanted func(apiclient.List) bool) (apiclient.List, bool, error) {
		return lookFor(ctx, c.lists, wanted)
	}
	var created apiclient.List
	intent := journal.Write{Action: journal.Create, Kind: journal.List, Name: name, After: apiclient.List{Name: name}}
	err := c.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) (err error) {
		created, err = createOnce(func() (apiclient.List, error) { return write.By(c.api).CreateList(ctx, name) },
			func() (apiclient.List, bool, error) {
				return look(func(l apiclient.List) bool { return l.Name == name })
			})
		if err == nil {
			write.Subject, write.After = idOf(created.ID), created
		}
		return err
	})
	if isTaken(err, "name") {
		if there, found, _ := look(func(l apiclient.List) bool { return sameName(l.Name, name) }); found {
			return there, listExists(there)
		}
	}
	return created, stillUnknown(err, "create the list", "Look with list_lists; if the list is missing, create it again.")
}

// idOf is an id as the journal knows it.
func idOf(id int64) string { return strconv.FormatInt(id, 10) }

func indexOfName(lists []apiclient.List, name string) int {
	return slices.IndexFunc(lists, func(l apiclient.List) bool { return sameName(l.Name, name) })
}

// stillUnknown is the fault of a write whose outcome could not be found out.
func stillUnknown(err error, what, next string) error {
	if !isUnknown(err) {
		return err
	}
	return fault.New(fault.OutcomeUnknown, "The request to "+what+" was sent, but no usable answer came back.",
		"Mailtrap may or may not have carried it out.", next).Because(err)
}

func isUnknown(err error) bool {
	apiError, ok := apiclient.AsError(err)
	return ok && apiError.Unknown
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

// createOnce creates something whose name is unique, and was looked for before, so that a repeat does not make two. After a
// lost answer it looks whether it is there, and repeats the request once when it is not.
func createOnce[T any](create func() (T, error), look func() (T, bool, error)) (T, error) {
	created, err := create()
	if !isUnknown(err) {
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
