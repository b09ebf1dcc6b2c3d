package schema

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"mailtrap-contacts-mcp/text"
)

// maxNames is how many names or values a violation lists; a schema with more is a mistake of its own.
const maxNames = 40

// word says what is wrong and what would be right, in terms an agent can act on.
func (r *rules) word(found finding, arguments any) Violation {
	here, value := r.shape, valueAt(arguments, found.location)
	for _, step := range found.location {
		here = here.child(step)
	}
	v := Violation{Where: r.shape.where(found.location)}
	switch reason := found.reason.(type) {
	case missing:
		v.What, v.Right = "is missing", "give "+here.wanted()
	case unknown:
		v.What, v.Right = "this argument does not exist", r.known(found.location, reason.suggest)
	case notText:
		v.What, v.Right = "is no text: it holds half of a character, a byte that is not UTF-8, or a NUL", "give valid Unicode without it"
	case *kind.Type:
		v.What, v.Right = here.wrongKind(value, len(found.location) == 0)
	case *kind.InvalidJsonValue:
		v.What, v.Right = here.outOfRange(value)
	case *misfit:
		v.What, v.Right = r.misread(here, value)
	case *kind.Enum:
		v.What, v.Right = shown(value)+" is not one of the values", here.choices(value)
	case *kind.Const:
		v.What, v.Right = shown(value)+" is not the one value taken here", "give "+shown(reason.Want)
	case *kind.Format:
		given, _ := value.(string)
		v.What, v.Right = r.formats[reason.Want].complain(given)
	case *kind.Pattern:
		v.What, v.Right = shown(value)+" has the wrong form", "give what matches "+text.Clip(reason.Want, text.MaxValue)
	default:
		v.What, v.Right = limit(value, found.reason)
	}
	return v
}

// limit words the violations of a length, a count or a bound.
func limit(value, reason any) (what, right string) {
	switch reason := reason.(type) {
	case *kind.MinLength:
		return length(value), "give at least " + text.Count(reason.Want, "character")
	case *kind.MaxLength:
		return length(value), "give at most " + text.Count(reason.Want, "character")
	case *kind.MinItems:
		return "has " + text.Count(reason.Got, "item"), "give at least " + text.Number(reason.Want)
	case *kind.MaxItems:
		return "has " + text.Count(reason.Got, "item"), "give at most " + text.Number(reason.Want)
	case *kind.UniqueItems:
		return shown(value) + fmt.Sprintf(" is also item [%d]", reason.Duplicates[0]), "give it once"
	case *kind.Minimum:
		return shown(value) + " is too small", "give at least " + decimal(reason.Want)
	case *kind.Maximum:
		return shown(value) + " is too large", "give at most " + decimal(reason.Want)
	case *kind.ExclusiveMinimum:
		return shown(value) + " is too small", "give more than " + decimal(reason.Want)
	case *kind.ExclusiveMaximum:
		return shown(value) + " is too large", "give less than " + decimal(reason.Want)
	case *kind.MultipleOf:
		return shown(value) + " is between the steps", "give a multiple of " + decimal(reason.Want)
	default:
		return shown(value) + " is not accepted", ""
	}
}

func length(value any) string {
	given, _ := value.(string)
	if given == "" {
		return "is empty"
	}
	return shown(value) + " has " + text.Count(utf8.RuneCountInString(given), "character")
}

func decimal(bound *big.Rat) string {
	if bound.IsInt() {
		return bound.Num().String()
	}
	nearest, _ := bound.Float64()
	return strconv.FormatFloat(nearest, 'g', -1, 64)
}

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
	case s == nil:
		return "a value"
	case len(s.enum) > 0:
		return "one of " + quoted(s.enum)
	case s.kind == "array":
		return "an array of " + kindWords[s.items.kind].several
	case s.kind == "object" && len(s.names) > 0:
		return "an object of " + text.Listing(s.names, maxNames)
	default:
		return kindWords[s.kind].wanted
	}
}

func (s *shape) wrongKind(value any, isRoot bool) (what, right string) {
	if isRoot {
		return "the arguments are " + rootKind(value) + ", not an object", "give one JSON object"
	}
	return shown(value) + " is not " + kindWords[s.kind].name, "give " + s.wanted()
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
	switch s.kind {
	case "integer":
		return shown(value) + " is out of range", fmt.Sprintf("give a whole number from %d to %d", math.MinInt64, math.MaxInt64)
	case "number":
		return shown(value) + " is out of range", "give a number of ordinary size"
	default:
		return "holds a number that is out of range", ""
	}
}

// misread words what passed the schema and not its Go type, such as a leap second.
func (r *rules) misread(here *shape, value any) (what, right string) {
	given, isString := value.(string)
	if format, known := r.formats[here.format]; known && isString {
		return format.complain(given)
	}
	return shown(value) + " is not accepted", "give " + here.wanted()
}

func (s *shape) choices(value any) string {
	given, _ := value.(string)
	choices := "the values are: " + quoted(s.enum)
	if near, found := meant(given, s.enum); found {
		return "did you mean " + text.Quote(near) + "? " + capital(choices)
	}
	return choices
}

// known lists what is known where an unknown argument was given, and which of it may have been meant.
func (r *rules) known(location []string, suggest bool) string {
	parent, name := location[:len(location)-1], location[len(location)-1]
	here := r.shape
	for _, step := range parent {
		here = here.child(step)
	}
	if len(here.names) == 0 {
		return "no arguments are taken"
	}
	names := "the arguments are: "
	if len(parent) > 0 {
		names = "the arguments in " + r.shape.where(parent) + " are: "
	}
	names += text.Listing(here.names, maxNames)
	if !suggest {
		return names
	}
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
