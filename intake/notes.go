package intake

import (
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contactfile"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Note is something in a file that was not read as one of its rows.
type Note = contactfile.Note

// withheld are the notes of people whom the file names and who were not read.
func withheld(notes []Note) []Note {
	var found []Note
	for _, note := range notes {
		switch note.Kind {
		case contactfile.HeldBack, contactfile.HiddenRows, contactfile.CrossedRows, contactfile.OtherArray:
			if note.People {
				found = append(found, note)
			}
		}
	}
	return found
}

// refuseUnwilling refuses a file that is called after people who do not want mail.
func refuseUnwilling(about contactfile.Description) error {
	if about.Unwilling == "" {
		return nil
	}
	what := "file: its people do not seem to want mail, or cannot get it."
	why := "It, or what of it was read, is called " + text.QuoteUpTo(strings.TrimSpace(about.Unwilling), 100) + "."
	return fault.New(fault.InvalidInput, what, why,
		"Nothing was sent. To unsubscribe all of these people, select them by this file in a bulk update, which considers no other "+
			"column. If they did agree to be mailed, have the operator rename it, and call again.")
}

func noAddresses(names []string) error {
	isAddress := func(name string) bool {
		_, err := apiclient.ParseEmail(name)
		return err == nil
	}
	next := `Name the column with the addresses "email" in the first line, or say which it is with mapping, like {"Contact": "email"}.`
	if slices.ContainsFunc(names, isAddress) {
		next = `The first row seems to be a contact and no header: give the columns' names in columns, like ["email", "first_name"].`
	}
	return fault.New(fault.InvalidInput, "file: no column holds e-mail addresses.",
		"The columns are "+text.Listing(text.Quotes(names, text.MaxValue), 12)+".", next)
}
