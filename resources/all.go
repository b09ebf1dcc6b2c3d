package resources

import (
	"context"
	"time"
)

// Sources are what resources are read and completed from.
type Sources struct {
	// Call calls a tool.
	Call Call
	// Offered reports whether there is a tool of that name.
	Offered func(tool string) bool
	// Contacts and Jobs are addresses and job ids that this server lately had to do with, the newest first.
	Contacts, Jobs func(context.Context) []string
}

// All are the resources whose tools are offered, in the order clients see them.
func All(from Sources) []Resource {
	var offered []Resource
	for _, resource := range define(from) {
		if from.Offered(resource.Tool) {
			resource.call = from.Call
			offered = append(offered, resource)
		}
	}
	return offered
}

// settingsFresh is for what people change by hand, and seldom.
const settingsFresh = time.Minute

func define(from Sources) []Resource {
	return []Resource{
		{
			URI: "mailtrap://account", Name: "account", Title: "Account", Tool: "get_account", Fresh: settingsFresh,
			Description: "The account, its lists and fields, the rate budget, and the folders for files.",
		},
		{
			URI: "mailtrap://lists", Name: "lists", Title: "Contact lists", Tool: "list_lists", Fresh: settingsFresh,
			Description: "The account's contact lists with their ids.",
		},
		{
			URI: "mailtrap://fields", Name: "fields", Title: "Custom fields", Tool: "list_fields", Fresh: settingsFresh,
			Description: "The account's custom fields with merge tag and type.",
		},
		{
			URI: "mailtrap://segments", Name: "segments", Title: "Segments", Tool: "list_segments",
			Description: "The saved segments: names, conditions and what they are for.",
		},
		{
			URI: "mailtrap://changes", Name: "changes", Title: "Recent changes", Tool: "list_changes",
			Description: "What this server changed in the account, the newest first.",
		},
		{
			// Mailtrap shows a write within ten seconds; half of that is as stale as a look-up may be anyway.
			URI: "mailtrap://contacts/{contact}", Name: "contact", Title: "Contact", Tool: "get_contact", Fresh: 5 * time.Second,
			Description: "One contact by its e-mail address or UUID: status, lists and fields.",
			argument:    "contact", recent: from.Contacts,
		},
		{
			URI: "mailtrap://jobs/{id}", Name: "job", Title: "Plan or job", Tool: "get_job", Fresh: time.Second,
			Description: "How far an import or export is.",
			argument:    "job_id", fixed: map[string]any{"wait_seconds": 0}, recent: from.Jobs,
		},
	}
}
