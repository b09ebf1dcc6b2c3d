package prompts

import (
	"context"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// Sources are what arguments are completed from.
type Sources struct {
	Catalog *catalog.Catalog
	Folders *bulk.Folders
}

// All are the prompts, in the order clients see them.
func All(from Sources) []Prompt {
	return []Prompt{importFile(from), audienceOverview(from)}
}

// listNames completes the names of the account's lists.
func (from Sources) listNames(ctx context.Context, prefix string) ([]string, error) {
	lists, err := from.Catalog.Lists(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(lists))
	for i, list := range lists {
		names[i] = text.Clean(list.Name)
	}
	return startingWith(prefix, names), nil
}

// contactFiles completes the contact files in the allowed folders.
func (from Sources) contactFiles(_ context.Context, prefix string) ([]string, error) {
	return startingWith(prefix, from.Folders.ContactFiles()), nil
}
