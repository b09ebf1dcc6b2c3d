package audience

import (
	"encoding/csv"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
)

func listsNamed(names ...string) (lists []apiclient.List) {
	for i, name := range names {
		lists = append(lists, apiclient.List{ID: int64(i + 1), Name: name})
	}
	return lists
}

func setIn(lists []apiclient.List, byID bool, cell string) string {
	l := &loader{lists: exports.ListCells{Lists: lists, ByID: byID}}
	return string(l.set(cell))
}

// Guarantee 10.4.
func TestACellOfListsIsReadToItsEndOrNotAtAll(t *testing.T) {
	odd := listsNamed("Keep", "[1] Hot", "[2024] Leads", "VIP; gold, and more", `Say "hi", you`, "a|b", "[]", "42", " Lead", "Newsletter", "Newsletter  ")
	twins := listsNamed("same", "same", "other")
	nested := listsNamed("A", "B", "A; B")
	for _, test := range []struct {
		name  string
		lists []apiclient.List
		byID  bool
		cell  string
		want  string
	}{
		{"a name that begins as JSON", odd, false, "[1] Hot", ",2,"},
		{"and with others", odd, false, "[2024] Leads; Keep", ",1,3,"},
		{"and first of others", odd, false, "Keep; [1] Hot; [2024] Leads", ",1,2,3,"},
		{"a name that is JSON", odd, false, "[]", ",7,"},
		{"JSON", odd, false, `["Keep","[1] Hot"]`, ",1,2,"},
		{"JSON of ids", odd, false, `[1, 3]`, ",1,3,"},
		{"JSON of objects", odd, false, `[{"id":1,"name":"x"},{"name":"42"}]`, ",1,8,"},
		{"JSON and more", odd, false, `[1] Warm`, ",?,"},
		{"JSON of a list that is none", odd, false, `[1, 99]`, ",?,"},
		{"a name with separators", odd, false, "VIP; gold, and more; Keep", ",1,4,"},
		{"after commas", odd, false, "Keep,VIP; gold, and more", ",1,4,"},
		{"quotes in a name", odd, false, `Say "hi", you; Keep`, ",1,5,"},
		{"quotes around a name", odd, false, `Keep, "Say ""hi"", you"`, ",1,5,"},
		{"a bar in a name", odd, false, "Keep|a|b", ",1,6,"},
		{"lines", odd, false, "Keep\nNewsletter", ",1,10,"},
		{"a blank before the name", odd, false, "Keep; Lead", ",1,9,"},
		{"blanks that are the name's", odd, false, "Newsletter  ; Keep", ",1,11,"},
		{"blanks that are the name's, at the end", odd, false, "Keep; Newsletter  ", ",1,11,"},
		{"no blanks", odd, false, "Newsletter; Keep", ",1,10,"},
		{"a name of digits", odd, false, "42", ",8,"},
		{"a name in another case", odd, false, "KEEP; Newsletter", ",1,10,"},
		{"one that is not the account's", odd, false, "Keep; Gone", ",?,"},
		{"another sign between", odd, false, "Keep / Newsletter", ",?,"},
		{"a name that only begins so", odd, false, "Keeper", ",?,"},
		{"nothing", odd, false, "  ", ""},
		{"ids", odd, true, "1,2", ",1,2,"},
		{"ids with blanks", odd, true, "1 | 10", ",1,10,"},
		{"ids, by the header, of which one is a name too", append(listsNamed("2", "x"), apiclient.List{ID: 3, Name: "y"}), true, "2", ",2,"},
		{"a name that is another's id", append(listsNamed("2", "x"), apiclient.List{ID: 3, Name: "y"}), false, "2", ",?1,?2,"},
		{"an id that is not the account's", odd, true, "1,99", ",?,"},
		{"two of one name", twins, false, "same; other", ",3,?1,?2,"},
		{"neither of them", twins, false, "other", ",3,"},
		{"names within a name", nested, false, "A; B", ",?1,?2,?3,"},
		{"and one of them", nested, false, "B", ",2,"},
	} {
		if got := setIn(test.lists, test.byID, test.cell); got != test.want {
			t.Errorf("%s: %q is %q, want %q", test.name, test.cell, got, test.want)
		}
	}
}

func TestACellThatCanBeReadInCountlessWaysTakesNoTime(t *testing.T) {
	var lists []apiclient.List
	for i := range 50 {
		lists = append(lists, apiclient.List{ID: int64(i + 1), Name: strings.Repeat("a;", i) + "a"})
	}
	if got := setIn(lists, false, strings.Repeat("a;", 30_000)+"a"); got != ",?," {
		t.Errorf("got %q", got)
	}
}

func sheet(rows ...[]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows)
	return b.String()
}

// Guarantee 10.1.
func TestListsAreNamedInConditionsAsEverywhere(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	for _, name := range []string{"newsletter", "newsletter ", "id:42", "42", "VIP"} { // 1 to 5
		e.AddList(name)
	}
	sn := ofFile(t, e, sheet([]string{"email", "status", "Lists"},
		[]string{"a@x.de", "Subscribed", "newsletter"}, []string{"b@x.de", "Subscribed", "newsletter "}, []string{"c@x.de", "Subscribed", "newsletter ; id:42"}, []string{"d@x.de", "Subscribed", "42; VIP"}))
	wantCounts(t, sn, map[string]int{
		"in_list('newsletter')": 1, "in_list('newsletter ')": 2, "in_list('id:1')": 1, "in_list('id:2')": 2, "in_list('id:3')": 1, "in_list('vip')": 1, "in_list('4')": 1, "in_list('42')": 1, "list_count = 0": 0,
	})
	for ref, says := range map[string]string{"Newsletter": "could mean more than one list", "newsletter  ": "could mean more than one list", "nowhere": "there is no list", "id:42": "there is no list"} {
		_, _, err := sn.Count(t.Context(), "in_list('"+ref+"')")
		code := fault.InvalidInput
		if strings.Contains(says, "more than one") {
			code = fault.Conflict
		}
		wantFault(t, err, code, says)
	}
	report, err := sn.Report(t.Context(), "id:3", false)
	must(t, err)
	if report.Contacts != 1 || report.List != "id:42" {
		t.Errorf("the report of id:3 is %+v", report)
	}
	report, err = sn.Report(t.Context(), "", false)
	must(t, err)
	for _, list := range report.Lists {
		if want := map[int64]int{1: 1, 2: 2, 3: 1, 4: 1, 5: 1}[list.ID]; list.Count != want {
			t.Errorf("%q has %d", list.Name, list.Count)
		}
	}
}

// Guarantee 10.7.
func TestAListThatCouldBeTwoIsAskedForByItsID(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddList("2")
	e.AddList("x")
	sn := ofFile(t, e, sheet([]string{"email", "status", "Lists"}, []string{"a@x.de", "Subscribed", "x"}))
	_, _, err := sn.Count(t.Context(), "in_list('2')")
	wantFault(t, err, fault.Conflict, "could mean more than one list", "id:1", "id:2")
	wantCounts(t, sn, map[string]int{"in_list('id:2')": 1, "in_list('id:1')": 0})
}

// Guarantee 10.1.
func TestWhoIsOnAListThatCannotBeToldApartIsNotKnown(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	for _, name := range []string{"same", "same", "VIP"} {
		e.AddList(name)
	}
	sn := ofFile(t, e, sheet([]string{"email", "status", "Lists"},
		[]string{"a@x.de", "Subscribed", "same; VIP"}, []string{"b@x.de", "Subscribed", "VIP"}, []string{"c@x.de", "Subscribed", ""}, []string{"d@x.de", "Subscribed", "Ghost"}))
	for _, ref := range []string{"id:1", "id:2"} {
		_, _, err := sn.Count(t.Context(), "in_list('"+ref+"')")
		wantFault(t, err, fault.InvalidInput, "it is not known who is on the list", "does not tell these apart", "id:1", "id:2")
		_, err = sn.Report(t.Context(), ref, false)
		wantFault(t, err, fault.InvalidInput, "it is not known who is on the list")
	}
	wantCounts(t, sn, map[string]int{"in_list('VIP')": 2, "NOT in_list('VIP')": 1, "in_list('VIP') IS NULL": 1, "list_count = 0": 1, "list_count = 1": 1, "list_count IS NULL": 2})
	page, err := sn.Search(t.Context(), Query{Where: "NOT in_list('VIP')"})
	must(t, err)
	if len(page.Hints) == 0 || !strings.Contains(page.Hints[0], "Of 2 contacts it is not known") {
		t.Errorf("it is not said: %q", page.Hints)
	}
	counts, err := sn.CountBy(t.Context(), "", "", "list", 10)
	must(t, err)
	if len(counts.Hints) != 1 || len(counts.Groups) != 2 || counts.Groups[0] != (Group{"VIP", 2}) || counts.Groups[1] != (Group{nil, 1}) {
		t.Errorf("counted %+v", counts)
	}
	report, err := sn.Report(t.Context(), "", false)
	must(t, err)
	if report.Unlisted != 2 || len(report.Doubtful) != 2 || report.InNoList != 1 || len(report.Lists) != 1 {
		t.Errorf("the report is %+v", report)
	}
	facts, err := sn.Facts(t.Context())
	must(t, err)
	if facts.Unlisted != 2 || len(facts.Doubtful) != 2 {
		t.Errorf("the facts are %+v", facts)
	}
	if d, _, err := sn.Find(t.Context(), "d@x.de"); err != nil || !d.Unlisted || len(d.ListIDs) != 0 {
		t.Errorf("d is %+v, %v", d, err)
	}
}
