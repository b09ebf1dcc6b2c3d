package tools

// Effect says what a tool does to the Mailtrap account. The zero value is no effect declared, and an error.
type Effect int

// The effects, from harmless to final.
const (
	Reads    Effect = iota + 1 // changes nothing
	Sets                       // brings about a state; repeating it changes nothing more
	Adds                       // adds something each time it is called
	Destroys                   // removes what cannot be brought back as it was
)

// Hints are MCP's four tool annotations. All tools reach an outside service, so OpenWorld is always true.
type Hints struct {
	ReadOnly, Destructive, Idempotent, OpenWorld bool
}

// Hints derives the MCP annotations from the effect.
func (e Effect) Hints() Hints {
	return Hints{
		ReadOnly: e == Reads,
		// MCP calls an update destructive unless it only adds: bringing about a state may overwrite another.
		Destructive: e == Sets || e == Destroys,
		Idempotent:  e != Adds,
		OpenWorld:   true,
	}
}

// String names the effect as the documentation does.
func (e Effect) String() string {
	switch e {
	case Reads:
		return "reads"
	case Sets:
		return "sets"
	case Adds:
		return "adds"
	case Destroys:
		return "destroys"
	}
	return "undeclared"
}

// Toolset is a group of tools that is switched on and off together.
type Toolset string

// The toolsets.
const (
	Contacts  Toolset = "contacts"
	Lists     Toolset = "lists"
	Fields    Toolset = "fields"
	Events    Toolset = "events"
	Bulk      Toolset = "bulk"
	Audience  Toolset = "audience"
	Campaigns Toolset = "campaigns"
	Account   Toolset = "account"
)
