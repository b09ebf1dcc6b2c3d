package where

import (
	"testing"
)

func TestAConditionWithoutAnAddressNamesTheSameListsAndFields(t *testing.T) {
	condition := "email = 'ann@b.co' OR in_list('ann@b.co') AND email <> 'joann@b.co' AND age > 3 OR email = 'ANN@b.co'"
	refs := []Ref{{Kind: RefList, ID: 7, From: 31, To: 39}, {Kind: RefField, ID: 9, From: 72, To: 75}}
	for i, want := range []string{"ann@b.co", "age"} {
		if got := condition[refs[i].From:refs[i].To]; got != want {
			t.Fatalf("the test is wrong about %q", got)
		}
	}
	got, moved := WithoutAddress(condition, refs, "ann@b.co")
	want := "email = 'erased@erased.invalid' OR in_list('ann@b.co') AND email <> 'joann@b.co' AND age > 3 " +
		"OR email = 'erased@erased.invalid'"
	if got != want {
		t.Errorf("it is %s", got)
	}
	for i, want := range []string{"ann@b.co", "age"} {
		if r := moved[i]; got[r.From:r.To] != want || r.ID != refs[i].ID {
			t.Errorf("reference %d is to %q", i, got[r.From:r.To])
		}
	}
	if _, moved := WithoutAddress(condition, nil, "ann@b.co"); moved != nil {
		t.Error("what is not known is known")
	}
}
