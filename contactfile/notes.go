package contactfile

import (
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
	Name string
	// Rows is how many there are; 0 where they were not counted.
	Rows int
	// First and Last are their lines; 0 where they have none.
	First, Last int
	// Says is what the first few of them say, shortened.
	Says []string
	// People is set when addresses are among them.
	People bool
}

const (
	maxNotes    = 60 // further ones count in the last of their kind
	notedLines  = 3
	notedLength = 120
)

// add counts a row in the note.
func (n *Note) add(row Row) {
	n.Rows++
	if n.First == 0 {
		n.First = row.Line
	}
	n.Last = row.Line
	if len(n.Says) < notedLines {
		n.Says = append(n.Says, shown(row.Cells))
	}
	n.People = n.People || addressIn(row.Cells) >= 0
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
