package coerce

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

func TestCellsAreReadAsTheirFieldsType(t *testing.T) {
	for _, test := range []struct {
		dataType, cell string
		want           any // nil: it does not fit
	}{
		{"text", "Müller", "Müller"},
		{"text", "1,200", "1,200"},
		{"text", "می\u200cخواهم", "می\u200cخواهم"}, // its joiner is a part of the word
		{"text", "two\nlines", "two\nlines"},
		{"text", strings.Repeat("x", 255), strings.Repeat("x", 255)},
		{"text", strings.Repeat("x", 256), nil},
		{"integer", "42", json.Number("42")},
		{"integer", "+42", json.Number("42")},
		{"integer", "-7", json.Number("-7")},
		{"integer", "1,200", nil}, // or 1.2
		{"integer", "12'000", json.Number("12000")},
		{"integer", "1,234,567", json.Number("1234567")},
		{"integer", "1200.0", json.Number("1200")},
		{"integer", "\u200b42", json.Number("42")},
		{"integer", "1,20", nil},
		{"integer", "12,00", json.Number("12")},
		{"integer", "1.5", nil},
		{"integer", "1.000", nil},
		{"integer", "-12.000", nil},
		{"integer", "1.234.567", json.Number("1234567")},
		{"integer", "unknown", nil},
		{"integer", "$5", json.Number("5")},
		{"integer", "1.000.000", json.Number("1000000")},
		{"integer", "9223372036854775808", nil},
		{"integer", "9223372036854775807", json.Number("9223372036854775807")},
		{"float", "1.000", nil}, // or a thousand
		{"float", "0.500", json.Number("0.500")},
		{"float", "0,500", json.Number("0.500")},
		{"float", "1.5", json.Number("1.5")},
		{"float", "1,200.25", json.Number("1200.25")},
		{"float", "1,5", json.Number("1.5")},
		{"float", "Inf", nil},
		{"boolean", "true", true}, {"boolean", "TRUE", true}, {"boolean", "yes", true}, {"boolean", "Y", true}, {"boolean", "1", true}, {"boolean", "x", true}, {"boolean", "on", true},
		{"boolean", "false", false}, {"boolean", "No", false}, {"boolean", "n", false}, {"boolean", "0", false}, {"boolean", "off", false},
		{"boolean", "maybe", nil}, {"boolean", "2", nil},
		{"date", "2026-03-04", "2026-03-04"},
		{"date", "03/04/2025", nil},
		{"date", "2026-02-30", nil},
		{"date", "2026-03-04T10:00:00Z", "2026-03-04"},
	} {
		got, problem := coerced(t, &apiclient.Field{MergeTag: "f", DataType: test.dataType}, test.cell, Manner{Now: 2026})
		if got != test.want || (problem == "") != (test.want != nil) {
			t.Errorf("%s %q: %v, %q; want %v", test.dataType, test.cell, got, problem, test.want)
		}
		if strings.Contains(problem, "null") || problem != "" && !strings.HasPrefix(problem, "f: ") {
			t.Errorf("the problem reads: %s", problem)
		}
	}
}

// coerced is a value as it is sent; nil when the cell does not fit.
func coerced(t testing.TB, field *apiclient.Field, cell string, how Manner) (value any, problem string) {
	t.Helper()
	written, said, problem := Cell([]byte("{\"f\":"), field, cell, how)
	if (said == Emptied || text.Clean(cell) == "") && problem == "" && string(written) == "{\"f\":" {
		return nil, ""
	}
	if problem != "" {
		if string(written) != "{\"f\":" {
			t.Fatalf("%q does not fit and is written as %s", cell, written)
		}
		return nil, problem
	}
	var values apiclient.Values
	if err := json.Unmarshal(append(written, '}'), &values); err != nil {
		t.Fatal(err)
	}
	return values["f"], ""
}

func TestNamesThatLookLikeNothingStay(t *testing.T) {
	for _, cell := range []string{"Null", "Nan", "NA", "None", "Na", "Nil", "Undefined", "N", "-5", "#1", "# N/A", "#Hashtag!", "1-", "…", "nanny", "NULLARBOR"} {
		if Remarkable(cell) == Emptied {
			t.Errorf("%q is taken for nothing", cell)
		}
	}
	for cell, want := range map[string]bool{"0/0/00": true, "00.00.0000": true, "0000-00-00 00:00:00": true, "0000-00-00T00:00:00Z": true, "0001-01-01T00:00:00": true, "1900-01-00": true,
		"0/0/25": false, "2000-00-00": false, "00:00": false, "03/04/2000": false, "": false} {
		if cell != "" && isZeroDate(cell) != want {
			t.Errorf("%q: want %v", cell, want)
		}
	}
}

func TestWhatGuardsAValueIsKnown(t *testing.T) {
	for cell, want := range map[string]string{
		`="01234"`: "01234", `="+4930123"`: "+4930123", `'0301234`: "0301234", `'+49`: "+49", `="say ""hi"""`: `say "hi"`, `=""`: "",
		`=HYPERLINK("mailto:a@b.co","a@b.co")`: "a@b.co", `=hyperlink("mailto:a@b.co"; "Ann")`: "Ann", `=HYPERLINK("mailto:a@b.co")`: "a@b.co", `=HYPERLINK("http://x/?a=1,2","x")`: "x",
		"'s-Hertogenbosch": "", "'t Hooft": "", "=A1+B1": "", `="a"&"b"`: "", "=": "", "'": "", `=HYPERLINK(A1,"x")`: "",
	} {
		got, is := Unguarded(cell)
		if is != (want != "" || cell == `=""`) || is && got != want {
			t.Errorf("%s is %q, %v; want %q", cell, got, is, want)
		}
	}
}

// FuzzCell reads any cell as every type: what comes out is JSON that fits the field, and itself when it is read again. It
// holds what the survey takes a cell for to what becomes of it.
func FuzzCell(f *testing.F) {
	for _, seed := range []string{"1,200", "1.234,5", "$12,50", "(3)", "12 %", "#N/A", "n/a", "-0", "+5", "1.000", "0.5", "1e5", "yes", "03/04/2025", "2025-03-04T10:00", "\u200b42", "1,200.50", "\xff", ",1", "-,123", "0x1p-2", "\u2028<&>\"\\\x01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		if given = strings.TrimSpace(given); given == "" {
			return
		}
		sign := []Sign{point, comma}[len(given)%2]
		p := &Profile{}
		p.Add(given)
		p = p.withNumbers(sign)
		found, _, _ := settled(p.signs(), uint8(sign), true)
		sign = Sign(found)
		for kind, dataType := range dataTypes {
			field := &apiclient.Field{MergeTag: "f", DataType: dataType}
			value, problem := coerced(t, field, given, Manner{Order: dmy, Sign: sign, Now: 2026})
			if value == nil && problem == "" && (text.Clean(given) == "" || IsPlaceholder(text.Clean(given)) || isZeroDate(text.Clean(given)) || Remarkable(given) == Emptied) {
				continue
			}
			if (value == nil) == (problem == "") {
				t.Fatalf("%s %q: %v and %q", dataType, given, value, problem)
			}
			if p.found[fitting+kind].count == 1 && problem != "" && dataType != "date" {
				t.Fatalf("%q was to fit %s: %s", given, dataType, problem)
			}
			if problem != "" {
				continue
			}
			if fitted, problem := catalog.Fit(*field, value); problem != "" || fitted != value {
				t.Fatalf("%s %q becomes %v, and then %v, %s", dataType, given, value, fitted, problem)
			}
			if again, problem := coerced(t, field, strings.TrimSpace(fmt.Sprint(value)), Manner{Order: dmy, Sign: point, Now: 2026}); problem != "" || again != value && dataType != "text" {
				t.Fatalf("%s %q becomes %v, and when it is read again %v, %s", dataType, given, value, again, problem)
			}
			if encoded, err := json.Marshal(value); dataType == "text" && (err != nil || string(AppendText(nil, given)) != string(encoded)) {
				t.Fatalf("%q is written as %s, want %s", given, AppendText(nil, given), encoded)
			}
		}
	})
}
