package tools

import (
	"context"
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var listFields = Tool[ListFieldsInput, ListFieldsOutput]{
	Name: "list_fields", Title: "Show the custom fields", Toolset: Fields, Effect: Reads,
	Description: "Shows the account's custom fields with merge tag and type.",
	Example:     `{}`,
	Run:         (*Toolbox).listFields,
}

// ListFieldsInput has no arguments.
type ListFieldsInput struct{}

// ListFieldsOutput is the fields.
type ListFieldsOutput struct {
	Fields []FieldView `json:"fields"`
	// Omitted counts the fields left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`
}

// FieldView is a custom field as results show it.
type FieldView struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	MergeTag string `json:"merge_tag"`
	DataType string `json:"data_type"`
}

func viewField(field apiclient.Field) FieldView {
	return FieldView{ID: field.ID, Name: text.Clean(field.Name), MergeTag: text.Clean(field.MergeTag), DataType: text.Clip(field.DataType, 40)}
}

// tag is the merge tag within a sentence.
func (v FieldView) tag() string { return text.Word(v.MergeTag, text.MaxValue) }

// String is the field as summaries show it.
func (v FieldView) String() string {
	return fmt.Sprintf("%s: %s (%s, id %d)", v.tag(), text.Quote(v.Name), text.Word(v.DataType, 40), v.ID)
}

// describe is the field within a sentence.
func (v FieldView) describe() string {
	return fmt.Sprintf("%s field %s (merge tag %s, id %d)", text.Word(v.DataType, 40), text.Quote(v.Name), v.tag(), v.ID)
}

func (v FieldView) shrink(width int) FieldView {
	v.Name, v.MergeTag = text.Clip(v.Name, width), text.Clip(v.MergeTag, width)
	return v
}

func (box *Toolbox) listFields(ctx context.Context, _ ListFieldsInput) (ListFieldsOutput, error) {
	fields, err := box.Catalog.Fields(ctx)
	if err != nil {
		return ListFieldsOutput{}, err
	}
	out := ListFieldsOutput{Fields: make([]FieldView, len(fields))}
	for i, field := range fields {
		out.Fields[i] = viewField(field)
	}
	return out, nil
}

// Summary is the text an agent reads.
func (out ListFieldsOutput) Summary() string {
	if len(out.Fields) == 0 {
		return "The account has no custom fields. create_field creates one."
	}
	shown := []string{text.Count(len(out.Fields)+out.Omitted, "custom field") + ", by merge tag:"}
	for _, field := range out.Fields {
		shown = append(shown, "- "+field.String())
	}
	if out.Omitted > 0 {
		shown = append(shown, fmt.Sprintf("- and %d more", out.Omitted))
	}
	return strings.Join(shown, "\n")
}

// Shrink keeps the result within its bounds.
func (out ListFieldsOutput) Shrink(width int) Output {
	kept, omitted := capped(out.Fields, width)
	out.Omitted = omitted
	out.Fields = make([]FieldView, len(kept))
	for i, field := range kept {
		out.Fields[i] = field.shrink(width)
	}
	return out
}

var createField = Tool[CreateFieldInput, CreateFieldOutput]{
	Name: "create_field", Title: "Create a custom field", Toolset: Fields, Effect: Adds,
	Description: "Creates a custom field for all contacts. Its type cannot be changed later.",
	Example:     `{"name": "Company", "data_type": "text"}`,
	Run:         (*Toolbox).createField,
}

// CreateFieldInput is the new field.
type CreateFieldInput struct {
	Name     string `json:"name" jsonschema:"minLength=1,maxLength=80"`
	DataType string `json:"data_type" jsonschema:"enum=text,enum=integer,enum=float,enum=boolean,enum=date"`
	MergeTag string `json:"merge_tag,omitempty" jsonschema:"maxLength=80" jsonschema_description:"Made from the name when absent"`
}

// CreateFieldOutput is the field as Mailtrap answered it.
type CreateFieldOutput struct {
	Field FieldView `json:"field"`
}

func (box *Toolbox) createField(ctx context.Context, in CreateFieldInput) (CreateFieldOutput, error) {
	name := text.Clean(in.Name)
	if name == "" {
		return CreateFieldOutput{}, fault.New(fault.InvalidInput, "name: is empty.", "", "Give the field a name.")
	}
	field, err := box.Catalog.CreateField(ctx, apiclient.Field{Name: name, DataType: in.DataType, MergeTag: in.MergeTag})
	if err != nil {
		return CreateFieldOutput{}, err
	}
	return CreateFieldOutput{Field: viewField(field)}, nil
}

// Summary is the text an agent reads.
func (out CreateFieldOutput) Summary() string {
	return fmt.Sprintf("Created the %s field %s (id %d). Its merge tag is %s.", text.Word(out.Field.DataType, 40),
		text.Quote(out.Field.Name), out.Field.ID, out.Field.tag())
}

// Shrink keeps the result within its bounds.
func (out CreateFieldOutput) Shrink(width int) Output {
	out.Field = out.Field.shrink(width)
	return out
}
