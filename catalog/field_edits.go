package catalog

import (
	"context"
	"fmt"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Field finds one field by merge tag, name or id among those there are now, as List does.
func (c *Catalog) Field(ctx context.Context, ref string) (apiclient.Field, error) {
	fields, err := c.fields.get(ctx, 0)
	if err != nil {
		return apiclient.Field{}, err
	}
	return oneField(ref, fields)
}

// FieldNow finds the one field that is wanted among those there are now; false when there is none.
func (c *Catalog) FieldNow(ctx context.Context, wanted func(apiclient.Field) bool) (apiclient.Field, bool, error) {
	return lookFor(ctx, c.fields, wanted)
}

func oneField(ref string, fields []apiclient.Field) (apiclient.Field, error) {
	field, found, err := MatchField(ref, fields)
	if err == nil && !found {
		err = unknownField(ref, fields)
	}
	return field, err
}

func unknownField(ref string, fields []apiclient.Field) error {
	what := "There is no field " + text.QuoteUpTo(ref, shownName) + "."
	if len(fields) == 0 {
		return fault.New(fault.InvalidInput, what, "The account has no custom fields.",
			"Nothing was sent; get_account shows which account this is.")
	}
	tags := make([]string, len(fields))
	for i, field := range fields {
		tags[i] = field.MergeTag
	}
	shown := text.Listing(clipped(text.Closest(MergeTag(ref), tags)), shownNames)
	return fault.New(fault.InvalidInput, what, text.Meant([]string{MergeTag(ref)}, tags)+"The fields are: "+shown+".",
		"Nothing was sent; list_fields shows their names and ids too.")
}

// UpdateField changes a field's name, merge tag or both, and returns the field as it was and as it is. What another field
// has is already_exists; what the field has is no change, and is not sent. A type cannot be changed.
func (c *Catalog) UpdateField(ctx context.Context, ref string, change apiclient.FieldChange) (before, after apiclient.Field, err error) {
	return c.changeField(ctx, ref, change, checkNew)
}

// RestoreField is UpdateField back to what a field was: that may be older than our rules, and is for the API to judge.
func (c *Catalog) RestoreField(ctx context.Context, ref string, was apiclient.Field) (before, after apiclient.Field, err error) {
	anything := func(apiclient.FieldChange, apiclient.Field, []apiclient.Field) error { return nil }
	return c.changeField(ctx, ref, apiclient.FieldChange{Name: was.Name, MergeTag: was.MergeTag}, anything)
}

func (c *Catalog) changeField(
	ctx context.Context, ref string, asked apiclient.FieldChange, check func(apiclient.FieldChange, apiclient.Field, []apiclient.Field) error,
) (before, after apiclient.Field, err error) {
	fields, err := c.fields.get(ctx, 0)
	if err != nil {
		return before, after, err
	}
	if before, err = oneField(ref, fields); err != nil {
		return before, before, err
	}
	wanted, differs := changed(before, asked)
	if wanted == before {
		return before, before, nil
	}
	same := func(f apiclient.Field) bool { return f.ID != before.ID && isCalled(f, differs.Name, differs.MergeTag) }
	if i := slices.IndexFunc(fields, same); i >= 0 {
		return before, before, fieldExists(fields[i])
	}
	if err := check(differs, before, fields); err != nil {
		return before, before, err
	}
	after, err = change(ctx, c, c.fields, fieldKind, before, wanted, same,
		func(api *apiclient.Client) (apiclient.Field, error) { return api.UpdateField(ctx, before.ID, differs) })
	return before, after, err
}

// changed is the field as wanted, and the change without what is so already.
func changed(field apiclient.Field, change apiclient.FieldChange) (apiclient.Field, apiclient.FieldChange) {
	change.MergeTag, _ = bareTag(change.MergeTag)
	name, tag := change.Name, change.MergeTag
	if name == "" || name == field.Name {
		name, change.Name = field.Name, ""
	}
	if tag == "" || tag == field.MergeTag {
		tag, change.MergeTag = field.MergeTag, ""
	}
	field.Name, field.MergeTag = name, tag
	return field, change
}

// checkNew holds what changes to our rules. What stays may be older than they are.
func checkNew(change apiclient.FieldChange, of apiclient.Field, fields []apiclient.Field) error {
	if change.MergeTag != "" {
		if err := checkTag(change.MergeTag); err != nil {
			return err
		}
	}
	if isReserved(change.Name, change.MergeTag) {
		return errBuiltIn
	}
	new := apiclient.Field{Name: change.Name, MergeTag: change.MergeTag}
	if i := slices.IndexFunc(fields, func(f apiclient.Field) bool { return f.ID != of.ID && crossed(new, f) }); i >= 0 {
		return fieldCrossed(fields[i])
	}
	return nil
}

// DeleteField deletes a field with all its values and returns it as it was. One that an automation, campaign or segment
// uses is a conflict that names them.
func (c *Catalog) DeleteField(ctx context.Context, ref string) (apiclient.Field, error) {
	field, err := c.Field(ctx, ref)
	if err != nil {
		return field, err
	}
	err = remove(ctx, c, c.fields, fieldKind, field,
		"The contacts' values went with the field, and cannot be brought back; create_field makes an empty one of that name.",
		func(api *apiclient.Client) error { return api.DeleteField(ctx, field.ID) })
	if usage := usageOf(err); len(usage) > 0 {
		return field, fieldInUse(field, usage, err)
	}
	return field, err
}

// usageOf are the API's sentences on what uses a field (spec), quoted.
func usageOf(err error) []string {
	apiError, _ := apiclient.AsError(err)
	if apiError == nil {
		return nil
	}
	var said []string
	for _, problem := range apiError.Problems {
		if problem.Where == "usage" {
			said = append(said, text.QuoteUpTo(problem.Text, shownUsage))
		}
	}
	return said
}

// shownUsage is how much of a sentence on usage is shown: it names every automation, campaign or segment.
const shownUsage = 500

func fieldInUse(field apiclient.Field, usage []string, cause error) error {
	return fault.New(fault.Conflict, "Mailtrap does not delete "+describeField(field)+" while something uses it.",
		"It says: "+text.Listing(usage, 6)+".",
		"Nothing was deleted; the field has to be taken out there first, in Mailtrap itself. Then repeat the call.").Because(cause)
}

func describeField(field apiclient.Field) string {
	return fmt.Sprintf("the field %s (merge tag %s, id %d)", text.Quote(field.Name), text.Word(field.MergeTag, text.MaxValue), field.ID)
}
