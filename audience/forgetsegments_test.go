package audience

import (
	"testing"

	"mailtrap-contacts-mcp/where"
)

func TestAConditionWithoutAnAddressNamesTheSameListsAndFields(t *testing.T) {
	condition := "email = 'ann@b.co' OR in_list('ann@b.co') AND email <> 'joann@b.co' AND age > 3 OR email = 'ANN@b.co'"
	segment := Segment{Where: condition, refs: []where.Ref{{Kind: where.RefList, ID: 7, From: 31, To: 39}, {Kind: where.RefField, ID: 9, From: 72, To: 75}}}
	for i, want := range []string{"ann@b.co", "age"} {
		if got := condition[segment.refs[i].From:segment.refs[i].To]; got != want {
			t.Fatalf("the test is wrong about %q", got)
		}
	}
	got, refs := segment.without("ann@b.co")
	want := "email = 'erased@erased.invalid' OR in_list('ann@b.co') AND email <> 'joann@b.co' AND age > 3 " +
		"OR email = 'erased@erased.invalid'"
	if got != want {
		t.Errorf("it is %s", got)
	}
	for i, want := range []string{"ann@b.co", "age"} {
		if r := refs[i]; got[r.From:r.To] != want || r.ID != segment.refs[i].ID {
			t.Errorf("reference %d is to %q", i, got[r.From:r.To])
		}
	}
	if _, refs := (Segment{Where: condition}).without("ann@b.co"); refs != nil {
		t.Error("what is not known is known")
	}
}
