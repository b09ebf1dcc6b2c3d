package contactfile

import (
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// NoteKind is what a note is about.
type NoteKind string

// What a file may have besides its rows. Rows that were held back, hidden or crossed out may name people.
const (
	Preamble       NoteKind = "preamble"        // what stands before the table
	RepeatedHeader NoteKind = "repeated_header" // the header once more, among the rows
	Footer         NoteKind = "footer"          // totals and text behind the rows
	HeldBack       NoteKind = "held_back"       // rows behind a line of text or another header: they may be other people
	HiddenRows     NoteKind = "hidden_rows"     // of a filtered sheet
	CrossedRows    NoteKind = "crossed_rows"    // rows of a sheet that are crossed out
	OtherSheet     NoteKind = "other_sheet"
	OtherFile      NoteKind = "other_file" // in the same archive
	OtherArray     NoteKind = "other_array"
)

// Note is something in a file that was not read as a row.
type Note struct {
	Kind NoteKind
	// Name is that of a sheet, a file or an array, or what introduces the rows that were held back.
	Name string `json:",omitempty"`
	// Rows is how many there are, First and Last their lines; 0 where that is not known.
	Rows, First, Last int `json:",omitempty"`
	// People is set when addresses are among them.
	People bool `json:",omitempty"`
}

const (
	maxNotes    = 60 // further ones count in the last of their kind
	notedLength = 120
)

// add counts a row in the note.
func (n *Note) add(row Row) {
	n.Rows++
	if n.First == 0 {
		n.First = row.Line
	}
	n.Last = row.Line
	n.People = n.People || addressIn(row.Cells) >= 0
}

// Describe says what was not read: `2 rows behind "Unsubscribed", lines 7 to 8`.
func (n Note) Describe() string {
	name := text.QuoteUpTo(n.Name, 60)
	said := ""
	switch n.Kind {
	case Preamble:
		said = text.Count(n.Rows, "line") + " above the table"
	case RepeatedHeader:
		said = "the header again, " + text.Count(n.Rows, "time")
	case Footer:
		said = text.Count(n.Rows, "line") + " of totals or text"
	case HeldBack:
		said = text.Count(n.Rows, "row") + " below the line " + name + ", held back because they may be other people"
	case HiddenRows:
		said = text.Count(n.Rows, "hidden row")
	case CrossedRows:
		said = text.Count(n.Rows, "row") + " crossed out, held back because they may be meant to be deleted"
	case OtherSheet:
		said = "the sheet " + name
	case OtherFile:
		said = "the file " + name + " of the archive"
	case OtherArray:
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
	switch n.Kind {
	case OtherSheet, OtherFile, OtherArray:
		if n.People {
			said += ", which holds addresses"
		}
	}
	return said
}

// shown is a row as one short text.
func shown(cells []string) string {
	var filled []string
	length := 0
	for _, cell := range cells {
		if cell = strings.TrimSpace(cell); cell != "" && length < notedLength {
			filled = append(filled, text.Clip(cell, notedLength))
			length += len(cell)
		}
	}
	return text.Clip(strings.Join(filled, ", "), notedLength)
}

// notes are those of a file, in the order they were made.
type notes []*Note

// open returns the note to which rows of a kind are added: a new one, or the last of its kind when there are many.
func (n *notes) open(kind NoteKind, name string) *Note {
	if len(*n) >= maxNotes {
		for i := len(*n) - 1; i >= 0; i-- {
			if (*n)[i].Kind == kind {
				return (*n)[i]
			}
		}
	}
	note := &Note{Kind: kind, Name: text.Clip(name, notedLength)}
	*n = append(*n, note)
	return note
}

// last returns the last note of a kind, or a new one.
func (n *notes) last(kind NoteKind) *Note {
	for i := len(*n) - 1; i >= 0; i-- {
		if (*n)[i].Kind == kind {
			return (*n)[i]
		}
	}
	return n.open(kind, "")
}
