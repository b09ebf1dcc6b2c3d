package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
)

func TestAConnectionKeepsWhatItHasCompiled(t *testing.T) {
	s := InMemory()
	t.Cleanup(func() { _ = s.Close() })
	db, err := s.Quick(t.Context())
	must(t, err)
	must(t, Exec(t.Context(), db, `CREATE TABLE number (n INTEGER); INSERT INTO number VALUES (1), (2), (3)`))
	const some = `SELECT n FROM number WHERE n >= $1 ORDER BY n`
	read := func(from Runner, least int) (found []int) {
		t.Helper()
		for n, err := range Each(t.Context(), from, func(rows *sql.Rows) (n int, err error) { err = rows.Scan(&n); return n, err }, some, least) {
			must(t, err)
			found = append(found, n)
		}
		return found
	}
	for range 3 {
		if got := read(db, 2); !slices.Equal(got, []int{2, 3}) {
			t.Fatalf("got %v", got)
		}
	}
	kept := func() (idle map[string]compiled) {
		t.Helper()
		conn, err := db.Conn(t.Context())
		must(t, err)
		defer conn.Close()
		must(t, conn.Raw(func(raw any) error { idle = raw.(*connection).idle; return nil }))
		return idle
	}
	if kept()[some] == nil {
		t.Errorf("the statement is compiled anew: kept are %d others", len(kept()))
	}
	must(t, InTx(t.Context(), db, func(tx *sql.Tx) error { // the statement is run while it is read from
		for _, n := range read(tx, 1) {
			if got := read(tx, n); len(got) != 4-n {
				t.Errorf("from %d: %v", n, got)
			}
		}
		outer, err := tx.QueryContext(t.Context(), some, 1)
		must(t, err)
		defer outer.Close()
		for n := 1; outer.Next(); n++ {
			var at int
			must(t, outer.Scan(&at))
			if got := read(tx, 3); at != n || !slices.Equal(got, []int{3}) {
				t.Errorf("at %d: %d, %v", n, at, got)
			}
		}
		return outer.Err()
	}))
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := db.ExecContext(ended, `INSERT INTO number VALUES ($1)`, 9); err == nil {
		t.Error("a call that has ended writes")
	}
	must(t, Exec(t.Context(), db, `ALTER TABLE number RENAME TO digit`))
	if _, err := db.QueryContext(t.Context(), some, 1); err == nil {
		t.Error("a table that is gone is read")
	}
	must(t, Exec(t.Context(), db, `ALTER TABLE digit RENAME TO number`))
	if got := read(db, 3); !slices.Equal(got, []int{3}) {
		t.Errorf("got %v", got)
	}
	for i := range 3 * mostCompiled {
		must(t, Exec(t.Context(), db, fmt.Sprintf(`UPDATE number SET n = n WHERE n = %d`, i)))
	}
	if n := len(kept()); n == 0 || n > mostCompiled {
		t.Errorf("%d statements are kept", n)
	}
}
