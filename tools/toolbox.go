package tools

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/schema"
)

// Toolbox holds what tools work with.
type Toolbox struct {
	API      *apiclient.Client
	Catalog  *catalog.Catalog
	Contacts *contacts.Service
	Bulk     *bulk.Service
	Folders  *files.Folders
	Audience *audience.Service
	Journal  *journal.Journal
	Log      *slog.Logger
	// PreviewAbove is how many contacts a bulk write may be for without a preview.
	PreviewAbove int
	// Confirmation says when the operator is asked; empty means ConfirmAuto.
	Confirmation Confirmation
	// SnapshotAge is how old the snapshot of the contacts may be before a call renews it; 0 means a quarter of an hour for
	// writes that depend on it, and a day for reading.
	SnapshotAge time.Duration

	// Offered are the tools that agents get; nil means all.
	Offered []Callable

	counted counted
	shown   shownUndos
}

// Offer says which tools agents get. What others began is not carried out by this server: plans, jobs, undone changes. It is
// to be called before the first call.
func (box *Toolbox) Offer(offered []Callable) {
	box.Offered = offered
	starting := slices.DeleteFunc(slices.Clone(plans), func(tool string) bool { return !box.offers(tool) })
	if len(starting) < len(plans) {
		box.Bulk.Limit(starting)
	}
}

// offers reports whether agents get the tool of a name, so that an answer may send them there and what it began is carried
// out here.
func (box *Toolbox) offers(name string) bool {
	return box.Offered == nil || slices.ContainsFunc(box.Offered, func(one Callable) bool { return one.Name == name })
}

// definitions are all tools, in the order clients see them: a toolset's reading tools before its writing ones.
var definitions = []Definition{
	getContact, searchContacts, createContact, updateContact, deleteContact,
	listLists, createList, renameList, deleteList, addToList, removeFromList,
	listFields, createField, updateField, deleteField,
	fireEvent,
	importContacts, exportContacts, bulkUpdateContacts, bulkDeleteContacts, applyPlan, getJob, cancelJob,
	audienceReport, syncContacts, saveSegment, deleteSegment,
	listCampaigns,
	checkAudience, suppressContacts,
	getAccount, checkSuppressions, listChanges, undoChange,
}

// plans are the tools that are of no use without apply_plan and the tools that follow jobs.
var plans = []string{
	"add_to_list", "remove_from_list", "fire_event", "import_contacts", "bulk_update_contacts", "bulk_delete_contacts", "sync_contacts",
	"undo_change", "suppress_contacts",
}

// All binds every tool to the toolbox. It fails, and the program must not start, when a part of a tool is missing, or when
// two tools share a name.
func All(box *Toolbox) ([]Callable, error) {
	return bind(box, definitions)
}

// forResources are tools that agents are not offered: each would cost every conversation its description. Resources read them.
var forResources = []Definition{listSegments}

// ForResources binds the tools that only resources read, as far as one of the tools they accompany is offered.
func ForResources(box *Toolbox, offered []Callable) ([]Callable, error) {
	all, err := bind(box, forResources)
	return slices.DeleteFunc(all, func(one Callable) bool {
		return !slices.ContainsFunc(offered, func(other Callable) bool { return slices.Contains(one.Accompanies, other.Name) })
	}), err
}

func bind(box *Toolbox, definitions []Definition) ([]Callable, error) {
	callables := make([]Callable, 0, len(definitions))
	names := map[string]bool{}
	for _, definition := range definitions {
		callable, err := definition.Bind(box)
		if err != nil {
			return nil, err
		}
		if names[callable.Name] {
			return nil, fmt.Errorf("tool %q is defined twice", callable.Name)
		}
		names[callable.Name] = true
		callables = append(callables, callable)
	}
	return callables, nil
}

// conceal takes the API token out of a text. It gets there only where a file is read that holds it.
func (box *Toolbox) conceal(s string) string {
	if box.API == nil {
		return s
	}
	return box.API.Conceal(s)
}

// formats are the string formats that schemas assert beyond the standard ones.
var formats = []schema.Format{{
	Name: "email",
	Check: func(s string) error {
		if _, err := apiclient.ParseEmail(s); err != nil {
			return fmt.Errorf("%w; give one like name@example.com", err)
		}
		return nil
	},
}}

// lines joins the parts of a summary, leaving out the empty ones.
func lines(parts ...string) string {
	kept := parts[:0:0]
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "\n")
}
