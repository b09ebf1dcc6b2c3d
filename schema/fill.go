package schema

import (
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// misfit is a value that obeys the schema and that its Go type refuses all the same.
type misfit struct {
	location []string
	value    any
	cause    error
}

func (m *misfit) Error() string { return m.cause.Error() }
func (m *misfit) Unwrap() error { return m.cause }

// at notes, on the way up, which step led down to a misfit.
func at(step string, err error) error {
	var m *misfit
	if errors.As(err, &m) {
		m.location = append([]string{step}, m.location...)
	}
	return err
}

// fill sets a struct from a checked tree. Writing the tree as JSON again and reading that would do the same, at more than
// twice the time of everything before it.
func fill(value any, into reflect.Value) error {
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	switch reader := into.Addr().Interface().(type) {
	case *Object:
		*reader, _ = value.(map[string]any)
		return nil
	case json.Unmarshaler, encoding.TextUnmarshaler:
		return viaJSON(value, into)
	}
	switch value := value.(type) {
	case string:
		if into.Kind() == reflect.String {
			into.SetString(value)
			return nil
		}
	case bool:
		if into.Kind() == reflect.Bool {
			into.SetBool(value)
			return nil
		}
	case json.Number:
		if number, err := value.Int64(); err == nil && into.CanInt() && !into.OverflowInt(number) {
			into.SetInt(number)
			return nil
		}
	case []any:
		if into.Kind() == reflect.Slice {
			return fillSlice(value, into)
		}
	case map[string]any:
		if into.Kind() == reflect.Struct {
			return fillStruct(value, into)
		}
	}
	return viaJSON(value, into)
}

func fillSlice(array []any, into reflect.Value) error {
	into.Set(reflect.MakeSlice(into.Type(), len(array), len(array)))
	for i, item := range array {
		if err := fill(item, into.Index(i)); err != nil {
			return at(strconv.Itoa(i), err)
		}
	}
	return nil
}

func fillStruct(object map[string]any, into reflect.Value) error {
	fields := fieldsOf(into.Type())
	for name, value := range object {
		index, known := fields[name]
		if !known {
			return fmt.Errorf("%s has no field for property %q", into.Type(), name)
		}
		if err := fill(value, into.FieldByIndex(index)); err != nil {
			return at(name, err)
		}
	}
	return nil
}

var known sync.Map // reflect.Type -> map[string][]int

// fieldsOf gives the index of each of a struct's fields by the name of its property.
func fieldsOf(structure reflect.Type) map[string][]int {
	if fields, found := known.Load(structure); found {
		return fields.(map[string][]int)
	}
	fields := map[string][]int{}
	for _, field := range reflect.VisibleFields(structure) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.IsExported() && !field.Anonymous && name != "-" {
			fields[cmp.Or(name, field.Name)] = field.Index
		}
	}
	known.Store(structure, fields)
	return fields
}

// viaJSON is for what reflection does not cover: floats, arrays of fixed length, types that read themselves.
func viaJSON(value any, into reflect.Value) error {
	raw, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(raw, into.Addr().Interface())
	}
	if err != nil {
		return &misfit{value: value, cause: err}
	}
	return nil
}
