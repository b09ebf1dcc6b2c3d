package audience

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// shadowing is an account with fields that are called as what Mailtrap tells of every contact.
func shadowing(layout emulator.Layout) *emulator.Emulator {
	e := emulator.New(emulator.Config{ExportLayout: layout, Unlimited: true})
	fields := map[string]any{}
	for _, tag := range []string{"status", "lists", "created_at", "updated_at", "email_domain", "list_count"} {
		e.AddField("My "+tag, "text", tag)
		fields[tag] = "own " + tag
	}
	list := e.AddList("Newsletter")
	e.AddContact(emulator.Contact{Email: "a@x.de", ListIDs: []int64{list}, Fields: fields})
	return e
}

// Guarantee 10.2.
func TestAFieldCalledAsAFactDoesNotStandInItsPlace(t *testing.T) {
	for _, layout := range layouts {
		sn := at(t, t.TempDir(), shadowing(layout)).snapshot(t)
		page, err := sn.Search(t.Context(), Query{Columns: []string{"status", "field('status')", "lists", "field:lists", "My created_at", "created_at", "email_domain", "field:email_domain"}})
		must(t, err)
		want := []string{"status", "field:status", "lists", "field:lists", "field:created_at", "created_at", "email_domain", "field:email_domain"}
		if !slices.Equal(page.Columns, want) {
			t.Fatalf("the columns are %q", page.Columns)
		}
		row := page.Rows[0]
		if row[0] != "subscribed" || row[1] != "own status" || row[3] != "own lists" || row[4] != "own created_at" || row[6] != "x.de" || row[7] != "own email_domain" {
			t.Errorf("the row is %q", row)
		}
	}
}

// Guarantee 10.6.
func TestAFieldCalledAsAFactHasAKeyOfItsOwnInFiles(t *testing.T) {
	for _, layout := range layouts {
		sn := at(t, t.TempDir(), shadowing(layout)).snapshot(t)
		var written bytes.Buffer
		_, filled, err := sn.Write(t.Context(), &written, "", nil, "jsonl")
		must(t, err)
		var object map[string]any
		must(t, json.Unmarshal(written.Bytes(), &object))
		if object["status"] != "subscribed" || object["field:status"] != "own status" || object["field:lists"] != "own lists" || object["field:updated_at"] != "own updated_at" || len(object) != len(filled) {
			t.Errorf("the object is %v", object)
		}
		written.Reset()
		_, _, err = sn.Write(t.Context(), &written, "", nil, "csv")
		must(t, err)
		header := strings.Split(strings.SplitN(written.String(), "\n", 2)[0], ",")
		if slices.Sort(header); len(slices.Compact(slices.Clone(header))) != len(header) || !slices.Contains(header, "field:created_at") {
			t.Errorf("the header is %q", header)
		}
	}
}

// Guarantee 10.14.
func TestConditionsOnAFieldWhoseColumnIsNotToldAreRefused(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddField("a", "text", "b")
	e.AddField("b", "text", "a")
	sn := ofFile(t, e, "email,status,a,b,Lists\nx@x.de,Subscribed,1,2,\n")
	for _, where := range []string{"field('id:1003') IS NULL", "field('id:1004') = '2'"} {
		_, _, err := sn.Count(t.Context(), where)
		wantFault(t, err, fault.InvalidInput, "the snapshot does not tell what the contacts have in", "update_field")
	}
	e = emulator.New(emulator.Config{Unlimited: true, ExportLayout: emulator.LayoutNames})
	e.AddField("Old plan", "text", "plan") // renamed, and another took its name
	e.AddField("Plan", "text", "plan_2")
	e.AddContact(emulator.Contact{Email: "gold@x.de", Fields: map[string]any{"plan": "gold"}})
	e.AddContact(emulator.Contact{Email: "new@x.de", Fields: map[string]any{"plan_2": "new"}})
	renamed := at(t, t.TempDir(), e).snapshot(t)
	wantCounts(t, renamed, map[string]int{"plan IS NULL": 1, "plan = 'gold'": 1, "plan_2 = 'new'": 1, "plan_2 = 'gold'": 0})
}
