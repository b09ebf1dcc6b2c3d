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

	validator "github.com/santhosh-tekuri/jsonschema/v6"
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
	shape    *shape
	compiled *validator.Schema
	formats  map[string]Format
}

// New returns the schema of a struct type whose text package generate has written. Nothing is read before its first use. A
// format given here goes before a known one of the same name.
func New(structure reflect.Type, text json.RawMessage, formats ...Format) *Schema {
	return &Schema{structure, sync.OnceValues(func() (*rules, error) { return read(text, formats) })}
}

// Prepare does what the first use would do, and returns what would fail there.
func (s *Schema) Prepare() error {
	_, err := s.rules()
	return err
}

func read(text []byte, formats []Format) (*rules, error) {
	r := &rules{shape: &shape{}, formats: byName(formats)}
	if err := json.Unmarshal(text, r.shape); err != nil {
		return nil, err
	}
	document, err := parse(text)
	if err != nil {
		return nil, err
	}
	compiler := validator.NewCompiler()
	compiler.DefaultDraft(validator.Draft2020)
	compiler.AssertFormat()
	compiler.UseLoader(noRemoteSchemas{})
	for _, format := range formats {
		compiler.RegisterFormat(format.forValidator())
	}
	const location = "schema:///arguments"
	if err := compiler.AddResource(location, document); err != nil {
		return nil, err
	}
	r.compiled, err = compiler.Compile(location)
	return r, err
}

type noRemoteSchemas struct{}

func (noRemoteSchemas) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s: a schema may not refer to another", url)
}
