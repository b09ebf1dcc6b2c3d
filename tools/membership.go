package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var addToList = Tool[AddToListInput, MembershipOutput]{
	Name: "add_to_list", Title: "Add contacts to lists", Toolset: Lists, Effect: Sets, AnswersJob: true,
	Description: "Adds existing contacts to one or more lists. Unknown addresses are refused, or in a job skipped and named, " +
		"unless create_missing is true.",
	Foreign: waitsElsewhere,
	Run:     (*Toolbox).addToList,
}

// AddToListInput is who joins which lists.
type AddToListInput struct {
	Lists []string `json:"lists" jsonschema:"minItems=1" jsonschema_description:"By name or id"`
	Selection
	CreateLists   bool `json:"create_lists,omitempty" jsonschema_description:"Create lists that do not exist"`
	CreateMissing bool `json:"create_missing,omitempty" jsonschema_description:"Create contacts that do not exist; then thousands take a minute"`
	Preview       bool `json:"preview,omitempty" jsonschema_description:"Change nothing; answer with a plan_id"`
}

// MembershipOutput is what became of each contact.
type MembershipOutput struct {
	Action       string        `json:"action" jsonschema:"enum=added,enum=removed"`
	Lists        []ListView    `json:"lists"`
	CreatedLists int           `json:"created_lists,omitempty"`
	Contacts     int           `json:"contacts" jsonschema_description:"Contacts asked for, each counted once"`
	Changed      int           `json:"changed"`
	Unchanged    int           `json:"unchanged" jsonschema_description:"Contacts that were already as requested"`
	Created      int           `json:"created,omitempty" jsonschema_description:"Contacts that were created"`
	Failed       int           `json:"failed,omitempty"`
	Failures     []FailureView `json:"failures,omitempty"`
	Unsubscribed int           `json:"unsubscribed,omitempty" jsonschema_description:"Contacts on the lists that get no marketing mail"`
	// UnsubscribedContacts are their addresses, as far as they fit.
	UnsubscribedContacts []string `json:"unsubscribed_contacts,omitempty"`
	ErasedBefore         int      `json:"erased_before,omitempty" jsonschema_description:"Contacts created though they asked for erasure before"`
	// ErasedContacts are their addresses, as far as they fit.
	ErasedContacts []string `json:"erased_contacts,omitempty"`
	Ahead          string   `json:"ahead,omitempty" jsonschema_description:"Jobs that may overwrite it"`
	// Job is set for a preview, and when there are more contacts than can be looked up within a call.
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
	_, missing, err := box.listsToCreate(ctx, in.Lists, in.CreateLists)
	if err != nil {
		return MembershipOutput{}, err
	}
	who, done, err := box.choose(ctx, in.Selection)
	if err != nil {
		return MembershipOutput{}, err
	}
	defer done()
	if err := unseen(who, in.Preview, box.PreviewAbove); err != nil {
		return MembershipOutput{}, err
	}
	if in.Preview || isMany(who) {
		return box.addManyToList(ctx, who, in)
	}
	looked, err := box.Contacts.LookUp(ctx, who.Contacts)
	if err != nil {
		return MembershipOutput{}, err
	}
	if err := checkMissing(looked, in.CreateMissing); err != nil {
		return MembershipOutput{}, err
	}
	lists, err := box.ensureLists(ctx, in.Lists, missing)
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
		created, err := box.Contacts.Create(ctx, contacts.Creation{NewContact: apiclient.NewContact{Email: looked[i].Ref.String(), ListIDs: ids}})
		tally.create(i, created, err)
		tally.outcomes[i].erasedBefore = err == nil && box.Contacts.Erased(ctx, created.Email)
	})
	out, err := tally.into(MembershipOutput{Action: "added", Ahead: box.ahead(ctx, peopleOf(looked)...),
		Lists: viewLists(lists), CreatedLists: len(missing)})
	return out, afterCreating(missing, err, "")
}

// checkMissing refuses contacts that are not there, before anything is written.
func checkMissing(looked []contacts.Looked, createMissing bool) error {
	var missing []string
	uuids := 0
	for _, one := range looked {
		if one.Known || createMissing && !one.Ref.ByUUID() {
			continue
		}
		missing = append(missing, text.Word(one.Ref.String(), 80))
		if one.Ref.ByUUID() {
			uuids++
		}
	}
	if len(missing) == 0 {
		return nil
	}
	what, whom := fmt.Sprintf("%d of %s are not known: %s.", len(missing), text.Count(len(looked), "contact"),
		text.Listing(missing, 20)), "them"
	switch {
	case len(looked) == 1:
		what, whom = "There is no contact "+missing[0]+".", "it"
	case len(missing) == 1:
		what, whom = fmt.Sprintf("1 of %s is not known: %s.", text.Count(len(looked), "contact"), missing[0]), "it"
	}
	why, next := "", "Nothing was changed. Leave "+whom+" out"
	if uuids > 0 {
		why, whom = "Mailtrap gives UUIDs itself, so nobody is created for one.", "those named by address"
	}
	if uuids < len(missing) {
		next += ", or repeat with create_missing: true to create " + whom
	}
	return fault.New(fault.NotFound, what, why, next+".")
}

// isMany reports that contacts are too many to be dealt with within a call.
func isMany(who bulk.Selection) bool {
	return who.File != "" || who.Known != nil || len(who.Contacts) > contacts.MaxLookups
}

// addManyToList makes a job of it: with few requests where whoever is missing may be created, else contact by contact.
func (box *Toolbox) addManyToList(ctx context.Context, who bulk.Selection, in AddToListInput) (MembershipOutput, error) {
	join, create, err := box.joinable(ctx, in.Lists, in.CreateLists)
	if err != nil {
		return MembershipOutput{}, err
	}
	if err := box.room(ctx, create); err != nil {
		return MembershipOutput{}, err
	}
	spec := bulk.Spec{Join: join, CreateLists: create}
	var planned bulk.Status
	if in.CreateMissing && who.Known == nil {
		planned, err = box.Bulk.PlanUpsert(ctx, spec, who)
	} else {
		planned, err = box.Bulk.PlanWrite(ctx, bulk.Update, spec, who)
	}
	if err != nil {
		return MembershipOutput{}, err
	}
	job, err := box.previewOrRun(ctx, planned, in.Preview, box.PreviewAbove)
	if job.NotFound > 0 && job.State == string(bulk.Finished) {
		job.Note = strings.TrimSpace(job.Note + " create_missing: true creates those who are not contacts.")
	}
	return ofJob("added", join, planned, job), err
}

// ofJob is what became of the contacts as far as a job is with them.
func ofJob(action string, lists []apiclient.List, planned bulk.Status, job JobView) MembershipOutput {
	return MembershipOutput{
		Action: action, Lists: append(viewLists(lists), job.CreatedLists...), CreatedLists: len(job.CreatedLists), Contacts: planned.Total,
		Changed: job.done(), Unchanged: job.Unchanged, Created: job.Created,
		Failed: job.NotFound + job.Refused + job.Unknown + job.Unasked, ErasedBefore: job.ErasedBefore, Job: &job,
	}
}

var removeFromList = Tool[RemoveFromListInput, MembershipOutput]{
	Name: "remove_from_list", Title: "Remove contacts from lists", Toolset: Lists, Effect: Sets, AnswersJob: true,
	Description: "Takes contacts off lists; they stay in the account. To stop all mail use update_contact with unsubscribed.",
	Foreign:     waitsElsewhere,
	Run:         (*Toolbox).removeFromList,
}

// RemoveFromListInput is who leaves which lists.
type RemoveFromListInput struct {
	Lists []string `json:"lists" jsonschema:"minItems=1" jsonschema_description:"By name or id; [\"*\"] means all"`
	Selection
	Preview bool `json:"preview,omitempty" jsonschema_description:"Change nothing; answer with a plan_id"`
}

// all reports whether the contacts leave all their lists.
func (in RemoveFromListInput) all() bool {
	return !slices.ContainsFunc(in.Lists, func(name string) bool { return text.Clean(name) != "*" })
}

func (box *Toolbox) removeFromList(ctx context.Context, in RemoveFromListInput) (MembershipOutput, error) {
	var lists []apiclient.List
	if !in.all() {
		var err error
		if lists, err = box.Catalog.ResolveLists(ctx, in.Lists); err != nil {
			return MembershipOutput{}, err
		}
	}
	who, done, err := box.choose(ctx, in.Selection)
	if err != nil {
		return MembershipOutput{}, err
	}
	defer done()
	if err := unseen(who, in.Preview, box.PreviewAbove); err != nil {
		return MembershipOutput{}, err
	}
	if in.Preview || isMany(who) {
		planned, err := box.Bulk.PlanWrite(ctx, bulk.Update, bulk.Spec{Leave: lists, LeaveAll: in.all()}, who)
		if err != nil {
			return MembershipOutput{}, err
		}
		job, err := box.previewOrRun(ctx, planned, in.Preview, box.PreviewAbove)
		return ofJob("removed", lists, planned, job), err
	}
	looked, err := box.Contacts.LookUp(ctx, who.Contacts)
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
	return tally.into(MembershipOutput{Action: "removed", Ahead: box.ahead(ctx, peopleOf(looked)...), Lists: viewLists(lists)})
}

// Summary is the text an agent reads.
func (out MembershipOutput) Summary() string {
	if out.Job != nil {
		return lines(out.Job.describe(), out.Job.next())
	}
	verb, which := "added to ", describeLists(out.Lists)+more(out.OmittedLists, "list")
	if out.Action == "removed" {
		verb = "removed from "
		if len(out.Lists) == 0 {
			which = "all their lists"
		}
	}
	var details []string
	if out.CreatedLists > 0 {
		details = append(details, text.Count(out.CreatedLists, "list")+" "+was(out.CreatedLists)+" created.")
	}
	if out.Created > 0 {
		details = append(details, text.Count(out.Created, "contact")+" "+was(out.Created)+" created.")
	}
	if out.Unchanged > 0 && out.Contacts > 1 {
		details = append(details, text.Number(out.Unchanged)+" "+was(out.Unchanged)+out.unchangedState()+".")
	}
	details = append(details, out.noMail(), out.erasedBefore())
	details = append(details, failureLines(out.Failures)...)
	if omitted := out.Failed - len(out.Failures); omitted > 0 {
		details = append(details, fmt.Sprintf("- and %d more failed", omitted))
	}
	return lines(append([]string{out.headline(verb + which)}, append(details, out.Ahead)...)...)
}

// headline says how many contacts were "added to X".
func (out MembershipOutput) headline(done string) string {
	switch {
	case out.Contacts == 1 && out.Unchanged == 1:
		return "Nothing was changed: the contact was" + out.unchangedState() + "."
	case out.Changed == 0:
		return fmt.Sprintf("0 of %s %s.", text.Count(out.Contacts, "contact"), done)
	case out.Changed < out.Contacts:
		return fmt.Sprintf("%s of %s %s. %s", text.Number(out.Changed), text.Count(out.Contacts, "contact"), done, applied)
	}
	return fmt.Sprintf("%s %s. %s", text.Count(out.Changed, "contact"), done, applied)
}

// unchangedState is where contacts were that stayed as they were.
func (out MembershipOutput) unchangedState() string {
	one := len(out.Lists)+out.OmittedLists == 1
	alone := out.Contacts == 1 // and the lists have not been named yet
	named := describeLists(out.Lists) + more(out.OmittedLists, "list")
	switch {
	case out.Action == "removed" && len(out.Lists) == 0:
		return " on no list"
	case out.Action == "removed" && one && alone:
		return " not on " + named
	case out.Action == "removed" && one:
		return " not on it"
	case out.Action == "removed" && alone:
		return " on none of " + named
	case out.Action == "removed":
		return " on none of them"
	case alone:
		return " on " + named + " already"
	case one:
		return " on it already"
	}
	return " on them already"
}

// noMail names those whom the lists do not reach.
func (out MembershipOutput) noMail() string {
	if out.Unsubscribed == 0 {
		return ""
	}
	shown, _ := capped(out.UnsubscribedContacts, 20)
	who := strings.Join(text.Words(shown, 80), ", ") + more(out.Unsubscribed-len(shown), "contact")
	const consent = " update_contact with unsubscribed: false needs their consent."
	switch {
	case out.Contacts == 1:
		return who + " is unsubscribed and gets no marketing mail." + consent
	case out.Unsubscribed == 1:
		return "1 of them is unsubscribed and gets no marketing mail: " + who + "." + consent
	}
	return text.Number(out.Unsubscribed) + " of them are unsubscribed and get no marketing mail: " + who + "." + consent
}

// erasedBefore names those who were created though they asked for erasure before.
func (out MembershipOutput) erasedBefore() string {
	if out.ErasedBefore == 0 {
		return ""
	}
	shown, _ := capped(out.ErasedContacts, 20)
	return askedForErasure(out.ErasedBefore) + " They are " + strings.Join(shown, ", ") + more(out.ErasedBefore-len(shown), "contact") + "."
}

// failureLines names failed contacts by what went wrong with them.
func failureLines(failures []FailureView) []string {
	contacts := map[string][]string{}
	var order []string
	for _, failure := range failures {
		if contacts[failure.Error] == nil {
			order = append(order, failure.Error)
		}
		contacts[failure.Error] = append(contacts[failure.Error], text.Word(failure.Contact, 80))
	}
	for i, reason := range order {
		order[i] = "- " + text.Listing(contacts[reason], 20) + ": " + reason
	}
	return order
}

// Shrink keeps the result within its bounds.
func (out MembershipOutput) Shrink(width int) Output {
	if out.Job != nil {
		job := out.Job.shrink(width)
		out.Job = &job
	}
	out.Lists, out.OmittedLists = shrinkLists(out.Lists, width)
	unsubscribed, _ := capped(out.UnsubscribedContacts, width)
	out.UnsubscribedContacts = clipAll(unsubscribed, max(width, 60))
	erased, _ := capped(out.ErasedContacts, width)
	out.ErasedContacts = clipAll(erased, max(width, 60))
	kept, _ := capped(out.Failures, width/4)
	out.Failures = make([]FailureView, len(kept))
	for i, failure := range kept {
		out.Failures[i] = FailureView{Contact: text.Clip(failure.Contact, max(width, 60)), Error: text.ClipProse(failure.Error, 3*max(width, 60))}
	}
	return out
}
