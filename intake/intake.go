// Package intake turns a contact file of any size, or the rows of a call, into contacts ready to send.
//
// Columns are matched to the account's fields, cells read as their types, and addresses checked. Rows of one address are
// merged, and who does not want mail is left out, whichever of their rows says so. That can be known of an address only
// when the last row was read, so the rows are put aside by address, in a temporary file where they are many, and merged
// one part after the other. What is held at a time is bounded by a part and a chunk, and not by the file.
package intake

import (
	"context"
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Limits of a chunk: the contacts that one request of an import may have (spec), and what uploads in reasonable time.
const (
	MaxChunkContacts = apiclient.MaxImportRows
	MaxChunkBytes    = 8 << 20
)

// Chunk is some contacts. In a selection they have no values, and some are named by their UUIDs.
type Chunk struct {
	Rows  Rows
	Count int
	Joins bool // one of them at least names lists to join

	size int // about, as JSON
}

// Add adds a contact whose values are of the chunk's tags, unless it is full.
func (c *Chunk) Add(one Row) (added bool) { return c.add(one, MaxChunkContacts, MaxChunkBytes) }

func (c *Chunk) add(one Row, contacts, size int) (added bool) {
	length, joins := one.measure()
	if c.Count > 0 && (c.Count >= contacts || c.size+length > size) {
		return false
	}
	c.Rows = c.Rows.add(one.key, one.values)
	c.Count, c.Joins, c.size = c.Count+1, c.Joins || joins, c.size+length
	return true
}

// Stage keeps what is read from a source. It is called from the caller's goroutine and may not keep its arguments. Its errors
// end the reading and are returned unchanged.
type Stage interface {
	// Contacts takes contacts that can be sent, each address once over all chunks: at most MaxChunkContacts of them and
	// about MaxChunkBytes as JSON. Those of a small source are in its order, those of a large one in any.
	Contacts(ctx context.Context, chunk Chunk) error
	// Rejected takes rows that cannot be imported, in the order of their lines, before and after contacts, and the source's columns.
	// An address may be among them that a contact has too.
	Rejected(ctx context.Context, columns []string, rows []Rejected) error
	// OptedOut takes addresses of people who have unsubscribed or reported mail as spam, as the source says for sure: they
	// are among the rejected, and may have to be unsubscribed. Each is given once.
	OptedOut(ctx context.Context, emails []string) error
}

// Account is what the account says. What is nil says nothing.
type Account struct {
	// Fields returns the account's fields, of which some are named, as catalog.FieldsFor does.
	Fields func(ctx context.Context, named []string) ([]apiclient.Field, error)
	// Standing says of an address why it may not be imported (its person was deleted here while unsubscribed, or said no in what
	// was imported before), or that its person was erased before. It is called once for each contact, one after the other, beside the stage.
	Standing func(ctx context.Context, email string) (reason string, erasedBefore bool, err error)
	// Unsubscribed are the people who are contacts and unsubscribed, as far as that is known; nil: nobody knows.
	Unsubscribed *AddressSet
	// Lists returns the account's lists; nil where a column of lists is not read.
	Lists func(ctx context.Context) ([]apiclient.List, error)
	// Scratch is the folder for temporary files; empty: the system's.
	Scratch string
	// Progress is told in the caller's goroutine how much of the file was read, in bytes, and how much there is to read, as
	// far as it is known. A file that has to be read once more counts twice.
	Progress func(read, size int64)
}

// Reading is what a call says about its source.
type Reading struct {
	// Mapping says of columns which field they go into, by name, merge tag or id, or "email" or "ignore".
	Mapping map[string]string
	// CreateFields makes the fields that are proposed for the other columns; the caller creates them before it sends.
	CreateFields bool
	// CreateLists has lists created that the account does not have and a column of lists names; NewLists are to be created
	// anyway.
	CreateLists bool
	NewLists    []string
	// DateOrder is "dmy", "mdy" or "ymd", for dates that can be read in more than one order.
	DateOrder string
	// DecimalSign is "." or ",", for numbers that can be read with either.
	DecimalSign string
	// LeaveEmpty leaves values out that do not fit their fields, in place of the contacts that have them.
	LeaveEmpty bool
	// Skip are the addresses to leave out.
	Skip []Doubt
	// Willing has those left out of a selection whom the file says not to mail, or of whom it leaves that open, as an import does.
	Willing bool
	// Whole is set when who is not in the source is taken for absent: then it is looked for what of a file was not read.
	Whole bool
	// Encoding, Delimiter and Sheet say what the file does not say itself; Columns are the names for one without a header.
	Encoding, Delimiter, Sheet string
	Columns                    []string
	// HiddenRows has the hidden rows of a workbook read like the others.
	HiddenRows bool
}

// named are the fields that a mapping names.
func (r Reading) named() []string {
	var names []string
	for _, to := range r.Mapping {
		if to = strings.TrimSpace(to); !strings.EqualFold(to, asAddress) && !strings.EqualFold(to, asNothing) {
			names = append(names, to)
		}
	}
	return names
}

// Summary is the result of reading a source. Read = Contacts + Merged + Rejected: each row is a contact, was merged into one that
// has its address, or is rejected. Rows that were merged before their person turned out not to be importable are one
// rejected row, and the others of them still count as merged.
type Summary struct {
	Read, Merged, Contacts, Rejected int
	// OptedOut is how many people may not be mailed: the source says so of most, and of Guarded it is known here (they were
	// deleted while unsubscribed, or said no in what was imported before). Of SaidNo the source says that they unsubscribed or
	// complained. HeldBack is of how many others the source leaves it open. Their rows are among the rejected.
	OptedOut, Guarded int
	SaidNo            int `json:",omitempty"`
	HeldBack          int `json:",omitempty"`
	// Unsubscribed are contacts that are unsubscribed in the account; Skipped is never set.
	Unsubscribed Doubtful `json:",omitzero"`
	// Export is set of an export of Mailtrap's or of this program's.
	Export bool `json:",omitempty"`
	// Mail are the columns that say who may be mailed, and what they say.
	Mail []MailColumn `json:",omitempty"`
	// Doubted is why an import of a file would be refused for what its people may want; of a selection that is to be Willing only.
	Doubted *fault.Error `json:"-"`
	// ErasedBefore is how many of the contacts are people who asked for erasure before.
	ErasedBefore int
	// Unread is how many of the rejected rows have no address that can be read, so that whose they are is not known. Gaps
	// say what else of a source that is to be Whole was not read, or may not be there.
	Unread int      `json:",omitempty"`
	Gaps   []string `json:",omitempty"`
	// Reasons are the most frequent reasons of rejections, First is the first rejected row, without its cells, and Named are
	// the first few.
	Reasons []Reason
	First   Rejected
	Named   []NamedRow `json:",omitempty"`
	// Given is true of rows of a call: their line is their place among the rows.
	Given bool
	// Format says what a file was found to be, Notes what of it was not read.
	Format string
	Notes  []Note `json:",omitempty"`
	// Columns is the source's header, for the file of rejected rows, and Tags say what each of them is: "email", "id" (in a
	// selection), a merge tag, or nothing. Ignored are those that match no field and serve for nothing else.
	Columns, Tags, Ignored []string
	// Uses says what each column of a file became; Proposed are fields for those that have none, Created those of them that
	// have to be created before the contacts are sent.
	Uses              []Use
	Proposed, Created []Proposal
	// Lists are those of the account that contacts join for a column of lists. NewLists are those to create, first those that
	// were to be created anyway; in a Contact the i-th has the id -1-i.
	Lists    []apiclient.List `json:",omitempty"`
	NewLists []string         `json:",omitempty"`
	// Remarks say what was made of cells that are not what they look like, and BadValues which values were left out because
	// they do not fit their fields: the first of LeftEmpty.
	Remarks   []Remark   `json:",omitempty"`
	LeftEmpty int        `json:",omitempty"`
	BadValues []BadValue `json:",omitempty"`
	// Roles and Typos are addresses that are seldom worth mailing.
	Roles, Typos Doubtful
	// Sample are the first contacts in the order of the source, as they will be sent.
	Sample []Contact
	// Filled is how many contacts get a value, by merge tag; those of created fields too.
	Filled map[string]int
}

// IsWhole reports that nothing of the source is left that may name people who were not read.
func (s *Summary) IsWhole() bool { return s.Unread == 0 && len(s.Gaps) == 0 }

// Contact is one contact as it will be sent; one of a selection has an address or an id.
type Contact struct {
	Email      string           `json:"email,omitempty"`
	ID         string           `json:"id,omitempty"` // a UUID
	Fields     apiclient.Values `json:"fields,omitempty"`
	AddToLists []int64          `json:"list_ids_included,omitempty"`
	RemoveFrom []int64          `json:"list_ids_excluded,omitempty"`
	// Missing marks a contact that is there and not in the source of a sync.
	Missing bool `json:"missing,omitempty"`
}

// sampled is how many contacts a sample has.
const sampled = 5

const ofOtherMatters = "If a column that is named here has nothing to do with mail, have the operator rename it in the file."

// NothingToImport is the fault of a source without a contact to import.
func (s *Summary) NothingToImport() error {
	why, next := "The file has a header and nothing below it.", "Correct the file and repeat the call; nothing was sent."
	if s.Given {
		why, next = "There are no rows.", "Nothing was sent."
	}
	if s.Rejected > 0 {
		place := "line"
		if s.Given {
			place = "row"
		}
		all := "All " + text.Count(s.Rejected, "row") + " were rejected"
		if s.Rejected == 1 {
			all = "The only row was rejected"
		}
		why = fmt.Sprintf("%s; %s %d: %s.", all, place, s.First.Line, s.First.Reason)
	}
	switch {
	case s.HeldBack > 0:
		next = "Nothing was sent. Find out what the values mean that leave it open. " + s.Release()
	case s.SaidNo > 0 && !s.Given:
		next = "Nothing was sent, and nobody is remembered. Do not import people who have unsubscribed: unsubscribe: true remembers " +
			"them, and unsubscribes those who are contacts. " + ofOtherMatters
	case s.OptedOut > 0:
		next = "Nothing was sent. Correct what is wrong, but do not import people who have unsubscribed. " + ofOtherMatters
	}
	return fault.New(fault.InvalidInput, "There is no contact to import.", why, next)
}
