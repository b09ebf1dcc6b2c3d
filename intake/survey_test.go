package intake

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
)

// columnOfValues is a file with one column beside the addresses.
func columnOfValues(t testing.TB, header string, values ...string) string {
	rows := [][]string{{"email", header}}
	for i, value := range values {
		rows = append(rows, []string{fmt.Sprintf("p%d@b.co", i), value})
	}
	return asCSV(t, rows...)
}

func repeated(n int, value string) []string {
	values := make([]string, n)
	for i := range values {
		values[i] = value
	}
	return values
}

func TestTheTypeOfANewFieldIsInferredFromItsColumn(t *testing.T) {
	for _, test := range []struct {
		header   string
		values   []string
		dataType string
		fits     int
		misfit   string
	}{
		{"Seats", []string{"1", "", "20", "1,200,000", "-3"}, "integer", 4, ""},
		{"Seats", append(repeated(19, "7"), "n/a"), "integer", 19, ""}, // nothing
		{"Seats", append(repeated(19, "7"), "few"), "integer", 19, "few"},
		{"Seats", append(repeated(18, "7"), "few", "some"), "text", 18, "few"}, // nearly an integer
		{"Price", []string{"$1.50", "$2"}, "float", 2, ""},
		{"Price", []string{"$1.50", "€2"}, "text", 2, ""}, // two currencies
		{"Share", []string{"12%", "7.5 %"}, "float", 2, ""},
		{"Load", []string{"12,750", "3,5"}, "float", 2, ""},
		{"Load", []string{"12,750", "1,200,000"}, "integer", 2, ""},
		{"Extent", []string{"701 123 456"}, "text", 1, ""},
		{"Rating", []string{"1", "2.5"}, "float", 2, ""},
		{"Rating", []string{"1.000", "2.5"}, "float", 2, ""},
		{"Member", []string{"yes", "No", "TRUE"}, "boolean", 3, ""},
		{"Member", []string{"1", "0"}, "integer", 2, ""},
		{"Joined", []string{"2025-01-02", "3 Mar 2024", "2025-01-02T10:00:00Z"}, "date", 3, ""},
		{"Joined", []string{"25/12/2025", "03/04/2025"}, "date", 2, ""},
		{"Account", []string{"01234", "5678"}, "text", 2, ""},
		{"Account", []string{"12345678901234567890"}, "text", 1, ""},
		{"Call", []string{"+4930123456", "49"}, "text", 2, ""},
		{"Phone", []string{"15551234567"}, "text", 1, ""},
		{"ZIP", []string{"90210"}, "text", 1, ""},
		{"Note", []string{"hello", "42"}, "text", 2, ""},
	} {
		p, err := prepared(t, columnOfValues(t, test.header, test.values...))
		must(t, err)
		if len(p.Proposed) != 1 {
			t.Errorf("%s %q: proposed %+v", test.header, test.values, p.Proposed)
			continue
		}
		got := p.Proposed[0]
		if got.Field.DataType != test.dataType || got.Misfit != test.misfit || got.Fits != test.fits {
			t.Errorf("%s %q: %+v", test.header, test.values, got)
		}
		if created, err := preparedAs(t, columnOfValues(t, test.header, test.values...), Reading{CreateFields: true}, someFields); err != nil || len(created.Ignored) > 0 || got.Nearly == "" && created.Rejected != got.Values-got.Fits {
			t.Errorf("%s %q: %d rejected, %d of %d were to fit; ignored %q, %v", test.header, test.values, created.Rejected, got.Fits, got.Values, created.Ignored, err)
		}
	}
}

func TestFieldsAreProposedWithFreeNamesAndForColumnsWithValuesOnly(t *testing.T) {
	fields := []apiclient.Field{{ID: 1, Name: "Notes (old)", MergeTag: "notes", DataType: "text"}, {ID: 2, Name: "First name", MergeTag: "first_name", DataType: "text"}}
	p, err := preparedAs(t, "email,first_name,Größe,Имя,empty,,Wish,wish!,E-mail,2024,Status,Unused\na@b.co,Ann,180,Аня,,x,a,b,c@d.co,1,active,u\n",
		Reading{Mapping: map[string]string{"email": "email", "unused": "ignore"}}, fields)
	must(t, err)
	var got []string
	for _, proposal := range p.Proposed {
		got = append(got, proposal.Column+"="+proposal.Field.Name+"="+proposal.Field.MergeTag)
	}
	want := []string{"Größe=Größe=grosse", "Имя=Имя=column_4", "Wish=Wish=wish", "wish!=wish!=wish_2", "2024=2024=column_10"}
	want[3] = "wish!=wish! 2=wish_2"
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
	if !cmp.Equal(p.Ignored, []string{"Größe", "Имя", "empty", "column 6", "Wish", "wish!", "E-mail", "2024"}) {
		t.Errorf("left out are %q", p.Ignored)
	}
}

func TestNewFieldsBeyondTheLimitAreRefused(t *testing.T) {
	fields := make([]apiclient.Field, 39)
	for i := range fields {
		fields[i] = apiclient.Field{ID: int64(i), Name: fmt.Sprint("f", i), MergeTag: fmt.Sprint("f", i), DataType: "text"}
	}
	const file = "email,one,two\na@b.co,x,y\n"
	_, err := preparedAs(t, file, Reading{CreateFields: true}, fields)
	if err == nil || !strings.Contains(err.Error(), "[limit_reached] The account has 39 custom fields, and 2 new ones would be too many.") {
		t.Errorf("the error is %v", err)
	}
	p, err := preparedAs(t, file, Reading{CreateFields: true, Mapping: map[string]string{"two": "ignore"}}, fields)
	if err != nil || len(p.Created) != 1 || p.Rows[0].Fields["one"] != "x" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestTextsTooLongForAFieldAreNotMadeOne(t *testing.T) {
	p, err := preparedAs(t, columnOfValues(t, "Story", strings.Repeat("x", 300), "short"), Reading{CreateFields: true}, someFields)
	if err != nil || len(p.Created) != 0 || len(p.Proposed) != 1 || !p.Proposed[0].TooLong || len(p.Rows) != 2 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestAColumnsDatesAreReadInOneOrder(t *testing.T) {
	for _, test := range []struct {
		values []string
		asked  string
		want   string // the dates, or what the question says
		order  string
		shown  string
	}{
		{[]string{"2025-01-02", "3 Mar 2024"}, "", "2025-01-02 2024-03-03", "", ""},
		{[]string{"2025-01-02"}, "mdy", "2025-01-02", "", ""},
		{[]string{"03/04/2025"}, "", `"03/04/2025" may be 3 April 2025 (dmy) or 4 March 2025 (mdy).`, "", ""},
		{[]string{"03/04/2025"}, "dmy", "2025-04-03", "dmy", ""},
		{[]string{"03/04/2025"}, "mdy", "2025-03-04", "mdy", ""},
		{[]string{"03/04/2025", "25/12/2025"}, "", "2025-04-03 2025-12-25", "dmy", "25/12/2025"},
		{[]string{"03/04/2025", "12/25/2025"}, "", "2025-03-04 2025-12-25", "mdy", "12/25/2025"},
		{[]string{"03/04/2025", "25/12/2025"}, "mdy", "2025-04-03 2025-12-25", "dmy", "25/12/2025"}, // another column was meant
		{[]string{"03/04/2025", "25/12/2025", "12/26/2025"}, "", `"03/04/2025" may be 3 April 2025 (dmy) or 4 March 2025 (mdy)`, "", ""},
		{[]string{"03/04/2025", "25/12/2025", "12/26/2025"}, "mdy", "2025-03-04 - 2025-12-26", "mdy", ""},
		{[]string{"03/04/05"}, "", `may be 3 April '05 (dmy) or 4 March '05 (mdy) or 5 April '03 (ymd)`, "", ""},
		{[]string{"03/04/05"}, "ymd", "2003-04-05", "ymd", ""},
		{[]string{"13/04/05", "04/05/31"}, "ymd", "2013-04-05 2004-05-31", "ymd", ""},
		{append(repeated(19, "2025-01-02"), "03/04/2025"), "", strings.Repeat("2025-01-02 ", 19) + "-", "", ""}, // a stray is rejected
	} {
		p, err := preparedAs(t, columnOfValues(t, "since", test.values...), Reading{DateOrder: test.asked}, someFields)
		if err != nil {
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), `[invalid_input] file: the dates in the column "since"`) || !strings.Contains(err.Error(), "date_order: ") {
				t.Errorf("%q: %v", test.values, err)
			}
			continue
		}
		got := make([]string, len(test.values))
		for i := range got {
			got[i] = "-"
			for _, row := range p.Rows {
				if row.Email == fmt.Sprintf("p%d@b.co", i) {
					got[i] = fmt.Sprint(row.Fields["since"])
				}
			}
		}
		use := p.Uses[1]
		if strings.Join(got, " ") != test.want || use.Order != test.order || use.Shows != test.shown {
			t.Errorf("%q as %s: %q, %+v", test.values, test.asked, got, use)
		}
	}
}

func TestEveryColumnOfDatesThatIsUnclearIsNamed(t *testing.T) {
	_, err := preparedAs(t, "email,since,Born,joined\na@b.co,03/04/2025,05/06/2025,25/12/2025\n", Reading{CreateFields: true}, someFields)
	if err == nil || !strings.Contains(err.Error(), `in the column "since"`) || !strings.Contains(err.Error(), `The same goes for "Born".`) {
		t.Errorf("the error is %v", err)
	}
	if _, err := preparedAs(t, "email,since,Born\na@b.co,2025-04-03,05/06/2025\n", Reading{}, someFields); err != nil { // no field, no question
		t.Errorf("the error is %v", err)
	}
}
