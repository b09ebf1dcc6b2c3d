package schema

import (
	"slices"

	generator "github.com/invopop/jsonschema"
)

// shape is what leniency and wording need to know of a schema: kinds and names, in the struct's order.
type shape struct {
	kind       string
	format     string
	enum       []string
	items      *shape
	names      []string
	properties map[string]*shape
	required   []string
}

func shapeOf(generated *generator.Schema) *shape {
	s := &shape{kind: generated.Type, format: generated.Format, required: generated.Required}
	for _, value := range generated.Enum {
		if word, isString := value.(string); isString {
			s.enum = append(s.enum, word)
		}
	}
	if generated.Items != nil {
		s.items = shapeOf(generated.Items)
	}
	if generated.Properties != nil {
		s.properties = make(map[string]*shape, generated.Properties.Len())
		for property := generated.Properties.Oldest(); property != nil; property = property.Next() {
			s.names = append(s.names, property.Key)
			s.properties[property.Key] = shapeOf(property.Value)
		}
	}
	return s
}

// child returns the shape below s that a step of an instance's location leads to, nil where the schema knows none.
func (s *shape) child(step string) *shape {
	switch {
	case s == nil:
		return nil
	case s.items != nil:
		return s.items
	default:
		return s.properties[step]
	}
}

// position orders the properties of an object: declared ones as declared, unknown ones after them.
func (s *shape) position(name string) int {
	if s == nil {
		return 0
	}
	if at := slices.Index(s.names, name); at >= 0 {
		return at
	}
	return len(s.names)
}

func (s *shape) isArray() bool { return s != nil && s.kind == "array" }
