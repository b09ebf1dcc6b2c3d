package journal

import "time"

// Statements are those that must find what they look for by an index, however long the journal is.
func Statements() map[string]string {
	statements := map[string]string{
		"Find": sqlFind, "writes": sqlWrites, "Later": sqlLater, "undoneBy": sqlUndoneBy, "undone": sqlUndone, "has several": sqlHasSeveral, "sorts": sqlSorts, "requests": sqlRequests, "list name": sqlListName, "to one": sqlTheirs, "Events": sqlEvents,
		"prune": sqlPrune, "prune erasures": sqlPruneErasures, "erasures": sqlErasures, "Erase": sqlErase, "addresses": sqlAddresses, "theirs": aContact + `SELECT id FROM theirs`,
	}
	for name, filter := range map[string]Filter{
		"List": {}, "List before": {Before: 5}, "List since": {Since: time.Now()}, "List a contact": {Contact: "ann@example.com"},
		"List all": {Contact: "ann@example.com", Before: 5, Since: time.Now()},
	} {
		statements[name], _ = listing("an account", filter, time.Now())
	}
	return statements
}
