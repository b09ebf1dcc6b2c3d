package intake

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestANumberIsReadInEveryFormThatCanMeanOne(t *testing.T) {
	for _, test := range []struct {
		cell, withPoint, withComma string // empty: it is none
	}{
		{"42", "42", "42"}, {"-7", "-7", "-7"}, {"+7", "7", "7"}, {"007", "7", "7"},
		{"1.5", "1.5", ""}, {"1,5", "", "1.5"}, {"0,500", "", "0.500"}, {"0.500", "0.500", ""}, {".5", "0.5", ""}, {",5", "", "0.5"},
		{"12,750", "12750", "12.750"}, {"1.000", "1.000", "1000"},
		{"1,234.56", "1234.56", ""}, {"1.234,56", "", "1234.56"}, {"1,234,567", "1234567", ""}, {"1.234.567", "", "1234567"},
		{"1 234,56", "", "1234.56"}, {"1\u00a0234,56", "", "1234.56"}, {"1\u202f234.5", "1234.5", ""}, {"1'234.50", "1234.50", ""}, {"1’234", "1234", "1234"}, {"10 000", "10000", "10000"},
		{"12,34,567.5", "1234567.5", ""},
		{"$12.50", "12.50", ""}, {"12,50 €", "", "12.50"}, {"€ 1.234,00", "", "1234.00"}, {"£5", "5", "5"}, {"-$5", "-5", "-5"}, {"$-5", "-5", "-5"}, {"R$ 3,50", "", "3.50"},
		{"199 kr", "199", "199"}, {"199 kr.", "199", "199"}, {"12,50 zł", "", "12.50"}, {"500 ₽", "500", "500"}, {"CHF 1'200.00", "1200.00", ""}, {"USD 5", "5", "5"}, {"Rs. 12,34,567", "1234567", ""},
		{"(1,250.00)", "-1250.00", ""}, {"($5)", "-5", "-5"}, {"5-", "-5", "-5"}, {"−5", "-5", "-5"},
		{"12%", "12", "12"}, {"12,5 %", "", "12.5"},

		{"12,34", "", "12.34"}, {"1,23,45", "", ""}, {"1.2.3", "", ""}, {"1,2,3", "", ""}, {"1 23", "", ""}, {"0,123,456", "", ""}, {"030 123 456", "", ""},
		{"5 apples", "", ""}, {"v5", "", ""}, {"5kg", "", ""}, {"$5€", "", ""}, {"(5", "", ""}, {"(-5)", "", ""}, {"--5", "", ""}, {"$5%", "", ""}, {"5 to 7", "", ""}, {"5-7", "", ""},
		{"", "", ""}, {"-", "", ""}, {"$", "", ""}, {"٤٢", "", ""}, {"1e5", "", ""}, {"0x10", "", ""}, {"5.", "5", "5"},
	} {
		a, ok := parseAmount(test.cell, false)
		for sign, want := range map[decimalSign]string{point: test.withPoint, comma: test.withComma} {
			if test.cell == "5." { // not worth a rule: it is no number here
				want = ""
			}
			if got, fits := a.in(sign); got != want && fits || fits != (want != "") {
				t.Errorf("%q with %q is %q, %v; want %q", test.cell, sign.name(), got, fits, want)
			}
		}
		if ok != (test.withPoint+test.withComma != "") && test.cell != "5." {
			t.Errorf("%q: %v", test.cell, ok)
		}
	}
}

func TestAColumnsNumbersAreReadWithOneDecimalSign(t *testing.T) {
	const asks = `file: the numbers in the column "score" can be read in more than one way. "12,750" may be 12750 (".") or 12.750 (",")`
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
		{[]string{"12,750", "3,250"}, "", asks, "", ""},
		{[]string{"12,750", "3,250"}, ",", "12.750 3.250", ",", ""},
		{[]string{"12,750", "3,250", "7"}, ".", "12750 3250 7", ".", ""},
		{[]string{"1,5", "12,750"}, ".", "1.5 12.750", ",", "1,5"}, // another column was meant
		{[]string{"12,750", "1,5", "2.5"}, "", asks + `; "2.5" is written with "."; "1,5" is written with ","`, "", ""},
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

// FuzzNumber reads anything as a number with both signs: what comes out is one as JSON writes them, and the same when it is
// printed with that sign and read again.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"1,234.56", "1.234,56", "1 234", "12,34,567", "(5)", "$5", "5 kr", "0,500", ".5", "5-", "12%", "1'000", "--1", "1.2.3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		a, ok := parseAmount(cell, len(cell)%2 == 0)
		for _, sign := range []decimalSign{point, comma} {
			plain, fits := a.in(sign)
			if fits && !ok {
				t.Fatalf("%q is no number and %q", cell, plain)
			}
			if !fits {
				continue
			}
			if _, err := strconv.ParseFloat(plain, 64); err != nil || !json.Valid([]byte(plain)) {
				t.Fatalf("%q with %q is %q", cell, sign.name(), plain)
			}
			again, _ := parseAmount(strings.Replace(plain, ".", sign.name(), 1), false)
			if got, fits := again.in(sign); got != plain || !fits {
				t.Fatalf("%q with %q is %q, and when it is read again %q, %v", cell, sign.name(), plain, got, fits)
			}
		}
	})
}
