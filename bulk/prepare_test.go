package bulk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
)

// prepared reads a file's content against some fields.
func prepared(content string) (*Prepared, error) { return preparedAs(content, Reading{}, someFields) }

func preparedAs(content string, how Reading, fields []apiclient.Field) (*Prepared, error) {
	open := func() (*Reader, error) { return NewReader(noDeadline, fileOf(content), how) }
	return prepare(noDeadline, open, how, func([]string) ([]apiclient.Field, error) { return fields, nil })
}

func TestRowsOfOneAddressAreMergedTheLastValueWins(t *testing.T) {
	p, err := prepared("email,first_name,age\nA@b.co ,Ann,1\nb@b.co,Bob,\na@B.co,,2\na@b.co,Anna,\na@b.co,Ann,old\nb@b.co,,5\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []apiclient.ImportRow{
		{Email: "a@b.co", Fields: apiclient.Values{"first_name": "Anna", "age": json.Number("2")}},
		{Email: "b@b.co", Fields: apiclient.Values{"first_name": "Bob", "age": json.Number("5")}},
	}
	if difference := cmp.Diff(want, p.Rows); difference != "" {
		t.Error(difference)
	}
	if p.Read != 6 || p.Merged != 3 || len(p.Rejected) != 1 || p.Rejected[0].Line != 6 || !cmp.Equal(p.Rejected[0].Cells, []string{"a@b.co", "Ann", "old"}) {
		t.Errorf("%d read, %d merged, rejected: %+v", p.Read, p.Merged, p.Rejected)
	}
}

func TestRowsGivenInACallAreMergedWithTheirLists(t *testing.T) {
	p := FromRows([]apiclient.ImportRow{
		{Email: "a@b.co", AddToLists: []int64{1}},
		{Email: "b@b.co", Fields: apiclient.Values{"age": json.Number("1")}},
		{Email: "a@b.co", AddToLists: []int64{2, 1}, Fields: apiclient.Values{"age": json.Number("2")}},
	})
	want := []apiclient.ImportRow{
		{Email: "a@b.co", AddToLists: []int64{1, 2}, Fields: apiclient.Values{"age": json.Number("2")}},
		{Email: "b@b.co", Fields: apiclient.Values{"age": json.Number("1")}},
	}
	if difference := cmp.Diff(want, p.Rows); difference != "" || p.Merged != 1 || p.Read != 3 {
		t.Errorf("%d merged: %s", p.Merged, difference)
	}
	_, refused := p.without(p.Rows, []apiclient.RowProblem{{Email: " B@b.co", Problems: []apiclient.Problem{{Where: "base", Text: "no"}}}})
	if len(refused) != 1 || refused[0].Line != 2 || !cmp.Equal(refused[0].Cells, []string{"b@b.co", "1"}) {
		t.Errorf("refused: %+v", refused)
	}
}

func TestReasonsThatDifferInTheValueAreCountedTogether(t *testing.T) {
	var rejected []Rejected
	for i := range 10 {
		rejected = append(rejected, Rejected{Reason: fmt.Sprintf(`age: "v%d \"x\"" does not fit`, i)})
	}
	rejected = append(rejected, Rejected{Reason: "email is empty"}, Rejected{Reason: "email is empty"}, Rejected{Reason: `age: "same" is odd`}, Rejected{Reason: `age: "same" is odd`},
		Rejected{Reason: saidByMailtrap + `email: "one"`}, Rejected{Reason: saidByMailtrap + `email: "two"`}, Rejected{Reason: saidByMailtrap + `email: "three"`})
	want := []Reason{
		{`age: "v0 \"x\"" or the like does not fit`, 10}, {`age: "same" is odd`, 2}, {"email is empty", 2},
		{saidByMailtrap + `email: "one"`, 1}, {saidByMailtrap + `email: "three"`, 1},
	}
	if difference := cmp.Diff(want, reasons(rejected)); difference != "" {
		t.Error(difference)
	}
}

func TestChunksKeepToWhatTheAPITakes(t *testing.T) {
	small := make([]apiclient.ImportRow, 120_001)
	for i := range small {
		small[i].Email = "a@b.co"
	}
	if sizes := sizesOf(split(small)); !cmp.Equal(sizes, []int{50_000, 50_000, 20_001}) {
		t.Errorf("sizes: %v", sizes)
	}
	large := make([]apiclient.ImportRow, 3000)
	for i := range large {
		large[i] = apiclient.ImportRow{Email: "a@b.co", Fields: apiclient.Values{}}
		for f := range 40 {
			large[i].Fields[fmt.Sprintf("f%d", f)] = strings.Repeat("\"", 255)
		}
	}
	for _, chunk := range split(large) {
		encoded, err := json.Marshal(map[string]any{"contacts": chunk})
		if err != nil || len(encoded) > maxChunkBytes {
			t.Errorf("%d rows make %d bytes, %v", len(chunk), len(encoded), err)
		}
	}
	if len(split(nil)) != 0 {
		t.Error("nothing makes a chunk")
	}
}

func sizesOf(chunks [][]apiclient.ImportRow) []int {
	var sizes []int
	for _, chunk := range chunks {
		sizes = append(sizes, len(chunk))
	}
	return sizes
}

// FuzzPrepare feeds the reader anything: it must not panic, and every row must be imported, merged or rejected.
func FuzzPrepare(f *testing.F) {
	for _, seed := range []string{
		"email,first_name\na@b.co,Ann\n", "\ufeffemail;x\n", "email,age\na@b.co,1\na@b.co,2\nnope,3\n", "email,n\na@b.co,\"x\ny\"\n", "email,n\n\"a@b.co,x\n",
		"email\r\n\r\na@b.co\r\n", "email,active,since,score\na@b.co,yes,2026-01-02,\"1,200.5\"\n", "email,a,b\na@b.co\n,,,,,\nx,y,z,1,2\n", "email,\xff\n", "\x1f\x8b", "\x00",
		"email,age\na@b.co,\"\"\"\"\n", "rejected_line,rejected_reason,email\n2,x,a@b.co\n",
		"email,status,age\na@b.co,subscribed,1\na@b.co,unsubscribed,\nb@b.co,Lead,n/a\nB@b.co,cleaned,\n", "email,unsubscribed,opt_in\na@b.co,\xff1,\na@b.co,,no,,x\na@b.co\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		p, err := prepared(content)
		if err != nil {
			if err.Error()[0] != '[' {
				t.Fatalf("the error is no fault: %v", err)
			}
			return
		}
		if p.Read != len(p.Rows)+p.Merged+len(p.Rejected) {
			t.Fatalf("%d read, %d rows, %d merged, %d rejected", p.Read, len(p.Rows), p.Merged, len(p.Rejected))
		}
		seen := map[string]bool{}
		for _, row := range p.Rows {
			if email, err := apiclient.ParseEmail(row.Email); err != nil || email != row.Email || seen[email] {
				t.Fatalf("the address %q", row.Email)
			}
			seen[row.Email] = true
		}
		for _, row := range p.Rejected {
			if row.Reason == "" || row.Line < 2 {
				t.Fatalf("rejected: %+v", row)
			}
			email, _ := apiclient.ParseEmail(cell(row.Cells, slices.Index(p.tags, "email")))
			if seen[email] && strings.Contains(row.Reason, "an import would subscribe them") {
				t.Fatalf("%s is imported, though %s", email, row.Reason)
			}
		}
		counted := 0
		for _, reason := range reasons(p.Rejected) {
			counted += reason.Rows
		}
		if counted > len(p.Rejected) {
			t.Fatalf("%d reasons for %d rejected rows", counted, len(p.Rejected))
		}
	})
}
