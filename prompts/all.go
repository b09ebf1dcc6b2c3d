package prompts

import (
	"context"
	"slices"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/text"
)

// Sources are what arguments are completed from.
type Sources struct {
	Catalog *catalog.Catalog
	Folders *files.Folders
	// Touched are the addresses that this server lately had to do with, the newest first.
	Touched func() []string
	// Events are the names of events that were fired before; nil when nobody keeps them.
	Events func(context.Context) []string
}

// All are the prompts, in the order clients see them.
func All(from Sources) []Prompt {
	return []Prompt{
		importFile(from), syncFromCRM(from), audienceOverview(from), buildSegment(), cleanUpList(from),
		tidyFieldsAndLists(), campaignReady(), whyNoMail(from), erasePerson(from), wireAutomationEvent(from),
	}
}

// Usable are the prompts whose tools are all there.
func Usable(all []Prompt, has func(tool string) bool) []Prompt {
	return slices.DeleteFunc(slices.Clone(all), func(prompt Prompt) bool {
		return slices.ContainsFunc(prompt.Tools, func(tool string) bool { return !has(tool) })
	})
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
	return text.StartingWith(prefix, names), nil
}

// contactFiles completes the contact files in the allowed folders.
func (from Sources) contactFiles(_ context.Context, prefix string) ([]string, error) {
	return text.StartingWith(prefix, showable(from.Folders.ContactFiles())), nil
}

// contacts completes addresses that were looked up or written lately: Mailtrap cannot list contacts.
func (from Sources) contacts(_ context.Context, prefix string) ([]string, error) {
	return text.StartingWith(prefix, from.Touched()), nil
}

// events completes the names of events that were fired before.
func (from Sources) events(ctx context.Context, prefix string) ([]string, error) {
	if from.Events == nil {
		return nil, nil
	}
	return text.StartingWith(prefix, showable(from.Events(ctx))), nil
}

// showable leaves out what could not be shown as it is: a completion is taken over by the letter.
func showable(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return text.Clean(name) != name })
}
