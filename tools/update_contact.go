package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

var updateContact = Tool[UpdateContactInput, UpdateContactOutput]{
	Name: "update_contact", Title: "Change a contact", Toolset: Contacts, Effect: Sets,
	Description: "Changes one contact's address, fields, lists or subscription, and says what changed. What is not named stays.",
	Example:     `{"contact": "ann@example.com", "fields": {"plan": "team"}, "add_to_lists": ["Customers"]}`,
	Asking: Asking{
		When: "when a person who had unsubscribed would be subscribed again and `consent` is given; without " +
			"`consent` that is refused",
		Otherwise: "the call goes ahead, and the journal keeps the consent as claimed by the agent",
	},
	Confirm: (*Toolbox).confirmConsent,
	Run:     (*Toolbox).updateContact,
}

// UpdateContactInput is what to change.
type UpdateContactInput struct {
	Contact         string        `json:"contact" jsonschema:"minLength=1" jsonschema_description:"Address or UUID"`
	Email           string        `json:"email,omitempty" jsonschema:"format=email" jsonschema_description:"A new address"`
	Fields          schema.Object `json:"fields,omitempty" jsonschema_description:"By merge tag or field name; null clears"`
	AddToLists      []string      `json:"add_to_lists,omitempty" jsonschema_description:"By name or id"`
	RemoveFromLists []string      `json:"remove_from_lists,omitempty" jsonschema_description:"By name or id"`
	Unsubscribed    *bool         `json:"unsubscribed,omitempty" jsonschema_description:"true: gets no more marketing mail; false: subscribes again, needs consent"`
	Consent         string        `json:"consent,omitempty" jsonschema:"maxLength=500" jsonschema_description:"How and when an unsubscribed person agreed to get mail again"`
	CreateIfMissing bool          `json:"create_if_missing,omitempty" jsonschema_description:"Create the contact if there is none"`

	looked *lookedUp // when it was judged whether to ask the operator; nil: nobody has looked
}

// lookedUp is what came of looking a contact up.
type lookedUp struct {
	found contacts.Found
	err   error
}

func (box *Toolbox) lookUp(ctx context.Context, ref apiclient.ContactRef) *lookedUp {
	found, err := box.find(ctx, ref, "Check the spelling, or create it with create_contact.")
	return &lookedUp{found, err}
}

// Check refuses an update without a change.
func (in UpdateContactInput) Check() error {
	if in.Email == "" && len(in.Fields) == 0 && len(in.AddToLists) == 0 && len(in.RemoveFromLists) == 0 &&
		in.Unsubscribed == nil && !in.CreateIfMissing {
		return fault.New(fault.InvalidInput, "The update changes nothing.", "",
			"Give at least one of email, fields, add_to_lists, remove_from_lists, unsubscribed.")
	}
	if err := saysHow(in.Consent); err != nil {
		return err
	}
	return joinedAndLeft("add_to_lists", in.AddToLists, "remove_from_lists", in.RemoveFromLists)
}

// UpdateContactOutput is what changed.
type UpdateContactOutput struct {
	ID      string       `json:"id"`
	Email   string       `json:"email"`
	Status  string       `json:"status"`
	Created bool         `json:"created,omitempty"`
	Changes []ChangeView `json:"changes"`
	// Consent says on whose word a person was subscribed again.
	Consent string `json:"consent,omitempty" jsonschema:"enum=confirmed,enum=claimed" jsonschema_description:"A person was subscribed again: the operator confirmed their consent, or the caller claimed it"`
	// ErasedBefore is told of a contact that was created, or got the person's address.
	ErasedBefore bool   `json:"erased_before,omitempty" jsonschema_description:"The person asked for erasure before"`
	Ahead        string `json:"ahead,omitempty" jsonschema_description:"Jobs that may overwrite it"`
	// Omitted counts the changes left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`
	// journalled tells whether the journal keeps the consent.
	journalled bool
	// noMail tells that they were to be added to lists and are unsubscribed all the same.
	noMail bool
}

// ChangeView is one thing that changed.
type ChangeView struct {
	What   string `json:"what" jsonschema:"enum=email,enum=status,enum=field,enum=added_to_list,enum=removed_from_list"`
	Name   string `json:"name,omitempty" jsonschema_description:"Merge tag of a field, or name of a list"`
	ListID int64  `json:"list_id,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

func (box *Toolbox) updateContact(ctx context.Context, in UpdateContactInput) (UpdateContactOutput, error) {
	ref, change, err := box.readChange(ctx, in)
	if err != nil {
		return UpdateContactOutput{}, err
	}
	if in.looked == nil {
		in.looked = box.lookUp(ctx, ref)
	}
	found, err := in.looked.found, in.looked.err
	switch {
	case fault.Is(err, fault.NotFound) && in.CreateIfMissing:
		return box.createInstead(ctx, ref, change)
	case err != nil:
		return UpdateContactOutput{}, err
	case change.IsEmpty(): // only create_if_missing was given, and nobody is missing
		return box.updateOutput(ctx, contacts.Updated{Contact: found.Contact}), nil
	}
	for tag, value := range change.Fields {
		shown, isText := value.(string)
		if whole, was := found.Fields[tag].(string); isText && was && text.IsCutOf(shown, whole) {
			return UpdateContactOutput{}, fault.New(fault.InvalidInput, "fields."+text.Word(tag, 60)+": "+catalog.CutValue+".", "",
				"Nothing was sent; leave the field out, or give it whole.")
		}
	}
	updated, err := box.Contacts.Apply(ctx, found, change)
	if err != nil {
		return UpdateContactOutput{}, err
	}
	out := box.updateOutput(ctx, updated)
	out.noMail = len(change.AddTo) > 0 && change.Unsubscribed == nil && updated.Contact.Status == apiclient.Unsubscribed
	out.ErasedBefore = change.Email != "" && box.Contacts.Erased(ctx, change.Email)
	if updated.Resubscribe {
		out.Consent = onWhoseWord(ctx)
	}
	return out, nil
}

// readChange checks the input against the account; nothing is written when a part of it is wrong.
func (box *Toolbox) readChange(ctx context.Context, in UpdateContactInput) (apiclient.ContactRef, contacts.Change, error) {
	change := contacts.Change{Unsubscribed: in.Unsubscribed, Consent: contacts.SaidConsent(in.Consent)}
	ref, err := apiclient.ParseContact(in.Contact)
	if err != nil {
		return ref, change, err
	}
	if in.Email != "" {
		if change.Email, err = apiclient.ParseEmail(in.Email); err != nil {
			return ref, change, err
		}
	}
	added, err := box.Catalog.ResolveLists(ctx, in.AddToLists, createFirst)
	if err != nil {
		return ref, change, err
	}
	removed, err := box.Catalog.ResolveLists(ctx, in.RemoveFromLists)
	if err != nil {
		return ref, change, err
	}
	for _, list := range added {
		if slices.Contains(removed, list) {
			return ref, change, fault.New(fault.InvalidInput,
				"add_to_lists and remove_from_lists both name the list "+viewList(list).String()+".", "",
				"Nothing was sent; name each list in one of them only.")
		}
	}
	change.AddTo, change.RemoveFrom = listIDs(added), listIDs(removed)
	change.Fields, err = box.Catalog.Values(ctx, "fields", in.Fields)
	return ref, change, err
}

func (box *Toolbox) createInstead(ctx context.Context, ref apiclient.ContactRef, change contacts.Change) (UpdateContactOutput, error) {
	if ref.ByUUID() {
		return UpdateContactOutput{}, fault.New(fault.NotFound, "There is no contact with this UUID.",
			"A UUID is given by Mailtrap, so it cannot be created.",
			"Name the contact by its e-mail address.")
	}
	if change.Email != "" && change.Email != ref.String() {
		return UpdateContactOutput{}, fault.New(fault.NotFound,
			"There is no contact "+text.Word(ref.String(), 80)+" whose address could change.", "",
			"To create the contact, leave email out.")
	}
	wasOut, err := box.Contacts.OptedOut(ctx, ref.String())
	if err != nil {
		return UpdateContactOutput{}, err
	}
	created, err := box.Contacts.Create(ctx, contacts.Creation{
		NewContact:   apiclient.NewContact{Email: ref.String(), Fields: change.Fields, ListIDs: change.AddTo},
		Unsubscribed: change.Unsubscribed != nil && *change.Unsubscribed, Consent: change.Consent,
	})
	if err != nil {
		return UpdateContactOutput{}, err
	}
	out := box.updateOutput(ctx, contacts.Updated{Contact: created})
	out.Created, out.ErasedBefore = true, box.Contacts.Erased(ctx, created.Email)
	if wasOut != nil && created.Status != apiclient.Unsubscribed {
		out.Consent = onWhoseWord(ctx)
	}
	return out, nil
}

func (box *Toolbox) updateOutput(ctx context.Context, updated contacts.Updated) UpdateContactOutput {
	out := UpdateContactOutput{
		ID: text.Clip(updated.Contact.ID, 40), Email: text.Clip(updated.Contact.Email, apiclient.MaxEmail),
		Status: text.Clip(updated.Contact.Status, 40), Changes: []ChangeView{},
		journalled: box.Journal.IsOn(), Ahead: box.ahead(ctx, updated.Contact.Email, updated.Contact.ID),
	}
	for _, difference := range updated.Differences {
		out.Changes = append(out.Changes, box.changeView(ctx, difference))
	}
	return out
}

func (box *Toolbox) changeView(ctx context.Context, difference contacts.Difference) ChangeView {
	if difference.What == "list" {
		list := box.listViews(ctx, []int64{difference.ListID})[0]
		view := ChangeView{What: "removed_from_list", Name: list.Name, ListID: list.ID}
		if difference.After == true {
			view.What = "added_to_list"
		}
		return view
	}
	return ChangeView{What: difference.What, Name: text.Clean(difference.Name), Before: text.Value(difference.Before),
		After: text.Value(difference.After)}
}

// Summary is the text an agent reads.
func (out UpdateContactOutput) Summary() string {
	email, id := text.Word(out.Email, apiclient.MaxEmail), text.Word(out.ID, 40)
	if out.Created {
		return lines(fmt.Sprintf("There was no contact %s, so it was created (id %s, %s).", email, id,
			text.Word(out.Status, 40)), out.consentSaid(), erasedBefore(out.ErasedBefore), out.Ahead)
	}
	if len(out.Changes) == 0 {
		return lines(fmt.Sprintf("%s is already as requested; nothing was changed.", email), out.unreached(), out.Ahead)
	}
	parts := make([]string, 0, len(out.Changes)+1)
	for _, change := range out.Changes {
		parts = append(parts, "- "+change.String())
	}
	if out.Omitted > 0 {
		parts = append(parts, "- "+text.Count(out.Omitted, "more change"))
	}
	return lines(fmt.Sprintf("Updated %s (id %s).", email, id), strings.Join(parts, "\n"), out.consentSaid(), out.unreached(),
		erasedBefore(out.ErasedBefore), out.Ahead)
}

// unreached is said of somebody whom the lists that they were added to do not reach.
func (out UpdateContactOutput) unreached() string {
	if !out.noMail {
		return ""
	}
	return unsubscribedSaid(out.Email)
}

// String is the change in one line.
func (v ChangeView) String() string {
	switch v.What {
	case "added_to_list":
		return "added to " + ListView{ID: v.ListID, Name: v.Name}.String()
	case "removed_from_list":
		return "removed from " + ListView{ID: v.ListID, Name: v.Name}.String()
	case "field":
		return fmt.Sprintf("%s: %s → %s", text.Word(v.Name, text.MaxValue), v.Before, v.After)
	}
	return fmt.Sprintf("%s: %s → %s", v.What, unquoted(v.Before), unquoted(v.After))
}

// unquoted is a quoted value without its quotes, where it needs none.
func unquoted(value string) string {
	if bare := strings.Trim(value, `"`); text.Word(bare, text.MaxValue) == bare {
		return bare
	}
	return value
}

// Shrink keeps the result within its bounds.
func (out UpdateContactOutput) Shrink(width int) Output {
	kept, omitted := capped(out.Changes, width)
	out.Omitted = omitted
	out.Changes = make([]ChangeView, len(kept))
	for i, change := range kept {
		change.Name = text.Clip(change.Name, width)
		change.Before, change.After = text.ClipProse(change.Before, width), text.ClipProse(change.After, width)
		out.Changes[i] = change
	}
	return out
}
