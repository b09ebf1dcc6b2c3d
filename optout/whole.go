package optout

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Merge adds what another part of the column holds.
func (v *Values) Merge(other *Values) {
	for cell, counted := range other.count {
		v.Add(cell, *counted)
	}
	v.filled += other.more
	v.more += other.more
	v.mentions = v.mentions || other.mentions
}

// Value is something that a column holds, and in how many cells.
type Value struct {
	Cell  string
	Times int
}

// Most are the values that the column holds most often, at most limit of them, and how many cells hold something else.
func (v *Values) Most(limit int) (most []Value, others int) {
	times := make(map[string]int, len(v.count))
	for cell, counted := range v.count {
		times[cell] = *counted
	}
	most, others = Most(times, limit)
	return most, others + v.more
}

// Most are the most frequent of some cells, at most limit of them, and how often the others occur together.
func Most(times map[string]int, limit int) (most []Value, others int) {
	for cell, n := range times {
		most = append(most, Value{cell, n})
	}
	slices.SortFunc(most, func(a, b Value) int { return cmp.Or(cmp.Compare(b.Times, a.Times), strings.Compare(a.Cell, b.Cell)) })
	for _, rest := range most[min(len(most), limit):] {
		others += rest.Times
	}
	return most[:min(len(most), limit)], others
}

// Same reports that another judgment of the column reads every cell alike.
func (c Column) Same(other Column) bool {
	return c.Kind == other.Kind && c.list == other.list && c.marks == other.marks && c.one == other.one && maps.Equal(c.letter, other.letter)
}

// MarksWilling reports that the column marks those who may be mailed, so that an empty cell leaves it open.
func (c Column) MarksWilling() bool { return c.marks }
