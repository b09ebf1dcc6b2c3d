package where

import (
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
)

// dated is a table with a day and a moment in each row, and texts that look like numbers.
func dated(t testing.TB) *contacts {
	t.Helper()
	return account{
		fields: []apiclient.Field{
			field("Day", "date"), field("Phone", "text"), field("Zip", "text"), field("City", "text"), field("Visits", "integer"),
			field("Is VIP", "boolean", "vip"), field("Plan", "text"),
		},
		lists: []string{"News"},
	}.holding(t, "email,status,created_at,day,phone,zip,city,visits,vip,plan,list_ids\n"+
		"a@x.de,subscribed,2026-08-31T23:59:59Z,2026-08-31,1234567890123456,01234,Du\u0308sseldorf,9007199254740993,true,pro,\n"+
		"b@x.de,subscribed,2026-09-01T00:00:00Z,2026-09-01,1234567890123457,1234,D\u00fcsseldorf,9007199254740992,false,Pro,\n"+
		"c@x.de,subscribed,2026-09-30T23:59:59Z,2026-09-30,49,00049,,12345678901234567890,,PRO,\n"+
		"d@x.de,unsubscribed,2026-10-01T00:00:00Z,2026-10-01,1.0,1,caf\u00e9,12345678901234567891,,,\n"+
		"e@y.de,subscribed,2027-01-01T12:30:15Z,2027-01-01,,,,1,,team,\n")
}

// Guarantee 10.17a.
func TestPartialDatesArePaddedOrRefused(t *testing.T) {
	sn := dated(t)
	wantCounts(t, sn, map[string]int{
		"day >= '2026-9'": 4, "day >= '2026-9-1'": 4, "day = '2026-9-30'": 1, "created_at < '2026-9-1'": 1, "created_at = '2026-9-30 23:59'": 1, "day > '2026'": 1,
		"date(created_at) = '2026-9-30'": 1, "coalesce(day, '2026-9-1') = '2026-9-1'": 1,
	})
	for where, says := range map[string][]string{
		"day = '2026-13'": {"'2026-03-04'"}, "day = '2026-02-30'": {"not a date"}, "created_at > '2026-9-31'": {"not a date"}, "day = '26-09-01'": {"1 September 2026"}, "day = 'September 2026'": {"not a date"},
		"day > '2026/9/1'": {`Write "day > '2026-09-01'`}, "day > '30.09.2026'": {`Write "day > '2026-09-30'`}, "day > '12/31/2026'": {"'2026-12-31'"}, "day > '01/02/2026'": {"1 February 2026, which is written '2026-02-01', or 2 January 2026, which is written '2026-01-02'", "Ask which"},
		"day > '03.04.2026'": {"'2026-04-03'", "'2026-03-04'", "Ask which"}, "day > '03-04-26'": {"'2026-04-03'", "'2026-03-04'", "'2003-04-26'"}, "day > '02.02.2026'": {`Write "day > '2026-02-02'`}, "day > '03/04/40'": {"year-month-day"},
		"created_at > '31.12.2026 10:30'": {`Write "created_at > '2026-12-31 10:30'`}, "created_at > '12/31/2026 9:05:30 pm'": {`Write "created_at > '2026-12-31 21:05:30'`}, "created_at > '20261231T1030'": {`Write "created_at > '2026-12-31 10:30:00'`},
		"created_at > '03/04/2026, 17:30'": {"'2026-04-03 17:30'", "'2026-03-04 17:30'"}, "created_at > '31 Dec 2026 10:30 +0200'": {`Write "created_at > '2026-12-31 10:30 +0200'`}, "created_at > '31.12.2026 10:30 CET'": {"in UTC"},
		"day IN ('2026-09-01', '2026-9-x')": {"not a date"}, "day BETWEEN '2026' AND 'now'": {"not a date"}, "date('2026-9') < day": {"'2026-09-01'"}, "day = '202609'": {"not a date"},
		"day = ''": {"not a date"}, "day = DATE '2026-09-01'": {`Write "day = '2026-09-01'`},
	} {
		_, err := sn.Count(t.Context(), where)
		wantFault(t, err, fault.InvalidInput, says...)
	}
}

// Guarantee 10.17b.
func TestAPeriodIsMeantAsAWhole(t *testing.T) {
	sn := dated(t)
	for _, column := range []string{"created_at", "day", "date(created_at)", "max(created_at, created_at)"} {
		for condition, want := range map[string]int{
			"= '2026-09'": 2, "<> '2026-09'": 3, "< '2026-09'": 1, "<= '2026-09'": 3, "> '2026-09'": 2, ">= '2026-09'": 4, "= '2026'": 4, "<= '2026'": 4, "> '2026'": 1, "IS '2026-09'": 2, "IS NOT '2026-09'": 3,
			"BETWEEN '2026-08' AND '2026-09'": 3, "NOT BETWEEN '2026-08' AND '2026-09'": 2, "BETWEEN '2026-09-01' AND '2026-09-30'": 2, "IN ('2026-08', '2027')": 2, "NOT IN ('2026-08', '2027')": 3,
			"= '2026-09-30'": 1, "<= '2026-09-30'": 3, "> '2026-09-30'": 2, "<= date('2026-09-30')": 3, "= date('2026-09-01', '-1 day')": 1, "> date('2026-09-30')": 2, "IN (date('2026-09-30'), '2027-01')": 2,
		} {
			if got := count(t, sn, column+" "+condition); got != want {
				t.Errorf("%s %s: %d, want %d", column, condition, got, want)
			}
		}
	}
	wantCounts(t, sn, map[string]int{
		"'2026-09' = created_at": 2, "'2026-09-30' >= created_at": 3, "'2026-09' < day": 2, "created_at = day": 5, "day >= created_at": 5, "created_at > day": 0, "created_at = '2027-01-01 12:30'": 1, "created_at <= '2027-01-01 12:30'": 5,
		"created_at = '2027-01-01T13:30:15+01:00'": 1, "created_at = '2027-01-01 12'": 1, "CASE day WHEN '2026-09' THEN 1 ELSE 0 END = 1": 2, "day = '2026-09-01 00:00:00'": 1, "time(created_at) = '12:30'": 1, "time(created_at) <= '9:00'": 2,
		"NOT created_at = '2026-09'": 3, "created_at > '2026-12-31' AND created_at < '2028'": 1, "created_at IN (NULL, '2026-09')": 2,
	})
	_, err := sn.Count(t.Context(), "day < '2026-09-01 10:00'")
	wantFault(t, err, fault.InvalidInput, "holds days", "'2026-09-01'")
}

// Guarantee 10.17c.
func TestADateIsNeverANumber(t *testing.T) {
	sn := dated(t)
	for where, says := range map[string][]string{
		"day > 30": {"date('now','-30 days')"}, "created_at > 2026": {"date('now','-30 days')"}, "2026 < created_at": {"date('now','-30 days')"}, "day = 20260901": {"a date", "number"}, "day BETWEEN 2025 AND 2026": {"number"},
		"day IN (2026)": {"number"}, "day = true": {"true or false"}, "day > date('now') - 30": {"date('now', '-30 days')"}, "date('now') - day > 30": {"julianday"}, "created_at + 1 > 5": {"date"}, "-day < 3": {"dates"},
		"CAST(day AS integer) = 2026": {"strftime"}, "abs(day) = 1": {"dates"}, "day > visits": {"julianday"}, "julianday('now') - julianday(day) > day": {"a number is compared with a date"}, "day > '2026-01-01' + 30": {"dates"},
		"date(30) < day": {"date('now', '-30 days')"}, "date('now', -30) < day": {"'-30 days'"}, "date(visits) = '2026'": {"number and not a time"}, "time(created_at) > 12": {"number"}, "date(day, 'unixepoch') = '2026'": {"seconds"},
	} {
		_, err := sn.Count(t.Context(), where)
		wantFault(t, err, fault.InvalidInput, says...)
	}
	wantCounts(t, sn, map[string]int{"julianday(created_at) - julianday('2026-09-01') BETWEEN 0 AND 29.9999999": 1 + 1, "strftime('%m', created_at) = 9": 2, "strftime('%Y', day) > 2026": 1, "strftime('%m', created_at) IN (1, 10)": 2})
}

// Guarantee 10.17d.
func TestTextsAreNeverComparedAsFloats(t *testing.T) {
	sn := dated(t)
	wantCounts(t, sn, map[string]int{
		"phone = 1234567890123456": 1, "phone = 1234567890123457": 1, "phone <> 1234567890123456": 3, "1234567890123456 = phone": 1, "phone IN (1234567890123456, 5)": 1, "phone NOT IN (1234567890123456)": 3,
		"phone BETWEEN 1234567890123456 AND 1234567890123456": 1, "phone >= 1234567890123457 AND phone <= 1234567890123457": 1, "phone IS 1234567890123456": 1, "phone LIKE 1234567890123456": 1, "trim(phone) = 1234567890123456": 1,
		"coalesce(phone, 0) = 1234567890123456": 1, "phone || '' = 1234567890123456": 1, "CASE phone WHEN 1234567890123456 THEN 1 ELSE 0 END": 1, "nullif(phone, 1234567890123456) IS NULL": 2, "iif(vip, phone, 'x') = 1234567890123456": 1,
		"CASE WHEN vip THEN phone ELSE 'x' END = 1234567890123456": 1, "substr(phone, 1) = 1234567890123456": 1, "max(phone, '0') = 1234567890123457": 1, "instr(phone, 1234567890123456) = 1": 1, "replace(phone, 1234567890123456, '') = ''": 1,
		"phone = 1": 0, "zip = 01234": 1, "zip = 1234": 1, "zip = 1": 1, "phone = 1.0": 1, "zip IN (01234, 00049)": 2, "length(zip) = 5": 2,
		"visits = 9007199254740993": 1, "visits = 9007199254740992": 1, "visits = 9007199254740992.0": 1, "visits = 12345678901234567890": 1, "visits IN (12345678901234567891)": 1, "visits = '9007199254740993'": 1, "visits <> 9007199254740993": 4,
	})
	for where, says := range map[string][]string{
		"phone = visits": {"CAST"}, "phone = true": {"'true'"}, "visits = true": {"number"}, "vip = 5": {"true or false"}, "length(phone) = phone": {"CAST"}, "visits = 'many'": {"without quotes"},
	} {
		_, err := sn.Count(t.Context(), where)
		wantFault(t, err, fault.InvalidInput, says...)
	}
	asked, err := sn.Check("zip > 5")
	must(t, err)
	if hints := asked.Hints(asked.schema, 1); len(hints) != 2 || !strings.Contains(hints[0].Text, "CAST(zip AS real)") {
		t.Errorf("the hints are %v", hints)
	}
}

// Guarantee 10.17f.
func TestWhatDatesCannotDoIsSaid(t *testing.T) {
	sn := dated(t)
	for where, says := range map[string][]string{
		"date('now','localtime') = day": {"UTC", `Write "date('now') = day`}, "datetime(created_at, 'utc') > '2026'": {"UTC"}, "strftime('%W', created_at) = '36'": {"no %W", "%V"}, "strftime('%U', day) = '1'": {"no %U"},
		"strftime(created_at, '%Y') = '2026'": {"not a text", "'%Y-%m'"}, "strftime('now') = '2026'": {"format comes first"}, "strftime('%Y-%m', created_at) = '2026-9'": {"never makes", "'2026-03'"}, "strftime('%m', created_at) = '9'": {"'03'"},
		"time('25:00') < '12:00'": {"not a date"}, "time(created_at) < 'noon'": {"'17:30:00'"}, "date('now', '-1 week') < day": {`Write "date('now', '-7 days') < day`}, "date('now', 'start of week') < day": {"'weekday 1'"},
		"date('now', '-30') < day": {"'-30 days'"}, "date('now', '-30 dayz') < day": {"no modifier"}, "date('now', '-1.5 months') < day": {"no modifier"}, "date('now', 'monthly') < day": {"no modifier"}, "date('tomorrow') < day": {"not a date"},
		"day > now()": {"date('now')"}, "day > now": {"no column"}, "datediff(day, now()) > 3": {"julianday"}, "year(day) = 2026": {"strftime('%Y'"}, "day > date_sub(now(), interval 30 day)": {"date('now', '-30 days')"}, "to_char(day) = '1'": {"strftime"},
		"date('now', '+1 month', 'ceiling') > day": {"no modifier"}, "date('12:00') = day": {"not a date"}, "frobnicate(day) = 1": {"The functions are"}, "strftime('%Y', created_at, 'localtime') = '2026'": {"UTC"},
		"date('now', '-' || visits || ' moons') < day": {"which the expression makes", "'-30 days'"},
	} {
		_, err := sn.Count(t.Context(), where)
		wantFault(t, err, fault.InvalidInput, says...)
	}
	wantCounts(t, sn, map[string]int{
		"time('12:00') = '12:00:00'": 5, "strftime('%H:%M', '9:05') = '09:05'": 5, "strftime('%V', created_at) = '36'": 2, "time(created_at) > '12:00'": 3, "date('2026-08-31', '+1 day') = day": 1, "date(1788220800, 'unixepoch') = '2026-09-01'": 5,
		"date(day, '-' || (length(plan) - 2) || ' days') = '2026-08-30'": 1,
	})
}

// Guarantee 10.18.
func TestOtherLanguagesAreAnsweredWithTheFormThatWorks(t *testing.T) {
	sn := dated(t)
	for where, says := range map[string]string{
		"plan = NULL": `Write "plan IS NULL" if`, "plan <> NULL": `Write "plan IS NOT NULL" if`, "plan NOT IN ('a', NULL)": "fits nobody", "status = 'active'": `Write "status = 'subscribed'`, "status IN ('opted_out')": "'unsubscribed'",
		"status = 'bounced'": "check_suppressions", "email = '@x.de'": `Write "email_domain = 'x.de'`, "email IN ('@x.de', 'b@x.de')": "email_domain = 'x.de'", "email_domain = '@x.de'": `Write "email_domain = 'x.de'`, "email_domain = 'a@x.de'": `Write "email_domain = 'x.de'`,
		"email = 'x.de'": "email_domain", "plan = “pro”": `Write "plan = 'pro'`, "plan = ‘it’s’": "straight single quotes", "plan = „pro“ AND visits > 5": `Write "plan = 'pro' AND visits > 5`, "plan ILIKE '%pro%'": `Write "plan LIKE '%pro%'`,
		"plan = 'a' && visits > 5": `Write "plan = 'a' AND visits > 5`, "plan = 'a' || plan = 'b'": "OR", "in_list('News') || vip": `Write "in_list('News') OR vip`, "plan CONTAINS 'ro'": `Write "plan LIKE '%ro%'`, "NOT plan CONTAINS 'ro'": "LIKE '%ro%'",
		"plan NOT CONTAINS 'ro'": `Write "plan NOT LIKE '%ro%'`, "plan STARTS WITH 'p'": `Write "plan LIKE 'p%'`, "plan ENDS WITH 'o'": "LIKE '%o'", `plan = "gold"`: `Write "plan = 'gold'`, "!vip": `Write "NOT vip`, "plan === 'a'": `Write "plan = 'a'`,
		"plan !== 'a'": `Write "plan <> 'a'`, "visits ≥ 5": `Write "visits >= 5`, "plan ~ 'x'": "LIKE", "contains(plan, 'x')": "LIKE '%pro%'", "plan IS EMPTY": `Write "plan IS NULL`, "plan IS NOT EMPTY": `Write "plan IS NOT NULL`, "plan IS NOT IN ('a')": `Write "plan NOT IN ('a')`,
		"5 < visits < 10": "cannot be chained", "status = 'subscribed' || in_list('News')": `Write "status = 'subscribed' OR in_list('News')`, "'plan' = 'pro'": `Write "plan = 'pro'`, "lower(plan) = 'PRO'": `Write "lower(plan) = 'pro'`, "plan = 'a' OR 'b'": "plan IN",
		"plan IN ()": "no value", "plan EQUALS 'a'": `Write "plan = 'a'`, "plan REGEXP '^a'": "LIKE", "vip LIKE 'true'": "= true", "plan LIKE NULL": "IS NULL", "lower(plan)": "not a condition by itself", "isnull(plan)": "plan IS NULL",
		"plan = 'a' & vip": "AND", "concat(plan, 'a') = 'b'": "||", "plan\u200b = 'a'": "cannot be seen",
	} {
		_, err := sn.Count(t.Context(), where)
		wantFault(t, err, fault.InvalidInput, says)
	}
}

// Guarantee 10.17e.
func TestAccentsAreComparedHoweverTheyAreWritten(t *testing.T) {
	sn := dated(t)
	for _, written := range []string{"D\u00fcsseldorf", "Du\u0308sseldorf"} {
		wantCounts(t, sn, map[string]int{
			"city = '" + written + "'": 2, "city IN ('" + written + "')": 2, "city <> '" + written + "'": 1, "city LIKE '" + written[:len(written)-8] + "%'": 2, "city LIKE '%" + written[1:] + "'": 2, "lower(city) = '" + strings.ToLower(written) + "'": 2,
			"length(city) = 10": 2, "instr(city, '" + written[1:] + "') = 2": 2, "city BETWEEN '" + written + "' AND '" + written + "'": 2, "city LIKE 'd_sseldorf'": 2,
		})
	}
	wantCounts(t, sn, map[string]int{"city = 'cafe\u0301'": 1})
}
