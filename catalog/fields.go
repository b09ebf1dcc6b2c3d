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
	"mailtrap-contacts-mcp/text"
)

var fieldName = naming[apiclient.Field]{
	noun:  "field",
	id:    func(f apiclient.Field) int64 { return f.ID },
	names: func(f apiclient.Field) []string { return []string{f.MergeTag, f.Name} },
}

// fieldsFor returns the fields to look keys up in, fetched anew when one of the keys is not among the known ones.
func (c *Catalog) fieldsFor(ctx context.Context, keys []string) ([]apiclient.Field, error) {
	fields, err := c.Fields(ctx)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if _, found, err := match(bareTag(key), fields, fieldName); err == nil && !found {
			return c.fields.get(ctx, justNow)
		}
	}
	return fields, nil
}

func bareTag(ref string) string {
	if inner, ok := strings.CutPrefix(text.Clean(ref), "{{"); ok {
		if inner, ok = strings.CutSuffix(inner, "}}"); ok {
			return strings.TrimSpace(inner)
		}
	}
	return ref
}

// CreateField creates a field; without a merge tag, one is made from the name. A name or merge tag that is there
// already is already_exists. When the API's answer is lost, the fields are looked at before the request is repeated.
func (c *Catalog) CreateField(ctx context.Context, field apiclient.Field) (apiclient.Field, error) {
	field.MergeTag = text.Clean(bareTag(field.MergeTag))
	if field.MergeTag == "" {
		field.MergeTag = MergeTag(field.Name)
	}
	if !validTag(field.MergeTag) {
		return apiclient.Field{}, fault.New(fault.InvalidInput, "merge_tag: "+text.Quote(field.MergeTag)+" cannot be a merge tag.", "",
			"Give a merge_tag of lower-case letters, digits and underscores that begins with a letter, like customer_since.")
	}
	if sameName(field.Name, builtIn) || field.MergeTag == builtIn {
		return apiclient.Field{}, errBuiltIn
	}
	fields, err := c.fields.get(ctx, 0)
	if err != nil {
		return apiclient.Field{}, err
	}
	same := func(f apiclient.Field) bool {
		return sameName(f.Name, field.Name) || strings.EqualFold(f.MergeTag, field.MergeTag)
	}
	if i := slices.IndexFunc(fields, same); i >= 0 {
		return fields[i], fieldExists(fields[i])
	}
	if len(fields) >= apiclient.MaxFields {
		return apiclient.Field{}, fault.New(fault.LimitReached, fmt.Sprintf("The account has %d custom fields, which is Mailtrap's limit.", len(fields)), "",
			"Ask the operator which field can go.")
	}
	defer c.fields.forget()
	look := func(wanted func(apiclient.Field) bool) (apiclient.Field, bool, error) {
		return lookFor(ctx, c.fields, wanted)
	}
	created, err := createOnce(func() (apiclient.Field, error) { return c.api.CreateField(ctx, field) },
		func() (apiclient.Field, bool, error) {
			return look(func(f apiclient.Field) bool { return f.MergeTag == field.MergeTag })
		})
	if isTaken(err, "name") || isTaken(err, "merge_tag") {
		if there, found, _ := look(same); found {
			return there, fieldExists(there)
		}
	}
	return created, stillUnknown(err, "field", "list_fields")
}

// builtIn is the name and merge tag of the field that holds the address (observed in the interface). The API does not
// list it.
const builtIn = "email"

var errBuiltIn = fault.New(fault.InvalidInput, `"email" is reserved: it is the name and merge tag of the built-in field with the contact's address.`, "",
	`Nothing was sent; for another address choose a name like "Second address" with the merge tag second_address.`)

func fieldExists(field apiclient.Field) error {
	return fault.New(fault.AlreadyExists, fmt.Sprintf("There is a field %s already: merge tag %s, type %s, id %d.",
		text.Quote(field.Name), text.Clip(field.MergeTag, text.MaxValue), field.DataType, field.ID), "",
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
