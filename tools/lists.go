package tools

import (
	"context"
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var listLists = Tool[ListListsInput, ListListsOutput]{
	Name: "list_lists", Title: "Show the lists", Toolset: Lists, Effect: Reads,
	Description: "Shows the account's contact lists with their ids. Mailtrap does not tell how many contacts a list has; export_contacts counts them.",
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
	wanted := strings.ToLower(strings.TrimSpace(in.Search))
	var found []apiclient.List
	for _, list := range lists {
		if strings.Contains(strings.ToLower(list.Name), wanted) {
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
	case len(out.Lists) == 0:
		return fmt.Sprintf("None of the %s has %s in its name; leave search out to see them all.", text.Count(out.Total, "list"), text.Quote(out.Search))
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
