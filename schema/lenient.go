package schema

import (
	"encoding/json"
	"strings"
)

// relax returns value as the schema wants it, wherever there is exactly one way to read it so; what it cannot read it
// leaves for check to refuse. Maps and slices are changed in place.
func (s *shape) relax(value any) any {
	switch s.Kind {
	case "object":
		return s.relaxObject(value)
	case "array":
		return s.relaxArray(value)
	case "integer":
		return relaxInteger(value)
	case "number":
		return relaxNumber(value)
	case "boolean":
		return relaxBoolean(value)
	case "string":
		return relaxString(value)
	default:
		return value
	}
}

// relaxObject takes an object or its JSON text. A declared property that is blank counts as not given.
func (s *shape) relaxObject(value any) any {
	if encoded, isString := value.(string); isString {
		value = unpack[map[string]any](encoded, '{', value)
	}
	object, isObject := value.(map[string]any)
	if !isObject {
		return value
	}
	for name, property := range s.properties {
		given, found := object[name]
		switch {
		case !found:
		case isBlank(given):
			delete(object, name)
		default:
			object[name] = property.relax(given)
		}
	}
	return object
}

// relaxArray takes an array, its JSON text, or what could be its only item.
func (s *shape) relaxArray(value any) any {
	if encoded, isString := value.(string); isString {
		value = unpack[[]any](encoded, '[', value)
	}
	array, isArray := value.([]any)
	if !isArray {
		if only := s.Items.relax(value); s.Items.takes(only) {
			return []any{only}
		}
		return value
	}
	for i, item := range array {
		array[i] = s.Items.relax(item)
	}
	return array
}

// takes reports whether value is of the kind that s wants; its other rules are not looked at.
func (s *shape) takes(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return s.Kind == "object"
	case []any:
		return s.Kind == "array"
	case string:
		return s.Kind == "string"
	case bool:
		return s.Kind == "boolean"
	case json.Number:
		return s.Kind == "number" || s.Kind == "integer" && isWhole(value)
	case outsized:
		return s.Kind == "integer" || s.Kind == "number"
	default:
		return false
	}
}

func relaxBoolean(value any) any {
	if word, isString := value.(string); isString {
		switch strings.TrimSpace(word) {
		case "true":
			return true
		case "false":
			return false
		}
	}
	return value
}

func relaxString(value any) any {
	if number, isNumber := value.(json.Number); isNumber {
		return number.String()
	}
	return value
}

func isBlank(value any) bool { return value == nil || value == "" }

// unpack reads the JSON text of a T, which begins with the given bracket; any other text leaves value as it is.
func unpack[T any](encoded string, bracket byte, value any) any {
	encoded = strings.TrimSpace(encoded)
	if encoded == "" || encoded[0] != bracket {
		return value
	}
	if decoded, err := parse([]byte(encoded)); err == nil {
		if _, fits := decoded.(T); fits {
			return decoded
		}
	}
	return value
}
