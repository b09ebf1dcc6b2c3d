package audience

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestHostileExpressionsAreRefused(t *testing.T) {
	sn := at(t, t.TempDir(), people(emulator.LayoutTags)).snapshot(t)
	for _, where := range []string{
		"1=1; DROP TABLE part", "1=1; ATTACH 'x.db' AS x", "ATTACH DATABASE '/etc/passwd' AS x", "PRAGMA query_only = 0", "pragma_table_info('part')", "load_extension('x')",
		"(SELECT 1)", "email IN (SELECT email FROM contact)", "EXISTS (SELECT 1)", "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n) SELECT i FROM n", "(WITH x AS (SELECT 1) SELECT 1)",
		"1 UNION SELECT 1", "randomblob(1e9) IS NOT NULL", "zeroblob(1000000000) = 1", "hex(randomblob(1000))='x'", "printf('%1000000000d', 1) = 'x'", "readfile('/etc/passwd') IS NOT NULL",
		"writefile('x','y')", "email = 'a' -- comment", "email = 'a' /* c */", "email = ?", "email = :p", "email = @p", "email = $p", "plan = 'x", `"plan = 1`, "plan = = 'x'", "plan", "email", "'x'", "plan AND 1",
		"plan LIKE", "plan IN", "plan IN (", "plan IN ('a'", "(plan = 'a'", "plan = 'a')", "count(*) > 1", "sum(age) > 1", "fts5(email)", "email MATCH 'x'", "email REGEXP 'x'", "email COLLATE nocase = 'x'",
		"plan = 'a' ORDER BY 1", "plan = 'a' LIMIT 1", "plan = 'a' GROUP BY plan", "1e9e9 = 1", "x'00' = 1", "sqlite_version() = '3'", "main.part.data = 1", "part = 1", "rowid = 1", "f0 = 1",
		strings.Repeat("(", 10_000) + "1" + strings.Repeat(")", 10_000), strings.Repeat("not ", 2000) + "1", "1" + strings.Repeat("+1", 4000), strings.Repeat("-", 5000) + "1", "1=" + strings.Repeat("'", 8191),
		strings.Repeat("x", 100_000), "\x00", "plan = '\xff'", "", "   ", "in_list()", "in_list(plan)", "in_list('a','b')", "field()", "field(1)", "CASE END", "CASE WHEN 1 THEN 2", "CAST(age AS blob) = 1",
		"lower() = 'x'", "lower('a','b') = 'x'", "date('now'", "email = email.plan", "[plan", "plan = 'pro' plan = 'x'", "age = 'seven'", "is_customer = 'maybe'", "last_login > 'yesterday'", "last_login = '31.01.2026'",
		"created_at > '2026-13-01'", "plan GLOB '[a-z]*'", "plan = 'a' ESCAPE 'b'", "plan LIKE 'a' ESCAPE 'bb'", "lists = 'Newsletter'", "email BETWEEN 'a'", "NOT", "AND", "OR 1", "1 OR", "NULL NULL", "plan IS", "#", "{}", "\\",
	} {
		began := time.Now()
		_, _, err := sn.Count(t.Context(), where)
		shown := where[:min(len(where), 60)]
		if !fault.Is(err, fault.InvalidInput) {
			if strings.TrimSpace(where) == "" && err == nil {
				continue // nothing chooses all
			}
			t.Errorf("%q: %v", shown, err)
			continue
		}
		if f := fault.From(err); f.Next == "" || len(f.Error()) > 3000 {
			t.Errorf("%q: %v", shown, f)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("%q took %s", shown, took)
		}
	}
}

func TestExpressionsThatGrowAreStopped(t *testing.T) {
	sn := at(t, t.TempDir(), people(emulator.LayoutTags)).snapshot(t)
	grown := "email"
	for range 20 {
		grown = "replace(" + grown + ", 'a', 'aaaaaaaaaaaaaaaaaaaa')"
	}
	_, _, err := sn.Count(t.Context(), "length("+grown+") > 0")
	wantFault(t, err, fault.InvalidInput, "longer than")
	began := time.Now()
	long := "replace(email, 'a', '" + strings.Repeat("a", 2000) + "')"
	if _, _, err := sn.Count(t.Context(), "instr("+long+" || "+long+", "+long+" || 'b') > 0"); err != nil || time.Since(began) > 2*time.Second {
		t.Errorf("%s: %v", time.Since(began), err)
	}
	pattern := strings.Repeat("%a", 2000) + "b"
	began = time.Now()
	if _, _, err := sn.Count(t.Context(), "email LIKE '"+pattern+"'"); err != nil || time.Since(began) > time.Second {
		t.Errorf("%s: %v", time.Since(began), err)
	}
}

func TestAWrongExpressionIsAnsweredWithWhatIsRight(t *testing.T) {
	sn := at(t, t.TempDir(), people(emulator.LayoutTags)).snapshot(t)
	for where, says := range map[string][]string{
		"status = 'subscribed' AND plann = 'pro'": {"at character 27", `no column "plann"`, "Is plan meant?", "created_at", "is_customer"},
		`plan = "pro"`:                {`no column "pro"`, "single quotes"},
		"in_list('Newsleter')":        {`no list "Newsleter"`, `"Newsletter"`},
		"lowr(plan) = 'x'":            {`no function "lowr"`, "Is lower meant?", "in_list"},
		"plan":                        {"not a condition by itself", "plan = '…'"},
		"age > 'old'":                 {"compared with a number", "without quotes"},
		"last_login > 'last week'":    {"year-month-day", "date('now', '-90 days')"},
		"plan = 'a'; DROP TABLE x":    {"at character 11", "semicolon"},
		"email IN (SELECT 1)":         {"SELECT is not allowed"},
		"plan = 'it's'":               {"at character 13"},
		"field('Oder') = 'x'":         {`no field "Oder"`, "Is "},
		"lists = 'Newsletter'":        {"in_list('Name')"},
		"Ğ = 1":                       {`no column "Ğ"`, "character 1:"},
		"Город = 'x' AND Горот = 'y'": {"character 17"},
	} {
		_, _, err := sn.Count(t.Context(), where)
		wantFault(t, err, fault.InvalidInput, says...)
	}
}

func TestHintsSayWhatEmptyCellsDo(t *testing.T) {
	sn := at(t, t.TempDir(), people(emulator.LayoutTags)).snapshot(t)
	page, err := sn.Search(t.Context(), Query{Where: "plan <> 'pro'"})
	must(t, err)
	if len(page.Hints) != 1 || !strings.Contains(page.Hints[0], "2 contacts without plan") {
		t.Errorf("hints: %q", page.Hints)
	}
}

func TestDatesRelativeToNow(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddField("Last login", "date", "last_login")
	for i, days := range []int{1, 89, 91, 400} {
		e.AddContact(emulator.Contact{Email: fmt.Sprintf("a%d@x.de", i), Fields: map[string]any{"last_login": time.Now().UTC().AddDate(0, 0, -days).Format(time.DateOnly)}})
	}
	sn := at(t, t.TempDir(), e).snapshot(t)
	wantCounts(t, sn, map[string]int{
		"last_login < date('now','-90 days')": 2, "last_login >= date('now', '-1 year')": 3, "created_at > datetime('now', '-1 hour')": 4, "created_at < datetime('now', '-1 hour')": 0,
		"julianday('now') - julianday(last_login) > 90": 2, "strftime('%Y', last_login) = strftime('%Y', last_login)": 4, "date(last_login, '+90 days') > date('now')": 2,
	})
}

func TestSearchPagesOrdersAndChooses(t *testing.T) {
	e := emulator.New(emulator.Config{ExportLayout: emulator.LayoutTags, Unlimited: true})
	e.AddField("N", "integer", "n")
	e.AddField("Name", "text", "name")
	e.AddContacts(5000, func(i int) emulator.Contact {
		return emulator.Contact{Email: fmt.Sprintf("p%04d@x%d.de", i, i%3), Fields: map[string]any{"n": int64(i * 7919 % 5000), "name": fmt.Sprintf("Name %d", i%10)}}
	})
	sn := at(t, t.TempDir(), e).snapshot(t)
	for _, order := range []string{"", "n", "n desc", "name desc, n asc"} {
		q := Query{Where: "n >= 100", OrderBy: order, Limit: 100, Columns: []string{"n", "name", "email"}}
		seen := map[any]bool{}
		var before []any
		for range 200 {
			page, err := sn.Search(t.Context(), q)
			must(t, err)
			if page.Total != 4900 {
				t.Fatalf("total %d", page.Total)
			}
			for _, row := range page.Rows {
				if seen[row[0]] {
					t.Fatalf("%q: %v twice", order, row)
				}
				seen[row[0]] = true
				bad := false
				if before != nil {
					switch order {
					case "n":
						bad = before[0].(int64) > row[0].(int64)
					case "n desc":
						bad = before[0].(int64) < row[0].(int64)
					case "name desc, n asc":
						bad = before[1].(string) < row[1].(string) || before[1] == row[1] && before[0].(int64) > row[0].(int64)
					case "":
						bad = before[2].(string) > row[2].(string)
					}
				}
				if bad {
					t.Fatalf("%q: %v after %v", order, row, before)
				}
				before = row
			}
			if q.Cursor = page.Cursor; q.Cursor == "" {
				break
			}
		}
		if len(seen) != 4900 {
			t.Errorf("%q: %d rows", order, len(seen))
		}
	}
	page, err := sn.Search(t.Context(), Query{Text: "NAME 7", Limit: 1})
	must(t, err)
	if page.Total != 500 {
		t.Errorf("text found %d", page.Total)
	}
	_, err = sn.Search(t.Context(), Query{Text: "NAME 8", Cursor: page.Cursor})
	wantFault(t, err, fault.Conflict)
	_, err = sn.Search(t.Context(), Query{Cursor: "x"})
	wantFault(t, err, fault.InvalidInput)
	_, err = sn.Search(t.Context(), Query{Columns: []string{"nam"}})
	wantFault(t, err, fault.InvalidInput, "Is name meant?")
	counts, err := sn.CountBy(t.Context(), "n < 5000", "", "email_domain", 2)
	must(t, err)
	if len(counts.Groups) != 2 || counts.Groups[0].Count != 1667 || counts.Others != 1666 || counts.Total != 5000 {
		t.Errorf("counts: %+v", counts)
	}
}

func TestCountsFilesAndReports(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutNames))
	sn := h.snapshot(t)
	counts, err := sn.CountBy(t.Context(), "", "", "list", 10)
	must(t, err)
	if fmt.Sprint(counts.Groups) != "[{Newsletter 2} {VIP; gold, and more 2} {<nil> 1}]" {
		t.Errorf("by list: %v", counts.Groups)
	}
	var file bytes.Buffer
	n, filled, err := sn.Write(t.Context(), &file, "email LIKE 'anna%'", []string{"email", "is_customer", "Lists", "field('status')", "score"}, "csv")
	must(t, err)
	if want := "email,is_customer,lists,state_of_mind,score\nanna@example.com,true,\"Newsletter; \"\"VIP; gold, and more\"\"\",calm,1.5\nanna+tag@example.com,,\"\"\"VIP; gold, and more\"\"\",,\n"; file.String() != want || n != 2 || filled[1].Filled != 1 || filled[2].Filled != 2 {
		t.Errorf("%d, %v:\n%s", n, filled, file.String())
	}
	file.Reset()
	_, _, err = sn.Write(t.Context(), &file, "age = 42", nil, "jsonl")
	must(t, err)
	var object map[string]any
	must(t, json.Unmarshal(file.Bytes(), &object))
	if object["plan"] != "pro" || object["age"] != 42.0 || object["order"] != "first" {
		t.Errorf("object: %v", object)
	}
	_, _, err = sn.Write(t.Context(), &file, "", nil, "xml")
	wantFault(t, err, fault.InvalidInput)
	report, err := sn.Report(t.Context(), "", false)
	must(t, err)
	if report.Contacts != 4 || report.Unsubscribed() != 1 || report.InNoList != 1 || report.Domains[0].Name != "example.com" || len(report.Hygiene) != 3 || report.Hygiene[0].Kind != "typo" || report.Hygiene[1].Kind != "same_person" || report.Hygiene[1].Count != 1 {
		t.Errorf("report: %+v", report)
	}
	if strings.Contains(fmt.Sprint(report), "@gmial") {
		t.Error("there is an address in it")
	}
	report, err = sn.Report(t.Context(), "newsletter", true)
	must(t, err)
	if report.Contacts != 2 || report.List != "Newsletter" {
		t.Errorf("report of a list: %+v", report)
	}
	visited := 0
	must(t, sn.Each(t.Context(), "in_list('Newsletter')", func(c Contact) error {
		visited++
		if c.Email == "anna@example.com" && (len(c.ListIDs) != 2 || c.Fields["plan"] != "pro") {
			t.Errorf("%+v", c)
		}
		return nil
	}))
	if visited != 2 {
		t.Errorf("%d visited", visited)
	}
}

func TestSegments(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	sn := h.snapshot(t)
	saved, replaced, err := h.SaveSegment(t.Context(), sn, Segment{Name: "Pro ", Where: "plan = 'pro' AND in_list('Newsletter')", Description: "who pays"})
	must(t, err)
	if replaced != nil || saved.Name != "Pro" {
		t.Errorf("%+v, %v", saved, replaced)
	}
	_, replaced, err = h.SaveSegment(t.Context(), sn, Segment{Name: "PRO", Where: "field('Plan') = 'pro' AND in_list('Newsletter')"})
	must(t, err)
	if replaced == nil || replaced.Where != "plan = 'pro' AND in_list('Newsletter')" || replaced.Description != "who pays" { // Guarantee 10.18.
		t.Errorf("replaced: %+v", replaced)
	}
	_, _, err = h.SaveSegment(t.Context(), sn, Segment{Name: "x", Where: "plann = 1"})
	wantFault(t, err, fault.InvalidInput, "Is plan meant?")
	byTag := map[string]int64{}
	for _, field := range h.account.Fields() {
		byTag[field.MergeTag] = field.ID
	}
	for id, want := range map[int64]int{1: 1, 2: 0} {
		if names, err := h.SegmentsUsingField(t.Context(), byTag[map[int64]string{1: "plan", 2: "age"}[id]]); err != nil || len(names) != want {
			t.Errorf("field %d: %v, %v", id, names, err)
		}
		if names, err := h.SegmentsUsingList(t.Context(), id); err != nil || len(names) != want {
			t.Errorf("list %d: %v, %v", id, names, err)
		}
	}
	_, err = h.Segment(t.Context(), "prro")
	wantFault(t, err, fault.NotFound, `"PRO"`)
	_, err = h.DeleteSegment(t.Context(), "pro")
	must(t, err)
	if all, err := h.Segments(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

func FuzzWhere(f *testing.F) {
	for _, where := range []string{
		"status = 'subscribed' AND plan = 'pro' AND last_login < date('now','-90 days') AND in_list('Newsletter')", "1=1; DROP TABLE x", `"Say ""hi"" it's" LIKE '%a_b' ESCAPE '\'`,
		"CASE age WHEN 1 THEN 2 ELSE 3 END = 2", "CAST(age AS text) || 'x' IN ('7x', NULL)", "replace(replace(email,'a','aaaa'),'a','aaaa') <> ''", "strftime('%Y-%j %s', created_at, '+1 month', 'weekday 2') > '2'",
		"substr(plan, -2, -9223372036854775808) = abs(-9223372036854775808)", "age / 0 % -1 - -9223372036854775808 IS NOT DISTINCT FROM NULL", "round(score, 99) BETWEEN -1 AND 1e308 * 10", "Город IS NULL OR NOT field('status') NOTNULL",
	} {
		f.Add(where)
	}
	e := people(emulator.LayoutTags)
	h := at(f, f.TempDir(), e)
	sn, err := h.Snapshot(f.Context(), Want{})
	must(f, err)
	f.Cleanup(sn.Release)
	f.Fuzz(func(t *testing.T, where string) {
		began := time.Now()
		total, subscribed, err := sn.Count(t.Context(), where)
		if err != nil && !fault.Is(err, fault.InvalidInput) {
			t.Fatalf("%v, because %v", err, fault.From(err).Err)
		}
		if total > 4 || subscribed > total || time.Since(began) > 3*time.Second {
			t.Fatalf("%d of %d in %s", subscribed, total, time.Since(began))
		}
	})
}

func TestLongAndDeepExpressionsAreAnswered(t *testing.T) {
	sn := dated(t)
	nested := "visits"
	for range maxDepth - 5 {
		nested = "coalesce(" + nested + ", 0)"
	}
	deep := "visits = 1"
	for i := range (maxDepth - 5) / 2 {
		deep = "NOT (" + deep + [...]string{" AND ", " OR "}[i%2] + "plan = 'x')"
	}
	for where, want := range map[string]int{
		strings.TrimSuffix(strings.Repeat("visits=1 OR ", 680), " OR "):             1,
		strings.TrimSuffix(strings.Repeat("visits=1 AND ", 620), " AND "):           1,
		"visits IN (" + strings.TrimSuffix(strings.Repeat("1,", 4000), ",") + ")":   1,
		"day IN (" + strings.TrimSuffix(strings.Repeat("'2027',", 1100), ",") + ")": 1,
		nested + " = 1": 1,
	} {
		if got := count(t, sn, where); got != want {
			t.Errorf("%.30s … (%d bytes): %d contacts, want %d", where, len(where), got, want)
		}
	}
	if _, _, err := sn.Count(t.Context(), deep); err != nil {
		t.Error(err)
	}
}
