package schema_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/schema"
)

func TestLeniencyPutsRightWhatIsUnmistakable(t *testing.T) {
	offset := func(n int64) *int64 { return &n }
	tests := map[string]struct {
		raw  string
		want arguments
	}{
		"a whole number in quotes":                {`{"limit": "42"}`, arguments{Limit: 42}},
		"a whole number in quotes and spaces":     {`{"limit": " 42 "}`, arguments{Limit: 42}},
		"a whole number with an empty fraction":   {`{"limit": 42.0}`, arguments{Limit: 42}},
		"the same in quotes":                      {`{"limit": "42.0"}`, arguments{Limit: 42}},
		"a whole number with an exponent":         {`{"limit": 4.2e1}`, arguments{Limit: 42}},
		"the largest whole number":                {`{"offset": "9223372036854775807"}`, arguments{Offset: offset(9223372036854775807)}},
		"the smallest, with a fraction":           {`{"offset": -9223372036854775808.00}`, arguments{Offset: offset(-9223372036854775808)}},
		"a number above 2^53, exactly":            {`{"offset": 9007199254740993}`, arguments{Offset: offset(9007199254740993)}},
		"minus zero":                              {`{"offset": "-0"}`, arguments{Offset: offset(0)}},
		"a number in quotes":                      {`{"share": " 0.25 "}`, arguments{Share: 0.25}},
		"true in quotes":                          {`{"preview": "true"}`, arguments{Preview: true}},
		"false in quotes":                         {`{"preview": " false "}`, arguments{}},
		"a number for a string":                   {`{"name": 42}`, arguments{Name: "42"}},
		"a number's digits as they were written":  {`{"name": 1.50e3}`, arguments{Name: "1.50e3"}},
		"one string for an array":                 {`{"lists": "VIP"}`, arguments{Lists: []string{"VIP"}}},
		"one number for an array of strings":      {`{"lists": 42}`, arguments{Lists: []string{"42"}}},
		"one quoted number for an array of them":  {`{"ids": "7"}`, arguments{IDs: []int64{7}}},
		"numbers inside an array of strings":      {`{"lists": [1, "b"]}`, arguments{Lists: []string{"1", "b"}}},
		"an array as JSON text":                   {`{"lists": " [\"a\", \"b\"] "}`, arguments{Lists: []string{"a", "b"}}},
		"an array of numbers as JSON text":        {`{"lists": "[1,2]"}`, arguments{Lists: []string{"1", "2"}}},
		"brackets that are no JSON are a name":    {`{"lists": "[VIP]"}`, arguments{Lists: []string{"[VIP]"}}},
		"an object's text is a string for a list": {`{"lists": "{\"a\":1}"}`, arguments{Lists: []string{`{"a":1}`}}},
		"a comma does not split a name":           {`{"lists": "a,b"}`, arguments{Lists: []string{"a,b"}}},
		"one object for an array":                 {`{"rows": {"email": "a@example.com"}}`, arguments{Rows: []row{{Email: "a@example.com"}}}},
		"the JSON text of one object for an array": {
			`{"rows": "{\"email\": \"a@example.com\"}"}`, arguments{Rows: []row{{Email: "a@example.com"}}},
		},
		"the JSON text of objects inside an array": {
			`{"rows": ["{\"email\": \"a@example.com\", \"lists\": 5}"]}`,
			arguments{Rows: []row{{Email: "a@example.com", Lists: []string{"5"}}}},
		},
		"an object as JSON text": {`{"fields": "{\"a\": 1}"}`, arguments{Fields: schema.Object{"a": json.Number("1")}}},
		"null and blanks for what is optional": {
			`{"type": null, "limit": "", "offset": null, "preview": "", "since": "", "lists": null, "fields": "", "rows": null}`,
			arguments{},
		},
		"null and blanks inside a row": {
			`{"rows": [{"email": "a@example.com", "fields": null, "lists": ""}]}`, arguments{Rows: []row{{Email: "a@example.com"}}},
		},
		"all arguments as JSON text": {`"{\"limit\": \"3\"}"`, arguments{Limit: 3}},
		"the last of equal names":    {`{"limit": 1, "limit": 2}`, arguments{Limit: 2}},
		"a time":                     {`{"since": "2026-01-31T09:30:00Z"}`, arguments{Since: time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)}},
	}
	s := mustFor[arguments](t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got arguments
			if err := s.Decode(json.RawMessage(test.raw), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNullInsideAFreeObjectMeansClear(t *testing.T) {
	s := mustFor[arguments](t)
	var got arguments
	raw := `{"fields": {"plan": null, "note": "", "age": "42", "deep": {"a": null}, "big": 12345678901234567890.10}}`
	if err := s.Decode(json.RawMessage(raw), &got); err != nil {
		t.Fatal(err)
	}
	want := schema.Object{
		"plan": nil, "note": "", "age": "42", "deep": map[string]any{"a": nil}, "big": json.Number("12345678901234567890.10"),
	}
	if diff := cmp.Diff(want, got.Fields); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoArgumentsAreAnEmptyObject(t *testing.T) {
	s := mustFor[arguments](t)
	for _, raw := range []string{"", " \n", "null", `""`, "{}", `"{}"`} {
		var got arguments
		if err := s.Decode(json.RawMessage(raw), &got); err != nil {
			t.Errorf("%q: %v", raw, err)
		}
		if diff := cmp.Diff(arguments{}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", raw, diff)
		}
	}
}

func TestLeniencyStopsWhereItWouldGuess(t *testing.T) {
	s := mustFor[arguments](t)
	refused := map[string]string{
		"an exponent in quotes":                   `{"limit": "1e1"}`,
		"a sign in front":                         `{"limit": "+4"}`,
		"leading zeros":                           `{"limit": "007"}`,
		"a fraction":                              `{"limit": 1.5}`,
		"a fraction in quotes":                    `{"limit": "1.5"}`,
		"a thousands separator":                   `{"limit": "1,000"}`,
		"a blank that is not empty":               `{"limit": " "}`,
		"not quite a number":                      `{"share": ".5"}`,
		"yes for true":                            `{"preview": "yes"}`,
		"one for true":                            `{"preview": 1}`,
		"a boolean for a string":                  `{"name": true}`,
		"an array for a string":                   `{"name": ["a"]}`,
		"an array of one for a number":            `{"limit": [4]}`,
		"an object for an array of strings":       `{"lists": {"name": "a"}}`,
		"a boolean for an array of strings":       `{"lists": true}`,
		"a string for an array of objects":        `{"rows": "a@example.com"}`,
		"null inside an array":                    `{"lists": [null]}`,
		"an array's text for an object":           `{"fields": "[1]"}`,
		"an object's text with more behind":       `{"fields": "{} {}"}`,
		"text twice wrapped":                      `"\"{}\""`,
		"an array for all arguments":              `[{"limit": 1}]`,
		"another case of an argument's name":      `{"Limit": 1}`,
		"a number beyond 64 bits":                 `{"offset": 9223372036854775808}`,
		"a number below them, in quotes":          `{"offset": "-9223372036854775809"}`,
		"a number whose exponent is monstrous":    `{"offset": 1e999999999}`,
		"a small one whose exponent is monstrous": `{"share": 1e-999999999}`,
		"a number beyond a float":                 `{"share": "1e309"}`,
	}
	for name, raw := range refused {
		t.Run(name, func(t *testing.T) {
			var got arguments
			err := s.Decode(json.RawMessage(raw), &got)
			if broken, ok := err.(schema.Violations); !ok || len(broken) != 1 {
				t.Errorf("got %+v and error %v, want one violation", got, err)
			}
		})
	}
}
