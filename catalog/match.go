package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/apiclient"
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

// MatchList finds the list of some that a name or id means, as the whole program does: the name to the byte; else "id:42",
// which is always an id; else the one name that looks the same (without hidden characters and the blanks around it), or an
// id in digits; else the one name that differs in case only. What could mean two lists, also one's name and another's id,
// is a conflict that names both. A reference is not trimmed before: two names may differ in a blank at their end.
func MatchList(ref string, lists []apiclient.List) (list apiclient.List, found bool, err error) {
	return match(ref, lists, listName)
}

// MatchField finds the field of some that a merge tag, name or id means, by the rule of MatchList over merge tags and names
// alike: one field's name that is another's merge tag is a conflict. "{{plan}}" is a merge tag.
func MatchField(ref string, fields []apiclient.Field) (field apiclient.Field, found bool, err error) {
	if tag, braced := bareTag(ref); braced && len(named(ref, fields, fieldName)) == 0 {
		return match(tag, fields, tagOnly)
	}
	return match(ref, fields, fieldName)
}

// match is the rule that MatchList tells.
func match[T any](ref string, items []T, by naming[T]) (T, bool, error) {
	var none T
	exact, seen := named(ref, items, by), looks(ref)
	if digits, forced := strings.CutPrefix(seen, "id:"); forced && isID(strings.TrimSpace(digits)) {
		found, ok := withID(strings.TrimSpace(digits), items, by)
		return found, ok, nil
	}
	if len(exact) == 0 && seen != "" {
		exact = choose(items, by, func(name string) bool { return looks(name) == seen })
	}
	sameID, isThere := withID(seen, items, by)
	switch {
	case isThere && len(exact) == 1 && by.id(exact[0]) != by.id(sameID):
		return none, false, ambiguous(seen, append(exact, sameID), by)
	case len(exact) > 0:
		return only(seen, exact, by)
	case isThere:
		return sameID, true, nil
	}
	return only(seen, choose(items, by, func(name string) bool { return sameName(name, seen) }), by)
}

// isID reports whether digits can be an id, which 007 cannot.
func isID(digits string) bool {
	id, err := strconv.ParseInt(digits, 10, 64)
	return err == nil && id > 0 && strconv.FormatInt(id, 10) == digits
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

// LooksLike reports whether a name looks as another to a reader, or differs in case only.
func LooksLike(a, b string) bool { return sameName(a, b) }

func named[T any](exactly string, items []T, by naming[T]) []T {
	return choose(items, by, func(name string) bool { return name == exactly })
}

// withID is the item with that id.
func withID[T any](digits string, items []T, by naming[T]) (item T, found bool) {
	if !isID(digits) {
		return item, false
	}
	i := slices.IndexFunc(items, func(item T) bool { return strconv.FormatInt(by.id(item), 10) == digits })
	if i < 0 {
		return item, false
	}
	return items[i], true
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
