package catalog

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func number(s string) json.Number { return json.Number(s) }

// fitting values, by type.
var fitting = map[string][]struct{ given, want any }{
	Text: {
		{"Anna", "Anna"}, {"", ""}, {" a ", " a "}, {number("42"), "42"}, {number("0.10"), "0.10"}, {number("9007199254740993"), "9007199254740993"}, {true, "true"}, {false, "false"},
		{strings.Repeat("ä", 255), strings.Repeat("ä", 255)}, {nil, nil},
	},
	Integer: {
		{number("42"), number("42")}, {"42", number("42")}, {" -7 ", number("-7")}, {"42.0", number("42")}, {number("42.000"), number("42")}, {"0", number("0")}, {"-0", number("0")},
		{number("9007199254740993"), number("9007199254740993")}, {"9223372036854775807", number("9223372036854775807")}, {number("-9223372036854775808"), number("-9223372036854775808")}, {nil, nil},
	},
	Float: {
		{number("4.2"), number("4.2")}, {"4.2", number("4.2")}, {number("0.1000"), number("0.1000")}, {number("1e3"), number("1e3")}, {"42", number("42")}, {" .5 ", number("0.5")}, {"-1.", number("-1")},
		{number("9007199254740993"), number("9007199254740993")}, {number("0.12345678901234567890123"), number("0.12345678901234567890123")}, {nil, nil},
	},
	Boolean: {{true, true}, {false, false}, {"true", true}, {" FALSE ", false}, {"True", true}, {nil, nil}},
	Date:    {{"2026-03-04", "2026-03-04"}, {" 2024-02-29 ", "2024-02-29"}, {nil, nil}},
	"list":  {{"x", "x"}, {number("1"), "1"}}, // a type this version does not know
}

var misfits = map[string][]any{
	Text:    {strings.Repeat("ä", 256), []any{"a"}, map[string]any{}, 1.5},
	Integer: {"", " ", "x", "4.2", number("4.2"), number("4e2"), "1,200", "0x10", "1_000", "9223372036854775808", number("-9223372036854775809"), true, []any{1}, "٤٢", "NaN"},
	Float:   {"", "x", "1,5", "NaN", "Inf", "-infinity", "1e999", number("1e999"), true, map[string]any{"a": 1}, "4.2.1"},
	Boolean: {"", "yes", "1", "t", "t ", " 1", "T", number("1"), number("0"), []any{true}},
	Date:    {"", "2026-3-4", "04.03.2026", "03/04/2026", "2026-02-30", "2026-13-01", "2026-03-04T00:00:00Z", number("20260304"), true},
}

func TestAValueThatFitsIsSentExactly(t *testing.T) {
	for dataType, cases := range fitting {
		for _, c := range cases {
			got, problem := Fit(apiclient.Field{DataType: dataType, MergeTag: "x"}, c.given)
			if problem != "" || got != c.want {
				t.Errorf("%s %#v: got %#v, %q; want %#v", dataType, c.given, got, problem, c.want)
			}
		}
	}
}

func TestAValueThatDoesNotFitIsToldWhatWould(t *testing.T) {
	for dataType, cases := range misfits {
		for _, given := range cases {
			got, problem := Fit(apiclient.Field{DataType: dataType, MergeTag: "x"}, given)
			if problem == "" || got != nil {
				t.Errorf("%s %#v: got %#v", dataType, given, got)
			}
			if dataType != Text && !strings.Contains(problem, "null to clear it") {
				t.Errorf("%s %#v: %q", dataType, given, problem)
			}
			if len(problem) > 300 {
				t.Errorf("%s: %d bytes", dataType, len(problem))
			}
		}
	}
}

func TestAnyFittedNumberIsJSONAndFitsAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		field := apiclient.Field{DataType: rapid.SampledFrom([]string{Integer, Float}).Draw(t, "type")}
		given := rapid.OneOf(rapid.StringMatching(`[ +-]?[0-9xXpP_.eE]{0,12}`), rapid.String()).Draw(t, "given")
		fitted, problem := Fit(field, given)
		if problem != "" {
			return
		}
		encoded, err := json.Marshal(fitted)
		if err != nil || !json.Valid(encoded) {
			t.Fatalf("%q becomes %v, which is no JSON: %v", given, fitted, err)
		}
		if again, problem := Fit(field, fitted); problem != "" || again != fitted {
			t.Fatalf("%q becomes %v, which becomes %v, %s", given, fitted, again, problem)
		}
	})
}

// fields are First name (1001) and Last name (1002), and these.
func withFields(t *testing.T) (*emulator.Emulator, *Catalog) {
	e, c := newCatalog(t, emulator.Config{})
	e.AddField("Plan", Text, "plan")          // 1003
	e.AddField("Age", Integer, "age")         // 1004
	e.AddField("plan_name", Text, "tier")     // 1005
	e.AddField("Member since", Date, "since") // 1006
	return e, c
}

func TestValuesAreKeyedByMergeTagHoweverTheFieldIsNamed(t *testing.T) {
	_, c := withFields(t)
	for name, test := range map[string]struct{ given, want map[string]any }{
		"merge tags":       {map[string]any{"first_name": "A", "age": number("30")}, map[string]any{"first_name": "A", "age": number("30")}},
		"names":            {map[string]any{"First name": "A", "Member since": "2026-01-02"}, map[string]any{"first_name": "A", "since": "2026-01-02"}},
		"another case":     {map[string]any{"FIRST NAME": "A", "Age": "30"}, map[string]any{"first_name": "A", "age": number("30")}},
		"braces":           {map[string]any{"{{ first_name }}": "A"}, map[string]any{"first_name": "A"}},
		"ids":              {map[string]any{"1004": "30", "id:1003": "pro"}, map[string]any{"age": number("30"), "plan": "pro"}},
		"hidden marks":     {map[string]any{"first\u200b_name": "A", "\u200b{{age}}": "30", "Member\u00ad since": "2026-01-02"}, map[string]any{"first_name": "A", "age": number("30"), "since": "2026-01-02"}},
		"null clears":      {map[string]any{"plan": nil}, map[string]any{"plan": nil}},
		"nothing":          {map[string]any{}, nil},
		"a name and a tag": {map[string]any{"plan": "a", "plan_name": "b"}, map[string]any{"plan": "a", "tier": "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.Values(background, "fields", test.given)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, map[string]any(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllProblemsWithValuesAreReportedAtOnce(t *testing.T) {
	_, c := withFields(t)
	_, err := c.Values(background, "rows[3].fields", map[string]any{
		"age": "old", "frist_name": "A", "company": "B", "plan": "a", "Plan": "b", "since": "yesterday", "\u202eevil\n": 1,
	})
	wantFault(t, err, fault.InvalidInput,
		`rows[3].fields.age: "old" does not fit this integer field; give a whole number like 42`,
		`rows[3].fields.frist_name: there is no such field (did you mean first_name?)`,
		`rows[3].fields.company: there is no such field (the fields are plan, `,
		`rows[3].fields.plan: the field plan is given twice`,
		`rows[3].fields.since: "yesterday" does not fit this date field; give a date like 2026-03-04`,
		`rows[3].fields.evil: there is no such field`, "Nothing was sent")
}

func TestAFieldThatCouldBeTwoIsAConflict(t *testing.T) {
	e, c := withFields(t)
	e.AddField("age", Text, "age_text")
	_, err := c.Values(background, "fields", map[string]any{"age": "1"})
	wantFault(t, err, fault.Conflict, `id:1004 ("age")`, `id:1007 ("age_text")`)
}

func TestAnAccountWithoutFieldsSaysSo(t *testing.T) {
	if got := hint("x", nil); !strings.Contains(got, "no custom fields") {
		t.Error(got)
	}
	if got := hint("something else", []apiclient.Field{{MergeTag: "plan"}}); got != " (the only field is plan)" {
		t.Error(got)
	}
}

func TestForty80CharacterFieldsMakeAShortAnswer(t *testing.T) {
	e, c := newCatalog(t, emulator.Config{})
	given := map[string]any{}
	for i := range 38 {
		tag := strings.Repeat("f", 75) + string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		e.AddField(tag, Integer, tag)
		given[tag] = strings.Repeat("long ", 100)
		given[strings.Repeat("unknown", 20)+tag] = "x"
	}
	_, err := c.Values(background, "fields", given)
	wantFault(t, err, fault.InvalidInput, "and 66 more")
}

func TestMergeTagIsMadeFromAName(t *testing.T) {
	for name, want := range map[string]string{
		"First name": "first_name", "Größe (cm)": "grosse_cm", "STRASSE ẞ": "strasse_ss", "  a -- b  ": "a_b", "2nd name": "nd_name", "42": "", "": "", "东京": "", "Ελ": "", "naïve café": "naive_cafe",
		"a1 b2": "a1_b2", "ﬁeld": "field", "Ａｇｅ": "age", "_x_": "x", "e\u0301te\u0301": "ete", "x²": "x2", "👍 plan 👍": "plan",
		strings.Repeat("a", 79) + " bc": strings.Repeat("a", 79), strings.Repeat("b", 200): strings.Repeat("b", 80),
	} {
		got := MergeTag(name)
		if got != want || got != "" && !validTag(got) {
			t.Errorf("MergeTag(%q) is %q, want %q", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		if tag := MergeTag(name); tag != "" && (!validTag(tag) || MergeTag(tag) != tag) {
			t.Fatalf("%q makes %q", name, tag)
		}
	})
}
