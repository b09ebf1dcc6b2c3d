package schema

import (
	"bytes"
	"encoding/json"
	"slices"
)

// shape is what leniency and wording need to know of a schema: kinds and names, in the struct's order.
type shape struct {
	kind       string
	format     string
	enum       []string
	items      *shape
	names      []string
	properties map[string]*shape
}

// UnmarshalJSON reads a schema.
func (s *shape) UnmarshalJSON(raw []byte) error {
	var read struct {
		Type, Format string
		Enum         []string
		Items        *shape
		Properties   json.RawMessage
	}
	if err := json.Unmarshal(raw, &read); err != nil {
		return err
	}
	s.kind, s.format, s.enum, s.items = read.Type, read.Format, read.Enum, read.Items
	if read.Properties == nil {
		return nil
	}
	return s.readProperties(read.Properties)
}

// readProperties keeps the order of the properties, which a map alone would not.
func (s *shape) readProperties(raw json.RawMessage) error {
	s.properties = map[string]*shape{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if _, err := decoder.Token(); err != nil { // the brace
		return err
	}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		property, name := &shape{}, token.(string)
		if err := decoder.Decode(property); err != nil {
			return err
		}
		s.names = append(s.names, name)
		s.properties[name] = property
	}
	return nil
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
