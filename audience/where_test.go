package audience

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestHintsSayWhatEmptyCellsDo(t *testing.T) {
	sn := at(t, t.TempDir(), people(emulator.LayoutTags)).snapshot(t)
	page, err := sn.Search(t.Context(), Query{Where: "plan <> 'pro'"})
	must(t, err)
	if len(page.Hints) != 1 || !strings.Contains(page.Hints[0], "2 contacts without plan") {
		t.Errorf("hints: %q", page.Hints)
	}
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
