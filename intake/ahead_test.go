package intake

import (
	"fmt"
	"strings"
	"testing"
)

func TestRowsThatWereLookedAtComeInTheirTurn(t *testing.T) {
	for _, rows := range []int{0, 1, aheadRows, aheadRows + 3} {
		var text strings.Builder
		text.WriteString("email,n\n")
		for i := range rows {
			fmt.Fprintf(&text, "p%d@b.co,%d\n", i, i)
		}
		source, err := newSource(t.Context(), fileOf(text.String()), Reading{}, "")
		must(t, err)
		defer source.close()
		if got := len(source.lookAhead()); got != min(rows, aheadRows) || got != len(source.lookAhead()) {
			t.Errorf("%d of %d rows were looked at", got, rows)
		}
		for i := range rows {
			row, err := source.next()
			if err != nil || row.line != i+2 || row.cells[1] != fmt.Sprint(i) {
				t.Fatalf("row %d of %d: %+v, %v", i, rows, row, err)
			}
		}
		if _, err := source.next(); err == nil {
			t.Error("there is one row more")
		}
	}
}

// A row that is looked beyond keeps its cells.
func TestNoRowTakesTheCellsOfAnother(t *testing.T) {
	var text strings.Builder
	text.WriteString("email\n")
	for i := range 3 * aheadRows {
		fmt.Fprintf(&text, "p%d@b.co\n", i)
		if i%7 == 0 {
			fmt.Fprintf(&text, "nobody %d\n", i)
		}
	}
	text.WriteString("nobody\nlast@b.co,too,wide\n")
	p, err := prepared(t, text.String())
	must(t, err)
	if len(p.Rows) != 3*aheadRows {
		t.Errorf("%d of %d are imported", len(p.Rows), 3*aheadRows)
	}
	for _, row := range p.Rejects {
		if strings.HasPrefix(row.Cells[0], "p") {
			t.Errorf("rejected is %+v", row)
		}
	}
}
