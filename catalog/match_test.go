package catalog

import (
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestAListIsNamedByNameOrId(t *testing.T) {
	// Ids count from 1: "Newsletter" is 1, "42nd" 2, "vip" 3, "VIP" 4, "6" 5, "Sechs" 6, "same" 7 and 8, "Größe" 9, "id:2" 10.
	_, c := newCatalog(t, emulator.Config{}, "Newsletter", "42nd", "vip", "VIP", "6", "Sechs", "same", "same", "Größe", "id:2")
	for _, test := range []struct {
		name string
		refs []string
		want []int64
	}{
		{"the exact name", []string{"Newsletter"}, []int64{1}},
		{"an id", []string{"2"}, []int64{2}},
		{"an id, said to be one", []string{"id:2"}, []int64{2}},
		{"an id with spaces", []string{" id: 6 "}, []int64{6}},
		{"a name in another case", []string{"NEWSLETTER"}, []int64{1}},
		{"a name with an umlaut in another case", []string{"GRÖSSE", "größe"}, nil},
		{"the exact one of two that differ in case", []string{"VIP", "vip"}, []int64{4, 3}},
		{"spaces around a name", []string{" Newsletter\n"}, []int64{1}},
		{"several, in their order, each once", []string{"vip", "1", "Newsletter", "id:3", "newsletter"}, []int64{3, 1}},
		{"one of two equal names by id", []string{"id:8"}, []int64{8}},
		{"none", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := c.ResolveLists(background, test.refs)
			if test.want == nil && len(test.refs) > 0 {
				wantFault(t, err, fault.InvalidInput, `"GRÖSSE"`)
				return
			}
			if err != nil || !slices.Equal(ids(found), test.want) {
				t.Errorf("got %v, %v; want %v", found, err, test.want)
			}
		})
	}
}

func TestWhatCouldMeanTwoListsIsAConflict(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{}, "a", "vip", "VIP", "2", "same", "same")
	for name, test := range map[string]struct {
		ref   string
		parts []string
	}{
		"two names that differ in case": {"Vip", []string{`id:2 ("vip")`, `id:3 ("VIP")`, "id:42"}},
		"two equal names":               {"same", []string{`id:5 ("same")`, `id:6 ("same")`}},
		"one's name and another's id":   {"2", []string{`id:2 ("vip")`, `id:4 ("2")`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.ResolveLists(background, []string{"a", test.ref})
			wantFault(t, err, fault.Conflict, append(test.parts, `"`+test.ref+`" could mean more than one list`)...)
		})
	}
}

func TestWhatOnlyLooksLikeAnIdIsNone(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{}, "a", "b", "c", "d", "e", "f", "g")
	for _, ref := range []string{"007", "+7", "-7", "7.0", "0", "7 7", "id:", "id:07", "id:x", "９", "99999999999999999999", ""} {
		_, missing, err := c.FindLists(background, []string{ref})
		if err != nil || len(missing) != 1 {
			t.Errorf("%q: missing %q, %v", ref, missing, err)
		}
	}
}

func TestUnknownListsAreReportedAllAtOnceClosestNameFirst(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{}, "Customers", "Newsletter", "VIP")
	_, err := c.ResolveLists(background, []string{"Newsleter", "VIP", "Nowhere\u202e", "NOWHERE"})
	wantFault(t, err, fault.InvalidInput, `There is no list "Newsleter", "Nowhere", "NOWHERE".`, `The lists are: "Newsletter", "Customers", "VIP"`)
}

func TestAMissingListIsNamedOnce(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{}, "a")
	found, missing, err := c.FindLists(background, []string{" News ", "news", "a", "News"})
	if err != nil || !slices.Equal(missing, []string{"News"}) || !slices.Equal(ids(found), []int64{1}) {
		t.Errorf("got %v, %q, %v", found, missing, err)
	}
}

func TestAnAccountWithoutListsSaysSo(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{})
	_, err := c.ResolveLists(background, []string{"x"})
	wantFault(t, err, fault.InvalidInput, "The account has no lists yet.", "create_list")
}

func TestFiftyLongNamesMakeAShortAnswer(t *testing.T) {
	var names, refs []string
	for i := range 50 {
		names = append(names, strings.Repeat("n", 200)+string(rune('A'+i)))
		refs = append(refs, strings.Repeat("x", 250)+string(rune('A'+i)))
	}
	_, c := newCatalog(t, emulator.Config{}, names...)
	_, err := c.ResolveLists(background, refs)
	wantFault(t, err, fault.InvalidInput, "and 38 more")
}

func TestListNamesKeepTheOrderOfTheIds(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{}, "a", "b", "c")
	named, err := c.ListNames(background, []int64{3, 99, 1})
	if err != nil || len(named) != 3 || named[0].Name != "c" || named[1].Name != "" || named[1].ID != 99 || named[2].Name != "a" {
		t.Errorf("got %v, %v", named, err)
	}
}
