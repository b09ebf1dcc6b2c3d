package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// naming says how items of a kind are named.
type naming[T any] struct {
	noun  string
	id    func(T) int64
	names func(T) []string
}

// matchAll finds each reference once. missing are those that name nothing, each once in whatever case; a reference that
// could mean two items is a conflict.
func matchAll[T any](refs []string, items []T, by naming[T]) (found []T, missing []string, err error) {
	seen := map[int64]bool{}
	for _, ref := range refs {
		item, ok, err := match(ref, items, by)
		switch {
		case err != nil:
			return nil, nil, err
		case !ok:
			ref = strings.TrimSpace(ref)
			if !slices.ContainsFunc(missing, func(known string) bool { return strings.EqualFold(known, ref) }) {
				missing = append(missing, ref)
			}
		case !seen[by.id(item)]:
			seen[by.id(item)] = true
			found = append(found, item)
		}
	}
	return found, missing, nil
}

// match looks for the exact name, then the id, then the one name that differs in case only. "id:42" is always an id.
func match[T any](ref string, items []T, by naming[T]) (T, bool, error) {
	var none T
	ref = strings.TrimSpace(ref)
	byID := func(digits string) []T {
		return choose(items, func(item T) bool { return strconv.FormatInt(by.id(item), 10) == digits }) // 007 is no id
	}
	if digits, forced := strings.CutPrefix(ref, "id:"); forced {
		if found := byID(strings.TrimSpace(digits)); len(found) == 1 {
			return found[0], true, nil
		}
	}
	exact := choose(items, func(item T) bool { return slices.Contains(by.names(item), ref) })
	sameID := byID(ref)
	folded := choose(items, func(item T) bool {
		return slices.ContainsFunc(by.names(item), func(name string) bool { return strings.EqualFold(name, ref) })
	})
	switch {
	case len(exact) > 1, len(exact) == 0 && len(sameID) == 0 && len(folded) > 1:
		return none, false, ambiguous(ref, append(exact, folded...), by)
	case len(exact) == 1 && len(sameID) == 1 && by.id(exact[0]) != by.id(sameID[0]):
		return none, false, ambiguous(ref, append(exact, sameID...), by)
	case len(exact) == 1:
		return exact[0], true, nil
	case len(sameID) == 1:
		return sameID[0], true, nil
	case len(folded) == 1:
		return folded[0], true, nil
	}
	return none, false, nil
}

func choose[T any](items []T, wanted func(T) bool) []T {
	var chosen []T
	for _, item := range items {
		if wanted(item) {
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
