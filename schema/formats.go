package schema

import (
	"strings"

	"mailtrap-contacts-mcp/text"
)

// Format is a named form of a string, such as "email", that values are held to.
type Format struct {
	Name string

	// Check returns nil, or an error whose text goes on where the quoted value left off: "is not a valid e-mail
	// address; give one like name@example.com". What follows the first "; " is what would be right.
	Check func(string) error
}

// maxFormatError bounds what a Check may say, for its text may carry the value.
const maxFormatError = 300

// complain words the error of a Check.
func complain(value string, err error) (what, right string) {
	what, right, _ = strings.Cut(text.Clip(err.Error(), maxFormatError), "; ")
	return text.Quote(value) + " " + strings.TrimSuffix(what, "."), strings.TrimSuffix(right, ".")
}
