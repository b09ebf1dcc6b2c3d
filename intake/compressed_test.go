package intake

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestContactsComeBackFromADatabaseAsTheyWere(t *testing.T) {
	lines, err := rowsOfLines([]byte(stagedLines))
	must(t, err)
	many := RowsOf([]string{"plan"})
	for i := range 1000 {
		many = many.Add([]string{"plan"}, fmt.Sprintf("person%d@example.com", i), nil, []int64{1}, nil)
	}
	for name, rows := range map[string]Rows{"nothing": nil, "nobody": RowsOf(nil), "three": lines, "a thousand": many} {
		kept, err := rows.Value()
		must(t, err)
		var back Rows
		must(t, back.Scan(kept))
		if !bytes.Equal(back, rows) || (back == nil) != (rows == nil) {
			t.Errorf("%s: %d bytes became %d", name, len(rows), len(back))
		}
	}
	kept, _ := many.Value()
	if size := len(kept.([]byte)); size > len(many)/2 {
		t.Errorf("%d of %d bytes are written", size, len(many))
	}
	for name, earlier := range map[string]Rows{"of lines": Rows(stagedLines), "not compressed": lines} {
		given := append([]byte{}, earlier...)
		var back Rows
		must(t, back.Scan(given))
		clear(given) // a driver uses its bytes again
		got, err := contactsIn(back)
		want, _ := contactsIn(lines)
		if err != nil || !gocmp.Equal(got, want) {
			t.Errorf("%s: %v: %s", name, err, gocmp.Diff(want, got))
		}
	}
}

func TestWhatIsNotContactsIsRefused(t *testing.T) {
	lines, err := rowsOfLines([]byte(stagedLines))
	must(t, err)
	kept, err := lines.Value()
	must(t, err)
	whole := kept.([]byte)
	for _, damaged := range []any{whole[:len(whole)-1], append(bytes.Clone(whole[:3]), bytes.Repeat([]byte{0xff}, 12)...), "text", 7} {
		var back Rows
		if err := back.Scan(damaged); err == nil {
			t.Errorf("%v: %v", damaged, back)
		}
	}
}

func TestWhoIsAmongContacts(t *testing.T) {
	lines, err := rowsOfLines([]byte(stagedLines))
	must(t, err)
	for _, rows := range []Rows{lines, Rows(stagedLines)} {
		for name, want := range map[string]bool{
			"ann@b.co": true, "zoë@b.co": true, "0196706a-2b31-7d31-8c4b-8a7c6f0f0001": true, "nn@b.co": false, "plan": false, "x": false,
		} {
			if has, err := rows.Has(name); err != nil || has != want {
				t.Errorf("%s: %v, %v", name, has, err)
			}
		}
	}
	if _, err := Rows(strings.TrimSuffix(stagedLines, "}\n")).Has("ann@b.co"); err == nil {
		t.Error("damaged contacts have somebody")
	}
}
