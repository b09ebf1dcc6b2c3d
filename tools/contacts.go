package tools

import (
	"context"
	"fmt"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

var getContact = Tool[GetContactInput, GetContactOutput]{
	Name: "get_contact", Title: "Look up a contact", Toolset: Contacts, Effect: Reads,
	Description: "Shows one contact: status, lists, fields. Needs the exact address or UUID; search_contacts finds others, " +
		"check_suppressions says why someone gets no mail.",
	Example: `{"contact": "ann@example.com"}`,
	Run:     (*Toolbox).getContact,
}

// GetContactInput names the contact.
type GetContactInput struct {
	Contact string `json:"contact" jsonschema:"minLength=1" jsonschema_description:"Address or UUID"`
}

// GetContactOutput is the contact.
type GetContactOutput struct {
	Contact ContactView `json:"contact"`
	// Pending is set when this server wrote the contact a moment ago and Mailtrap does not show it yet.
	Pending bool   `json:"pending,omitempty"`
	Ahead   string `json:"ahead,omitempty" jsonschema_description:"Jobs that still change it"`

	noMail string
}

func (box *Toolbox) getContact(ctx context.Context, in GetContactInput) (GetContactOutput, error) {
	ref, err := apiclient.ParseContact(in.Contact)
	if err != nil {
		return GetContactOutput{}, err
	}
	instead := "Check the spelling."
	if box.offers("search_contacts") {
		instead = "Check the spelling, or look for them with search_contacts, by a part of the address or name in its argument text."
	}
	found, err := box.find(ctx, ref, instead)
	if err != nil {
		return GetContactOutput{}, err
	}
	return GetContactOutput{Contact: box.view(ctx, found.Contact), Pending: found.Pending,
		Ahead: box.changing(ctx, found.Email, found.ID), noMail: box.noMail(found.Contact)}, nil
}

// noMail says why a contact gets no campaigns, and what can be done about it or tells more.
func (box *Toolbox) noMail(contact apiclient.Contact) string {
	switch {
	case contact.Status != apiclient.Unsubscribed && len(contact.ListIDs) > 0:
		return ""
	case contact.Status != apiclient.Unsubscribed:
		return "On no list, so campaigns to lists do not reach them."
	}
	said := "They get no marketing mail until they agree to it again"
	if box.offers("update_contact") {
		said += "; then update_contact with unsubscribed: false and their consent"
	}
	if box.offers("check_suppressions") {
		said += ". check_suppressions tells whether their address is suppressed too: as long as it is, Mailtrap keeps them unsubscribed"
	}
	return said + "."
}

// Summary is the text an agent reads.
func (out GetContactOutput) Summary() string {
	pending := ""
	if out.Pending {
		pending = "This is what was written a moment ago; Mailtrap is still applying it."
	}
	return lines(fmt.Sprintf("%s is %s.", out.Contact.named(), text.Word(out.Contact.Status, 40)), out.noMail, out.Contact.describe(),
		pending, out.Ahead)
}

// Shrink keeps the result within its bounds.
func (out GetContactOutput) Shrink(width int) Output {
	out.Contact = out.Contact.shrink(width)
	return out
}

var createContact = Tool[CreateContactInput, CreateContactOutput]{
	Name: "create_contact", Title: "Create a contact", Toolset: Contacts, Effect: Adds,
	Description: "Creates one new contact; an existing address is refused. For many contacts use import_contacts, to change " +
		"one update_contact.",
	Example: `{"email": "erna@example.com", "fields": {"first_name": "Erna", "plan": "pro"}, "lists": ["Newsletter"]}`,
	Run:     (*Toolbox).createContact,
}

// CreateContactInput is the new contact.
type CreateContactInput struct {
	Email  string        `json:"email" jsonschema:"format=email"`
	Fields schema.Object `json:"fields,omitempty" jsonschema_description:"By merge tag or field name, e.g. {\"first_name\": \"Ann\"}"`
	Lists  []string      `json:"lists,omitempty" jsonschema_description:"Lists to join, by name or id"`
}

// CreateContactOutput is the contact as Mailtrap answered it.
type CreateContactOutput struct {
	Contact      ContactView `json:"contact"`
	ErasedBefore bool        `json:"erased_before,omitempty" jsonschema_description:"The person asked for erasure before"`
}

func (box *Toolbox) createContact(ctx context.Context, in CreateContactInput) (CreateContactOutput, error) {
	email, err := apiclient.ParseEmail(in.Email)
	if err != nil {
		return CreateContactOutput{}, err
	}
	lists, err := box.Catalog.ResolveLists(ctx, in.Lists, createFirst)
	if err != nil {
		return CreateContactOutput{}, err
	}
	values, err := box.Catalog.Values(ctx, "fields", in.Fields)
	if err != nil {
		return CreateContactOutput{}, err
	}
	created, err := box.Contacts.Create(ctx,
		contacts.Creation{NewContact: apiclient.NewContact{Email: email, Fields: values, ListIDs: listIDs(lists)}})
	if err != nil {
		return CreateContactOutput{}, err
	}
	return CreateContactOutput{Contact: box.view(ctx, created), ErasedBefore: box.Contacts.Erased(ctx, email)}, nil
}

func listIDs(lists []apiclient.List) []int64 {
	ids := make([]int64, len(lists))
	for i, list := range lists {
		ids[i] = list.ID
	}
	return ids
}

// Summary is the text an agent reads.
func (out CreateContactOutput) Summary() string {
	unsubscribed := ""
	if out.Contact.Status == apiclient.Unsubscribed {
		unsubscribed = "The contact starts out unsubscribed, because the address is suppressed on the account."
	}
	return lines(fmt.Sprintf("Created %s (%s).", out.Contact.named(), text.Word(out.Contact.Status, 40)),
		unsubscribed, erasedBefore(out.ErasedBefore), out.Contact.describe())
}

// Shrink keeps the result within its bounds.
func (out CreateContactOutput) Shrink(width int) Output {
	out.Contact = out.Contact.shrink(width)
	return out
}
