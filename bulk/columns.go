package bulk

import (
	"strings"
	"unicode"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// columnPlan says what each column of a file is.
type columnPlan struct {
	email  int // index of the address
	fields []*apiclient.Field
	// optOuts are the columns that say whether a person may be mailed.
	optOuts []optOut
	// Ignored are the columns that no field of the account matches and that are not opt-outs.
	Ignored []string
}

// aliases are headers of common exports for what Mailtrap calls otherwise, in plain form (letters and digits only).
var aliases = map[string]string{
	"email": "email", "emailaddress": "email", "mail": "email", "emails": "email", "primaryemail": "email", "contactemail": "email", "subscriberemail": "email",
	"firstname": "first_name", "givenname": "first_name", "forename": "first_name", "fname": "first_name",
	"company": "company", "companyname": "company", "organization": "company", "organisation": "company",
	"lastname": "last_name", "surname": "last_name", "familyname": "last_name", "lname": "last_name",
}

// planColumns matches a header to the account's fields: by merge tag, by name, by known alias, in plain form.
func planColumns(columns []string, fields []apiclient.Field) (columnPlan, error) {
	known := knownFields(fields)
	plan := columnPlan{email: -1, fields: make([]*apiclient.Field, len(columns))}
	taken := map[string]string{}
	for i, column := range columns {
		if isOwnColumn(column) {
			continue
		}
		name := plain(column)
		field, isField := known[name]
		switch alias := aliases[name]; {
		case name == "email", !isField && alias == "email":
			if plan.email >= 0 {
				return plan, twice("an e-mail address", columns[plan.email], column)
			}
			plan.email = i
			continue
		case !isField && alias != "":
			field, isField = known[plain(alias)]
		}
		out, isOptOut := findOptOut(i, column, isField)
		if isOptOut {
			plan.optOuts = append(plan.optOuts, out)
		}
		if !isField {
			if !isOptOut {
				plan.Ignored = append(plan.Ignored, column)
			}
			continue
		}
		if other, ok := taken[field.MergeTag]; ok {
			return plan, twice("the field "+text.Clip(field.MergeTag, 60), other, column)
		}
		taken[field.MergeTag] = column
		plan.fields[i] = field
	}
	if plan.email < 0 {
		return plan, fault.New(fault.InvalidInput, "file: no column holds e-mail addresses.",
			"The columns are "+text.Listing(quoteAll(columns), 12)+".", "Name the column with the addresses \"email\" in the first line.")
	}
	return plan, nil
}

// knownFields are the fields by name and merge tag in plain form; what is one field's tag and another's name is the tag.
func knownFields(fields []apiclient.Field) map[string]*apiclient.Field {
	known := make(map[string]*apiclient.Field, 2*len(fields))
	for _, nameOf := range []func(apiclient.Field) string{
		func(f apiclient.Field) string { return f.Name },
		func(f apiclient.Field) string { return f.MergeTag },
	} {
		for i := range fields {
			if name := plain(nameOf(fields[i])); name != "" {
				known[name] = &fields[i]
			}
		}
	}
	return known
}

// The columns that a file of rejected rows has before those of the source. They are passed over when the mended file is
// imported, whatever fields the account has.
const (
	lineColumn   = "rejected_line"
	reasonColumn = "rejected_reason"
)

func isOwnColumn(column string) bool { return column == lineColumn || column == reasonColumn }

func twice(what, one, other string) error {
	return fault.New(fault.InvalidInput, "file: two columns hold "+what+": "+text.Quote(one)+" and "+text.Quote(other)+".", "",
		"Remove or rename one of them, and repeat the call; nothing was sent.")
}

func quoteAll(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = text.Quote(name)
	}
	return quoted
}

// plain reduces a header to its letters and digits in lower case: "E-mail Address" and "email_address" are one.
func plain(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

// cell is a row's cell, trimmed; empty where the row is too short.
func cell(cells []string, i int) string {
	if i >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

// tags says what each column is: "email", a merge tag, or empty.
func (p columnPlan) tags() []string {
	tags := make([]string, len(p.fields))
	for i, field := range p.fields {
		if field != nil {
			tags[i] = field.MergeTag
		}
	}
	tags[p.email] = "email"
	return tags
}
