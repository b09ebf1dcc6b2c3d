package where

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestFunctionsMakeWhatSQLiteMakes holds every function, modifier and letter against values that sqlite3 itself has made
// (testdata/sqlite3.txt says which).
func TestFunctionsMakeWhatSQLiteMakes(t *testing.T) {
	file, err := os.ReadFile("testdata/sqlite3.txt")
	must(t, err)
	sn := ofNumbers(t)
	for line := range strings.Lines(string(file)) {
		expression, made, is := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !is {
			continue
		}
		where := expression + " = " + made
		if made == "NULL" {
			where = "(" + expression + ") IS NULL"
		}
		if got := count(t, sn, where); got != 200 {
			t.Errorf("%s is not %s", expression, made)
		}
	}
	for name := range functions {
		if !strings.Contains("\n"+string(file), "\n"+name+"(") {
			t.Errorf("there is no value of %s", name)
		}
	}
	for letter := range letters {
		if !strings.Contains(string(file), "strftime('%"+string(letter)+"'") {
			t.Errorf("there is no value of %%%c", letter)
		}
	}
	for _, modifier := range []string{"day'", "days'", "hour'", "hours'", "minute'", "minutes'", "second'", "month'", "year'", "years'", "start of day", "start of month", "start of year", "weekday 0", "weekday 1", "unixepoch"} {
		if !strings.Contains(string(file), modifier) {
			t.Errorf("there is no value of %s", modifier)
		}
	}
}

// TestConditionsMeanWhatSQLiteMeans holds random conditions against SQLite, which is given them as they are written.
func TestConditionsMeanWhatSQLiteMeans(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	must(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE c (email TEXT, n INTEGER, f REAL, s TEXT, d TEXT); PRAGMA case_sensitive_like = 0`)
	must(t, err)
	numbersFile(func(cells ...string) {
		bound := make([]any, len(cells))
		for i, cell := range cells {
			if cell != "" {
				bound[i] = cell
			}
		}
		_, err := db.Exec(`INSERT INTO c VALUES (?, ?, ?, ?, ?)`, bound...)
		must(t, err)
	})
	sn := ofNumbers(t)
	rapid.Check(t, func(t *rapid.T) {
		where := drawCondition(t, 3)
		var want int
		if err := db.QueryRow(`SELECT count(*) FROM c WHERE ` + where).Scan(&want); err != nil {
			t.Fatalf("%s: SQLite says %v", where, err)
		}
		got, err := sn.Count(t.Context(), where)
		if err != nil && strings.Contains(err.Error(), "never makes") { // lower(s) = 'PRO'
			return
		}
		if err != nil || got != want {
			t.Fatalf("%s: %d (%v), SQLite has %d", where, got, err, want)
		}
	})
}

func drawCondition(t *rapid.T, depth int) string {
	of := func(all ...string) string { return rapid.SampledFrom(all).Draw(t, "of") }
	sub := func() string { return drawCondition(t, depth-1) }
	compare := func() string { return of("=", "<>", "<", "<=", ">", ">=", "!=", "==") }
	kinds := 9
	if depth > 0 {
		kinds = 13
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0, 1:
		return drawNumber(t, 2) + " " + compare() + " " + drawNumber(t, 2)
	case 2, 3:
		return drawText(t, 2) + " " + compare() + " " + drawText(t, 2)
	case 4:
		return drawText(t, 1) + " " + of("LIKE", "NOT LIKE") + " " + of("'%a%'", "'p__'", "'%'", "'a\\%b' ESCAPE '\\'", "'PRO'", "'%_'", "'_%r%'")
	case 5:
		return of("n", "f", "s", "d", "email") + of(" IS NULL", " IS NOT NULL", " ISNULL", " NOTNULL", " NOT NULL")
	case 6:
		return drawNumber(t, 1) + of(" IN (", " NOT IN (") + of("1, 7", "nullif(1, 1), 42", "n, 3", "0.5") + ")"
	case 7:
		return drawNumber(t, 1) + of(" BETWEEN ", " NOT BETWEEN ") + drawNumber(t, 1) + " AND " + drawNumber(t, 1)
	case 8:
		return drawDate(t) + " " + compare() + " " + drawDate(t)
	case 9, 10:
		return "(" + sub() + of(" AND ", " OR ") + sub() + of(" AND ", " OR ") + sub() + ")"
	case 11:
		return "NOT (" + sub() + ")"
	}
	return "(" + sub() + ") " + of("IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NULL")
}

func drawNumber(t *rapid.T, depth int) string {
	of := func(all ...string) string { return rapid.SampledFrom(all).Draw(t, "number") }
	if depth == 0 || rapid.Bool().Draw(t, "leaf") {
		return of("n", "f", "0", "7", "-1", "1.5", "42", "nullif(1, 1)")
	}
	sub := func() string { return drawNumber(t, depth-1) }
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return "(" + sub() + of(" + ", " - ", " * ", " / ", " % ") + sub() + ")"
	case 1:
		return "coalesce(" + sub() + ", " + sub() + ")"
	case 2:
		return "abs(" + sub() + ")"
	case 3:
		return "length(" + drawText(t, depth-1) + ")"
	case 4:
		return "CASE WHEN " + sub() + " > 1 THEN " + sub() + " ELSE " + sub() + " END"
	}
	return "instr(" + drawText(t, depth-1) + ", 'r')"
}

func drawText(t *rapid.T, depth int) string {
	of := func(all ...string) string { return rapid.SampledFrom(all).Draw(t, "text") }
	if depth == 0 || rapid.Bool().Draw(t, "leaf") {
		return of("s", "s", "email || s", "'pro'", "'2026'", "''", "'O''Brien'", "nullif('a', 'a')")
	}
	sub := func() string { return drawText(t, depth-1) }
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return "lower(" + sub() + ")"
	case 1:
		return "upper(" + sub() + ")"
	case 2:
		return "substr(" + sub() + ", " + of("-3", "-1", "0", "1", "2", "9") + of("", ", 2", ", 0", ", -1", ", 100") + ")"
	case 3:
		return "(" + sub() + " || " + sub() + ")"
	case 4:
		return "replace(" + sub() + ", 'r', " + sub() + ")"
	case 5:
		return "trim(" + sub() + of("", ", 'po'") + ")"
	}
	return "s"
}

func drawDate(t *rapid.T) string {
	of := func(all ...string) string { return rapid.SampledFrom(all).Draw(t, "date") }
	if rapid.Bool().Draw(t, "leaf") {
		return of("d", "'2026-01-31'", "date(nullif('a', 'a'))", "date('2024-02-29', '+1 year')", "date('2000-01-01', '-1 day')")
	}
	return "date(d, " + of("'+1 month'", "'-1 year'", "'start of month'", "'+30 days'", "'weekday 0'", "'-1.5 hours'") + ")"
}
