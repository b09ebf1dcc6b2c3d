package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Offer says which of the tools agents get. The zero value is all of them.
type Offer struct {
	// Toolsets are those that are switched on; none named means all.
	Toolsets []Toolset
	// ReadOnly keeps only the tools that change nothing in the account.
	ReadOnly bool
	// JournalOff withholds the tools that are about recorded changes, because none are recorded.
	JournalOff bool
}

// Apply parts the tools into those that agents get and those withheld from them, each in the order given. What is
// withheld is not to be listed; called all the same, it says what the operator would have to switch on. A toolset that
// does not exist is an error, and so is a offer that leaves no tool.
func (o Offer) Apply(all []Callable) (enabled, withheld []Callable, err error) {
	if err := o.check(all); err != nil {
		return nil, nil, err
	}
	chosen := map[string]bool{}
	for _, callable := range all {
		chosen[callable.Name] = o.switchedOn(callable.Toolset) && o.permits(callable)
	}
	for _, callable := range all {
		wanted := chosen[callable.Name] || slices.ContainsFunc(callable.Accompanies, func(name string) bool { return chosen[name] })
		switch {
		case !o.permits(callable):
			// Also of a toolset that is off: switching that on would not help.
			withheld = append(withheld, callable.refusing(errReadOnlyTool(callable)))
		case o.JournalOff && callable.OfJournal:
			withheld = append(withheld, callable.refusing(errJournalOff(callable)))
		case !wanted:
			withheld = append(withheld, callable.refusing(o.errSwitchedOff(callable)))
		default:
			enabled = append(enabled, callable)
		}
	}
	if len(enabled) == 0 {
		return nil, nil, fmt.Errorf("no tool is left: --read-only allows only tools that read, and --toolsets %s has none", o)
	}
	return enabled, withheld, nil
}

// String is the toolsets as --toolsets takes them.
func (o Offer) String() string {
	return strings.Join(toolsetNames(o.Toolsets), ",")
}

func (o Offer) check(all []Callable) error {
	var known []string
	for _, callable := range all {
		if toolset := string(callable.Toolset); !slices.Contains(known, toolset) {
			known = append(known, toolset)
		}
	}
	for _, name := range toolsetNames(o.Toolsets) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("there is no toolset %s; there are %s", text.Quote(name), strings.Join(text.Closest(name, known), ", "))
		}
	}
	return nil
}

func (o Offer) switchedOn(toolset Toolset) bool {
	return len(o.Toolsets) == 0 || slices.Contains(toolsetNames(o.Toolsets), string(toolset))
}

func (o Offer) permits(callable Callable) bool { return !o.ReadOnly || !callable.Writes() }

// toolsetNames are the toolsets as they are meant: people put spaces after commas.
func toolsetNames(toolsets []Toolset) []string {
	trimmed := make([]string, len(toolsets))
	for i, toolset := range toolsets {
		trimmed[i] = strings.TrimSpace(string(toolset))
	}
	return trimmed
}

func errReadOnlyTool(callable Callable) *fault.Error {
	return fault.New(fault.ReadOnly, "This server is read-only, so "+callable.Name+" is not available.",
		"It was started with --read-only (MAILTRAP_MCP_READ_ONLY).",
		"Nothing was changed. Tell the operator what you wanted to do: they can do it in Mailtrap, or start the server without --read-only.")
}

func errJournalOff(callable Callable) *fault.Error {
	return fault.New(fault.NotFound, callable.Name+" is not available, because no changes are recorded.",
		"This server was started with --journal off (MAILTRAP_MCP_JOURNAL).",
		"Do without it, or ask the operator to start the server with the journal on.")
}

func (o Offer) errSwitchedOff(callable Callable) *fault.Error {
	return fault.New(fault.NotFound, fmt.Sprintf("The tool %s is switched off.", callable.Name),
		fmt.Sprintf("This server was started with --toolsets %s.", o),
		fmt.Sprintf("Do without it, or ask the operator to add %s to --toolsets (MAILTRAP_MCP_TOOLSETS) and restart the server.",
			callable.Toolset))
}

// refusing is the tool by name only: every call of it fails with why, whatever its arguments.
func (c Callable) refusing(why *fault.Error) Callable {
	c.call = func(context.Context, json.RawMessage) (answer, error) { return answer{}, why }
	return c
}
