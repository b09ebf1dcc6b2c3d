package cli

import (
	"context"
	"encoding/json"
	"errors"
	"mailtrap-contacts-mcp/files"

	"mailtrap-contacts-mcp/prompts"
	"mailtrap-contacts-mcp/resources"
	"mailtrap-contacts-mcp/tools"
)

// promptSources are what the arguments of prompts are completed from.
func promptSources(box *tools.Toolbox, folders *files.Folders) prompts.Sources {
	return prompts.Sources{
		Catalog: box.Catalog, Folders: folders, Touched: box.Contacts.Touched,
		Events: func(ctx context.Context) []string {
			names, err := box.Journal.Events(ctx, shownEvents)
			if err != nil {
				box.Log.DebugContext(ctx, "fired events are not completed", "cause", err)
			}
			return names
		},
	}
}

// shownEvents is how many event names are completed.
const shownEvents = 100

// resourceSources lets resources read through the tools that are offered.
func resourceSources(offered []tools.Callable, box *tools.Toolbox) resources.Sources {
	byName := make(map[string]tools.Callable, len(offered))
	for _, callable := range offered {
		byName[callable.Name] = callable
	}
	return resources.Sources{
		Call: func(ctx context.Context, tool string, arguments json.RawMessage) (json.RawMessage, error) {
			result := byName[tool].Call(ctx, arguments)
			if result.Failed {
				return nil, errors.New(result.Text)
			}
			return result.Structured, nil
		},
		Offered: func(tool string) bool {
			_, ok := byName[tool]
			return ok
		},
		Contacts: func(context.Context) []string { return box.Contacts.Touched() },
		Jobs: func(ctx context.Context) []string {
			recent, err := box.Bulk.Recent(ctx)
			if err != nil {
				box.Log.DebugContext(ctx, "jobs are not completed", "cause", err)
			}
			ids := make([]string, len(recent))
			for i, status := range recent {
				ids[i] = status.ID
			}
			return ids
		},
	}
}
