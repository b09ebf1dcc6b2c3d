package schema_test

import (
	"bytes"
	"encoding/json"
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
	rapid.Check(t, func(rt *rapid.T) {
		given, err := json.Marshal(someObject(rt, 0, "name", "type", "limit", "step", "offset", "share", "preview", "since", "lists", "ids", "fields", "rows"))
		if err != nil {
			rt.Fatal(err)
		}
		value, err := validator.UnmarshalJSON(bytes.NewReader(given))
		if err != nil {
			rt.Fatal(err)
		}
		want, got := oracle.Validate(value), s.Validate(given)
		if (want == nil) != (got == nil) {
			rt.Fatalf("%s\nwe say: %v\nthe validator says: %v", given, got, want)
		}
		seen[got == nil]++
	})
	if seen[true] == 0 || seen[false] == 0 {
		t.Errorf("seen are %v", seen)
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
