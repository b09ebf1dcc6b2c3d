// Package schema turns Go structs into JSON Schemas, and calls' arguments into those structs.
//
// One struct is a tool's contract: its schema is what the agent sees, the same schema checks what the agent sends,
// and the handler receives the struct. What an agent gets slightly wrong but unmistakably meant is put right without
// loss; everything else comes back as violations that say where, what is wrong, and what would be right.
//
// Fields are described by tags: `json:"email" jsonschema:"format=email,maxLength=254" jsonschema_description:"…"`.
// A field without omitempty or omitzero is required. A tag that would have no effect is an error of package
// generate, which writes the schemas.
package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
)

// Texts are the schemas of a tool, as package generate writes them.
type Texts struct {
	// Rules are what arguments are checked against.
	Rules json.RawMessage
	// Input and Output are what clients are shown: the arguments, without what only this server checks (formats, and the
	// names inside nested objects), and the answer. They are compact, with properties in the struct's order.
	Input, Output json.RawMessage
}

// Schema checks and reads values of one struct type. It is safe for concurrent use.
type Schema struct {
	structure reflect.Type
	rules     func() (*rules, error) // read at the first call
}

// rules are what a schema's text becomes.
type rules struct {
	shape   *shape
	formats map[string]Format
}

// New returns the schema of a struct type whose text package generate has written, with the formats that stand in it. Nothing
// is read before its first use.
func New(structure reflect.Type, text json.RawMessage, formats ...Format) *Schema {
	return &Schema{structure, sync.OnceValues(func() (*rules, error) {
		r := &rules{shape: &shape{}, formats: map[string]Format{}}
		for _, format := range formats {
			r.formats[format.Name] = format
		}
		if err := json.Unmarshal(text, r.shape); err != nil {
			return nil, err
		}
		return r, r.knows(r.shape)
	})}
}

// knows finds a format that nothing would check.
func (r *rules) knows(s *shape) error {
	if _, known := r.formats[s.Format]; s.Format != "" && !known {
		return fmt.Errorf("there is no format %q", s.Format)
	}
	if s.Items != nil {
		return r.knows(s.Items)
	}
	for _, name := range s.names {
		if err := r.knows(s.properties[name]); err != nil {
			return err
		}
	}
	return nil
}
