package schema

import (
	"errors"
	"slices"
	"strings"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"mailtrap-contacts-mcp/text"
)

// Format is a named form of a string, such as "email", that values are held to.
type Format struct {
	Name string

	// Check returns nil, or an error whose text goes on where the quoted value left off: "is not a valid e-mail
	// address; give one like name@example.com". What follows the first "; " is what would be right.
	Check func(string) error
}

// Formats are those that the validator checks by itself, each with its words for what breaks it.
var Formats = []Format{
	{Name: "date", Check: told("is not a date; give one like 2026-01-31")},
	{Name: "date-time", Check: told("is not a date with time; give one like 2026-01-31T09:30:00Z")},
	{Name: "email", Check: told("is not a valid e-mail address; give one like name@example.com")},
	{Name: "uri", Check: told("is not a URL; give one like https://example.com/page")},
	{Name: "uuid", Check: told("is not a UUID; give one like 018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132")},
}

func told(words string) func(string) error {
	return func(string) error { return errors.New(words) }
}

// maxFormatError bounds what a Check may say, for its text may carry the value.
const maxFormatError = 300

func byName(given []Format) map[string]Format {
	formats := make(map[string]Format, len(Formats)+len(given))
	for _, format := range append(slices.Clone(Formats), given...) {
		formats[format.Name] = format
	}
	return formats
}

func (f Format) forValidator() *validator.Format {
	return &validator.Format{Name: f.Name, Validate: func(value any) error {
		if s, isString := value.(string); isString {
			return f.Check(s)
		}
		return nil
	}}
}

// complain words the error that the validator met when it checked value.
func (f Format) complain(value string) (what, right string) {
	err := f.Check(value)
	if err == nil {
		return text.Quote(value) + " is not accepted", ""
	}
	what, right, _ = strings.Cut(text.Clip(err.Error(), maxFormatError), "; ")
	return text.Quote(value) + " " + strings.TrimSuffix(what, "."), strings.TrimSuffix(right, ".")
}
