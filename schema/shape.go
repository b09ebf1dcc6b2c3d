package schema

import (
	"bytes"
	"encoding/json"
)

// shape is a schema: kinds, names and limits, in the struct's order.
type shape struct {
	Kind                 string `json:"type"`
	Format               string
	Enum                 []string
	Items                *shape
	Required             []string
	AdditionalProperties *bool
	MinLength, MaxLength *int
	MinItems, MaxItems   *int
	Minimum, Maximum     *float64

	names      []string
	properties map[string]*shape
}

// UnmarshalJSON reads a schema.
func (s *shape) UnmarshalJSON(raw []byte) error {
	type plain shape
	read := struct {
		*plain
		Properties json.RawMessage
	}{plain: (*plain)(s)}
	if err := json.Unmarshal(raw, &read); err != nil || read.Properties == nil {
		return err
	}
	return s.readProperties(read.Properties)
}

// isClosed reports that an object takes no other properties than those declared.
func (s *shape) isClosed() bool { return s.AdditionalProperties != nil && !*s.AdditionalProperties }

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
	case s.Items != nil:
		return s.Items
	default:
		return s.properties[step]
	}
}

func (s *shape) isArray() bool { return s != nil && s.Kind == "array" }
