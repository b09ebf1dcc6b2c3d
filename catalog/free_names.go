package catalog

import (
	"fmt"
	"strings"
	"unicode"

	"mailtrap-contacts-mcp/apiclient"
)

// FreeNames gives new fields names and merge tags that no other field has, and none of a contact's own facts (status, lists …),
// which it would hide.
type FreeNames struct {
	taken map[string]bool // names and merge tags, folded: one field's name must not be another's merge tag
	last  map[string]int  // by name and merge tag, folded: the number it was given last
}

// NewFreeNames returns those that are free beside some fields.
func NewFreeNames(fields []apiclient.Field) *FreeNames {
	f := &FreeNames{taken: map[string]bool{folded(builtIn): true}, last: map[string]int{}}
	for _, fact := range facts {
		f.taken[folded(fact)] = true
	}
	for _, field := range fields {
		f.taken[folded(field.Name)], f.taken[folded(field.MergeTag)] = true, true
	}
	return f
}

// Take gives a name and a merge tag, which are not free any more: "Notes", or else "Notes 2". otherwise is the merge tag where
// the name has no letters that a tag can hold.
func (f *FreeNames) Take(name, otherwise string) (free, tag string) {
	stem := MergeTag(name)
	if stem == "" {
		stem = otherwise
	}
	asked := folded(name) + "\x00" + stem
	for n := f.last[asked] + 1; ; n++ {
		free, tag = cutTo(name, apiclient.MaxFieldName), cutTo(stem, apiclient.MaxFieldName)
		if n > 1 {
			number := fmt.Sprint(n)
			free = cutTo(name, apiclient.MaxFieldName-len(number)-1) + " " + number
			tag = cutTo(stem, apiclient.MaxFieldName-len(number)-1) + "_" + number
		}
		if !f.taken[folded(free)] && !f.taken[folded(tag)] {
			f.last[asked], f.taken[folded(free)], f.taken[folded(tag)] = n, true, true
			return free, tag
		}
	}
}

// folded is the same for all names that differ in case only, or in what a reader cannot see.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, looks(name))
}

// cutTo cuts s to at most limit characters.
func cutTo(s string, limit int) string {
	if runes := []rune(s); len(runes) > limit {
		return strings.TrimSpace(string(runes[:limit]))
	}
	return s
}
