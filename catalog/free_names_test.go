package catalog

import (
	"fmt"
	"strings"
	"testing"
)

func TestFreeNamesAreNobodyElses(t *testing.T) {
	names := NewFreeNames(nil)
	for i, want := range []struct{ name, free, tag string }{
		{"Notes", "Notes", "notes"}, {"NOTES", "NOTES 2", "notes_2"}, {"notes 2", "notes 2 2", "notes_2_2"}, {"Notes", "Notes 3", "notes_3"},
		{"年齢", "年齢", "column_5"}, {"年齢", "年齢 2", "column_6_2"}, {"column_5", "column_5 2", "column_5_2"},
		{strings.Repeat("x", 200), strings.Repeat("x", 80), strings.Repeat("x", 80)},
		{strings.Repeat("x", 200), strings.Repeat("x", 78) + " 2", strings.Repeat("x", 78) + "_2"},
	} {
		if free, tag := names.Take(want.name, fmt.Sprintf("column_%d", i+1)); free != want.free || tag != want.tag {
			t.Errorf("%s becomes %s, %s; want %+v", want.name, free, tag, want)
		}
	}
}

// A file may have hundreds of columns, all of one name.
func TestTheWorkOfFindingFreeNamesGrowsWithTheirNumberOnly(t *testing.T) {
	work := func(columns int) float64 {
		return testing.AllocsPerRun(1, func() {
			names := NewFreeNames(nil)
			for i := range columns {
				names.Take("Notes", "column")
				names.Take(fmt.Sprintf("Notes of column %d", i), "column")
			}
		})
	}
	if few, many := work(100), work(800); many > 10*few {
		t.Errorf("%.0f allocations for 200 columns, %.0f for 1,600", few, many)
	}
}
