package tools

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var listLists = Tool[ListListsInput, ListListsOutput]{
	Name: "list_lists", Title: "Show the lists", Toolset: Lists, Effect: Reads,
	Description: "Shows the account's contact lists with their ids. audience_report tells how many contacts each has.",
	Example:     `{"search": "news"}`,
	Run:         (*Toolbox).listLists,
}

// ListListsInput narrows the lists.
type ListListsInput struct {
	Search string `json:"search,omitempty" jsonschema_description:"Part of a name"`
}

// ListListsOutput is the lists.
type ListListsOutput struct {
	Lists  []ListView `json:"lists"`
	Total  int        `json:"total" jsonschema_description:"Lists in the account"`
	Search string     `json:"search,omitempty"`
	// Omitted counts the lists left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`
}

func (box *Toolbox) listLists(ctx context.Context, in ListListsInput) (ListListsOutput, error) {
	lists, err := box.Catalog.Lists(ctx)
	if err != nil {
		return ListListsOutput{}, err
	}
	plain := func(s string) string { return strings.ToLower(norm.NFC.String(text.Clean(s))) }
	wanted := plain(in.Search)
	var found []apiclient.List
	for _, list := range lists {
		if strings.Contains(plain(list.Name), wanted) {
			found = append(found, list)
		}
	}
	return ListListsOutput{Lists: viewLists(found), Total: len(lists), Search: text.Clip(in.Search, text.MaxValue)}, nil
}

// Summary is the text an agent reads.
func (out ListListsOutput) Summary() string {
	switch {
	case out.Total == 0:
		return "The account has no lists. create_list makes one."
	case len(out.Lists) == 0 && out.Total == 1:
		return fmt.Sprintf("The account's one list does not have %s in its name; leave search out to see it.", text.Quote(out.Search))
	case len(out.Lists) == 0:
		return fmt.Sprintf("None of the %s has %s in its name; leave search out to see them all.", text.Count(out.Total, "list"),
			text.Quote(out.Search))
	}
	shown := make([]string, 0, len(out.Lists)+1)
	for _, list := range out.Lists {
		shown = append(shown, "- "+list.String())
	}
	if out.Omitted > 0 {
		shown = append(shown, fmt.Sprintf("- and %d more; narrow with search", out.Omitted))
	}
	head := text.Count(out.Total, "list") + ":"
	if out.Search != "" {
		head = fmt.Sprintf("%d of %s with %s in the name:", len(out.Lists)+out.Omitted, text.Count(out.Total, "list"), text.Quote(out.Search))
	}
	return head + "\n" + strings.Join(shown, "\n")
}

// Shrink keeps the result within its bounds.
func (out ListListsOutput) Shrink(width int) Output {
	out.Lists, out.Omitted = shrinkLists(out.Lists, width)
	return out
}

var createList = Tool[CreateListInput, CreateListOutput]{
	Name: "create_list", Title: "Create a list", Toolset: Lists, Effect: Adds,
	Description: "Creates an empty contact list. The account can have 50.",
	Example:     `{"name": "Spring fair"}`,
	Run:         (*Toolbox).createList,
}

// CreateListInput is the new list.
type CreateListInput struct {
	Name string `json:"name" jsonschema:"minLength=1,maxLength=255"`
}

// CreateListOutput is the list as Mailtrap answered it.
type CreateListOutput struct {
	List ListView `json:"list"`
}

func (box *Toolbox) createList(ctx context.Context, in CreateListInput) (CreateListOutput, error) {
	name := text.Clean(in.Name)
	if name == "" {
		return CreateListOutput{}, fault.New(fault.InvalidInput, "name: is empty.", "", "Give the list a name.")
	}
	list, err := box.Catalog.CreateList(ctx, name)
	if err != nil {
		return CreateListOutput{}, err
	}
	return CreateListOutput{List: viewList(list)}, nil
}

// Summary is the text an agent reads.
func (out CreateListOutput) Summary() string {
	return "Created the list " + out.List.String() + ". It has no contacts yet: add_to_list or import_contacts fill it."
}

// Shrink keeps the result within its bounds.
func (out CreateListOutput) Shrink(width int) Output {
	out.List.Name = text.Clip(out.List.Name, width)
	return out
}

// What can be done about a list that is not there, where the call joins lists.
const (
	createFirst = "create what is missing with create_list"
	createAlong = "create what is missing, with create_lists: true or with create_list"
)

// listsToCreate finds lists to join. Those that are missing are to be created; without create there must be none, and none
// may be such that it cannot be created.
func (box *Toolbox) listsToCreate(ctx context.Context, names []string, create bool) (found []apiclient.List, missing []string, err error) {
	if !create {
		found, err = box.Catalog.ResolveLists(ctx, names, createAlong)
		return found, nil, err
	}
	if found, missing, err = box.Catalog.FindLists(ctx, names); err != nil {
		return nil, nil, err
	}
	return found, missing, creatable(missing)
}

// creatable refuses, before anything is written, lists that cannot be created because they are named by an id or not
// by a name at all.
func creatable(missing []string) error {
	for _, name := range missing {
		digits := strings.TrimPrefix(name, "id:")
		_, notNumber := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		switch length := utf8.RuneCountInString(text.Clean(name)); {
		case digits != name, notNumber == nil:
			return fault.New(fault.InvalidInput, "lists: there is no list with the id "+text.Quote(strings.TrimSpace(digits))+
				", and none is created for an id.",
				"Mailtrap gives ids itself.", "Name the list to create by its name; a name of digits only is made with create_list.")
		case length == 0, length > apiclient.MaxListName:
			return fault.New(fault.InvalidInput, fmt.Sprintf("lists: %s cannot be the name of a list.", text.Quote(name)),
				fmt.Sprintf("It has %s, and 1 to %d are allowed.", text.Count(length, "character"), apiclient.MaxListName),
				"Nothing was created; choose another name.")
		}
	}
	return nil
}

// alike warns of lists whose names are nearly those of lists that a plan creates.
func (box *Toolbox) alike(ctx context.Context, creates []bulk.NewList) string {
	if len(creates) == 0 {
		return ""
	}
	lists, err := box.Catalog.Lists(ctx)
	if err != nil {
		return "" // whoever plans has seen them
	}
	names := make([]string, len(lists))
	for i, list := range lists {
		names[i] = list.Name
	}
	var said []string
	for _, list := range creates {
		if near, is := text.Nearest(list.Name, names); is && near != list.Name {
			said = append(said, "There is a list "+text.Quote(near)+" already, and "+text.Quote(list.Name)+" is another one.")
		}
	}
	return strings.Join(said, " ")
}

// ensureLists creates the missing lists and resolves them all. It comes before anything else that a call writes.
func (box *Toolbox) ensureLists(ctx context.Context, refs, missing []string) ([]apiclient.List, error) {
	if len(missing) == 0 {
		return box.Catalog.ResolveLists(ctx, refs)
	}
	created, err := box.Catalog.CreateLists(ctx, missing)
	if err == nil {
		var lists []apiclient.List
		if lists, err = box.Catalog.ResolveLists(ctx, refs); err == nil {
			return lists, nil
		}
	}
	names := make([]string, len(created))
	for i, list := range created {
		names[i] = list.Name
	}
	return nil, afterCreating(names, err, "Nobody was added or changed; a repeat of the call uses the lists that exist now.")
}

// afterCreating is an error that came after lists were created; it must not pass over what was done. next comes before
// the error's own advice.
func afterCreating(created []string, err error, next string) error {
	return afterMaking("list", created, err, next)
}

func afterMaking(noun string, created []string, err error, next string) error {
	if err == nil || len(created) == 0 {
		return err
	}
	quoted := make([]string, len(created))
	for i, name := range created {
		quoted[i] = text.Quote(text.Clip(name, 40))
	}
	what := "The " + noun + " " + quoted[0] + " was created"
	if len(created) > 1 {
		what = "The " + noun + "s " + text.Listing(quoted, 20) + " were created"
	}
	cause := explain(err)
	return fault.New(cause.Code, what+", and then the call failed. "+cause.What, cause.Why,
		strings.TrimSpace(next+" "+cause.Next)).Because(err)
}
