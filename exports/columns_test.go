package exports

import (
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
)

func fields(pairs ...string) (all []apiclient.Field) {
	for _, pair := range pairs {
		name, tag, _ := strings.Cut(pair, "=")
		all = append(all, apiclient.Field{ID: int64(len(all) + 1), Name: name, MergeTag: tag, DataType: "text"})
	}
	return all
}

// Guarantee 10.14.
func TestAColumnIsOneFieldsOrNobodys(t *testing.T) {
	const untold = -2
	basic := []string{"First name=first_name", "Last name=last_name"}
	for name, test := range map[string]struct {
		header string
		fields []string
		want   []int // of the fields after the basic two
	}{
		"renamed, and the name taken over, by names":  {"Email,Status,First name,Last name,Old plan,Plan,Lists", []string{"Old plan=plan", "Plan=plan_2"}, []int{4, 5}},
		"renamed, and the name taken over, by tags":   {"id,email,status,first_name,last_name,plan,plan_2,list_ids", []string{"Old plan=plan", "Plan=plan_2"}, []int{5, 6}},
		"in the other order":                          {"id,email,status,first_name,last_name,plan_2,plan", []string{"Old plan=plan", "Plan=plan_2"}, []int{6, 5}},
		"a name that is another's tag, by names":      {"email,First name,Last name,plan,Level", []string{"Level=plan", "plan=level"}, []int{4, 3}},
		"a name that is another's tag, by tags":       {"email,first_name,last_name,plan,level", []string{"Level=plan", "plan=level"}, []int{3, 4}},
		"each other's, and nothing tells":             {"email,a,b", []string{"a=b", "b=a"}, []int{untold, untold}},
		"one column that two could be":                {"email,plan", []string{"Old=plan", "plan=plan_2"}, []int{untold, untold}},
		"in capitals, of names":                       {"EMAIL,PLAN,LEVEL", []string{"Plan=p", "Level=l"}, []int{1, 2}},
		"in capitals, which fits two":                 {"EMAIL,FIRST_NAME,PLAN", []string{"Plan=p", "plan!=q"}, []int{untold, untold}},
		"two columns that differ in signs":            {"email,shoe size,shoe_size", []string{"Shoe-size=shoesize"}, []int{untold}},
		"one to the letter, one that only resembles":  {"email,shoe_size,Shoe Size", []string{"Shoe size=shoe_size"}, []int{untold}},
		"the same column twice":                       {"email,plan,plan", []string{"Plan=plan"}, []int{untold}},
		"a name without letters":                      {"email,💎,🎈", []string{"💎=gem", "🎈=balloon"}, []int{1, 2}},
		"no such column":                              {"email,price", []string{"Tariff=plan"}, []int{-1}},
		"of two that are called as a fact, the inner": {"id,email,status,status,list_ids,list_ids", []string{"My=status", "Their=list_ids"}, []int{3, 4}},
		"named as a fact in a file of merge tags":     {"email,status,first_name,mood", []string{"status=mood"}, []int{3}},
		"the only one of a file with all fields":      {"email,contact_id,first_name,last_name,lists,status,subscription_status", []string{"My=lists", "Your=status"}, []int{4, 5}},
		"one that a fact could be":                    {"email,status,plan", []string{"My=status", "Plan=plan"}, []int{untold, 2}},
	} {
		all := fields(append(slices.Clone(basic), test.fields...)...)
		got := ColumnsOf(strings.Split(test.header, ","), all)
		for i, want := range test.want {
			f := i + len(basic)
			if got.Fields[f] != max(want, -1) || got.Untold[f] != (want == untold) {
				t.Errorf("%s: %s has column %d, untold %v; want %d", name, test.fields[i], got.Fields[f], got.Untold[f], want)
			}
		}
		given := map[int]bool{}
		for _, at := range append(slices.Clone(got.Fields), got.Facts[:]...) {
			if at >= 0 && given[at] {
				t.Errorf("%s: column %d is given twice: %+v", name, at, got)
			}
			given[at] = true
		}
	}
}

// Guarantee 10.6.
func TestAColumnCalledAsAFactHasAKeyOfItsOwn(t *testing.T) {
	header := []string{"id", "email", "status", "Status", "created_at", "plan", "lists", "created_at"}
	got := ColumnsOf(header, fields("My=Status", "Since=created_at")).Keys(header)
	want := []string{"id", "email", "status", "field:Status", "field:created_at", "plan", "lists", "created_at"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestEveryLayoutOfTheHeaderIsKnown(t *testing.T) {
	for header, want := range map[string][Facts]int{
		"Email,Status,Plan,Lists,Created at,Updated at":                       {0, -1, 1, 3, 4, 5},
		"id,email,status,plan,list_ids,created_at,updated_at":                 {1, 0, 2, 4, 5, 6},
		"email,contact_id,plan,subscription_status,created_at,updated_at":     {0, 1, 3, -1, 4, 5},
		"UUID,E-MAIL ADDRESS,PLAN,Subscription Status,List Memberships,Added": {1, 0, 3, 4, -1, -1},
	} {
		got := ColumnsOf(strings.Split(header, ","), fields("Plan=plan"))
		if got.Facts != want || got.Fields[0] < 0 {
			t.Errorf("%s: %+v", header, got)
		}
	}
}
