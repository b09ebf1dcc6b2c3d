package intake

import "testing"

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
