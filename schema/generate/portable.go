package generate

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	generator "github.com/invopop/jsonschema"
)

// portableKeywords are those of the keywords that package schema checks, or that say something only, which every client is known
// to pass on unharmed. Clients drop or mangle the rest, and one schema that a client cannot read can hide all of a server's tools.
var portableKeywords = []string{
	"type", "title", "description", "default", "examples", "enum",
	"minLength", "maxLength", "format", "minimum", "maximum",
	"items", "minItems", "maxItems",
	"properties", "required", "additionalProperties",
}

var portableTypes = []string{"string", "integer", "number", "boolean", "array", "object"}

// checkPortable reports everything in a schema that some client would not digest.
func checkPortable(document any, formats map[string]bool) error {
	p := portability{formats: formats}
	p.visit(document, nil)
	root, _ := document.(map[string]any)
	if root["type"] != "object" || root["additionalProperties"] != false {
		p.report(nil, "the top must be an object that takes no other properties")
	}
	return errors.Join(p.errs...)
}

type portability struct {
	formats map[string]bool
	errs    []error
}

func (p *portability) report(path []string, format string, args ...any) {
	p.errs = append(p.errs, refuse(path, fmt.Sprintf(format, args...)))
}

func (p *portability) visit(document any, path []string) {
	schema, isObject := document.(map[string]any)
	if !isObject {
		p.report(path, "a bare %v is no portable schema; give the field a type that says what it takes", document)
		return
	}
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		if !slices.Contains(portableKeywords, keyword) {
			p.report(path, "%q is not portable", keyword)
		}
	}
	p.checkType(schema, path)
	p.checkValues(schema, path)
	if items, found := schema["items"]; found {
		p.visit(items, append(slices.Clone(path), "items"))
	}
	properties, _ := schema["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p.visit(properties[name], append(slices.Clone(path), "properties", name))
	}
}

func (p *portability) checkType(schema map[string]any, path []string) {
	kind, _ := schema["type"].(string)
	if !slices.Contains(portableTypes, kind) {
		p.report(path, "the type must be exactly one of %v", portableTypes)
	}
	if kind == "array" && schema["items"] == nil {
		p.report(path, "an array must say what its items are")
	}
	if _, found := schema["properties"].(map[string]any); kind == "object" && !found {
		p.report(path, "an object must have properties, if only an empty set")
	}
	if additional, found := schema["additionalProperties"]; found && additional != false && additional != true {
		p.report(path, "additionalProperties can only be true or false")
	}
}

func (p *portability) checkValues(schema map[string]any, path []string) {
	values, _ := schema["enum"].([]any)
	for _, value := range values {
		if _, isString := value.(string); !isString {
			p.report(path, "enum value %v is not a string", value)
		}
	}
	format, found := schema["format"].(string)
	if found && !p.formats[format] {
		p.report(path, "format %q is not known; give it to Texts", format)
	}
}

// forClients changes a schema into the form that clients are shown.
//
// Nested objects of arguments take any name (others is true), and the server refuses the wrong ones. Converters of JSON
// Schema to Zod (n8n's, Kibana's) drop every name that an object does not list unless it says additionalProperties: true;
// a free-form map arrived empty, and a misplaced name would be lost without a word. Answers pass through no converter,
// and are spared the words (nil); nor do they say what their nested objects always have. Formats are left out: Gemini
// refuses function declarations with formats that it does not know, and email is one. That a text must not be empty goes without
// saying.
func forClients(top, others *generator.Schema) *generator.Schema {
	visitNested(top, func(nested *generator.Schema) {
		nested.Format = ""
		if nested.MinLength != nil && *nested.MinLength == 1 {
			nested.MinLength = nil
		}
		if nested.Type == "object" {
			nested.AdditionalProperties = others
		}
		if others == nil {
			nested.Required = nil
		}
	})
	return top
}

func visitNested(parent *generator.Schema, visit func(*generator.Schema)) {
	if parent.Items != nil {
		visit(parent.Items)
		visitNested(parent.Items, visit)
	}
	if parent.Properties == nil {
		return
	}
	for property := parent.Properties.Oldest(); property != nil; property = property.Next() {
		visit(property.Value)
		visitNested(property.Value, visit)
	}
}
