package generate

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	generator "github.com/invopop/jsonschema"
)

// taggedField is a struct field with a jsonschema tag, and the way to its property in the schema.
type taggedField struct {
	where string
	path  []string
	tag   string
}

var (
	describesItself = reflect.TypeFor[interface{ JSONSchema() *generator.Schema }]()
	timestamp       = reflect.TypeFor[time.Time]()
	rawMessage      = reflect.TypeFor[json.RawMessage]()
)

// inspection collects the tags of a struct type.
type inspection struct {
	tags []taggedField
	open []reflect.Type // the structs around the place being looked at
}

// inspect refuses types that the generator would recurse into for ever, or describe by a schema that says nothing or
// less than the type needs.
func inspect(structure reflect.Type) ([]taggedField, error) {
	if structure.Kind() != reflect.Struct || structure.Implements(describesItself) || structure == timestamp {
		return nil, errors.New("it must be a plain struct")
	}
	in := &inspection{}
	err := in.visit(structure, nil)
	return in.tags, err
}

func (in *inspection) visit(t reflect.Type, path []string) error {
	switch {
	case t.Kind() == reflect.Pointer:
		return in.visit(t.Elem(), path)
	case t.Implements(describesItself), t == object, t == timestamp:
		return nil
	case t == rawMessage:
		return refuse(path, "json.RawMessage says nothing about its value; use schema.Object or a type of its own")
	}
	switch t.Kind() {
	case reflect.Struct:
		return in.visitStruct(t, path)
	case reflect.Slice, reflect.Array:
		return in.visit(t.Elem(), append(path, "items"))
	case reflect.Map:
		return refuse(path, "a map has no portable schema; use schema.Object")
	case reflect.Interface:
		return refuse(path, "an interface says nothing about its value; use schema.Object or a type of its own")
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return nil
	default:
		return refuse(path, t.String()+" is not supported; the numbers are int, int64 and float64")
	}
}

func (in *inspection) visitStruct(t reflect.Type, path []string) error {
	if slices.Contains(in.open, t) {
		return refuse(path, t.String()+" contains itself, and a portable schema cannot")
	}
	in.open = append(in.open, t)
	defer func() { in.open = in.open[:len(in.open)-1] }()

	fields := map[string]bool{}
	var errs []error
	for _, field := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		tag := field.Tag.Get("jsonschema")
		switch {
		case name == "-", tag == "-":
			continue
		case field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct:
			continue // its fields are visible ones of t
		case field.Anonymous:
			errs = append(errs, refuse(path, "only a struct itself can be embedded, without a name"))
			continue
		case !field.IsExported():
			continue
		case name == "":
			name = field.Name
		}
		below := append(slices.Clone(path), "properties", name)
		if fields[name] {
			errs = append(errs, refuse(below, "two fields have this name"))
		}
		if slices.Contains(strings.Split(options, ","), "string") {
			errs = append(errs, refuse(below, "numbers in strings are accepted anyhow; leave the option string out"))
		}
		fields[name] = true
		if tag != "" {
			in.tags = append(in.tags, taggedField{where: place(below), path: below, tag: tag})
		}
		errs = append(errs, in.visit(field.Type, below))
	}
	return errors.Join(errs...)
}

func refuse(path []string, reason string) error {
	if len(path) == 0 {
		return errors.New(reason)
	}
	return fmt.Errorf("%s: %s", place(path), reason)
}

// place writes the way to a schema as its author thinks of it: "rows[].email".
func place(path []string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] == "items" {
			b.WriteString("[]")
			continue
		}
		if i++; b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(path[i])
	}
	return b.String()
}
