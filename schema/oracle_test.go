package schema_test

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// What breaks a schema is what a validator of JSON Schema says that breaks it.
func TestTheRulesAreThoseOfJSONSchema(t *testing.T) {
	s, rules := mustFor[arguments](t), textsOf[arguments](t).Rules
	document, err := validator.UnmarshalJSON(bytes.NewReader(rules))
	if err != nil {
		t.Fatal(err)
	}
	compiler := validator.NewCompiler()
	compiler.AssertFormat()
	for _, format := range known {
		compiler.RegisterFormat(&validator.Format{Name: format.Name, Validate: func(value any) error {
			if text, is := value.(string); is {
				return format.Check(text)
			}
			return nil
		}})
	}
	if err := compiler.AddResource("rules.json", document); err != nil {
		t.Fatal(err)
	}
	oracle, err := compiler.Compile("rules.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[bool]int{}
	compare := func(t rapid.TB, object map[string]any) {
		given, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		value, err := validator.UnmarshalJSON(bytes.NewReader(given))
		if err != nil {
			t.Fatal(err)
		}
		want, got := oracle.Validate(value), s.Validate(given)
		if (want == nil) != (got == nil) {
			t.Fatalf("%.300s\nwe say: %v\nthe validator says: %v", given, got, want)
		}
		seen[got == nil]++
	}
	for name, values := range atBounds() {
		for _, value := range values {
			compare(t, map[string]any{name: value})
		}
	}
	if seen[true] != 12 || seen[false] != 13 {
		t.Fatalf("at the bounds are %v", seen)
	}
	rapid.Check(t, func(rt *rapid.T) {
		compare(rt, someObject(rt, 0, "name", "type", "limit", "step", "offset", "share", "preview", "since", "lists", "ids", "fields", "rows"))
	})
}

// atBounds are values of the arguments that are just within their limits and just beyond.
func atBounds() map[string][]any {
	long := func(n int) string { return strings.Repeat("é", n) }
	address := func(n int) []any { return []any{map[string]any{"email": long(n-2) + "@x"}} }
	return map[string][]any{
		"name":  {long(1), long(2), long(10), long(11)},
		"type":  {"date", "dates"},
		"limit": {0, 1, 100, 101},
		"share": {math.Nextafter(-0.5, -1), -0.5, 1.5, math.Nextafter(1.5, 2)},
		"lists": {[]string{}, []string{"a"}, []string{"a", "a", "a"}, []string{"a", "a", "a", "a"}},
		"rows":  {slices.Repeat(address(3), 2000), slices.Repeat(address(3), 2001), address(30), address(31), []any{map[string]any{"email": "é"}}},
		"since": {"2026-02-28T23:59:59Z", "2026-02-29T00:00:00Z"},
	}
}

func someObject(rt *rapid.T, depth int, names ...string) map[string]any {
	object := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(rt, "properties") {
		object[rapid.SampledFrom(append(names, "unknown")).Draw(rt, "name")] = someValue(rt, depth+1)
	}
	return object
}

func someValue(rt *rapid.T, depth int) any {
	kind := rapid.IntRange(0, 6).Draw(rt, "kind")
	switch {
	case kind == 0:
		return nil
	case kind == 1:
		return rapid.Bool().Draw(rt, "flag")
	case kind == 2:
		return rapid.Int64Range(-3, 103).Draw(rt, "whole")
	case kind == 3:
		return rapid.SampledFrom([]float64{-0.75, -0.5, 0.25, 1.5, 1.75, 99.5}).Draw(rt, "number")
	case kind == 4 && depth < 4:
		items := make([]any, rapid.IntRange(0, 4).Draw(rt, "items"))
		for i := range items {
			items[i] = someValue(rt, depth+1)
		}
		return items
	case kind == 5 && depth < 4:
		return someObject(rt, depth, "email", "fields", "lists")
	}
	return rapid.SampledFrom([]string{"", "a", "é", "text", "integer", "a@example.com", "2026-01-31T09:30:00Z", "2026-02-31T09:30:00Z", "elevenchars"}).Draw(rt, "text")
}
