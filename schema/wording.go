package schema

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// maxNames is how many names or values a violation lists; a schema with more is a mistake of its own.
const maxNames = 40

func decimal(bound float64) string { return strconv.FormatFloat(bound, 'f', -1, 64) }

func shown(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case outsized:
		return text.Clip(string(value), maxName)
	default:
		return text.Value(value)
	}
}

// The words for the kinds of JSON value: what one is called, and how to ask for one and for several.
var kindWords = map[string]struct{ name, wanted, several string }{
	"string":  {"a string", "a string", "strings"},
	"integer": {"a whole number", "a whole number, like 42", "whole numbers"},
	"number":  {"a number", "a number, like 1.5", "numbers"},
	"boolean": {"a boolean", "true or false", "booleans"},
	"array":   {"an array", "an array", "arrays"},
	"object":  {"an object", `an object, like {"name": "value"}`, "objects"},
}

// wanted says what a value of this shape is, to follow "give".
func (s *shape) wanted() string {
	switch {
	case len(s.Enum) > 0:
		return "one of " + quoted(s.Enum)
	case s.Kind == "array":
		return "an array of " + kindWords[s.Items.Kind].several
	case s.Kind == "object" && len(s.names) > 0:
		return "an object of " + text.Listing(s.names, maxNames)
	default:
		return kindWords[s.Kind].wanted
	}
}

func (s *shape) wrongKind(value any, isRoot bool) (what, right string) {
	if isRoot {
		return "the arguments are " + rootKind(value) + ", not an object", "give one JSON object"
	}
	return shown(value) + " is not " + kindWords[s.Kind].name, "give " + s.wanted()
}

func rootKind(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case []any:
		return "an array"
	default:
		return "a number"
	}
}

func (s *shape) outOfRange(value any) (what, right string) {
	right = "give a number of ordinary size"
	if s.Kind == "integer" {
		right = fmt.Sprintf("give a whole number from %d to %d", math.MinInt64, math.MaxInt64)
	}
	return shown(value) + " is out of range", right
}

// misread words what passed the schema and not its Go type.
func (r *rules) misread(refused *misfit) Violation {
	here := r.shape
	for _, step := range refused.location {
		here = here.child(step)
	}
	return Violation{Where: r.shape.where(refused.location), What: shown(refused.value) + " is not accepted", Right: "give " + here.wanted()}
}

func (s *shape) choices(value any) string {
	given, _ := value.(string)
	choices := "the values are: " + quoted(s.Enum)
	if near, found := meant(given, s.Enum); found {
		return "did you mean " + text.Quote(near) + "? " + capital(choices)
	}
	return choices
}

// known lists what is known where an unknown argument was given, and which of it may have been meant.
func (r *rules) known(here *shape, parent []string, name string) string {
	if len(here.names) == 0 {
		return "no arguments are taken"
	}
	names := "the arguments are: "
	if len(parent) > 0 {
		names = "the arguments in " + r.shape.where(parent) + " are: "
	}
	names += text.Listing(here.names, maxNames)
	if near, found := meant(name, here.names); found {
		return "did you mean " + text.Quote(near) + "? " + capital(names)
	}
	return names
}

// meant returns the one of names that word is a likely slip for: near it, or the same letters in another order.
func meant(word string, names []string) (string, bool) {
	word = text.Clip(word, maxName)
	if near, found := text.Nearest(word, names); found {
		return near, true
	}
	for _, name := range names {
		if sortedLetters(name) == sortedLetters(word) {
			return name, true
		}
	}
	return "", false
}

func sortedLetters(word string) string {
	letters := []rune(strings.ToLower(word))
	slices.Sort(letters)
	return string(letters)
}

func quoted(words []string) string {
	literals := make([]string, len(words))
	for i, word := range words {
		literals[i] = text.Quote(word)
	}
	return text.Listing(literals, maxNames)
}

func capital(sentence string) string { return strings.ToUpper(sentence[:1]) + sentence[1:] }
