package intake

import (
	"slices"
	"testing"
)

func TestWhatASpreadsheetWouldRunIsWrittenAsTextAndReadBack(t *testing.T) {
	for cell, written := range map[string]string{
		"=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0", "\t=1": "'\t=1", "-2+3*A1": "'-2+3*A1",
		"'=1": "''=1", "-12.5": "-12.5", "+49 (30) 123-45": "+49 (30) 123-45", "O'Neil": "O'Neil", "'quoted'": "'quoted'", "": "", "'": "'",
	} {
		if got := Neutral(cell); got != written {
			t.Errorf("%q is written %q, want %q", cell, got, written)
		}
		if got := restored(Neutral(cell)); got != cell {
			t.Errorf("%q is read back as %q", cell, got)
		}
	}
}

func FuzzNeutral(f *testing.F) {
	f.Add("=1")
	f.Add("''+x")
	f.Fuzz(func(t *testing.T, cell string) {
		if written := Neutral(cell); restored(written) != cell || isFormula(written) {
			t.Errorf("%q becomes %q and %q", cell, written, restored(written))
		}
	})
}

func TestARowOfOtherLengthIsNotCalledByAnyCell(t *testing.T) {
	o, err := prepared(t, "name,email,city,note\n"+
		"Ann,not an address,Oslo,\n"+
		"Ann,Abel,ann@@b.co,Oslo,late,x\n"+
		"Ann,Abel,Oslo,near,the river,x\n"+
		"a@b,Abel,ann@@b.co,Oslo,late,x\n"+
		"Ann,Oslo\n"+
		"Bob,bob@b.co,Rome,\n")
	must(t, err)
	var called []string
	for _, row := range o.Named {
		called = append(called, row.Email)
	}
	if want := []string{"not an address", "ann@@b.co", "", "", ""}; !slices.Equal(called, want) || o.Contacts != 1 {
		t.Errorf("they are called %q, and %d are contacts", called, o.Contacts)
	}
}
