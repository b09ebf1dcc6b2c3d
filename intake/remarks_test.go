package intake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/coerce"
)

func TestWordsForNothingLeaveAFieldAsItIsAndAreCounted(t *testing.T) {
	p, err := prepared(t, "email,first_name,town,age,since\na@b.co,NULL,#N/A,n/a,0/0/00\nb@b.co,nan,undefined,NULL,0000-00-00\nc@b.co,None,\\N,none,\nd@b.co,N/A,-,#DIV/0!,#WERT!\ne@b.co,Null,NA,NA,-\nf@b.co,Nan,None,7,2025-01-02\n")
	must(t, err)
	want := []apiclient.Values{nil, nil, {"first_name": "None"}, nil, {"first_name": "Null", "town": "NA"}, {"first_name": "Nan", "town": "None", "age": p.Rows[5].Fields["age"], "since": "2025-01-02"}}
	for i, row := range p.Rows {
		if !cmp.Equal(row.Fields, want[i]) {
			t.Errorf("%s: %v, want %v", row.Email, row.Fields, want[i])
		}
	}
	counts := map[string]int{}
	for _, remark := range p.Remarks {
		counts[remark.Kind+" "+remark.Value] = remark.Cells
	}
	wantCounts := map[string]int{
		"empty NULL": 2, "empty #N/A": 1, "empty n/a": 1, "empty 0/0/00": 1, "empty nan": 1, "empty undefined": 1, "empty 0000-00-00": 1, `empty \N`: 1,
		"empty none": 1, "empty N/A": 1, "empty -": 2, "empty #DIV/0!": 1, "empty #WERT!": 1, "empty NA": 1, "kept None": 2, "kept Null": 1,
	}
	if difference := cmp.Diff(wantCounts, counts); difference != "" || p.Rejected > 0 {
		t.Errorf("%d rejected: %s", p.Rejected, difference)
	}
}

func TestWhatGuardsAValueIsTakenOff(t *testing.T) {
	p, err := prepared(t, "email,first_name,town\n\"=HYPERLINK(\"\"mailto:ann@b.co\"\",\"\"ann@b.co\"\")\",Ann,=\"01234\"\n=\"bob@b.co\",=\"Bob\",\"=\"\"10115\"\"\"\ncid@b.co,'t Hooft,'030\n")
	must(t, err)
	if !cmp.Equal(emailsOf(p), []string{"ann@b.co", "bob@b.co", "cid@b.co"}) || p.Rows[0].Fields["town"] != "01234" || p.Rows[1].Fields["town"] != "10115" || p.Rows[2].Fields["town"] != "030" || p.Rows[2].Fields["first_name"] != "'t Hooft" {
		t.Errorf("%+v", p.Rows)
	}
	if len(p.Remarks) != 1 || p.Remarks[0].Kind != Guarded || p.Remarks[0].Cells != 6 || p.Remarks[0].Line != 2 {
		t.Errorf("%+v", p.Remarks)
	}
}

func TestWhatASpreadsheetHasLostIsSaid(t *testing.T) {
	p, err := prepared(t, "email,town,score,first_name\na@b.co,4.9E+11,$5,M&uuml;ller\nb@b.co,\"4,91577E+11\",12%,AT&T\nc@b.co,E+4,7 %,Ann & Bob\n")
	must(t, err)
	want := []Remark{
		{Kind: coerce.Currency, Column: "score", Value: "$5", Cells: 1, Line: 2}, {Kind: coerce.Shortened, Column: "town", Value: "4.9E+11", Cells: 2, Line: 2}, {Kind: coerce.Entities, Column: "first_name", Value: "M&uuml;ller", Cells: 1, Line: 2},
		{Kind: coerce.Percent, Column: "score", Value: "12%", Cells: 2, Line: 3},
	}
	if difference := cmp.Diff(want[:1], p.Remarks[:1]); difference != "" || len(p.Remarks) != 4 || p.Rows[0].Fields["first_name"] != "M&uuml;ller" {
		t.Errorf("%+v: %s", p.Remarks, difference)
	}
	for _, remark := range want {
		found := false
		for _, got := range p.Remarks {
			found = found || got == remark
		}
		if !found {
			t.Errorf("%+v is not among %+v", remark, p.Remarks)
		}
	}
}

func TestABadValueNeedNotCostTheContact(t *testing.T) {
	const file = "email,age,first_name,since\na@b.co,old,Ann,soon\nb@b.co,5,Bob,\nnobody,1,Cid,\na@b.co,7,,\n"
	p, err := preparedAs(t, file, Reading{LeaveEmpty: true}, someFields)
	must(t, err)
	if !cmp.Equal(emailsOf(p), []string{"a@b.co", "b@b.co"}) || p.LeftEmpty != 2 || p.Rejected != 1 || len(p.Rows[0].Fields) != 2 || p.Rows[0].Fields["first_name"] != "Ann" {
		t.Fatalf("%+v, %+v", p.Rows, p.Summary)
	}
	bad := p.BadValues[0]
	if len(p.BadValues) != 2 || bad.Line != 2 || bad.Column != "age" || bad.Value != "old" || !strings.Contains(bad.Reason, `age: "old" does not fit this integer field`) {
		t.Errorf("%+v", p.BadValues)
	}
	p, err = prepared(t, file)
	must(t, err)
	if p.Rejected != 2 || p.LeftEmpty != 0 {
		t.Errorf("%+v", p.Summary)
	}
}

func TestRemarksAreTheSameInParts(t *testing.T) {
	var file strings.Builder
	file.WriteString("email,age,town\n")
	for range 50 {
		file.WriteString("a@b.co,NULL,4.9E+11\n")
	}
	p, err := preparedWithin(t, file.String(), Reading{}, accountWith(someFields), tinyBounds())
	must(t, err)
	want := []Remark{{coerce.Emptied, "", "NULL", 50, 2}, {coerce.Shortened, "town", "4.9E+11", 50, 2}}
	for _, remark := range want {
		if got := p.Remarks; len(got) != 2 || got[0] != remark && got[1] != remark {
			t.Errorf("%+v", got)
		}
	}
}
