package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"mailtrap-contacts-mcp/text"
)

// Decode puts right what is unmistakably meant, checks raw against the schema, and fills into, a pointer to an empty
// struct of the type that the schema was made for. No arguments at all ("", null) are an empty object. If raw breaks
// the schema, the error is Violations.
func (s *Schema) Decode(raw json.RawMessage, into any) error {
	target := reflect.ValueOf(into)
	if reflect.TypeOf(into) != reflect.PointerTo(s.structure) || target.IsNil() {
		return fmt.Errorf("arguments of %s cannot be decoded into %T", s.structure, into)
	}
	rules, err := s.rules()
	if err != nil {
		return fmt.Errorf("the schema of %s cannot be used: %w", s.structure, err)
	}
	arguments, err := parseArguments(raw)
	if err != nil {
		return err
	}
	arguments = rules.shape.relax(arguments)
	if broken := rules.check(arguments); len(broken) > 0 {
		return broken
	}
	err = fill(arguments, target.Elem())
	var refused *misfit
	if errors.As(err, &refused) {
		return Violations{rules.misread(refused)}
	}
	return err
}

func parseArguments(raw []byte) (any, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return map[string]any{}, nil
	}
	arguments, err := parse(raw)
	if err == nil && isBlank(arguments) {
		arguments = map[string]any{}
	}
	return arguments, err
}

// parse reads one JSON value and nothing after it. Numbers stay as they are written, and what is not valid Unicode
// becomes a NUL.
func parse(raw []byte) (any, error) {
	raw = markBroken(raw)
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, malformed(raw, err)
	}
	if rest := bytes.TrimLeft(raw[decoder.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, malformed(raw, &json.SyntaxError{Offset: int64(len(raw) - len(rest) + 1)})
	}
	return value, nil
}

func malformed(raw []byte, err error) Violations {
	const nearby = 20
	var syntax *json.SyntaxError
	what := "this is not valid JSON"
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		what += ": it ends too early"
	case errors.As(err, &syntax):
		at := min(max(int(syntax.Offset)-1, 0), len(raw))
		around := raw[max(at-nearby, 0):min(at+nearby, len(raw))]
		what += fmt.Sprintf(": it breaks at position %d, near %s", at+1, text.Quote(string(around)))
	}
	return Violations{{What: what, Right: "give one JSON object"}}
}
