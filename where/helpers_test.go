package where

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"modernc.org/sqlite"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
}

var engine = func() string {
	d := &sqlite.Driver{}
	if err := Register(d); err != nil {
		panic(err)
	}
	sql.Register("sqlite-where", d)
	return "sqlite-where"
}()

// contacts is a table in memory that conditions are asked of.
type contacts struct {
	Schema
	db *sql.DB
}

// field is a field of an account whose merge tag is its name in small letters, or the one that is given.
func field(name, dataType string, tag ...string) apiclient.Field {
	return apiclient.Field{Name: name, DataType: dataType, MergeTag: append(tag, strings.ToLower(name))[0]}
}

// account is what a table's names mean.
type account struct {
	fields []apiclient.Field
	lists  []string
}

// holding is the table of an export.
func (a account) holding(t testing.TB, file string) *contacts {
	t.Helper()
	rows, err := exports.Read(strings.NewReader(file))
	must(t, err)
	made := &contacts{}
	for i, name := range a.lists {
		made.Lists = append(made.Lists, apiclient.List{ID: int64(i + 1), Name: name})
	}
	for i := range a.fields {
		a.fields[i].ID = int64(1000 + i)
	}
	told := exports.ColumnsOf(rows.Header, a.fields)
	source := []int{}
	add := func(c Column, from int) {
		c.Absent = from < 0
		made.Columns, source = append(made.Columns, c), append(source, from)
	}
	for col, fact := range [BuiltIns]int{exports.Email, exports.ID, exports.Status, exports.Lists, exports.Created, exports.Updated} {
		add(BuiltIn(col), told.Facts[fact])
	}
	made.ListsKnown = source[Lists] >= 0
	for i, f := range a.fields {
		add(Column{Name: f.MergeTag, Label: f.Name, DataType: f.DataType, FieldID: f.ID}, told.Fields[i])
	}
	made.db, err = sql.Open(engine, ":memory:")
	must(t, err)
	made.db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = made.db.Close() })
	names, places := []string{}, []string{}
	for col := range made.Columns {
		names, places = append(names, columnSQL(col)), append(places, "?")
	}
	_, err = made.db.Exec("CREATE TABLE contact (" + strings.Join(names, ", ") + ")")
	must(t, err)
	cells := exports.ListCells{Lists: made.Lists, ByID: told.Facts[exports.Lists] >= 0 && exports.IsIDs(rows.Header[told.Facts[exports.Lists]])}
	tx, err := made.db.Begin()
	must(t, err)
	insert, err := tx.Prepare("INSERT INTO contact VALUES (" + strings.Join(places, ", ") + ")")
	must(t, err)
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		_, err = insert.Exec(made.row(row, source, &cells)...)
		must(t, err)
		made.Contacts++
	}
	must(t, tx.Commit())
	return made
}

func (c *contacts) row(cells []string, source []int, lists *exports.ListCells) (row []any) {
	for col, from := range source {
		cell := ""
		if from >= 0 {
			cell = cells[from]
		}
		if col == Lists {
			set := Set("")
			if strings.TrimSpace(cell) != "" {
				certain, possible, understood := lists.Read(cell)
				set = SetOf(certain, possible, !understood)
			}
			if set.Doubted() {
				c.Unlisted++
			}
			row = append(row, string(set))
			continue
		}
		if col == Email || col == Status {
			cell = strings.ToLower(cell)
		}
		v := c.Columns[col].Read(strings.TrimSpace(cell))
		if v != nil {
			c.Columns[col].Filled++
		}
		row = append(row, v)
	}
	return row
}

// Count counts those whom a condition fits.
func (c *contacts) Count(ctx context.Context, where string) (n int, err error) {
	condition, err := c.Check(where)
	if err != nil {
		return 0, err
	}
	statement, args := condition.SQL(&c.Schema, time.Now())
	if statement == "" {
		statement = "1"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err = c.db.QueryRowContext(ctx, "SELECT count(*) FROM contact WHERE "+statement, args...).Scan(&n)
	if said := Fault(err); said != nil {
		return 0, said
	}
	return n, err
}

func count(t testing.TB, c *contacts, where string) int {
	t.Helper()
	n, err := c.Count(t.Context(), where)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return n
}

func wantCounts(t *testing.T, c *contacts, wants map[string]int) {
	t.Helper()
	for where, want := range wants {
		if got := count(t, c, where); got != want {
			t.Errorf("%s: %d contacts, want %d", where, got, want)
		}
	}
}

func wantFault(t testing.TB, err error, code fault.Code, says ...string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Fatalf("got %v, want %s", err, code)
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("it does not say %q: %v", part, err)
		}
	}
}

// people are a few contacts with lists, and with fields of every type and of names that are hard to take.
func people(t testing.TB) *contacts {
	return account{
		fields: []apiclient.Field{
			field("Plan", "text"), field("Age", "integer"), field("Score", "float"), field("Is customer", "boolean", "is_customer"),
			field("Last login", "date", "last_login"), field("Город", "text", "gorod"), field("status", "text", "state_of_mind"),
			field(`Say "hi" it's`, "text", "say_hi"), field("Order", "text"),
		},
		lists: []string{"Newsletter", "VIP; gold, and more"},
	}.holding(t, "email,id,status,plan,age,score,is_customer,last_login,gorod,state_of_mind,say_hi,order,list_ids,created_at,updated_at\n"+
		"anna@example.com,018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a131,subscribed,pro,42,1.5,true,2026-01-31,Москва,calm,O'Brien,first,\"1,2\",2026-04-28 12:40:45,2026-04-28 13:40:45\n"+
		"bob@test.org,018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132,unsubscribed,free,7,,false,2025-11-02,,,,second,1,2026-04-28 12:40:45,2026-04-28 13:40:45\n"+
		"info@gmial.com,018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a133,subscribed,,,-2,,,КИЕВ,wild,,,,2026-04-28 12:40:45,2026-04-28 13:40:45\n"+
		"anna+tag@example.com,018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a134,subscribed,,,,,,,,,,2,2026-04-28 12:40:45,2026-04-28 13:40:45\n")
}
