package intake

import (
	"encoding/json"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func contactsIn(rows Rows) (found []string, err error) {
	err = rows.Each(func(one Row) error {
		found = append(found, string(one.AppendJSON(nil, one.Fields(), one.Joins(), one.Leaves())))
		return nil
	})
	return found, err
}

const stagedLines = `{"email":"ann@b.co","fields":{"age":41,"id":"x","plan":"p & q, \"r\""},"list_ids_included":[7,-1]}
{"id":"0196706a-2b31-7d31-8c4b-8a7c6f0f0001"}
{"email":"zoë@b.co","fields":{"plan":null,"vip":true},"list_ids_excluded":[300]}
`

func TestLinesOfEarlierProgramsAreTheSameContacts(t *testing.T) {
	rows, err := rowsOfLines([]byte(stagedLines))
	must(t, err)
	want := []string{
		`{"email":"ann@b.co","fields":{"age":41,"id":"x","plan":"p & q, \"r\""},"list_ids_included":[7,-1]}`,
		`{"id":"0196706a-2b31-7d31-8c4b-8a7c6f0f0001"}`,
		`{"email":"zoë@b.co","fields":{"plan":null,"vip":true},"list_ids_excluded":[300]}`,
	}
	for _, form := range []Rows{rows, Rows(stagedLines)} {
		if got, err := contactsIn(form); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v: %s", err, gocmp.Diff(want, got))
		}
		left, err := form.Without(func(one Row) bool { return one.TakesAway() })
		must(t, err)
		if got, err := contactsIn(left); err != nil || !slices.Equal(got, want[:2]) {
			t.Errorf("without one: %v: %s", err, gocmp.Diff(want[:2], got))
		}
	}
}

func TestDamagedRowsAreNoContacts(t *testing.T) {
	rows, err := rowsOfLines([]byte(stagedLines))
	must(t, err)
	for cut := 1; cut < len(rows); cut++ {
		if found, err := contactsIn(rows[:cut]); err == nil && len(found) == 3 {
			t.Errorf("%d of %d bytes have all contacts", cut, len(rows))
		}
	}
	if _, err := contactsIn(Rows(stagedLines[:len(stagedLines)-3])); err == nil {
		t.Error("half a line is taken for a contact")
	}
}

func TestAValueIsTakenAwayByAnEmptyOne(t *testing.T) {
	for value, want := range map[string]bool{`""`: true, "null": true, "0": false, "false": false, `" "`: false} {
		rows := RowsOf([]string{"plan"}).Add([]string{"plan"}, "a@b.co", map[string]json.RawMessage{"plan": json.RawMessage(value)}, nil, nil)
		must(t, rows.Each(func(one Row) error {
			if one.TakesAway() != want {
				t.Errorf("%s: %v", value, !want)
			}
			return nil
		}))
	}
}
