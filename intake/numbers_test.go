package intake

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestAColumnsNumbersAreReadWithOneDecimalSign(t *testing.T) {
	const asks = `file: the numbers in the column "score" can be read in more than one way. `
	const may = `"12,750" may be 12750 (".") or 12.750 (",")`
	for _, test := range []struct {
		values      []string
		asked       string
		want        string // the numbers, or what the question says
		sign, shown string
	}{
		{[]string{"1.5", "2"}, "", "1.5 2", "", ""},
		{[]string{"0,500", "12,750", "1,5", "3,25"}, "", "0.500 12.750 1.5 3.25", ",", "0,500"},
		{[]string{"12,750", "1,234.5"}, "", "12750 1234.5", ".", "1,234.5"},
		{[]string{"12,750", "1,200,000"}, "", "12750 1200000", ".", "1,200,000"},
		{[]string{"12,750", "3,250"}, "", asks + may, "", ""},
		{[]string{"12,750", "3,250"}, ",", "12.750 3.250", ",", ""},
		{[]string{"12,750", "3,250", "7"}, ".", "12750 3250 7", ".", ""},
		{[]string{"1,5", "12,750"}, ".", "1.5 12.750", ",", "1,5"}, // another column was meant
		{[]string{"12,750", "1,5", "2.5"}, "", asks + `"2.5" is 2.5 ("."); "1,5" is 1.5 (","); ` + may, "", ""},
		{[]string{"12,750", "1,5", "2.5"}, ",", "12.750 1.5 -", ",", ""},
		{[]string{"1,5", "2.5"}, "", "1.5 2.5", "", ""}, // each can mean one number only
		{[]string{"$12.50", "n/a", "(3)"}, "", "12.50 <nil> -3", "", ""},
	} {
		p, err := preparedAs(t, columnOfValues(t, "score", test.values...), Reading{DecimalSign: test.asked}, someFields)
		if err != nil {
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), `decimal_sign: "." or ","`) {
				t.Errorf("%q: %v", test.values, err)
			}
			continue
		}
		got := make([]string, len(test.values))
		for i := range got {
			got[i] = "-"
			for _, row := range p.Rows {
				if row.Email == fmt.Sprintf("p%d@b.co", i) {
					got[i] = fmt.Sprint(row.Fields["score"])
				}
			}
		}
		if use := p.Uses[1]; strings.Join(got, " ") != test.want || use.Sign != test.sign || use.Shows != test.shown {
			t.Errorf("%q as %q: %q, %+v", test.values, test.asked, got, use)
		}
	}
}

func TestADecimalSignThatTheValuesContradictIsNamed(t *testing.T) {
	for _, test := range []struct {
		values    []string
		asked     string
		overruled bool
		reasons   []Reason
	}{
		{[]string{"12,5", "3,25", "1,200"}, ".", true, nil},
		{[]string{"12,5", "3,25", "1,200"}, ",", false, nil},
		{[]string{"12,5", "3,25", "1,200"}, "", false, nil},
		{[]string{"12,5", "3,25", "1,200", "1.5"}, ".", false, []Reason{{`score: "12,5" or the like is not a number with decimal_sign ".", but is "12.5" with ","`, 2}}},
	} {
		p, err := preparedAs(t, columnOfValues(t, "score", test.values...), Reading{DecimalSign: test.asked}, someFields)
		must(t, err)
		if p.Uses[1].Overruled != test.overruled || !cmp.Equal(p.Reasons, test.reasons, cmpopts.EquateEmpty()) {
			t.Errorf("%q as %q: %+v, %+v", test.values, test.asked, p.Uses[1], p.Reasons)
		}
	}
	p, err := preparedAs(t, columnOfValues(t, "since", "03/04/2025", "12/25/2025"), Reading{DateOrder: "dmy"}, someFields)
	if err != nil || !p.Uses[1].Overruled || p.Contacts != 2 {
		t.Errorf("dates: %+v, %v", p.Uses, err)
	}
}

func TestANewFieldOfNumbersAsksForTheirSign(t *testing.T) {
	const file = "email;load\na@b.co;12,750\nb@b.co;3,250\n"
	p, err := prepared(t, file)
	if err != nil || p.Proposed[0].Field.DataType != "float" {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := preparedAs(t, file, Reading{CreateFields: true}, someFields); err == nil || !strings.Contains(err.Error(), "decimal_sign") {
		t.Errorf("the error is %v", err)
	}
	for sign, want := range map[string]string{".": "integer 12750", ",": "float 12.750"} {
		p, err := preparedAs(t, file, Reading{CreateFields: true, DecimalSign: sign}, someFields)
		must(t, err)
		if got := fmt.Sprint(p.Created[0].Field.DataType, " ", p.Rows[0].Fields["load"]); got != want {
			t.Errorf("with %s: %s", sign, got)
		}
	}
}

func TestTypedSourcesWriteNumbersWithAPoint(t *testing.T) {
	for _, content := range []string{`[{"email":"a@b.co","score":12.345}]`, "email,id,status,lists,created_at,score\na@b.co,x,,,2025-01-02,12.345\n"} {
		p, err := prepared(t, content)
		must(t, err)
		if !cmp.Equal(p.Rows[0].Fields["score"], any(json.Number("12.345"))) {
			t.Errorf("%s: %v", content, p.Rows)
		}
	}
}
