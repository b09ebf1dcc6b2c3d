package intake

import (
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/coerce"
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

func TestANumberThatMayBeTwoIsRejectedWithItsReadings(t *testing.T) {
	var rejected []Rejected
	for _, cell := range []string{"1.000", "+2.500"} {
		_, _, problem := coerce.Cell(nil, &apiclient.Field{MergeTag: "f", DataType: "integer"}, cell, coerce.Manner{})
		rejected = append(rejected, Rejected{Reason: problem})
	}
	if want := `f: "1.000" may mean "1.000" or "1000"; decimal_sign says which`; rejected[0].Reason != want {
		t.Errorf("the reason is %s, want %s", rejected[0].Reason, want)
	}
	if counted := tallied(rejected); len(counted) != 1 || counted[0].Rows != 2 {
		t.Errorf("the reasons are %+v", counted)
	}
}
