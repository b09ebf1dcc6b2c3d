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
	wantFault(t, err, fault.InvalidInput, `There are no lists "Newsleter", "Nowhere". Did you mean "Newsletter"? The lists are: "Newsletter", "Customers", "VIP". Use one of these names.`)
}

func TestAMissingListIsNamedOnce(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{}, "a")
	found, missing, err := c.FindLists(background, []string{" News ", "news", "a", "News"})
	if err != nil || !slices.Equal(missing, []string{"News"}) || !slices.Equal(ids(found), []int64{1}) {
		t.Errorf("got %v, %q, %v", found, missing, err)
	}
}

func TestWhatCanBeDoneAboutAnUnknownListIsTheCallersToSay(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{}, "VIP")
	_, err := c.ResolveLists(background, []string{"x"})
	wantFault(t, err, fault.InvalidInput, `There is no list "x". The only list is "VIP". Use its name.`)
	_, err = c.ResolveLists(background, []string{"x"}, "make it", "call Bob")
	wantFault(t, err, fault.InvalidInput, "Use its name, or make it, or call Bob.")
	_, err = c.ResolveLists(background, []string{"4711", "id:4712"}, "make it")
	wantFault(t, err, fault.InvalidInput, `There are no lists "4711", "id:4712".`, "Use its name.")
}

func TestAnAccountWithoutListsSaysSo(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{})
	_, err := c.ResolveLists(background, []string{"x"}, "create it with create_list")
	wantFault(t, err, fault.InvalidInput, "The account has no lists yet. Create it with create_list.")
	_, err = c.ResolveLists(background, []string{"x"})
	wantFault(t, err, fault.InvalidInput, "The account has no lists yet. Nothing was sent; get_account")
}

func TestTheStarIsTheNameOfAListOnlyWhereThereIsOne(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{}, "VIP")
	for _, refs := range [][]string{{"*"}, {"VIP", " *\u200b"}, {"x", "*"}} {
		_, err := c.ResolveLists(background, refs)
		wantFault(t, err, fault.InvalidInput, `"*" is not the name of a list.`, "remove_from_list only, and stands alone", "Nothing was sent")
		_, _, err = c.FindLists(background, refs)
		wantFault(t, err, fault.InvalidInput, `"*"`)
	}
	_, c = newCatalog(t, emulator.Config{}, "VIP", "*")
	found, err := c.ResolveLists(background, []string{"*", "VIP"})
	if err != nil || !slices.Equal(ids(found), []int64{2, 1}) {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestANameIsFoundAsItLooks(t *testing.T) {
	// 1 to 3 are told apart by what cannot be seen only; 6 has nothing that can be seen.
	_, c := newCatalog(t, emulator.Config{}, "Twin", "Tw\u200bin", "Twi\u00adn", "Caf\u00e9", "Cre\u0301me  br\u00fble\u0301e", "\u200b", "\u26a0\ufe0f Leads")
	for name, test := range map[string]struct {
		ref  string
		want int64
	}{
		"a hidden character in the reference":       {"caf\u00e9\u200b", 4},
		"one in an id":                              {"4\u200b", 4},
		"one in an id said to be one":               {"i\u200bd:4", 4},
		"one in the name":                           {"\u26a0 leads", 7},
		"an accent of its own":                      {"Cafe\u0301", 4},
		"the same in another case":                  {"CAFE\u0301", 4},
		"an accent that is part of its letter":      {"Cr\u00e9me br\u00fbl\u00e9e", 5},
		"the exact one of those that look the same": {"Tw\u200bin", 2},
	} {
		found, err := c.ResolveLists(background, []string{test.ref})
		if err != nil || !slices.Equal(ids(found), []int64{test.want}) {
			t.Errorf("%s: got %v, %v", name, found, err)
		}
	}
	_, err := c.ResolveLists(background, []string{"T\u200bwin"})
	wantFault(t, err, fault.Conflict, `"Twin" could mean more than one list`, "id:1", "id:2", "id:3")
	_, missing, err := c.FindLists(background, []string{"", "\u200b\u200b", "N\u00e9w", "ne\u0301w\u200b"})
	if err != nil || !slices.Equal(missing, []string{"", "N\u00e9w"}) {
		t.Errorf("missing %q, %v", missing, err)
	}
}

func TestFiftyLongNamesMakeAShortAnswer(t *testing.T) {
	var names, refs []string
	for i := range 50 {
		names = append(names, strings.Repeat("n", 200)+string(rune('A'+i)))
		refs = append(refs, strings.Repeat("x", 250)+string(rune('A'+i)))
	}
	_, c := newCatalog(t, emulator.Config{}, names...)
	_, err := c.ResolveLists(background, refs)
	wantFault(t, err, fault.InvalidInput, `There are no lists "`+strings.Repeat("x", 40)+`…", `, "and 38 more", `"`+strings.Repeat("n", 40)+`…" (id:1), `)
	if len(err.Error()) > 1500 {
		t.Errorf("%d bytes", len(err.Error()))
	}
}

func TestListNamesKeepTheOrderOfTheIds(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{}, "a", "b", "c")
	named, err := c.ListNames(background, []int64{3, 99, 1})
	if err != nil || len(named) != 3 || named[0].Name != "c" || named[1].Name != "" || named[1].ID != 99 || named[2].Name != "a" {
		t.Errorf("got %v, %v", named, err)
	}
}
