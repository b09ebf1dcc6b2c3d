package tools

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/schema"
)

// flaw is what keeps types from being a tool's input and output: a field that JSON would name by its Go name, or an output
// that can grow with the account and cannot be made to fit. Both are looked for when the schemas are written and not when
// the program starts, because starting would be slower for it.
func flaw(input, output reflect.Type) error {
	for _, of := range []reflect.Type{input, output} {
		if path := untagged(of, of.Name()); path != "" {
			return fmt.Errorf("the field %s has no json tag", path)
		}
	}
	if path := growing(output, output.Name()); path != "" && !output.Implements(reflect.TypeFor[Shrinker]()) {
		return fmt.Errorf("%s can be of any length, and %s has no method Shrink", path, output.Name())
	}
	return nil
}

// writesItself reports that a type's fields are not what JSON shows of it.
func writesItself(of reflect.Type) bool {
	return of.Implements(reflect.TypeFor[json.Marshaler]()) || of.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// shown are the fields of a struct that JSON shows or would show.
func shown(of reflect.Type) (fields []reflect.StructField) {
	if of.Kind() == reflect.Struct && !writesItself(of) {
		for field := range of.Fields() {
			if field.IsExported() && field.Tag.Get("json") != "-" {
				fields = append(fields, field)
			}
		}
	}
	return fields
}

// untagged is the path of the first field without a json tag; empty where all have one. An embedded struct needs none.
func untagged(of reflect.Type, path string) string {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return untagged(of.Elem(), path)
	}
	for _, field := range shown(of) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name == "" && !field.Anonymous {
			return path + "." + field.Name
		}
		if found := untagged(field.Type, path+"."+field.Name); found != "" {
			return found
		}
	}
	return ""
}

// growing is the path of the first list, map or free text; empty where there is none. What writes itself is a moment or the like.
func growing(of reflect.Type, path string) string {
	switch of.Kind() {
	case reflect.Pointer:
		return growing(of.Elem(), path)
	case reflect.Slice, reflect.Map, reflect.String, reflect.Interface:
		return path
	}
	for _, field := range shown(of) {
		if found := growing(field.Type, path+"."+field.Name); found != "" {
			return found
		}
	}
	return ""
}

type (
	tagged struct {
		N int `json:"n"`
	}
	fits struct {
		tagged
		In tagged `json:"in"`
	}
	unnamed  struct{ N int }
	nameless struct {
		N int `json:",omitempty"`
	}
	deep struct {
		In []*unnamed `json:"in"`
	}
	list struct {
		In []int `json:"in"`
	}
	words struct {
		In struct {
			Word string `json:"word"`
		} `json:"in"`
	}
	shrinkable struct{ list }
)

func (shrinkable) Summary() string     { return "" }
func (s shrinkable) Shrink(int) Output { return s }

func TestATypeThatAnswersCannotBeMadeOfIsRefused(t *testing.T) {
	none := reflect.TypeFor[struct{}]()
	for name, c := range map[string]struct {
		input, output reflect.Type
		want          string
	}{
		"fine":                   {reflect.TypeFor[list](), reflect.TypeFor[fits](), ""},
		"a list that can shrink": {none, reflect.TypeFor[shrinkable](), ""},
		"an untagged input":      {reflect.TypeFor[unnamed](), none, "unnamed.N has no json tag"},
		"an untagged output":     {none, reflect.TypeFor[nameless](), "nameless.N has no json tag"},
		"untagged below a list":  {reflect.TypeFor[deep](), none, "deep.In.N has no json tag"},
		"a list":                 {none, reflect.TypeFor[list](), "list.In can be of any length"},
		"a free text":            {none, reflect.TypeFor[words](), "words.In.Word can be of any length"},
		"free keys": {none, reflect.TypeFor[struct {
			Free schema.Object `json:"free"`
		}](), "Free can be of any length"},
	} {
		err := flaw(c.input, c.output)
		if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}
