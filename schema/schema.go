// Package schema turns Go structs into JSON Schemas, and calls' arguments into those structs.
//
// One struct is a tool's contract: its schema is what the agent sees, the same schema checks what the agent sends,
// and the handler receives the struct. What an agent gets slightly wrong but unmistakably meant is put right without
// loss; everything else comes back as violations that say where, what is wrong, and what would be right.
//
// Fields are described by tags: `json:"email" jsonschema:"format=email,maxLength=254" jsonschema_description:"…"`.
// A field without omitempty or omitzero is required. A tag that would have no effect is an error of For.
package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"

	generator "github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema is the compiled JSON Schema (2020-12) of one struct type. It is safe for concurrent use.
type Schema struct {
	structure reflect.Type
	wire      json.RawMessage
	shape     *shape
	formats   map[string]Format
	compiled  func() (*validator.Schema, error) // at the first call
	filler    filler
}

// For generates the schema of the struct type T, makes sure that every client can digest it, and compiles it. A
// schema may only use formats given here or known to the package (date, date-time, email, uri, uuid); one given here
// goes before a known one of the same name.
func For[T any](formats ...Format) (*Schema, error) {
	structure := reflect.TypeFor[T]()
	s, err := build(structure, formats, generator.TrueSchema)
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", structure, err)
	}
	if _, err := s.compiled(); err != nil {
		return nil, fmt.Errorf("schema of %s: compiling it: %w", structure, err)
	}
	return s, nil
}

// Describe is For without compiling the schema, which is most of the work: it is for what a program only tells of, such
// as its results. The schema is compiled when something is first checked against it.
func Describe[T any](formats ...Format) (*Schema, error) {
	structure := reflect.TypeFor[T]()
	s, err := build(structure, formats, nil)
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", structure, err)
	}
	return s, nil
}

// build makes a schema whose nested objects say of other names, to clients, what others says.
func build(structure reflect.Type, formats []Format, others *generator.Schema) (*Schema, error) {
	known, err := withKnownFormats(formats)
	if err != nil {
		return nil, err
	}
	found, err := inspect(structure)
	if err != nil {
		return nil, err
	}
	generated := generate(structure)
	strict, err := json.Marshal(generated)
	if err != nil {
		return nil, fmt.Errorf("writing it as JSON: %w", err)
	}
	document, err := parse(strict)
	if err != nil {
		return nil, fmt.Errorf("reading it back: %w", err)
	}
	if err := errors.Join(checkPortable(document, known), checkTags(document, found.tags)); err != nil {
		return nil, err
	}
	shape := shapeOf(generated)
	wire, err := json.Marshal(forClients(generated, others))
	if err != nil {
		return nil, fmt.Errorf("writing it for clients: %w", err)
	}
	return &Schema{
		structure: structure,
		wire:      wire,
		shape:     shape,
		formats:   known,
		compiled:  sync.OnceValues(func() (*validator.Schema, error) { return compile(document, formats) }),
		filler:    filler{found.fields},
	}, nil
}

// JSON returns the schema as clients see it: compact, always the same bytes, properties in the struct's order. It takes
// more than Decode does, which alone checks formats and the names inside nested objects.
func (s *Schema) JSON() json.RawMessage {
	return append(json.RawMessage(nil), s.wire...)
}

// generate inlines nested structs instead of referring to them. The generator's ExpandedStruct stays off: it looks
// the root up by its bare type name, and finds a nested type of the same name from another package instead.
func generate(structure reflect.Type) *generator.Schema {
	reflector := generator.Reflector{Anonymous: true, DoNotReference: true}
	generated := reflector.ReflectFromType(structure)
	generated.Version = ""
	return generated
}

func compile(document any, formats []Format) (*validator.Schema, error) {
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
	return compiler.Compile(location)
}

type noRemoteSchemas struct{}

func (noRemoteSchemas) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s: a schema may not refer to another", url)
}
