package emulator

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// value is what one field of a contact holds, as JSON: "John", 42, true. "" stands for null.
type value string

// parseValue checks a value against the field's data type. The types and ISO dates are in the spec; that a value of
// another JSON type is refused rather than converted is unknown.
func parseValue(dataType string, raw json.RawMessage) (v value, problem string) {
	if isNull(raw) {
		return "", ""
	}
	switch dataType {
	case "text":
		return parseText(raw)
	case "date":
		return parseDate(raw)
	case "integer":
		if _, err := strconv.ParseInt(string(raw), 10, 64); err != nil {
			return "", "is invalid"
		}
	case "float":
		if _, err := strconv.ParseFloat(string(raw), 64); err != nil {
			return "", "is invalid"
		}
	case "boolean":
		if s := string(raw); s != "true" && s != "false" {
			return "", "is invalid"
		}
	}
	return value(raw), ""
}

func parseText(raw json.RawMessage) (value, string) {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return "", "is invalid"
	}
	if utf8.RuneCountInString(s) > maxTextValue {
		return "", "is too long"
	}
	return textValue(s), ""
}

func parseDate(raw json.RawMessage) (value, string) {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return "", "is invalid"
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", "is invalid"
	}
	return textValue(s), ""
}

func textValue(s string) value {
	encoded, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string can always be encoded
	}
	return value(encoded)
}

// MarshalJSON writes the value as it was given, null for none.
func (v value) MarshalJSON() ([]byte, error) {
	if v == "" {
		return []byte("null"), nil
	}
	return []byte(v), nil
}

// text is the value as it stands in a CSV file: without quotes, empty for null.
func (v value) text() string {
	if !strings.HasPrefix(string(v), `"`) {
		return string(v)
	}
	if !strings.Contains(string(v), `\`) {
		return string(v[1 : len(v)-1])
	}
	var s string
	_ = json.Unmarshal([]byte(v), &s) // parseText made it
	return s
}

// plain is the value as a Go value: string, int64, float64, bool, or nil.
func (v value) plain() any {
	if v == "" {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(v)))
	decoder.UseNumber()
	var decoded any
	_ = decoder.Decode(&decoded) // parseValue made it
	number, ok := decoded.(json.Number)
	if !ok {
		return decoded
	}
	if n, err := number.Int64(); err == nil {
		return n
	}
	n, _ := number.Float64() // parseValue checked it
	return n
}
