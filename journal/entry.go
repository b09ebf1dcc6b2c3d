package journal

import (
	"encoding/json"
	"time"
)

// Action is what a write does.
type Action string

// The actions.
const (
	Create Action = "create"
	Update Action = "update"
	Delete Action = "delete"
	Import Action = "import"
	Fire   Action = "fire"
	// Of OptOuts; nothing is sent.
	Remembering Action = "remember"
	Forgetting  Action = "forget"
)

// Kind is what a write is done to.
type Kind string

// The kinds.
const (
	Contact  Kind = "contact"
	Contacts Kind = "contacts" // many at once, by an import
	List     Kind = "list"
	Field    Kind = "field"
	Event    Kind = "event"
	// Suppression is an address that the sending side is to deliver nothing to; its subject is the address.
	Suppression Kind = "suppression"
	OptOuts     Kind = "opt_outs" // people who said no to mail in what was imported
)

// State is what is known about a write.
type State string

// The states. A process that is killed leaves Intended or Sending.
const (
	Intended State = "intended" // recorded, and not sent as far as is known
	Sending  State = "sending"  // has left, and no outcome is recorded
	Done     State = "done"
	Failed   State = "failed"   // refused by the API; nothing was changed
	NotSent  State = "not_sent" // given up before it left
	Unknown  State = "unknown"  // has left, and it could not be found out what became of it
)

// Change is what one call did.
type Change struct {
	ID        int64
	At        time.Time
	Tool      string
	Client    string
	Confirmed bool  // the operator agreed to it
	Undoes    int64 // the change it undid; 0 if none
	// Writes are those that were asked for; Prospect is of all of them.
	Writes   []Entry
	Prospect Prospect
}

// Entry is a write as it was recorded.
type Entry struct {
	ID            int64
	At            time.Time
	Action        Action
	Kind          Kind
	Subject, Name string
	State         State
	Before, After json.RawMessage // nil where there was nothing, or nothing is known
	Final         string
	Consent       string
	Failure       string // the code of the fault it ended with
	Undoes        int64  // the write it undid
	UndoneBy      int64  // the change that undid it, and was not itself undone
	Part          int64  // the write to many contacts at once that it is a part of; 0 for any other
}

// Touched reports whether the write may have changed the account.
func (e Entry) Touched() bool {
	return e.State == Done || e.State == Sending || e.State == Unknown
}

// IsOpen reports whether undoing the write may be tried. A write to many contacts is undone by its parts.
func (e Entry) IsOpen() bool {
	return e.Touched() && e.UndoneBy == 0 && e.Final == "" && e.Kind != Contacts
}
