package tools

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var addToList = Tool[AddToListInput, MembershipOutput]{
	Name: "add_to_list", Title: "Add contacts to lists", Toolset: Lists, Effect: Sets,
	Description: "Adds existing contacts to one or more lists. Unknown addresses are refused unless create_missing is true; more than 50 at once need it.",
	Run:         (*Toolbox).addToList,
}

// AddToListInput is who joins which lists.
type AddToListInput struct {
	Lists         []string `json:"lists" jsonschema:"minItems=1" jsonschema_description:"By name or id"`
	Contacts      []string `json:"contacts" jsonschema:"minItems=1,maxItems=1000" jsonschema_description:"E-mail addresses or UUIDs"`
	CreateLists   bool     `json:"create_lists,omitempty" jsonschema_description:"Create lists that do not exist"`
	CreateMissing bool     `json:"create_missing,omitempty" jsonschema_description:"Create contacts that do not exist"`
}

// MembershipOutput is what became of each contact.
type MembershipOutput struct {
	Action       string        `json:"action" jsonschema:"enum=added,enum=removed"`
	Lists        []ListView    `json:"lists"`
	CreatedLists int           `json:"created_lists,omitempty"`
	Contacts     int           `json:"contacts" jsonschema_description:"Contacts asked for, each counted once"`
	Changed      int           `json:"changed"`
	Unchanged    int           `json:"unchanged" jsonschema_description:"Contacts that were as wanted already"`
	Created      int           `json:"created,omitempty" jsonschema_description:"Contacts that were created"`
	Failed       int           `json:"failed,omitempty"`
	Failures     []FailureView `json:"failures,omitempty"`
	// Job is set when more contacts than can be looked up were handed to an import.
	Job *JobView `json:"job,omitempty"`
	// OmittedLists counts the lists left out because the result would be too long.
	OmittedLists int `json:"omitted_lists,omitempty"`
}

// FailureView is one contact that could not be dealt with.
type FailureView struct {
	Contact string `json:"contact"`
	Error   string `json:"error"`
}

func (box *Toolbox) addToList(ctx context.Context, in AddToListInput) (MembershipOutput, error) {
	refs, err := contacts.ParseAll("contacts", in.Contacts)
	if err != nil {
		return MembershipOutput{}, err
	}
	if len(refs) > contacts.MaxLookups {
		return box.addManyToList(ctx, refs, in)
	}
	_, missingLists, err := box.Catalog.FindLists(ctx, in.Lists)
	if err != nil {
		return MembershipOutput{}, err
	}
	if len(missingLists) > 0 && !in.CreateLists {
		_, err := box.Catalog.ResolveLists(ctx, in.Lists)
		return MembershipOutput{}, err
	}
	looked, err := box.Contacts.LookUp(ctx, refs)
	if err != nil {
		return MembershipOutput{}, err
	}
	if err := checkMissing(looked, in.CreateMissing); err != nil {
		return MembershipOutput{}, err
	}
	lists, err := box.ensureLists(ctx, in.Lists, missingLists)
	if err != nil {
		return MembershipOutput{}, err
	}
	ids := listIDs(lists)
	tally := newTally(looked)
	contacts.Each(len(looked), func(i int) {
		if looked[i].Known {
			updated, err := box.Contacts.Apply(ctx, looked[i].Found, contacts.Change{AddTo: ids})
			tally.update(i, updated, err)
			return
		}
		_, err := box.Contacts.Create(ctx, apiclient.NewContact{Email: looked[i].Ref.String(), ListIDs: ids})
		tally.create(i, err)
	})
	out := MembershipOutput{Action: "added", Lists: viewLists(lists), CreatedLists: len(missingLists)}
	return tally.into(out)
}

// creatable refuses, before anything is written, lists that cannot be created because they are named by an id or not
// by a name at all.
func creatable(missing []string) error {
	for _, name := range missing {
		digits := strings.TrimPrefix(name, "id:")
		_, notNumber := strconv.ParseUint(strings.TrimSpace(digits), 10, 64)
		switch length := utf8.RuneCountInString(text.Clean(name)); {
		case digits != name, notNumber == nil:
			return fault.New(fault.InvalidInput, "lists: there is no list with the id "+text.Quote(strings.TrimSpace(digits))+", and none is created for an id.",
				"Mailtrap gives ids itself.", "Name the list to create by its name; a name of digits only is made with create_list.")
		case length == 0, length > apiclient.MaxListName:
			return fault.New(fault.InvalidInput, fmt.Sprintf("lists: %s cannot be the name of a list.", text.Quote(name)),
				fmt.Sprintf("It has %s, and 1 to %d are allowed.", text.Count(length, "character"), apiclient.MaxListName), "Nothing was created; choose another name.")
		}
	}
	return nil
}

// ensureLists creates the missing lists and resolves them all.
func (box *Toolbox) ensureLists(ctx context.Context, refs, missing []string) ([]apiclient.List, error) {
	if err := creatable(missing); err != nil {
		return nil, err
	}
	for _, name := range missing {
		_, err := box.Catalog.CreateList(ctx, text.Clean(name))
		if err != nil && !fault.Is(err, fault.AlreadyExists) { // "VIP" and "vip" are one list; so is one made meanwhile
			return nil, err
		}
	}
	return box.Catalog.ResolveLists(ctx, asCreated(refs, missing))
}

// asCreated names the lists that were missing as they are called since they were created.
func asCreated(refs, missing []string) []string {
	names := slices.Clone(refs)
	for i, ref := range refs {
		if slices.Contains(missing, ref) {
			names[i] = text.Clean(ref)
		}
	}
	return names
}

func checkMissing(looked []contacts.Looked, createMissing bool) error {
	var missing []string
	for _, one := range looked {
		switch {
		case one.Known:
		case one.Ref.ByUUID(), !createMissing:
			missing = append(missing, text.Clip(one.Ref.String(), 80))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	next := "Nothing was changed. Leave them out"
	if !createMissing {
		next += ", or repeat with create_missing: true to create them"
	}
	return fault.New(fault.NotFound, fmt.Sprintf("%d of %s not known: %s.", len(missing), text.Count(len(looked), "contact"), text.Listing(missing, 20)),
		"", next+".")
}

// addManyToList hands more contacts than can be looked up to an import, which creates whoever is missing.
func (box *Toolbox) addManyToList(ctx context.Context, refs []apiclient.ContactRef, in AddToListInput) (MembershipOutput, error) {
	if !in.CreateMissing {
		return MembershipOutput{}, fault.New(fault.LimitReached, fmt.Sprintf("At most %d contacts are looked up in one call, and these are %d.", contacts.MaxLookups, len(refs)),
			"", "Send them in parts, or with create_missing: true: then they are imported at once, and unknown addresses are created.")
	}
	rows := make([]apiclient.ImportRow, len(refs))
	for i, ref := range refs {
		if ref.ByUUID() {
			return MembershipOutput{}, fault.New(fault.InvalidInput, fmt.Sprintf("More than %d contacts are imported, and an import knows addresses only; %s is a UUID.", contacts.MaxLookups, ref),
				"", "Name the contacts by their addresses, or send them in parts.")
		}
		rows[i] = apiclient.ImportRow{Email: ref.String()}
	}
	_, missing, err := box.Catalog.FindLists(ctx, in.Lists)
	if err != nil {
		return MembershipOutput{}, err
	}
	if !in.CreateLists {
		missing = nil
	}
	lists, err := box.ensureLists(ctx, in.Lists, missing)
	if err != nil {
		return MembershipOutput{}, err
	}
	for i := range rows {
		rows[i].AddToLists = listIDs(lists)
	}
	job, err := box.importRows(ctx, rows)
	if err != nil {
		return MembershipOutput{}, err
	}
	return MembershipOutput{Action: "added", Lists: viewLists(lists), CreatedLists: len(missing), Contacts: len(refs), Job: &job}, nil
}

var removeFromList = Tool[RemoveFromListInput, MembershipOutput]{
	Name: "remove_from_list", Title: "Remove contacts from lists", Toolset: Lists, Effect: Sets,
	Description: "Takes contacts off lists; they stay in the account. To stop all mail use update_contact with unsubscribed.",
	Run:         (*Toolbox).removeFromList,
}

// RemoveFromListInput is who leaves which lists.
type RemoveFromListInput struct {
	Lists    []string `json:"lists" jsonschema:"minItems=1" jsonschema_description:"By name or id; [\"*\"] means all"`
	Contacts []string `json:"contacts" jsonschema:"minItems=1,maxItems=50" jsonschema_description:"E-mail addresses or UUIDs"`
}

func (in RemoveFromListInput) all() bool { return len(in.Lists) == 1 && in.Lists[0] == "*" }

func (box *Toolbox) removeFromList(ctx context.Context, in RemoveFromListInput) (MembershipOutput, error) {
	refs, err := contacts.ParseAll("contacts", in.Contacts)
	if err != nil {
		return MembershipOutput{}, err
	}
	var lists []apiclient.List
	if in.all() {
		lists, err = box.Catalog.Lists(ctx)
	} else {
		lists, err = box.Catalog.ResolveLists(ctx, in.Lists)
	}
	if err != nil {
		return MembershipOutput{}, err
	}
	looked, err := box.Contacts.LookUp(ctx, refs)
	if err != nil {
		return MembershipOutput{}, err
	}
	tally := newTally(looked)
	contacts.Each(len(looked), func(i int) {
		if !looked[i].Known {
			tally.fail(i, fault.New(fault.NotFound, "Not a contact of this account.", "", "Check the spelling, or leave it out."))
			return
		}
		leave := listIDs(lists)
		if in.all() {
			leave = looked[i].Found.ListIDs
		}
		if len(leave) == 0 {
			tally.update(i, contacts.Updated{}, nil)
			return
		}
		updated, err := box.Contacts.Apply(ctx, looked[i].Found, contacts.Change{RemoveFrom: leave})
		tally.update(i, updated, err)
	})
	out := MembershipOutput{Action: "removed", Lists: viewLists(lists)}
	if in.all() {
		out.Lists = []ListView{}
	}
	return tally.into(out)
}

// Summary is the text an agent reads.
func (out MembershipOutput) Summary() string {
	verb, lists := "added to ", describeLists(out.Lists)+more(out.OmittedLists, "list")
	if out.Action == "removed" {
		verb = "removed from "
		if len(out.Lists) == 0 {
			lists = "all their lists"
		}
	}
	if out.Job != nil {
		head := "%s are imported and %s%s."
		if out.Job.State == string(bulk.Running) {
			head = "%s are being imported and %s%s."
		}
		return lines(fmt.Sprintf(head, text.Count(out.Contacts, "contact"), verb, lists), out.Job.describe())
	}
	head := fmt.Sprintf("%s %s%s.", text.Count(out.Changed, "contact"), verb, lists)
	if out.Changed < out.Contacts {
		head = fmt.Sprintf("%s of %s %s%s.", text.Number(out.Changed), text.Count(out.Contacts, "contact"), verb, lists)
	}
	if out.Changed > 0 {
		head += " " + applied
	}
	var details []string
	if out.CreatedLists > 0 {
		details = append(details, text.Count(out.CreatedLists, "list")+" created.")
	}
	if out.Created > 0 {
		details = append(details, text.Count(out.Created, "contact")+" created.")
	}
	if out.Unchanged > 0 {
		state := " on them already."
		if out.Action == "removed" {
			state = " not on them."
		}
		details = append(details, text.Number(out.Unchanged)+" "+was(out.Unchanged)+state)
	}
	details = append(details, failureLines(out.Failures)...)
	if omitted := out.Failed - len(out.Failures); omitted > 0 {
		details = append(details, fmt.Sprintf("- and %d more failed", omitted))
	}
	return lines(append([]string{head}, details...)...)
}

// failureLines names failed contacts by what went wrong with them.
func failureLines(failures []FailureView) []string {
	contacts := map[string][]string{}
	var order []string
	for _, failure := range failures {
		if contacts[failure.Error] == nil {
			order = append(order, failure.Error)
		}
		contacts[failure.Error] = append(contacts[failure.Error], failure.Contact)
	}
	for i, reason := range order {
		order[i] = "- " + text.Listing(contacts[reason], 20) + ": " + reason
	}
	return order
}

// Shrink keeps the result within its bounds.
func (out MembershipOutput) Shrink(width int) Output {
	out.Lists, out.OmittedLists = shrinkLists(out.Lists, width)
	kept, _ := capped(out.Failures, width/4)
	out.Failures = make([]FailureView, len(kept))
	for i, failure := range kept {
		out.Failures[i] = FailureView{Contact: text.Clip(failure.Contact, max(width, 60)), Error: text.Clip(failure.Error, 3*max(width, 60))}
	}
	return out
}
