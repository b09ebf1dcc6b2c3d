package coerce

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
)

func TestANumberIsReadInEveryFormThatCanMeanOne(t *testing.T) {
	for _, test := range []struct {
		cell, withPoint, withComma string // empty: not a number
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
		for sign, want := range map[Sign]string{point: test.withPoint, comma: test.withComma} {
			if test.cell == "5." { // not worth a rule: it is no number here
				want = ""
			}
			if got, fits := a.in(sign); got != want && fits || fits != (want != "") {
				t.Errorf("%q with %q is %q, %v; want %q", test.cell, sign.Name(), got, fits, want)
			}
		}
		if ok != (test.withPoint+test.withComma != "") && test.cell != "5." {
			t.Errorf("%q: %v", test.cell, ok)
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
		for _, sign := range []Sign{point, comma} {
			plain, fits := a.in(sign)
			if fits && !ok {
				t.Fatalf("%q is no number and %q", cell, plain)
			}
			if !fits {
				continue
			}
			if _, err := strconv.ParseFloat(plain, 64); err != nil || !json.Valid([]byte(plain)) {
				t.Fatalf("%q with %q is %q", cell, sign.Name(), plain)
			}
			again, _ := parseAmount(strings.Replace(plain, ".", sign.Name(), 1), false)
			if got, fits := again.in(sign); got != plain || !fits {
				t.Fatalf("%q with %q is %q, and when it is read again %q, %v", cell, sign.Name(), plain, got, fits)
			}
		}
	})
}

func TestAskingForATypeChangesNothing(t *testing.T) {
	p := NewProfile("score", "", Manner{})
	for _, cell := range []string{"1,500", "2,5", "1.5", "x"} {
		p.Add(cell)
	}
	before := *p
	for _, sign := range []Sign{0, comma, point} {
		if p.Type(sign); *p != before {
			t.Errorf("asked with %q: %+v, before %+v", sign.Name(), *p, before)
		}
	}
}
