package audience

import (
	"fmt"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/where"
)

// dated is a snapshot with a day and a moment in each row, and texts that look like numbers.
func dated(t testing.TB) *Snapshot {
	t.Helper()
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddField("Day", "date", "day")
	e.AddField("Phone", "text", "phone")
	e.AddField("Zip", "text", "zip")
	e.AddField("City", "text", "city")
	e.AddField("Visits", "integer", "visits")
	e.AddField("Is VIP", "boolean", "vip")
	e.AddField("Plan", "text", "plan")
	e.AddList("News")
	return ofFile(t, e, "email,status,created_at,day,phone,zip,city,visits,vip,plan,list_ids\n"+
		"a@x.de,subscribed,2026-08-31T23:59:59Z,2026-08-31,1234567890123456,01234,Du\u0308sseldorf,9007199254740993,true,pro,\n"+
		"b@x.de,subscribed,2026-09-01T00:00:00Z,2026-09-01,1234567890123457,1234,D\u00fcsseldorf,9007199254740992,false,Pro,\n"+
		"c@x.de,subscribed,2026-09-30T23:59:59Z,2026-09-30,49,00049,,12345678901234567890,,PRO,\n"+
		"d@x.de,unsubscribed,2026-10-01T00:00:00Z,2026-10-01,1.0,1,caf\u00e9,12345678901234567891,,,\n"+
		"e@y.de,subscribed,2027-01-01T12:30:15Z,2027-01-01,,,,1,,team,\n")
}

// Guarantee 10.17e.
func TestAccentsAreFoundHoweverTheyAreWritten(t *testing.T) {
	sn := dated(t)
	for _, written := range []string{"D\u00fcsseldorf", "Du\u0308sseldorf"} {
		page, err := sn.Search(t.Context(), Query{Text: strings.ToUpper(written)})
		must(t, err)
		if page.Total != 2 {
			t.Errorf("text %q: %d", written, page.Total)
		}
	}
	counts, err := sn.CountBy(t.Context(), "", "", "city", 10)
	must(t, err)
	if fmt.Sprint(counts.Groups) != "[{<nil> 2} {Düsseldorf 2} {café 1}]" {
		t.Errorf("counts: %v", counts.Groups)
	}
}

func wantHint(t testing.TB, sn *Snapshot, where, says string) {
	t.Helper()
	page, err := sn.Search(t.Context(), Query{Where: where})
	must(t, err)
	if !strings.Contains(strings.Join(page.Hints, "\n"), says) {
		t.Errorf("%s: no hint says %q: %q", where, says, page.Hints)
	}
}

// Guarantee 10.18.
func TestHintsSayWhatMayBeMeantOtherwise(t *testing.T) {
	sn := dated(t)
	for where, says := range map[string]string{
		"vip = false": "3 contacts without vip are not false but empty; \"(vip = false OR vip IS NULL)\" has them too", "NOT vip": "3 contacts without vip", "vip IS FALSE": "3 contacts without vip", "vip = 0": "3 contacts", "vip <> true": "3 contacts without vip",
		"plan = ''": "write plan IS NULL", "plan <> 'pro'": "1 contact without plan", "plan IN ('team', NULL)": "1 contact without plan: NULL in IN fits nobody; \"(plan IN ('team', NULL) OR plan IS NULL)\" has them too", "plan = 'pro'": `"PRO" (1), "Pro" (1)`, "plan NOT IN ('pro')": "not taken for the same",
		"visits BETWEEN 7 AND 3": "smaller bound first", "email LIKE 'a'": "write '%…%'", "plan = 'PRO' AND visits > 0": "lower(trim(plan))",
	} {
		wantHint(t, sn, where, says)
	}
	for _, where := range []string{
		"plan <> 'team' OR plan IS NULL", "vip = false OR vip IS NULL", "plan <> ''", "lower(plan) = 'pro'", "plan = 'team'", "plan = '' OR plan IS NULL", "day = '2026-09'", "status <> 'subscribed'", "plan IN ('pro', 'Pro', 'PRO')", "email LIKE 'a%'",
	} {
		if hints, err := sn.Hints(t.Context(), where, 1); err != nil || len(hints) > 0 {
			t.Errorf("%s: %q, %v", where, hints, err)
		}
	}
}

// Guarantee 10.1.
func TestListsAreFoundByTheOneRule(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	news, trailing := e.AddList("News"), e.AddList("News ")
	e.AddList(fmt.Sprint(news))
	vip := e.AddList("VIP")
	sn := ofFile(t, e, "email,list_ids\na@x.de,\n")
	for condition, want := range map[string]int64{
		"in_list('News')": news, "in_list('News ')": trailing, fmt.Sprintf("in_list('id:%d')", news): news, "in_list('vip')": vip, fmt.Sprintf("in_list(%d)", trailing): trailing, `in_list("VIP")`: vip,
	} {
		found, err := sn.about.Check(condition)
		must(t, err)
		if got := found.IDs(where.RefList); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v, want %d", condition, got, want)
		}
	}
	for where, says := range map[string][]string{
		"in_list('news')": {"more than one list", "id:"}, fmt.Sprintf("in_list('%d')", news): {"more than one list", "in_list('id:42')"},
	} {
		_, _, err := sn.Count(t.Context(), where)
		wantFault(t, err, fault.Conflict, says...)
	}
	_, _, err := sn.Count(t.Context(), "in_list('Newz')")
	wantFault(t, err, fault.InvalidInput, `no list "Newz"`, `"News"`, `"VIP"`)
}

// Guarantee 10.1.
func TestAFieldOfABuiltInNameHasANameOfItsOwn(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true, ExportLayout: emulator.LayoutTags})
	e.AddField("Status", "text", "status")
	e.AddField("Plan", "text", "plan")
	e.AddField("plan", "text", "old_plan")
	e.AddContact(emulator.Contact{Email: "a@x.de", Status: "subscribed", Fields: map[string]any{"status": "gold"}})
	sn := at(t, t.TempDir(), e).snapshot(t)
	wantCounts(t, sn, map[string]int{
		"status = 'subscribed'": 1, `"field:status" = 'gold'`: 1, "field:status = 'gold'": 1, "field('status') = 'gold'": 1, `"field:status" IS NULL`: 0, `"field:Status" LIKE 'g%'`: 1, `"status" = 'subscribed'`: 1,
	})
	_, _, err := sn.Count(t.Context(), "status = 'gold'")
	wantFault(t, err, fault.InvalidInput, `no status "gold"`, `"field:status"`)
	wantHint(t, sn, "status = 'unsubscribed'", `"field:status"`)
	_, _, err = sn.Count(t.Context(), "plan = 'x'")
	wantFault(t, err, fault.Conflict, "more than one", "field('id:42')")
}
