package optout

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Merge adds what another part of the column holds.
func (v *Values) Merge(other *Values) {
	for cell, times := range other.count {
		v.Add(cell, times)
	}
	v.filled += other.more
	v.more += other.more
}

// Value is something that a column holds, and in how many cells.
type Value struct {
	Cell  string
	Times int
}

// Most are the values that the column holds most often, at most limit of them, and how many cells hold something else.
func (v *Values) Most(limit int) (most []Value, others int) {
	for cell, times := range v.count {
		most = append(most, Value{cell, times})
	}
	slices.SortFunc(most, func(a, b Value) int { return cmp.Or(cmp.Compare(b.Times, a.Times), strings.Compare(a.Cell, b.Cell)) })
	most = most[:min(len(most), limit)]
	others = v.filled
	for _, value := range most {
		others -= value.Times
	}
	return most, others
}

// Same reports that another judgment of the column reads every cell alike.
func (c Column) Same(other Column) bool {
	return c.Kind == other.Kind && c.marks == other.marks && c.one == other.one && maps.Equal(c.letter, other.letter)
}

// MarksWilling reports that the column marks those who may be mailed, so that an empty cell leaves it open.
func (c Column) MarksWilling() bool { return c.marks }
