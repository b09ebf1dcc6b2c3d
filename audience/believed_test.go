package audience

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// oldPeople is an account whose contacts were last changed long ago.
func oldPeople(layout emulator.Layout, n int) *emulator.Emulator {
	e := emulator.New(emulator.Config{ExportLayout: layout, Unlimited: true})
	e.AddList("Newsletter")
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		e.AddContact(emulator.Contact{Email: fmt.Sprintf("p%d@example.com", i), Status: []string{"subscribed", "unsubscribed"}[i%2], ListIDs: []int64{1}, CreatedAt: day, UpdatedAt: day})
	}
	return e
}

// Guarantee 4.1.
func TestASnapshotIsNeverTakenOfWhatIsNoExport(t *testing.T) {
	for name, file := range map[string]string{
		"a page": "<html>", "nothing": "", "no addresses": "id,plan\n1,pro\n", "JSON": `{"error":"x"}`, "rows without addresses": "email,plan\nAnna,pro\n", "a half row": "email,plan,status\na@x.de,pro,subscribed\nb@x.d",
		"a long cell": "email,plan\na@x.de," + strings.Repeat("x", 70_000) + "\n",
	} {
		h := at(t, t.TempDir(), oldPeople(emulator.LayoutTags, 3))
		h.exporter.file = func() string { return file }
		if _, err := h.Snapshot(t.Context(), Want{}); !fault.Is(err, fault.UpstreamError) || !strings.Contains(err.Error(), "not known") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Guarantee 4.1.
func TestAnExportOfNobodyIsBelievedOnlyWhereNobodyIsExpected(t *testing.T) {
	account := oldPeople(emulator.LayoutTags, 6)
	h := at(t, t.TempDir(), account)
	h.exporter.file = func() string { return "id,email,status,list_ids,created_at\n" }
	first := h.snapshot(t) // nothing speaks against it
	wantCounts(t, first, map[string]int{"": 0})
	h.exporter.file = nil
	h.snapshot(t)
	h.exporter.file = func() string { return "id,email,status,list_ids,created_at\n" }
	_, err := h.Snapshot(t.Context(), Want{Refresh: true})
	wantFault(t, err, fault.UpstreamError, "header only", "6 contacts", "not known")
	last, found, err := h.Latest(t.Context())
	must(t, err)
	if !found || count(t, last, "") != 6 {
		t.Error("the last snapshot is gone")
	}
	last.Release()
	for i := range 6 { // somebody deletes them all in Mailtrap itself
		ref, err := apiclient.ParseContact(fmt.Sprintf("p%d@example.com", i))
		must(t, err)
		must(t, h.api.DeleteContact(t.Context(), ref))
	}
	wantCounts(t, h.snapshot(t), map[string]int{"": 0})
	h.Importing(t.Context(), "import-1/1", 3)
	_, err = h.Snapshot(t.Context(), Want{Refresh: true})
	wantFault(t, err, fault.UpstreamError, "This server is importing 3 contacts")
}

// Guarantee 4.1.
func TestTheOtherExportsOfASnapshotAreJudgedAlike(t *testing.T) {
	for name, empty := range map[string]int{"the unsubscribed ones": 2, "a list": 3} {
		h := at(t, t.TempDir(), oldPeople(emulator.LayoutTags, 6))
		rows := "email,id\n"
		for i := range 6 {
			rows += fmt.Sprintf("p%d@example.com,\n", i)
		}
		lies := false
		calls := 0
		h.exporter.file = func() string {
			calls++
			switch {
			case lies && calls == empty:
				return "email,id\n"
			case calls == 2:
				return "email,id\np1@example.com,\np3@example.com,\np5@example.com,\n"
			}
			return rows
		}
		wantCounts(t, h.snapshot(t), map[string]int{"status = 'unsubscribed'": 3, "in_list('Newsletter')": 6})
		lies, calls = true, 0
		_, err := h.Snapshot(t.Context(), Want{Refresh: true})
		t.Log(name)
		wantFault(t, err, fault.UpstreamError, "header only")
	}
}

// Guarantee 4.1.
func TestWhatWasWrittenIsAReasonToExpectSomebody(t *testing.T) {
	account := oldPeople(emulator.LayoutTags, 2)
	h := at(t, t.TempDir(), account)
	doubt := func() string {
		t.Helper()
		why, err := h.Doubt(t.Context(), time.Now())
		must(t, err)
		return why
	}
	if why := doubt(); why != "" {
		t.Errorf("doubted without a reason: %s", why)
	}
	there, _ := account.Contact("p0@example.com")
	h.Wrote(t.Context(), apiclient.Contact{ID: there.ID, Email: there.Email, Status: there.Status, ListIDs: []int64{1}})
	if why := doubt(); !strings.Contains(why, "1 contact who should be in it") {
		t.Errorf("doubt: %q", why)
	}
	h.Deleted(t.Context(), there.ID, there.Email)
	if why := doubt(); why != "" {
		t.Errorf("doubted after it was deleted: %s", why)
	}
}
