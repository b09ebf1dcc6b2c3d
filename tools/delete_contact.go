package tools

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var deleteContact = Tool[DeleteContactInput, DeleteContactOutput]{
	Name: "delete_contact", Title: "Delete a contact", Toolset: Contacts, Effect: Destroys,
	Description: "Deletes one contact, with its fields and list memberships. To stop mail only, use update_contact with unsubscribed.",
	Example:     `{"contact": "carl@example.com"}`,
	Asking: Asking{
		When: "before the contact is deleted; where there is no such contact, and only what this server keeps is " +
			"erased, nobody is asked",
		Otherwise: clientAsks,
	},
	Confirm: (*Toolbox).confirmDelete,
	Run:     (*Toolbox).deleteContact,
}

// DeleteContactInput names the contact.
type DeleteContactInput struct {
	Contact string `json:"contact" jsonschema:"minLength=1" jsonschema_description:"Address or UUID"`
	Erase   bool   `json:"erase,omitempty" jsonschema_description:"Also erase what this server keeps of the person (journal, rows, reports); cannot be undone"`

	target *target // whom Confirm found; nil: not looked for
}

// target is who is to be deleted. Of one who is not there any more it has what is known of them.
type target struct {
	contacts.Found
	there bool
}

// DeleteContactOutput is what was deleted.
type DeleteContactOutput struct {
	// Deleted is the contact; empty when there was none and only what this server kept was erased.
	Deleted *ContactView `json:"deleted,omitempty"`
	Erased  *ErasedView  `json:"erased,omitempty"`
	Ahead   string       `json:"ahead,omitempty" jsonschema_description:"Jobs that may bring the contact back"`
}

// ErasedView is what was erased of a person besides the contact.
type ErasedView struct {
	Changes int      `json:"changes" jsonschema_description:"Journalled writes that say nothing about the person any more"`
	Rows    int      `json:"rows" jsonschema_description:"Rows taken out of files and snapshots of this server"`
	Files   []string `json:"files"`
	// Sending are imports that have a row of the person on its way.
	Sending []string `json:"sending,omitempty" jsonschema_description:"Imports that bring the person back: delete them once more when these have ended"`
	// Exporting is set when a snapshot is being taken that may still have the person.
	Exporting bool `json:"snapshot_being_taken,omitempty"`
	// planning is set when another server is writing plans down that may have the person.
	planning bool
	// Omitted counts the files left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`
}

func (box *Toolbox) confirmDelete(ctx context.Context, in *DeleteContactInput) (*Question, error) {
	found, err := box.toDelete(ctx, *in)
	if err != nil {
		return nil, err
	}
	in.target = found
	if !found.there {
		return &Question{
			Subject: "what is kept of " + found.Email,
			Text: func(context.Context) (string, error) {
				return fmt.Sprintf("There is no contact %s in Mailtrap. Erase what this server keeps of the person (journal, rows, "+
					"reports)? This cannot be undone.", text.Word(found.Email, 80)), nil
			},
		}, nil
	}
	return &Question{
		Subject: fmt.Sprintf("contact %s of %d, erase %t", found.ID, found.UpdatedAt.UnixMilli(), in.Erase),
		Text: func(ctx context.Context) (string, error) {
			shown := box.view(ctx, found.Contact).shrink(questionWidth)
			loses := "Its history in automations would be lost."
			if box.Journal.IsOn() {
				loses += " undo_change could create it again, with a new UUID."
			}
			if in.Erase {
				loses = "What this server keeps of the person would be erased as well: this cannot be undone."
			}
			return lines(fmt.Sprintf("Delete the contact %s (%s)?", shown.named(), text.Word(shown.Status, 40)), shown.describe(), loses), nil
		},
	}, nil
}

// toDelete looks the contact up. One that is not there is no reason to refuse an erasure: the journal may still know it.
func (box *Toolbox) toDelete(ctx context.Context, in DeleteContactInput) (*target, error) {
	ref, err := apiclient.ParseContact(in.Contact)
	if err != nil {
		return nil, err
	}
	found, err := box.find(ctx, ref, "Check the spelling. Nothing was deleted.")
	if in.Erase && fault.Is(err, fault.NotFound) && !box.Journal.IsOn() {
		found, err = box.Contacts.Appeared(ctx, ref) // another process may have just written it, which nobody knows without a journal
	}
	if !in.Erase || !fault.Is(err, fault.NotFound) {
		return &target{found, true}, err
	}
	known, kept := box.knownAs(ctx, ref)
	if known == "" {
		return nil, cmp.Or(kept, err)
	}
	found.Email = known
	if ref.ByUUID() {
		found.ID = ref.String()
	}
	return &target{found, false}, nil
}

func (box *Toolbox) deleteContact(ctx context.Context, in DeleteContactInput) (DeleteContactOutput, error) {
	found, err := in.target, error(nil)
	if found == nil {
		found, err = box.toDelete(ctx, in)
	}
	if err != nil {
		return DeleteContactOutput{}, err
	}
	var out DeleteContactOutput
	if found.there {
		shown := box.view(ctx, found.Contact)
		out.Deleted = &shown
	}
	if !in.Erase {
		if err := box.Contacts.Delete(ctx, found.Found); err != nil {
			return DeleteContactOutput{}, err
		}
		out.Ahead = box.ahead(ctx, found.Email, found.ID)
		return out, nil
	}
	begun, err := box.Journal.BeginErasure(ctx, found.Email, found.ID, !found.there)
	if err != nil {
		return DeleteContactOutput{}, err
	}
	out.Erased, err = box.erase(ctx, begun, found.Found)
	return out, err
}

// knownAs is the address of somebody who is no contact any more: the one given, or what the journal knows of a UUID.
func (box *Toolbox) knownAs(ctx context.Context, ref apiclient.ContactRef) (string, error) {
	if !ref.ByUUID() {
		return ref.String(), nil
	}
	addresses, err := box.Journal.Addresses(ctx, "", ref.String())
	addresses = slices.DeleteFunc(addresses, func(address string) bool { return address == "" })
	if err != nil || len(addresses) == 0 {
		return "", err
	}
	return addresses[0], nil
}

// Summary is the text an agent reads.
func (out DeleteContactOutput) Summary() string {
	deleted := "There was no such contact in Mailtrap."
	if out.Deleted != nil {
		deleted = lines(fmt.Sprintf("Deleted %s (was %s). Creating it again gives it a new UUID.", out.Deleted.named(),
			text.Word(out.Deleted.Status, 40)), out.Deleted.describe())
	}
	return lines(deleted, out.Erased.describe(), out.Ahead)
}

func (v *ErasedView) describe() string {
	if v == nil {
		return ""
	}
	said := fmt.Sprintf("Erased here: %s in the journal, %s in files of this server", text.Count(v.Changes, "write"),
		text.Count(v.Rows, "row"))
	if len(v.Files) > 0 {
		said += " (" + strings.Join(v.Files, ", ") + more(v.Omitted, "file") + ")"
	}
	again := ""
	if len(v.Sending) > 0 {
		again = "\nNot over yet: a row of the person is on its way in " + text.Listing(v.Sending, 5) +
			". When get_job says that it has ended, call delete_contact with erase: true once more."
	}
	if v.Exporting {
		again += "\nNot over yet: a snapshot of the contacts is being taken that may still contain the person. Call " +
			"delete_contact with erase: true once more in a few minutes."
	}
	return said + ". Only a keyed hash of the address is kept, so that a later import can be warned. Files that people " +
		"exported or imported, the sending side's suppressions and logs, and backups are not reached: tell the operator." + again
}

// Shrink keeps the result within its bounds.
func (out DeleteContactOutput) Shrink(width int) Output {
	if out.Deleted != nil {
		shown := out.Deleted.shrink(width)
		out.Deleted = &shown
	}
	if out.Erased != nil {
		shown := *out.Erased
		shown.Files, shown.Omitted = capped(shown.Files, max(1, width/10))
		out.Erased = &shown
	}
	return out
}
