package intake

import (
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/contactfile"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Note is something in a file that was not read as one of its rows.
type Note struct {
	// Kind is one of contactfile's, such as "held_back" or "hidden_rows".
	Kind string
	// Name is that of a sheet, a file or an array, or what introduces rows that were held back.
	Name string `json:",omitempty"`
	// Rows is how many there are, First and Last their lines; 0 where that is not known.
	Rows, First, Last int `json:",omitempty"`
	// People is set when addresses are among them.
	People bool `json:",omitempty"`
}

func notesOf(found []contactfile.Note) []Note {
	notes := make([]Note, 0, len(found))
	for _, note := range found {
		notes = append(notes, Note{string(note.Kind), note.Name, note.Rows, note.First, note.Last, note.People})
	}
	return notes
}

// withheld are the notes of people whom the file names and who were not read.
func withheld(notes []Note) []Note {
	var found []Note
	for _, note := range notes {
		switch contactfile.NoteKind(note.Kind) {
		case contactfile.HeldBack, contactfile.HiddenRows, contactfile.CrossedRows, contactfile.OtherArray:
			if note.People {
				found = append(found, note)
			}
		}
	}
	return found
}

// Describe says what was not read: `2 rows behind "Unsubscribed", lines 7 to 8`.
func (n Note) Describe() string {
	name := text.QuoteUpTo(n.Name, 60)
	said := ""
	switch contactfile.NoteKind(n.Kind) {
	case contactfile.Preamble:
		said = text.Count(n.Rows, "line") + " above the table"
	case contactfile.RepeatedHeader:
		said = "the header again, " + text.Count(n.Rows, "time")
	case contactfile.Footer:
		said = text.Count(n.Rows, "line") + " of totals or text"
	case contactfile.HeldBack:
		said = text.Count(n.Rows, "row") + " below the line " + name + ", held back because they may be other people"
	case contactfile.HiddenRows:
		said = text.Count(n.Rows, "hidden row")
	case contactfile.CrossedRows:
		said = text.Count(n.Rows, "row") + " crossed out, held back because they may be meant to be deleted"
	case contactfile.OtherSheet:
		said = "the sheet " + name
	case contactfile.OtherFile:
		said = "the file " + name + " of the archive"
	case contactfile.OtherArray:
		said = "the array " + name
		if n.Rows > 0 {
			said += " of " + text.Number(n.Rows)
		}
	}
	switch n.First {
	case 0:
	case n.Last:
		said += fmt.Sprintf(" (line %d)", n.First)
	default:
		said += fmt.Sprintf(" (lines %d to %d)", n.First, n.Last)
	}
	switch contactfile.NoteKind(n.Kind) {
	case contactfile.OtherSheet, contactfile.OtherFile, contactfile.OtherArray:
		if n.People {
			said += ", which holds addresses"
		}
	}
	return said
}

// refuseUnwilling refuses a file that is called after people who do not want mail.
func refuseUnwilling(about contactfile.Description) error {
	if about.Unwilling == "" {
		return nil
	}
	what := "file: its people do not seem to want mail, or cannot get it."
	why := "It, or what of it was read, is called " + text.QuoteUpTo(strings.TrimSpace(about.Unwilling), 100) + "."
	return fault.New(fault.InvalidInput, what, why,
		"Nothing was sent. To unsubscribe these people, select them by this file in a bulk update. If they did agree to be "+
			"mailed, have the operator rename it, and call again.")
}
