package schema

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
)

// filler sets a struct from a checked tree. Writing the tree as JSON again and reading that would do the same, at
// more than twice the time of everything before it.
type filler struct {
	fields map[reflect.Type]map[string][]int // of every struct in the schema: property -> index of its field
}

// misfit is a value that obeys the schema and that its Go type refuses all the same.
type misfit struct {
	location []string
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

func (f filler) fill(value any, into reflect.Value) error {
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
			return f.fillSlice(value, into)
		}
	case map[string]any:
		if fields, known := f.fields[into.Type()]; known {
			return f.fillStruct(value, into, fields)
		}
	}
	return viaJSON(value, into)
}

func (f filler) fillSlice(array []any, into reflect.Value) error {
	into.Set(reflect.MakeSlice(into.Type(), len(array), len(array)))
	for i, item := range array {
		if err := f.fill(item, into.Index(i)); err != nil {
			return at(strconv.Itoa(i), err)
		}
	}
	return nil
}

func (f filler) fillStruct(object map[string]any, into reflect.Value, fields map[string][]int) error {
	for name, value := range object {
		index, known := fields[name]
		if !known {
			return fmt.Errorf("%s has no field for property %q", into.Type(), name)
		}
		if err := f.fill(value, into.FieldByIndex(index)); err != nil {
			return at(name, err)
		}
	}
	return nil
}

// viaJSON is for what reflection does not cover: floats, arrays of fixed length, types that read themselves.
func viaJSON(value any, into reflect.Value) error {
	raw, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(raw, into.Addr().Interface())
	}
	if err != nil {
		return &misfit{cause: err}
	}
	return nil
}
