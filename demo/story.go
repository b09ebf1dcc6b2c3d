// Package demo is the guided tour: an MCP client works a contacts account through our server, against the embedded
// Contacts API, and every step shows the call and its answer.
package demo

// step is one call of the story.
type step struct {
	// Says is what the person asks of their agent.
	Says string
	// Tool and Arguments are what the agent makes of it.
	Tool      string
	Arguments map[string]any
	// Refused marks the call that is meant to fail.
	Refused bool
	// Applies has the call carry out the plan that the one before answered with.
	Applies bool
}

// importedFile is the name of the contact file in the demo's folder.
const importedFile = "crm-export.csv"

// story is told in order; a step may rely on those before it.
var story = []step{
	{Says: "What is in my Mailtrap account?", Tool: "get_account"},
	{Says: "Make a list for this year's leads.", Tool: "create_list", Arguments: map[string]any{"name": "Leads 2026"}},
	{Says: "We need to keep the number of seats.", Tool: "create_field", Arguments: map[string]any{"name": "Seats", "data_type": "integer"}},
	{
		Says: "Add Jane Doe from Acme, she is on the pro plan.", Tool: "create_contact",
		Arguments: map[string]any{
			"email": "Jane.Doe@example.com", "lists": []string{"Leads 2026"},
			"fields": map[string]any{"First name": "Jane", "Last name": "Doe", "plan": "pro", "seats": 12},
		},
	},
	{
		Says: "Import the export of our old CRM, everybody onto the new list. It writes 1,200 for twelve hundred. What " +
			"would happen?", Tool: "import_contacts",
		Arguments: map[string]any{"file": importedFile, "lists": []string{"Leads 2026"}, "preview": true, "decimal_sign": "."},
	},
	{Says: "That is as it should be. Go ahead.", Tool: "apply_plan", Applies: true},
	{
		Says: "Jane and Max are important; put them on a VIP list.", Tool: "add_to_list",
		Arguments: map[string]any{
			"lists": []string{"VIP"}, "contacts": []string{"jane.doe@example.com", "max@example.com"},
			"create_lists": true, "create_missing": true,
		},
	},
	{
		Says: "Their trial ends in three days: start the automation.", Tool: "fire_event",
		Arguments: map[string]any{
			"event": "trial_ending", "params": map[string]any{"days_left": 3},
			"contacts": []string{"jane.doe@example.com", "max@example.com"},
		},
	},
	{
		Says: "Jane takes more seats. The agent guesses, and misspells an argument.", Tool: "update_contact", Refused: true,
		Arguments: map[string]any{"contact": "jane.doe@example.com", "field": map[string]any{"seats": "two dozen"}},
	},
	{
		Says: "It reads the advice and tries again, with the number in words.", Tool: "update_contact", Refused: true,
		Arguments: map[string]any{"contact": "jane.doe@example.com", "fields": map[string]any{"seats": "two dozen"}},
	},
	{
		Says: "It reads that, too.", Tool: "update_contact",
		Arguments: map[string]any{"contact": "jane.doe@example.com", "fields": map[string]any{"seats": "24"}},
	},
	{
		Says: "How many subscribers are on the new list, and how well are the fields filled?", Tool: "export_contacts",
		Arguments: map[string]any{"lists": []string{"Leads 2026"}, "status": "subscribed", "file": "leads-2026.csv"},
	},
}
