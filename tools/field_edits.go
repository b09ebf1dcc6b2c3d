package tools

import (
	"context"
	"fmt"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

var updateField = Tool[UpdateFieldInput, UpdateFieldOutput]{
	Name: "update_field", Title: "Rename a custom field", Toolset: Fields, Effect: Sets,
	Description: "Changes a custom field's name or merge tag; its values stay. Its type cannot be changed.",
	Example:     `{"field": "last_login", "name": "Last seen"}`,
	Foreign:     map[string]string{"data_type": otherType, "type": otherType},
	Run:         (*Toolbox).updateField,
}

// otherType answers an agent that wants to change a field's type, which the API answers with 200 and ignores (observed).
const otherType = "Mailtrap cannot change a field's type, so this argument does not exist; instead rename this field and " +
	"its merge tag with update_field, make a new one of the old name with " +
	"create_field, export email and the renamed field, rename that column of the file to the new field, import the file, see " +
	"in an export that the new field is as full, " +
	"and only then remove the old one with delete_field"

// UpdateFieldInput is the field and what to change of it.
type UpdateFieldInput struct {
	Field    string `json:"field" jsonschema:"minLength=1" jsonschema_description:"By merge tag, name or id"`
	Name     string `json:"name,omitempty" jsonschema:"maxLength=80" jsonschema_description:"A new name"`
	MergeTag string `json:"merge_tag,omitempty" jsonschema:"maxLength=80" jsonschema_description:"A new merge tag"`
}

// Check refuses an update without a change.
func (in UpdateFieldInput) Check() error {
	switch {
	case in.Name == "" && in.MergeTag == "":
		return fault.New(fault.InvalidInput, "The update changes nothing.", "", "Give a new name, a new merge_tag, or both.")
	case in.Name != "" && text.Clean(in.Name) == "":
		return fault.New(fault.InvalidInput, "name: is empty.", "", "Give the field a name, or leave name out.")
	case in.MergeTag != "" && text.Clean(in.MergeTag) == "":
		return fault.New(fault.InvalidInput, "merge_tag: is empty.", "",
			"Give the field a merge tag like customer_since, or leave merge_tag out.")
	}
	return nil
}

// UpdateFieldOutput is the field as it is now and as it was.
type UpdateFieldOutput struct {
	Field   FieldView `json:"field"`
	Before  FieldView `json:"before"`
	Changed bool      `json:"changed"`
	Followed
}

func (box *Toolbox) updateField(ctx context.Context, in UpdateFieldInput) (UpdateFieldOutput, error) {
	field, err := box.Catalog.Field(ctx, in.Field)
	if err == nil && in.MergeTag != "" && in.MergeTag != field.MergeTag {
		err = box.unfilled(ctx, field)
	}
	if err != nil {
		return UpdateFieldOutput{}, err
	}
	before, after, err := box.Catalog.UpdateField(ctx, in.Field, apiclient.FieldChange{Name: text.Clean(in.Name), MergeTag: in.MergeTag})
	if err != nil {
		return UpdateFieldOutput{}, err
	}
	out := UpdateFieldOutput{Field: viewField(after), Before: viewField(before), Changed: after != before}
	if out.Changed {
		out.Followed = followed(box.Audience.FieldRenamed(ctx, before, after))
	}
	return out, nil
}

// Summary is the text an agent reads.
func (out UpdateFieldOutput) Summary() string {
	if !out.Changed {
		return fmt.Sprintf("The field %s (id %d) is already as requested; nothing was changed.", text.Quote(out.Field.Name), out.Field.ID)
	}
	name, tag, warning := "", "", ""
	if out.Field.Name != out.Before.Name {
		name = fmt.Sprintf("- name: %s → %s", text.Quote(out.Before.Name), text.Quote(out.Field.Name))
	}
	if out.Field.MergeTag != out.Before.MergeTag {
		tag = fmt.Sprintf("- merge tag: %s → %s", out.Before.tag(), out.Field.tag())
		warning = fmt.Sprintf("Templates, forms and automations that use {{%s}} have to be changed to {{%s}}, in Mailtrap and anywhere else.",
			out.Before.tag(), out.Field.tag())
	}
	return lines(fmt.Sprintf("Changed the %s field %s (id %d); its values stay.", text.Word(out.Field.DataType, 40),
		text.Quote(out.Before.Name), out.Field.ID), name, tag, warning, out.describe())
}

// Shrink keeps the result within its bounds.
func (out UpdateFieldOutput) Shrink(width int) Output {
	out.Field, out.Before = out.Field.shrink(width), out.Before.shrink(width)
	return out
}

var deleteField = Tool[DeleteFieldInput, DeleteFieldOutput]{
	Name: "delete_field", Title: "Delete a custom field", Toolset: Fields, Effect: Destroys,
	Description: "Deletes a custom field for good, with every contact's value in it. One that a campaign, automation or " +
		"segment uses is refused.",
	Example: `{"field": "old_score"}`,
	Asking: Asking{
		When: "before the field is deleted, with the number of contacts that have a value in it",
		Otherwise: "the call goes ahead if at most 25 contacts have a value in the field; with more, or a number " +
			"that cannot be found out, it is refused with `needs_confirmation`",
	},
	Confirm: askBefore((*Toolbox).fieldDeletion),
	Unasked: onlyFew((*Toolbox).fieldDeletion),
	Run:     (*Toolbox).deleteField,
}

// DeleteFieldInput names the field.
type DeleteFieldInput struct {
	Field string `json:"field" jsonschema:"minLength=1" jsonschema_description:"By merge tag, name or id"`
}

// DeleteFieldOutput is what was deleted.
type DeleteFieldOutput struct {
	Deleted FieldView `json:"deleted"`
	// Contacts is absent when they were not counted.
	Contacts *int `json:"contacts,omitempty" jsonschema_description:"Contacts that had a value in it"`
}

// fieldDeletion is the deletion of a field as there is one now.
func (box *Toolbox) fieldDeletion(ctx context.Context, in DeleteFieldInput) (deletion, error) {
	field, err := box.unusedField(ctx, in)
	return deletion{
		subject: fieldSubject(field),
		what:    "the " + viewField(field).describe(),
		count:   func(ctx context.Context) (int, error) { return box.values(ctx, field) },
		touches: func(n int) string {
			switch n {
			case uncounted:
				return "How many contacts have a value in it could not be counted; the values cannot be brought back."
			case 0:
				return "No contact has a value in it."
			case 1:
				return "1 contact has a value in it, which cannot be brought back."
			}
			return text.Count(n, "contact") + " have a value in it; the values cannot be brought back."
		},
	}, err
}

// values is how many contacts have a value in a field. It fails where the export has no column that is the field's for certain.
func (box *Toolbox) values(ctx context.Context, field apiclient.Field) (int, error) {
	n, facts, err := box.countNow(ctx, fmt.Sprintf("field('id:%d') IS NOT NULL", field.ID))
	if err != nil {
		return 0, err
	}
	at := slices.IndexFunc(facts.Columns, func(c where.Column) bool { return c.FieldID == field.ID })
	switch {
	case at < 0 || facts.Columns[at].Absent:
		return 0, fault.New(fault.UpstreamError, "Mailtrap's export has no column for the field "+text.Quote(field.Name)+".", "",
			"Nothing was counted.")
	case facts.Columns[at].Shared:
		return 0, exports.Untold(field.Name)
	}
	return n, nil
}

// unusedField is the field that is to be deleted, which no segment may use, nor a job that runs.
func (box *Toolbox) unusedField(ctx context.Context, in DeleteFieldInput) (apiclient.Field, error) {
	field, err := box.Catalog.Field(ctx, in.Field)
	if err != nil {
		return field, err
	}
	if err := box.unfilled(ctx, field); err != nil {
		return field, err
	}
	using, err := box.Audience.SegmentsUsingField(ctx, field.ID)
	return field, notInSegments("The "+viewField(field).describe(), using, err)
}

func fieldSubject(field apiclient.Field) string {
	return fmt.Sprintf("field %d %s %s", field.ID, field.MergeTag, field.Name)
}

func (box *Toolbox) deleteField(ctx context.Context, in DeleteFieldInput) (DeleteFieldOutput, error) {
	if _, err := box.unusedField(ctx, in); err != nil {
		return DeleteFieldOutput{}, err
	}
	field, err := box.Catalog.DeleteField(ctx, in.Field)
	if err != nil {
		return DeleteFieldOutput{}, err
	}
	return DeleteFieldOutput{Deleted: viewField(field), Contacts: box.counted.take(fieldSubject(field))}, nil
}

// Summary is the text an agent reads.
func (out DeleteFieldOutput) Summary() string {
	values := "Its values are gone."
	switch {
	case out.Contacts == nil:
	case *out.Contacts == 0:
		values = "No contact had a value in it."
	case *out.Contacts == 1:
		values = "1 contact had a value in it, which is gone."
	default:
		values = text.Count(*out.Contacts, "contact") + " had a value in it; the values are gone."
	}
	return "Deleted the " + out.Deleted.describe() + ". " + values
}

// Shrink keeps the result within its bounds.
func (out DeleteFieldOutput) Shrink(width int) Output {
	out.Deleted = out.Deleted.shrink(width)
	return out
}
