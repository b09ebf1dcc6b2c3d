package tools

import (
	"cmp"
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
	Description: "Adds existing contacts to one or more lists. Unknown addresses are refused among up to 50, skipped " +
		"and named among more, unless create_missing is true.",
	Example: `{"lists": ["Customers"], "contacts": ["bob@example.com"]}`,
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

// MembershipOutput is what became of one contact, or the job that does it for several.
type MembershipOutput struct {
	Action string     `json:"action" jsonschema:"enum=added,enum=removed"`
	Lists  []ListView `json:"lists"`
	// OmittedLists counts the lists left out because the result would be too long.
	OmittedLists int `json:"omitted_lists,omitempty"`
	// Job is set for more than one contact, and for a preview; the rest is of one contact.
	Job          *JobView `json:"job,omitempty"`
	Contacts     int      `json:"contacts,omitempty"`
	Changed      int      `json:"changed,omitempty"`
	Unchanged    int      `json:"unchanged,omitempty" jsonschema_description:"It was already as requested"`
	Created      int      `json:"created,omitempty"`
	CreatedLists int      `json:"created_lists,omitempty"`
	Unsubscribed int      `json:"unsubscribed,omitempty" jsonschema_description:"It gets no marketing mail"`
	ErasedBefore int      `json:"erased_before,omitempty" jsonschema_description:"The person asked for erasure before"`
	Ahead        string   `json:"ahead,omitempty" jsonschema_description:"Jobs that may overwrite it"`

	email string
}

func (box *Toolbox) addToList(ctx context.Context, in AddToListInput) (MembershipOutput, error) {
	join, create, err := box.joinable(ctx, in.Lists, in.CreateLists)
	if err != nil {
		return MembershipOutput{}, err
	}
	who, done, err := box.choose(ctx, in.Selection, in.Preview)
	if err != nil {
		return MembershipOutput{}, err
	}
	defer done()
	if err := unseen(who, in.Preview, box.PreviewAbove); err != nil {
		return MembershipOutput{}, err
	}
	few := len(who.Contacts) > 0 && len(who.Contacts) <= contacts.MaxLookups
	if few && !in.Preview {
		looked, err := box.Contacts.LookUp(ctx, who.Contacts)
		if err != nil {
			return MembershipOutput{}, err
		}
		if err := checkMissing(looked, in.CreateMissing); err != nil {
			return MembershipOutput{}, err
		}
		if len(looked) == 1 {
			return box.addOne(ctx, looked[0], in.Lists, newNames(create))
		}
		box.choseLooked(ctx, &who, looked)
	}
	if err := box.Catalog.RoomForLists(ctx, newNames(create)); err != nil {
		return MembershipOutput{}, err
	}
	spec := bulk.Spec{Join: join, CreateLists: create, CreateMissing: in.CreateMissing && few}
	var planned bulk.Status
	if in.CreateMissing && !few && who.There == nil { // many of them are created by an import, which cannot be undone
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
	return MembershipOutput{Action: "added", Lists: viewLists(join), Job: &job}, err
}

// addOne puts one contact on lists, and creates before what is missing.
func (box *Toolbox) addOne(ctx context.Context, one contacts.Looked, names, missing []string) (MembershipOutput, error) {
	lists, err := box.ensureLists(ctx, names, missing)
	if err != nil {
		return MembershipOutput{}, err
	}
	if one.Known {
		out, err := box.applyToOne(ctx, one.Found, contacts.Change{AddTo: listIDs(lists)})
		out.Action, out.Lists, out.CreatedLists = "added", viewLists(lists), len(missing)
		return out, afterCreating(missing, err, "")
	}
	created, err := box.Contacts.Create(ctx, contacts.Creation{
		NewContact: apiclient.NewContact{Email: one.Ref.String(), ListIDs: listIDs(lists)}})
	if err != nil {
		return MembershipOutput{}, afterCreating(missing, err, "")
	}
	out := MembershipOutput{Action: "added", Lists: viewLists(lists), CreatedLists: len(missing), Contacts: 1, Changed: 1, Created: 1,
		email: created.Email, Ahead: box.ahead(ctx, created.Email, created.ID)}
	if created.Status == apiclient.Unsubscribed {
		out.Unsubscribed = 1
	}
	if box.Contacts.Erased(ctx, created.Email) {
		out.ErasedBefore = 1
	}
	return out, nil
}

// applyToOne changes which lists one contact is on.
func (box *Toolbox) applyToOne(ctx context.Context, found contacts.Found, change contacts.Change) (MembershipOutput, error) {
	out := MembershipOutput{Contacts: 1, Unchanged: 1, email: found.Email}
	if found.Status == apiclient.Unsubscribed && len(change.AddTo) > 0 {
		out.Unsubscribed = 1
	}
	if !change.IsEmpty() { // it is on a list that it can leave
		updated, err := box.Contacts.Apply(ctx, found, change)
		if err != nil {
			return MembershipOutput{}, err
		}
		if len(updated.Differences) > 0 {
			out.Changed, out.Unchanged = 1, 0
		}
	}
	out.Ahead = box.ahead(ctx, found.Email, found.ID)
	return out, nil
}

// choseLooked keeps each person of a selection once, and notes who of those that are to be created asked for erasure before.
func (box *Toolbox) choseLooked(ctx context.Context, who *bulk.Selection, looked []contacts.Looked) {
	var erased []string
	who.Contacts = refsOf(looked)
	for _, one := range looked {
		if !one.Known && box.Contacts.Erased(ctx, one.Ref.String()) {
			erased = append(erased, text.Word(one.Ref.String(), 80))
		}
	}
	if len(erased) > 0 {
		who.Notes = append(who.Notes, sentences([]string{they(len(erased)) + " " + text.Listing(erased, 20)}, 1))
	}
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

var removeFromList = Tool[RemoveFromListInput, MembershipOutput]{
	Name: "remove_from_list", Title: "Remove contacts from lists", Toolset: Lists, Effect: Sets, AnswersJob: true,
	Description: "Takes contacts off lists; they stay in the account. To stop all mail use update_contact with unsubscribed.",
	Example:     `{"lists": ["Newsletter"], "contacts": ["bob@example.com"]}`,
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
	who, done, err := box.choose(ctx, in.Selection, in.Preview)
	if err != nil {
		return MembershipOutput{}, err
	}
	defer done()
	alone, err := box.alone(ctx, &who, in.Preview)
	if err != nil {
		return MembershipOutput{}, err
	}
	out := MembershipOutput{Action: "removed", Lists: viewLists(lists)}
	if alone {
		found, err := box.find(ctx, who.Contacts[0], "Check the spelling. Nothing was changed.")
		if err != nil {
			return MembershipOutput{}, err
		}
		leave := listIDs(lists)
		if in.all() {
			leave = found.ListIDs
		}
		one, err := box.applyToOne(ctx, found, contacts.Change{RemoveFrom: leave})
		one.Action, one.Lists = out.Action, out.Lists
		return one, err
	}
	planned, err := box.Bulk.PlanWrite(ctx, bulk.Update, bulk.Spec{Leave: lists, LeaveAll: in.all()}, who)
	if err != nil {
		return MembershipOutput{}, err
	}
	job, err := box.previewOrRun(ctx, planned, in.Preview, box.PreviewAbove)
	out.Job = &job
	return out, cmp.Or(err, noneKnown(job))
}

// Summary is the text an agent reads.
func (out MembershipOutput) Summary() string {
	if out.Job != nil {
		return lines(out.Job.describe(), out.Job.next())
	}
	named := describeLists(out.Lists) + more(out.OmittedLists, "list")
	changed, same := "added to "+named, "on "+named+" already"
	if out.Action == "removed" {
		switch changed, same = "removed from "+named, "not on "+named; {
		case len(out.Lists) == 0:
			changed, same = "removed from all their lists", "on no list"
		case len(out.Lists)+out.OmittedLists > 1:
			same = "on none of " + named
		}
	}
	head := "1 contact " + changed + "."
	if out.Unchanged > 0 {
		head = "Nothing was changed: the contact was " + same + "."
	}
	var made, noMail string
	if out.CreatedLists > 0 {
		made = text.Count(out.CreatedLists, "list") + " " + was(out.CreatedLists) + " created."
	}
	if out.Created > 0 {
		made = strings.TrimSpace(made + "\n1 contact was created.")
	}
	if out.Unsubscribed > 0 {
		noMail = unsubscribedSaid(out.email)
	}
	return lines(head, made, noMail, erasedBefore(out.ErasedBefore > 0), out.Ahead)
}

// unsubscribedSaid is said of one contact whom lists do not reach.
func unsubscribedSaid(email string) string {
	return text.Word(email, 80) + " is unsubscribed and gets no marketing mail." + needsConsent
}

// needsConsent is what is said of those whom lists do not reach.
const needsConsent = " update_contact with unsubscribed: false needs their consent, and that they are " +
	"not suppressed."

// Shrink keeps the result within its bounds.
func (out MembershipOutput) Shrink(width int) Output {
	if out.Job != nil {
		job := out.Job.shrink(width)
		out.Job = &job
	}
	out.Lists, out.OmittedLists = shrinkLists(out.Lists, width)
	return out
}
