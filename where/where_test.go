package where

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
)

func TestHostileExpressionsAreRefused(t *testing.T) {
	sn := people(t)
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
		_, err := sn.Count(t.Context(), where)
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
	sn := people(t)
	grown := "email"
	for range 20 {
		grown = "replace(" + grown + ", 'a', 'aaaaaaaaaaaaaaaaaaaa')"
	}
	_, err := sn.Count(t.Context(), "length("+grown+") > 0")
	wantFault(t, err, fault.InvalidInput, "longer than")
	began := time.Now()
	long := "replace(email, 'a', '" + strings.Repeat("a", 2000) + "')"
	if _, err := sn.Count(t.Context(), "instr("+long+" || "+long+", "+long+" || 'b') > 0"); err != nil || time.Since(began) > 2*time.Second {
		t.Errorf("%s: %v", time.Since(began), err)
	}
	pattern := strings.Repeat("%a", 2000) + "b"
	began = time.Now()
	if _, err := sn.Count(t.Context(), "email LIKE '"+pattern+"'"); err != nil || time.Since(began) > time.Second {
		t.Errorf("%s: %v", time.Since(began), err)
	}
}

func TestAWrongExpressionIsAnsweredWithWhatIsRight(t *testing.T) {
	sn := people(t)
	for where, says := range map[string][]string{
		"status = 'subscribed' AND plann = 'pro'": {"at character 27", `no column "plann"`, "Is plan meant?", "created_at", "is_customer"},
		`plan = "pro"`:                {`no column "pro"`, "single quotes"},
		"is_bouncing = 1":             {`no column "is_bouncing"`, "is_suppressed('hard bounce')", "suppressed_at"},
		"Complaints > 0":              {`no column "Complaints"`, "is_suppressed('hard bounce')", "'spam complaint'"},
		"issuppressed('any')":         {`no function "issuppressed"`, "Is is_suppressed meant?", "suppressed_at"},
		"field('Bounced') = 1":        {`no field "Bounced"`, "is_suppressed('hard bounce')"},
		"unsubscribed = true":         {`no column "unsubscribed"`, "status = 'unsubscribed'"},
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
		_, err := sn.Count(t.Context(), where)
		wantFault(t, err, fault.InvalidInput, says...)
	}
}

func TestDatesRelativeToNow(t *testing.T) {
	file, now := "email,last_login,created_at\n", time.Now().UTC()
	for i, days := range []int{1, 89, 91, 400} {
		file += fmt.Sprintf("a%d@x.de,%s,%s\n", i, now.AddDate(0, 0, -days).Format(time.DateOnly), now.Format(time.RFC3339))
	}
	sn := account{fields: []apiclient.Field{field("Last login", "date", "last_login")}}.holding(t, file)
	wantCounts(t, sn, map[string]int{
		"last_login < date('now','-90 days')": 2, "last_login >= date('now', '-1 year')": 3, "created_at > datetime('now', '-1 hour')": 4, "created_at < datetime('now', '-1 hour')": 0,
		"julianday('now') - julianday(last_login) > 90": 2, "strftime('%Y', last_login) = strftime('%Y', last_login)": 4, "date(last_login, '+90 days') > date('now')": 2,
	})
}

func FuzzWhere(f *testing.F) {
	for _, where := range []string{
		"status = 'subscribed' AND plan = 'pro' AND last_login < date('now','-90 days') AND in_list('Newsletter')", "1=1; DROP TABLE x", `"Say ""hi"" it's" LIKE '%a_b' ESCAPE '\'`,
		"CASE age WHEN 1 THEN 2 ELSE 3 END = 2", "CAST(age AS text) || 'x' IN ('7x', NULL)", "replace(replace(email,'a','aaaa'),'a','aaaa') <> ''", "strftime('%Y-%j %s', created_at, '+1 month', 'weekday 2') > '2'",
		"substr(plan, -2, -9223372036854775808) = abs(-9223372036854775808)", "age / 0 % -1 - -9223372036854775808 IS NOT DISTINCT FROM NULL", "round(score, 99) BETWEEN -1 AND 1e308 * 10", "Город IS NULL OR NOT field('status') NOTNULL",
	} {
		f.Add(where)
	}
	sn := people(f)
	f.Fuzz(func(t *testing.T, where string) {
		began := time.Now()
		total, err := sn.Count(t.Context(), where)
		if err != nil && !fault.Is(err, fault.InvalidInput) {
			t.Fatalf("%v, because %v", err, fault.From(err).Err)
		}
		if total > 4 || time.Since(began) > 3*time.Second {
			t.Fatalf("%d in %s", total, time.Since(began))
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
	if _, err := sn.Count(t.Context(), deep); err != nil {
		t.Error(err)
	}
}
