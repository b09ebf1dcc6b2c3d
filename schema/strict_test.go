package schema

import (
	"encoding/json"
	"fmt"
)

// Validate checks raw as it stands, without leniency. If it breaks the schema, the error is Violations.
func (s *Schema) Validate(raw json.RawMessage) error {
	rules, err := s.rules()
	if err != nil {
		return fmt.Errorf("the schema of %s cannot be used: %w", s.structure, err)
	}
	value, err := parse(raw)
	if err != nil {
		return err
	}
	if broken := rules.check(guardNumbers(value)); len(broken) > 0 {
		return broken
	}
	return nil
}

// guardNumbers replaces unmanageable numbers everywhere in value, for a tree that was not relaxed.
func guardNumbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		if !isManageable(value.String()) {
			return outsized(value)
		}
	case []any:
		for i, item := range value {
			value[i] = guardNumbers(item)
		}
	case map[string]any:
		for name, property := range value {
			value[name] = guardNumbers(property)
		}
	}
	return value
}
