package audience

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
)

// besideIn are the contacts that another database reads beside its tables, with their lists and some of their fields.
func besideIn(t *testing.T, sn *Snapshot, tags ...string) (found []string, err error) {
	t.Helper()
	db, err := store.InMemory().Scratch(t.Context())
	must(t, err)
	defer func() { must(t, db.Close()) }()
	columns, err := sn.Beside(t.Context(), db.DB)
	if err != nil {
		return nil, err
	}
	list := "email || ' ' || status || ' ' || lists"
	for _, tag := range tags {
		list += " || ' ' || coalesce(" + columns[tag] + ", '-')"
	}
	rows, err := db.QueryContext(t.Context(), "SELECT "+list+" FROM there ORDER BY 1")
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var one sql.NullString
		must(t, rows.Scan(&one))
		found = append(found, one.String)
	}
	return found, rows.Err()
}

func TestContactsAreReadBesideOtherTablesAsTheyAreNow(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddField("VIP", "boolean", "vip")
	e.AddField("Visits", "integer", "visits")
	h := at(t, t.TempDir(), e)
	h.exporter.file = func() string {
		return "email,id,status,vip,visits\nA@x.de,a-1,subscribed,true,1\nb@x.de,b-2,unsubscribed,,2\nc@x.de,c-3,subscribed,false,\n"
	}
	sn := h.snapshot(t)
	for e.AddList(fmt.Sprint("List ", len(e.Lists()))) < 7 {
	}
	h.catalog.Renew()
	h.Wrote(t.Context(), apiclient.Contact{Email: "b@x.de", ID: "b-2", Status: "subscribed", ListIDs: []int64{7}, Fields: apiclient.Values{"vip": true}})
	h.Deleted(t.Context(), "", "c@x.de")
	h.Wrote(t.Context(), apiclient.Contact{Email: "d@x.de", Status: "subscribed"})
	got, err := besideIn(t, sn, "vip", "visits")
	want := []string{"a@x.de subscribed  true 1", "b@x.de subscribed ,7, true -", "d@x.de subscribed  - -"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v: %s", err, strings.Join(got, "\n"))
	}
}

func TestASnapshotThatIsReplacedBeforeItIsReadBesideIsSaidSo(t *testing.T) {
	h := at(t, t.TempDir(), emulator.New(emulator.Config{Unlimited: true}))
	h.exporter.file = func() string { return "email\na@x.de\n" }
	sn := h.snapshot(t)
	if n, err := h.Forget(t.Context(), "a@x.de"); err != nil || n != 1 { // which gives the file another name
		t.Fatal(n, err)
	}
	_, err := besideIn(t, sn)
	wantFault(t, err, fault.Conflict, "replaced", "repeat the call")
}
