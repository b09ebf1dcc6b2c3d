package intake

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
)

// openCase opens one of the files in shapes that real tools export.
func openCase(t *testing.T, name string) *os.File {
	t.Helper()
	file, err := os.Open(filepath.Join("../testdata/cases", name))
	must(t, err)
	t.Cleanup(func() { file.Close() })
	return file
}

var caseFields = append(slices.Clone(someFields),
	apiclient.Field{ID: 40, Name: "Weight", MergeTag: "weight", DataType: "float"}, apiclient.Field{ID: 41, Name: "Zip", MergeTag: "zip", DataType: "text"},
	apiclient.Field{ID: 42, Name: "Birthday", MergeTag: "birthday", DataType: "date"}, apiclient.Field{ID: 43, Name: "Phone", MergeTag: "phone", DataType: "text"},
	apiclient.Field{ID: 44, Name: "Spent", MergeTag: "spent", DataType: "float"}, apiclient.Field{ID: 45, Name: "Company", MergeTag: "company", DataType: "text"},
	apiclient.Field{ID: 46, Name: "Last name", MergeTag: "last_name", DataType: "text"},
)

func readCase(t *testing.T, name string, how Reading) (*outcome, error) {
	t.Helper()
	stage := &kept{}
	sum, err := ReadFile(t.Context(), openCase(t, name), how, accountWith(caseFields), stage)
	if err != nil {
		return nil, err
	}
	return came(t, sum, stage), nil
}

// Guarantees 1.1, 1.2 and 1.4. Of each file about who may be mailed, the first row is willing, and nobody else may be sent.
func TestInEachCaseOnlyTheWillingAreImported(t *testing.T) {
	files, err := filepath.Glob("../testdata/cases/o*")
	must(t, err)
	if len(files) < 18 {
		t.Fatalf("there are %d", len(files))
	}
	for _, file := range files {
		p, err := readCase(t, filepath.Base(file), Reading{})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if got := emailsOf(p); !slices.Equal(got, []string{"ok@shop.example"}) {
			t.Errorf("%s imports %q: %+v", file, got, p.Mail)
		}
		for _, email := range p.Outs { // a paid plan that ended, and who was never subscribed, unsubscribe nobody
			if strings.HasPrefix(email, "c@") || strings.HasPrefix(email, "pd@") || strings.HasPrefix(email, "ns@") || strings.HasPrefix(email, "p@") {
				t.Errorf("%s would unsubscribe %s", file, email)
			}
		}
	}
}

func TestEachCaseIsReadAsItIsMeant(t *testing.T) {
	for _, test := range []struct {
		file  string
		how   Reading
		rows  []string // "address field=value …", as imported
		asked string   // or a part of the question, where it is asked
		says  []string // parts of what is said of rejected rows and of the file
	}{
		{file: "s01-linkedin-connections.csv", rows: []string{"ann@shop.example company=Acme first_name=Ann last_name=Abel"}},
		{file: "s03-outlook.csv", how: Reading{DateOrder: "mdy"}, rows: []string{"ann@shop.example company=Acme first_name=Ann last_name=Abel"}},
		{file: "s04-multi-address.csv", rows: []string{}, says: []string{"2 addresses in one cell"}},
		{file: "s06-nbsp-zwsp.csv", rows: []string{"ann@shop.example first_name=Ann", "bob@shop.example first_name=Bob", "cid@shop.example first_name=Cid", "eve@shop.example first_name=Eve"}},
		{file: "s11-decimal-comma.csv", rows: []string{"ann@shop.example weight=0.500", "bob@shop.example weight=12.750", "cid@shop.example weight=1.5", "dee@shop.example weight=3.25"}},
		{file: "s14-hyperlink.csv", rows: []string{"ann@shop.example first_name=Ann", "bob@shop.example first_name=Bob", "cid@shop.example first_name=01234"}},
		{file: "s14b-excel-text-guard.csv", rows: []string{"ann@shop.example phone=+4930123 zip=01234", "bob@shop.example phone=0301234 zip=10115"}},
		{file: "s15-null-words.csv", rows: []string{"ann@shop.example", "bob@shop.example", "cid@shop.example first_name=None", "dee@shop.example"}},
		{file: "s17-cp1251.csv", rows: []string{"ann@shop.example first_name=Анна", "bob@shop.example first_name=Борис"}},
		{file: "s17b-macroman.csv", rows: []string{"ann@shop.example first_name=Zoë", "bob@shop.example first_name=José"}},
		{file: "x01-hidden-rows.xlsx", rows: []string{"ann@shop.example first_name=Ann"}},
		{file: "x01-hidden-rows.xlsx", how: Reading{HiddenRows: true}, rows: []string{"ann@shop.example first_name=Ann", "bob@shop.example first_name=Bob", "cid@shop.example first_name=Cid"}},
		{file: "x04-error-cells.xlsx", rows: []string{"ann@shop.example", "bob@shop.example first_name=Bob town=Bern"}},
		{file: "y01-sync-bad-values.csv", rows: []string{"ann@shop.example spent=12.50", "bob@shop.example spent=3.00", "cid@shop.example spent=4.00", "dee@shop.example spent=5.00"}},
		{file: "sync-base.csv", rows: []string{"ann@shop.example first_name=Ann", "bob@shop.example first_name=Bob", "cid@shop.example first_name=Cid", "dee@shop.example first_name=Dee"}},
		{file: "s17-cp1251.csv", how: Reading{Encoding: "windows-1251"}, rows: []string{"ann@shop.example first_name=Анна", "bob@shop.example first_name=Борис"}},
		{file: "s17b-macroman.csv", how: Reading{Encoding: "macintosh"}, rows: []string{"ann@shop.example first_name=Zoë", "bob@shop.example first_name=José"}},
		{file: "s18-backslash-quotes.csv", rows: []string{`ann@shop.example company=Acme "The Best", Inc first_name=Ann last_name=Abel`, `bob@shop.example first_name=Bob "B", Jr last_name=Bohr`}},
		{file: "s26-pipedrive.csv", rows: []string{"ann@shop.example"}},
		{file: "s45-german-headers.csv", rows: []string{"ann@shop.example first_name=Ann last_name=Abel"}},
		{file: "s46-two-tables.csv", rows: []string{"ann@shop.example first_name=Ann", "bob@shop.example first_name=Bob"}},
		{file: "s47-comment-lines.csv", rows: []string{"ann@shop.example first_name=Ann"}},
		{file: "s48-decimal-comma-new-int.csv", how: Reading{CreateFields: true}, asked: "decimal_sign"},
		{file: "s55b-open-quote-swallow.csv", rows: []string{"dee@shop.example first_name=Dee"}, says: []string{"quote"}},
		{file: "x03-cover-sheet.xlsx", rows: []string{"ann@shop.example first_name=Ann"}},
		{file: "y03-sync-all-display-names.csv", rows: []string{"ann@shop.example first_name=Ann", "bob@shop.example first_name=Bob", "cid@shop.example first_name=Cid", "dee@shop.example first_name=Dee"}},
	} {
		p, err := readCase(t, test.file, test.how)
		if test.asked != "" {
			if !fault.Is(err, fault.InvalidInput) || !strings.Contains(err.Error(), test.asked) {
				t.Errorf("%s: %v", test.file, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.file, err)
			continue
		}
		var got []string
		for _, row := range p.Rows {
			got = append(got, strings.Join(append([]string{row.Email}, valuesOf(row)...), " "))
		}
		if test.rows != nil && !slices.Equal(sorted(got), sorted(test.rows)) {
			t.Errorf("%s imports\n%s\nand not\n%s\nrejected %+v\nnotes %+v", test.file, strings.Join(got, "\n"), strings.Join(test.rows, "\n"), p.Rejects, p.Notes)
		}
		if test.rows == nil {
			t.Logf("%s: %q %+v %+v", test.file, got, p.Notes, p.Rejects)
		}
		for _, part := range test.says {
			if len(p.Rejects) == 0 || !strings.Contains(p.Rejects[0].Reason, part) {
				t.Errorf("%s: nothing says %q: %+v", test.file, part, p.Rejects)
			}
		}
	}
}

// valuesOf are a contact's values, by merge tag.
func valuesOf(row Contact) (values []string) {
	for _, tag := range slices.Sorted(maps.Keys(row.Fields)) {
		values = append(values, tag+"="+fmt.Sprint(row.Fields[tag]))
	}
	return values
}
