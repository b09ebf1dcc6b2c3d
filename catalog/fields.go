package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

var fieldName = naming[apiclient.Field]{
	noun:  "field",
	id:    func(f apiclient.Field) int64 { return f.ID },
	names: func(f apiclient.Field) []string { return []string{f.MergeTag, f.Name} },
}

var fieldKind = kind[apiclient.Field]{
	naming: fieldName, record: journal.Field, most: apiclient.MaxFields, counted: "custom field", taken: []string{"name", "merge_tag"},
	free:     "ask the operator which field can go; delete_field deletes it.",
	label:    func(f apiclient.Field) string { return f.MergeTag },
	describe: describeField,
	exists:   fieldExists,
}

// fieldsFor returns the fields to look keys up in, fetched anew when one of the keys is not among the known ones.
func (c *Catalog) fieldsFor(ctx context.Context, keys []string) ([]apiclient.Field, error) {
	fields, err := c.Fields(ctx)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if _, found, err := MatchField(key, fields); err == nil && !found {
			return c.fields.get(ctx, justNow)
		}
	}
	return fields, nil
}

// tagOnly names fields by their merge tags alone.
var tagOnly = naming[apiclient.Field]{noun: fieldName.noun, id: fieldName.id,
	names: func(f apiclient.Field) []string { return []string{f.MergeTag} }}

// bareTag is a merge tag without the braces that templates put around it.
func bareTag(ref string) (tag string, braced bool) {
	if inner, ok := strings.CutPrefix(text.Clean(ref), "{{"); ok {
		if inner, ok = strings.CutSuffix(inner, "}}"); ok {
			return strings.TrimSpace(inner), true
		}
	}
	return text.Clean(ref), false
}

// CreateField creates a field; without a merge tag, one is made from the name. A name or merge tag that is there
// already is already_exists. When the API's answer is lost, the fields are looked at before the request is repeated.
func (c *Catalog) CreateField(ctx context.Context, field apiclient.Field) (apiclient.Field, error) {
	field, err := creatable(field)
	if err != nil {
		return apiclient.Field{}, err
	}
	fields, err := c.fields.get(ctx, 0)
	if err != nil {
		return apiclient.Field{}, err
	}
	if there, err := clash(field, fields); err != nil {
		return there, err
	}
	if err := fieldKind.room(len(fields), 1); err != nil {
		return apiclient.Field{}, err
	}
	return c.createField(ctx, field)
}

// CreateFields creates fields that were just seen to be missing. When they would be too many, or one is there by now, none
// is created. An error on the way leaves those that were created, which are returned with it.
func (c *Catalog) CreateFields(ctx context.Context, wanted []apiclient.Field) (created []apiclient.Field, err error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	fields, err := c.fields.get(ctx, 0)
	if err != nil {
		return nil, err
	}
	wanted = slices.Clone(wanted)
	for i := range wanted {
		if wanted[i], err = creatable(wanted[i]); err != nil {
			return nil, err
		}
		if _, err := clash(wanted[i], slices.Concat(fields, wanted[:i])); err != nil {
			return nil, err
		}
	}
	if err := RoomForFields(len(fields), len(wanted)); err != nil {
		return nil, err
	}
	for _, field := range wanted {
		made, err := c.createField(ctx, field)
		if err != nil {
			return created, err
		}
		created = append(created, made)
	}
	return created, nil
}

// RoomForFields refuses more new fields for the columns of an import than an account with some may have.
func RoomForFields(there, wanted int) error {
	ofImport := fieldKind
	ofImport.free = `leave columns out with mapping: {"THE COLUMN": "ignore"}, or ` + fieldKind.free
	return ofImport.room(there, wanted)
}

// creatable gives a field its merge tag and checks it.
func creatable(field apiclient.Field) (apiclient.Field, error) {
	field.MergeTag, _ = bareTag(field.MergeTag)
	if bare, braced := bareTag(field.Name); braced { // as a template names it; nobody wants braces in a name
		field.Name = bare
	}
	if field.MergeTag == "" {
		field.MergeTag = MergeTag(field.Name)
	}
	if err := checkTag(field.MergeTag); err != nil {
		return field, err
	}
	if isReserved(field.Name, field.MergeTag) {
		return field, errBuiltIn
	}
	return field, nil
}

func called(field apiclient.Field) func(apiclient.Field) bool {
	return func(f apiclient.Field) bool { return isCalled(f, field.Name, field.MergeTag) }
}

// crossed tells a field whose name is the other's merge tag, or the other way round: whoever names one of them could mean
// the other, and so could a column of an export.
func crossed(a, b apiclient.Field) bool {
	return sameName(a.Name, b.MergeTag) || sameName(a.MergeTag, b.Name)
}

// clash refuses a field that is to be called as one of others is, and returns that one.
func clash(field apiclient.Field, others []apiclient.Field) (other apiclient.Field, err error) {
	if i := slices.IndexFunc(others, called(field)); i >= 0 {
		return others[i], fieldExists(others[i])
	}
	if i := slices.IndexFunc(others, func(other apiclient.Field) bool { return crossed(field, other) }); i >= 0 {
		return others[i], fieldCrossed(others[i])
	}
	return field, nil
}

func fieldCrossed(other apiclient.Field) error {
	return fault.New(fault.AlreadyExists, fmt.Sprintf(
		"The field %s has the merge tag %s (id %d), and one field's name must not be another's merge tag.",
		text.Quote(other.Name), text.Word(other.MergeTag, text.MaxValue), other.ID),
		"Nobody could tell which of the two is meant, in a call or in an export.",
		"Nothing was sent; choose another name and merge tag.")
}

// createField creates a field that was just seen to be missing.
func (c *Catalog) createField(ctx context.Context, field apiclient.Field) (apiclient.Field, error) {
	return create(ctx, c, c.fields, fieldKind, field, func(f apiclient.Field) bool { return f.MergeTag == field.MergeTag }, called(field),
		func(api *apiclient.Client) (apiclient.Field, error) { return api.CreateField(ctx, field) })
}

func checkTag(tag string) error {
	switch {
	case validTag(tag):
		return nil
	case tag == "":
		return fault.New(fault.InvalidInput, "merge_tag: none can be made from this name.",
			"A merge tag has lower-case letters, digits and underscores, and begins with a letter.",
			"Give a merge_tag too, like customer_since.")
	}
	return fault.New(fault.InvalidInput, "merge_tag: "+text.Quote(tag)+" cannot be a merge tag.", "",
		"Give a merge_tag of lower-case letters, digits and underscores that begins with a letter, like customer_since.")
}

// isCalled reports whether a field has that name or that merge tag, in whatever case. An empty one is nobody's.
func isCalled(field apiclient.Field, name, tag string) bool {
	return sameName(field.Name, name) || tag != "" && strings.EqualFold(field.MergeTag, tag)
}

// builtIn is the name and merge tag of the field that holds the address (observed in the interface). The API does not
// list it.
const builtIn = "email"

// facts are what is known of every contact besides its fields, as searches and exported files call it.
var facts = []string{"email", "id", "status", "lists", "created_at", "updated_at", "email_domain", "list_count",
	"suppressed", "suppressed_at"}

// IsFact tells the names of what is known of every contact besides its fields. A field may have such a name or merge tag;
// wherever both can stand it is FieldKey that tells them apart.
func IsFact(name string) bool {
	return slices.ContainsFunc(facts, func(fact string) bool { return strings.EqualFold(fact, name) })
}

// FieldKey is what a field's values stand under beside the facts: its merge tag, or "field:status" where that is a fact's
// name.
func FieldKey(tag string) string {
	if IsFact(tag) {
		return fieldPrefix + tag
	}
	return tag
}

// CutFieldKey is the merge tag of a key of FieldKey's that is not the tag itself.
func CutFieldKey(key string) (tag string, is bool) { return strings.CutPrefix(key, fieldPrefix) }

const fieldPrefix = "field:"

func isReserved(name, tag string) bool { return sameName(name, builtIn) || tag == builtIn }

var errBuiltIn = fault.New(fault.InvalidInput,
	`"email" is reserved: it is the name and merge tag of the built-in field with the contact's address.`, "",
	`Nothing was sent; for another address choose a name like "Second address" with the merge tag second_address.`)

func fieldExists(field apiclient.Field) error {
	return fault.New(fault.AlreadyExists, fmt.Sprintf("There is a field %s already: merge tag %s, type %s, id %d.",
		text.Quote(field.Name), text.Word(field.MergeTag, text.MaxValue), field.DataType, field.ID), "",
		"Use it, or choose another name and merge tag; a field's type cannot be changed.")
}

// MergeTag makes a merge tag from a field's name: "Größe (cm)" becomes "grosse_cm". It is empty when the name has no
// letter or digit that a tag can hold.
func MergeTag(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ReplaceAll(strings.ToLower(name), "ß", "ss")) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9' && b.Len() > 0:
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
		case !unicode.Is(unicode.Mn, r):
			gap = true
		}
	}
	tag := b.String()
	return strings.TrimRight(tag[:min(len(tag), apiclient.MaxFieldName)], "_")
}

// validTag keeps to the form the spec, the interface and Mailtrap's own tests use; what else the API takes is unknown.
func validTag(tag string) bool {
	if tag == "" || len(tag) > apiclient.MaxFieldName || tag[0] < 'a' || tag[0] > 'z' {
		return false
	}
	return !strings.ContainsFunc(tag, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_'
	})
}
