package where

import (
	"slices"
	"strconv"
	"strings"
)

// Set is the lists that a contact is on, ",1,5,": ascending ids; empty where it is on none. What is not known stands in it
// too: ",1,?3,?4," is on 1, and on 3 or 4 or both; ",?," is on lists nobody knows.
type Set string

const (
	notKnown = "?"
	perhaps  = '?'
)

// SetOf is the set of a contact that is on some lists for certain and may be on others; unknown: on any.
func SetOf(ids, doubtful []int64, unknown bool) Set {
	var parts []string
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		parts = append(parts, idText(id))
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(doubtful))) {
		parts = append(parts, string(perhaps)+idText(id))
	}
	if unknown {
		parts = append(parts, notKnown)
	}
	if len(parts) == 0 {
		return ""
	}
	return Set("," + strings.Join(parts, ",") + ",")
}

// IDs are those that are certain.
func (s Set) IDs() []int64 {
	certain, _ := s.ids()
	return certain
}

// Doubts are those that are not certain.
func (s Set) Doubts() []int64 {
	_, doubtful := s.ids()
	return doubtful
}

func (s Set) ids() (certain, doubtful []int64) {
	for part := range strings.SplitSeq(strings.Trim(string(s), ","), ",") {
		digits, isDoubtful := strings.CutPrefix(part, string(perhaps))
		id, err := strconv.ParseInt(digits, 10, 64)
		switch {
		case err != nil: // nothing, or what nobody knows
		case isDoubtful:
			doubtful = append(doubtful, id)
		default:
			certain = append(certain, id)
		}
	}
	return certain, doubtful
}

// Doubted tells a set of which not everything is known.
func (s Set) Doubted() bool { return strings.ContainsRune(string(s), perhaps) }
