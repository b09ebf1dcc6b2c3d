package intake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
)

func TestRowsOfOneAddressAreMergedTheLastValueWins(t *testing.T) {
	p, err := prepared(t, "email,first_name,age\nA@b.co ,Ann,1\nb@b.co,Bob,\na@B.co,,2\na@b.co,Anna,\na@b.co,Ann,old\nb@b.co,,5\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Contact{
		{Email: "a@b.co", Fields: apiclient.Values{"first_name": "Anna", "age": json.Number("2")}},
		{Email: "b@b.co", Fields: apiclient.Values{"first_name": "Bob", "age": json.Number("5")}},
	}
	if difference := cmp.Diff(want, p.Rows); difference != "" {
		t.Error(difference)
	}
	if p.Read != 6 || p.Merged != 3 || p.Rejected != 1 || p.Rejects[0].Line != 6 || !cmp.Equal(p.Rejects[0].Cells, []string{"a@b.co", "Ann", "old"}) {
		t.Errorf("%d read, %d merged, rejected: %+v", p.Read, p.Merged, p.Rejects)
	}
}

func TestRowsGivenInACallAreMergedWithTheirLists(t *testing.T) {
	given := []apiclient.ImportRow{
		{Email: "a@b.co", AddToLists: []int64{1}},
		{Email: "b@b.co", Fields: apiclient.Values{"age": json.Number("1"), "plan": nil}},
		{Email: "a@b.co", AddToLists: []int64{2, 1}, Fields: apiclient.Values{"age": json.Number("2")}},
	}
	stage := &kept{}
	sum, err := ReadRows(t.Context(), given, Reading{}, Account{}, stage)
	must(t, err)
	p := came(t, sum, stage)
	want := []Contact{
		{Email: "a@b.co", AddToLists: []int64{1, 2}, Fields: apiclient.Values{"age": json.Number("2")}},
		{Email: "b@b.co", Fields: apiclient.Values{"age": json.Number("1"), "plan": nil}},
	}
	if difference := cmp.Diff(want, p.Rows); difference != "" || p.Merged != 1 || p.Read != 3 || !p.Given {
		t.Errorf("%d merged: %s", p.Merged, difference)
	}
	if difference := cmp.Diff(want, p.Sample); difference != "" || !cmp.Equal(p.Filled, map[string]int{"age": 2}) {
		t.Errorf("filled %v, the sample: %s", p.Filled, difference)
	}
	cells := p.Rows[1].cells(p.Tags)
	if !cmp.Equal(p.Tags, []string{"email", "age", "plan"}) || !cmp.Equal(cells, []string{"b@b.co", "1", ""}) {
		t.Errorf("%q below %q", cells, p.Tags)
	}
	if given[0].Fields != nil || len(given[0].AddToLists) != 1 {
		t.Errorf("what was given was changed: %+v", given[0])
	}
}

func TestReasonsThatDifferInTheValueAreCountedTogether(t *testing.T) {
	var rejected []Rejected
	for i := range 10 {
		rejected = append(rejected, Rejected{Reason: fmt.Sprintf(`age: "v%d \"x\"" does not fit`, i)})
	}
	rejected = append(rejected, Rejected{Reason: "email is empty"}, Rejected{Reason: "email is empty"}, Rejected{Reason: `age: "same" is odd`}, Rejected{Reason: `age: "same" is odd`},
		Rejected{Reason: SaidByMailtrap + `email: "one"`}, Rejected{Reason: SaidByMailtrap + `email: "two"`}, Rejected{Reason: SaidByMailtrap + `email: "three"`})
	want := []Reason{
		{`age: "v0 \"x\"" or the like does not fit`, 10}, {`age: "same" is odd`, 2}, {"email is empty", 2},
		{SaidByMailtrap + `email: "one"`, 1}, {SaidByMailtrap + `email: "three"`, 1},
	}
	if difference := cmp.Diff(want, tallied(rejected)); difference != "" {
		t.Error(difference)
	}
}

func TestChunksKeepToWhatTheAPITakes(t *testing.T) {
	var file strings.Builder
	file.WriteString("email\n")
	for i := range 120_001 {
		fmt.Fprintf(&file, "p%d@b.co\n", i)
	}
	p, err := prepared(t, file.String())
	must(t, err)
	if len(p.Chunks) != 3 || p.Chunks[0].Count != 50_000 || p.Chunks[1].Count != 50_000 || len(p.Rows) != 120_001 {
		t.Errorf("%d chunks of %d contacts", len(p.Chunks), len(p.Rows))
	}
	fields := make([]apiclient.Field, 40)
	header, row := "email", ""
	for i := range fields {
		fields[i] = apiclient.Field{ID: int64(i), Name: fmt.Sprint("f", i), MergeTag: fmt.Sprint("f", i), DataType: "text"}
		header += "," + fields[i].MergeTag
		row += ",\"" + strings.Repeat("\"\"", 255) + "\""
	}
	file.Reset()
	file.WriteString(header + "\n")
	for i := range 1000 {
		fmt.Fprintf(&file, "p%d@b.co%s\n", i, row)
	}
	if p, err = preparedAs(t, file.String(), Reading{}, fields); err != nil || len(p.Sizes) < 3 || slices.Max(p.Sizes) > MaxChunkBytes || slices.Max(p.Sizes) < MaxChunkBytes/2 || len(p.Rows) != 1000 {
		t.Errorf("sizes: %v, %v", p.Sizes, err)
	}
}

// FuzzReadFile feeds the reader anything, with parts of all sizes: it must not panic, and every row must be a contact, merged or
// rejected.
func FuzzReadFile(f *testing.F) {
	for _, seed := range []string{
		"email,first_name\na@b.co,Ann\n", "\ufeffemail;x\n", "email,age\na@b.co,1\na@b.co,2\nnope,3\n", "email,n\na@b.co,\"x\ny\"\n", "email,n\n\"a@b.co,x\n",
		"email\r\n\r\na@b.co\r\n", "email,active,since,score\na@b.co,yes,2026-01-02,\"1,200.5\"\n", "email,a,b\na@b.co\n,,,,,\nx,y,z,1,2\n", "email,\xff\n", "\x1f\x8b", "\x00",
		"email,age\na@b.co,\"\"\"\"\n", "rejected_line,rejected_reason,email\n2,x,a@b.co\n",
		"email,status,age\na@b.co,subscribed,1\na@b.co,unsubscribed,\nb@b.co,Lead,n/a\nB@b.co,cleaned,\n", "email,unsubscribed,opt_in\na@b.co,\xff1,\na@b.co,,no,,x\na@b.co\n",
		"Email,Attribute,Value\na@b.co,news,no\na@b.co,age,3\n,,\nb@b.co,news\n", "id,key,value\n1,email,a@b.co\n1,news,no\n2,email,b@b.co\n",
		"n,Email,News?,\n,,Yes,No\n1,a@b.co,Yes,\n2,b@b.co,,No\n3,c@b.co\n", "A,,B,\nx,Email,y,z,\n,a@b.co,1,2,3,4\n", "Q1,Email\n\"{\"\"ImportId\"\":\"\"a\"\"}\",\n1,a@b.co\n",
		"Email,Email 2,News\na@b.co ::: c@b.co,b@b.co,no\n,b@b.co,yes\n", "email\na@b.co\n\nUnsubscribed:\na@b.co\nb@b.co\n", "email,x,,email,x\na@b.co,,,b@b.co,\n",
		`[["email","n"],["a@b.co",1],["b@b.co"]]`, `[{"email":"a@b.co","fields":[{"key":"n","value":{"label":"x"}},{"key":"n"},3]}]`, `{"a":[{"e":"a@b.co"}],"unsubscribed":["a@b.co"]}`, `{"x":{"1":{"text":"E","answer":"a@b.co"}}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		limits := tinyBounds()
		if len(content)%2 == 0 {
			limits = ordinaryBounds()
		}
		p, err := preparedWithin(t, content, Reading{CreateFields: len(content)%3 == 0}, accountWith(someFields), limits) // which holds the figures together
		if err != nil {
			if err.Error()[0] != '[' {
				t.Fatalf("the error is no fault: %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, row := range p.Rows {
			if email, err := apiclient.ParseEmail(row.Email); err != nil || email != row.Email || seen[email] {
				t.Fatalf("the address %q", row.Email)
			}
			seen[row.Email] = true
		}
		if !slices.IsSorted(p.linesOf()) {
			t.Fatalf("the rejected lines are %v", p.linesOf())
		}
		for _, row := range p.Rejects {
			if row.Reason == "" || row.Line < 1 {
				t.Fatalf("rejected: %+v", row)
			}
			email, _ := apiclient.ParseEmail(cell(row.Cells, slices.Index(p.Tags, "email")))
			if seen[email] && strings.Contains(row.Reason, "an import would subscribe them") {
				t.Fatalf("%s is imported, though %s", email, row.Reason)
			}
		}
		if slices.ContainsFunc(p.Outs, func(email string) bool { return seen[email] }) || len(p.Outs) > p.OptedOut {
			t.Fatalf("%d are opted out, and handed on are %q", p.OptedOut, p.Outs)
		}
		counted := 0
		for _, reason := range p.Reasons {
			counted += reason.Rows
		}
		if counted > p.Rejected {
			t.Fatalf("%d reasons for %d rejected rows", counted, p.Rejected)
		}
	})
}

// rewritten is a file that another program writes while it is read: it has another header the second time.
type rewritten struct {
	memory
	opened int
	other  string
}

// ReadAt implements io.ReaderAt.
func (r *rewritten) ReadAt(p []byte, at int64) (int, error) {
	if at == 0 {
		r.opened++
	}
	if r.opened > 2 { // what it is, and its beginning
		return strings.NewReader(r.other).ReadAt(p, at)
	}
	return r.memory.ReadAt(p, at)
}

func TestAFileThatChangesWhileItIsReadIsRefused(t *testing.T) {
	const content = "email,since\na@b.co,03/04/2025\n"
	for _, other := range []string{"since,email\n03/04/2025,a@b.co\n", "%PDF-1.7" + content} {
		file := &rewritten{memory: fileOf(content), other: other}
		stage := &kept{}
		_, err := ReadFile(t.Context(), file, Reading{DateOrder: "dmy"}, accountWith(someFields), stage)
		if err == nil || err.Error()[0] != '[' || len(stage.Lines) > 0 {
			t.Errorf("after %d times the error is %v", file.opened, err)
		}
	}
	if _, err := ReadFile(t.Context(), fileOf(""), Reading{}, Account{}, &kept{}); err == nil {
		t.Error("an empty file is read")
	}
	if _, err := ReadAddresses(t.Context(), fileOf(""), Reading{}, &kept{}); err == nil {
		t.Error("an empty file is read")
	}
}

func TestWhatCannotBeImportedIsExplained(t *testing.T) {
	for content, says := range map[string]string{
		"email\n":                        "The file has a header and nothing below it.",
		"email\nx\ny\n":                  "All 2 rows were rejected; line 2: email is not a valid e-mail address.",
		"email,unsubscribed\na@b.co,1\n": "Do not import people who have unsubscribed: unsubscribe: true",
	} {
		p, err := prepared(t, content)
		must(t, err)
		if err := p.NothingToImport(); p.Contacts != 0 || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", content, err)
		}
	}
}
