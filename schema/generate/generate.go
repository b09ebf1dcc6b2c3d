// Package generate writes the schemas of Go structs. Only tests import it: they write down what it says, and compare the
// two, so that the program neither reflects on structs when it starts nor carries the generator.
package generate

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	generator "github.com/invopop/jsonschema"

	"mailtrap-contacts-mcp/schema"
)

// Texts writes the schemas of a tool that takes one struct and answers with another, after making sure that every client
// can digest them. They may only use formats given here.
func Texts(input, output reflect.Type, formats ...schema.Format) (schema.Texts, error) {
	var texts schema.Texts
	known, err := names(formats)
	if err != nil {
		return texts, err
	}
	if texts.Rules, texts.Input, err = write(input, known, generator.TrueSchema); err != nil {
		return texts, fmt.Errorf("schema of %s: %w", input, err)
	}
	if _, texts.Output, err = write(output, known, nil); err != nil {
		return texts, fmt.Errorf("schema of %s: %w", output, err)
	}
	return texts, nil
}

// names returns the names of the formats.
func names(given []schema.Format) (map[string]bool, error) {
	known := map[string]bool{}
	for _, format := range given {
		if format.Name == "" || format.Check == nil {
			return nil, fmt.Errorf("format %q needs a name and a check", format.Name)
		}
		known[format.Name] = true
	}
	return known, nil
}

// write returns what values of a struct are checked against, and what clients are shown of it.
func write(structure reflect.Type, formats map[string]bool, others *generator.Schema) (rules, shown json.RawMessage, err error) {
	tags, err := inspect(structure)
	if err != nil {
		return nil, nil, err
	}
	generated := generate(structure)
	strict, err := json.Marshal(generated)
	if err != nil {
		return nil, nil, fmt.Errorf("writing it as JSON: %w", err)
	}
	var document any
	if err := json.Unmarshal(strict, &document); err != nil {
		return nil, nil, fmt.Errorf("reading it back: %w", err)
	}
	if err := errors.Join(checkPortable(document, formats), checkTags(document, tags)); err != nil {
		return nil, nil, err
	}
	wire, err := json.Marshal(forClients(generated, others))
	return strict, wire, err
}

// generate inlines nested structs instead of referring to them. The generator's ExpandedStruct stays off: it looks
// the root up by its bare type name, and finds a nested type of the same name from another package instead.
func generate(structure reflect.Type) *generator.Schema {
	reflector := generator.Reflector{Anonymous: true, DoNotReference: true, Mapper: freeObject}
	generated := reflector.ReflectFromType(structure)
	generated.Version = ""
	return generated
}

var object = reflect.TypeFor[schema.Object]()

// freeObject describes an object that takes any property. The empty set of named ones is for clients that want one.
func freeObject(t reflect.Type) *generator.Schema {
	if t != object {
		return nil
	}
	return &generator.Schema{Type: "object", Properties: generator.NewProperties(), AdditionalProperties: generator.TrueSchema}
}
