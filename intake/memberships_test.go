package intake

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
)

// withLists is an account that has lists besides its fields.
func withLists(names ...string) Account {
	account := accountWith(someFields)
	account.Lists = func(context.Context) (lists []apiclient.List, err error) {
		for i, name := range names {
			lists = append(lists, apiclient.List{ID: int64(i + 1), Name: name})
		}
		return lists, nil
	}
	return account
}

func TestAColumnOfListsIsMembership(t *testing.T) {
	for _, limits := range []bounds{ordinaryBounds(), tinyBounds()} {
		p, err := preparedWithin(t, "email,lists,first_name\na@b.co,News; VIP,Ann\nb@b.co,News|VIP,\nc@b.co,,Cid\na@b.co,\"Old, but gold\",\nd@b.co,NULL,\n", Reading{}, withLists("News", "VIP", "Old, but gold"), limits)
		must(t, err)
		want := map[string][]int64{"a@b.co": {1, 2, 3}, "b@b.co": {1, 2}, "c@b.co": nil, "d@b.co": nil}
		for _, row := range p.Rows {
			if !cmp.Equal(row.AddToLists, want[row.Email]) {
				t.Errorf("%s joins %v", row.Email, row.AddToLists)
			}
		}
		if len(p.Rows) != 4 || p.Rejected > 0 || len(p.Ignored) > 0 || len(p.Proposed) > 0 || p.Uses[1].To != "lists" || len(p.Lists) != 3 || len(p.NewLists) > 0 || p.Filled["first_name"] != 2 {
			t.Errorf("%+v", p.Summary)
		}
	}
}

func TestListsThatAreNotThereAreRefusedOrCreated(t *testing.T) {
	const file = "email,lists\na@b.co,News; VIP\nb@b.co,\"Gold, Old\"\nc@b.co,news;gold\n"
	_, err := preparedWithin(t, file, Reading{}, withLists("News"), ordinaryBounds())
	if want := `[invalid_input] file: the column "lists" names 4 lists that the account does not have: "Gold", "Old", "VIP", "gold".`; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `create_lists: true`) || !strings.Contains(err.Error(), `mapping: {"lists": "ignore"}`) {
		t.Errorf("the error is %v", err)
	}
	p, err := preparedWithin(t, file, Reading{CreateLists: true, NewLists: []string{"Leads"}}, withLists("News"), ordinaryBounds())
	must(t, err)
	if !cmp.Equal(p.NewLists, []string{"Leads", "VIP", "Gold", "Old"}) || !cmp.Equal(p.Rows[0].AddToLists, []int64{1, -2}) || !cmp.Equal(p.Rows[1].AddToLists, []int64{-3, -4}) || !cmp.Equal(p.Rows[2].AddToLists, []int64{1, -3}) {
		t.Errorf("%q, %+v", p.NewLists, p.Rows)
	}
	if p, err = preparedWithin(t, file, Reading{Mapping: map[string]string{"lists": "ignore"}}, withLists("News"), ordinaryBounds()); err != nil || p.Rows[0].AddToLists != nil {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err = preparedWithin(t, "email,list_ids\na@b.co,\"1,77\"\n", Reading{CreateLists: true}, withLists("News"), ordinaryBounds()); err == nil || !strings.Contains(err.Error(), `names 1 list that the account does not have: "77"`) {
		t.Errorf("an id made a list: %v", err)
	}
}

func TestACellOfListsThatMayMeanTwoThingsCostsItsRow(t *testing.T) {
	p, err := preparedWithin(t, "email,lists\na@b.co,A; B\nb@b.co,A\nc@b.co,same\n", Reading{}, withLists("A", "B", "A; B", "same", "same"), ordinaryBounds())
	must(t, err)
	if !cmp.Equal(emailsOf(p), []string{"b@b.co"}) || !strings.Contains(p.Rejects[0].Reason, `lists: "A; B" can be read in more than one way`) {
		t.Errorf("%+v", p.Rejects)
	}
}
