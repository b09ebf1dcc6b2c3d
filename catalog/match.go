package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// naming says how items of a kind are named.
type naming[T any] struct {
	noun  string
	id    func(T) int64
	names func(T) []string
}

// matchAll finds each reference once. missing are those that name nothing, as they are shown, each once in whatever
// case; a reference that could mean two items is a conflict.
func matchAll[T any](refs []string, items []T, by naming[T]) (found []T, missing []string, err error) {
	seen := map[int64]bool{}
	for _, ref := range refs {
		item, ok, err := match(ref, items, by)
		switch {
		case err != nil:
			return nil, nil, err
		case !ok:
			ref = text.Clean(ref)
			if !slices.ContainsFunc(missing, func(known string) bool { return known == ref || sameName(known, ref) }) {
				missing = append(missing, ref)
			}
		case !seen[by.id(item)]:
			seen[by.id(item)] = true
			found = append(found, item)
		}
	}
	return found, missing, nil
}

// match looks for the exact name, then the name that looks the same, then the id, then the one name that differs in case
// only. "id:42" is always an id.
func match[T any](ref string, items []T, by naming[T]) (T, bool, error) {
	var none T
	exact, ref := named(strings.TrimSpace(ref), items, by), looks(ref)
	if digits, forced := strings.CutPrefix(ref, "id:"); forced {
		if found := withID(strings.TrimSpace(digits), items, by); len(found) == 1 {
			return found[0], true, nil
		}
	}
	if len(exact) == 0 && ref != "" {
		exact = choose(items, by, func(name string) bool { return looks(name) == ref })
	}
	sameID := withID(ref, items, by)
	switch {
	case len(exact) == 1 && len(sameID) == 1 && by.id(exact[0]) != by.id(sameID[0]):
		return none, false, ambiguous(ref, append(exact, sameID...), by)
	case len(exact) > 0:
		return only(ref, exact, by)
	case len(sameID) == 1:
		return sameID[0], true, nil
	}
	return only(ref, choose(items, by, func(name string) bool { return sameName(name, ref) }), by)
}

// only is the one candidate; two are a conflict.
func only[T any](ref string, candidates []T, by naming[T]) (T, bool, error) {
	var none T
	switch len(candidates) {
	case 0:
		return none, false, nil
	case 1:
		return candidates[0], true, nil
	}
	return none, false, ambiguous(ref, candidates, by)
}

// looks is a name as a reader sees it: without hidden characters, and with each accented letter written one way.
func looks(name string) string { return norm.NFC.String(text.Clean(name)) }

// sameName reports whether two names differ in case only, or in what a reader cannot see. A name of nothing is no name.
func sameName(a, b string) bool {
	a, b = looks(a), looks(b)
	return a != "" && strings.EqualFold(a, b)
}

func named[T any](exactly string, items []T, by naming[T]) []T {
	return choose(items, by, func(name string) bool { return name == exactly })
}

// withID is the item with that id; 007 is no id.
func withID[T any](digits string, items []T, by naming[T]) []T {
	i := slices.IndexFunc(items, func(item T) bool { return strconv.FormatInt(by.id(item), 10) == digits })
	if i < 0 {
		return nil
	}
	return items[i : i+1 : i+1]
}

// choose returns the items with a name as wanted.
func choose[T any](items []T, by naming[T], wanted func(name string) bool) []T {
	var chosen []T
	for _, item := range items {
		if slices.ContainsFunc(by.names(item), wanted) {
			chosen = append(chosen, item)
		}
	}
	return chosen
}

func ambiguous[T any](ref string, candidates []T, by naming[T]) error {
	var shown []string
	for _, item := range candidates {
		shown = append(shown, fmt.Sprintf("id:%d (%s)", by.id(item), text.Quote(by.names(item)[0])))
	}
	slices.Sort(shown)
	return fault.New(fault.Conflict, fmt.Sprintf("%s could mean more than one %s.", text.Quote(ref), by.noun),
		"It fits "+text.Listing(slices.Compact(shown), shownNames)+".", "Name it by id, like id:42.")
}
