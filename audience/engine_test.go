package audience

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestAConnectionForQuestionsOnlyReadsItsTables(t *testing.T) {
	sn := at(t, t.TempDir(), people(emulator.LayoutTags)).snapshot(t)
	r, back, err := sn.reader(t.Context(), &overlay{})
	must(t, err)
	defer back()
	for _, statement := range []string{
		`DELETE FROM contact`, `UPDATE contact SET c0 = ''`, `INSERT INTO contact (c0) VALUES ('x')`, `DROP TABLE contact`, `CREATE TABLE x (y)`, `CREATE TEMP TABLE x (y)`, `CREATE TEMP TRIGGER x AFTER DELETE ON contact BEGIN SELECT 1; END`,
		`ATTACH ':memory:' AS x`, `PRAGMA query_only = 0`, `PRAGMA writable_schema = 1`, `PRAGMA database_list`, `VACUUM INTO '/tmp/x'`, `BEGIN`, `SAVEPOINT x`, `REINDEX`, `ANALYZE`,
		`SELECT * FROM sqlite_schema`, `SELECT json FROM snapshot`, `SELECT * FROM pragma_table_info('contact')`, `SELECT load_extension('x')`, `SELECT randomblob(9)`, `SELECT sqlite_version()`, `SELECT printf('%9d', 1)`, `SELECT * FROM json_each('[1]')`,
		`WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT i FROM n`, `SELECT fts5('x')`, `SELECT 'x' || '` + strings.Repeat("x", 1<<20) + `'`,
	} {
		rows, err := r.conn.QueryContext(t.Context(), statement)
		if err == nil {
			for rows.Next() {
			}
			err = rows.Err()
			_ = rows.Close()
		}
		if err == nil {
			t.Errorf("%.60s is done", statement)
		}
	}
	if _, err := r.conn.QueryContext(t.Context(), `SELECT c0, lower(c0) FROM contact UNION ALL SELECT c0, lowered(c0) FROM changed WHERE row NOT IN (SELECT row FROM replaced)`); err != nil {
		t.Error(err)
	}
}

func TestAQuestionIsGivenUpWhenItsCallEnds(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddContacts(20_000, func(i int) emulator.Contact {
		return emulator.Contact{Email: idText(int64(i)) + strings.Repeat("a", 60) + "@x.de"}
	})
	sn := at(t, t.TempDir(), e).snapshot(t)
	grown := strings.Repeat("length(replace(email, 'a', '"+strings.Repeat("b", 200)+"')) + ", 30) + "1"
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, _, err := sn.Count(ctx, grown+" < 0"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	wantCounts(t, sn, map[string]int{"email LIKE '1a%'": 1}) // its connections go on
}

func TestWhatSQLiteCannotEvaluateIsSaid(t *testing.T) {
	sn := dated(t)
	_, _, err := sn.Count(t.Context(), "abs(visits - 9223372036854775807 - 9007199254740994) > 1")
	wantFault(t, err, fault.InvalidInput, "integer overflow", "Use smaller numbers")
}

func TestWritesAreReadAsTheFileIs(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddField("City", "text", "city")
	e.AddField("Visits", "integer", "visits")
	h := at(t, t.TempDir(), e)
	h.exporter.file = func() string { return "email,city,visits\na@x.de,Bonn,1\n" } // nothing beyond ASCII, and only numbers
	sn := h.snapshot(t)
	wantCounts(t, sn, map[string]int{"city LIKE 'ZÜRICH'": 0, "visits > 5": 0})
	h.Wrote(t.Context(), apiclient.Contact{Email: "b@x.de", Fields: apiclient.Values{"city": "Zu\u0308rich", "visits": "12345678901234567890"}})
	h.Wrote(t.Context(), apiclient.Contact{Email: "c@x.de", Fields: apiclient.Values{"city": "Z\u00dcRICH", "visits": "many"}})
	wantCounts(t, sn, map[string]int{
		"city LIKE 'zürich'": 2, "city = 'Zürich'": 1, "lower(city) = 'zürich'": 2, "upper(city) LIKE '%Ü%'": 2, "visits > 5": 1, "visits < 5": 1, "NOT visits > 5": 1, "visits = 12345678901234567890": 1,
	})
	page, err := sn.Search(t.Context(), Query{OrderBy: "city desc", Columns: []string{"city"}})
	must(t, err)
	if len(page.Rows) != 3 || page.Rows[2][0] != "Bonn" {
		t.Errorf("the order is %v", page.Rows)
	}
}
