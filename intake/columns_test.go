package intake

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/text"
)

var someFields = []apiclient.Field{
	{ID: 1, Name: "First name", MergeTag: "first_name", DataType: "text"},
	{ID: 2, Name: "Last name", MergeTag: "last_name", DataType: "text"},
	{ID: 3, Name: "Age", MergeTag: "age", DataType: "integer"},
	{ID: 4, Name: "City", MergeTag: "town", DataType: "text"},
	{ID: 5, Name: "Town", MergeTag: "town_old", DataType: "text"},
	{ID: 6, Name: "Score", MergeTag: "score", DataType: "float"},
	{ID: 7, Name: "Active", MergeTag: "active", DataType: "boolean"},
	{ID: 8, Name: "Since", MergeTag: "since", DataType: "date"},
	{ID: 9, Name: "reason", MergeTag: "rejected_reason", DataType: "text"},
	{ID: 10, Name: "Größe", MergeTag: "groesse", DataType: "text"},
}

func TestColumnsAreFoundUnderTheNamesOfCommonExports(t *testing.T) {
	for header, want := range map[string]string{
		"email,first_name":             "email|first_name",
		"E-Mail,First Name":            "email|first_name",
		"Email Address,GIVEN NAME":     "email|first_name",
		"e_mail,Surname,forename":      "email|last_name|first_name",
		"Primary Email,lname":          "email|last_name",
		"subscriber email,Age (years)": "email|",
		"mail,AGE":                     "email|age",
		"email,town":                   "email|town", // the merge tag goes before another field's name
		"email,City":                   "email|town",
		"email,GRÖSSE":                 "email|",
		"email,größe":                  "email|groesse",
		"email,Größe":                  "email|groesse",
		"email,{{age}}":                "email|age",
		"email,???":                    "email|",
		"rejected_line,rejected_reason,email,reason": "||email|rejected_reason",
	} {
		plan, err := planColumns(strings.Split(header, ","), someFields, nil)
		if err != nil {
			t.Errorf("%s: %v", header, err)
			continue
		}
		if got := strings.Join(plan.tags(), "|"); got != want {
			t.Errorf("%s is read as %s, want %s", header, got, want)
		}
	}
}

func TestColumnsThatCannotBeToldApartAreRefused(t *testing.T) {
	for header, says := range map[string]string{
		"name,phone":                "no column holds e-mail addresses. The columns are \"name\", \"phone\"",
		"email,E-mail":              "two columns hold an e-mail address: \"email\" and \"E-mail\"",
		"email,First Name,forename": "two columns hold the field first_name: \"First Name\" and \"forename\"",
		"email,age,Age":             "two columns hold the field age",
	} {
		_, err := planColumns(strings.Split(header, ","), someFields, nil)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", header, err)
		}
	}
}

func TestAFieldNamedLikeTheAddressDoesNotTakeItsColumn(t *testing.T) {
	fields := append(slices.Clone(someFields), apiclient.Field{ID: 11, Name: "E-Mail", MergeTag: "second_address", DataType: "text"})
	plan, err := planColumns([]string{"Email", "second_address"}, fields, nil)
	if err != nil || strings.Join(plan.tags(), "|") != "email|second_address" {
		t.Errorf("%v, %v", plan.tags(), err)
	}
}

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
		got, problem := coerced(t, &apiclient.Field{MergeTag: "f", DataType: test.dataType}, test.cell, manner{now: 2026})
		if got != test.want || (problem == "") != (test.want != nil) {
			t.Errorf("%s %q: %v, %q; want %v", test.dataType, test.cell, got, problem, test.want)
		}
		if strings.Contains(problem, "null") || problem != "" && !strings.HasPrefix(problem, "f: ") {
			t.Errorf("the problem reads: %s", problem)
		}
	}
}

// coerced is a value as it is sent; nil when the cell does not fit.
func coerced(t testing.TB, field *apiclient.Field, cell string, how manner) (value any, problem string) {
	t.Helper()
	written, said, problem := coerce([]byte("{\"f\":"), field, cell, how)
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
	must(t, json.Unmarshal(append(written, '}'), &values))
	return values["f"], ""
}

func TestANumberThatMayBeTwoIsRejectedWithItsReadings(t *testing.T) {
	var rejected []Rejected
	for _, cell := range []string{"1.000", "+2.500"} {
		_, problem := coerced(t, &apiclient.Field{MergeTag: "f", DataType: "integer"}, cell, manner{})
		rejected = append(rejected, Rejected{Reason: problem})
	}
	if want := `f: "1.000" may mean "1.000" or "1000"; decimal_sign says which`; rejected[0].Reason != want {
		t.Errorf("the reason is %s, want %s", rejected[0].Reason, want)
	}
	if counted := tallied(rejected); len(counted) != 1 || counted[0].Rows != 2 {
		t.Errorf("the reasons are %+v", counted)
	}
}
