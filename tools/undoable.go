package tools

import (
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/text"
)

// undoable says of a plan, before it is carried out, whether what it does can be undone.
func (box *Toolbox) undoable(planned bulk.Status) string {
	spec, found := planned.Spec, planned.Spec.Compared
	unknown := planned.Together - spec.Before
	switch {
	case planned.Kind == bulk.Event:
		return "It cannot be undone: automations may send mail at once."
	case !box.Journal.IsOn():
		return "It cannot be undone: this server records no changes (--journal off)."
	case spec.Final != "":
		return "It cannot be undone. " + spec.Final
	case unknown > 0 && spec.Before == 0 && planned.Tool == "import_contacts":
		return "It cannot be undone: without a fresh snapshot it is not known what these contacts were before. Take one with " +
			"search_contacts and refresh: true, and preview again."
	case unknown > 0 && spec.Before == 0:
		return "It cannot be undone: so many are sent at once, and what they were before is not known."
	case !box.offers("undo_change"):
		return ""
	}
	said := "It can be undone with undo_change for " + text.Count(box.Journal.Days(), "day")
	switch {
	case unknown > 0:
		said += ", except for " + text.Count(unknown, "contact") + " of whom it is not known what they were before"
	case planned.Kind == bulk.Delete:
		said += ": who was deleted is created again, with a new id"
	case planned.Kind == bulk.Import && found != nil && found.Creates > 0:
		said += "; contacts that it creates stay, unless undo_change is called with delete_created: true"
	}
	return said + "."
}
