package audience

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

// written is the file that a snapshot makes of an export.
func written(t testing.TB, sn *Snapshot, condition string, columns ...string) [][]string {
	t.Helper()
	var file bytes.Buffer
	n, filled, err := sn.Write(t.Context(), &file, condition, columns, AsExported)
	must(t, err)
	rows, err := csv.NewReader(&file).ReadAll()
	must(t, err)
	counted := make([]int, len(rows[0]))
	for _, row := range rows[1:] {
		for i, cell := range row {
			if strings.TrimSpace(cell) != "" {
				counted[i]++
			}
		}
	}
	for i, c := range filled {
		if c.Filled != counted[i] {
			t.Errorf("%d contacts are said to have %q, and %d have", c.Filled, c.Name, counted[i])
		}
	}
	if n != len(rows)-1 {
		t.Errorf("%d contacts are said to be in the file, and %d are", n, len(rows)-1)
	}
	return rows
}

// odd is an export with cells that are not what a snapshot makes of them, a column of nothing known, and two of which it cannot
// be told which is the field's.
const odd = "\ufeffEmail,ID,Status,Plan,Score,Seen,Is customer,Shoe size, Tariff,Tariff!,list_ids,created_at\r\n" +
	"Anna@X.de,018DD5E3-F6D2-7C00-8F9B-E5C3F2D8A132,SUBSCRIBED, pro ,42.0,2026-01-02T03:04:05Z,YES, 44 ,a,b,\"2,1\",2026-04-28T12:40:45.123Z\r\n" +
	"bob@x.de,,Unsubscribed,,007,,f,,,\"two\nlines\",,1745000000\r\n" +
	"eve@x.de,,subscribed,\"say \"\"hi\"\"\",1e3\r\n" +
	"bob@x.de,,subscribed,twice,1,,,45,,,1,\r\n"

func oddAccount() *emulator.Emulator {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddList("Newsletter")
	e.AddList("VIP")
	for name, kind := range map[string]string{"Plan": "text", "Score": "integer", "Seen": "date", "Is customer": "boolean", "Tariff": "text"} {
		e.AddField(name, kind, strings.ReplaceAll(strings.ToLower(name), " ", "_"))
	}
	return e
}

func TestAFileOfCSVHasTheExportToTheLetter(t *testing.T) {
	sn := ofFile(t, oddAccount(), odd)
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(odd, "\ufeff")))
	reader.FieldsPerRecord = -1
	want, err := reader.ReadAll()
	must(t, err)
	want = slices.Delete(want, 2, 3) // whoever is there twice counts once, and the last time
	for i := range want {
		want[i] = append(want[i], make([]string, len(want[0])-len(want[i]))...)
	}
	if got := written(t, sn, ""); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if got := written(t, sn, "score = 42", "shoe size", "score", "list", "list_count", "email", "Email"); fmt.Sprint(got) != "[[Shoe size Score list_ids list_count Email] [ 44  42.0 2,1 2 Anna@X.de]]" {
		t.Errorf("got %q", got)
	}
}

func TestWhatWasChangedSinceTheExportIsAllThatIsWrittenAnew(t *testing.T) {
	h := at(t, t.TempDir(), oddAccount())
	h.exporter.file = func() string { return odd }
	sn := h.snapshot(t)
	day := apiclient.Timestamp{Time: time.Date(2026, 4, 28, 12, 40, 45, 0, time.UTC)}
	h.Wrote(t.Context(), apiclient.Contact{
		Email: "anna@x.de", ID: "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132", Status: "unsubscribed", ListIDs: []int64{2}, CreatedAt: day,
		Fields: apiclient.Values{"plan": "pro", "score": json.Number("7"), "seen": "2026-01-02", "is_customer": true},
	})
	h.Wrote(t.Context(), apiclient.Contact{Email: "new@x.de", Status: "subscribed", ListIDs: []int64{1, 2}, Fields: apiclient.Values{"plan": "free"}})
	h.Deleted(t.Context(), "", "eve@x.de")
	want := [][]string{
		{"bob@x.de", "", "subscribed", "twice", "1", "", "", "45", "", "", "1", ""},
		{"Anna@X.de", "018DD5E3-F6D2-7C00-8F9B-E5C3F2D8A132", "unsubscribed", " pro ", "7", "2026-01-02T03:04:05Z", "YES", " 44 ", "a", "b", "2", "2026-04-28T12:40:45.123Z"},
		{"new@x.de", "", "subscribed", "free", "", "", "", "", "", "", "1,2", ""},
	}
	if got := written(t, sn, "")[1:]; fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	wantCounts(t, sn, map[string]int{`"Shoe size" = '44'`: 1})
}

func TestRowsOfManyBlocksAreFoundAndForgottenWhole(t *testing.T) {
	account := oddAccount()
	h := at(t, t.TempDir(), account)
	var file strings.Builder
	file.WriteString("email,plan,list_ids\n")
	for i := range 3000 {
		fmt.Fprintf(&file, "P%d@x.de,%s %d,1\n", i, strings.Repeat("x", 500*(i%2)), i)
	}
	file.WriteString("gone@x.de,first,1\nGONE@x.de,second,2\n")
	h.exporter.file = file.String
	sn := h.snapshot(t)
	if got := written(t, sn, "", "email", "plan"); len(got) != 3002 || got[2][0] != "P1@x.de" || !strings.HasSuffix(got[3000][1], "x 2999") || got[3001][1] != "second" {
		t.Errorf("%d rows, the last %q", len(got), got[len(got)-1])
	}
	if got := written(t, sn, "plan LIKE '% 1999' OR plan LIKE '%x 77'", "email"); fmt.Sprint(got) != "[[email] [P77@x.de] [P1999@x.de]]" {
		t.Errorf("got %q", got)
	}
	path := sn.path
	if erased, err := h.Forget(t.Context(), "Gone@x.de"); err != nil || erased != 1 {
		t.Fatal(erased, err)
	}
	left, found, err := h.Latest(t.Context())
	must(t, err)
	defer left.Release()
	if got := written(t, left, "", "email"); !found || len(got) != 3001 || got[3000][0] != "P2999@x.de" {
		t.Errorf("%d rows, the last %q", len(got), got[len(got)-1])
	}
	content, err := os.ReadFile(left.path)
	must(t, err)
	if content = bytes.ToLower(content); bytes.Contains(content, []byte("gone@x.de")) || !bytes.Contains(content, []byte("p2999@x.de")) {
		t.Error("something of them is left in", path)
	}
}

func TestAnAddressIsForgottenAsItIsFound(t *testing.T) {
	h := at(t, t.TempDir(), oddAccount())
	h.exporter.file = func() string { return "email,plan\n\u0130z@x.de,pro\nann@x.de,free\n" } // whose small letter is two
	h.snapshot(t)
	if erased, err := h.Forget(t.Context(), "\u0130z@x.de"); err != nil || erased != 1 {
		t.Fatal(erased, err)
	}
	left, _, err := h.Latest(t.Context())
	must(t, err)
	defer left.Release()
	content, err := os.ReadFile(left.path)
	must(t, err)
	if bytes.Contains(content, []byte("z@x.de")) || !bytes.Contains(content, []byte("ann@x.de")) {
		t.Error("the address is left in the snapshot")
	}
}

func TestADownloadThatBreaksOffIsLoadedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := people(emulator.LayoutWithoutLists)
		h := at(t, t.TempDir(), account)
		account.Inject(emulator.Fault{Path: "/data_exports/", Times: 2, Do: emulator.TruncateBody})
		sn := h.snapshot(t)
		wantCounts(t, sn, map[string]int{"": 4, "in_list('Newsletter')": 2, "list_count = 2": 1})
		if got := written(t, sn, "", "email"); len(got) != 5 {
			t.Errorf("the file has %q", got)
		}
	})
}

func TestASnapshotThatACallCouldNotWaitForIsItsToHaveLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := at(t, t.TempDir(), emulator.New(emulator.Config{Unlimited: true, JobDelay: 3 * time.Minute}))
		ask := func(want Want) error {
			ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
			defer cancel()
			sn, err := h.Snapshot(ctx, want)
			if err == nil {
				sn.Release()
			}
			return err
		}
		for _, want := range []Want{{MaxAge: time.Minute}, {Refresh: true}} {
			before := h.exporter.calls.Load()
			if err := ask(want); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("it did not take too long: %v", err)
			}
			time.Sleep(5 * time.Minute)
			must(t, ask(Want{})) // that another call reads it takes nothing away
			must(t, ask(want))
			if n := h.exporter.calls.Load() - before; n != 1 {
				t.Errorf("%+v: %d exports", want, n)
			}
			if err := ask(want); !errors.Is(err, context.DeadlineExceeded) || h.exporter.calls.Load()-before != 2 {
				t.Errorf("%+v: a later call gets no new one: %v", want, err)
			}
			time.Sleep(time.Hour)
		}
	})
}
