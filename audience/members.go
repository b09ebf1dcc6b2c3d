package audience

import (
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
)

// The lists that a contact is on are one text, a set ",1,5,": ascending ids; empty where it is on none. What is not known
// stands in it too: ",1,?3,?4," is on 1, and on 3 or 4 or both; ",?," is on lists nobody knows.
const (
	notKnown = "?"
	perhaps  = '?'
)

// membership reads the cells of lists. It remembers what they mean: there are few.
type membership struct {
	cells exports.ListCells
	known map[string]string
}

// rememberedCells is how many cells are remembered.
const rememberedCells = 10_000

func newMembership(lists []apiclient.List, byID bool) *membership {
	return &membership{cells: exports.ListCells{Lists: lists, ByID: byID}, known: map[string]string{}}
}

// read is the set of a cell.
func (m *membership) read(cell string) string {
	if strings.TrimSpace(cell) == "" {
		return ""
	}
	set, known := m.known[cell]
	if !known {
		certain, possible, understood := m.cells.Read(cell)
		set = setOf(certain, possible, !understood)
		if len(m.known) < rememberedCells {
			m.known[strings.Clone(cell)] = set
		}
	}
	return set
}

// setOf is the set of a contact that is on some lists for certain and may be on others; unknown: on any.
func setOf(ids, doubtful []int64, unknown bool) string {
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
	return "," + strings.Join(parts, ",") + ","
}

// idsOf are the ids of a set that are certain.
func idsOf(set string) (ids []int64) {
	for part := range strings.SplitSeq(strings.Trim(set, ","), ",") {
		if n := digits(part); part != "" && n > 0 {
			ids = append(ids, int64(n))
		}
	}
	return ids
}

// doubtsOf are the ids of a set that are not certain.
func doubtsOf(set string) (ids []int64) {
	for part := range strings.SplitSeq(strings.Trim(set, ","), ",") {
		if after, doubtful := strings.CutPrefix(part, string(perhaps)); doubtful && after != "" {
			ids = append(ids, int64(digits(after)))
		}
	}
	return ids
}

// isDoubted tells a set of which not everything is known.
func isDoubted(set string) bool { return strings.ContainsRune(set, perhaps) }
